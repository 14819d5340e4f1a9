//! The 512-byte header blocks of ustar, GNU and pax archives.

/// Size of a header and unit of padding (POSIX.1-2017, pax, "ustar Interchange Format").
pub(super) const BLOCK: usize = 512;

/// One header block.
#[derive(Debug, Clone, Copy)]
pub(super) struct Header<'a>(&'a [u8; BLOCK]);

impl<'a> Header<'a> {
    pub(super) fn new(block: &'a [u8; BLOCK]) -> Self {
        Self(block)
    }

    fn field(self, start: usize, len: usize) -> &'a [u8] {
        self.0.get(start..start + len).unwrap_or_default()
    }

    /// A field up to its first zero byte.
    fn text(self, start: usize, len: usize) -> &'a [u8] {
        let field = self.field(start, len);
        let end = field.iter().position(|&b| b == 0).unwrap_or(field.len());
        field.get(..end).unwrap_or_default()
    }

    /// Whether every byte is zero: half of the end-of-archive mark.
    pub(super) fn is_zero(self) -> bool {
        self.0.iter().all(|&b| b == 0)
    }

    /// Whether the checksum is right, summed as unsigned or, as some historic writers did, as
    /// signed bytes.
    pub(super) fn is_checksum_right(self) -> bool {
        let Some(stored) = number(self.field(148, 8)) else {
            return false;
        };
        // The checksum field itself counts as eight spaces.
        let own = self.field(148, 8);
        let sum = |bytes: &[u8]| bytes.iter().map(|&b| u64::from(b)).sum::<u64>();
        let unsigned = sum(self.0) - sum(own) + 8 * 32;
        let negative = |bytes: &[u8]| bytes.iter().filter(|&&b| b >= 128).count() as u64 * 256;
        stored == unsigned || unsigned.checked_sub(negative(self.0) - negative(own)) == Some(stored)
    }

    pub(super) fn type_flag(self) -> u8 {
        self.0[156]
    }

    pub(super) fn name(self) -> &'a [u8] {
        self.text(0, 100)
    }

    pub(super) fn link_name(self) -> &'a [u8] {
        self.text(157, 100)
    }

    /// Directory part of long names; GNU archives keep times in these bytes.
    pub(super) fn prefix(self) -> &'a [u8] {
        if self.field(257, 6) == b"ustar\0" {
            self.text(345, 155)
        } else {
            &[]
        }
    }

    pub(super) fn mode(self) -> u32 {
        let mode = number(self.field(100, 8)).unwrap_or(0) & 0o7777;
        u32::try_from(mode).unwrap_or(0)
    }

    /// Stored size in bytes, none if the field is not a number.
    pub(super) fn size(self) -> Option<u64> {
        number(self.field(124, 12))
    }

    /// Whether an old GNU sparse map goes on in a further block.
    pub(super) fn is_sparse_extended(self) -> bool {
        self.0[482] != 0
    }
}

/// An octal number, or a GNU base-256 number if the top bit of the first byte is set.
///
/// Negative and oversized base-256 numbers are none.
pub(super) fn number(field: &[u8]) -> Option<u64> {
    match field {
        [first, rest @ ..] if *first & 0x80 != 0 => {
            if *first & 0x40 != 0 {
                return None;
            }
            rest.iter()
                .try_fold(u64::from(first & 0x3f), |value, &byte| {
                    value.checked_mul(256)?.checked_add(u64::from(byte))
                })
        }
        _ => {
            let mut value = 0_u64;
            let mut digits = false;
            for &byte in field {
                match byte {
                    b'0'..=b'7' => {
                        value = value.checked_mul(8)?.checked_add(u64::from(byte - b'0'))?;
                        digits = true;
                    }
                    b' ' if !digits => {}
                    b' ' | 0 => break,
                    _ => return None,
                }
            }
            Some(value)
        }
    }
}

/// What a pax extended header says of the next entry.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Pax {
    pub(super) path: Option<Vec<u8>>,
    pub(super) link: Option<Vec<u8>>,
    pub(super) size: Option<u64>,
    /// The entry's data is a GNU sparse map and the file's non-empty parts.
    pub(super) sparse: bool,
}

impl Pax {
    /// Reads `length key=value\n` records; none if one does not have that form.
    pub(super) fn parse(mut bytes: &[u8]) -> Option<Self> {
        let mut pax = Self::default();
        while !bytes.is_empty() && bytes.iter().any(|&b| b != 0) {
            let space = bytes.iter().take(20).position(|&b| b == b' ')?;
            let length: usize = std::str::from_utf8(bytes.get(..space)?)
                .ok()?
                .parse()
                .ok()?;
            let record = bytes.get(space + 1..length)?.strip_suffix(b"\n")?;
            let equals = record.iter().position(|&b| b == b'=')?;
            let value = record.get(equals + 1..)?;
            match record.get(..equals)? {
                b"path" => pax.path = Some(value.to_vec()),
                b"linkpath" => pax.link = Some(value.to_vec()),
                b"size" => pax.size = Some(std::str::from_utf8(value).ok()?.parse().ok()?),
                b"GNU.sparse.name" => {
                    pax.path = Some(value.to_vec());
                    pax.sparse = true;
                }
                key if key.starts_with(b"GNU.sparse.") => pax.sparse = true,
                _ => {}
            }
            bytes = bytes.get(length..)?;
        }
        Some(pax)
    }
}

#[cfg(test)]
mod tests {
    use super::{Pax, number};

    #[test]
    fn numbers() {
        for (field, expected) in [
            (&b"0000644\0"[..], Some(0o644)),
            (b"   644 \0", Some(0o644)),
            (b"\0\0\0\0\0\0\0\0", Some(0)),
            (b"77777777777\0", Some(0o77_777_777_777)),
            (b"777777777777", Some(0o777_777_777_777)),
            (b"\x80\0\0\0\0\0\0\x02\0\0\0\0", Some(1 << 33)),
            (b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", None),
            (b"12x4567\0", None),
        ] {
            assert_eq!(number(field), expected, "{field:?}");
        }
    }

    #[test]
    fn pax_records() {
        let pax = Pax::parse(b"12 path=a/b\n20 size=12345678901\n22 SCHILY.xattr.x=a=b\n").unwrap();
        assert_eq!(pax.path.as_deref(), Some(&b"a/b"[..]));
        assert_eq!(pax.size, Some(12_345_678_901));
        for wrong in [
            &b"99 path=a\n"[..],
            b"x path=a\n",
            b"3 path=a\n",
            b"10 path=a/",
            b"4 a\n",
        ] {
            assert_eq!(Pax::parse(wrong), None, "{wrong:?}");
        }
    }
}
