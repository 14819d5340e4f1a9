//! Reads describe-* documents in any arrangement of files into a snapshot.

use std::collections::BTreeMap;

use model::Problem;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::contradictions;
use super::shape::{self, normalise};
use super::{
    BlockPublicAccess, ElasticIp, Firewall, FirewallPolicy, FirewallPolicyResponse, Id, Instance,
    ListenerRule, PrefixList, RuleGroup, Snapshot, Table, TargetHealthDescription,
    TransitAttachment, TransitPropagation, TransitRoute, TransitRouteTable,
};

/// Longest document that is read, in bytes.
const LONGEST_DOCUMENT: usize = 1 << 30;

/// One document: its path below the directory that was given, and its content.
#[derive(Debug, Clone)]
pub struct File {
    /// Path with `/` between components; `…/<account>/<region>/<anything>.json` if it is known.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Reads all documents; what is not understood becomes a problem and loses nothing else.
///
/// A document is one response of a describe call, or several merged into one object. A response that
/// does not say what it is about (the targets of which group?) is understood if it stands in an
/// object that has the identifier (`TargetGroupArn`) beside it.
pub fn read(files: &[File]) -> (Snapshot, Vec<Problem>) {
    let mut reader = Reader::default();
    for file in files {
        reader.place.clone_from(&file.name);
        if file.bytes.len() > LONGEST_DOCUMENT {
            reader.complain("the document is too long");
            continue;
        }
        match serde_json::from_slice::<Value>(&file.bytes) {
            Ok(Value::Object(object)) => reader.document(Value::Object(object)),
            Ok(Value::Array(objects)) => reader.array(objects),
            Ok(_) => reader.complain("not a response of a describe call"),
            Err(error) => reader.complain(format!("not JSON: {error}")),
        }
    }
    reader.finish();
    (reader.snapshot, reader.problems)
}

#[derive(Default)]
pub(super) struct Reader {
    pub(super) snapshot: Snapshot,
    problems: Vec<Problem>,
    pub(super) place: String,
}

fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        other => vec![other],
    }
}

fn member(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(str::to_owned)
}

impl Reader {
    pub(super) fn complain(&mut self, what: impl Into<String>) {
        self.problems.push(Problem::new(self.place.clone(), what));
    }

    /// Responses one after the other, or the items of the list that the file is named after.
    fn array(&mut self, objects: Vec<Value>) {
        let list = shape::list_of(&self.place);
        for object in objects {
            match (list, normalise(object)) {
                (Some(list), Value::Object(item)) if !shape::is_response(&item) => {
                    self.list(list, Value::Object(item));
                }
                (_, other) => self.document(other),
            }
        }
    }

    fn document(&mut self, value: Value) {
        let Value::Object(object) = normalise(value) else {
            self.complain("not a response of a describe call");
            return;
        };
        self.about_one(&object);
        for (name, value) in object {
            self.list(&name, value);
        }
    }

    fn parse<T: DeserializeOwned>(&mut self, name: &str, value: Value) -> Option<T> {
        match serde_json::from_value(value) {
            Ok(object) => Some(object),
            Err(error) => {
                self.complain(format!("{name}: {error}"));
                None
            }
        }
    }

    fn each<T: Serialize + DeserializeOwned + PartialEq>(
        &mut self,
        name: &str,
        value: Value,
        table: fn(&mut Snapshot) -> &mut Table<T>,
        id: fn(&T) -> &str,
    ) {
        self.snapshot.described.insert(name.to_owned());
        for item in items(value) {
            let Some(object) = self.parse::<T>(name, item) else {
                continue;
            };
            let key = id(&object).to_owned();
            if key.is_empty() {
                self.complain(format!("{name}: an object without identifier"));
                continue;
            }
            let is_other = match table(&mut self.snapshot).entry(key.clone()) {
                std::collections::btree_map::Entry::Vacant(slot) => {
                    slot.insert(object);
                    false
                }
                std::collections::btree_map::Entry::Occupied(mut slot) => {
                    let known = slot.get_mut();
                    match shape::filled(known, &object) {
                        _ if *known == object => false,
                        Some(filled) => {
                            *known = filled;
                            false
                        }
                        None => true,
                    }
                }
            };
            if is_other {
                self.complain(format!(
                    "{name}: {key} is listed twice with different content"
                ));
            }
        }
    }

