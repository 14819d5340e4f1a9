//! Differences that are meant, by their class in `docs/decisions/0004-inventory-differences.md`.

use std::{collections::BTreeSet, fs, path::Path};

use super::{
    package::{Found, Listing, Package},
    references::Reference,
};

/// The number of a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Class(pub(super) u8);

const PROJECT: Class = Class(1);
const NOT_INSTALLED: Class = Class(4);
const GROUP: Class = Class(6);
const OWNED: Class = Class(7);
const KEY: Class = Class(10);
const COPIED: Class = Class(11);
const CHECKOUT: Class = Class(12);
const NOT_IN_NODE_MODULES: Class = Class(13);
const WINDOWS_PROGRAM: Class = Class(14);
const FILE_NAME: Class = Class(15);
const NO_VERSION: Class = Class(16);
const NO_MODULES: Class = Class(17);
const PLAIN_PROGRAM: Class = Class(18);
const WORKFLOW: Class = Class(19);
const OWNED_LOCK_FILE: Class = Class(20);

/// Both sides of a comparison, and who else can be asked.
#[derive(Debug)]
pub(super) struct Sides<'a> {
    pub(super) reference: Reference,
    pub(super) ours: &'a Listing,
    pub(super) theirs: &'a Listing,
    /// What Syft lists: the witness for what Trivy leaves out.
    pub(super) syft: &'a Listing,
    /// Our names under which Maven Central has the same bytes.
    pub(super) from_central: &'a BTreeSet<Package>,
    /// The target's files.
    pub(super) files: &'a Path,
}

