//! The version of a program's main module.
//!
//! Rule, in this order:
//! 1. The version that Go recorded, unless it is `(devel)`, empty, or a pseudo-version on
//!    `v0.0.0`. The last is what Go 1.24 and later record for a checkout without tags, as
//!    build machines make them; it would sort before every release.
//! 2. A version that the linker was told to set (`-ldflags "-X main.version=v1.2.3"`) in a
//!    variable named like a version, in package `main` or a package of the module's owner.
//!    Several such variables must agree, `main`'s first.
//! 3. `(devel)`, which matches nothing.
//!
//! The version-control revision is kept as properties in any case.

use model::Package;

use super::build_info::{BuildInfo, Module};
use super::{DEVEL, PURL_TYPE};

/// Names of variables that hold the program's own version, in lower case.
const VARIABLES: [&str; 6] = [
    "version",
    "buildversion",
    "gitversion",
    "appversion",
    "releaseversion",
    "programversion",
];

/// The package of the main module.
pub(super) fn package(main: &Module, info: &BuildInfo) -> Package {
    let stamped = &*main.version;
    let recorded = !(stamped.is_empty() || stamped == DEVEL || stamped.starts_with("v0.0.0-"));
    let linked = (!recorded).then(|| linked_version(main, info)).flatten();
    let version = match &linked {
        _ if recorded => stamped,
        Some(linked) => linked,
        None => DEVEL,
    };
    let mut package = Package::new(PURL_TYPE, &main.path, version);
    let mut properties = vec![("main", "true")];
    if linked.is_some() {
        properties.push(("version-from", "ldflags"));
    }
    if !recorded && stamped.starts_with('v') {
        properties.push(("stamped", stamped));
    }
    for key in ["vcs.modified", "vcs.revision", "vcs.time"] {
        properties.extend(info.setting(key).map(|value| (key, value)));
    }
    package.properties = properties
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    package.properties.sort();
    package
}

/// The main module of a program built without modules, as vendored projects do: known only
/// where the host makes every repository a module of three parts, and told only if the linker
/// was given a version.
pub(super) fn package_of_path(info: &BuildInfo) -> Option<Package> {
    let mut parts = info.path.splitn(4, '/');
    let (host, owner, repository) = (parts.next()?, parts.next()?, parts.next()?);
    if !["github.com", "gitlab.com", "bitbucket.org"].contains(&host) {
        return None;
    }
    let main = Module {
        path: format!("{host}/{owner}/{repository}"),
        version: String::new(),
    };
    linked_version(&main, info)?;
    Some(package(&main, info))
}

/// The version set by the linker's `-X`.
fn linked_version(main: &Module, info: &BuildInfo) -> Option<String> {
    let flags = info.setting("-ldflags")?;
    let owner = main.path.rsplit_once('/').map_or(&*main.path, |(o, _)| o);
    let mut of_main = Vec::new();
    let mut of_owner = Vec::new();
    for word in words(flags) {
        // `-X name=value` and `-X=name=value`, with one dash or two.
        let Some((name, value)) = word
            .trim_start_matches('-')
            .trim_start_matches("X=")
            .split_once('=')
        else {
            continue;
        };
        let Some((package, variable)) = name.rsplit_once('.') else {
            continue;
        };
        if !VARIABLES.contains(&&*variable.to_lowercase()) {
            continue;
        }
        let Some(version) = semantic_version(value) else {
            continue;
        };
        let within = package
            .strip_prefix(owner)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if package == "main" {
            of_main.push(version);
        } else if within {
            of_owner.push(version);
        }
    }
    agreed(of_main).or_else(|| agreed(of_owner))
}

/// The one value of a list, none if there is none or they differ.
fn agreed(mut versions: Vec<String>) -> Option<String> {
    versions.dedup();
    if versions.len() == 1 {
        versions.pop()
    } else {
        None
    }
}

/// Splits flags at white space outside quotes.
fn words(flags: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in flags.chars() {
        match (c, quote) {
            ('"' | '\'', None) => quote = Some(c),
            (c, Some(q)) if c == q => quote = None,
            (c, None) if c.is_whitespace() => words.push(std::mem::take(&mut word)),
            (c, _) => word.push(c),
        }
    }
    words.push(word);
    words
}

/// The value as a module version, if it is three numbers with perhaps a pre-release.
fn semantic_version(value: &str) -> Option<String> {
    let text = value.strip_prefix('v').unwrap_or(value);
    let core = text.split(['-', '+']).next()?;
    let numbers: Vec<_> = core.split('.').collect();
    let is_number = |n: &&str| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit());
    let plain = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b".-+".contains(&b));
    (numbers.len() == 3 && numbers.iter().all(is_number) && plain && !core.starts_with("0.0.0"))
        .then(|| format!("v{text}"))
}
