//! Who belongs to whom: lookups that the documents only give the other way round.

use core::net::IpAddr;
use std::collections::{BTreeMap, HashMap};

use crate::address::Block;
use crate::snapshot::{Id, NetworkInterface, Snapshot, is_live};

/// Lookups over a snapshot.
#[derive(Debug, Default)]
pub(crate) struct Index {
    table_of_subnet: HashMap<Id, Id>,
    main_table: HashMap<Id, Id>,
    /// Route tables of internet and virtual private gateways.
    pub(crate) gateway_table: HashMap<Id, Id>,
    pub(crate) acl_of_subnet: HashMap<Id, Id>,
    /// Interfaces by security group.
    pub(crate) members: HashMap<Id, Vec<Id>>,
    /// Interfaces by VPC and address; private ones, of both families.
    pub(crate) by_address: HashMap<(Id, IpAddr), Id>,
    /// Interfaces by subnet, and by VPC.
    pub(crate) in_subnet: HashMap<Id, Vec<Id>>,
    pub(crate) in_vpc: HashMap<Id, Vec<Id>>,
    /// Interfaces by instance.
    pub(crate) of_instance: HashMap<Id, Vec<Id>>,
    /// Interfaces of load balancers by their description.
    pub(crate) by_description: BTreeMap<String, Vec<Id>>,
    /// Public addresses that the list of elastic addresses gives, by interface and private address.
    elastic: HashMap<(Id, String), String>,
}

impl Index {
    pub(crate) fn of(snapshot: &Snapshot) -> Self {
        let mut index = Self::default();
        for table in snapshot.route_tables.values() {
            let id = &table.route_table_id;
            for association in &table.associations {
                if !is_live(&association.association_state.state) {
                    continue;
                }
                if association.main {
                    index.main_table.insert(table.vpc_id.clone(), id.clone());
                }
                if !association.subnet_id.is_empty() {
                    let subnet = association.subnet_id.clone();
                    index.table_of_subnet.insert(subnet, id.clone());
                }
                if !association.gateway_id.is_empty() {
                    let gateway = association.gateway_id.clone();
                    index.gateway_table.insert(gateway, id.clone());
                }
            }
        }
        for acl in snapshot.acls.values() {
            for association in &acl.associations {
                let subnet = association.subnet_id.clone();
                index
                    .acl_of_subnet
                    .insert(subnet, acl.network_acl_id.clone());
            }
        }
        for interface in snapshot.interfaces.values() {
            index.interface(interface);
        }
        index.default_acls(snapshot);
        for elastic in &snapshot.elastic_ips {
            if !elastic.network_interface_id.is_empty() {
                let key = (
                    elastic.network_interface_id.clone(),
                    elastic.private_ip_address.clone(),
                );
                index.elastic.insert(key, elastic.public_ip.clone());
            }
        }
        index
    }

    /// Subnets that no ACL names have their VPC's default one.
    fn default_acls(&mut self, snapshot: &Snapshot) {
        let acls = snapshot.acls.values().filter(|a| a.is_default);
        let defaults: HashMap<&Id, &Id> = acls.map(|a| (&a.vpc_id, &a.network_acl_id)).collect();
        let of_interfaces = snapshot
            .interfaces
            .values()
            .map(|i| (&i.subnet_id, &i.vpc_id));
        let subnets = snapshot.subnets.values().map(|s| (&s.subnet_id, &s.vpc_id));
        for (subnet, vpc) in subnets.chain(of_interfaces) {
            if let Some(acl) = defaults.get(vpc)
                && !self.acl_of_subnet.contains_key(subnet)
            {
                self.acl_of_subnet.insert(subnet.clone(), (*acl).clone());
            }
        }
    }

    fn interface(&mut self, interface: &NetworkInterface) {
        let id = &interface.network_interface_id;
        for group in &interface.groups {
            let members = self.members.entry(group.group_id.clone()).or_default();
            members.push(id.clone());
        }
        let subnet = self.in_subnet.entry(interface.subnet_id.clone());
        subnet.or_default().push(id.clone());
        let vpc = self.in_vpc.entry(interface.vpc_id.clone());
        vpc.or_default().push(id.clone());
        if let Some(instance) = interface.instance() {
            let own = self.of_instance.entry(instance.to_owned());
            own.or_default().push(id.clone());
        }
        if interface.description.starts_with("ELB ") {
            let own = self.by_description.entry(interface.description.clone());
            own.or_default().push(id.clone());
        }
        for address in private_addresses(interface) {
            self.by_address
                .insert((interface.vpc_id.clone(), address), id.clone());
        }
    }

    /// The route table of a subnet: its own, or the VPC's main one.
    pub(crate) fn table(&self, subnet: &str, vpc: &str) -> Option<&Id> {
        self.table_of_subnet
            .get(subnet)
            .or_else(|| self.main_table.get(vpc))
    }

    /// Private IPv4 addresses of an interface with the public address of each, where it has one.
    pub(crate) fn four(&self, interface: &NetworkInterface) -> Vec<(u32, Option<u32>)> {
        let mut pairs = Vec::new();
        let number = |text: &str| {
            text.parse::<core::net::Ipv4Addr>()
                .ok()
                .map(core::net::Ipv4Addr::to_bits)
        };
        let public = |text: &str, association: Option<&crate::snapshot::Association>| {
            let own = association.map(|a| a.public_ip.as_str());
            let elastic = || {
                let key = (interface.network_interface_id.clone(), text.to_owned());
                self.elastic.get(&key).map(String::as_str)
            };
            own.filter(|ip| !ip.is_empty())
                .or_else(elastic)
                .and_then(number)
        };
        for private in &interface.private_ip_addresses {
            if let Some(address) = number(&private.private_ip_address) {
                let association = private.association.as_ref();
                pairs.push((address, public(&private.private_ip_address, association)));
            }
        }
        if let Some(address) = number(&interface.private_ip_address)
            && pairs.iter().all(|(known, _)| *known != address)
        {
            let association = interface.association.as_ref();
            pairs.insert(
                0,
                (address, public(&interface.private_ip_address, association)),
            );
        }
        for prefix in &interface.ipv4_prefixes {
            if let Some(Block::V4 { first, last }) = Block::parse(&prefix.ipv4_prefix) {
                pairs.extend((first..=last).take(16).map(|address| (address, None)));
            }
        }
        pairs
    }
}

/// IPv6 addresses of an interface; of delegated prefixes, the first.
pub(crate) fn six(interface: &NetworkInterface) -> Vec<u128> {
    let own = interface.ipv6_addresses.iter().map(|a| &a.ipv6_address);
    let delegated = interface.ipv6_prefixes.iter().map(|p| &p.ipv6_prefix);
    own.chain(delegated)
        .filter_map(|text| match Block::parse(text)? {
            Block::V6 { first, .. } => Some(first),
            Block::V4 { .. } => None,
        })
        .collect()
}

fn private_addresses(interface: &NetworkInterface) -> Vec<IpAddr> {
    let listed = interface.private_ip_addresses.iter();
    let texts = listed.map(|p| p.private_ip_address.as_str());
    let six = interface
        .ipv6_addresses
        .iter()
        .map(|a| a.ipv6_address.as_str());
    std::iter::once(interface.private_ip_address.as_str())
        .chain(texts)
        .chain(six)
        .filter_map(|text| text.parse().ok())
        .collect()
}
