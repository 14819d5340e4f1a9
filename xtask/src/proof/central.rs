//! Whether Maven Central has an archive, byte for byte, under the coordinates read from it.

use std::{
    collections::BTreeSet,
    fs,
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, ensure};

use super::{
    package::{Listing, Package},
    references::Programs,
};

const SCRIPT: &str = include_str!("central.py");

/// Of the archives that only we name so, and that no distribution owns, those of which the
/// repository has the same SHA-1. A handful of look-ups.
pub(super) fn same_bytes(
    programs: &Programs,
    root: &Path,
    ours: &Listing,
    theirs: &Listing,
) -> Result<BTreeSet<Package>> {
    let mut asked = Vec::new();
    for (package, found) in ours {
        if package.kind != "maven" || found.is_owned || theirs.contains_key(package) {
            continue;
        }
        let (Some((group, artifact)), Some(path)) =
            (package.name.split_once('/'), found.paths.first())
        else {
            continue;
        };
        let version = &package.version;
        asked.push((format!("{group}\t{artifact}\t{version}\t{path}\n"), package));
    }
    if asked.is_empty() || !root.is_dir() {
        return Ok(BTreeSet::new());
    }
    let script = programs.scratch.join("central.py");
    fs::write(&script, SCRIPT)?;
    let mut child = Command::new("python3")
        .arg(script)
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("python3")?;
    let mut input = child.stdin.take().context("no pipe to python3")?;
    for (line, _) in &asked {
        input.write_all(line.as_bytes())?;
    }
    drop(input);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "central.py: {}", output.status);
    let printed = String::from_utf8(output.stdout)?;
    let same: BTreeSet<&str> = printed.split_inclusive('\n').collect();
    Ok(asked
        .iter()
        .filter(|(line, _)| same.contains(&**line))
        .map(|(_, package)| (*package).clone())
        .collect())
}
