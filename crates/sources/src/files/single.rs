//! One file as a tree: a lock file, an archive, a binary.

use std::fs::Metadata;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use inventory::section::Section;
use inventory::tree::{Entry, EntryContent, EntryKind, FileTree, ReadSeek};
use model::Problem;

/// A tree that holds one file under its own name.
#[derive(Debug)]
pub struct SingleFile {
    name: String,
    mode: u32,
    content: Section,
}

impl SingleFile {
    pub fn new(path: &Path, metadata: &Metadata, content: Section) -> Self {
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            name: name.to_string_lossy().into_owned(),
            mode: metadata.permissions().mode() & 0o7777,
            content,
        }
    }
}

impl FileTree for SingleFile {
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem> {
        let mut open = || Ok(Box::new(self.content.reader(64 << 10)) as Box<dyn ReadSeek>);
        visit(Entry {
            path: &self.name,
            kind: EntryKind::File,
            mode: self.mode,
            size: self.content.len(),
            content: EntryContent::Seekable(&mut open),
        });
        Vec::new()
    }

    fn rewind(&mut self) -> bool {
        true
    }
}
