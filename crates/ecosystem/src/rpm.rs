//! RPM packages: rpm's databases, and the manifests of images that have none.

use model::{Package, Problem, PurlType, SourcePackage};

use crate::rpmdb::header::{Header, tag, to_text};
use crate::rpmdb::{Problems, Visit, bdb, ndb, sqlite, wal};
use crate::{Content, Ecosystem, Extracted, Extractor, FileInfo, Input, OwnedFiles, Pair, version};

mod manifest;

/// Red Hat's family, SUSE's, Amazon Linux, Azure Linux, Photon and everything else built on rpm.
pub static RPM: Ecosystem = Ecosystem {
    purl_type: PurlType::new("rpm"),
    title: "RPM packages",
    osv_name: None,
    normalize_name: str::to_owned,
    scheme: &version::rpm::RPM,
    extractors: &[
        Extractor {
            name: "rpm/sqlite",
            version: 1,
            wants: |file| in_database(file, "rpmdb.sqlite"),
            magic: &[],
            extract: |input| extract(input, sqlite::packages),
        },
        Extractor {
            name: "rpm/sqlite-wal",
            version: 2,
            wants: |file| file.size > 0 && in_database(file, "rpmdb.sqlite-wal"),
            magic: &[],
            extract: extract_log,
        },
        Extractor {
            name: "rpm/ndb",
            version: 1,
            wants: |file| in_database(file, "Packages.db"),
            magic: &[],
            extract: |input| extract(input, ndb::packages),
        },
        Extractor {
            name: "rpm/bdb",
            version: 1,
            wants: |file| in_database(file, "Packages"),
            magic: &[],
            extract: |input| extract(input, bdb::packages),
        },
        manifest::CONTAINER_MANIFEST,
        manifest::BOTTLEROCKET,
    ],
};

/// rpm's database with its log, as a running host has them.
pub(crate) const LOGGED: Pair = Pair {
    extractor: "rpm/sqlite",
    suffix: "-wal",
    wants: |file| in_database(file, "rpmdb.sqlite"),
    extract: |input, log| {
        extract(input, |content, problems, visit| {
            sqlite::packages_with_log(content, log, problems, visit);
        })
    },
};

/// Most packages that are taken from one database.
const MAX_PACKAGES: usize = 200_000;
/// Most bytes of paths that are taken from one database. The lists of a large host have 50 MB.
const MAX_PATH_BYTES: usize = 256 << 20;
/// Longest path, as Linux has it (`PATH_MAX`).
const MAX_PATH: usize = 4096;

/// Where databases are: the old place, the one of SUSE and Fedora since 36, and rpm-ostree's.
fn in_database(file: &FileInfo<'_>, name: &str) -> bool {
    let Some(folder) = file.path.strip_suffix(name) else {
        return false;
    };
    matches!(
        folder,
        "var/lib/rpm/" | "usr/lib/sysimage/rpm/" | "usr/share/rpm/"
    )
}

fn extract(
    input: &mut Input<'_>,
    scan: impl FnOnce(&mut dyn Content, &mut Problems<'_>, Visit<'_>),
) -> Extracted {
    let mut extracted = Extracted::default();
    let (mut packages, mut owned) = (Vec::new(), Vec::new());
    let mut path_bytes = 0;
    let mut problems = Problems::new(input.file.path, &mut extracted.problems);
    scan(input.content, &mut problems, &mut |blob| {
        let header = Header::parse(blob)?;
        let Some(package) = package(&header)? else {
            return Ok(());
        };
        if packages.len() >= MAX_PACKAGES {
            return Err(format!(
                "more than {MAX_PACKAGES} packages, {} is left out",
                package.name
            ));
        }
        let files = files(&header, MAX_PATH_BYTES.saturating_sub(path_bytes));
        let name = package.name.clone();
        packages.push(package);
        let paths = files.map_err(|what| format!("{name}: {what}"))?;
        path_bytes += paths.iter().map(String::len).sum::<usize>();
        if !paths.is_empty() {
            owned.push(OwnedFiles {
                package: name,
                paths,
            });
        }
        Ok(())
    });
    extracted.packages = packages;
    extracted.owned = owned;
    extracted
}

