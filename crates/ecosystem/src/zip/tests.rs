//! Archives made for tests, and archives that lie.

use std::io::{Cursor, Write};

use flate2::{Compression, write::DeflateEncoder};
use proptest::prelude::*;

use super::{Part, directory};

/// A member to write: name, whether it is deflated, content.
pub(crate) type New<'a> = (&'a str, bool, &'a [u8]);

/// An archive as usual tools write it.
pub(crate) fn archive(members: &[New<'_>]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut central = Vec::new();
    for (name, deflated, content) in members {
        let bytes = if *deflated {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(content).unwrap();
            encoder.finish().unwrap()
        } else {
            content.to_vec()
        };
        let mut common = vec![20, 0, 0, 0, u8::from(*deflated) * 8, 0];
        common.extend_from_slice(&[0; 8]);
        common.extend_from_slice(&bytes.len().to_le_bytes()[..4]);
        common.extend_from_slice(&content.len().to_le_bytes()[..4]);
        common.extend_from_slice(&name.len().to_le_bytes()[..2]);
        common.extend_from_slice(&[0; 2]);
        central.extend_from_slice(b"PK\x01\x02\x14\0");
        central.extend_from_slice(&common);
        central.extend_from_slice(&[0; 10]);
        central.extend_from_slice(&file.len().to_le_bytes()[..4]);
        central.extend_from_slice(name.as_bytes());
        file.extend_from_slice(b"PK\x03\x04");
        file.extend_from_slice(&common);
        file.extend_from_slice(name.as_bytes());
        file.extend_from_slice(&bytes);
    }
    let start = file.len();
    file.extend_from_slice(&central);
    file.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    for count in [members.len(), members.len()] {
        file.extend_from_slice(&count.to_le_bytes()[..2]);
    }
    file.extend_from_slice(&central.len().to_le_bytes()[..4]);
    file.extend_from_slice(&start.to_le_bytes()[..4]);
    file.extend_from_slice(&[0; 2]);
    file
}

/// Each member as `name: content`, up to 100 bytes; or what is wrong.
fn read(file: &[u8]) -> Vec<String> {
    let mut content = Cursor::new(file);
    let found = match directory(&mut content, u64::MAX, &mut |_| true) {
        Ok(found) => found,
        Err(what) => return vec![format!("! {what}")],
    };
    let mut lines = Vec::new();
    for member in &found.members {
        lines.push(match member.bytes(&mut content, 100) {
            Ok(bytes) => format!("{}: {}", member.name, String::from_utf8_lossy(&bytes)),
            Err(what) => format!("! {} {what}", member.name),
        });
    }
    lines.extend(found.problem.map(|what| format!("! {what}")));
    lines
}

#[test]
fn members_are_found_whatever_surrounds_the_archive() {
    let plain = archive(&[("a", false, b"stored"), ("b", true, b"deflated")]);
    let expected = ["a: stored", "b: deflated"];
    let mut comment = plain.clone();
    let at = comment.len() - 2;
    comment[at] = 5;
    comment.extend_from_slice(b"PK\x05\x06!");
    let scripted = [b"#!/bin/sh\nexec java -jar $0\n", plain.as_slice()].concat();
    for (what, file) in [("plain", plain), ("comment", comment), ("script", scripted)] {
        assert_eq!(read(&file), expected, "{what}");
    }
}

#[test]
fn lies_are_told() {
    let plain = archive(&[("a", false, b"stored")]);
    let directory = plain.len() - 22 - 47;
    let changed = |at: usize, bytes: &[u8]| {
        let mut file = plain.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        read(&file)
    };
    let rows: [(&str, Vec<String>, &[&str]); 6] = [
        (
            "empty",
            read(b""),
            &["! not a ZIP archive: it has no end record"],
        ),
        (
            "cut",
            read(&plain[..plain.len() - 1]),
            &["! not a ZIP archive: it has no end record"],
        ),
        (
            "directory beyond the file",
            changed(plain.len() - 10, &[0xff; 3]),
            &["! the end record points outside the file"],
        ),
        (
            "header beyond the file",
            changed(directory + 42, &[0xf0; 3]),
            &["! a has no local header"],
        ),
        (
            "size beyond the file",
            changed(directory + 20, &[0xf0; 3]),
            &[
                "a: storedPK\u{1}\u{2}\u{14}\0\u{14}\0\0\0\0\0\0\0\0\0\0\0\0\0\u{fffd}\u{fffd}\u{fffd}\0",
            ],
        ),
        (
            "method",
            changed(directory + 10, &[93]),
            &["! a compression method 93 is not supported"],
        ),
    ];
    for (what, lines, expected) in rows {
        let starts = lines
            .iter()
            .zip(expected)
            .all(|(line, e)| line.starts_with(e));
        assert!(starts && lines.len() == expected.len(), "{what}: {lines:?}");
    }
}

#[test]
fn a_part_is_a_file_of_its_own() {
    let inner = archive(&[("a", false, b"stored")]);
    let mut outer = Cursor::new([b"before", inner.as_slice(), b"after"].concat());
    let mut part = Part::new(&mut outer, 6, inner.len() as u64);
    let found = directory(&mut part, u64::MAX, &mut |_| true).unwrap();
    let bytes = found.members[0].bytes(&mut part, 100).unwrap();
    assert_eq!(bytes, b"stored");
}

/// As many entries as fit, all for the same bytes, are read once and not kept.
#[test]
fn a_million_entries_are_skipped() {
    let mut file = Vec::new();
    let entry = &archive(&[("a", false, b"")])[31..31 + 47];
    for _ in 0..1_000_000 {
        file.extend_from_slice(entry);
    }
    let size = u32::try_from(file.len()).unwrap().to_le_bytes();
    file.extend_from_slice(&[b"PK\x05\x06\0\0\0\0\0\0\0\0", size.as_slice(), &[0; 6]].concat());
    let found = directory(&mut Cursor::new(&file), u64::MAX, &mut |_| false).unwrap();
    assert_eq!((found.members.len(), found.problem), (0, None));
    let found = directory(&mut Cursor::new(&file), u64::MAX, &mut |_| true).unwrap();
    assert!(found.members.len() <= 50_000 && found.problem.is_some());
}

proptest! {
    #[test]
    fn damage_is_survived(
        at in 0usize..200,
        bytes in proptest::collection::vec(any::<u8>(), 1..8),
        length in 0usize..200,
    ) {
        let mut file = archive(&[("a", false, b"stored"), ("b", true, b"deflated")]);
        for (target, byte) in file.iter_mut().skip(at).zip(bytes) {
            *target = byte;
        }
        file.truncate(length.max(22));
        prop_assert!(read(&file).len() < 10);
    }
}
