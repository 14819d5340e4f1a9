//! One layer as a file tree: recognises its compression, checks its digest while it is read.

use std::io::{self, Read};

use model::Problem;

use super::Digest;
use super::digest::Hasher;
use crate::decompress::{Compression, ExpansionLimits, decompress};
use crate::scan::TreeScan;
use crate::section::Section;
use crate::tar::Tar;
use crate::tree::{Entry, FileTree};
use crate::walk::{Options, scan_tree};

/// A layer in a file.
#[derive(Debug)]
pub struct LayerTree {
    section: Section,
    limits: ExpansionLimits,
    /// Compared with the bytes of a layer that is read in whole; an uncompressed one in a file is
    /// not.
    expected: Option<Digest>,
    /// Whether the bytes were found to have the expected digest.
    is_verified: bool,
}

/// Bytes hashed at once.
const WINDOW: usize = 128 << 10;

impl LayerTree {
    pub fn new(section: Section, limits: ExpansionLimits, expected: Option<Digest>) -> Self {
        Self {
            section,
            limits,
            expected,
            is_verified: false,
        }
    }

    /// Whether the last walk found the bytes to have the expected digest.
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    fn walk_stream(
        &mut self,
        compression: Compression,
        visit: &mut dyn FnMut(Entry<'_>),
    ) -> io::Result<Vec<Problem>> {
        let expected = self.expected.as_ref().filter(|_| !self.is_verified);
        let mut tap = Tap {
            section: &self.section,
            position: 0,
            hasher: expected.map(Digest::hasher),
        };
        let mut problems = {
            let reader = decompress(compression, Box::new(&mut tap), self.limits)?;
            Tar::stream(reader).walk(visit)
        };
        if let Some(expected) = expected {
            // What follows the end of the archive belongs to the digest, too.
            io::copy(&mut tap, &mut io::sink())?;
            let found = tap.hasher.map(Hasher::finish);
            if found.as_ref() == Some(expected) {
                self.is_verified = true;
            } else {
                problems.push(is_not(expected));
            }
        }
        Ok(problems)
    }
}

impl FileTree for LayerTree {
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem> {
        let walked = compression(&self.section).and_then(|compression| match compression {
            Compression::None if !self.section.is_sequential() => {
                Ok(Tar::section(self.section.clone()).walk(visit))
            }
            _ => self.walk_stream(compression, visit),
        });
        walked.unwrap_or_else(|error| vec![Problem::new("", error.to_string())])
    }

    fn rewind(&mut self) -> bool {
        true
    }
}

fn compression(section: &Section) -> io::Result<Compression> {
    let mut head = [0; 4];
    let n = section.read_full_at(&mut head, 0)?;
    Ok(Compression::of(head.get(..n).unwrap_or_default()))
}

fn is_not(expected: &Digest) -> Problem {
    Problem::new("", format!("the content is not {expected}"))
}

/// Reads a section and hashes what it reads.
struct Tap<'a> {
    section: &'a Section,
    position: u64,
    hasher: Option<Hasher>,
}

impl Read for Tap<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let n = self.section.read_full_at(buf, self.position)?;
        self.position += n as u64;
        if let (Some(hasher), Some(bytes)) = (&mut self.hasher, buf.get(..n)) {
            hasher.update(bytes);
        }
        Ok(n)
    }
}

/// Scans one layer; true if its bytes were found to have the `expected` digest.
pub fn scan_layer(
    section: &Section,
    expected: Option<Digest>,
    limits: ExpansionLimits,
    options: &Options<'_>,
) -> (TreeScan, bool) {
    let mut tree = LayerTree::new(section.clone(), limits, expected);
    let scan = scan_tree(&mut tree, options);
    (scan, tree.is_verified())
}

/// Hashes a layer that is not scanned at the same time; a problem if it is not what the digest
/// names.
///
/// An uncompressed layer is sought through and never read in whole, so that it is not hashed.
pub fn check_digest(section: &Section, expected: &Digest) -> Option<Problem> {
    let hash = || -> io::Result<bool> {
        if compression(section)? == Compression::None {
            return Ok(true);
        }
        let mut hasher = expected.hasher();
        let mut buffer = vec![0; WINDOW];
        let mut position = 0;
        loop {
            let n = section.read_full_at(&mut buffer, position)?;
            hasher.update(buffer.get(..n).unwrap_or_default());
            position += n as u64;
            if n < buffer.len() {
                return Ok(hasher.finish() == *expected);
            }
        }
    };
    match hash() {
        Ok(true) => None,
        Ok(false) => Some(is_not(expected)),
        Err(error) => Some(Problem::new("", error.to_string())),
    }
}
