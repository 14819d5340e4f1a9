//! rpm's databases, made by rpm itself, against `rpm --query`.
#![expect(clippy::unwrap_used, reason = "tests and what they call")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use lynkeus_ecosystem::Extracted;
use lynkeus_ecosystem::rpm::RPM;

use crate::extraction::extract;
use crate::tree::{cached, output};

/// A header larger than a page with many files, two packages of one build, an epoch, a module,
/// a licence expression, names that are not ASCII; then many small packages.
const SPEC: &str = "\
Name: alpha
Epoch: 2
Version: 1.2.3
Release: 4.el9
Summary: Large
License: MIT AND (GPL-2.0-only OR BSD-3-Clause)
Vendor: Example Vendor
BuildArch: noarch
ModularityLabel: alpha:18:8080020230001:abcdef:x86_64
%description
Large.
%package devel
Summary: Small
%description devel
Small.
%install
mkdir -p %{buildroot}/usr/share/alpha/many '%{buildroot}/usr/share/alpha/with space'
for i in $(seq 1 600); do
  : > %{buildroot}/usr/share/alpha/many/a-file-with-a-rather-long-name-$i.txt
done
: > '%{buildroot}/usr/share/alpha/with space/\u{e9}.txt'
ln -s many %{buildroot}/usr/share/alpha/link
mkdir -p %{buildroot}/usr/include
: > %{buildroot}/usr/include/alpha.h
%files
/usr/share/alpha
%files devel
/usr/include/alpha.h
%ghost /var/log/alpha.log
";

const SMALL: &str = "\
Name: beta-0
Version: 1~rc1^git
Release: 0.1
Summary: Small
License: MIT
BuildArch: noarch
%description
Small.
%files
";

const PACKAGES: &str = "%{NAME}\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\t%{ARCH}\t%{LICENSE}\t\
    %{VENDOR}\t%{SOURCERPM}\t%{MODULARITYLABEL}\n";
const FILES: &str = "[%{=NAME}\t%{FILEMODES:perms}\t%{FILENAMES}\n]";

/// Tests of one process share the directories that are being filled.
static MAKING: Mutex<()> = Mutex::new(());

/// A root with a database, and what rpm says of it; none without rpm.
fn root() -> Option<PathBuf> {
    let _one_at_a_time = MAKING.lock();
    cached("rpm-root-2", |directory| {
        let (top, root) = (directory.join("top"), directory.join("root"));
        let mut small = SMALL.to_owned();
        for number in 1..12 {
            write!(
                small,
                "%package -n beta-{number}\nSummary: Small\n%description -n beta-{number}\n\
                 {}\n%files -n beta-{number}\n",
                // Headers of many sizes, because what stays on a page depends on it.
                "x".repeat(number * 97)
            )
            .unwrap();
        }
        for (name, spec) in [("alpha.spec", SPEC), ("beta.spec", &small)] {
            std::fs::write(directory.join(name), spec).unwrap();
            let define = format!("_topdir {}", top.display());
            output("rpmbuild", &["-bb", "--define", &define, name], directory)?;
        }
        let folder = top.join("RPMS/noarch");
        let files: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                entry
                    .unwrap()
                    .path()
                    .into_os_string()
                    .into_string()
                    .unwrap()
            })
            .collect();
        let root = root.to_str().unwrap();
        let mut arguments = vec!["--root", root, "--dbpath", "/var/lib/rpm", "--nodeps", "-i"];
        arguments.extend(files.iter().map(String::as_str));
        output("rpm", &arguments, directory)?;
        for (file, format) in [("packages.txt", PACKAGES), ("files.txt", FILES)] {
            let listed = output(
                "rpm",
                &[
                    "--root",
                    root,
                    "--dbpath",
                    "/var/lib/rpm",
                    "-qa",
                    "--qf",
                    format,
                ],
                directory,
            )?;
            std::fs::write(directory.join(file), listed).unwrap();
        }
        Some(())
    })
}

