//! One instance's open paths become its findings.

use std::collections::{BTreeMap, BTreeSet};

use findings::{
    criteria::Subject,
    exposure::{Exposure, Ports, Reach},
    finding::{ClosedBecause, Finding as Kept, FindingType, State},
    lifecycle::{Change, Coverage, Evaluation, close, reconcile},
    reach::Listener,
    resource::{Instance, Resource, ResourceDetails, ResourceType},
};
use model::Timestamp;
use network::{
    finding::{Finding, Verdict},
    snapshot::Snapshot,
};
use store::{
    Scope, StoreError, StoredResource, Tx, exposure, keep, listeners, networks,
    resources::{self, Covered},
    rules::Rules,
};

use super::{
    instances::{Life, Machine},
    observe,
    visible::{self, Visible},
};

/// With what instances are settled.
pub(super) struct Settling<'s> {
    pub(super) scope: &'s Scope,
    pub(super) snapshot: &'s Snapshot,
    pub(super) machines: &'s BTreeMap<String, Machine>,
    pub(super) visible: &'s Visible<'s>,
    pub(super) now: Timestamp,
}

/// From where a path leads.
fn reach(finding: &Finding) -> Reach {
    if finding.edge.is_public() {
        Reach::Internet
    } else {
        Reach::Private
    }
}

