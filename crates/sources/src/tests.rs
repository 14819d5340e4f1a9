//! Databases are built from real feeds, installed whole, and kept when a feed fails.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use advisory::Limits;
use advisory::database::{BuildOptions, FeedState};
use model::{CandidateSource as _, Timestamp};

use crate::generations::{GenerationError, Generations, open};
use crate::mirror::{Built, Installed, MirrorError, Request, build};

const OPTIONS: BuildOptions = BuildOptions {
    prose: false,
    only_referenced: true,
    built: Timestamp::UNIX_EPOCH,
};

static SCRATCH: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());
static NO_TROUBLE: BTreeMap<String, String> = BTreeMap::new();

fn request() -> Request<'static> {
    Request {
        options: OPTIONS,
        limits: Limits::DEFAULT,
        feeds: &[],
        exclude: &[],
        trouble: &NO_TROUBLE,
        before: &[],
        threads: 2,
        scratch: SCRATCH.path(),
    }
}

fn feeds() -> Option<PathBuf> {
    #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
    let named = std::env::var("LYNKEUS_FEEDS").ok().map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds");
    let root = named.unwrap_or(beside);
    if root.is_dir() {
        return Some(root);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "no feeds at {}",
        root.display()
    );
    println!("skipped: no feeds at {}", root.display());
    None
}

/// A mirror that holds some files of the real feeds.
fn mirror(feeds: &Path, files: &[&str]) -> tempfile::TempDir {
    let mirror = tempfile::tempdir().unwrap();
    for file in files {
        let target = mirror.path().join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(feeds.join(file), target).unwrap();
    }
    mirror
}

fn build_from(mirror: &Path, request: &Request<'_>) -> Built {
    build(mirror, request, &mut |_| {}).unwrap()
}

#[test]
fn a_mirror_becomes_the_current_generation() {
    let Some(feeds) = feeds() else { return };
    let mirror = mirror(&feeds, &["osv/crates.io/all.zip", "osv/Julia/all.zip"]);
    let built = build_from(mirror.path(), &request());
    let alone = build_from(
        mirror.path(),
        &Request {
            threads: 1,
            ..request()
        },
    );
    assert!(
        built.bytes.as_ref() == alone.bytes.as_ref(),
        "the order of reading shows"
    );
    let data = tempfile::tempdir().unwrap();
    let generations = Generations::new(data.path().join("db"));
    assert!(generations.current().unwrap().is_none());
    let installed = built.install(&generations, false).unwrap();
    let Installed::Current(path) = installed else {
        panic!("{installed:?}")
    };
    let database = generations.current().unwrap().unwrap();
    database.verify().unwrap();
    assert_eq!(
        path.file_name().unwrap().to_string_lossy(),
        format!("{}.lkdb", database.digest())
    );
    let rustsec = database
        .feeds()
        .into_iter()
        .find(|f| f.name == "rustsec")
        .unwrap();
    assert_eq!(rustsec.records, 1206);
    let mut candidates = 0;
    database.candidates("crates.io", "time", &|| None, &mut |_| candidates += 1);
    assert_ne!(candidates, 0);
    assert!(database.find("RUSTSEC-2020-0071").is_some());
}

#[test]
fn a_failed_feed_leaves_the_old_generation_in_place() {
    let Some(feeds) = feeds() else { return };
    let whole = mirror(&feeds, &["osv/crates.io/all.zip", "osv/CRAN/all.zip"]);
    let data = tempfile::tempdir().unwrap();
    let generations = Generations::new(data.path());
    let first = build_from(whole.path(), &request());
    first.install(&generations, false).unwrap();
    let before = generations.current().unwrap().unwrap();

    let check = |mirror: &Path, place: &str| {
        let feeds = before.feeds();
        let built = build_from(
            mirror,
            &Request {
                before: &feeds,
                ..request()
            },
        );
        let failed: Vec<String> = built.failures().map(|f| f.name.clone()).collect();
        assert!(!failed.is_empty(), "{place}");
        let installed = built.install(&generations, false).unwrap();
        assert!(matches!(installed, Installed::Kept(_)), "{place}");
        let current = generations.current().unwrap().unwrap();
        assert_eq!(current.digest(), before.digest(), "{place}");
        let attempt = generations.last_attempt().unwrap().unwrap();
        assert!(
            attempt
                .feeds()
                .iter()
                .any(|f| matches!(f.state, FeedState::Failed(_))),
            "{place}"
        );
        built
    };

    let missing = mirror(&feeds, &["osv/crates.io/all.zip"]);
    check(missing.path(), "missing");

    let archive = whole.path().join("osv/CRAN/all.zip");
    let bytes = fs::read(&archive).unwrap();
    fs::write(&archive, &bytes[..bytes.len() / 2]).unwrap();
    let partial = check(whole.path(), "cut");

    let installed = partial.install(&generations, true).unwrap();
    assert!(matches!(installed, Installed::Current(_)));
    let current = generations.current().unwrap().unwrap();
    let failed = |f: &&_| matches!(f, FeedState::Failed(_));
    assert!(current.feeds().iter().map(|f| &f.state).any(|s| failed(&s)));
    assert!(generations.last_attempt().unwrap().is_none());
}

