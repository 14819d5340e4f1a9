//! What was looked up to compute something: a change then concerns whoever looked at it, and nobody else.
//!
//! While a log is kept, each look-up in a [`crate::snapshot::Table`] is noted as a read of a *cell*,
//! whether or not something was there. What is computed of look-ups is a cell as well, read by what
//! uses it. A table hands out its objects in no other way, so no read can be left out.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::snapshot::Place;

/// What can be read: a place of the configuration, or something computed.
pub(crate) type Cell = u32;

/// What is computed while no log is kept.
pub(crate) const UNRECORDED: Cell = Cell::MAX;

thread_local! {
    /// The log of what this thread computes, while one is kept.
    static LOG: RefCell<Option<Log>> = const { RefCell::new(None) };
}

/// Stale edges that are kept before they are swept up.
const MOST_STALE: usize = 1000;

/// Look-ups that are remembered, each in the slot that its key tells; a power of two.
const RECENT: usize = 64;

/// Something that is being computed.
#[derive(Debug)]
struct Open {
    number: u64,
    reads: Vec<Cell>,
}

#[derive(Debug, Default)]
struct Node {
    /// What it read when it was computed, in order; nothing for places.
    reads: Box<[Cell]>,
    /// Who read it; some may have been computed again without.
    readers: Vec<Cell>,
    /// Something that it read has changed.
    is_stale: bool,
    /// The last computation that read it.
    reader: u64,
}

/// A look-up that was noted not long ago.
#[derive(Debug, Default)]
struct Recent {
    place: usize,
    key: String,
    cell: Cell,
}

/// Who has read what.
#[derive(Debug, Default)]
pub(crate) struct Log {
    places: Vec<HashMap<Box<str>, Cell>>,
    nodes: Vec<Node>,
    free: Vec<Cell>,
    /// What is being computed, the innermost last, with what it has read so far.
    open: Vec<Open>,
    /// How many computations were begun.
    begun: u64,
    /// The same few things are looked up again and again; [`RECENT`] of them, or none.
    recent: Vec<Recent>,
    /// Cells that are read, over all that was computed; and the edges that are kept for them.
    reads: usize,
    edges: usize,
}

/// Keeps a log while something is computed.
pub(crate) fn with<T>(log: Log, act: impl FnOnce() -> T) -> (T, Log) {
    LOG.set(Some(log));
    let value = act();
    (value, LOG.take().unwrap_or_default())
}

/// Notes that a place was looked at.
pub(crate) fn note(place: Place, key: &str) {
    LOG.with_borrow_mut(|log| {
        if let Some(log) = log
            && !log.open.is_empty()
        {
            let cell = log.place(place, key);
            log.read(cell);
        }
    });
}

/// Computes something anew, in the cell that it had if it had one.
pub(crate) fn compute<T>(cell: Option<Cell>, act: impl FnOnce() -> T) -> (T, Cell) {
    let is_kept = LOG.with_borrow_mut(|log| {
        log.as_mut().is_some_and(|log| {
            log.begin();
            true
        })
    });
    let cell = cell.filter(|cell| *cell != UNRECORDED);
    let value = act();
    if !is_kept {
        return (value, UNRECORDED);
    }
    let cell = LOG.with_borrow_mut(|log| log.as_mut().map(|log| log.close(cell)));
    (value, cell.unwrap_or(UNRECORDED))
}

/// Uses something computed earlier, unless what it was computed of has changed.
pub(crate) fn is_fresh(cell: Cell) -> bool {
    LOG.with_borrow_mut(|log| match log {
        Some(log) => {
            let is_fresh = log.node(cell).is_some_and(|node| !node.is_stale);
            if is_fresh {
                log.read(cell);
            }
            is_fresh
        }
        None => cell == UNRECORDED,
    })
}

/// Forgets something computed, which is not used any more.
pub(crate) fn forget(cell: Cell) {
    LOG.with_borrow_mut(|log| {
        if let Some(log) = log {
            log.forget(cell);
        }
    });
}

