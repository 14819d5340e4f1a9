//! The starter database, which comes inside the program so that the first run works offline.

use std::fs;
use std::path::Path;

use advisory::database::Database;
use anyhow::{Context as _, Result, ensure};
use sources::{generations, mapped::Mapped, packed};

/// Facts from the feeds that `starter/README.md` names, packed with zstd.
static PACKED: &[u8] = include_bytes!("../starter/advisories.lkdb.zst");
/// The digest of the unpacked database.
static DIGEST: &str = include_str!("../starter/advisories.digest");

/// Opens the starter, after unpacking it into the data directory if that was not done before.
pub(crate) fn open(data_dir: &Path) -> Result<Database<Mapped>> {
    let digest = DIGEST.trim();
    let directory = data_dir.join("starter");
    let path = directory.join(format!("{digest}.{}", generations::EXTENSION));
    if path.is_file() {
        match generations::open(&path) {
            Ok(database) if database.digest() == digest => return Ok(database),
            // It is damaged, so it is unpacked again.
            _ => {}
        }
    }
    let bytes = packed::unpack(PACKED).context("unpack the starter database")?;
    let unpacked = Database::open(bytes.as_slice()).context("open the starter database")?;
    ensure!(
        unpacked.digest() == digest,
        "the starter database is not the one that its digest names"
    );
    unpacked.verify().context("verify the starter database")?;
    if generations::write_atomically(&path, &bytes).is_ok() {
        remove_others(&directory, &path);
        return Ok(generations::open(&path)?);
    }
    // Nothing can be kept (a read-only system), so it is unpacked each time.
    let file = tempfile::NamedTempFile::new().context("unpack the starter database")?;
    fs::write(file.path(), &bytes).context("unpack the starter database")?;
    Ok(generations::open(file.path())?)
}

/// Removes the starters of other versions of the program.
fn remove_others(directory: &Path, keep: &Path) {
    for entry in fs::read_dir(directory).into_iter().flatten().flatten() {
        if entry.path() != keep {
            // It only takes room.
            drop(fs::remove_file(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use advisory::database::FeedState;

    use super::{DIGEST, open};

    #[test]
    fn the_starter_is_whole_and_its_publishers_are_named() {
        let data = tempfile::tempdir().unwrap();
        let database = open(data.path()).unwrap();
        database.verify().unwrap();
        let notice = include_str!("../../../NOTICE");
        let feeds = database.feeds();
        assert!(feeds.len() > 15, "{}", feeds.len());
        for feed in &feeds {
            assert_eq!(feed.state, FeedState::Ok, "{}", feed.name);
            let line = format!("- {}: {}", feed.publisher, feed.license);
            assert!(notice.contains(&line), "NOTICE does not say {line:?}");
        }
        // Facts only: no publisher's words.
        for number in 0..database.vulnerability_count() {
            let record = database.vulnerability(number).unwrap();
            assert_eq!(
                (record.title, record.details),
                (None, None),
                "{}",
                record.id
            );
        }
    }

    #[test]
    fn a_damaged_copy_is_unpacked_again() {
        let data = tempfile::tempdir().unwrap();
        drop(open(data.path()).unwrap());
        let directory = data.path().join("starter");
        let path = directory.join(format!("{}.lkdb", DIGEST.trim()));
        fs::write(&path, b"cut").unwrap();
        fs::write(directory.join("old.lkdb"), b"older").unwrap();
        open(data.path()).unwrap().verify().unwrap();
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        let missing = data.path().join("starter/file");
        fs::write(&missing, b"").unwrap();
        // A data directory that cannot be written to.
        open(&missing).unwrap().verify().unwrap();
    }
}
