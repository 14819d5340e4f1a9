//! Debian packages: dpkg's status database.

use model::{Package, Problem, PurlType, SourcePackage};

use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Debian and everything built on dpkg.
pub static DEB: Ecosystem = Ecosystem {
    purl_type: PurlType::new("deb"),
    title: "Debian packages",
    osv_name: None,
    normalize_name: str::to_owned,
    scheme: &version::deb::DEB,
    extractors: &[Extractor {
        name: "deb/status",
        version: 1,
        wants: is_status,
        magic: &[],
        extract: extract_status,
    }],
};

/// Largest status file that is read, in bytes.
const LIMIT: u64 = 256 << 20;

fn is_status(file: &FileInfo<'_>) -> bool {
    file.path == "var/lib/dpkg/status"
}

fn extract_status(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    for paragraph in text.split("\n\n").filter(|p| !p.trim().is_empty()) {
        match package(paragraph) {
            Ok(Some(package)) => extracted.packages.push(package),
            Ok(None) => {}
            Err(what) => extracted.problems.push(Problem::new(input.file.path, what)),
        }
    }
    extracted
}

/// The package of a paragraph, none if it is not installed.
fn package(paragraph: &str) -> Result<Option<Package>, String> {
    let field = |name: &str| {
        paragraph.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    };
    let name = field("Package").ok_or("a paragraph has no Package field")?;
    if !field("Status").is_none_or(|s| s.ends_with(" installed")) {
        return Ok(None);
    }
    let version = field("Version").ok_or_else(|| format!("{name} has no Version field"))?;
    let mut package = Package::new(DEB.purl_type.clone(), name, version);
    package.arch = field("Architecture").map(str::to_owned);
    let (source, source_version) = match field("Source") {
        None => (name, version),
        Some(source) => match source.split_once(" (") {
            Some((source, rest)) => (source, rest.trim_end_matches(')')),
            None => (source, version),
        },
    };
    package.source = Some(SourcePackage {
        name: source.to_owned(),
        version: source_version.to_owned(),
    });
    Ok(Some(package))
}

#[cfg(test)]
mod tests {
    use super::DEB;
    use crate::check::check_extract;

    #[test]
    fn status_paragraphs_become_packages() {
        check_extract(
            &DEB,
            "var/lib/dpkg/status",
            &[
                (
                    "binary rebuilt from another source",
                    b"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\n\
                      Source: glibc (2.36-9)\nVersion: 2.36-9+b1\n",
                    &["libc6 2.36-9+b1 arch=amd64 source=glibc@2.36-9"],
                ),
                (
                    "removed but configured",
                    b"Package: old\nStatus: deinstall ok config-files\nVersion: 1\n",
                    &[],
                ),
                (
                    "no version",
                    b"Package: odd\nStatus: install ok installed\n",
                    &["! var/lib/dpkg/status: odd has no Version field"],
                ),
            ],
        );
    }
}
