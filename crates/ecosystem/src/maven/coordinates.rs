//! Which library an archive is, and by what evidence.
//!
//! Rule, in this order:
//! 1. Its own `META-INF/maven/**/pom.properties` (or the `pom.xml` beside it): the one whose
//!    artifact begins the file's name; else the only one, unless the version in the file's name,
//!    or without one that of the manifest, is another and no title names it; else the one that the manifest's titles name. All others are
//!    libraries copied into the archive (`shaded`).
//! 2. The layout of a Maven repository or Gradle cache around the file.
//! 3. Artifact and version from the file's name, then from the manifest; the group from a
//!    table of libraries that are known to lack metadata, then from the manifest if it has a
//!    value of a group's form. A group that nothing tells stays unknown; it is not guessed.
//!
//! Without a version there is no package: it could match nothing.

use super::manifest::Manifest;
use super::{Coordinates, file_name, known_groups};

/// Largest `pom.properties` that is read, in bytes.
pub(super) const PROPERTIES_LIMIT: u64 = 64 << 10;

/// Longest group, artifact or version that is believed, in bytes.
const LONGEST: usize = 200;

/// The coordinates in a `pom.properties`, none if one is missing or was never filled in.
pub(super) fn from_properties(text: &str) -> Option<Coordinates> {
    let value = |name: &str| {
        text.lines()
            .filter_map(|line| line.trim_start().split_once(['=', ':']))
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim())
    };
    complete(value("groupId")?, value("artifactId")?, value("version")?)
}

/// Coordinates of three proper values.
pub(super) fn complete(group: &str, artifact: &str, version: &str) -> Option<Coordinates> {
    let proper = |text: &str| {
        !text.is_empty()
            && text.len() <= LONGEST
            && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "${}:/".contains(c))
    };
    (proper(group) && proper(artifact) && proper(version)).then(|| Coordinates {
        group: Some(group.to_owned()),
        artifact: artifact.to_owned(),
        version: version.to_owned(),
    })
}

/// What is known of an archive apart from Maven's own records.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// Path of the archive without its extension.
    pub(super) stem: &'a str,
    pub(super) manifest: &'a Manifest,
    /// Whether the archive has the classes that [`known_groups`] asks for.
    pub(super) has_known_classes: bool,
}

impl<'a> Surroundings<'a> {
    fn file(&self) -> &'a str {
        self.stem.rsplit('/').next().unwrap_or(self.stem)
    }

    /// The index of the archive's own record, rule 1.
    pub(super) fn own(&self, records: &[Coordinates]) -> Option<usize> {
        let file = self.file();
        let by_name = records
            .iter()
            .enumerate()
            .filter(|(_, record)| starts_name(file, &record.artifact))
            .max_by_key(|(_, r)| (file.contains(&r.version), r.artifact.len()))
            .map(|(index, _)| index);
        by_name.or_else(|| match records {
            [only] => self.is_plausible(only).then_some(0),
            _ => records.iter().position(|record| self.is_titled(record)),
        })
    }

    /// Whether the only record may be the archive's own although the file has another name:
    /// the file's name has the same version, or it has none and the manifest has no other.
    fn is_plausible(&self, record: &Coordinates) -> bool {
        let is_same = match file_name::split(self.file()).1 {
            Some(version) => version == record.version,
            None => self
                .stated_version()
                .is_none_or(|version| release(version) == release(&record.version)),
        };
        is_same || self.is_titled(record)
    }

    /// The version in the manifest.
    fn stated_version(&self) -> Option<&'a str> {
        ["plugin-version", "implementation-version", "bundle-version"]
            .into_iter()
            .filter_map(|key| self.manifest.get(key)?.split_whitespace().next())
            .find(|version| is_version(version))
    }

    /// Whether the manifest names the record's artifact.
    fn is_titled(&self, record: &Coordinates) -> bool {
        let artifact = &*record.artifact;
        let titles = [
            self.manifest.get("implementation-title"),
            self.manifest.symbolic_name(),
            self.manifest.get("automatic-module-name"),
        ];
        titles.into_iter().flatten().any(|title| {
            title == artifact
                || title
                    .strip_suffix(artifact)
                    .is_some_and(|rest| rest.ends_with(['.', ':']))
                || title.ends_with(&format!(".{}", artifact.replace('-', ".")))
        })
    }

    /// The coordinates without Maven's records, rules 2 and 3.
    pub(super) fn coordinates(&self) -> Option<Coordinates> {
        self.by_layout().or_else(|| self.by_names())
    }

    /// Rule 2: `…/repository/GROUP/AS/PATH/ARTIFACT/VERSION/ARTIFACT-VERSION`, and Gradle's
    /// `files-2.1/GROUP/ARTIFACT/VERSION/HASH/ARTIFACT-VERSION`.
    fn by_layout(&self) -> Option<Coordinates> {
        let parts: Vec<_> = self.stem.split('/').collect();
        let gradle = parts.iter().rposition(|part| *part == "files-2.1");
        if let Some([group, artifact, version, _, _]) = gradle.and_then(|at| parts.get(at + 1..)) {
            return complete(group, artifact, version);
        }
        let root = parts
            .iter()
            .rposition(|part| ["repository", "maven-repo", "maven2"].contains(part))?;
        let [group @ .., artifact, version, file] = parts.get(root + 1..)? else {
            return None;
        };
        let named = file.strip_prefix(artifact)?.strip_prefix('-')?;
        // Debian links its only version under other names: `debian`, `3.x`.
        let is_version = named.starts_with(version)
            && is_version(version)
            && version.rsplit('.').next() != Some("x");
        is_version
            .then(|| complete(&group.join("."), artifact, version))
            .flatten()
    }

    /// Rule 3.
    fn by_names(&self) -> Option<Coordinates> {
        let (name, version) = file_name::split(self.file());
        let manifest = self.manifest;
        let has_version = version.is_some();
        let version = version.or_else(|| self.stated_version())?;
        let title = manifest.get("implementation-title");
        if title == Some("Apache Tomcat") && !name.starts_with("tomcat-embed-") {
            // The server's own folder drops the prefix that the repository's names have;
            // Debian's packages put the major version into it.
            let plain = name.strip_prefix("tomcat").map(|rest| {
                let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit());
                rest.strip_prefix('-').unwrap_or(name)
            });
            let name = plain.unwrap_or(name);
            return complete("org.apache.tomcat", &format!("tomcat-{name}"), version);
        }
        if let Some((group, artifact)) = title.and_then(titled_coordinates) {
            // A project's name in the build can differ from what it is published as.
            let artifact = if has_version { name } else { artifact };
            return complete(group, artifact, version);
        }
        let plugin = manifest.get("artifact-id").or(manifest.get("short-name"));
        if let Some((group, artifact)) = manifest.get("group-id").zip(plugin) {
            return complete(group, artifact, version);
        }
        let artifact = match title {
            Some(title) if !has_version && is_artifact(title) => title,
            _ => name,
        };
        let group = known_groups::group(artifact, version)
            .filter(|_| self.has_known_classes)
            .map(str::to_owned)
            .or_else(|| self.stated_group(artifact));
        (is_version(version) && !artifact.is_empty() && artifact.len() <= LONGEST).then(|| {
            Coordinates {
                group,
                artifact: artifact.to_owned(),
                version: version.to_owned(),
            }
        })
    }

    /// A group that the manifest gives away.
    fn stated_group(&self, artifact: &str) -> Option<String> {
        let vendor = self
            .manifest
            .get("implementation-vendor-id")
            .map(str::to_owned);
        let bundle = || bundle_group(self.manifest.symbolic_name()?, artifact);
        let module = || {
            // Beside the name of a bundle that is not made of group and artifact it is no better.
            if self.manifest.symbolic_name().is_some() {
                return None;
            }
            let name = self.manifest.get("automatic-module-name")?;
            let group = name.strip_suffix(artifact)?.strip_suffix('.')?;
            Some(group.to_owned())
        };
        vendor
            .filter(|group| is_group(group))
            .or_else(|| bundle().filter(|group| is_group(group)))
            .or_else(|| module().filter(|group| is_group(group)))
    }
}

