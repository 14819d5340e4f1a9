//! How severe an open port is, by service and kind of edge; a table that can be replaced.

use std::collections::{BTreeMap, BTreeSet};

use model::{Problem, Severity};

use crate::edges::Edge;
use crate::filters::Protocol;

/// Amazon Inspector's table (user guide, "Understanding severity levels": Network reachability).
const TABLE: &str = include_str!("severity.csv");

/// A service with its ports and severities.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Service {
    name: String,
    tcp: Vec<u16>,
    udp: Vec<u16>,
    internet: Severity,
    path: Severity,
}

/// A table of services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Severities {
    services: Vec<Service>,
    /// Places in the list of services by port, for TCP and UDP.
    tcp: BTreeMap<u16, Vec<usize>>,
    udp: BTreeMap<u16, Vec<usize>>,
}

impl Default for Severities {
    fn default() -> Self {
        Self::parse(TABLE).0
    }
}

impl Severities {
    /// Reads lines `service,tcp ports,udp ports,severity from the internet,severity from other edges`.
    ///
    /// The first line names the columns. Lines that are not understood are problems.
    pub fn parse(text: &str) -> (Self, Vec<Problem>) {
        let mut services = Vec::new();
        let mut problems = Vec::new();
        for (index, line) in text.lines().enumerate().skip(1) {
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            match service(line) {
                Some(service) => services.push(service),
                None => problems.push(Problem::new(
                    format!("line {}", index + 1),
                    "not a service, two lists of ports and two severities",
                )),
            }
        }
        let mut table = Self {
            services,
            tcp: BTreeMap::new(),
            udp: BTreeMap::new(),
        };
        for (place, service) in table.services.iter().enumerate() {
            for port in &service.tcp {
                table.tcp.entry(*port).or_default().push(place);
            }
            for port in &service.udp {
                table.udp.entry(*port).or_default().push(place);
            }
        }
        (table, problems)
    }

    /// The severity of a range of ports and the services in it: the highest of them.
    ///
    /// An edge to which nothing is connected yet counts one step less (specification §4.10).
    pub fn of(
        &self,
        edge: &Edge,
        protocol: Protocol,
        ports: (u16, u16),
        is_latent: bool,
    ) -> (Severity, Vec<&str>) {
        let mut worst = Severity::Informational;
        let mut names = Vec::new();
        let by_port = if protocol == Protocol::UDP {
            &self.udp
        } else {
            &self.tcp
        };
        let places = by_port
            .range(ports.0..=ports.1)
            .flat_map(|(_, places)| places);
        let places: BTreeSet<usize> = places.copied().collect();
        for service in places
            .into_iter()
            .filter_map(|place| self.services.get(place))
        {
            let severity = match edge {
                edge if edge.is_public() => service.internet,
                _ => service.path,
            };
            worst = worst.max(severity);
            names.push(service.name.as_str());
        }
        if is_latent {
            let below = Severity::ALL.into_iter().filter(|s| *s < worst);
            worst = below.max().unwrap_or(worst).max(Severity::Informational);
        }
        (worst, names)
    }
}

fn service(line: &str) -> Option<Service> {
    let mut fields = line.split(',');
    let ports = |text: &str| -> Option<Vec<u16>> {
        text.split_whitespace().map(|p| p.parse().ok()).collect()
    };
    Some(Service {
        name: fields.next()?.to_owned(),
        tcp: ports(fields.next()?)?,
        udp: ports(fields.next()?)?,
        internet: Severity::parse(fields.next()?)?,
        path: Severity::parse(fields.next()?)?,
    })
}

#[cfg(test)]
mod tests {
    use model::Severity;

    use super::Severities;
    use crate::edges::Edge;
    use crate::filters::Protocol;

    #[test]
    fn severities_are_inspectors() {
        let table = Severities::default();
        let internet = Edge::Internet("igw-1".to_owned());
        let private = Edge::Private("vgw-1".to_owned());
        let rows = [
            (&internet, 22, 22, Severity::Medium),
            (&internet, 23, 23, Severity::High),
            (&internet, 80, 80, Severity::Low),
            (&internet, 8001, 8001, Severity::Informational),
            (&internet, 0, 65535, Severity::High),
            (&private, 22, 22, Severity::Low),
            (&private, 3306, 3306, Severity::Informational),
        ];
        for (edge, low, high, expected) in rows {
            let (found, _) = table.of(edge, Protocol::TCP, (low, high), false);
            assert_eq!(found, expected, "{low}-{high}");
        }
        let (latent, _) = table.of(&private, Protocol::TCP, (22, 22), true);
        assert_eq!(latent, Severity::Informational);
        assert_eq!(Severities::parse("x\na,b,c,d,e").1.len(), 1);
    }
}
