//! Changes of a configuration that let packets pass: what they do to it, and their commands.
//!
//! Members and options of commands are those of the AWS CLI command reference (`ec2`, `elbv2`,
//! `globalaccelerator`).

use std::fmt;

use crate::edit::{Rule, add_rule};
use crate::fixes::command::{authorize, create_entry, direction, word};
use crate::fixes::edit::{destination, packets};
use crate::snapshot::{
    AclEntry, Action, Association, BlockPublicAccessExclusion, GatewayAttachment, Id, Listener,
    PortPair, PrivateIp, Route, Snapshot,
};

/// One change.
#[derive(Debug, Clone, PartialEq)]
pub enum Opening {
    /// A group gets a rule.
    Rule(Rule),
    /// An ACL gets an entry that allows, before those that deny.
    Allow { acl: Id, entry: AclEntry },
    /// An ACL loses an entry that denies.
    Undeny { acl: Id, entry: AclEntry },
    /// A route table gets a route, or one leads elsewhere.
    Route {
        table: Id,
        route: Box<Route>,
        replaces: bool,
    },
    /// An address of an interface gets a public one.
    Publish {
        interface: Id,
        private: String,
        /// The address that stands for it in the trial; which it will be is not known.
        public: String,
    },
    /// An internet gateway is attached to a VPC.
    Attach { gateway: Id, vpc: Id },
    /// VPC Block Public Access does not hold for a subnet.
    Exclude(Id),
    /// An instance is started.
    Start(Id),
    /// An interface forwards packets that are for others.
    Forward(Id),
    /// A load balancer gets a listener before a target group.
    Listen {
        balancer: Id,
        protocol: String,
        port: u16,
        group: Id,
    },
    /// A listener of an accelerator is for one more port.
    Accept { listener: Id, port: u16 },
    /// An accelerator is enabled.
    Enable(Id),
}

impl Eq for Opening {}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => write!(f, "add {rule}"),
            Self::Allow { acl, entry } => {
                let (what, number) = (packets(entry), entry.rule_number);
                write!(f, "allow {what} in {acl} by entry {number}")
            }
            Self::Undeny { acl, entry } => {
                let (what, number) = (packets(entry), entry.rule_number);
                write!(f, "remove entry {number} of {acl}, which denies {what}")
            }
            Self::Route {
                table,
                route,
                replaces,
            } => {
                let verb = if *replaces { "lead" } else { "add" };
                let (to, (_, target)) = (destination(route).1, target(route));
                write!(f, "{verb} the route to {to} of {table} to {target}")
            }
            Self::Publish {
                interface, private, ..
            } => write!(f, "give {private} of {interface} a public address"),
            Self::Attach { gateway, vpc } => write!(f, "attach {gateway} to {vpc}"),
            Self::Exclude(subnet) => {
                write!(f, "exclude {subnet} from VPC Block Public Access")
            }
            Self::Start(instance) => write!(f, "start {instance}"),
            Self::Forward(interface) => {
                write!(f, "let {interface} take packets that are for others")
            }
            Self::Listen {
                balancer,
                protocol,
                port,
                group,
            } => write!(
                f,
                "add a listener {protocol} {port} of {balancer} before {group}"
            ),
            Self::Accept { listener, port } => write!(f, "add port {port} to {listener}"),
            Self::Enable(accelerator) => write!(f, "enable {accelerator}"),
        }
    }
}

/// The option and the value of a route's target.
fn target(route: &Route) -> (&'static str, &str) {
    if !route.vpc_peering_connection_id.is_empty() {
        (
            "vpc-peering-connection-id",
            &route.vpc_peering_connection_id,
        )
    } else if !route.transit_gateway_id.is_empty() {
        ("transit-gateway-id", &route.transit_gateway_id)
    } else {
        ("gateway-id", &route.gateway_id)
    }
}

impl Opening {
    /// Makes the change; nothing happens where what is changed is not there.
    pub fn apply(&self, snapshot: &mut Snapshot) {
        match self {
            Self::Rule(rule) => {
                add_rule(snapshot, rule);
            }
            Self::Allow { acl, entry } => {
                if let Some(acl) = snapshot.acls.get_mut(acl) {
                    acl.entries.push(entry.clone());
                }
            }
            Self::Undeny { acl, entry } => {
                if let Some(acl) = snapshot.acls.get_mut(acl) {
                    acl.entries.retain(|other| other != entry);
                }
            }
            Self::Route { table, route, .. } => {
                if let Some(table) = snapshot.route_tables.get_mut(table) {
                    let new = destination(route);
                    table.routes.retain(|other| destination(other) != new);
                    table.routes.push(Route::clone(route));
                }
            }
            Self::Publish {
                interface,
                private,
                public,
            } => publish(snapshot, interface, private, public),
            Self::Attach { gateway, vpc } => {
                if let Some(gateway) = snapshot.internet_gateways.get_mut(gateway) {
                    gateway.attachments = vec![GatewayAttachment {
                        state: "available".to_owned(),
                        vpc_id: vpc.clone(),
                    }];
                }
            }
            Self::Exclude(subnet) => exclude(snapshot, subnet),
            Self::Start(instance) => {
                if let Some(instance) = snapshot.instances.get_mut(instance) {
                    "running".clone_into(&mut instance.state.name);
                }
            }
            Self::Forward(interface) => {
                if let Some(interface) = snapshot.interfaces.get_mut(interface) {
                    interface.source_dest_check = Some(false);
                }
            }
            Self::Listen {
                balancer,
                protocol,
                port,
                group,
            } => listen(snapshot, (balancer, protocol, *port), group),
            Self::Accept { listener, port } => {
                if let Some(listener) = snapshot.accelerator_listeners.get_mut(listener) {
                    listener.port_ranges.push(PortPair {
                        from_port: *port,
                        to_port: *port,
                    });
                }
            }
            Self::Enable(accelerator) => {
                if let Some(accelerator) = snapshot.accelerators.get_mut(accelerator) {
                    accelerator.enabled = Some(true);
                }
            }
        }
    }