impl Sides<'_> {
    /// The class of a package that only Lynkeus lists.
    pub(super) fn only_ours(&self, package: &Package, found: &Found) -> Option<Class> {
        match self.reference {
            Reference::Syft => self
                .not_in_syft(package, found)
                .or_else(|| self.in_owned_lock_files(package, found)),
            Reference::Trivy => self
                .not_in_trivy(package, found)
                .or_else(|| self.in_owned_lock_files(package, found)),
            _ => None,
        }
    }

    /// The text of the lock files is the witness where neither of the others reads them.
    fn in_owned_lock_files(&self, package: &Package, found: &Found) -> Option<Class> {
        let is_named = |path: &String| {
            fs::read_to_string(self.files.join(path)).is_ok_and(|text| names(&text, package))
        };
        let is_owned = found.is_declared && found.is_owned && !found.paths.is_empty();
        (is_owned && found.paths.iter().all(is_named)).then_some(OWNED_LOCK_FILE)
    }

    fn not_in_syft(&self, package: &Package, found: &Found) -> Option<Class> {
        match package.kind.as_str() {
            "maven" if self.is_copied(package, found) => Some(COPIED),
            "maven" => self
                .theirs
                .iter()
                .any(|theirs| self.is_renamed((package, found), theirs))
                .then_some(GROUP),
            "golang" if self.is_checkout(package, found) => Some(CHECKOUT),
            _ => None,
        }
    }

    /// Trivy leaves out much by design, so that its word alone shows nothing: Syft, or the
    /// repository, must have found the same.
    fn not_in_trivy(&self, package: &Package, found: &Found) -> Option<Class> {
        let witness = self.syft.get(package);
        let is_seen = |path: &String| witness.is_some_and(|w| w.paths.contains(path));
        if found.is_declared {
            let is_confirmed = found.paths.iter().all(|p| is_lock_file(p) && is_seen(p));
            return is_confirmed.then_some(NOT_INSTALLED);
        }
        let renamed = || {
            let mut syft = self.syft.iter();
            syft.any(|theirs| self.is_renamed((package, found), theirs))
        };
        match package.kind.as_str() {
            "golang" if self.is_checkout(package, found) => Some(CHECKOUT),
            "maven" if found.is_owned => (witness.is_some() || renamed()).then_some(OWNED),
            "maven" => (witness.is_some() || self.from_central.contains(package)).then_some(GROUP),
            _ if found.is_owned => found.paths.iter().any(is_seen).then_some(OWNED),
            _ => None,
        }
    }

    /// The class of a package that only the other tool lists.
    pub(super) fn only_theirs(&self, package: &Package, found: &Found) -> Option<Class> {
        if !matches!(self.reference, Reference::Syft | Reference::Trivy) {
            return None;
        }
        let all = |holds: fn(&str) -> bool| {
            !found.paths.is_empty() && found.paths.iter().all(|path| holds(path))
        };
        let is_checkout = || {
            let ours = Package {
                version: String::new(),
                ..package.clone()
            };
            let stamped = self
                .ours
                .get(&ours)
                .and_then(|found| found.stamped.as_ref());
            stamped == Some(&package.version)
        };
        match package.kind.as_str() {
            "cargo" if self.syft.get(package).is_some_and(|w| w.is_project) => Some(PROJECT),
            "rpm" if package.name == "gpg-pubkey" => Some(KEY),
            "npm" if all(is_outside_node_modules) => Some(NOT_IN_NODE_MODULES),
            "nuget" if all(is_windows_program) => Some(WINDOWS_PROGRAM),
            "github" if all(is_workflow) => Some(WORKFLOW),
            "golang" if is_checkout() => Some(CHECKOUT),
            "golang" if self.is_without_modules(found) => Some(NO_MODULES),
            "generic" if self.is_of_a_package(package) => Some(PLAIN_PROGRAM),
            "maven" if package.version.is_empty() => Some(NO_VERSION),
            "maven" => {
                let mut ours = self.ours.iter();
                let is_renamed = ours.any(|ours| {
                    !self.theirs.contains_key(ours.0) && self.is_renamed(ours, (package, found))
                });
                let is_named = self.is_named_by_record(package, found);
                is_renamed
                    .then_some(GROUP)
                    .or(is_named.then_some(FILE_NAME))
            }
            _ => None,
        }
    }

    /// Whether Syft names an archive of ours otherwise: the same file with the same artifact and
    /// version, and a group that we do not know, or know as Maven Central does, or that does not
    /// matter because a distribution's package owns the file.
    fn is_renamed(&self, ours: (&Package, &Found), theirs: (&Package, &Found)) -> bool {
        let (artifact, other) = (artifact(&ours.0.name), artifact(&theirs.0.name));
        // Debian writes the major version of Tomcat into the names of its archives.
        let is_tomcat = || {
            let plain = artifact.strip_prefix("tomcat-");
            plain.is_some() && plain == other.strip_prefix("tomcat9-")
        };
        let has_no_group = !ours.0.name.contains('/');
        theirs.0.kind == "maven"
            && ours.0.kind == "maven"
            && ours.0.version == theirs.0.version
            && (artifact == other || ours.1.is_owned && is_tomcat())
            && ours.1.paths.intersection(&theirs.1.paths).next().is_some()
            && (has_no_group || ours.1.is_owned || self.from_central.contains(ours.0))
    }

    /// Whether an archive has two records of the same artifact and version, of which Syft lists
    /// one or the other, as it happens.
    fn is_copied(&self, package: &Package, found: &Found) -> bool {
        found.paths.iter().all(|path| {
            self.has_both(|other, found| {
                artifact(&other.name) == artifact(&package.name)
                    && other.version == package.version
                    && found.paths.iter().any(|p| archive(p) == archive(path))
            })
        })
    }

    /// Whether both sides name the archive by its own record, in the same version, and the other
    /// lists it by its file's name too.
    fn is_named_by_record(&self, package: &Package, found: &Found) -> bool {
        found.paths.iter().all(|path| {
            let stem = path.rsplit('/').next().unwrap_or(path);
            stem.starts_with(artifact(&package.name))
                && self.has_both(|other, found| {
                    other.version == package.version && found.paths.contains(path)
                })
        })
    }

    /// Whether a package of Java that both sides list holds a condition.
    fn has_both(&self, holds: impl Fn(&Package, &Found) -> bool) -> bool {
        let mut both = self.ours.iter().filter(|(package, found)| {
            package.kind == "maven" && self.theirs.contains_key(package) && holds(package, found)
        });
        both.next().is_some()
    }

    /// Whether it is the main module of a checkout without tags: the other side has the version
    /// that Go wrote into the program.
    fn is_checkout(&self, package: &Package, found: &Found) -> bool {
        let Some(stamped) = &found.stamped else {
            return false;
        };
        let theirs = Package {
            version: stamped.clone(),
            ..package.clone()
        };
        package.version.is_empty() && self.theirs.contains_key(&theirs)
    }

    /// Whether a program has no list of modules, only the version of Go.
    fn is_without_modules(&self, found: &Found) -> bool {
        let of_go = |path: &String| {
            let ours = self.ours.iter();
            let mut here = ours.filter(|(_, found)| found.paths.contains(path));
            here.next()
                .is_some_and(|(package, _)| package.name == "stdlib")
                && here.next().is_none()
        };
        !found.paths.is_empty() && found.paths.iter().all(of_go)
    }

    /// Whether a distribution's package of that name and version is listed.
    fn is_of_a_package(&self, package: &Package) -> bool {
        self.ours.keys().any(|ours| {
            let rest = ours.version.strip_prefix(&*package.version);
            ours.kind == "deb"
                && ours.name == package.name
                && rest.is_some_and(|rest| rest.starts_with('-'))
        })
    }
}

