//! Which package a program belongs to.

use std::{
    collections::{BTreeSet, HashMap},
    fs::{self, File},
    io::{BufRead as _, BufReader, Read as _},
    path::Path,
};

use ecosystem::{Extracted, FileInfo, Input, PAIRS, rpm::RPM};

use super::{LONGEST, read};

/// Package lists that are looked at.
const MOST_LISTS: usize = 20_000;

/// Where rpm's databases are, and how they are called.
const RPM_FOLDERS: [&str; 3] = ["var/lib/rpm", "usr/lib/sysimage/rpm", "usr/share/rpm"];
const RPM_NAMES: [&str; 3] = ["rpmdb.sqlite", "Packages.db", "Packages"];

/// The packages that own programs, from databases that list files by path: dpkg's, apk's, rpm's.
pub(super) fn of(root: &Path, programs: &BTreeSet<String>) -> HashMap<String, String> {
    // Databases write paths as packages ship them, which may be before `/usr` was merged.
    let mut names: HashMap<&str, &str> = HashMap::new();
    for program in programs {
        names.insert(program, program);
        if let Some(short) = program
            .strip_prefix("/usr")
            .filter(|short| short.starts_with('/'))
        {
            names.insert(short, program);
        }
    }
    let mut owners = HashMap::new();
    if names.is_empty() {
        return owners;
    }
    if let Ok(lists) = fs::read_dir(root.join("var/lib/dpkg/info")) {
        let lists = lists.flatten().map(|entry| entry.path());
        let lists = lists.filter(|path| path.extension().is_some_and(|e| e == "list"));
        for path in lists.take(MOST_LISTS) {
            let stem = path
                .file_stem()
                .and_then(|stem| stem.to_str())
                .unwrap_or_default();
            let package = stem.split(':').next().unwrap_or(stem);
            let Ok(file) = File::open(&path) else {
                continue;
            };
            for line in BufReader::new(file.take(LONGEST))
                .lines()
                .map_while(Result::ok)
            {
                if let Some(program) = names.get(line.as_str()) {
                    owners.insert((*program).to_owned(), package.to_owned());
                }
            }
        }
    }
    if let Ok(text) = read(&root.join("lib/apk/db/installed")) {
        let (mut package, mut directory) = (String::new(), String::new());
        for line in text.lines() {
            match line.split_once(':') {
                Some(("P", name)) => name.clone_into(&mut package),
                Some(("F", path)) => path.clone_into(&mut directory),
                Some(("R", file)) => {
                    let path = format!("/{directory}/{file}");
                    if let Some(program) = names.get(path.as_str()) {
                        owners.insert((*program).to_owned(), package.clone());
                    }
                }
                _ => {}
            }
        }
    }
    for extracted in rpm_databases(root) {
        for owned in extracted.owned {
            for path in owned.paths {
                if let Some(program) = names.get(format!("/{path}").as_str()) {
                    let package = owned.package.clone();
                    owners.entry((*program).to_owned()).or_insert(package);
                }
            }
        }
    }
    owners
}

/// What rpm's databases say, each with its log where it has one.
fn rpm_databases(root: &Path) -> Vec<Extracted> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    for (folder, name) in RPM_FOLDERS
        .iter()
        .flat_map(|f| RPM_NAMES.iter().map(move |n| (f, n)))
    {
        let path = format!("{folder}/{name}");
        // One folder may be a link to another.
        let Ok(place) = fs::canonicalize(root.join(&path)) else {
            continue;
        };
        let Ok(mut content) = File::open(&place) else {
            continue;
        };
        if !seen.insert(place) {
            continue;
        }
        let file = FileInfo {
            path: &path,
            size: content.metadata().map_or(0, |metadata| metadata.len()),
            mode: 0o644,
        };
        let input = &mut Input {
            file,
            content: &mut content,
        };
        let pair = PAIRS.iter().find(|pair| (pair.wants)(&file));
        let log = pair.and_then(|pair| {
            let log = File::open(root.join(format!("{path}{}", pair.suffix))).ok()?;
            Some((pair, log))
        });
        if let Some((pair, mut log)) = log {
            all.push((pair.extract)(input, &mut log));
        } else {
            let mut extractors = RPM.extractors.iter();
            let own = extractors.find(|extractor| (extractor.wants)(&file));
            all.extend(own.map(|extractor| (extractor.extract)(input)));
        }
    }
    all
}
