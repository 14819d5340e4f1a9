//! Gives extractors damaged copies of real files: they must return, and within limits.

use std::io::Cursor;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::listing::MAX_PACKAGES;
use crate::{ECOSYSTEMS, Ecosystem, Extractor, FileInfo, Input, SYSTEM_EXTRACTORS};

mod samples;

/// One way to damage a file. Numbers are taken modulo the file's length.
#[derive(Debug, Clone, PartialEq)]
enum Damage {
    Truncate(usize),
    Set(usize, u8),
    Insert(usize, Vec<u8>),
    Remove(usize, usize),
    /// Copies a piece to another place.
    Copy(usize, usize, usize),
    /// Writes a short text many times: deep nesting, long lines.
    Repeat(usize, &'static str, usize),
}

/// What the formats are made of, so that damage is met beyond the first byte.
const PIECES: [&str; 14] = [
    "[",
    "{\"a\":",
    "[{\"name\":",
    "\"",
    ",",
    ":",
    "\n",
    "\n  ",
    "@",
    "/",
    "\\",
    "{",
    "\u{feff}",
    "a.",
];

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<usize>;
    prop_oneof![
        at().prop_map(Damage::Truncate),
        (at(), any::<u8>()).prop_map(|(at, byte)| Damage::Set(at, byte)),
        (at(), proptest::collection::vec(any::<u8>(), 1..8))
            .prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        (at(), 1..200_usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        (at(), at(), 1..400_usize).prop_map(|(from, to, length)| Damage::Copy(from, to, length)),
        (at(), proptest::sample::select(&PIECES[..]), 1..3000_usize)
            .prop_map(|(at, piece, times)| Damage::Repeat(at, piece, times)),
    ]
}

fn apply(bytes: &mut Vec<u8>, damage: &Damage) {
    let place = |at: usize| at % (bytes.len() + 1);
    match damage {
        Damage::Truncate(at) => bytes.truncate(place(*at)),
        Damage::Set(at, byte) => {
            let at = place(*at);
            if let Some(old) = bytes.get_mut(at) {
                *old = *byte;
            }
        }
        Damage::Insert(at, new) => {
            let at = place(*at);
            bytes.splice(at..at, new.iter().copied());
        }
        Damage::Remove(at, length) => {
            let at = place(*at);
            let end = (at + length).min(bytes.len());
            bytes.drain(at..end);
        }
        Damage::Copy(from, to, length) => {
            let (from, to) = (place(*from), place(*to));
            let piece = bytes[from..(from + length).min(bytes.len())].to_vec();
            bytes.splice(to..to, piece);
        }
        Damage::Repeat(at, piece, times) => {
            let at = place(*at);
            bytes.splice(at..at, piece.repeat(*times).into_bytes());
        }
    }
}

/// Damages each sample, a path with its content, up to four times in each of many cases.
pub(crate) fn check_damaged(ecosystem: &Ecosystem, samples: &[(&str, &[u8])]) {
    for (path, sample) in samples {
        let (file, wanted) = wanted(ecosystem.extractors, path, sample);
        assert!(
            !wanted.is_empty(),
            "{} does not want {path}",
            ecosystem.title
        );
        check(&wanted, file.path, sample, 128);
    }
}

/// Damages the content of one row of a table in a few cases.
pub(crate) fn check_row(extractors: &[Extractor], path: &str, content: &[u8]) {
    // What is large is given many cases elsewhere.
    if content.len() < 100_000 {
        check(&wanted(extractors, path, content).1, path, content, 16);
    }
}

fn wanted<'a, 'b>(
    extractors: &'a [Extractor],
    path: &'b str,
    content: &[u8],
) -> (FileInfo<'b>, Vec<&'a Extractor>) {
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o755,
    };
    (
        file,
        extractors.iter().filter(|e| (e.wants)(&file)).collect(),
    )
}

/// Gives damaged content to extractors; a longer run by `PROPTEST_CASES` has its part of cases,
/// of which there are 256 if it is not set.
fn check(extractors: &[&Extractor], path: &str, content: &[u8], cases: u32) {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let mut runner = TestRunner::new(Config {
        cases: config.cases.saturating_mul(cases) / 256,
        ..config
    });
    let result = runner.run(&proptest::collection::vec(damage(), 1..5), |steps| {
        let mut bytes = content.to_vec();
        for step in &steps {
            apply(&mut bytes, step);
        }
        for extractor in extractors {
            extract(extractor, path, &bytes);
        }
        Ok(())
    });
    assert_eq!(result, Ok(()), "{path}");
}

/// What an extractor found, which must be within the limits of any file.
fn extract(extractor: &Extractor, path: &str, content: &[u8]) -> usize {
    if !extractor.magic.is_empty() && !extractor.magic.iter().any(|m| content.starts_with(m)) {
        return 0;
    }
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o755,
    };
    let extracted = (extractor.extract)(&mut Input {
        file,
        content: &mut Cursor::new(content),
    });
    assert!(extracted.packages.len() <= MAX_PACKAGES);
    assert!(extracted.problems.len() <= 101, "{path}");
    for package in &extracted.packages {
        assert!(!package.name.is_empty() && !package.version.is_empty());
        let ecosystem = crate::by_purl_type(package.purl_type.as_str());
        let normal = ecosystem.map(|e| (e.normalize_name)(&package.name));
        assert_eq!(normal.as_ref(), Some(&package.name), "{path}");
    }
    let os = usize::from(extracted.os.is_some());
    extracted.packages.len() + extracted.owned.len() + extracted.problems.len() + os
}

#[test]
fn every_extractor_survives_damage() {
    let samples = samples::samples();
    let extractors = ECOSYSTEMS.iter().flat_map(|e| e.extractors);
    for extractor in extractors.chain(SYSTEM_EXTRACTORS) {
        let mut own = samples.iter().filter(|s| s.0 == extractor.name).peekable();
        assert!(own.peek().is_some(), "{extractor:?} needs a sample");
        for (name, path, content) in own {
            let (file, wanted) = wanted(std::slice::from_ref(extractor), path, content);
            assert_eq!(wanted.len(), 1, "{name} does not want {}", file.path);
            assert!(extract(extractor, path, content) > 0, "{name}: {path}");
            check(&wanted, path, content, 128);
        }
    }
}