/// In the path of what another archive carries.
const RECORDS: &str = "!/META-INF/maven/";

fn artifact(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The archive that holds a record.
fn archive(path: &str) -> &str {
    path.split(RECORDS).next().unwrap_or(path)
}

/// Whether a lock file of npm, pnpm or yarn says this version of this package, by its text alone.
fn names(text: &str, package: &Package) -> bool {
    let (name, version) = (&package.name, &package.version);
    let joined = ['/', '@'].map(|between| format!("{name}{between}{version}"));
    let quoted = [format!("\"{name}\""), format!("\"{version}\"")];
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
    let is_said = |words: &String| text.split(words.as_str()).skip(1).any(ends);
    joined.iter().any(is_said) || quoted.iter().all(|words| text.contains(words))
}

/// What names dependencies of a project without being evidence of an installed one.
fn is_lock_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    ["Cargo.lock", "package-lock.json", "go.mod"].contains(&name)
}

/// Whether npm does not look for installed packages there: `node_modules/name/package.json`.
fn is_outside_node_modules(path: &str) -> bool {
    let Some((_, inner)) = path.rsplit_once("node_modules/") else {
        return true;
    };
    let folders = inner.split('/').count() - 1;
    folders != if inner.starts_with('@') { 2 } else { 1 }
}

fn is_windows_program(path: &str) -> bool {
    [".exe", ".dll"].iter().any(|end| path.ends_with(end))
}

/// What a repository of sources runs when it is tested.
fn is_workflow(path: &str) -> bool {
    path.contains(".github/workflows/") || path.contains(".github/actions/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(rows: &[(&str, &str, &str)]) -> Listing {
        let rows = rows.iter().map(|(name, version, path)| {
            let found = Found {
                paths: BTreeSet::from([(*path).to_owned()]),
                ..Found::default()
            };
            (Package::new("maven", name, version), found)
        });
        rows.collect()
    }

    /// What was lost once must not pass as explained.
    #[test]
    fn only_what_both_name_explains_a_name_of_syft() {
        let rows = [
            ("the record", "a/core", "3.8", "core3.jar", Some(FILE_NAME)),
            ("a copied library's", "cglib", "3.2", "core3.jar", None),
            ("elsewhere", "a/core", "3.8", "other.jar", None),
        ];
        let more = ("core3/core3", "3.8", "core3.jar");
        for (what, name, version, path, expected) in rows {
            let ours = listing(&[(name, version, path)]);
            let theirs = listing(&[(name, version, path), more]);
            let sides = Sides {
                reference: Reference::Syft,
                ours: &ours,
                theirs: &theirs,
                syft: &theirs,
                from_central: &BTreeSet::new(),
                files: Path::new("."),
            };
            let package = Package::new("maven", more.0, more.1);
            let found = theirs.get(&package).unwrap();
            assert_eq!(sides.only_theirs(&package, found), expected, "{what}");
        }
    }

    #[test]
    fn lock_files_name_what_they_say_and_nothing_else() {
        for (text, version, expected) in [
            ("/qs/6.5.2:", "6.5.2", true),
            ("  qs@6.5.2:", "6.5.2", true),
            ("\"qs\": {\"version\": \"6.5.2\"}", "6.5.2", true),
            ("\"qs\": {\"version\": \"6.5.2\"}", "6.5.3", false),
            ("/qs/6.5.2:", "6.5", false),
        ] {
            let package = Package::new("npm", "qs", version);
            assert_eq!(names(text, &package), expected, "{text} {version}");
        }
    }
}
