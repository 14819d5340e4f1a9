//! One packet at a time from an interface, over the documents themselves: the judge of ways.
//!
//! It shares nothing with the crate but the form of the documents.

mod transit;

use core::net::IpAddr;

use serde_json::Value;

/// What became of a packet and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// At an interface, or beyond a gateway.
    Arrives(String),
    Stops,
    /// A document that decides is missing.
    Unknown,
}

#[derive(Debug, Clone)]
struct Packet {
    source: IpAddr,
    destination: IpAddr,
    protocol: u8,
    port: u16,
    /// The interface that sent it, while it is known.
    origin: Option<String>,
    /// Client ports of which answers would pass so far.
    clients: Vec<u16>,
}

pub(super) struct Judge<'d>(pub(super) &'d Value);

/// `None` is unknown.
type Decision = Option<bool>;

fn list<'d>(value: &'d Value, name: &str) -> &'d [Value] {
    value[name].as_array().map_or(&[], Vec::as_slice)
}

fn text<'d>(value: &'d Value, name: &str) -> &'d str {
    value[name].as_str().unwrap_or_default()
}

/// The length of a block that holds the address.
fn length(block: &str, address: IpAddr) -> Option<u32> {
    let (network, length) = block.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let same = match (network.parse().ok()?, address) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let shift = 32 - length;
            u64::from(a.to_bits()) >> shift == u64::from(b.to_bits()) >> shift
        }
        (IpAddr::V6(a), IpAddr::V6(b)) => {
            let shift = 128 - length;
            shift == 128 || a.to_bits() >> shift == b.to_bits() >> shift
        }
        _ => false,
    };
    same.then_some(length)
}

fn is_protocol(value: &Value, protocol: u8) -> bool {
    let text = value.as_str().expect("a protocol");
    let number = match text {
        "-1" => return true,
        "tcp" => 6,
        "udp" => 17,
        "icmp" => 1,
        other => other.parse().expect("a number"),
    };
    number == protocol
}

