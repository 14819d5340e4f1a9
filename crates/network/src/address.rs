//! Addresses and address blocks of both families.

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::fmt;

use crate::interval::{IntervalSet, Point};

/// An address family, named by the number that holds its addresses.
pub trait Address: Point {
    /// Whether this is IPv6.
    const IS_V6: bool;
    /// The block's first and last address, if it is of this family.
    fn ends(block: Block) -> Option<(Self, Self)>;
    /// The address as text shows it.
    fn ip(self) -> IpAddr;
    /// The number of an address of this family.
    fn of(ip: IpAddr) -> Option<Self>;
}

impl Address for u32 {
    const IS_V6: bool = false;
    fn ends(block: Block) -> Option<(Self, Self)> {
        match block {
            Block::V4 { first, last } => Some((first, last)),
            Block::V6 { .. } => None,
        }
    }
    fn ip(self) -> IpAddr {
        IpAddr::V4(Ipv4Addr::from_bits(self))
    }
    fn of(ip: IpAddr) -> Option<Self> {
        match ip {
            IpAddr::V4(address) => Some(address.to_bits()),
            IpAddr::V6(_) => None,
        }
    }
}

impl Address for u128 {
    const IS_V6: bool = true;
    fn ends(block: Block) -> Option<(Self, Self)> {
        match block {
            Block::V6 { first, last } => Some((first, last)),
            Block::V4 { .. } => None,
        }
    }
    fn ip(self) -> IpAddr {
        IpAddr::V6(Ipv6Addr::from_bits(self))
    }
    fn of(ip: IpAddr) -> Option<Self> {
        match ip {
            IpAddr::V6(address) => Some(address.to_bits()),
            IpAddr::V4(_) => None,
        }
    }
}

/// A CIDR block, as its first and last address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Block {
    V4 { first: u32, last: u32 },
    V6 { first: u128, last: u128 },
}

impl Block {
    /// Reads `address/length` or a single address; bits behind the length are cleared, as EC2 does.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.trim().split_once('/') {
            Some((address, length)) => (address, Some(length.parse::<u32>().ok()?)),
            None => (text.trim(), None),
        };
        match address.parse::<IpAddr>().ok()? {
            IpAddr::V4(address) => {
                let host = 32u32.checked_sub(length.unwrap_or(32))?;
                let mask = u32::MAX.checked_shl(host).unwrap_or(0);
                let first = address.to_bits() & mask;
                Some(Self::V4 {
                    first,
                    last: first | !mask,
                })
            }
            IpAddr::V6(address) => {
                let host = 128u32.checked_sub(length.unwrap_or(128))?;
                let mask = u128::MAX.checked_shl(host).unwrap_or(0);
                let first = address.to_bits() & mask;
                Some(Self::V6 {
                    first,
                    last: first | !mask,
                })
            }
        }
    }

    /// Whether the block is of IPv4.
    pub fn is_v4(self) -> bool {
        matches!(self, Self::V4 { .. })
    }

    /// The number of leading bits that are fixed.
    pub fn length(self) -> u32 {
        match self {
            Self::V4 { first, last } => (first ^ last).leading_zeros(),
            Self::V6 { first, last } => (first ^ last).leading_zeros(),
        }
    }
}

/// The addresses of the blocks that are of this family.
pub fn set_of<A: Address>(blocks: impl IntoIterator<Item = Block>) -> IntervalSet<A> {
    IntervalSet::collect(blocks.into_iter().filter_map(A::ends).collect())
}

/// The addresses of blocks given as text; text that is no block counts as nothing.
pub fn set_of_texts<'t, A: Address>(texts: impl IntoIterator<Item = &'t str>) -> IntervalSet<A> {
    set_of(texts.into_iter().filter_map(Block::parse))
}

/// The fewest CIDR blocks that make up an interval, as text.
pub fn blocks_of<A: Address>(low: A, high: A) -> Vec<String> {
    let bits = if A::IS_V6 { 128u32 } else { 32 };
    let number = |address: A| match address.ip() {
        IpAddr::V4(v4) => u128::from(v4.to_bits()),
        IpAddr::V6(v6) => v6.to_bits(),
    };
    let (mut start, end) = (number(low), number(high));
    let mut blocks = Vec::new();
    loop {
        let mut host = start.trailing_zeros().min(bits);
        while host > 0 && 1u128.checked_shl(host).map_or(u128::MAX, |n| n - 1) > end - start {
            host -= 1;
        }
        let address = if A::IS_V6 {
            IpAddr::V6(Ipv6Addr::from_bits(start))
        } else {
            IpAddr::V4(Ipv4Addr::from_bits(u32::try_from(start).unwrap_or(0)))
        };
        blocks.push(format!("{address}/{}", bits - host));
        let size = 1u128.checked_shl(host).map_or(u128::MAX, |n| n - 1);
        match start.checked_add(size).and_then(|last| last.checked_add(1)) {
            Some(next) if next <= end => start = next,
            _ => return blocks,
        }
    }
}

/// Shows a set as CIDR blocks, at most `limit` of them.
pub fn show<A: Address>(set: &IntervalSet<A>, limit: usize) -> Vec<String> {
    let mut blocks = Vec::new();
    for (low, high) in set.intervals() {
        blocks.extend(blocks_of(*low, *high));
        if blocks.len() > limit {
            blocks.truncate(limit);
            blocks.push("…".to_owned());
            break;
        }
    }
    blocks
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4 { first, .. } => write!(f, "{}/{}", first.ip(), self.length()),
            Self::V6 { first, .. } => write!(f, "{}/{}", first.ip(), self.length()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, set_of_texts, show};

    #[test]
    fn blocks_are_read_and_shown() {
        let rows = [
            ("10.0.0.0/8", Some("10.0.0.0/8")),
            ("10.1.2.3/8", Some("10.0.0.0/8")),
            ("0.0.0.0/0", Some("0.0.0.0/0")),
            ("1.2.3.4", Some("1.2.3.4/32")),
            ("::/0", Some("::/0")),
            ("2001:db8::1/64", Some("2001:db8::/64")),
            ("10.0.0.0/33", None),
            ("::/129", None),
            ("here", None),
            ("10.0.0.0/", None),
        ];
        for (text, shown) in rows {
            let block = Block::parse(text).map(|b| b.to_string());
            assert_eq!(block.as_deref(), shown, "{text}");
        }
        let world = set_of_texts::<u32>(["0.0.0.0/1", "128.0.0.0/1"]);
        assert_eq!(show(&world, 9), ["0.0.0.0/0"]);
        let rest = set_of_texts::<u32>(["10.0.0.0/8"]).not();
        assert_eq!(
            set_of_texts(show(&rest, 99).iter().map(String::as_str)),
            rest
        );
        let six = set_of_texts::<u128>(["2000::/3"]).not();
        assert_eq!(
            set_of_texts(show(&six, 999).iter().map(String::as_str)),
            six
        );
    }
}
