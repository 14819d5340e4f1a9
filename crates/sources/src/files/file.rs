//! Files as random-access bytes, and the temporary copy of a large file of a stream.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, FileTypeExt};
use std::path::Path;

use inventory::section::ReadAt;
use inventory::tree::ReadSeek;

/// Bytes copied at once.
const COPY: usize = 256 << 10;

/// An open file.
#[derive(Debug)]
pub struct FileBytes {
    file: File,
    len: u64,
}

impl FileBytes {
    pub fn open(path: &Path) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }

    pub fn new(mut file: File) -> io::Result<Self> {
        let metadata = file.metadata()?;
        // The length of a disk is where its end is.
        let len = if metadata.file_type().is_block_device() {
            file.seek(SeekFrom::End(0))?
        } else {
            metadata.len()
        };
        Ok(Self { file, len })
    }
}

impl ReadAt for FileBytes {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        self.file.read_at(buf, offset)
    }

    fn len(&self) -> u64 {
        self.len
    }
}

/// Copies a stream to a temporary file that has no name and vanishes when it is closed.
///
/// `/var/tmp` is tried first because `/tmp` is in memory on many systems.
pub fn spill(stream: &mut dyn Read) -> io::Result<Box<dyn ReadSeek>> {
    let mut file = spilled(stream)?;
    file.rewind()?;
    Ok(Box::new(io::BufReader::with_capacity(64 << 10, file)))
}

/// Copies a stream to a temporary file without a name.
pub(super) fn spilled(stream: &mut dyn Read) -> io::Result<File> {
    let file = tempfile::tempfile_in("/var/tmp").or_else(|_| tempfile::tempfile())?;
    let mut writer = io::BufWriter::with_capacity(COPY, file);
    io::copy(stream, &mut writer)?;
    Ok(writer.into_inner()?)
}