    fn list(&mut self, name: &str, value: Value) {
        match name {
            "Vpcs" => self.each(name, value, |s| &mut s.vpcs, |o| &o.vpc_id),
            "Subnets" => self.each(name, value, |s| &mut s.subnets, |o| &o.subnet_id),
            "RouteTables" => {
                self.each(name, value, |s| &mut s.route_tables, |o| &o.route_table_id);
            }
            "NetworkAcls" => self.each(name, value, |s| &mut s.acls, |o| &o.network_acl_id),
            "SecurityGroups" => self.each(name, value, |s| &mut s.groups, |o| &o.group_id),
            "PrefixLists" | "ManagedPrefixLists" => self.prefix_lists(value),
            "NetworkInterfaces" => self.each(
                name,
                value,
                |s| &mut s.interfaces,
                |o| &o.network_interface_id,
            ),
            "Instances" => self.each(name, value, |s| &mut s.instances, |o| &o.instance_id),
            "Reservations" => self.reservations(value),
            "InternetGateways" => self.each(
                name,
                value,
                |s| &mut s.internet_gateways,
                |o| &o.internet_gateway_id,
            ),
            "EgressOnlyInternetGateways" => self.each(
                name,
                value,
                |s| &mut s.egress_only_gateways,
                |o| &o.egress_only_internet_gateway_id,
            ),
            "NatGateways" => {
                self.each(name, value, |s| &mut s.nat_gateways, |o| &o.nat_gateway_id);
            }
            "VpcPeeringConnections" => self.each(
                name,
                value,
                |s| &mut s.peerings,
                |o| &o.vpc_peering_connection_id,
            ),
            "VpcEndpoints" => self.each(name, value, |s| &mut s.endpoints, |o| &o.vpc_endpoint_id),
            "SecurityGroupRules" | "Addresses" => self.flat(name, value),
            "VpnGateways"
            | "VpnConnections"
            | "VirtualInterfaces"
            | "DirectConnectGateways"
            | "DirectConnectGatewayAssociations" => self.private_edges(name, value),
            _ if name.starts_with("TransitGateway") => self.transit(name, value),
            _ => self.services(name, value),
        }
    }

    fn private_edges(&mut self, name: &str, value: Value) {
        match name {
            "VpnGateways" => {
                self.each(name, value, |s| &mut s.vpn_gateways, |o| &o.vpn_gateway_id);
            }
            "VpnConnections" => self.each(
                name,
                value,
                |s| &mut s.vpn_connections,
                |o| &o.vpn_connection_id,
            ),
            "VirtualInterfaces" => self.each(
                name,
                value,
                |s| &mut s.virtual_interfaces,
                |o| &o.virtual_interface_id,
            ),
            "DirectConnectGatewayAssociations" => self.each(
                name,
                value,
                |s| &mut s.direct_connect_associations,
                |o| &o.association_id,
            ),
            _ => {
                self.snapshot.described.insert(name.to_owned());
            }
        }
    }

    fn flat(&mut self, name: &str, value: Value) {
        if name == "Addresses" {
            self.each(name, value, |s| &mut s.elastic_ips, ElasticIp::id);
            return;
        }
        self.snapshot.described.insert(name.to_owned());
        for item in items(value) {
            if let Some(rule) = self.parse::<super::GroupRule>(name, item) {
                let rules = self.snapshot.group_rules.entry(rule.group_id.clone());
                let rules = rules.or_default();
                if !rules.contains(&rule) {
                    rules.push(rule);
                }
            }
        }
    }

    fn reservations(&mut self, value: Value) {
        self.snapshot.described.insert("Instances".to_owned());
        for mut item in items(value) {
            let instances = item.get_mut("Instances").map(Value::take);
            self.each(
                "Instances",
                instances.unwrap_or(Value::Array(Vec::new())),
                |s| &mut s.instances,
                |o: &Instance| &o.instance_id,
            );
        }
    }

