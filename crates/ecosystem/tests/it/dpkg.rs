//! The status database and the file lists of this host against `dpkg-query`.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use lynkeus_ecosystem::deb::DEB;

use crate::extraction::extract;
use crate::tool;

const FIELDS: &str = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t\
    ${source:Package}\t${source:Version}\n";

#[test]
fn packages_equal_dpkg_query() {
    let query = Command::new("dpkg-query")
        .args(["-W", "-f", FIELDS])
        .output();
    let (Ok(query), Ok(status)) = (query, std::fs::read("/var/lib/dpkg/status")) else {
        return tool::missing("dpkg");
    };
    let listed: BTreeSet<String> = String::from_utf8(query.stdout)
        .unwrap()
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(state, _)| !matches!(*state, "config-files" | "not-installed"))
        .map(|(_, rest)| rest.to_owned())
        .collect();
    let extracted = extract(&DEB, "var/lib/dpkg/status", &status);
    assert_eq!(extracted.problems, []);
    let found: Vec<String> = extracted
        .packages
        .iter()
        .map(|package| {
            let source = package.source.as_ref().unwrap();
            [
                &package.name,
                &package.version,
                package.arch.as_ref().unwrap(),
                &source.name,
                &source.version,
            ]
            .map(String::as_str)
            .join("\t")
        })
        .collect();
    assert!(listed.len() > 50, "{listed:?}");
    assert_eq!(found.iter().cloned().collect::<BTreeSet<_>>(), listed);
    assert_eq!(found.len(), listed.len());
    println!("{} packages equal", listed.len());
}

#[test]
fn owned_files_equal_dpkg_listfiles() {
    let Ok(lists) = std::fs::read_dir("/var/lib/dpkg/info") else {
        return tool::missing("dpkg");
    };
    let mut lists: Vec<_> = lists
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".list").map(str::to_owned))
        .collect();
    lists.sort();
    let (mut packages, mut files) = (0, 0);
    // Every package would take minutes; the step is odd to meet both `name` and `name:arch`.
    for package in lists.iter().step_by(lists.len() / 60 + 1) {
        let Some(listed) = tool::output(Command::new("dpkg").args(["-L", package])) else {
            return;
        };
        // Diversions are sentences. What is a directory is no file that a package could own; one
        // that was removed by hand is known by what the list has below it.
        let lines: Vec<&str> = listed.lines().filter_map(|l| l.strip_prefix('/')).collect();
        let parents: BTreeSet<&str> = lines
            .iter()
            .filter_map(|path| Some(path.rsplit_once('/')?.0))
            .collect();
        let keep = |path: &str| !parents.contains(path) && !Path::new("/").join(path).is_dir();
        let listed: BTreeSet<_> = lines
            .iter()
            .filter(|path| keep(path) && **path != ".")
            .map(|path| (*path).to_owned())
            .collect();
        let path = format!("var/lib/dpkg/info/{package}.list");
        let content = std::fs::read(Path::new("/").join(&path)).unwrap();
        let extracted = extract(&DEB, &path, &content);
        assert_eq!(extracted.problems, [], "{package}");
        let found: BTreeSet<_> = extracted
            .owned
            .iter()
            .inspect(|owned| assert_eq!(Some(owned.package.as_str()), package.split(':').next()))
            .flat_map(|owned| owned.paths.iter().cloned())
            .filter(|path| keep(path))
            .collect();
        let differ: Vec<_> = found.symmetric_difference(&listed).collect();
        assert!(differ.is_empty(), "{package}: {differ:?}");
        packages += 1;
        files += found.len();
    }
    assert!(files > 100, "{packages} packages, {files} files");
    println!("{packages} packages, {files} files equal");
}
