//! Go modules: build information in binaries, and `go.mod`.

mod build_info;
mod go_mod;
mod main_version;

use model::{Package, PurlType};

use crate::executable::{self, Regions};
use crate::{Content, Ecosystem, Extractor, version};

/// Go modules, the standard library (`stdlib`) and the Go tools (`toolchain`) among them, as
/// the Go vulnerability database names them.
pub static GO: Ecosystem = Ecosystem {
    purl_type: PURL_TYPE,
    title: "Go modules",
    osv_name: Some("Go"),
    normalize_name: str::to_owned,
    scheme: &version::golang::GO,
    extractors: &[
        executable::EXTRACTOR,
        Extractor {
            name: "golang/go.mod",
            version: 1,
            wants: go_mod::is_go_mod,
            magic: &[],
            extract: go_mod::extract,
        },
    ],
};

const PURL_TYPE: PurlType = PurlType::new("golang");

/// The version of a module built from a working directory that no tag names. It parses in no
/// version order, so it matches no range: which release such a build contains is not known.
const DEVEL: &str = "(devel)";

/// The packages of a Go program, none if the program was not built by Go.
pub(crate) fn read(
    content: &mut dyn Content,
    program: &Regions,
) -> Option<Result<Vec<Package>, String>> {
    Some(build_info::read(content, program)?.map(|info| packages(&info)))
}

/// The packages that build information names.
fn packages(info: &build_info::BuildInfo) -> Vec<Package> {
    let mut packages = Vec::new();
    let mut stdlib = go_package("stdlib", &info.go_version);
    let settings = [
        ("cgo", "CGO_ENABLED"),
        ("goarch", "GOARCH"),
        ("goos", "GOOS"),
    ];
    for (key, setting) in settings {
        if let Some(value) = info.setting(setting) {
            stdlib.properties.push((key.to_owned(), value.to_owned()));
        }
    }
    stdlib.properties.sort();
    packages.push(stdlib);
    // The Go tools are built without a main module, or as the module `cmd`.
    if info.path.starts_with("cmd/") && info.main.as_ref().is_none_or(|main| main.path == "cmd") {
        packages.push(go_package("toolchain", &info.go_version));
    } else if let Some(main) = &info.main {
        packages.push(main_version::package(main, info));
    } else {
        packages.extend(main_version::package_of_path(info));
    }
    packages.extend(info.dependencies.iter().map(dependency));
    packages
}

/// A package at the version of the Go release that built the program.
fn go_package(name: &str, go_version: &str) -> Package {
    let release = semantic_release(go_version);
    let mut package = Package::new(PURL_TYPE, name, release.as_deref().unwrap_or(DEVEL));
    // `go1.22.3 X:boringcrypto` and vendors' suffixes say more than the release.
    if release.is_none_or(|r| go_version != format!("go{r}")) {
        package
            .properties
            .push(("toolchain".to_owned(), go_version.to_owned()));
    }
    package
}

/// The release that a Go version names, in the form of the Go vulnerability database:
/// `go1.22.3` is `1.22.3`, `go1.22` is `1.22.0`, `go1.22rc1` is `1.22.0-rc.1`. None for
/// development versions and dated snapshots before a release (`go1.22-20231128-RC02`). What
/// else follows the release (experiments, vendors' revisions) is dropped.
fn semantic_release(go_version: &str) -> Option<String> {
    let rest = go_version.strip_prefix("go")?;
    let (major, rest) = leading_number(rest)?;
    let (minor, rest) = leading_number(rest.strip_prefix('.')?)?;
    let (patch, rest) = rest
        .strip_prefix('.')
        .and_then(leading_number)
        .unwrap_or(("0", rest));
    let rest = rest.strip_prefix('-').unwrap_or(rest);
    let is_snapshot = leading_number(rest).is_some_and(|(digits, _)| digits.len() == 8);
    if is_snapshot {
        return None;
    }
    let pre = ["rc", "beta"].into_iter().find_map(|word| {
        let (number, _) = leading_number(rest.strip_prefix(word)?)?;
        Some(format!("-{word}.{number}"))
    });
    Some(format!(
        "{major}.{minor}.{patch}{}",
        pre.unwrap_or_default()
    ))
}

/// Splits text after its leading digits, none if there are none.
fn leading_number(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.split_at_checked(end)
        .filter(|(digits, _)| !digits.is_empty())
}

/// The package of a dependency.
///
/// A module replaced by another module is the other one. A module replaced by a directory is
/// local code under the old name: which version it is, nobody knows.
fn dependency(dependency: &build_info::Dependency) -> Package {
    let module = &dependency.module;
    let or_devel = |version: &str| if version.is_empty() { DEVEL } else { version }.to_owned();
    let Some(replacement) = &dependency.replacement else {
        return Package::new(PURL_TYPE, &module.path, or_devel(&module.version));
    };
    let (name, version, property) = if is_directory(&replacement.path) {
        (
            module,
            DEVEL.to_owned(),
            ("replacement", replacement.path.clone()),
        )
    } else {
        let replaced = format!("{}@{}", module.path, module.version);
        let version = or_devel(&replacement.version);
        (replacement, version, ("replaces", replaced))
    };
    let mut package = Package::new(PURL_TYPE, &name.path, version);
    package.properties.push((property.0.to_owned(), property.1));
    package
}

/// Whether a replacement is a directory: it begins with `./` or `../` or is absolute
/// (Go Modules Reference, "replace directive").
fn is_directory(path: &str) -> bool {
    let drive = path.as_bytes().get(1) == Some(&b':');
    drive
        || ["./", "../", "/", ".\\", "..\\"]
            .iter()
            .any(|p| path.starts_with(p))
        || path == "."
        || path == ".."
}

#[cfg(test)]
pub(crate) mod tests;