    fn prefix_lists(&mut self, value: Value) {
        self.snapshot.described.insert("PrefixLists".to_owned());
        for item in items(value) {
            if let Some(list) = self.parse::<PrefixList>("PrefixLists", item) {
                self.prefix_list(list);
            }
        }
    }

    fn transit(&mut self, name: &str, value: Value) {
        match name {
            "TransitGateways" => self.each(
                name,
                value,
                |s| &mut s.transit_gateways,
                |o| &o.transit_gateway_id,
            ),
            "TransitGatewayAttachments"
            | "TransitGatewayVpcAttachments"
            | "TransitGatewayPeeringAttachments"
            | "TransitGatewayConnects" => {
                self.snapshot.described.insert(name.to_owned());
                for item in items(value) {
                    if let Some(attachment) = self.parse::<TransitAttachment>(name, item) {
                        self.attachment(name, attachment);
                    }
                }
            }
            "TransitGatewayRouteTables"
            | "TransitGatewayPropagations"
            | "TransitGatewayStaticRoutes"
            | "TransitGatewayRoutes" => {
                self.snapshot.described.insert(name.to_owned());
                for item in items(value) {
                    if let Some(table) = self.parse::<TransitRouteTable>(name, item) {
                        self.transit_table(table);
                    }
                }
            }
            _ => {}
        }
    }

    fn services(&mut self, name: &str, value: Value) {
        match name {
            "LoadBalancers" => self.each(
                name,
                value,
                |s| &mut s.load_balancers,
                |o| &o.load_balancer_arn,
            ),
            "LoadBalancerDescriptions" => self.each(
                name,
                value,
                |s| &mut s.classic_load_balancers,
                |o| &o.load_balancer_name,
            ),
            "Listeners" | "LoadBalancerListeners" => self.listeners(value),
            "Rules" | "LoadBalancerRules" => self.listener_rules(value),
            "TargetGroups" => self.each(
                name,
                value,
                |s| &mut s.target_groups,
                |o| &o.target_group_arn,
            ),
            "LoadBalancerTargetHealth"
            | "TargetHealth"
            | "LoadBalancerAttributes"
            | "TargetGroupAttributes"
            | "Firewalls"
            | "FirewallPolicies"
            | "RuleGroups" => {
                self.snapshot.described.insert(name.to_owned());
                for item in items(value) {
                    if let Value::Object(object) = item {
                        self.about_one(&object);
                    }
                }
            }
            "ServiceConfigurations" => {
                self.each(name, value, |s| &mut s.endpoint_services, |o| &o.service_id);
            }
            "Accelerators" => {
                self.each(name, value, |s| &mut s.accelerators, |o| &o.accelerator_arn);
            }
            "EndpointGroups" => self.each(
                name,
                value,
                |s| &mut s.endpoint_groups,
                |o| &o.endpoint_group_arn,
            ),
            "DistributionList" => {
                let listed = value.get("Items").cloned().unwrap_or_default();
                self.each(name, listed, |s| &mut s.distributions, |o| &o.id);
            }
            "VpcOriginList" => {
                let listed = value.get("Items").cloned().unwrap_or_default();
                self.each(name, listed, |s| &mut s.vpc_origins, |o| &o.id);
            }
            "VpcOrigin" => self.each(name, value, |s| &mut s.vpc_origins, |o| &o.id),
            "VpcBlockPublicAccessOptions" => {
                self.snapshot.described.insert(name.to_owned());
                if let Some(options) = self.parse::<BlockPublicAccess>(name, value) {
                    let known = |text: &str, place: Option<&str>| match text {
                        "" => place.unwrap_or("*").to_owned(),
                        text => text.to_owned(),
                    };
                    let account = known(&options.aws_account_id, account_of(&self.place));
                    let region = known(&options.aws_region, region_of(&self.place));
                    let key = format!("{account}/{region}");
                    self.snapshot.block_public_access.insert(key, options);
                }
            }
            "VpcBlockPublicAccessExclusions" => self.each(
                name,
                value,
                |s| &mut s.block_public_access_exclusions,
                |o| &o.exclusion_id,
            ),
            _ => {}
        }
    }