impl Settling<'_> {
    /// Writes what is known of an instance and what its open paths change.
    pub(super) fn instance(
        &self,
        tx: &mut Tx<'_>,
        id: &str,
        found: &[&Finding],
        rules: &mut Rules,
    ) -> Result<Vec<Change>, StoreError> {
        let stored = self.resource(tx, id)?;
        let stopped = self
            .machines
            .get(id)
            .is_some_and(|m| m.life == Life::Stopped);
        let at = self.now.as_millisecond();
        let missing = self.visible.missing();
        let detail = if missing.is_empty() {
            visible::doubts(found)
        } else {
            Some(format!("not described: {}", missing.join(", ")))
        };
        let covered = Covered {
            scan_type: "NETWORK",
            active: !stopped,
            reason: if stopped {
                "EC2_INSTANCE_STOPPED"
            } else {
                "SUCCESSFUL"
            },
            detail: detail.as_deref(),
            scan_mode: None,
            scanned_at: (!stopped).then_some(at),
        };
        resources::set_coverage(tx, self.scope, stored.number, &covered)?;
        if stopped {
            // Findings of a stopped instance stay as they are (user guide, "Scanning EC2").
            return Ok(Vec::new());
        }
        self.reconcile(tx, &stored, found, rules)
    }

    /// The instance's row, brought up to date.
    fn resource(&self, tx: &mut Tx<'_>, id: &str) -> Result<StoredResource, StoreError> {
        let kind = ResourceType::AwsEc2Instance;
        let before = resources::find(tx, self.scope, kind.name(), id)?;
        let mut resource = match self.machines.get(id) {
            Some(machine) => machine.resource.clone(),
            None => self.attached(id),
        };
        if let Some(before) = &before {
            if let (ResourceDetails::Instance(new), ResourceDetails::Instance(old)) =
                (&mut resource.details, &before.resource.details)
            {
                *new = std::mem::take(new).with_inside_of(old);
            }
            if before.resource == resource && before.gone_at.is_none() {
                return Ok(before.clone());
            }
        }
        resources::put(tx, self.scope, &resource, self.now.as_millisecond())
    }

    /// An instance of which only the interfaces are described.
    fn attached(&self, id: &str) -> Resource {
        let interfaces = self.snapshot.interfaces.values();
        let mut own = interfaces.filter(|i| i.instance() == Some(id));
        let first = own.next();
        Resource {
            kind: ResourceType::AwsEc2Instance,
            id: id.to_owned(),
            tags: BTreeMap::new(),
            details: ResourceDetails::Instance(Instance {
                ipv4: first
                    .map(|i| i.private_ip_address.clone())
                    .into_iter()
                    .collect(),
                vpc: first.map(|i| i.vpc_id.clone()),
                subnet: first.map(|i| i.subnet_id.clone()),
                ..Instance::default()
            }),
        }
    }

    fn reconcile(
        &self,
        tx: &mut Tx<'_>,
        stored: &StoredResource,
        found: &[&Finding],
        rules: &mut Rules,
    ) -> Result<Vec<Change>, StoreError> {
        let rules = rules.of(tx, self.scope, self.now.as_millisecond())?;
        let kind = FindingType::NetworkReachability;
        let current = keep::of_resource(tx, stored.number, kind, None)?;
        let closable = self.visible.closable(&current, found);
        let open = found
            .iter()
            .filter(|f| matches!(f.verdict, Verdict::Open(_)));
        let listening = &listeners::get(tx, stored.number)?;
        let observations = open
            .map(|finding| observe::observation(self.scope, self.snapshot, finding, listening))
            .collect();
        let attributes = stored.resource.attributes();
        let matching = |finding: &Kept| {
            let subject = Subject {
                account: &self.scope.account,
                region: &self.scope.region,
                finding,
                resource: &stored.resource,
                attributes: &attributes,
                aliases: &[],
                epss: None,
            };
            let matching = rules.iter().filter(|rule| rule.matches(&subject));
            matching.map(|rule| rule.id.clone()).collect()
        };
        let evaluation = Evaluation {
            account: &self.scope.account,
            region: &self.scope.region,
            resource: &stored.resource.id,
            coverage: Coverage::Keys(kind, &closable),
            now: self.now,
            rules: &matching,
        };
        let changes = reconcile(current, observations, &evaluation);
        keep::save(tx, self.scope, stored, &changes)?;
        self.expose(tx, stored, found)?;
        Ok(changes)
    }

    /// Notes how the instance can be reached, by which the scores of its packages follow.
    fn expose(
        &self,
        tx: &mut Tx<'_>,
        stored: &StoredResource,
        found: &[&Finding],
    ) -> Result<(), StoreError> {
        let open: Vec<(Reach, &Finding)> = found
            .iter()
            .filter(|f| matches!(f.verdict, Verdict::Open(_)))
            .map(|finding| (reach(finding), *finding))
            .collect();
        let paths = open.iter().map(|(reach, finding)| {
            let (first, last) = finding.ports;
            let protocol = finding.protocol.name();
            (
                *reach,
                Ports {
                    protocol,
                    first,
                    last,
                },
            )
        });
        let mut exposure = Exposure::by_paths(paths);
        // What is missing could show a wider reach, but nothing is wider than the internet.
        let is_certain = self.visible.is_whole() && visible::doubts(found).is_none();
        if !is_certain && exposure.reach != Reach::Internet {
            exposure = Exposure::default();
        }
        // Listeners count where packets of the widest reach get to the address they are bound to.
        if exposure::get(tx, stored.number)?.listening.is_some() {
            let listeners = listeners::get(tx, stored.number)?;
            let is_heard = |listener: &&Listener| {
                let widest = open.iter().filter(|(reach, _)| *reach == exposure.reach);
                let mut widest = widest.map(|(_, finding)| finding);
                widest.any(|finding| observe::hears(self.snapshot, finding, listener))
            };
            let heard = listeners.iter().filter(is_heard).map(|listener| Ports {
                protocol: listener.protocol.clone(),
                first: listener.port,
                last: listener.port,
            });
            exposure.listening = Some(heard.collect::<BTreeSet<Ports>>().into_iter().collect());
        }
        exposure::set(tx, stored.number, &exposure, self.now.as_millisecond())?;
        Ok(())
    }

    /// Closes the findings of instances that are not there any more.
    pub(super) fn gone<T>(
        &self,
        tx: &mut Tx<'_>,
        known: &BTreeMap<&str, T>,
    ) -> Result<Vec<Change>, StoreError> {
        let mut all = Vec::new();
        if !self.visible.instances() {
            return Ok(all);
        }
        for stored in networks::covered(tx, self.scope)? {
            if known.contains_key(stored.resource.id.as_str()) {
                continue;
            }
            let mut changes = Vec::new();
            for kind in FindingType::ALL {
                let kept = keep::of_resource(tx, stored.number, kind, None)?;
                let alive = kept.into_iter().filter(|f| f.state != State::Closed);
                changes.extend(alive.map(|f| close(f, ClosedBecause::ResourceGone, self.now)));
            }
            keep::save(tx, self.scope, &stored, &changes)?;
            let covered = Covered {
                scan_type: "NETWORK",
                active: false,
                reason: "RESOURCE_TERMINATED",
                detail: None,
                scan_mode: None,
                scanned_at: None,
            };
            resources::set_coverage(tx, self.scope, stored.number, &covered)?;
            resources::set_gone(tx, stored.number, self.now.as_millisecond())?;
            all.extend(changes);
        }
        Ok(all)
    }
}
