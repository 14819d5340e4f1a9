//! Reads the members of a tar archive one after the other, without seeking.
//!
//! Formats: POSIX ustar and pax (POSIX.1-2017, `pax`, "ustar Interchange Format" and "pax
//! Extended Header"), GNU long names (GNU tar manual, "Basic Tar Format").

use std::io::{Error, ErrorKind, Read, Result};

const BLOCK: usize = 512;
/// Bytes that a member may take beside its content: headers with a long name, and padding.
pub(super) const OVERHEAD: u64 = 5 * BLOCK as u64;
/// Longest long name or pax header that is read, in bytes.
const HEADER_LIMIT: u64 = 1 << 20;

/// Whether `head`, the first bytes of a file, begins a tar archive.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(257..262) == Some(b"ustar") && head.first_chunk().is_some_and(checksum_holds)
}

/// A tar archive being read.
pub(super) struct Archive<'a> {
    reader: &'a mut dyn Read,
    /// Bytes of the current member not yet read.
    remaining: u64,
    /// Bytes after the member up to the next header.
    padding: u64,
}

impl<'a> Archive<'a> {
    pub(super) fn new(reader: &'a mut dyn Read) -> Self {
        Self {
            reader,
            remaining: 0,
            padding: 0,
        }
    }

    /// Skips what is left of the current member and returns the path of the next regular file.
    ///
    /// The content is then read from the archive itself.
    pub(super) fn next_file(&mut self) -> Result<Option<String>> {
        let mut long_path = None;
        let mut long_size = None;
        loop {
            self.skip()?;
            let Some(header) = self.header()? else {
                return Ok(None);
            };
            let size = number(field(&header, 124, 12))?;
            self.enter(size);
            match header.get(156) {
                Some(b'L') => long_path = Some(text(&self.small()?)),
                Some(b'x') => {
                    for (key, value) in pax_records(&self.small()?) {
                        match key.as_str() {
                            "path" => long_path = Some(value),
                            "size" => long_size = value.parse().ok(),
                            _ => {}
                        }
                    }
                }
                Some(b'0' | 0 | b'7') => {
                    let path = long_path.take().unwrap_or_else(|| ustar_path(&header));
                    self.enter(long_size.unwrap_or(size));
                    // Before POSIX, a directory was a file whose name ends with a slash.
                    if !path.ends_with('/') {
                        return Ok(Some(path));
                    }
                }
                _ => {
                    // The names of links, directories and devices do not matter here.
                    if header.get(156) != Some(&b'g') {
                        (long_path, long_size) = (None, None);
                    }
                }
            }
        }
    }

    fn enter(&mut self, size: u64) {
        self.remaining = size;
        self.padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
    }

    fn skip(&mut self) -> Result<()> {
        let wanted = self.remaining.saturating_add(self.padding);
        let data = self.remaining;
        let skipped = std::io::copy(&mut (&mut *self.reader).take(wanted), &mut std::io::sink())?;
        self.enter(0);
        // Some writers leave out the padding of the last member.
        if skipped < data {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }

    fn header(&mut self) -> Result<Option<[u8; BLOCK]>> {
        let mut header = [0; BLOCK];
        let mut filled = 0;
        while let Some(rest) = header.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.reader.read(rest) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(n) => filled += n,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if header.iter().all(|&b| b == 0) {
            return Ok(None);
        }
        if checksum_holds(&header) {
            Ok(Some(header))
        } else {
            Err(Error::other("tar header with a wrong checksum"))
        }
    }

    /// The whole of a member that describes the next one.
    fn small(&mut self) -> Result<Vec<u8>> {
        if self.remaining > HEADER_LIMIT {
            return Err(Error::other("tar header member larger than 1 MiB"));
        }
        let mut bytes = Vec::new();
        self.read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Read for Archive<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if self.remaining == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let read = (&mut *self.reader).take(self.remaining).read(buffer)?;
        if read == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        self.remaining = self.remaining.saturating_sub(read as u64);
        Ok(read)
    }
}

fn field(header: &[u8; BLOCK], start: usize, length: usize) -> &[u8] {
    header.get(start..start + length).unwrap_or_default()
}

/// A number in octal digits, or in base 256 if the first bit is set.
fn number(field: &[u8]) -> Result<u64> {
    if let Some((first, rest)) = field.split_first()
        && first & 0x80 != 0
    {
        return rest
            .iter()
            .try_fold(u64::from(first & 0x3f), |value, &byte| {
                value
                    .checked_mul(256)
                    .map(|value| value | u64::from(byte))
                    .ok_or_else(|| Error::other("tar member with an impossible size"))
            });
    }
    let digits = text(field);
    let digits = digits.trim();
    if digits.is_empty() {
        return Ok(0);
    }
    u64::from_str_radix(digits, 8).map_err(Error::other)
}

fn checksum_holds(header: &[u8; BLOCK]) -> bool {
    let sum: u64 = header
        .iter()
        .enumerate()
        .map(|(i, &b)| {
            if (148..156).contains(&i) {
                u64::from(b' ')
            } else {
                u64::from(b)
            }
        })
        .sum();
    number(field(header, 148, 8)).is_ok_and(|stored| stored == sum)
}

fn ustar_path(header: &[u8; BLOCK]) -> String {
    let name = text(field(header, 0, 100));
    let prefix = if field(header, 257, 6) == b"ustar\0" {
        text(field(header, 345, 155))
    } else {
        String::new()
    };
    if prefix.is_empty() {
        name
    } else {
        format!("{prefix}/{name}")
    }
}

/// The text up to the first NUL.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&b| b == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// The `key=value` pairs of a pax header, whose records are `LENGTH KEY=VALUE\n`.
fn pax_records(mut bytes: &[u8]) -> Vec<(String, String)> {
    let mut records = Vec::new();
    while let Some(space) = memchr::memchr(b' ', bytes) {
        let length = text(bytes.get(..space).unwrap_or_default()).parse::<usize>();
        let Some((record, rest)) = length
            .ok()
            .filter(|&length| length > space)
            .and_then(|length| bytes.split_at_checked(length))
        else {
            break;
        };
        let record = record.get(space + 1..).unwrap_or_default();
        let record = String::from_utf8_lossy(record);
        if let Some((key, value)) = record.trim_end_matches('\n').split_once('=') {
            records.push((key.to_owned(), value.to_owned()));
        }
        bytes = rest;
    }
    records
}