    fn listeners(&mut self, value: Value) {
        let mut flat = Vec::new();
        for mut item in items(value) {
            let owner = item.get("LoadBalancerArn").cloned();
            match item.get_mut("Listeners").map(Value::take) {
                // Listeners in an object for each load balancer, as merged responses have them.
                Some(inner) => flat.extend(items(inner).into_iter().map(|mut listener| {
                    if let (Some(members), Some(owner)) = (listener.as_object_mut(), &owner) {
                        members
                            .entry("LoadBalancerArn")
                            .or_insert_with(|| owner.clone());
                    }
                    listener
                })),
                None => flat.push(item),
            }
        }
        let (accelerators, balancers): (Vec<_>, Vec<_>) = flat
            .into_iter()
            .partition(|item| item.get("PortRanges").is_some());
        self.each(
            "AcceleratorListeners",
            Value::Array(accelerators),
            |s| &mut s.accelerator_listeners,
            |o| &o.listener_arn,
        );
        self.each(
            "Listeners",
            Value::Array(balancers),
            |s| &mut s.listeners,
            |o| &o.listener_arn,
        );
    }

    /// A rule's ARN is that of its listener with another kind and the rule's own part behind it.
    fn listener_rules(&mut self, value: Value) {
        self.snapshot.described.insert("Rules".to_owned());
        for item in items(value) {
            let Some(mut rule) = self.parse::<ListenerRule>("Rules", item) else {
                continue;
            };
            if rule.listener_arn.is_empty()
                && let Some((listener, _)) = rule.rule_arn.rsplit_once('/')
            {
                rule.listener_arn = listener.replacen(":listener-rule/", ":listener/", 1);
            }
            let rules = self
                .snapshot
                .listener_rules
                .entry(rule.listener_arn.clone());
            let rules = rules.or_default();
            if !rules.contains(&rule) {
                rules.push(rule);
            }
        }
    }

    /// Responses about one object, which they or the object around them name.
    fn about_one(&mut self, object: &Map<String, Value>) {
        let get = |name: &str| object.get(name).cloned();
        if let Some(value) = get("TargetHealthDescriptions")
            && let Some(group) = member(object, "TargetGroupArn")
        {
            self.snapshot.described.insert("TargetHealth".to_owned());
            let targets: Vec<TargetHealthDescription> = items(value)
                .into_iter()
                .filter_map(|item| self.parse("TargetHealthDescriptions", item))
                .collect();
            self.snapshot.targets.insert(group, targets);
        }
        let balancer = ["LoadBalancerArn", "TargetGroupArn", "LoadBalancerName"];
        if let Some(Value::Array(list)) = get("Attributes")
            && let Some(owner) = balancer.iter().find_map(|name| member(object, name))
        {
            let known = self.snapshot.attributes.entry(owner).or_default();
            known.extend(list.iter().filter_map(attribute));
        }
        if let Some(table) = member(object, "TransitGatewayRouteTableId") {
            let routes = get("Routes").map(|routes| {
                items(routes)
                    .into_iter()
                    .filter_map(|item| self.parse::<TransitRoute>("Routes", item))
                    .collect()
            });
            let propagations = get("TransitGatewayRouteTablePropagations").map(|list| {
                items(list)
                    .into_iter()
                    .filter_map(|item| self.parse::<TransitPropagation>("Propagations", item))
                    .collect()
            });
            self.transit_table(TransitRouteTable {
                transit_gateway_route_table_id: table,
                routes,
                transit_gateway_route_table_propagations: propagations,
                ..TransitRouteTable::default()
            });
        }
        if let Some(table) = member(object, "TransitGatewayRouteTableId")
            && let Some(Value::Array(list)) = get("Associations")
        {
            self.associations(&table, &list);
        }
        if let Some(list) = member(object, "PrefixListId")
            && let Some(entries) = get("Entries")
        {
            let mut known = Map::new();
            known.insert("PrefixListId".to_owned(), Value::String(list));
            known.insert("Entries".to_owned(), entries);
            self.prefix_lists(Value::Object(known));
        }
        self.firewall(object);
    }

