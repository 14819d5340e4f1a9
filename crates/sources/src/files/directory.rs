//! A directory of this machine as a file tree; nothing outside it is ever opened.

use std::collections::HashSet;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::Arc;

use inventory::path::{self, MAX_PATH};
use inventory::section::Section;
use inventory::tree::{Entry, EntryContent, EntryKind, FileTree, ReadSeek};
use model::Problem;
use rustix::fs::{self, AtFlags, FileType, Mode, OFlags, ResolveFlags};

use super::FileBytes;

/// Problems kept of one walk.
const MAX_PROBLEMS: usize = 1000;

/// The files below a directory.
#[derive(Debug)]
pub struct DirectoryTree {
    root: OwnedFd,
    left_out: HashSet<String>,
}

impl DirectoryTree {
    pub fn open(root: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self {
            root: fs::open(root, flags, Mode::empty())?,
            left_out: HashSet::new(),
        })
    }

    /// Does not enter the directory at this path from the root.
    pub fn leave_out(&mut self, path: String) {
        self.left_out.insert(path);
    }

    /// Opens a directory of the tree without passing any symlink, even one that was put there
    /// after the directory was listed.
    fn open_directory(&self, path: &CStr) -> io::Result<OwnedFd> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        let path = if path.is_empty() { c"." } else { path };
        let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        match fs::openat2(&self.root, path, flags, Mode::empty(), resolve) {
            // Kernels before 5.6, and sandboxes that do not know the call.
            Err(rustix::io::Errno::NOSYS | rustix::io::Errno::PERM) => {
                Ok(fs::openat(&self.root, path, flags, Mode::empty())?)
            }
            other => Ok(other?),
        }
    }
}

/// A directory that is still to be read.
struct Pending {
    /// As the kernel knows it.
    raw: CString,
    /// As it is reported.
    path: String,
}

impl FileTree for DirectoryTree {
    fn walk(&mut self, visit: &mut dyn FnMut(Entry<'_>)) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut left = vec![Pending {
            raw: CString::default(),
            path: String::new(),
        }];
        while let Some(pending) = left.pop() {
            let listed = self.read(&pending, &mut left, visit, &mut problems);
            if let Err(error) = listed
                && problems.len() < MAX_PROBLEMS
            {
                let what = format!("the directory cannot be read: {error}");
                problems.push(Problem::new(pending.path, what));
            }
        }
        problems
    }

    fn rewind(&mut self) -> bool {
        true
    }
}

impl DirectoryTree {
    /// Visits the entries of one directory in the order of their names.
    fn read(
        &self,
        pending: &Pending,
        left: &mut Vec<Pending>,
        visit: &mut dyn FnMut(Entry<'_>),
        problems: &mut Vec<Problem>,
    ) -> io::Result<()> {
        let directory = self.open_directory(&pending.raw)?;
        let mut names = Vec::new();
        for entry in fs::Dir::read_from(&directory)? {
            let entry = entry?;
            let name = entry.file_name();
            if name != c"." && name != c".." {
                names.push((name.to_owned(), entry.file_type()));
            }
        }
        names.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let first = left.len();
        for (name, kind) in names {
            let full = path::join(&pending.path, &name.to_string_lossy());
            if full.len() > MAX_PATH {
                let what = format!("its path is longer than {MAX_PATH} bytes");
                problems.push(Problem::new(pending.path.as_str(), what));
                continue;
            }
            let seen = visit_one(directory.as_fd(), &name, kind, &full, visit);
            match seen {
                Ok(FileType::Directory) if !self.left_out.contains(&full) => {
                    left.push(Pending {
                        raw: join(&pending.raw, &name),
                        path: full,
                    });
                }
                // A file that vanishes while the system runs was not there.
                Err(error)
                    if error.kind() != io::ErrorKind::NotFound && problems.len() < MAX_PROBLEMS =>
                {
                    problems.push(Problem::new(full, format!("cannot be read: {error}")));
                }
                Ok(_) | Err(_) => {}
            }
        }
        if let Some(new) = left.get_mut(first..) {
            new.reverse();
        }
        Ok(())
    }
}

/// Visits one name of a directory and returns what it is.
fn visit_one(
    directory: BorrowedFd<'_>,
    name: &CStr,
    kind: FileType,
    full: &str,
    visit: &mut dyn FnMut(Entry<'_>),
) -> io::Result<FileType> {
    let mut kind = kind;
    let mut mode = 0;
    let mut size = 0;
    if matches!(kind, FileType::RegularFile | FileType::Unknown) {
        let stat = fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)?;
        kind = FileType::from_raw_mode(stat.st_mode);
        mode = stat.st_mode & 0o7777;
        size = u64::try_from(stat.st_size).unwrap_or(0);
    }
    let mut open = || open_file(directory, name);
    let mut entry = Entry {
        path: full,
        kind: EntryKind::Other,
        mode,
        size: 0,
        content: EntryContent::Empty,
    };
    match kind {
        FileType::RegularFile => {
            entry.kind = EntryKind::File;
            entry.size = size;
            entry.content = EntryContent::Seekable(&mut open);
        }
        FileType::Directory => entry.kind = EntryKind::Directory,
        FileType::Symlink => {
            let target = fs::readlinkat(directory, name, Vec::new())?;
            entry.kind = EntryKind::Symlink(target.to_string_lossy().into_owned());
        }
        _ => {}
    }
    visit(entry);
    Ok(kind)
}

fn join(directory: &CStr, name: &CStr) -> CString {
    if directory.is_empty() {
        return name.to_owned();
    }
    let joined = [directory.to_bytes(), b"/", name.to_bytes()].concat();
    CString::new(joined).unwrap_or_default()
}

/// Opens a file that has just been seen to be a regular one.
fn open_file(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<Box<dyn ReadSeek>> {
    // Should it have become a pipe, opening must not wait for a writer.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = File::from(fs::openat(directory, name, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file any more"));
    }
    let len = file.metadata()?.len();
    let window = usize::try_from(len.clamp(512, 64 << 10)).unwrap_or(512);
    Ok(Box::new(
        Section::whole(Arc::new(FileBytes::new(file)?)).reader(window),
    ))
}