impl Log {
    fn node(&self, cell: Cell) -> Option<&Node> {
        self.nodes.get(usize::try_from(cell).ok()?)
    }

    fn node_mut(&mut self, cell: Cell) -> Option<&mut Node> {
        self.nodes.get_mut(usize::try_from(cell).ok()?)
    }

    fn new_cell(&mut self) -> Cell {
        if let Some(cell) = self.free.pop() {
            return cell;
        }
        let cell = Cell::try_from(self.nodes.len()).unwrap_or(UNRECORDED);
        self.nodes.push(Node::default());
        cell
    }

    fn begin(&mut self) {
        self.begun += 1;
        let number = self.begun;
        self.open.push(Open {
            number,
            reads: Vec::new(),
        });
    }

    /// The cell of a place.
    fn place(&mut self, place: Place, key: &str) -> Cell {
        let number = place.number();
        if self.recent.is_empty() {
            self.recent.resize_with(RECENT, Recent::default);
        }
        let slot = slot(number, key);
        if let Some(recent) = self.recent.get(slot)
            && recent.place == number + 1
            && recent.key == key
        {
            return recent.cell;
        }
        let cell = self.look_up(number, key);
        if let Some(recent) = self.recent.get_mut(slot) {
            recent.place = number + 1;
            recent.key.clear();
            recent.key.push_str(key);
            recent.cell = cell;
        }
        cell
    }

    fn look_up(&mut self, number: usize, key: &str) -> Cell {
        if let Some(cell) = self.places.get(number).and_then(|keys| keys.get(key)) {
            return *cell;
        }
        let cell = self.new_cell();
        if self.places.len() <= number {
            self.places.resize_with(number + 1, HashMap::new);
        }
        if let Some(keys) = self.places.get_mut(number) {
            keys.insert(key.into(), cell);
        }
        cell
    }

    fn read(&mut self, cell: Cell) {
        let Some(open) = self.open.last_mut() else {
            return;
        };
        let place = usize::try_from(cell).ok();
        if let Some(node) = place.and_then(|place| self.nodes.get_mut(place))
            && node.reader != open.number
        {
            node.reader = open.number;
            open.reads.push(cell);
        }
    }

    /// Ends the innermost computation.
    fn close(&mut self, cell: Option<Cell>) -> Cell {
        let mut reads = self.open.pop().map(|open| open.reads).unwrap_or_default();
        reads.sort_unstable();
        reads.dedup();
        let cell = cell.unwrap_or_else(|| self.new_cell());
        let old = self.node(cell).map(|node| node.reads.clone());
        let old = old.unwrap_or_default();
        for read in &reads {
            if old.binary_search(read).is_err()
                && let Some(node) = self.node_mut(*read)
            {
                node.readers.push(cell);
                self.edges += 1;
            }
        }
        self.reads = self.reads + reads.len() - old.len();
        if let Some(node) = self.node_mut(cell) {
            node.reads = reads.into_boxed_slice();
            node.is_stale = false;
        }
        self.read(cell);
        cell
    }

    /// Makes stale whatever read one of these places; the cells that are stale now and were not.
    pub(crate) fn change<'k>(
        &mut self,
        places: impl IntoIterator<Item = (Place, &'k str)>,
    ) -> Vec<Cell> {
        let mut todo: Vec<Cell> = Vec::new();
        for (place, key) in places {
            let keys = self.places.get(place.number());
            todo.extend(keys.and_then(|keys| keys.get(key)));
        }
        let mut stale = Vec::new();
        while let Some(cell) = todo.pop() {
            let Some(node) = self.node_mut(cell) else {
                continue;
            };
            let mut readers = std::mem::take(&mut node.readers);
            let before = readers.len();
            readers.retain(|reader| {
                self.node(*reader)
                    .is_some_and(|node| node.reads.binary_search(&cell).is_ok())
            });
            self.edges -= before - readers.len();
            for reader in &readers {
                if let Some(node) = self.node_mut(*reader)
                    && !node.is_stale
                {
                    node.is_stale = true;
                    stale.push(*reader);
                    todo.push(*reader);
                }
            }
            if let Some(node) = self.node_mut(cell) {
                node.readers = readers;
            }
        }
        stale
    }