/// One of several files of a feed, whose records are less than half.
#[test]
fn an_empty_answer_is_not_a_feed_without_advisories() {
    let Some(feeds) = feeds() else { return };
    let files = ["npm", "Maven", "NuGet"].map(|name| format!("osv-samples-ghsa/{name}/all.zip"));
    let whole = mirror(&feeds, &files.each_ref().map(String::as_str));
    let first = build_from(whole.path(), &request());
    assert_eq!(first.failures().count(), 0);
    for answer in ["{}", "[]", "<html></html>"] {
        fs::write(whole.path().join(&files[2]), answer).unwrap();
        let built = build_from(
            whole.path(),
            &Request {
                before: &first.statuses,
                ..request()
            },
        );
        let failed: Vec<_> = built.failures().map(|f| f.name.as_str()).collect();
        assert_eq!(failed, ["ghsa"], "{answer}");
    }
}

#[test]
fn what_is_excluded_is_not_read() {
    let Some(feeds) = feeds() else { return };
    let mirror = mirror(&feeds, &["osv/Julia/all.zip", "osv/CRAN/all.zip"]);
    let out = ["osv/CRAN".to_owned(), "osv/Jul".to_owned()];
    let built = build_from(
        mirror.path(),
        &Request {
            exclude: &out,
            ..request()
        },
    );
    let names: Vec<_> = built.statuses.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["julia"]);
}

#[test]
fn older_copies_are_told_from_new_ones() {
    let Some(feeds) = feeds() else { return };
    let mirror = mirror(&feeds, &["osv/Julia/all.zip", "osv/CRAN/all.zip"]);
    let trouble: BTreeMap<String, String> = [("r", "503"), ("kev", "cut off")]
        .map(|(feed, reason)| (feed.to_owned(), reason.to_owned()))
        .into();
    let built = build_from(
        mirror.path(),
        &Request {
            trouble: &trouble,
            ..request()
        },
    );
    let database = advisory::database::Database::open(built.bytes.as_ref()).unwrap();
    for (name, expected) in [
        ("julia", FeedState::Ok),
        ("r", FeedState::Stale),
        ("kev", FeedState::Failed("cut off".to_owned())),
    ] {
        let feeds = database.feeds();
        let found = feeds.iter().find(|feed| feed.name == name).unwrap();
        assert_eq!(found.state, expected, "{name}");
        assert!(built.statuses.contains(found), "{name}");
    }
    let data = tempfile::tempdir().unwrap();
    let generations = Generations::new(data.path());
    crate::mirror::note_failures(&generations, OPTIONS, &trouble).unwrap();
    let noted = generations.last_attempt().unwrap().unwrap().feeds();
    assert_eq!(noted.len(), 2);
    assert!(generations.current().unwrap().is_none());
}

#[test]
fn two_generations_stay() {
    let data = tempfile::tempdir().unwrap();
    let generations = Generations::new(data.path());
    let at = |second| {
        let options = BuildOptions {
            built: Timestamp::from_second(second).unwrap(),
            ..OPTIONS
        };
        advisory::database::Builder::new(options).finish().unwrap()
    };
    let paths: Vec<PathBuf> = (1..4)
        .map(|second| generations.install(&at(second)).unwrap())
        .collect();
    assert_eq!(
        generations.list().unwrap(),
        [paths[2].clone(), paths[1].clone()]
    );
    assert_eq!(generations.current_path().unwrap(), Some(paths[2].clone()));
}

#[test]
fn a_damaged_database_is_not_installed_and_a_damaged_pointer_is_told() {
    let data = tempfile::tempdir().unwrap();
    let generations = Generations::new(data.path());
    let mut bytes = advisory::database::Builder::new(OPTIONS).finish().unwrap();
    let path = generations.install(&bytes).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let error = generations.install(&bytes).unwrap_err();
    assert!(matches!(error, GenerationError::Format { .. }), "{error}");
    fs::write(data.path().join("current"), "../../etc/passwd").unwrap();
    let error = generations.current().unwrap_err();
    assert!(matches!(error, GenerationError::Pointer { .. }), "{error}");
    fs::write(&path, b"").unwrap();
    let error = open(&path).unwrap_err();
    assert!(error.to_string().contains("cannot"), "{error}");
}

#[test]
fn a_directory_without_feeds_is_no_mirror() {
    let empty = tempfile::tempdir().unwrap();
    let error = build(empty.path(), &request(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, MirrorError::Empty { .. }), "{error}");
}