    /// The command of the AWS command line interface that makes the change; words in capitals stand
    /// for what whoever makes it has to choose.
    pub fn command(&self, snapshot: &Snapshot) -> String {
        match self {
            Self::Rule(rule) => authorize(rule),
            Self::Allow { acl, entry } => create_entry(acl, entry),
            Self::Undeny { acl, entry } => format!(
                "aws ec2 delete-network-acl-entry --network-acl-id {} --{} --rule-number {}",
                word(acl),
                direction(entry.egress),
                entry.rule_number
            ),
            Self::Route {
                table,
                route,
                replaces,
            } => {
                let verb = if *replaces { "replace" } else { "create" };
                let ((to, block), (by, id)) = (destination(route), target(route));
                format!(
                    "aws ec2 {verb}-route --route-table-id {} --{to} {} --{by} {}",
                    word(table),
                    word(block),
                    word(id)
                )
            }
            Self::Publish {
                interface, private, ..
            } => format!(
                "aws ec2 associate-address --network-interface-id {} --private-ip-address {} --allocation-id ALLOCATION",
                word(interface),
                word(private)
            ),
            Self::Attach { gateway, vpc } => format!(
                "aws ec2 attach-internet-gateway --internet-gateway-id {} --vpc-id {}",
                word(gateway),
                word(vpc)
            ),
            Self::Exclude(subnet) => format!(
                "aws ec2 create-vpc-block-public-access-exclusion --internet-gateway-exclusion-mode allow-bidirectional --subnet-id {}",
                word(subnet)
            ),
            Self::Start(instance) => {
                format!("aws ec2 start-instances --instance-ids {}", word(instance))
            }
            Self::Forward(interface) => format!(
                "aws ec2 modify-network-interface-attribute --network-interface-id {} --no-source-dest-check",
                word(interface)
            ),
            Self::Listen {
                balancer,
                protocol,
                port,
                group,
            } => create_listener((balancer, protocol, *port), group),
            Self::Accept { listener, port } => update_listener(snapshot, listener, *port),
            Self::Enable(accelerator) => format!(
                "aws globalaccelerator update-accelerator --accelerator-arn {} --enabled",
                word(accelerator)
            ),
        }
    }
}

fn create_listener((balancer, protocol, port): (&str, &str, u16), group: &str) -> String {
    let certificate = if matches!(protocol, "HTTPS" | "TLS") {
        " --certificates CertificateArn=CERTIFICATE"
    } else {
        ""
    };
    format!(
        "aws elbv2 create-listener --load-balancer-arn {} --protocol {protocol} --port {port}{certificate} --default-actions Type=forward,TargetGroupArn={}",
        word(balancer),
        word(group)
    )
}

/// All ports of a listener are given, those that it has and the new one.
fn update_listener(snapshot: &Snapshot, listener: &str, port: u16) -> String {
    let known = snapshot.accelerator_listeners.get(listener);
    let own = known.map(|l| l.port_ranges.as_slice()).unwrap_or_default();
    let all = own.iter().map(|r| (r.from_port, r.to_port));
    let ranges: Vec<String> = all
        .chain([(port, port)])
        .map(|(from, to)| format!("FromPort={from},ToPort={to}"))
        .collect();
    format!(
        "aws globalaccelerator update-listener --listener-arn {} --port-ranges {}",
        word(listener),
        ranges.join(" ")
    )
}

fn exclude(snapshot: &mut Snapshot, subnet: &str) {
    let exclusion = BlockPublicAccessExclusion {
        exclusion_id: format!("exclusion of {subnet}"),
        internet_gateway_exclusion_mode: "allow-bidirectional".to_owned(),
        resource_arn: format!("arn:aws:ec2:::subnet/{subnet}"),
        state: "create-complete".to_owned(),
    };
    let all = &mut snapshot.block_public_access_exclusions;
    all.insert(exclusion.exclusion_id.clone(), exclusion);
}

fn listen(snapshot: &mut Snapshot, (balancer, protocol, port): (&str, &str, u16), group: &str) {
    let listener = Listener {
        listener_arn: format!("listener {port} of {balancer}"),
        load_balancer_arn: balancer.to_owned(),
        port,
        protocol: protocol.to_owned(),
        default_actions: vec![Action {
            kind: "forward".to_owned(),
            target_group_arn: group.to_owned(),
            ..Action::default()
        }],
    };
    let id = listener.listener_arn.clone();
    snapshot.listener_rules.insert(id.clone(), Vec::new());
    snapshot.listeners.insert(id, listener);
}

fn publish(snapshot: &mut Snapshot, interface: &str, private: &str, public: &str) {
    let Some(interface) = snapshot.interfaces.get_mut(interface) else {
        return;
    };
    let given = Association {
        public_ip: public.to_owned(),
        ..Association::default()
    };
    if interface.private_ip_address == private {
        interface.association = Some(given.clone());
    }
    let mut own = interface.private_ip_addresses.iter_mut();
    match own.find(|own| own.private_ip_address == private) {
        Some(own) => own.association = Some(given),
        None => interface.private_ip_addresses.push(PrivateIp {
            private_ip_address: private.to_owned(),
            association: Some(given),
            ..PrivateIp::default()
        }),
    }
}