    /// Whether something computed is out of date.
    pub(crate) fn is_stale(&self, cell: Cell) -> bool {
        self.node(cell).is_none_or(|node| node.is_stale)
    }

    /// Forgets something computed, which is not used any more.
    fn forget(&mut self, cell: Cell) {
        if let Some(node) = self.node_mut(cell) {
            let reads = std::mem::take(&mut node.reads);
            node.is_stale = true;
            self.reads -= reads.len();
        }
    }

    /// How many cells there are, those to be used again included.
    #[cfg(test)]
    pub(crate) fn cells(&self) -> usize {
        self.nodes.len()
    }

    /// Whether so many edges lead to who did not read them last that a sweep is due.
    pub(crate) fn is_littered(&self) -> bool {
        self.edges > 2 * self.reads + MOST_STALE
    }

    /// Leaves the edges of what was read last, and the cells that are read or kept in `is_used`.
    pub(crate) fn sweep(&mut self, is_used: impl Fn(Cell) -> bool) {
        for node in &mut self.nodes {
            node.readers.clear();
        }
        for (reader, place) in (0..).zip(0..self.nodes.len()) {
            let Some(node) = self.nodes.get_mut(place) else {
                break;
            };
            let reads = std::mem::take(&mut node.reads);
            for read in &reads {
                if let Some(node) = self.node_mut(*read) {
                    node.readers.push(reader);
                }
            }
            if let Some(node) = self.nodes.get_mut(place) {
                node.reads = reads;
            }
        }
        self.edges = self.reads;
        self.recent.clear();
        let mut places = std::mem::take(&mut self.places);
        for keys in &mut places {
            keys.retain(|_, cell| {
                self.node(*cell)
                    .is_some_and(|node| !node.readers.is_empty())
            });
        }
        let named: std::collections::HashSet<Cell> =
            places.iter().flat_map(HashMap::values).copied().collect();
        self.places = places;
        let cells = (0..).zip(&self.nodes);
        self.free = cells
            .filter(|(cell, _)| !named.contains(cell) && !is_used(*cell))
            .map(|(cell, _)| cell)
            .collect();
    }
}

/// The slot in which a look-up is remembered.
fn slot(place: usize, key: &str) -> usize {
    let last = key.bytes().rev().take(4);
    let sum = last.fold(place, |sum, byte| sum.wrapping_mul(31) ^ usize::from(byte));
    sum % RECENT
}

/// What was computed, by what it was computed for.
#[derive(Debug)]
pub(crate) struct Memo<K, V>(HashMap<K, (V, Cell)>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

/// What a memo has for a key.
pub(crate) enum Found<V> {
    Fresh(V),
    /// It is out of date, and this is its cell.
    Stale(Cell),
    Nothing,
}

impl<K: Eq + std::hash::Hash, V: Clone> Memo<K, V> {
    pub(crate) fn find(&self, key: &K) -> Found<V> {
        match self.0.get(key) {
            Some((value, cell)) if is_fresh(*cell) => Found::Fresh(value.clone()),
            Some((_, cell)) => Found::Stale(*cell),
            None => Found::Nothing,
        }
    }

    pub(crate) fn keep(&mut self, key: K, value: V, cell: Cell) {
        self.0.insert(key, (value, cell));
    }

    /// Forgets what is out of date, and tells the cells of the rest.
    pub(crate) fn sweep(&mut self, log: &mut Log, used: &mut Vec<Cell>) {
        self.0.retain(|_, (_, cell)| {
            let is_stale = log.is_stale(*cell);
            if is_stale {
                log.forget(*cell);
            } else {
                used.push(*cell);
            }
            !is_stale
        });
    }
}