/// Number and header of every package, read by SQLite itself.
fn headers(root: &Path) -> Option<Vec<(u32, String)>> {
    let database = root.join("root/var/lib/rpm/rpmdb.sqlite");
    let rows = output(
        "sqlite3",
        &[
            "-batch",
            database.to_str().unwrap(),
            "SELECT hnum, lower(hex(blob)) FROM Packages",
        ],
        root,
    )?;
    Some(
        rows.lines()
            .map(|row| row.split_once('|').unwrap())
            .map(|(number, blob)| (number.parse().unwrap(), blob.to_owned()))
            .collect(),
    )
}

fn sqlite() -> Option<(PathBuf, Vec<u8>)> {
    let root = root()?;
    let database = std::fs::read(root.join("root/var/lib/rpm/rpmdb.sqlite")).unwrap();
    Some((root, database))
}

/// The same table with smaller pages, written by SQLite.
fn small_sqlite(page_size: u32) -> Option<(PathBuf, Vec<u8>)> {
    let root = root()?;
    let _one_at_a_time = MAKING.lock();
    let made = cached(&format!("rpm-sqlite-{page_size}-2"), |directory| {
        let copy = format!(
            "PRAGMA page_size={page_size}; ATTACH '{}' AS whole; \
             CREATE TABLE Packages (hnum INTEGER PRIMARY KEY AUTOINCREMENT, blob BLOB NOT NULL); \
             INSERT INTO Packages SELECT * FROM whole.Packages;",
            root.join("root/var/lib/rpm/rpmdb.sqlite").display()
        );
        output("sqlite3", &["-batch", "rpmdb.sqlite", &copy], directory)?;
        Some(())
    })?;
    Some((root, std::fs::read(made.join("rpmdb.sqlite")).unwrap()))
}