impl Judge<'_> {
    fn find(&self, table: &str, id: &str, name: &str) -> Option<&Value> {
        list(self.0, table).iter().find(|one| text(one, id) == name)
    }

    fn interface(&self, id: &str) -> &Value {
        let found = self.find("NetworkInterfaces", "NetworkInterfaceId", id);
        found.expect("an interface")
    }

    fn holders(&self, vpc: &str, address: IpAddr) -> Option<&Value> {
        let shown = address.to_string();
        let mut all = list(self.0, "NetworkInterfaces").iter();
        all.find(|one| {
            let four = list(one, "PrivateIpAddresses").iter();
            let six = list(one, "Ipv6Addresses").iter();
            text(one, "VpcId") == vpc
                && (four.clone().any(|a| text(a, "PrivateIpAddress") == shown)
                    || six
                        .clone()
                        .any(|a| text(a, "Ipv6Address").parse() == Ok(address)))
        })
    }

    fn subnet_of(&self, vpc: &str, address: IpAddr) -> Option<&str> {
        let mut all = list(self.0, "Subnets").iter();
        let found = all
            .find(|s| text(s, "VpcId") == vpc && length(text(s, "CidrBlock"), address).is_some());
        found.map(|s| text(s, "SubnetId"))
    }

    fn in_vpc(&self, vpc: &str, address: IpAddr) -> bool {
        let vpc = self.find("Vpcs", "VpcId", vpc).expect("a VPC");
        let four = list(vpc, "CidrBlockAssociationSet").iter();
        let mut four = four.filter(|c| c["CidrBlockState"]["State"] == "associated");
        let mut six = list(vpc, "Ipv6CidrBlockAssociationSet").iter();
        four.any(|c| length(text(c, "CidrBlock"), address).is_some())
            || six.any(|c| length(text(c, "Ipv6CidrBlock"), address).is_some())
    }

    fn entries(&self, list_id: &str) -> Option<Vec<&str>> {
        let found = self.find("PrefixLists", "PrefixListId", list_id)?;
        let plain = list(found, "Cidrs").iter().filter_map(Value::as_str);
        let managed = list(found, "Entries").iter().map(|e| text(e, "Cidr"));
        Some(plain.chain(managed).collect())
    }

    fn acl(&self, subnet: &str, egress: bool, protocol: u8, peer: IpAddr, port: u16) -> Decision {
        let mut all = list(self.0, "NetworkAcls").iter();
        let acl = all.find(|a| {
            list(a, "Associations")
                .iter()
                .any(|s| text(s, "SubnetId") == subnet)
        })?;
        let entries = list(acl, "Entries").iter().filter(|entry| {
            let ports = &entry["PortRange"];
            let in_ports = ports.is_null()
                || entry["Protocol"] == "-1"
                || (ports["From"].as_u64().expect("a port")
                    ..=ports["To"].as_u64().expect("a port"))
                    .contains(&u64::from(port));
            let blocks = [text(entry, "CidrBlock"), text(entry, "Ipv6CidrBlock")];
            entry["Egress"] == egress
                && is_protocol(&entry["Protocol"], protocol)
                && in_ports
                && blocks.iter().any(|block| length(block, peer).is_some())
        });
        let first = entries.min_by_key(|entry| entry["RuleNumber"].as_u64());
        Some(first.is_some_and(|entry| entry["RuleAction"] == "allow"))
    }

    fn peered(&self, vpc: &str) -> Option<&str> {
        let peering = list(self.0, "VpcPeeringConnections").first()?;
        let (a, b) = (&peering["AccepterVpcInfo"], &peering["RequesterVpcInfo"]);
        let near = peering["Status"]["Code"] == "active" && a["Region"] == b["Region"];
        let far = if text(a, "VpcId") == vpc { b } else { a };
        near.then(|| text(far, "VpcId"))
    }

    /// Whether some rule of the interface's groups matches.
    fn groups(
        &self,
        interface: &Value,
        egress: bool,
        packet: &Packet,
        origins: &[&str],
    ) -> Decision {
        let mut decision = Some(false);
        for group in list(interface, "Groups") {
            let Some(group) = self.find("SecurityGroups", "GroupId", text(group, "GroupId")) else {
                decision = None;
                continue;
            };
            let name = if egress {
                "IpPermissionsEgress"
            } else {
                "IpPermissions"
            };
            for rule in list(group, name) {
                match self.rule(rule, egress, packet, origins) {
                    Some(true) => return Some(true),
                    Some(false) => {}
                    None => decision = None,
                }
            }
        }
        decision
    }

    fn rule(&self, rule: &Value, egress: bool, packet: &Packet, origins: &[&str]) -> Decision {
        let (from, to) = (
            rule["FromPort"].as_i64().unwrap_or(-1),
            rule["ToPort"].as_i64().unwrap_or(-1),
        );
        let every = rule["IpProtocol"] == "-1" || from < 0;
        let has_ports = matches!(packet.protocol, 6 | 17);
        if !is_protocol(&rule["IpProtocol"], packet.protocol)
            || has_ports && !every && !(from..=to).contains(&i64::from(packet.port))
        {
            return Some(false);
        }
        let peer = if egress {
            packet.destination
        } else {
            packet.source
        };
        let mut blocks: Vec<&str> = list(rule, "IpRanges")
            .iter()
            .map(|r| text(r, "CidrIp"))
            .collect();
        blocks.extend(list(rule, "Ipv6Ranges").iter().map(|r| text(r, "CidrIpv6")));
        let mut missing = false;
        for prefixes in list(rule, "PrefixListIds") {
            match self.entries(text(prefixes, "PrefixListId")) {
                Some(entries) => blocks.extend(entries),
                None => missing = true,
            }
        }
        if blocks.iter().any(|block| length(block, peer).is_some()) {
            return Some(true);
        }
        for pair in list(rule, "UserIdGroupPairs") {
            let group = text(pair, "GroupId");
            let holds = |one: &Value| {
                list(one, "Groups")
                    .iter()
                    .any(|g| text(g, "GroupId") == group)
            };
            let mut all = list(self.0, "NetworkInterfaces").iter();
            if egress {
                if self.find("SecurityGroups", "GroupId", group).is_none()
                    && !all.clone().any(holds)
                {
                    missing = true;
                }
                let mut inside = origins.iter().filter_map(|vpc| self.holders(vpc, peer));
                if inside.any(holds) {
                    return Some(true);
                }
            } else if let Some(origin) = &packet.origin {
                let sender = all.find(|one| text(one, "NetworkInterfaceId") == origin);
                if sender.is_some_and(|s| holds(s) && origins.contains(&text(s, "VpcId"))) {
                    return Some(true);
                }
            }
        }
        if missing { None } else { Some(false) }
    }

    /// The target of the route that wins; an empty one is none.
    fn route(&self, subnet: &str, vpc: &str, to: IpAddr) -> Option<String> {
        let tables = list(self.0, "RouteTables").iter();
        let own = |t: &&Value| {
            list(t, "Associations")
                .iter()
                .any(|a| text(a, "SubnetId") == subnet)
        };
        let main = |t: &&Value| {
            text(t, "VpcId") == vpc && list(t, "Associations").iter().any(|a| a["Main"] == true)
        };
        let table = tables
            .clone()
            .find(own)
            .or_else(|| tables.clone().find(main))?;
        let mut best: Vec<(u32, u8, String)> = Vec::new();
        let mut local = false;
        for route in list(table, "Routes") {
            let prefixes = text(route, "DestinationPrefixListId");
            let propagated = text(route, "Origin") == "EnableVgwRoutePropagation";
            let found = if prefixes.is_empty() {
                let blocks = [
                    text(route, "DestinationCidrBlock"),
                    text(route, "DestinationIpv6CidrBlock"),
                ];
                blocks.iter().find_map(|block| length(block, to))
            } else {
                let entries = self.entries(prefixes)?;
                entries.iter().filter_map(|block| length(block, to)).max()
            };
            let Some(found) = found else { continue };
            let names = [
                "GatewayId",
                "VpcPeeringConnectionId",
                "NatGatewayId",
                "TransitGatewayId",
            ];
            let target = names
                .iter()
                .map(|name| text(route, name))
                .find(|id| !id.is_empty());
            let mut target = target.unwrap_or_default().to_owned();
            if text(route, "State") == "blackhole" {
                target = "blackhole".to_owned();
            }
            local |= target == "local";
            best.push((
                found,
                if propagated {
                    0
                } else if prefixes.is_empty() {
                    2
                } else {
                    1
                },
                target,
            ));
        }
        best.retain(|(_, rank, _)| !(local && *rank == 0));
        let top = best.iter().map(|(found, rank, _)| (*found, *rank)).max();
        let Some(top) = top else {
            return Some(String::new());
        };
        let mut winners = best
            .into_iter()
            .filter(|(found, rank, _)| (*found, *rank) == top);
        let (_, _, first) = winners.next()?;
        // Of two prefix lists EC2 takes either.
        winners.all(|(_, _, other)| other == first).then_some(first)
    }

    /// Follows a packet from an interface, with the answer.
    pub(super) fn send(
        &self,
        from: &str,
        source: IpAddr,
        destination: IpAddr,
        protocol: u8,
        port: u16,
    ) -> Fate {
        let interface = self.interface(from);
        let packet = Packet {
            source,
            destination,
            protocol,
            port,
            origin: Some(from.to_owned()),
            clients: super::estate::PORTS
                .iter()
                .flat_map(|port| [port.saturating_sub(1), *port, port.saturating_add(1)])
                .filter(|port| *port >= 1024)
                .collect(),
        };
        let vpc = text(interface, "VpcId");
        let mut near = vec![vpc];
        near.extend(self.peered(vpc));
        match self.groups(interface, true, &packet, &near) {
            None => Fate::Unknown,
            Some(false) => Fate::Stops,
            Some(true) => {
                let fate = self.leave(packet, text(interface, "SubnetId"), vpc, 0);
                fate.unwrap_or(Fate::Unknown)
            }
        }
    }

    /// Keeps the client ports whose answers pass an ACL; `None` is unknown.
    fn answers(&self, packet: &mut Packet, subnet: &str, egress: bool) -> Option<()> {
        let peer = if egress {
            packet.source
        } else {
            packet.destination
        };
        let mut kept = Vec::new();
        for port in &packet.clients {
            if self.acl(subnet, egress, packet.protocol, peer, *port)? {
                kept.push(*port);
            }
        }
        packet.clients = kept;
        Some(())
    }

    fn leave(&self, mut packet: Packet, subnet: &str, vpc: &str, depth: u8) -> Option<Fate> {
        if depth > 3 {
            return None;
        }
        if self.subnet_of(vpc, packet.destination) == Some(subnet) {
            return self.receive(packet, vpc, Some(subnet), "", &[vpc]);
        }
        if !self.acl(
            subnet,
            true,
            packet.protocol,
            packet.destination,
            packet.port,
        )? {
            return Some(Fate::Stops);
        }
        self.answers(&mut packet, subnet, false)?;
        let target = self.route(subnet, vpc, packet.destination)?;
        match target.split('-').next().unwrap_or_default() {
            "local" => self.receive(packet, vpc, Some(subnet), "local", &[vpc]),
            "igw" => self.internet(&packet, vpc, &target),
            "vgw" => {
                let gateway = self.find("VpnGateways", "VpnGatewayId", &target)?;
                let live =
                    gateway["VpcAttachments"][0]["State"] == "attached" && packet.source.is_ipv4();
                Some(if live && !packet.clients.is_empty() {
                    Fate::Arrives(target)
                } else {
                    Fate::Stops
                })
            }
            "pcx" => {
                let peering = &list(self.0, "VpcPeeringConnections")[0];
                let (a, b) = (&peering["AccepterVpcInfo"], &peering["RequesterVpcInfo"]);
                let far = text(if text(a, "VpcId") == vpc { b } else { a }, "VpcId");
                if peering["Status"]["Code"] != "active" || !self.in_vpc(far, packet.destination) {
                    return Some(Fate::Stops);
                }
                let origins: &[&str] = if a["Region"] == b["Region"] {
                    &[vpc]
                } else {
                    &[]
                };
                self.receive(packet, far, None, &target, origins)
            }
            "nat" => self.nat(packet, subnet, vpc, &target, depth),
            "tgw" => self.transit(packet, subnet, vpc, &target),
            _ => Some(Fate::Stops),
        }
    }

    fn nat(
        &self,
        mut packet: Packet,
        subnet: &str,
        vpc: &str,
        id: &str,
        depth: u8,
    ) -> Option<Fate> {
        let gateway = self.find("NatGateways", "NatGatewayId", id)?;
        if text(gateway, "VpcId") != vpc || !matches!(packet.protocol, 1 | 6 | 17) {
            return Some(Fate::Stops);
        }
        let own = text(gateway, "SubnetId");
        if own != subnet {
            if !self.acl(own, false, packet.protocol, packet.source, packet.port)? {
                return Some(Fate::Stops);
            }
            self.answers(&mut packet, own, true)?;
            if self.route(own, vpc, packet.source)? != "local" {
                return Some(Fate::Stops);
            }
        }
        let Ok(address) = text(&gateway["NatGatewayAddresses"][0], "PrivateIp").parse() else {
            return Some(Fate::Stops);
        };
        if packet.clients.is_empty() || packet.source.is_ipv6() {
            return Some(Fate::Stops);
        }
        packet.source = address;
        packet.origin = None;
        packet.clients = super::estate::PORTS
            .iter()
            .flat_map(|port| [port.saturating_sub(1), *port, port.saturating_add(1)])
            .filter(|port| *port >= 1024)
            .collect();
        self.leave(packet, own, vpc, depth + 1)
    }

    fn internet(&self, packet: &Packet, vpc: &str, id: &str) -> Option<Fate> {
        let gateway = self.find("InternetGateways", "InternetGatewayId", id)?;
        let attached = &gateway["Attachments"][0];
        if text(attached, "VpcId") != vpc || attached["State"] != "available" {
            return Some(Fate::Stops);
        }
        let is_public = |address: IpAddr| match address {
            IpAddr::V4(_) => ![
                "0.0.0.0/8",
                "10.0.0.0/8",
                "100.64.0.0/10",
                "127.0.0.0/8",
                "169.254.0.0/16",
                "172.16.0.0/12",
                "192.168.0.0/16",
                "224.0.0.0/3",
            ]
            .iter()
            .any(|block| length(block, address).is_some()),
            IpAddr::V6(_) => length("2000::/3", address).is_some(),
        };
        let shown = packet.source.to_string();
        let nat = list(self.0, "NatGateways")
            .iter()
            .any(|n| n["NatGatewayAddresses"][0]["PrivateIp"] == shown);
        let holder = self.holders(vpc, packet.source);
        let own = holder.is_some_and(|one| {
            let mut all = list(one, "PrivateIpAddresses").iter();
            all.any(|a| text(a, "PrivateIpAddress") == shown && !a["Association"].is_null())
        });
        let has_public = packet.source.is_ipv6() && is_public(packet.source) || own || nat;
        let out =
            has_public && is_public(packet.destination) && !self.in_vpc(vpc, packet.destination);
        Some(if out && !packet.clients.is_empty() {
            Fate::Arrives(id.to_owned())
        } else {
            Fate::Stops
        })
    }

    fn receive(
        &self,
        mut packet: Packet,
        vpc: &str,
        from: Option<&str>,
        back: &str,
        origins: &[&str],
    ) -> Option<Fate> {
        let Some(interface) = self.holders(vpc, packet.destination) else {
            return Some(Fate::Stops);
        };
        let subnet = text(interface, "SubnetId");
        let near = from == Some(subnet);
        if !near && !self.acl(subnet, false, packet.protocol, packet.source, packet.port)? {
            return Some(Fate::Stops);
        }
        if !self.groups(interface, false, &packet, origins)? {
            return Some(Fate::Stops);
        }
        if !near {
            self.answers(&mut packet, subnet, true)?;
            if self.route(subnet, vpc, packet.source)? != back {
                return Some(Fate::Stops);
            }
        }
        Some(if packet.clients.is_empty() {
            Fate::Stops
        } else {
            Fate::Arrives(text(interface, "NetworkInterfaceId").to_owned())
        })
    }
}
