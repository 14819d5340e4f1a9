//! The data directory's databases: each generation a file named by its digest, one of them current.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use advisory::database::{Database, FormatError};
use model::Timestamp;
use thiserror::Error;

use crate::mapped::Mapped;

/// Extension of database files.
pub const EXTENSION: &str = "lkdb";
/// Names the current generation's digest.
const CURRENT: &str = "current";
/// When the current generation was last found to be what its feeds still say.
const CHECKED: &str = "checked";
/// Feed statuses of the last attempt that did not become a generation.
const ATTEMPT: &str = "last-attempt.lkdb";

/// Why a database could not be opened or kept.
#[derive(Debug, Error)]
pub enum GenerationError {
    #[error("cannot read or write {path}")]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{path} cannot be used")]
    Format {
        path: PathBuf,
        #[source]
        source: FormatError,
    },
    #[error("{path} does not name a generation")]
    Pointer { path: PathBuf },
}

/// That a database is what its feeds say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub time: Timestamp,
    /// Version of the program that compiled it.
    pub program: String,
}

/// The digest of a generation, by which its file is named.
fn digest_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default();
    stem.to_string_lossy().into_owned()
}

/// A directory of databases.
#[derive(Debug, Clone)]
pub struct Generations {
    directory: PathBuf,
}

impl Generations {
    /// The databases in a directory, which is made when the first one is installed.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self {
            directory: directory.into(),
        }
    }

    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The current database; none if nothing was ever installed.
    pub fn current(&self) -> Result<Option<Database<Mapped>>, GenerationError> {
        match self.current_path()? {
            Some(path) => open(&path).map(Some),
            None => Ok(None),
        }
    }

    /// The file of the current database.
    pub fn current_path(&self) -> Result<Option<PathBuf>, GenerationError> {
        let path = self.directory.join(CURRENT);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let digest = text.trim();
                let valid = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
                if valid {
                    Ok(Some(self.file(digest)))
                } else {
                    Err(GenerationError::Pointer { path })
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(GenerationError::Io { path, source }),
        }
    }

    /// Every generation that is still there, the newest built first, by file.
    pub fn list(&self) -> Result<Vec<PathBuf>, GenerationError> {
        let at = |source| GenerationError::Io {
            path: self.directory.clone(),
            source,
        };
        let entries = match fs::read_dir(&self.directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(at(source)),
        };
        let mut found = Vec::new();
        for entry in entries {
            let path = entry.map_err(at)?.path();
            let generation = path.extension().is_some_and(|e| e == EXTENSION)
                && path.file_name().is_some_and(|name| name != ATTEMPT);
            if generation && let Ok(database) = open(&path) {
                found.push((database.built(), path));
            }
        }
        found.sort_by(|a, b| b.cmp(a));
        Ok(found.into_iter().map(|(_, path)| path).collect())
    }

    /// Makes a database the current one. It is verified, written completely and synced before
    /// its name appears, so a crash at any point leaves the old or the new one, never a part.
    ///
    /// The generation before stays for comparison; older ones are removed.
    pub fn install(&self, bytes: &[u8]) -> Result<PathBuf, GenerationError> {
        let target = self.store(bytes)?;
        let before = self.current_path().unwrap_or_default();
        let digest = digest_of(&target);
        self.write(CURRENT, format!("{digest}\n").as_bytes())?;
        for old in self.list()? {
            if old != target && Some(&old) != before.as_ref() {
                // A leftover file only takes room; the next installation tries again.
                drop(fs::remove_file(&old));
            }
        }
        drop(fs::remove_file(self.directory.join(ATTEMPT)));
        Ok(target)
    }

    /// Notes that the feeds still are what the current database was compiled from, `program` being
    /// the version of the program that compiled it.
    pub fn note_checked(&self, time: Timestamp, program: &str) -> Result<(), GenerationError> {
        if let Some(path) = self.current_path()? {
            let digest = digest_of(&path);
            self.write(CHECKED, format!("{digest} {time} {program}\n").as_bytes())?;
            drop(fs::remove_file(self.directory.join(ATTEMPT)));
        }
        Ok(())
    }

    /// When it was last noted that the database with this digest is what its feeds say, and the
    /// version of the program; none if that is not known of it.
    pub fn checked(&self, digest: &str) -> Result<Option<Checked>, GenerationError> {
        let path = self.directory.join(CHECKED);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(GenerationError::Io { path, source }),
        };
        let mut words = text.split_whitespace();
        if words.next() != Some(digest) {
            return Ok(None);
        }
        Ok(words
            .next()
            .and_then(|time| time.parse().ok())
            .zip(words.next())
            .map(|(time, program)| Checked {
                time,
                program: program.to_owned(),
            }))
    }

    /// Keeps what a failed attempt says of its feeds; the current database stays.
    ///
    /// `bytes` is a database without records ([`crate::mirror::Built::statuses_only`]).
    pub fn note_attempt(&self, bytes: &[u8]) -> Result<(), GenerationError> {
        self.write(ATTEMPT, bytes)
    }

    /// The last attempt since the current database was installed that failed: its time and feeds
    /// are of interest.
    pub fn last_attempt(&self) -> Result<Option<Database<Mapped>>, GenerationError> {
        let path = self.directory.join(ATTEMPT);
        if path.exists() {
            open(&path).map(Some)
        } else {
            Ok(None)
        }
    }

    fn store(&self, bytes: &[u8]) -> Result<PathBuf, GenerationError> {
        let checked = Database::open(bytes).and_then(|database| {
            database.verify()?;
            Ok(database.digest())
        });
        let digest = checked.map_err(|source| GenerationError::Format {
            path: self.directory.join("new database"),
            source,
        })?;
        let target = self.file(&digest);
        // A file of this name is only trusted if it is whole.
        let whole = open(&target).is_ok_and(|database| database.verify().is_ok());
        if !whole {
            self.write(&format!("{digest}.{EXTENSION}"), bytes)?;
        }
        Ok(target)
    }

    fn file(&self, digest: &str) -> PathBuf {
        self.directory.join(format!("{digest}.{EXTENSION}"))
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), GenerationError> {
        let target = self.directory.join(name);
        write_atomically(&target, bytes).map_err(|source| GenerationError::Io {
            path: target,
            source,
        })
    }
}

/// Opens and maps the database in a file.
pub fn open(path: &Path) -> Result<Database<Mapped>, GenerationError> {
    let mapped = Mapped::open(path).map_err(|source| GenerationError::Io {
        path: path.to_owned(),
        source,
    })?;
    Database::open(mapped).map_err(|source| GenerationError::Format {
        path: path.to_owned(),
        source,
    })
}

/// Writes a file under another name, syncs it, gives it its name and syncs the directory.
pub fn write_atomically(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(directory)?;
    file.write_all(bytes)?;
    // Databases hold nothing secret and other users of the host may scan with them.
    #[cfg(unix)]
    file.as_file()
        .set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.as_file().sync_all()?;
    file.persist(target).map_err(|error| error.error)?;
    File::open(directory)?.sync_all()
}