    fn firewall(&mut self, object: &Map<String, Value>) {
        let get = |name: &str| object.get(name).cloned();
        if let Some(value) = get("Firewall")
            && let Some(mut firewall) = self.parse::<Firewall>("Firewall", value)
        {
            self.snapshot.described.insert("Firewalls".to_owned());
            if let Some(Value::Object(zones)) = object
                .get("FirewallStatus")
                .and_then(|status| status.get("SyncStates"))
            {
                for (zone, state) in zones {
                    let endpoint = state.get("Attachment").and_then(|a| a.get("EndpointId"));
                    if let Some(endpoint) = endpoint.and_then(Value::as_str) {
                        let subnet = state.get("Attachment").and_then(|a| a.get("SubnetId"));
                        if let Some(subnet) = subnet.and_then(Value::as_str) {
                            let subnets = &mut firewall.endpoint_subnets;
                            subnets.insert(endpoint.to_owned(), subnet.to_owned());
                        }
                        firewall.endpoints.insert(zone.clone(), endpoint.to_owned());
                    }
                }
            }
            let key = firewall.firewall_arn.clone();
            self.snapshot.firewalls.insert(key, firewall);
        }
        if let Some(value) = get("FirewallPolicy")
            && let Some(mut policy) = self.parse::<FirewallPolicy>("FirewallPolicy", value)
        {
            let response = get("FirewallPolicyResponse")
                .and_then(|r| self.parse::<FirewallPolicyResponse>("FirewallPolicyResponse", r));
            if let Some(response) = response {
                policy.firewall_policy_arn = response.firewall_policy_arn;
            }
            let key = policy.firewall_policy_arn.clone();
            self.snapshot.firewall_policies.insert(key, policy);
        }
        if let Some(value) = get("RuleGroup")
            && let Some(mut group) = self.parse::<RuleGroup>("RuleGroup", value)
        {
            if let Some(response) = object.get("RuleGroupResponse") {
                let arn = response.get("RuleGroupArn").and_then(Value::as_str);
                group.rule_group_arn = arn.map(str::to_owned).unwrap_or_default();
            }
            let key = group.rule_group_arn.clone();
            self.snapshot.rule_groups.insert(key, group);
        }
    }

    /// What needs all documents: interfaces that only instances mention, names of elastic addresses.
    fn finish(&mut self) {
        let mut missing: BTreeMap<Id, super::NetworkInterface> = BTreeMap::new();
        let mut contradictions = Vec::new();
        for instance in self.snapshot.instances.values_mut() {
            for mut interface in std::mem::take(&mut instance.network_interfaces) {
                let id = interface.network_interface_id.clone();
                if id.is_empty() {
                    continue;
                }
                let attachment = interface.attachment.get_or_insert_default();
                attachment.instance_id.clone_from(&instance.instance_id);
                let first = missing.get(&id).or(self.snapshot.interfaces.get(&id));
                match first {
                    Some(first) => contradictions.extend(contradictions::of(first, &interface)),
                    None => {
                        missing.insert(id, interface);
                    }
                }
            }
        }
        self.snapshot.interfaces.append(&mut missing);
        self.finish_groups();
        self.finish_attachments();
        contradictions.extend(contradictions::between(&self.snapshot));
        for (place, what) in contradictions {
            self.problems.push(Problem::new(place, what));
        }
    }
}

fn attribute(item: &Value) -> Option<(String, String)> {
    let key = item.get("Key")?.as_str()?;
    let value = item.get("Value")?.as_str()?;
    Some((key.to_owned(), value.to_owned()))
}

/// The account in a path: the component of twelve digits.
fn account_of(place: &str) -> Option<&str> {
    place
        .split('/')
        .find(|part| part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The region in a path: the component of the form `xx-name-1`.
fn region_of(place: &str) -> Option<&str> {
    place.split('/').find(|component| {
        let mut parts = component.split('-');
        parts.next().is_some_and(|p| p.len() == 2)
            && component.split('-').count() >= 3
            && component.ends_with(|c: char| c.is_ascii_digit())
    })
}
