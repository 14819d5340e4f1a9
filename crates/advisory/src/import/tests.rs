//! Every container, alone and in another, whole and broken.

use std::io::{Cursor, Write};

use super::{Imported, Limits, import};
use crate::{Document, Feed, Item, precedence};
use model::{Facts, Problem};

/// Says what each document holds.
static ECHO: Feed = Feed {
    name: "echo",
    publisher: "",
    license: "",
    version: 1,
    urls: &[],
    files: &[],
    precedence: precedence::FACTS,
    parse: echo,
};

fn echo(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    match document.bytes(1 << 20) {
        Ok(bytes) if bytes.len() > 100 => emit(Item::Problem(Problem::new("end", "long"))),
        Ok(bytes) => emit(Item::Facts(Box::new(Facts {
            id: format!("{}={}", document.path, String::from_utf8_lossy(&bytes)),
            ..Facts::default()
        }))),
        Err(problem) => emit(Item::Problem(problem)),
    }
}

const SMALL: Limits = Limits {
    document_bytes: 1000,
    total_bytes: 2000,
    members: 5,
    depth: 3,
    nested_zip_bytes: 500,
    problems: 3,
};

fn run(bytes: &[u8]) -> (Vec<String>, Imported) {
    let mut lines = Vec::new();
    let imported = import(&ECHO, "f", &mut Cursor::new(bytes), &SMALL, &mut |item| {
        if let Item::Facts(facts) = item {
            lines.push(facts.id);
        }
    });
    let problems = imported.problems.iter().map(|p| format!("! {p}"));
    lines.extend(problems);
    (lines, imported)
}

