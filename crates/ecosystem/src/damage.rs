//! Gives extractors damaged copies of real files: they must return, and within limits.

use std::io::Cursor;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::listing::MAX_PACKAGES;
use crate::{Ecosystem, FileInfo, Input};

/// One way to damage a file. Numbers are taken modulo the file's length.
#[derive(Debug, Clone)]
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
        let mut runner = TestRunner::new(Config {
            cases: 128,
            failure_persistence: None,
            ..Config::default()
        });
        runner
            .run(&proptest::collection::vec(damage(), 1..5), |steps| {
                let mut bytes = sample.to_vec();
                for step in &steps {
                    apply(&mut bytes, step);
                }
                extract(ecosystem, path, &bytes);
                Ok(())
            })
            .unwrap();
    }
}

fn extract(ecosystem: &Ecosystem, path: &str, content: &[u8]) {
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o644,
    };
    let wanted: Vec<_> = ecosystem
        .extractors
        .iter()
        .filter(|e| (e.wants)(&file))
        .collect();
    assert!(
        !wanted.is_empty(),
        "{} does not want {path}",
        ecosystem.title
    );
    for extractor in wanted {
        let extracted = (extractor.extract)(&mut Input {
            file,
            content: &mut Cursor::new(content),
        });
        assert!(extracted.packages.len() <= MAX_PACKAGES);
        assert!(extracted.problems.len() <= 51, "{:?}", extracted.problems);
        for package in &extracted.packages {
            assert!(!package.name.is_empty() && !package.version.is_empty());
            assert_eq!(package.name, (ecosystem.normalize_name)(&package.name));
        }
    }
}