/// The group in the name of a bundle, undoing what Maven's bundle plug-in does: it joins group
/// and artifact, and leaves out the artifact's beginning if that is the group's last part.
fn bundle_group(name: &str, artifact: &str) -> Option<String> {
    let plain = name
        .strip_suffix(artifact)
        .and_then(|g| g.strip_suffix('.'));
    plain.map(str::to_owned).or_else(|| {
        let (first, _) = artifact.split_once('-')?;
        let rest = name.strip_suffix(&artifact.replace('-', "."))?;
        Some(format!("{}.{first}", rest.strip_suffix('.')?))
    })
}

/// Group and artifact in a title of Ivy's or Gradle's form: `group#artifact;version`,
/// `group:artifact`.
fn titled_coordinates(title: &str) -> Option<(&str, &str)> {
    let title = title.split(';').next()?;
    title
        .split_once(['#', ':'])
        .filter(|(group, artifact)| is_group(group) && is_artifact(artifact))
}

/// The first three numbers of a version: bundles have no more, and zeros where one is missing.
fn release(version: &str) -> [u64; 3] {
    let mut numbers = [0; 3];
    for (number, part) in numbers.iter_mut().zip(version.split('.')) {
        let digits = part.find(|c: char| !c.is_ascii_digit());
        *number = part
            .get(..digits.unwrap_or(part.len()))
            .and_then(|digits| digits.parse().ok())
            .unwrap_or(0);
        if digits.is_some() {
            break;
        }
    }
    numbers
}

/// Whether a file's name starts with an artifact and goes on with a version or ends. Debian
/// writes a dash for each underscore.
fn starts_name(file: &str, artifact: &str) -> bool {
    let with_dashes = artifact.replace('_', "-");
    let rest = file
        .strip_prefix(artifact)
        .or_else(|| file.strip_prefix(&*with_dashes));
    rest.is_some_and(|rest| {
        rest.is_empty()
            || rest
                .strip_prefix(['-', '_'])
                .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    })
}

fn is_version(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_+~".contains(&b))
}

/// Dotted lower-case names; `org.apache` alone is a vendor, never a group.
fn is_group(text: &str) -> bool {
    text.contains('.')
        && text != "org.apache"
        && text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
        && !text.split('.').any(str::is_empty)
}

fn is_artifact(text: &str) -> bool {
    text.len() <= LONGEST
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}