fn check(what: &str, bytes: &[u8], expected: &[&str]) {
    let (lines, imported) = run(bytes);
    assert_eq!(lines, expected, "{what}");
    let broken = lines.iter().any(|line| line.starts_with('!'));
    assert_eq!(imported.complete, !broken, "{what}");
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn bz2(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zst(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 1).unwrap()
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.add_directory("d/", options).unwrap();
    for (name, bytes) in members {
        writer.start_file(*name, options).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn tar_member(kind: u8, name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut header = [0; 512];
    header[..name.len()].copy_from_slice(name.as_bytes());
    header[124..135].copy_from_slice(format!("{:011o}", bytes.len()).as_bytes());
    header[148..156].fill(b' ');
    header[156] = kind;
    header[257..263].copy_from_slice(b"ustar\0");
    let sum: u32 = header.iter().map(|&b| u32::from(b)).sum();
    header[148..155].copy_from_slice(format!("{sum:06o}\0").as_bytes());
    let mut member = header.to_vec();
    member.extend_from_slice(bytes);
    member.resize(member.len().next_multiple_of(512), 0);
    member
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = tar_member(b'5', "d/", b"");
    for (name, bytes) in members {
        archive.extend(tar_member(b'0', name, bytes));
    }
    archive.resize(archive.len() + 1024, 0);
    archive
}

/// `printf 'hello xz\n' | xz -9`
const XZ: &[u8] = &[
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01,
    0x1c, 0x00, 0x00, 0x00, 0x10, 0xcf, 0x58, 0xcc, 0x01, 0x00, 0x08, 0x68, 0x65, 0x6c, 0x6c, 0x6f,
    0x20, 0x78, 0x7a, 0x0a, 0x00, 0x00, 0x00, 0x00, 0xc1, 0x49, 0x3a, 0xfa, 0x63, 0x52, 0x14, 0x5a,
    0x00, 0x01, 0x21, 0x09, 0x6c, 0x18, 0xc5, 0xd5, 0x1f, 0xb6, 0xf3, 0x7d, 0x01, 0x00, 0x00, 0x00,
    0x00, 0x04, 0x59, 0x5a,
];

#[test]
fn every_container_is_opened() {
    check("plain", b"x", &["f=x"]);
    check("gzip", &gz(b"x"), &["f=x"]);
    check(
        "two gzip members",
        &[gz(b"x"), gz(b"y")].concat(),
        &["f=xy"],
    );
    check("zstd", &zst(b"x"), &["f=x"]);
    check(
        "two zstd frames",
        &[zst(b"x"), zst(b"y")].concat(),
        &["f=xy"],
    );
    check("bzip2", &bz2(b"x"), &["f=x"]);
    check("xz", XZ, &["f=hello xz\n"]);
    check(
        "zip",
        &zip(&[("a", b"x"), ("d/b", b"y")]),
        &["f!/a=x", "f!/d/b=y"],
    );
    check("empty zip", &zip(&[]), &[]);
    check(
        "tar",
        &tar(&[("./a", b"x"), ("d/b", b"y")]),
        &["f!/a=x", "f!/d/b=y"],
    );
    check("tar in gzip", &gz(&tar(&[("a", b"x")])), &["f!/a=x"]);
    check(
        "gzip in zip",
        &zip(&[("a.gz", &gz(b"x")), ("b", XZ)]),
        &["f!/a.gz=x", "f!/b=hello xz\n"],
    );
    check(
        "zip in tar in zstd",
        &zst(&tar(&[("z", &zip(&[("a", b"x")])), ("b", b"y")])),
        &["f!/z!/a=x", "f!/b=y"],
    );
}

#[test]
fn long_names_of_both_kinds_are_read() {
    let mut archive = tar_member(b'L', "././@LongLink", b"gnu/name\0");
    archive.extend(tar_member(b'0', "short", b"x"));
    archive.extend(tar_member(
        b'g',
        "pax_global_header",
        b"19 comment=0123456\n",
    ));
    archive.extend(tar_member(b'x', "PaxHeaders/a", b"17 path=pax/name\n"));
    archive.extend(tar_member(b'0', "short", b"y"));
    archive.extend(tar_member(b'2', "link", b""));
    archive.extend(tar_member(b'0', "plain", b"z"));
    archive.resize(archive.len() + 512, 0);
    check(
        "one block at the end",
        &archive,
        &["f!/gnu/name=x", "f!/pax/name=y", "f!/plain=z"],
    );
}

#[test]
fn broken_containers_lose_only_what_is_broken() {
    let packed = gz(b"some text that is long enough");
    let cut = packed.get(..packed.len() - 6).unwrap();
    check(
        "checksum cut off",
        cut,
        &["! f: cannot be read: unexpected end of file"],
    );
    let archive = tar(&[("a", b"x"), ("b", b"yy")]);
    check(
        "tar cut in a member",
        &archive[..=512 * 4],
        &[
            "f!/a=x",
            "! f!/b: cannot be read: unexpected end of file",
            "! f: cannot be read: unexpected end of file",
        ],
    );
    check(
        "tar without an end marker",
        &archive[..512 * 5],
        &[
            "f!/a=x",
            "f!/b=yy",
            "! f: cannot be read: unexpected end of file",
        ],
    );
    check(
        "tar cut in a header",
        &archive[..512 * 3 + 9],
        &["f!/a=x", "! f: cannot be read: unexpected end of file"],
    );
    let mut wrong = archive.clone();
    wrong[512 * 3] ^= 1;
    check(
        "wrong checksum",
        &wrong,
        &[
            "f!/a=x",
            "! f: cannot be read: tar header with a wrong checksum",
        ],
    );
    check(
        "member cut",
        &zip(&[("a", cut), ("b", b"y")]),
        &["f!/b=y", "! f!/a: cannot be read: unexpected end of file"],
    );
    check("empty", b"", &["f=", "! f: cannot be read: it is empty"]);
    let whole = zip(&[("a", b"x")]);
    let (lines, imported) = run(&whole[..whole.len() - 4]);
    assert_eq!((lines.len(), imported.complete), (1, false), "{lines:?}");
}

#[test]
fn bombs_end_at_the_limits() {
    let bomb = gz(&vec![b' '; 1 << 20]);
    check(
        "large document",
        &bomb,
        &["! f: cannot be read: larger than the limit"],
    );
    check(
        "then another",
        &zip(&[("a", &bomb), ("b", b"y")]),
        &["f!/b=y", "! f!/a: cannot be read: larger than the limit"],
    );
    let members: Vec<_> = (0..5).map(|_| ("a", [b' '; 900])).collect();
    let members: Vec<_> = members
        .iter()
        .map(|(name, b)| (*name, b.as_slice()))
        .collect();
    let (lines, imported) = run(&tar(&members));
    assert!(!imported.complete && imported.bytes <= 2000, "{lines:?}");
    check(
        "too many members",
        &zip(&["a", "b", "c", "d", "e"].map(|name| (name, b"x".as_slice()))),
        &["! f: cannot be read: too many members"],
    );
    let deep = gz(&gz(&gz(&gz(b"x"))));
    check(
        "too deep",
        &deep,
        &["! f: cannot be read: containers nested too deep"],
    );
    let inner = zip(&[("a", &[b'x'; 90]), ("b", b"")]);
    let inner = [inner, vec![0; 600]].concat();
    check(
        "large zip inside",
        &tar(&[("z", &inner)]),
        &["! f!/z: cannot be read: zip inside an archive is too large"],
    );
}

#[test]
fn problems_are_counted_but_not_all_kept() {
    let (lines, imported) = run(&zip(
        &["a", "b", "c", "d"].map(|name| (name, [b'x'; 101].as_slice()))
    ));
    assert_eq!((lines.len(), imported.problem_count), (3, 4));
    assert_eq!(lines[0], "! f!/a: end: long");
}
