//! Maps whose keys are hashes of paths.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Path hashes are hashes already.
#[derive(Default)]
pub(crate) struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(crate) type ByHash<T> = HashMap<u64, T, BuildHasherDefault<Identity>>;