/// The package of a header, none for the keys that rpm keeps beside its packages.
fn package(header: &Header<'_>) -> Result<Option<Package>, String> {
    let text = |tag| header.text(tag).filter(|text| !text.is_empty());
    let name = text(tag::NAME).ok_or("a header has no name")?;
    if name == "gpg-pubkey" {
        return Ok(None);
    }
    let missing = |what| format!("{name} has no {what}");
    let version = text(tag::VERSION).ok_or_else(|| missing("version"))?;
    let release = text(tag::RELEASE).ok_or_else(|| missing("release"))?;
    let epoch = header.number(tag::EPOCH).filter(|epoch| *epoch != 0);
    let evr = evr(epoch, &version, &release);
    let mut package = Package::new(RPM.purl_type.clone(), name, evr);
    package.arch = text(tag::ARCH);
    package.licenses = text(tag::LICENSE).into_iter().collect();
    package.module = text(tag::MODULARITY_LABEL);
    package.source = text(tag::SOURCE_RPM).and_then(|file| source(&file, epoch));
    if let Some(vendor) = text(tag::VENDOR) {
        package.properties.push(("vendor".to_owned(), vendor));
    }
    Ok(Some(package))
}

fn evr(epoch: Option<u32>, version: &str, release: &str) -> String {
    match epoch {
        Some(epoch) => format!("{epoch}:{version}-{release}"),
        None => format!("{version}-{release}"),
    }
}

/// The source package of `name-version-release.src.rpm`.
///
/// The file name has no epoch; the binary package's own is taken, since almost all packages of
/// one build share it.
pub(crate) fn source(file: &str, epoch: Option<u32>) -> Option<SourcePackage> {
    let stem = file
        .strip_suffix(".src.rpm")
        .or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let (rest, release) = stem.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    Some(SourcePackage {
        name: name.to_owned(),
        version: evr(epoch, version, release),
    })
}

/// Paths of the package's files, directories left out.
///
/// The header holds each folder once; a file has the index of its folder and its own name.
/// Packages from before rpm 4 have whole paths instead.
fn files(header: &Header<'_>, mut budget: usize) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    let mut add = |path: String, mode: Option<u16>| {
        if mode.is_some_and(is_directory) {
            return Ok(());
        }
        if path.len() > MAX_PATH {
            return Err(format!("a path of {} bytes is left out", path.len()));
        }
        budget = budget
            .checked_sub(path.len())
            .ok_or("too many files, the rest is left out")?;
        paths.push(path);
        Ok(())
    };
    let mut modes = header.short_numbers(tag::FILE_MODES);
    for path in header.texts(tag::OLD_FILE_NAMES) {
        add(relative(&to_text(path)), modes.next())?;
    }
    let folders: Vec<_> = header.texts(tag::DIR_NAMES).map(to_text).collect();
    let names = header.texts(tag::BASE_NAMES);
    for (name, folder) in names.zip(header.numbers(tag::DIR_INDEXES)) {
        let folder = folders
            .get(folder as usize)
            .ok_or("a file's folder is missing")?;
        if folder.len() + name.len() > MAX_PATH {
            return Err(format!(
                "a path of {} bytes is left out",
                folder.len() + name.len()
            ));
        }
        let mut path = relative(folder);
        path.push_str(&String::from_utf8_lossy(name));
        add(path, modes.next())?;
    }
    Ok(paths)
}

fn is_directory(mode: u16) -> bool {
    mode & 0o170_000 == 0o040_000
}

fn relative(path: &str) -> String {
    path.trim_start_matches('/').to_owned()
}

/// A log whose database is elsewhere; beside its database it is read with it ([`LOGGED`]).
fn extract_log(input: &mut Input<'_>) -> Extracted {
    let what = match wal::Log::open(input.content) {
        Ok(None) => return Extracted::default(),
        Ok(Some(_)) => {
            "holds transactions of a database that is not beside it: packages that were installed \
             or removed last may be wrong"
                .to_owned()
        }
        Err(what) => what,
    };
    Extracted::problem(Problem::new(input.file.path, what))
}

#[cfg(test)]
mod tests;