/// The same headers in Berkeley DB's hash format, written by Berkeley DB.
fn berkeley(page_size: u32) -> Option<(PathBuf, Vec<u8>)> {
    let root = root()?;
    let headers = headers(&root)?;
    let mut dump = format!(
        "VERSION=3\nformat=bytevalue\ntype=hash\ndb_pagesize={page_size}\nHEADER=END\n \
         00000000\n {}\n",
        hex(&u32::try_from(headers.len()).unwrap().to_le_bytes())
    );
    for (number, blob) in &headers {
        writeln!(dump, " {}\n {blob}", hex(&number.to_le_bytes())).unwrap();
    }
    dump.push_str("DATA=END\n");
    let _one_at_a_time = MAKING.lock();
    let made = cached(&format!("rpm-bdb-{page_size}-2"), |directory| {
        std::fs::write(directory.join("dump"), dump).unwrap();
        output("db5.3_load", &["-f", "dump", "Packages"], directory)?;
        Some(())
    })?;
    Some((root, std::fs::read(made.join("Packages")).unwrap()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// The same headers in NDB, whose writer Debian's rpm lacks: `lib/backend/ndb/rpmpkg.c` in short.
fn ndb() -> Option<(PathBuf, Vec<u8>)> {
    let root = root()?;
    let headers = headers(&root)?;
    let mut slots = Vec::new();
    let mut blobs = Vec::new();
    for (number, blob) in &headers {
        let blob = unhex(blob);
        let start = blobs.len();
        blobs.extend(b"BlbS");
        for word in [*number, 1, u32::try_from(blob.len()).unwrap()] {
            blobs.extend(word.to_le_bytes());
        }
        blobs.extend(&blob);
        // The trailer (checksum, length, magic) ends with a block.
        blobs.resize((blobs.len() + 12).next_multiple_of(16) - 12, 0);
        for word in [0, u32::try_from(blob.len()).unwrap()] {
            blobs.extend(word.to_le_bytes());
        }
        blobs.extend(b"BlbE");
        slots.push([
            *number,
            u32::try_from(256 + start / 16).unwrap(),
            u32::try_from((blobs.len() - start) / 16).unwrap(),
        ]);
    }
    let mut file = b"RpmP".to_vec();
    for word in [0, 1, 1, 100, 0, 0, 0_u32] {
        file.extend(word.to_le_bytes());
    }
    for slot in slots.into_iter().chain(std::iter::repeat([0; 3])).take(254) {
        file.extend(b"Slot");
        for word in slot {
            file.extend(word.to_le_bytes());
        }
    }
    assert_eq!(file.len(), 4096);
    file.extend(blobs);
    Some((root, file))
}

fn package_lines(extracted: &Extracted) -> BTreeSet<String> {
    let or_none = |text: Option<&str>| text.unwrap_or("(none)").to_owned();
    extracted
        .packages
        .iter()
        .map(|package| {
            let source = package.source.as_ref().map(|source| {
                let version = source
                    .version
                    .split_once(':')
                    .map_or(&*source.version, |v| v.1);
                format!("{}-{version}.src.rpm", source.name)
            });
            [
                package.name.clone(),
                package.version.clone(),
                or_none(package.arch.as_deref()),
                package.licenses.join(" "),
                or_none(package.property("vendor")),
                or_none(source.as_deref()),
                or_none(package.module.as_deref()),
            ]
            .join("\t")
        })
        .collect()
}

fn file_lines(extracted: &Extracted) -> BTreeSet<String> {
    extracted
        .owned
        .iter()
        .flat_map(|owned| {
            owned
                .paths
                .iter()
                .map(|path| format!("{}\t/{path}", owned.package))
        })
        .collect()
}

/// Compares what is read from a database with what rpm listed.
fn check(path: &str, made: Option<(PathBuf, Vec<u8>)>) {
    let Some((root, database)) = made else {
        return;
    };
    let extracted = extract(&RPM, path, &database);
    assert_eq!(extracted.problems, [], "{path}");
    let listed = std::fs::read_to_string(root.join("packages.txt")).unwrap();
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    assert_eq!(listed.len(), 14);
    assert_eq!(package_lines(&extracted), listed, "{path}");
    assert_eq!(extracted.packages.len(), listed.len(), "{path}");
    let files = std::fs::read_to_string(root.join("files.txt")).unwrap();
    let files: BTreeSet<String> = files
        .lines()
        .map(|line| line.split_once('\t').unwrap())
        .map(|(package, rest)| (package, rest.split_once('\t').unwrap()))
        .filter(|(_, (mode, _))| !mode.starts_with('d'))
        .map(|(package, (_, path))| format!("{package}\t{path}"))
        .collect();
    assert_eq!(files.len(), 604);
    assert_eq!(file_lines(&extracted), files, "{path}");
}

#[test]
fn sqlite_equals_rpm_query() {
    check("var/lib/rpm/rpmdb.sqlite", sqlite());
    for page_size in [512, 1024, 2048, 8192] {
        check("usr/lib/sysimage/rpm/rpmdb.sqlite", small_sqlite(page_size));
    }
}

#[test]
fn berkeley_db_equals_rpm_query() {
    for page_size in [512, 4096, 65536] {
        check("var/lib/rpm/Packages", berkeley(page_size));
    }
}

#[test]
fn ndb_equals_rpm_query() {
    check("usr/lib/sysimage/rpm/Packages.db", ndb());
}

/// Whatever is cut off, packages are lost only with a problem; whatever is changed, reading ends.
#[test]
fn damaged_databases_are_survived() {
    for (path, made) in [
        ("var/lib/rpm/rpmdb.sqlite", small_sqlite(512)),
        ("var/lib/rpm/Packages", berkeley(512)),
        ("var/lib/rpm/Packages.db", ndb()),
    ] {
        let Some((_, mut database)) = made else {
            return;
        };
        let whole = extract(&RPM, path, &database).packages;
        for part in 0..200 {
            let length = database.len() * part / 200;
            let extracted = extract(&RPM, path, &database[..length]);
            assert!(
                extracted.packages == whole || !extracted.problems.is_empty(),
                "{path} cut to {length} bytes"
            );
            assert!(extracted.packages.len() <= whole.len());
        }
        // Structure stands at the front of the file and of its pages.
        let mut changed_results = 0;
        for step in 0..600 {
            let position = match step % 3 {
                0 => step / 3,
                1 => (step * 512 + step % 40) % database.len(),
                _ => (step * 7919 * 31) % database.len(),
            };
            let before = database[position];
            database[position] ^= [0xff, 0x01, 0x80][step / 3 % 3];
            let extracted = extract(&RPM, path, &database);
            changed_results += usize::from(extracted.packages != whole);
            assert!(
                extracted.packages.len() <= whole.len(),
                "{path} at {position}"
            );
            database[position] = before;
        }
        println!("{path}: {changed_results} of 600 changes changed the packages");
        assert!(changed_results > 0);
    }
}

/// What rpm says while its log is not in the database yet, since somebody else reads it.
#[test]
fn a_log_left_by_rpm_counts() {
    let Some(made) = root() else { return };
    let folder = copy_of(&made);
    let root = folder.join("root");
    let database = root.join("var/lib/rpm/rpmdb.sqlite");
    let mut reader = std::process::Command::new("sqlite3")
        .arg(&database)
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let query = b"BEGIN; SELECT count(*) > 0 FROM Packages;\n";
    std::io::Write::write_all(reader.stdin.as_mut().unwrap(), query).unwrap();
    let mut answer = [0; 2];
    std::io::Read::read_exact(reader.stdout.as_mut().unwrap(), &mut answer).unwrap();
    assert_eq!(&answer, b"1\n");
    let at = ["--root", root.to_str().unwrap(), "--dbpath", "/var/lib/rpm"];
    let rpm = |arguments: &[&str]| output("rpm", &[&at[..], arguments].concat(), &folder);
    let done = rpm(&[
        "--justdb",
        "--nodeps",
        "-e",
        "alpha-devel",
        "beta-3",
        "beta-7",
    ])
    .and_then(|_| rpm(&["-qa", "--qf", "%{NAME}\n"]));
    let read = |path: &Path| std::fs::read(path).unwrap();
    let (bytes, log) = (
        read(&database),
        read(&root.join("var/lib/rpm/rpmdb.sqlite-wal")),
    );
    drop(reader.stdin.take());
    reader.wait().unwrap();
    let Some(listed) = done else { return };
    let file = lynkeus_ecosystem::FileInfo {
        path: "var/lib/rpm/rpmdb.sqlite",
        size: bytes.len() as u64,
        mode: 0o644,
    };
    let pair = &lynkeus_ecosystem::PAIRS[0];
    let content = &mut std::io::Cursor::new(&bytes);
    let mut input = lynkeus_ecosystem::Input { file, content };
    let extracted = (pair.extract)(&mut input, &mut std::io::Cursor::new(&log));
    let names = |packages: &[model::Package]| -> BTreeSet<String> {
        packages
            .iter()
            .map(|package| package.name.clone())
            .collect()
    };
    let listed: BTreeSet<String> = listed.lines().map(str::to_owned).collect();
    assert_eq!(names(&extracted.packages), listed);
    assert!(extracted.problems.is_empty());
    let alone = extract(&RPM, file.path, &bytes);
    assert_eq!(names(&alone.packages).len(), listed.len() + 3);
}

/// A copy of the root's database that may be changed.
fn copy_of(made: &Path) -> PathBuf {
    let folder = crate::tool::directory("rpm-logged");
    let target = folder.join("root/var/lib/rpm");
    if target.exists() {
        std::fs::remove_dir_all(&target).unwrap();
    }
    std::fs::create_dir_all(&target).unwrap();
    for entry in std::fs::read_dir(made.join("root/var/lib/rpm")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            std::fs::copy(&path, target.join(path.file_name().unwrap())).unwrap();
        }
    }
    folder
}
