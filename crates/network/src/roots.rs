//! What findings are looked for at, each on its own: interfaces, load balancers, services of AWS.

use crate::balancers::{self, doubts};
use crate::edges::{self, Exposure};
use crate::engine::Engine;
use crate::filters::Protocol;
use crate::finding::{self, Finding, Options};
use crate::index::Field;
use crate::services;
use crate::snapshot::{Id, Kind, Place, Snapshot};

/// A part of the configuration whose findings are its own: no two have a finding in common, because
/// the edge, the interface and the balancer of a finding say from which it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Root {
    /// An interface, without load balancers and services in between.
    Interface(Id),
    /// An application or network load balancer, by its ARN.
    Balancer(Id),
    /// A classic load balancer, by its name.
    Classic(Id),
    /// The interfaces of a load balancer that is not described, by their description.
    Nodes(Id),
    /// An accelerator of Global Accelerator, by its ARN.
    Accelerator(Id),
    /// A VPC origin of `CloudFront`.
    Origin(Id),
    /// An endpoint service.
    Service(Id),
}

impl Root {
    /// All of a configuration.
    pub(crate) fn all(snapshot: &Snapshot) -> Vec<Self> {
        let interfaces = snapshot.interfaces.keys().cloned().map(Self::Interface);
        interfaces.chain(Self::indirect(snapshot)).collect()
    }

    /// All but interfaces.
    pub(crate) fn indirect(snapshot: &Snapshot) -> Vec<Self> {
        let balancers = snapshot.load_balancers.keys().cloned();
        let classic = snapshot.classic_load_balancers.keys().cloned();
        let nodes = snapshot.interfaces.known(Field::Description).cloned();
        let accelerators = snapshot.accelerators.keys().cloned();
        let origins = snapshot.vpc_origins.keys().cloned();
        let services = snapshot.endpoint_services.keys().cloned();
        let balancers = balancers
            .map(Self::Balancer)
            .chain(classic.map(Self::Classic));
        let nodes = nodes.map(Self::Nodes);
        let services = accelerators
            .map(Self::Accelerator)
            .chain(origins.map(Self::Origin))
            .chain(services.map(Self::Service));
        balancers.chain(nodes).chain(services).collect()
    }

    /// The one that may have come or gone with a change at a place.
    pub(crate) fn at(place: Place, key: &str) -> Option<Self> {
        let id = key.to_owned();
        match place {
            Place::Object(Kind::Interfaces) => Some(Self::Interface(id)),
            Place::Object(Kind::LoadBalancers) => Some(Self::Balancer(id)),
            Place::Object(Kind::ClassicLoadBalancers) => Some(Self::Classic(id)),
            Place::By(Field::Description) => Some(Self::Nodes(id)),
            Place::Object(Kind::Accelerators) => Some(Self::Accelerator(id)),
            Place::Object(Kind::VpcOrigins) => Some(Self::Origin(id)),
            Place::Object(Kind::EndpointServices) => Some(Self::Service(id)),
            _ => None,
        }
    }

    /// Whether the configuration has it.
    pub(crate) fn is_in(&self, snapshot: &Snapshot) -> bool {
        match self {
            Self::Interface(id) => snapshot.interfaces.contains_key(id),
            Self::Balancer(arn) => snapshot.load_balancers.contains_key(arn),
            Self::Classic(name) => snapshot.classic_load_balancers.contains_key(name),
            Self::Nodes(text) => !snapshot.interfaces.ids(Field::Description, text).is_empty(),
            Self::Accelerator(arn) => snapshot.accelerators.contains_key(arn),
            Self::Origin(id) => snapshot.vpc_origins.contains_key(id),
            Self::Service(id) => snapshot.endpoint_services.contains_key(id),
        }
    }

    /// Everything that is or may be open there.
    pub(crate) fn exposures(&self, engine: &mut Engine, protocols: &[Protocol]) -> Vec<Exposure> {
        match self {
            Self::Interface(id) => edges::of_interface(engine, id, protocols),
            Self::Balancer(arn) => balancers::of_balancer(engine, arn, protocols),
            Self::Classic(name) => balancers::of_classic(engine, name, protocols),
            Self::Nodes(description) => doubts::of_nodes(engine, description, protocols),
            Self::Accelerator(arn) => services::of_accelerator(engine, arn, protocols),
            Self::Origin(id) => services::of_origin(engine, id, protocols),
            Self::Service(id) => services::of_service(engine, id, protocols),
        }
    }

    /// The findings there.
    pub(crate) fn findings(&self, engine: &mut Engine, options: &Options) -> Vec<Finding> {
        if let Self::Interface(id) = self {
            return finding::of(engine, options, id);
        }
        let exposures = self.exposures(engine, &options.protocols);
        finding::merge(engine, options, exposures)
    }
}
