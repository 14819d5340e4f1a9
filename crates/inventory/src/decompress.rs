//! Recognises and undoes the compression of a layer, within limits.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    /// By the first bytes (RFC 1952 §2.3.1; RFC 8878 §3.1.1, and §3.1.2 for skippable frames).
    pub fn of(head: &[u8]) -> Self {
        match head {
            [0x1f, 0x8b, ..] => Self::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            _ => Self::None,
        }
    }
}

/// Limits against decompression bombs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExpansionLimits {
    /// Bytes after decompression.
    pub bytes: u64,
    /// Bytes that may come out for each byte that went in, once `ratio_from` bytes have come out.
    pub ratio: u64,
    pub ratio_from: u64,
}

impl Default for ExpansionLimits {
    /// The largest layers in use are tens of gigabytes; a disk of zeros compresses about 1000:1
    /// with gzip, and real layers rarely beyond 20:1.
    fn default() -> Self {
        Self {
            bytes: 256 << 30,
            ratio: 200,
            ratio_from: 1 << 30,
        }
    }
}

/// Bytes read at once from the compressed side.
const INPUT: usize = 128 << 10;
/// Largest window a zstd frame may ask for, as a power of two (RFC 8878 §3.1.1.1.2 recommends
/// that decoders support at least 8 MiB).
const ZSTD_WINDOW_LOG: u32 = 25;

/// The decompressed bytes of `input`.
pub fn decompress<'a>(
    compression: Compression,
    input: Box<dyn Read + 'a>,
    limits: ExpansionLimits,
) -> io::Result<Box<dyn Read + 'a>> {
    let counted = BufReader::with_capacity(
        INPUT,
        Counted {
            inner: input,
            count: 0,
        },
    );
    Ok(match compression {
        Compression::None => counted.into_inner().inner,
        Compression::Gzip => Box::new(Limited::new(MultiGzDecoder::new(counted), limits)),
        Compression::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(counted)?;
            decoder.window_log_max(ZSTD_WINDOW_LOG)?;
            Box::new(Limited::new(decoder, limits))
        }
    })
}

struct Counted<R> {
    inner: R,
    count: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buf)?;
        self.count += n as u64;
        Ok(n)
    }
}

/// A decoder that knows how much it has taken in.
trait Decoder: Read {
    fn taken(&self) -> u64;
}

impl<R: Read> Decoder for MultiGzDecoder<BufReader<Counted<R>>> {
    fn taken(&self) -> u64 {
        self.get_ref().get_ref().count
    }
}

impl<R: Read> Decoder for zstd::stream::read::Decoder<'_, BufReader<Counted<R>>> {
    fn taken(&self) -> u64 {
        self.get_ref().get_ref().count
    }
}

struct Limited<D> {
    decoder: D,
    given: u64,
    limits: ExpansionLimits,
}

impl<D> Limited<D> {
    fn new(decoder: D, limits: ExpansionLimits) -> Self {
        Self {
            decoder,
            given: 0,
            limits,
        }
    }
}

impl<D: Decoder> Read for Limited<D> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.decoder.read(buf)?;
        self.given += n as u64;
        let limits = self.limits;
        if self.given > limits.bytes {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("decompresses to more than {} bytes", limits.bytes),
            ));
        }
        if self.given > limits.ratio_from && self.given / self.decoder.taken().max(1) > limits.ratio
        {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("decompresses to more than {} times its size", limits.ratio),
            ));
        }
        Ok(n)
    }
}
