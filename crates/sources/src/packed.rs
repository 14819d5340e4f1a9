//! Databases in files that travel: as they are, or packed with zstd.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Read, Write as _};
use std::path::Path;

use crate::generations::write_atomically;

/// First bytes of a zstd frame (RFC 8878, section 3.1.1).
const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// Distance over which repetitions are found, as a power of two: 128 MiB.
const WINDOW_LOG: u32 = 27;
/// Largest database, in bytes: its format ends there.
pub(crate) const LIMIT: u64 = 4 << 30;

/// Bytes that may come out for each that went in, beyond those that always may. Real databases
/// shrink to a tenth.
const RATIO: u64 = 100;
const ALWAYS: u64 = 64 << 20;
/// Bytes that are read before the limits are looked at.
const STEP: u64 = 1 << 20;

/// How much time packing may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// A second for each 30 MB.
    Usual,
    /// A sixth smaller, at twenty times the time: for what is packed once and kept for long.
    Most,
}

impl Effort {
    const fn level(self) -> i32 {
        match self {
            Self::Usual => 9,
            Self::Most => 22,
        }
    }
}

/// Packs a database.
pub fn pack(bytes: &[u8], effort: Effort) -> io::Result<Vec<u8>> {
    let mut encoder = zstd::Encoder::new(Vec::new(), effort.level())?;
    encoder.window_log(WINDOW_LOG)?;
    encoder.long_distance_matching(true)?;
    encoder.include_checksum(true)?;
    encoder.set_pledged_src_size(Some(bytes.len() as u64))?;
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Unpacks a database, or copies it if it is not packed.
pub fn unpack(reader: impl Read) -> io::Result<Vec<u8>> {
    let mut reader = BufReader::new(reader);
    let mut head = Vec::new();
    reader.by_ref().take(4).read_to_end(&mut head)?;
    let is_packed = head == MAGIC;
    let whole = io::Cursor::new(head).chain(reader);
    if !is_packed {
        return all(whole, LIMIT, &Cell::new(0));
    }
    let taken = Cell::new(0);
    let mut decoder = zstd::Decoder::new(Counted {
        inner: whole,
        count: &taken,
    })?;
    decoder.window_log_max(WINDOW_LOG)?;
    all(decoder, ALWAYS, &taken)
}

/// Counts what is read.
struct Counted<'a, R> {
    inner: R,
    count: &'a Cell<u64>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count.set(self.count.get() + n as u64);
        Ok(n)
    }
}

/// All of it, up to `always` bytes and [`RATIO`] for each that was `taken`.
fn all(mut reader: impl Read, always: u64, taken: &Cell<u64>) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let limit = LIMIT.min(always.saturating_add(taken.get().saturating_mul(RATIO)));
        if bytes.len() as u64 > limit {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("larger than the limit of {limit} bytes"),
            ));
        }
        if (&mut reader).take(STEP).read_to_end(&mut bytes)? == 0 {
            return Ok(bytes);
        }
    }
}

/// Reads the database in a file, packed or not.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    unpack(File::open(path)?)
}

/// Writes a database to a file, packed if its name ends in `.zst`, whole or not at all; the size
/// of the file.
pub fn write(path: &Path, bytes: &[u8], effort: Effort) -> io::Result<u64> {
    if path.extension().is_none_or(|extension| extension != "zst") {
        write_atomically(path, bytes)?;
        return Ok(bytes.len() as u64);
    }
    let packed = pack(bytes, effort)?;
    write_atomically(path, &packed)?;
    Ok(packed.len() as u64)
}

#[cfg(test)]
mod tests {
    use super::{Effort, pack, unpack};

    #[test]
    fn what_was_packed_comes_back() {
        let bytes: Vec<u8> = (0..100_000_u32)
            .flat_map(|n| (n % 777).to_le_bytes())
            .collect();
        let packed = pack(&bytes, Effort::Most).unwrap();
        assert!(packed.len() < bytes.len() / 10, "{}", packed.len());
        assert!(unpack(packed.as_slice()).unwrap() == bytes);
        assert!(unpack(bytes.as_slice()).unwrap() == bytes);
        assert!(unpack(&b""[..]).unwrap().is_empty());
    }

    #[test]
    fn a_bomb_is_an_error() {
        let bomb = pack(&vec![0; 200_000_000], Effort::Usual).unwrap();
        assert!(bomb.len() < 100_000);
        let error = unpack(bomb.as_slice()).unwrap_err();
        assert_eq!(error.kind(), std::io::ErrorKind::FileTooLarge);
        // What is not packed may be large.
        let whole = vec![7; 70_000_000];
        assert!(unpack(whole.as_slice()).unwrap() == whole);
    }

    #[test]
    fn damage_is_an_error() {
        let packed = pack(&vec![7; 100_000], Effort::Usual).unwrap();
        for cut in [5, packed.len() / 2, packed.len() - 1] {
            unpack(&packed[..cut]).unwrap_err();
        }
        let mut changed = packed.clone();
        *changed.last_mut().unwrap() ^= 1;
        unpack(changed.as_slice()).unwrap_err();
    }

    #[test]
    fn damage_never_panics() {
        let packed = pack(&vec![7; 100_000], Effort::Usual).unwrap();
        let target = damage::Target {
            name: "sources/packed",
            samples: &[&packed],
            tokens: &[],
            cases: 300,
        };
        target.check(|bytes| match unpack(bytes) {
            Ok(whole) => (whole.len() == 100_000, String::new()),
            Err(error) => (false, error.to_string()),
        });
    }
}
