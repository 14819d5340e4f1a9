//! Sorts more records than memory holds: sorted runs are kept aside and merged when read.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use jiff::Timestamp;

use super::spill::{Reader, Spool, Store};

/// Bytes of keys and records that are sorted in memory.
const RUN: usize = 16 << 20;

/// Takes records in any order.
#[derive(Debug)]
pub(super) struct Sorter {
    store: Store,
    /// Keys and records one after the other.
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    runs: Vec<Spool>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    start: usize,
    key: usize,
    record: usize,
}

impl Sorter {
    pub(super) fn new(store: &Store) -> Self {
        Self {
            store: store.clone(),
            bytes: Vec::new(),
            entries: Vec::new(),
            runs: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, key: &[u8], record: &[u8]) {
        self.entries.push(Entry {
            start: self.bytes.len(),
            key: key.len(),
            record: record.len(),
        });
        self.bytes.extend_from_slice(key);
        self.bytes.extend_from_slice(record);
        if self.bytes.len() >= RUN {
            self.write_run();
        }
    }

    /// No more records come.
    pub(super) fn finish(mut self) -> Sorted {
        if !self.entries.is_empty() {
            self.write_run();
        }
        Sorted { runs: self.runs }
    }

    fn write_run(&mut self) {
        let bytes = &self.bytes;
        let key = |e: &Entry| bytes.get(e.start..e.start + e.key).unwrap_or_default();
        // Stable: records of equal keys stay in the order in which they came.
        self.entries.sort_by(|a, b| key(a).cmp(key(b)));
        let mut run = Spool::new(&self.store);
        for entry in &self.entries {
            let end = entry.start + entry.key;
            run.push_record(key(entry));
            run.push_record(bytes.get(end..end + entry.record).unwrap_or_default());
        }
        run.seal();
        self.runs.push(run);
        self.entries.clear();
        self.bytes.clear();
    }
}

/// Sorted records, which can be read again and again.
#[derive(Debug)]
pub(super) struct Sorted {
    runs: Vec<Spool>,
}

impl Sorted {
    pub(super) fn merge(&self) -> Merge<'_> {
        let mut merge = Merge {
            sources: self.runs.iter().map(Spool::reader).collect(),
            heads: BinaryHeap::new(),
        };
        for run in 0..merge.sources.len() {
            merge.advance(run, Vec::new(), Vec::new());
        }
        merge
    }
}

/// The next key of a run, the run and the key's record.
type Head = (Vec<u8>, usize, Vec<u8>);

/// Gives records in the order of their keys; those of equal keys in the order of [`Sorter::push`].
pub(super) struct Merge<'a> {
    sources: Vec<Reader<'a>>,
    heads: BinaryHeap<Reverse<Head>>,
}

impl Merge<'_> {
    /// Exchanges `key` and `record` for the next ones; false at the end.
    pub(super) fn next(&mut self, key: &mut Vec<u8>, record: &mut Vec<u8>) -> bool {
        let Some(Reverse((next, run, bytes))) = self.heads.pop() else {
            return false;
        };
        let (old, spare) = (
            std::mem::replace(key, next),
            std::mem::replace(record, bytes),
        );
        self.advance(run, old, spare);
        true
    }

    fn advance(&mut self, run: usize, mut key: Vec<u8>, mut record: Vec<u8>) {
        if let Some(source) = self.sources.get_mut(run)
            && source.record(&mut key)
            && source.record(&mut record)
        {
            self.heads.push(Reverse((key, run, record)));
        }
    }
}

/// Appends text to a key so that keys sort as tuples of their parts do.
pub(super) fn put_key(key: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        key.push(byte);
        if byte == 0 {
            key.push(0xff);
        }
    }
    key.extend_from_slice(&[0, 0]);
}

/// Appends a time to a key so that the latest comes first and none last.
pub(super) fn put_latest_first(key: &mut Vec<u8>, time: Option<Timestamp>) {
    match time {
        Some(time) => {
            key.push(0);
            let ordered = time.as_nanosecond().cast_unsigned() ^ (1 << 127);
            key.extend_from_slice(&(!ordered).to_be_bytes());
        }
        None => key.push(1),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use proptest::prelude::*;

    use super::super::spill::{Memory, Store};
    use super::{RUN, Sorter, put_key};

    proptest! {
        /// Over several runs, with equal keys and parts that hold the separator.
        #[test]
        fn records_come_as_a_stable_sort_gives_them(
            mut rows in prop::collection::vec(("[ab\0\u{1}]{0,3}", "[ab\0]{0,2}"), 0..40),
            padding in 0..RUN / 5,
        ) {
            let store = Store::new(Arc::new(Memory::default()));
            let mut sorter = Sorter::new(&store);
            for (number, (a, b)) in (0_u8..).zip(&rows) {
                let mut key = Vec::new();
                put_key(&mut key, a);
                put_key(&mut key, b);
                let mut record = vec![number];
                record.resize(if number.is_multiple_of(4) { padding } else { 1 }.max(1), 7);
                sorter.push(&key, &record);
            }
            let sorted = sorter.finish();
            let mut merge = sorted.merge();
            let (mut key, mut record) = (Vec::new(), Vec::new());
            let mut found = Vec::new();
            while merge.next(&mut key, &mut record) {
                found.push(record.first().copied());
            }
            let mut numbers: Vec<_> = (0_u8..).zip(rows.drain(..)).collect();
            numbers.sort_by(|a, b| a.1.cmp(&b.1));
            let expected: Vec<_> = numbers.iter().map(|(number, _)| Some(*number)).collect();
            prop_assert_eq!(found, expected);
            prop_assert_eq!(store.check(), Ok(()));
        }
    }
}
