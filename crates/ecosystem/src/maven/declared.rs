//! Build files that name libraries: `pom.xml` and Gradle's lock files.

use model::{Evidence, Package, Problem};

use super::{coordinates, pom::Pom};
use crate::{Extracted, FileInfo, Input};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

/// Not those inside a library, which say what the library was built with, nor in a cache.
pub(super) fn is_pom(file: &FileInfo<'_>) -> bool {
    file.file_name() == "pom.xml" && !file.path.contains("META-INF/")
}

pub(super) fn is_gradle_lock(file: &FileInfo<'_>) -> bool {
    let name = file.file_name();
    name == "gradle.lockfile"
        || name.ends_with(".lockfile") && file.path.contains("gradle/dependency-locks/")
}

/// The direct dependencies whose version the file itself gives. Those that are only there to
/// test or that the environment provides are not part of the product.
pub(super) fn extract_pom(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    let pom = Pom::parse(&text);
    if let Some(what) = &pom.problem {
        extracted
            .problems
            .push(Problem::new(input.file.path, what.as_str()));
    }
    let shipped = pom
        .dependencies
        .iter()
        .filter(|d| matches!(&*d.scope, "" | "compile" | "runtime"));
    extracted.packages = shipped
        .filter_map(|dependency| pom.dependency(dependency))
        .map(|coordinates| declared(coordinates.package()))
        .collect();
    extracted
}

/// `group:artifact:version=configuration,…` on each line (Gradle User Manual, "Locking
/// Versions").
pub(super) fn extract_gradle_lock(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let module = line.split('=').next().unwrap_or(line);
        let parts: Vec<_> = module.split(':').collect();
        let found = match parts.as_slice() {
            [group, artifact, version] => coordinates::complete(group, artifact, version),
            _ => None,
        };
        match found {
            Some(found) => extracted.packages.push(declared(found.package())),
            None => extracted.note(input.file.path, || {
                let place = format!("{}:{}", input.file.path, number + 1);
                Problem::new(place, "not a module with group, artifact and version")
            }),
        }
    }
    extracted
}

fn declared(mut package: Package) -> Package {
    package.evidence = Evidence::Declared;
    package
}
