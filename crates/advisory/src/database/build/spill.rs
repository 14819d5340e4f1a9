//! Keeps records aside while a database is built, so that their number does not fill memory.

use std::fmt::Debug;
use std::io::{Error, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::BuildError;

/// Bytes that are written once, read back and then forgotten: a temporary file.
pub trait Spill: Debug + Send + Sync {
    /// Appends bytes and gives the offset at which they begin.
    fn append(&self, bytes: &[u8]) -> Result<u64>;
    /// Fills the buffer with the bytes from an offset on.
    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()>;
}

/// Keeps everything in memory: for small databases.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Vec<u8>>);

impl Spill for Memory {
    fn append(&self, bytes: &[u8]) -> Result<u64> {
        let mut kept = lock(&self.0);
        let offset = kept.len() as u64;
        kept.extend_from_slice(bytes);
        Ok(offset)
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> Result<()> {
        let kept = lock(&self.0);
        let bytes = usize::try_from(offset)
            .ok()
            .and_then(|start| kept.get(start..)?.get(..buffer.len()))
            .ok_or_else(|| Error::other("read behind the end"))?;
        buffer.copy_from_slice(bytes);
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A spill that remembers its first failure, which is told when all is done.
#[derive(Debug, Clone)]
pub(super) struct Store {
    spill: Arc<dyn Spill>,
    failure: Arc<Mutex<Option<String>>>,
}

impl Store {
    pub(super) fn new(spill: Arc<dyn Spill>) -> Self {
        Self {
            spill,
            failure: Arc::default(),
        }
    }

    /// Whether everything so far could be written and read.
    pub(super) fn check(&self) -> std::result::Result<(), BuildError> {
        match lock(&self.failure).as_ref() {
            Some(failure) => Err(BuildError::Spill(failure.clone())),
            None => Ok(()),
        }
    }

    pub(super) fn fail(&self, error: &impl ToString) {
        lock(&self.failure).get_or_insert_with(|| error.to_string());
    }
}

/// Bytes are handed to the spill in pieces of this size.
const PIECE: usize = 128 << 10;
/// Bytes that are read back at once.
const CHUNK: usize = 32 << 10;

/// A sequence of bytes that grows at its end.
#[derive(Debug)]
pub(super) struct Spool {
    store: Store,
    pending: Vec<u8>,
    /// Offset and length of the pieces that were handed over.
    pieces: Vec<(u64, usize)>,
    length: u64,
}

impl Spool {
    pub(super) fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            pending: Vec::new(),
            pieces: Vec::new(),
            length: 0,
        }
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.length
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
        self.length += bytes.len() as u64;
        if self.pending.len() >= PIECE {
            self.flush();
        }
    }

    /// Appends bytes so that [`Reader::record`] finds their end.
    pub(super) fn push_record(&mut self, record: &[u8]) {
        self.extend(&(record.len() as u64).to_le_bytes());
        self.extend(record);
    }

    /// Hands everything over, so that no memory is held.
    pub(super) fn seal(&mut self) {
        if !self.pending.is_empty() {
            self.flush();
        }
        self.pending = Vec::new();
    }

    fn flush(&mut self) {
        match self.store.spill.append(&self.pending) {
            Ok(offset) => self.pieces.push((offset, self.pending.len())),
            Err(error) => self.store.fail(&error),
        }
        self.pending.clear();
    }

    /// Reads from the beginning to what has been written by now.
    pub(super) fn reader(&self) -> Reader<'_> {
        Reader {
            spool: self,
            piece: 0,
            within: 0,
            buffer: Vec::new(),
            at: 0,
        }
    }
}

/// Reads a spool from its beginning.
pub(super) struct Reader<'a> {
    spool: &'a Spool,
    piece: usize,
    /// Bytes of the piece that were read.
    within: usize,
    buffer: Vec<u8>,
    /// Bytes of the buffer that were given out.
    at: usize,
}

impl Reader<'_> {
    /// The next bytes, as many as are at hand; none at the end.
    pub(super) fn next_bytes(&mut self) -> Option<&[u8]> {
        if self.at == self.buffer.len() && !self.refill() {
            return None;
        }
        let start = std::mem::replace(&mut self.at, self.buffer.len());
        self.buffer.get(start..)
    }

    /// The next record, in `into`; false at the end.
    pub(super) fn record(&mut self, into: &mut Vec<u8>) -> bool {
        let mut length = [0; 8];
        if !self.fill(&mut length) {
            return false;
        }
        let Ok(length) = usize::try_from(u64::from_le_bytes(length)) else {
            return false;
        };
        into.clear();
        into.resize(length, 0);
        let whole = self.fill(into);
        if !whole {
            self.spool
                .store
                .fail(&"a record that was kept aside is cut");
        }
        whole
    }

    fn fill(&mut self, mut into: &mut [u8]) -> bool {
        while !into.is_empty() {
            if self.at == self.buffer.len() && !self.refill() {
                return false;
            }
            let ready = self.buffer.get(self.at..).unwrap_or_default();
            let count = ready.len().min(into.len());
            let (now, later) = into.split_at_mut(count);
            now.copy_from_slice(ready.get(..count).unwrap_or_default());
            self.at += count;
            into = later;
        }
        true
    }

    fn refill(&mut self) -> bool {
        self.at = 0;
        let Some(&(offset, length)) = self.spool.pieces.get(self.piece) else {
            self.buffer.clear();
            // What was not handed over yet stands behind all pieces.
            let first = self.piece == self.spool.pieces.len() && !self.spool.pending.is_empty();
            if first {
                self.piece += 1;
                self.buffer.extend_from_slice(&self.spool.pending);
            }
            return first;
        };
        let count = CHUNK.min(length - self.within);
        self.buffer.resize(count, 0);
        let from = offset + self.within as u64;
        if let Err(error) = self.spool.store.spill.read(from, &mut self.buffer) {
            self.spool.store.fail(&error);
            self.buffer.clear();
            return false;
        }
        self.within += count;
        if self.within == length {
            self.within = 0;
            self.piece += 1;
        }
        true
    }
}
