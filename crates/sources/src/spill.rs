//! A temporary file that holds what a build keeps aside.

use std::fs::{self, File};
use std::io::{self, Error, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use advisory::database::Spill;

/// A file without a name: nothing of it is left when the process ends, however it ends.
#[derive(Debug)]
pub struct SpillFile {
    file: File,
    end: Mutex<u64>,
}

impl SpillFile {
    /// A file in `directory`, which is made if it is not there and should not lie in memory.
    pub fn new(directory: &Path) -> io::Result<Self> {
        fs::create_dir_all(directory)?;
        Ok(Self {
            file: tempfile::tempfile_in(directory)?,
            end: Mutex::new(0),
        })
    }
}

impl Spill for SpillFile {
    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        let mut end = self.end.lock().unwrap_or_else(PoisonError::into_inner);
        let offset = *end;
        // A failed write may leave a part, which the next one replaces.
        (&self.file).seek(SeekFrom::Start(offset))?;
        (&self.file).write_all(bytes)?;
        *end = offset
            .checked_add(bytes.len() as u64)
            .ok_or_else(|| Error::other("too large"))?;
        Ok(offset)
    }

    fn read(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.file.read_exact_at(buffer, offset)
    }
}
