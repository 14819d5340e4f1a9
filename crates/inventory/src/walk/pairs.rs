//! Holds databases and their logs until both are there, to read them together.

use ecosystem::{FileInfo, Input, PAIRS, Pair};

use crate::scan::ScannedFile;
use crate::tree::ReadSeek;

use super::content::scanned;

/// One of two files.
pub(super) struct Half {
    content: Box<dyn ReadSeek>,
    path: String,
    size: u64,
    mode: u32,
    /// Where the recorder keeps what was read of it alone.
    kept: Option<usize>,
}

impl Half {
    pub(super) fn new(
        file: &FileInfo<'_>,
        content: Box<dyn ReadSeek>,
        kept: Option<usize>,
    ) -> Self {
        Self {
            content,
            path: file.path.to_owned(),
            size: file.size,
            mode: file.mode,
            kept,
        }
    }
}

/// Which half of which pair a file is.
#[derive(Clone, Copy)]
pub(super) enum Role {
    Database(&'static Pair),
    Log(&'static Pair),
}

impl Role {
    /// The role of a file, by its name.
    pub(super) fn of(file: &FileInfo<'_>) -> Option<Self> {
        PAIRS.iter().find_map(|pair| {
            if (pair.wants)(file) {
                return Some(Self::Database(pair));
            }
            let database = FileInfo {
                path: file.path.strip_suffix(pair.suffix)?,
                ..*file
            };
            (pair.wants)(&database).then_some(Self::Log(pair))
        })
    }
}

/// A pair at one place.
struct Place {
    pair: &'static Pair,
    database_path: String,
    database: Option<Half>,
    log: Option<Half>,
}

/// What both files say, and where what they said alone is kept.
pub(super) struct Joined {
    pub(super) file: Option<ScannedFile>,
    pub(super) path: String,
    pub(super) database: Option<usize>,
    pub(super) log: Option<usize>,
}

/// The pairs of one tree: as many as there are places for them.
#[derive(Default)]
pub(super) struct Pairs(Vec<Place>);

impl Pairs {
    /// Takes one half; what both say if the other is there.
    pub(super) fn join(&mut self, role: Role, half: Half) -> Option<Joined> {
        let (pair, database_path) = match role {
            Role::Database(pair) => (pair, half.path.as_str()),
            Role::Log(pair) => (pair, half.path.strip_suffix(pair.suffix)?),
        };
        let known = self
            .0
            .iter()
            .position(|place| place.database_path == database_path);
        let index = known.unwrap_or_else(|| {
            self.0.push(Place {
                pair,
                database_path: database_path.to_owned(),
                database: None,
                log: None,
            });
            self.0.len() - 1
        });
        let place = self.0.get_mut(index)?;
        match role {
            Role::Database(_) => place.database = Some(half),
            Role::Log(_) => place.log = Some(half),
        }
        let (Some(database), Some(log)) = (&mut place.database, &mut place.log) else {
            return None;
        };
        let file = FileInfo {
            path: &database.path,
            size: database.size,
            mode: database.mode,
        };
        let mut input = Input {
            file,
            content: &mut &mut *database.content,
        };
        let extracted = (place.pair.extract)(&mut input, &mut &mut *log.content);
        let is_empty = extracted.packages.is_empty() && extracted.owned.is_empty();
        let hides_content = is_empty && !extracted.problems.is_empty();
        Some(Joined {
            file: scanned(&database.path, extracted, hides_content),
            path: database.path.clone(),
            database: database.kept,
            log: log.kept,
        })
    }
}
