//! Reads qcow2 images of versions 2 and 3 (QEMU `docs/interop/qcow2.txt`).

use std::io::{self, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::bytes::{be32, be64, byte};
use super::volume::bad;
use crate::section::{ReadAt, Section};

pub(super) const MAGIC: &[u8] = b"QFI\xfb";

/// Incompatible features ("Header", bytes 72 to 79).
const DATA_FILE: u64 = 1 << 2;
const COMPRESSION: u64 = 1 << 3;
const EXTENDED_L2: u64 = 1 << 4;
/// And those that say that the image was not closed, or that its counts of references are wrong.
const KNOWN: u64 = 0b11 | COMPRESSION;

/// The place of an entry of either table.
const PLACE: u64 = 0x00ff_ffff_ffff_fe00;
const IS_COMPRESSED: u64 = 1 << 62;
const IS_ZERO: u64 = 1;

/// Largest first-level table, as in QEMU.
const MAX_L1: u64 = 32 << 20;
/// Tables and decompressed clusters that are kept, by number and by bytes.
const KEPT: u64 = 64;
const KEPT_BYTES: u64 = 16 << 20;

/// Bytes that may be decompressed from one image, over and over included.
const MAX_DECOMPRESSED: u64 = 64 << 30;

pub(super) type Kept = Mutex<Vec<Option<(u64, Arc<[u8]>)>>>;

/// Counts what is decompressed.
#[derive(Default)]
pub(super) struct Decompressed(AtomicU64);

impl Decompressed {
    pub(super) fn charge(&self, len: u64) -> io::Result<()> {
        if self.0.fetch_add(len, Ordering::Relaxed) > MAX_DECOMPRESSED {
            let what = format!("more than the limit of {MAX_DECOMPRESSED} decompressed bytes");
            return Err(bad(what));
        }
        Ok(())
    }
}

/// A qcow2 image.
pub(super) struct Qcow2 {
    file: Section,
    size: u64,
    cluster_bits: u32,
    is_zstd: bool,
    l1: Vec<u8>,
    tables: Kept,
    clusters: Kept,
    decompressed: Decompressed,
}

impl Qcow2 {
    pub(super) fn open(file: &Section) -> io::Result<Self> {
        let header = file.part(0, 112).read_all(112)?;
        let version = be32(&header, 4);
        if header.len() < 72 || !matches!(version, 2 | 3) {
            return Err(bad(format!("qcow2 of version {version} is not supported")));
        }
        if be64(&header, 8) != 0 {
            return Err(bad("a qcow2 image with a backing file holds only changes"));
        }
        if be32(&header, 32) != 0 {
            return Err(bad("the qcow2 image is encrypted"));
        }
        let features = if version == 3 { be64(&header, 72) } else { 0 };
        if features & DATA_FILE != 0 {
            return Err(bad("the data of the qcow2 image lie in another file"));
        }
        if features & EXTENDED_L2 != 0 {
            return Err(bad("qcow2 images with subclusters are not supported"));
        }
        if features & !KNOWN != 0 {
            return Err(bad(format!(
                "qcow2 features {features:#x} are not supported"
            )));
        }
        let compression = if features & COMPRESSION != 0 {
            byte(&header, 104)
        } else {
            0
        };
        if compression > 1 {
            return Err(bad("the qcow2 image is compressed in an unknown way"));
        }
        let cluster_bits = be32(&header, 20);
        if !(9..=21).contains(&cluster_bits) {
            return Err(bad("the qcow2 image has an impossible cluster size"));
        }
        let l1_len = u64::from(be32(&header, 36)) * 8;
        if l1_len > MAX_L1 {
            return Err(bad("the table of the qcow2 image is too large"));
        }
        let kept = (KEPT_BYTES >> cluster_bits).min(KEPT);
        let kept = || Mutex::new(vec![None; usize::try_from(kept).unwrap_or(1)]);
        Ok(Self {
            file: file.clone(),
            size: be64(&header, 24),
            cluster_bits,
            is_zstd: compression == 1,
            l1: file.part(be64(&header, 40), l1_len).read_all(MAX_L1)?,
            tables: kept(),
            clusters: kept(),
            decompressed: Decompressed::default(),
        })
    }

    fn cluster_size(&self) -> u64 {
        1 << self.cluster_bits
    }

    /// The entry of the second-level table that says where a cluster is; 0 if nowhere.
    fn entry(&self, cluster: u64) -> io::Result<u64> {
        let entries = self.cluster_size() / 8;
        let l1_index = usize::try_from(cluster / entries).unwrap_or(usize::MAX);
        let table = be64(&self.l1, l1_index.saturating_mul(8)) & PLACE;
        if table == 0 {
            return Ok(0);
        }
        let table = kept(&self.tables, table, || {
            self.file
                .part(table, self.cluster_size())
                .read_all(self.cluster_size())
        })?;
        let index = usize::try_from(cluster % entries).unwrap_or(0);
        if index * 8 + 8 > table.len() {
            return Err(bad("a table lies beyond the end of the qcow2 image"));
        }
        Ok(be64(&table, index * 8))
    }

    /// A compressed cluster ("Compressed Clusters Descriptor").
    fn decompress(&self, entry: u64) -> io::Result<Vec<u8>> {
        let bits = 62 - (self.cluster_bits - 8);
        let place = entry & ((1 << bits) - 1);
        let sectors = (entry & (IS_COMPRESSED - 1)) >> bits;
        let len = (sectors + 1) * 512 - place % 512;
        let packed = self.file.part(place, len).read_all(len)?;
        let size = self.cluster_size();
        self.decompressed.charge(size)?;
        let mut out = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        if self.is_zstd {
            let decoder = zstd::stream::read::Decoder::with_buffer(packed.as_slice())?;
            decoder.take(size).read_to_end(&mut out)?;
        } else {
            let decoder = flate2::bufread::DeflateDecoder::new(packed.as_slice());
            decoder.take(size).read_to_end(&mut out)?;
        }
        if (out.len() as u64) < size {
            return Err(bad("a compressed cluster of the qcow2 image is cut"));
        }
        Ok(out)
    }
}

/// What is kept under `key`, made if it is not.
pub(super) fn kept(
    kept: &Kept,
    key: u64,
    make: impl FnOnce() -> io::Result<Vec<u8>>,
) -> io::Result<Arc<[u8]>> {
    // Places are multiples of a power of two; folding spreads them over the slots.
    let slot = |slots: usize| {
        let folded = key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
        usize::try_from(folded).unwrap_or(0) % slots.max(1)
    };
    {
        let slots = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(Some((there, bytes))) = slots.get(slot(slots.len()))
            && *there == key
        {
            return Ok(Arc::clone(bytes));
        }
    }
    let bytes: Arc<[u8]> = make()?.into();
    let mut slots = kept.lock().unwrap_or_else(PoisonError::into_inner);
    let slot = slot(slots.len());
    if let Some(place) = slots.get_mut(slot) {
        *place = Some((key, Arc::clone(&bytes)));
    }
    Ok(bytes)
}

/// Copies from `bytes` at `skip`; the bytes copied.
pub(super) fn copy(bytes: &[u8], skip: u64, buf: &mut [u8]) -> usize {
    let from = usize::try_from(skip)
        .ok()
        .and_then(|skip| bytes.get(skip..));
    let from = from.unwrap_or_default();
    let n = from.len().min(buf.len());
    if let (Some(to), Some(from)) = (buf.get_mut(..n), from.get(..n)) {
        to.copy_from_slice(from);
    }
    n
}

impl ReadAt for Qcow2 {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let skip = offset % self.cluster_size();
        let rest = (self.cluster_size() - skip).min(self.size.saturating_sub(offset));
        let len = buf.len().min(usize::try_from(rest).unwrap_or(usize::MAX));
        let buf = buf.get_mut(..len).unwrap_or_default();
        if buf.is_empty() {
            return Ok(0);
        }
        let entry = self.entry(offset >> self.cluster_bits)?;
        if entry & IS_COMPRESSED != 0 {
            let key = entry & (IS_COMPRESSED - 1);
            let bytes = kept(&self.clusters, key, || self.decompress(entry))?;
            return Ok(copy(&bytes, skip, buf));
        }
        if entry & IS_ZERO != 0 || entry & PLACE == 0 {
            buf.fill(0);
            return Ok(len);
        }
        // The last cluster of the file need not be whole.
        let read = self.file.read_full_at(buf, (entry & PLACE) + skip)?;
        buf.get_mut(read..).unwrap_or_default().fill(0);
        Ok(len)
    }

    fn len(&self) -> u64 {
        self.size
    }
}
