//! Maps a file into memory: the one place where the project relies on `unsafe`.

use std::fs::File;
use std::io;
use std::path::Path;

use memmap2::Mmap;

/// The bytes of a file that nobody changes, read from the disk when they are looked at.
#[derive(Debug)]
pub struct Mapped(Mmap);

impl Mapped {
    /// Maps a whole file.
    ///
    /// Only for files that are written under another name, renamed into place and never touched
    /// again, as [`crate::generations`] does it.
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::of(&File::open(path)?)
    }

    /// Maps a file that this process has made and written completely, and that has no name.
    pub(crate) fn of(file: &File) -> io::Result<Self> {
        #[expect(
            unsafe_code,
            reason = "the operating system offers no mapping that is safe against other writers"
        )]
        // SAFETY: the slice is sound while the file is neither changed nor truncated. Nobody else
        // reaches a file without a name, and its maker does not write to it any more. Databases
        // are immutable: each is complete and synced under a temporary name before it gets the
        // name of its digest, a later one gets another name, and removing a file leaves the
        // mapping of those who have it open. Somebody with write access to the data directory
        // who truncates a database in place can end the process (SIGBUS); they could also
        // replace the program's data, so this is no new power.
        let map = unsafe { Mmap::map(file)? };
        Ok(Self(map))
    }
}

impl AsRef<[u8]> for Mapped {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
