//! Debian packages: dpkg's status database and the files it owns.

use std::borrow::Cow;

use model::{Package, Problem, PurlType, SourcePackage};

use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, OwnedFiles, version};

/// Debian and everything built on dpkg.
pub static DEB: Ecosystem = Ecosystem {
    purl_type: PurlType::new("deb"),
    title: "Debian packages",
    osv_name: None,
    normalize_name: str::to_owned,
    scheme: &version::deb::DEB,
    extractors: &[
        Extractor {
            name: "deb/status",
            version: 2,
            wants: is_status,
            magic: &[],
            extract: extract_status,
        },
        Extractor {
            name: "deb/list",
            version: 1,
            wants: |file| owner_in_info(file.path).is_some(),
            magic: &[],
            extract: extract_list,
        },
        Extractor {
            name: "deb/md5sums",
            version: 1,
            wants: |file| owner_in_status_d(file.path).is_some(),
            magic: &[],
            extract: extract_md5sums,
        },
    ],
};

/// Largest status file or file list that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// Most packages that are taken from one status file.
const MAX_PACKAGES: usize = 200_000;

const STATUS_D: &str = "var/lib/dpkg/status.d/";

/// `status.d` holds one paragraph per file in images that are assembled without dpkg
/// (distroless).
fn is_status(file: &FileInfo<'_>) -> bool {
    file.path == "var/lib/dpkg/status"
        || file
            .path
            .strip_prefix(STATUS_D)
            .is_some_and(|name| !name.contains('/') && !name.ends_with(".md5sums"))
}

