//! Failed attempts to sign in, counted by the address they come from.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Failures after which an address must wait.
const MOST: u32 = 10;

/// How long failures count, in milliseconds.
const WINDOW: i64 = 10 * 60 * 1000;

/// Addresses that are remembered.
const REMEMBERED: usize = 10_000;

/// Failures of an address since a moment.
type Failures = HashMap<IpAddr, (u32, i64)>;

#[derive(Debug, Default)]
pub(crate) struct Attempts(Mutex<Failures>);

impl Attempts {
    fn held(&self) -> MutexGuard<'_, Failures> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many seconds the address must wait before it may try again, if it must.
    pub(crate) fn wait(&self, from: IpAddr, now: i64) -> Option<i64> {
        let held = self.held();
        let (count, since) = held.get(&network(from))?;
        let left = since + WINDOW - now;
        (*count >= MOST && left > 0).then_some(left / 1000 + 1)
    }

    /// Counts a failure.
    pub(crate) fn failed(&self, from: IpAddr, now: i64) {
        let mut held = self.held();
        if held.len() >= REMEMBERED {
            held.retain(|_, (_, since)| *since + WINDOW > now);
            if held.len() >= REMEMBERED {
                held.clear();
            }
        }
        let entry = held.entry(network(from)).or_insert((0, now));
        if entry.1 + WINDOW <= now {
            *entry = (0, now);
        }
        entry.0 += 1;
    }
}

/// A host with IPv6 has the 64 bits of its network to choose addresses from.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => {
            let network = six.to_bits() >> 64 << 64;
            six.to_ipv4_mapped()
                .map_or_else(|| IpAddr::V6(network.into()), IpAddr::V4)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Attempts, MOST, WINDOW};

    #[test]
    fn an_address_waits_after_many_failures() {
        let attempts = Attempts::default();
        let (one, same, other) = ("2001:db8::1", "2001:db8::2", "192.0.2.1");
        let wait = |address: &str, now| attempts.wait(address.parse().unwrap(), now);
        for now in 0..MOST {
            assert_eq!(wait(one, now.into()), None);
            attempts.failed(one.parse().unwrap(), now.into());
        }
        assert_eq!(wait(same, 100), Some(WINDOW / 1000));
        assert_eq!(wait(other, 100), None);
        assert_eq!(wait(one, WINDOW), None);
        attempts.failed(one.parse().unwrap(), WINDOW);
        assert_eq!(wait(one, WINDOW), None);
    }
}
