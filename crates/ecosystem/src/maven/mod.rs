//! Java libraries by their Maven coordinates: archives, and what build files declare.

mod archive;
mod coordinates;
mod declared;
mod file_name;
mod known_groups;
mod manifest;
mod pom;

use model::{Package, PurlType};

use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Java libraries; a name is `group:artifact`.
pub static MAVEN: Ecosystem = Ecosystem {
    purl_type: PURL_TYPE,
    title: "Java libraries",
    osv_name: Some("Maven"),
    normalize_name: str::to_owned,
    scheme: &version::maven::MAVEN,
    extractors: &[
        Extractor {
            name: "maven/archive",
            version: 2,
            wants: is_archive_file,
            // A self-executing jar begins with a shell script, an empty one with its end.
            magic: &[b"PK\x03\x04", b"PK\x05\x06", b"#!"],
            extract: archive::extract,
        },
        Extractor {
            name: "maven/pom.properties",
            version: 1,
            wants: is_unpacked_properties,
            magic: &[],
            extract: extract_unpacked,
        },
        Extractor {
            name: "maven/pom.xml",
            version: 1,
            wants: declared::is_pom,
            magic: &[],
            extract: declared::extract_pom,
        },
        Extractor {
            name: "maven/gradle.lockfile",
            version: 1,
            wants: declared::is_gradle_lock,
            magic: &[],
            extract: declared::extract_gradle_lock,
        },
    ],
};

const PURL_TYPE: PurlType = PurlType::new("maven");

/// Extensions of Java archives: libraries, web and enterprise applications, plug-ins of
/// Jenkins and Karaf, Android libraries.
const EXTENSIONS: [&str; 9] = [
    ".jar", ".war", ".ear", ".par", ".rar", ".hpi", ".jpi", ".aar", ".kar",
];

/// Archives that hold no code that runs.
const WITHOUT_CODE: [&str; 2] = ["-sources.jar", "-javadoc.jar"];

/// The path without its extension, if it is a Java archive's. Case does not count.
fn archive_stem(path: &str) -> Option<&str> {
    let start = path.len().checked_sub(4)?;
    let (stem, extension) = path.split_at_checked(start)?;
    let known = EXTENSIONS.iter().any(|e| extension.eq_ignore_ascii_case(e));
    let without_code = || {
        WITHOUT_CODE.iter().any(|end| {
            let tail = path.len().checked_sub(end.len());
            tail.and_then(|at| path.get(at..))
                .is_some_and(|tail| tail.eq_ignore_ascii_case(end))
        })
    };
    (known && !without_code()).then_some(stem)
}

fn is_archive_file(file: &FileInfo<'_>) -> bool {
    archive_stem(file.path).is_some()
}

/// Libraries and web applications that a server keeps unpacked.
fn is_unpacked_properties(file: &FileInfo<'_>) -> bool {
    file.file_name() == "pom.properties" && file.path.contains("META-INF/maven/")
}

fn extract_unpacked(input: &mut Input<'_>) -> Extracted {
    match input.text(coordinates::PROPERTIES_LIMIT) {
        Ok(text) => Extracted {
            packages: coordinates::from_properties(&text)
                .into_iter()
                .map(Coordinates::package)
                .collect(),
            ..Extracted::default()
        },
        Err(problem) => Extracted::problem(problem),
    }
}

/// What names a library.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Coordinates {
    /// None if nothing in the archive gives it away.
    group: Option<String>,
    artifact: String,
    version: String,
}

impl Coordinates {
    /// The package. Without a group its name is the artifact alone, which no advisory uses.
    fn package(self) -> Package {
        if let Some(group) = self.group {
            let name = format!("{group}:{}", self.artifact);
            return Package::new(PURL_TYPE, name, self.version);
        }
        let mut package = Package::new(PURL_TYPE, self.artifact, self.version);
        let unknown = ("group".to_owned(), "unknown".to_owned());
        package.properties.push(unknown);
        package
    }
}

#[cfg(test)]
mod tests;