/// The package whose files a `.list` names: `name.list` or `name:arch.list`.
fn owner_in_info(path: &str) -> Option<&str> {
    let stem = path
        .strip_prefix("var/lib/dpkg/info/")?
        .strip_suffix(".list")?;
    let name = stem.split(':').next()?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

fn owner_in_status_d(path: &str) -> Option<&str> {
    let name = path.strip_prefix(STATUS_D)?.strip_suffix(".md5sums")?;
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

fn extract_status(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    let mut paragraph = Paragraph::default();
    // An empty line after the last one closes the last paragraph.
    for line in text.lines().chain([""]) {
        if !line.trim().is_empty() {
            paragraph.read(line);
            continue;
        }
        match std::mem::take(&mut paragraph).package() {
            Ok(Some(package)) => extracted.packages.push(package),
            Ok(None) => {}
            Err(what) => extracted.note(input.file.path, || Problem::new(input.file.path, what)),
        }
        if extracted.packages.len() + extracted.problems.len() > MAX_PACKAGES {
            extracted.problems.push(Problem::new(
                input.file.path,
                format!("more than {MAX_PACKAGES} packages, the rest is left out"),
            ));
            break;
        }
    }
    extracted
}

/// The fields of one paragraph that matter (`deb-control(5)`, `dpkg-query(1)`). All are of one
/// line, so continuation lines, which begin with white space, are skipped.
#[derive(Default)]
struct Paragraph<'a> {
    lines: usize,
    package: Option<&'a str>,
    status: Option<&'a str>,
    version: Option<&'a str>,
    architecture: Option<&'a str>,
    source: Option<&'a str>,
    maintainer: Option<&'a str>,
}

impl<'a> Paragraph<'a> {
    fn read(&mut self, line: &'a str) {
        self.lines += 1;
        if line.starts_with([' ', '\t']) {
            return;
        }
        let Some((key, value)) = line.split_once(':') else {
            return;
        };
        // Field names are case-insensitive (Debian Policy §5.1).
        let field = match key.len() {
            6 if key.eq_ignore_ascii_case("Status") => &mut self.status,
            6 if key.eq_ignore_ascii_case("Source") => &mut self.source,
            7 if key.eq_ignore_ascii_case("Package") => &mut self.package,
            7 if key.eq_ignore_ascii_case("Version") => &mut self.version,
            10 if key.eq_ignore_ascii_case("Maintainer") => &mut self.maintainer,
            12 if key.eq_ignore_ascii_case("Architecture") => &mut self.architecture,
            _ => return,
        };
        field.get_or_insert(value.trim());
    }

    /// The package, none if its files are not there.
    fn package(self) -> Result<Option<Package>, String> {
        if self.lines == 0 {
            return Ok(None);
        }
        let name = self
            .package
            .filter(|name| !name.is_empty())
            .ok_or("a paragraph has no Package field")?;
        // `want flags state`; no Status field in status.d, where everything is installed.
        let state = self
            .status
            .map_or("installed", |s| s.rsplit(' ').next().unwrap_or(s));
        // In every other state the files are unpacked, if not yet configured (`dpkg(1)`,
        // "Package states").
        if matches!(state, "not-installed" | "config-files") {
            return Ok(None);
        }
        let version = self
            .version
            .filter(|version| !version.is_empty())
            .ok_or_else(|| format!("{name} has no Version field"))?;
        let version = version.strip_prefix("0:").unwrap_or(version);
        let mut package = Package::new(DEB.purl_type.clone(), name, version);
        package.arch = self.architecture.map(str::to_owned);
        package.source = Some(self.source_package(name, version));
        if let Some(maintainer) = self.maintainer {
            package
                .properties
                .push(("maintainer".to_owned(), maintainer.to_owned()));
        }
        if state != "installed" {
            package
                .properties
                .push(("status".to_owned(), state.to_owned()));
        }
        Ok(Some(package))
    }

    /// `Source: name` or `Source: name (version)`; absent when it is the package's own name and
    /// version. A rebuilt binary (`+b1`) names the version of its source.
    fn source_package(&self, name: &str, version: &str) -> SourcePackage {
        let (source, source_version) = match self.source {
            None | Some("") => (name, version),
            Some(source) => match source.split_once('(') {
                Some((source, rest)) => (source.trim(), rest.trim_end_matches(')').trim()),
                None => (source, version),
            },
        };
        SourcePackage {
            name: source.to_owned(),
            version: source_version
                .strip_prefix("0:")
                .unwrap_or(source_version)
                .to_owned(),
        }
    }
}

/// The source package under which a distribution's advisories speak of a package's source.
///
/// Signed kernel images are built from a source of their own that only wraps the kernel's
/// binaries: Debian's `linux-signed-amd64 6.1.76+1` from `linux 6.1.76-1`, Ubuntu's
/// `linux-signed-hwe-6.5` from `linux-hwe-6.5` of the same version. Advisories name the latter.
pub fn advisory_source(source: &SourcePackage) -> Cow<'_, SourcePackage> {
    let Some(rest) = source.name.strip_prefix("linux-signed") else {
        return Cow::Borrowed(source);
    };
    let (name, version) = match rest {
        "" => ("linux".to_owned(), source.version.clone()),
        // Debian names the architecture, and `+` stands for the `-` of the kernel's version.
        "-amd64" | "-arm64" | "-i386" => (
            "linux".to_owned(),
            match source.version.split_once('+') {
                Some((upstream, revision)) => format!("{upstream}-{revision}"),
                None => source.version.clone(),
            },
        ),
        flavor => (format!("linux{flavor}"), source.version.clone()),
    };
    Cow::Owned(SourcePackage { name, version })
}

/// One path a line. A directory stands before what is in it, so a line that the next one
/// continues is a directory and is left out; so is the root, written `/.`.
fn extract_list(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let Some(package) = owner_in_info(input.file.path) else {
        return Extracted::default();
    };
    let mut paths = Vec::new();
    let mut lines = text
        .lines()
        .map(|line| line.trim_start_matches('/'))
        .filter(|line| !line.is_empty() && *line != ".")
        .peekable();
    while let Some(path) = lines.next() {
        let is_directory = lines
            .peek()
            .and_then(|next| next.strip_prefix(path))
            .is_some_and(|rest| rest.starts_with('/'));
        if !is_directory {
            paths.push(path.to_owned());
        }
    }
    owned(package, paths)
}

/// `digest  path` a line (`md5sum(1)`), the paths without a leading slash.
fn extract_md5sums(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let Some(package) = owner_in_status_d(input.file.path) else {
        return Extracted::default();
    };
    let paths = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(_, path)| {
            path.trim_start_matches([' ', '*'])
                .trim_start_matches("./")
                .trim_start_matches('/')
        })
        .filter(|path| !path.is_empty())
        .map(str::to_owned)
        .collect();
    owned(package, paths)
}

fn owned(package: &str, paths: Vec<String>) -> Extracted {
    if paths.is_empty() {
        return Extracted::default();
    }
    Extracted {
        owned: vec![OwnedFiles {
            package: package.to_owned(),
            paths,
        }],
        ..Extracted::default()
    }
}

#[cfg(test)]
mod tests;
