//! What is known of how a resource can be reached.

use serde::{Deserialize, Serialize};

/// From where the open ports of a resource are reached, the widest of all its paths.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Reach {
    /// Nobody has looked, or what was looked at was incomplete: it decides nothing.
    #[default]
    Unknown,
    /// No edge of its network leads to an open port.
    Nowhere,
    /// Only private edges do: peering connections, VPNs, transit gateways.
    Private,
    /// The internet does.
    Internet,
}

/// A range of ports of a protocol.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Ports {
    /// Upper case: `TCP`, `UDP`.
    pub protocol: String,
    pub first: u16,
    pub last: u16,
}

impl Ports {
    fn meets(&self, other: &Self) -> bool {
        self.protocol == other.protocol && self.first <= other.last && other.first <= self.last
    }

    fn words(&self) -> String {
        let Self {
            protocol,
            first,
            last,
        } = self;
        if first == last {
            format!("{protocol} {first}")
        } else {
            format!("{protocol} {first}-{last}")
        }
    }
}

/// How a resource can be reached.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Exposure {
    pub reach: Reach,
    /// What is open from there, sorted, without overlaps.
    pub open: Vec<Ports>,
    /// Where its programs are known to listen, if that is known.
    #[serde(default)]
    pub listening: Option<Vec<Ports>>,
}

impl Exposure {
    /// The exposure by these paths, each with its edge's reach and its open ports; of several
    /// reaches the widest counts, with its own ports. Without a path nothing leads to it.
    pub fn by_paths(paths: impl IntoIterator<Item = (Reach, Ports)>) -> Self {
        let paths: Vec<_> = paths.into_iter().collect();
        let widest = paths.iter().map(|(reach, _)| *reach).max();
        let reach = widest.unwrap_or(Reach::Nowhere);
        let open = paths.into_iter().filter(|(from, _)| *from == reach);
        Self {
            reach,
            open: merged(open.map(|(_, ports)| ports).collect()),
            listening: None,
        }
    }

    /// Whether a program listens on an open port, if that is known.
    pub fn is_listening(&self) -> Option<bool> {
        let listening = self.listening.as_ref()?;
        let meets = |open: &Ports| listening.iter().any(|listens| listens.meets(open));
        Some(self.open.iter().any(meets))
    }

    /// It in words: `reachable from the internet on TCP 22`.
    pub fn words(&self) -> String {
        let from = match self.reach {
            Reach::Unknown => return "how it can be reached is not known".to_owned(),
            Reach::Nowhere => return "no edge of its network leads to an open port".to_owned(),
            Reach::Private => "reachable only from private networks",
            Reach::Internet => "reachable from the internet",
        };
        let shown: Vec<String> = self.open.iter().take(4).map(Ports::words).collect();
        match self.open.len().saturating_sub(shown.len()) {
            _ if shown.is_empty() => from.to_owned(),
            0 => format!("{from} on {}", shown.join(", ")),
            more => format!("{from} on {} and {more} more", shown.join(", ")),
        }
    }
}

/// The same ports in as few ranges as possible.
fn merged(mut ports: Vec<Ports>) -> Vec<Ports> {
    ports.sort();
    let mut merged: Vec<Ports> = Vec::with_capacity(ports.len());
    for range in ports {
        match merged.last_mut() {
            Some(last)
                if last.protocol == range.protocol
                    && u32::from(range.first) <= u32::from(last.last) + 1 =>
            {
                last.last = last.last.max(range.last);
            }
            _ => merged.push(range),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::{Exposure, Ports, Reach};

    fn tcp(first: u16, last: u16) -> Ports {
        Ports {
            protocol: "TCP".to_owned(),
            first,
            last,
        }
    }

    #[test]
    fn the_widest_reach_counts_with_its_own_ports() {
        use Reach::{Internet, Private};
        type Row<'a> = (&'a [(Reach, Ports)], Reach, &'a str);
        let rows: [Row<'_>; 4] = [
            (
                &[],
                Reach::Nowhere,
                "no edge of its network leads to an open port",
            ),
            (
                &[(Private, tcp(22, 22))],
                Private,
                "reachable only from private networks on TCP 22",
            ),
            (
                &[
                    (Private, tcp(22, 22)),
                    (Internet, tcp(443, 443)),
                    (Internet, tcp(80, 81)),
                    (Internet, tcp(82, 90)),
                    (Internet, tcp(85, 86)),
                ],
                Internet,
                "reachable from the internet on TCP 80-90, TCP 443",
            ),
            (
                &[(Internet, tcp(65535, 65535)), (Internet, tcp(0, 65535))],
                Internet,
                "reachable from the internet on TCP 0-65535",
            ),
        ];
        for (paths, reach, words) in rows {
            let exposure = Exposure::by_paths(paths.iter().cloned());
            assert_eq!(exposure.reach, reach, "{paths:?}");
            assert_eq!(exposure.words(), words, "{paths:?}");
        }
        assert_eq!(Exposure::default().reach, Reach::Unknown);
    }

    #[test]
    fn a_program_listens_if_an_open_port_is_its() {
        let mut exposure = Exposure::by_paths([(Reach::Internet, tcp(80, 90))]);
        assert_eq!(exposure.is_listening(), None);
        exposure.listening = Some(vec![tcp(22, 22)]);
        assert_eq!(exposure.is_listening(), Some(false));
        exposure.listening = Some(vec![tcp(22, 22), tcp(90, 90)]);
        assert_eq!(exposure.is_listening(), Some(true));
    }
}
