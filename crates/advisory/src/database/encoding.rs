//! The primitives of the file: variable-length integers and length-prefixed bytes.

use jiff::Timestamp;

/// Appends an integer, seven bits a byte, least significant first (as LEB128).
pub(super) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(low_byte(value) | 0x80);
        value >>= 7;
    }
    out.push(low_byte(value));
}

fn low_byte(value: u64) -> u8 {
    value.to_le_bytes().first().map_or(0, |byte| byte & 0x7f)
}

/// Appends a length.
pub(super) fn put_length(out: &mut Vec<u8>, length: usize) {
    put_number(out, length as u64);
}

/// Appends a signed integer with small magnitudes first.
pub(super) fn put_signed(out: &mut Vec<u8>, value: i64) {
    put_number(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

/// Appends bytes behind their length.
pub(super) fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_length(out, bytes.len());
    out.extend_from_slice(bytes);
}

/// Appends a moment, in whole seconds.
pub(super) fn put_time(out: &mut Vec<u8>, time: Timestamp) {
    put_signed(out, time.as_second());
}

/// Appends ascending numbers as their count and the steps between them.
pub(super) fn put_ascending(out: &mut Vec<u8>, numbers: &[u32]) {
    put_length(out, numbers.len());
    let mut last = 0;
    for &number in numbers {
        put_number(out, u64::from(number.saturating_sub(last)));
        last = number;
    }
}

/// Reads what the `put_` functions wrote; every method gives none when the bytes run out or make
/// no sense.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decoder<'a> {
    pub(super) rest: &'a [u8],
}

impl<'a> Decoder<'a> {
    /// Starts at an offset of a section.
    pub(super) fn at(section: &'a [u8], offset: u64) -> Option<Self> {
        let rest = section.get(usize::try_from(offset).ok()?..)?;
        Some(Self { rest })
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    #[inline]
    pub(super) fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        if first < 0x80 {
            return Some(u64::from(first));
        }
        let mut value = u64::from(first & 0x7f);
        let mut shift = 7;
        loop {
            let byte = self.byte()?;
            if shift > 63 {
                return None;
            }
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
            shift += 7;
        }
    }

    pub(super) fn number32(&mut self) -> Option<u32> {
        u32::try_from(self.number()?).ok()
    }

    /// A count of things of which each takes at least one byte: never more than what is left.
    pub(super) fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(self.number()?).ok()?;
        (count <= self.rest.len()).then_some(count)
    }

    #[inline]
    pub(super) fn signed(&mut self) -> Option<i64> {
        let value = self.number()?;
        Some((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    #[inline]
    pub(super) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(bytes)
    }

    #[inline]
    pub(super) fn text(&mut self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn time(&mut self) -> Option<Timestamp> {
        Timestamp::from_second(self.signed()?).ok()
    }

    pub(super) fn ascending(&mut self) -> Option<Vec<u32>> {
        let count = self.count()?;
        let mut numbers = Vec::with_capacity(count);
        let mut last = 0_u32;
        for _ in 0..count {
            last = last.checked_add(self.number32()?)?;
            numbers.push(last);
        }
        Some(numbers)
    }
}
