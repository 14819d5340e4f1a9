//! Packages as package URLs and back (purl specification, ECMA-427).

use std::str::FromStr as _;

use model::{OperatingSystem, Package, PurlType, SourcePackage};
use packageurl::PackageUrl;

use crate::rpm;

/// The purl of a package; `os` names the distribution of system packages.
///
/// An rpm's epoch becomes a qualifier; a deb's stays in the version (purl types `rpm`, `deb`).
/// None if the name or version cannot stand in a purl.
pub fn to_purl(package: &Package, os: Option<&OperatingSystem>) -> Option<String> {
    let purl_type = package.purl_type.as_str();
    let (namespace, name) = split_name(purl_type, &package.name);
    let mut purl = PackageUrl::new(purl_type.to_owned(), name.to_owned()).ok()?;
    let system = is_system(purl_type).then_some(os).flatten();
    let namespace = system
        .map(|os| os.id.as_str())
        .filter(|id| !id.is_empty())
        .or(namespace);
    if let Some(namespace) = namespace {
        purl.with_namespace(namespace.to_owned()).ok()?;
    }
    let (epoch, version) = match package.version.split_once(':') {
        Some((epoch, version)) if purl_type == "rpm" => (Some(epoch), version),
        _ => (None, package.version.as_str()),
    };
    if !version.is_empty() {
        purl.with_version(version.to_owned()).ok()?;
    }
    let mut qualifier = |key: &'static str, value: Option<String>| {
        value
            .is_none_or(|value| purl.add_qualifier(key, value).is_ok())
            .then_some(())
    };
    qualifier("arch", package.arch.clone())?;
    qualifier("distro", system.map(distro))?;
    qualifier("epoch", epoch.filter(|e| *e != "0").map(str::to_owned))?;
    qualifier("rpmmod", package.module.clone())?;
    qualifier("upstream", upstream(package))?;
    Some(purl.to_string())
}

/// `debian-12`, or `debian` for a rolling release.
fn distro(os: &OperatingSystem) -> String {
    match os.version_id.as_str() {
        "" => os.id.clone(),
        version => format!("{}-{version}", os.id),
    }
}

/// `name@version` of a source package that is not the package itself; the version is left out
/// if it is the package's.
fn upstream(package: &Package) -> Option<String> {
    let source = package.source.as_ref()?;
    match (
        source.name == package.name,
        source.version == package.version,
    ) {
        (true, true) => None,
        (false, true) => Some(source.name.clone()),
        (_, false) => Some(format!("{}@{}", source.name, source.version)),
    }
}

/// Purl types whose namespace is a distribution.
fn is_system(purl_type: &str) -> bool {
    matches!(purl_type, "deb" | "apk" | "rpm" | "alpm")
}

/// Namespace and name of a full name.
fn split_name<'a>(purl_type: &str, name: &'a str) -> (Option<&'a str>, &'a str) {
    let split = match purl_type {
        "maven" => name.split_once(':'),
        "npm" | "composer" | "golang" => name.rsplit_once('/'),
        _ => None,
    };
    split.map_or((None, name), |(namespace, name)| (Some(namespace), name))
}

/// The package that a purl names, and the distribution it names (`id`, `version_id`).
pub fn from_purl(text: &str) -> Result<(Package, Option<OperatingSystem>), packageurl::Error> {
    let purl = PackageUrl::from_str(text)?;
    let purl_type = purl.ty().to_owned();
    let separator = if purl_type == "maven" { ':' } else { '/' };
    let name = match purl.namespace() {
        Some(namespace) if !is_system(&purl_type) => {
            format!("{namespace}{separator}{}", purl.name())
        }
        _ => purl.name().to_owned(),
    };
    let name = as_written(text, &name).unwrap_or(name);
    let qualifier = |key: &str| purl.qualifiers().get(key).map(ToString::to_string);
    let mut version = purl.version().unwrap_or_default().to_owned();
    if let Some(epoch) = qualifier("epoch").filter(|e| e != "0" && !version.contains(':')) {
        version = format!("{epoch}:{version}");
    }
    let mut package = Package::new(PurlType::from_string(purl_type.clone()), name, version);
    package.arch = qualifier("arch");
    package.module = qualifier("rpmmod").or_else(|| qualifier("modularitylabel"));
    package.source = source(&package, qualifier("upstream").as_deref());
    let os = is_system(&purl_type).then(|| system(&purl, qualifier("distro").as_deref()));
    Ok((package, os.flatten()))
}

/// The name in the letters of the text. The specification lower-cases names of Go modules and npm
/// packages, but their tools and advisories tell `github.com/BurntSushi/toml` from other spellings.
fn as_written(text: &str, name: &str) -> Option<String> {
    let path = ["pkg:golang/", "pkg:npm/"]
        .iter()
        .find_map(|kind| text.strip_prefix(kind))?;
    let path = path.split(['?', '#']).next()?;
    let path = path
        .rsplit_once('@')
        .map_or(path, |(before, _)| before)
        .replace("%40", "@");
    path.eq_ignore_ascii_case(name).then_some(path)
}

/// Whether every part that `pattern` states is the same in `purl`: type, namespace and name, the
/// version if it gives one, and each of its qualifiers (OpenVEX specification, "Product
/// identifiers").
pub fn covers(pattern: &str, purl: &str) -> bool {
    let (Ok(pattern), Ok(purl)) = (PackageUrl::from_str(pattern), PackageUrl::from_str(purl))
    else {
        return false;
    };
    pattern.ty() == purl.ty()
        && pattern.namespace() == purl.namespace()
        && pattern.name() == purl.name()
        && pattern
            .version()
            .is_none_or(|version| purl.version() == Some(version))
        && pattern
            .qualifiers()
            .iter()
            .all(|(key, value)| purl.qualifiers().get(key) == Some(value))
}

/// The source package of `upstream=name@version`; itself for types that always have one.
fn source(package: &Package, upstream: Option<&str>) -> Option<SourcePackage> {
    let own = || SourcePackage {
        name: package.name.clone(),
        version: package.version.clone(),
    };
    // Syft gives the file name of an rpm's source package.
    if let Some(upstream) = upstream.filter(|upstream| upstream.ends_with(".src.rpm")) {
        let epoch = package
            .version
            .split_once(':')
            .and_then(|(epoch, _)| epoch.parse().ok());
        return rpm::source(upstream, epoch);
    }
    let Some(upstream) = upstream else {
        return matches!(package.purl_type.as_str(), "deb" | "apk").then(own);
    };
    let (name, version) = upstream
        .split_once('@')
        .unwrap_or((upstream, &package.version));
    Some(SourcePackage {
        name: name.to_owned(),
        version: version.to_owned(),
    })
}

fn system(purl: &PackageUrl<'_>, distro: Option<&str>) -> Option<OperatingSystem> {
    let id = purl.namespace()?.to_owned();
    let version_id = distro
        .and_then(|d| d.strip_prefix(&id)?.strip_prefix('-'))
        .or_else(|| distro.filter(|d| d.starts_with(|c: char| c.is_ascii_digit())))
        .unwrap_or_default()
        .to_owned();
    let pretty_name = format!("{id} {version_id}").trim_end().to_owned();
    Some(OperatingSystem {
        id,
        version_id,
        pretty_name,
        ..OperatingSystem::default()
    })
}

#[cfg(test)]
mod tests {
    use model::{OperatingSystem, Package, PurlType, SourcePackage};

    use super::{covers, from_purl, to_purl};

    fn package(purl_type: &str, name: &str, version: &str) -> Package {
        Package::new(PurlType::from_string(purl_type.to_owned()), name, version)
    }

    #[test]
    fn packages_survive_the_way_through_a_purl() {
        let os = OperatingSystem {
            id: "debian".to_owned(),
            version_id: "12".to_owned(),
            pretty_name: "debian 12".to_owned(),
            ..OperatingSystem::default()
        };
        let mut libc = package("deb", "libc6", "2.36-9+b1");
        libc.arch = Some("amd64".to_owned());
        libc.source = Some(SourcePackage {
            name: "glibc".to_owned(),
            version: "2.36-9".to_owned(),
        });
        let mut bash = package("deb", "bash", "1:5.2");
        bash.source = Some(SourcePackage {
            name: "bash".to_owned(),
            version: "1:5.2".to_owned(),
        });
        let mut rpm = package("rpm", "openssl", "1:3.0.7-1.el9");
        rpm.module = Some("a:1:2:c:x86_64".to_owned());
        for (package, expected) in [
            (
                libc,
                "pkg:deb/debian/libc6@2.36-9%2Bb1?arch=amd64&distro=debian-12&upstream=glibc%402.36-9",
            ),
            (bash, "pkg:deb/debian/bash@1:5.2?distro=debian-12"),
            (
                package("npm", "@babel/core", "7.0.0"),
                "pkg:npm/%40babel/core@7.0.0",
            ),
            (package("maven", "org.x:y", "1"), "pkg:maven/org.x/y@1"),
            (
                package("golang", "github.com/a/b/v2", "v2.0.0+incompatible"),
                "pkg:golang/github.com/a/b/v2@v2.0.0%2Bincompatible",
            ),
            (
                package("golang", "stdlib", "1.22.3"),
                "pkg:golang/stdlib@1.22.3",
            ),
            (
                rpm,
                "pkg:rpm/debian/openssl@3.0.7-1.el9?distro=debian-12&epoch=1&rpmmod=a:1:2:c:x86_64",
            ),
        ] {
            let purl = to_purl(&package, Some(&os)).unwrap();
            assert_eq!(purl, expected);
            let (back, system) = from_purl(&purl).unwrap();
            assert_eq!(back, package);
            assert_eq!(system.is_some(), purl.contains("debian"));
        }
    }

    #[test]
    fn an_rpms_source_may_be_a_file_name() {
        let purl =
            "pkg:rpm/rhel/openssl-libs@3.0.7-1.el9?epoch=1&upstream=openssl-3.0.7-1.el9.src.rpm";
        let (package, _) = from_purl(purl).unwrap();
        let source = package.source.unwrap();
        assert_eq!(source.name, "openssl");
        assert_eq!(source.version, "1:3.0.7-1.el9");
    }

    #[test]
    fn names_keep_their_letters() {
        for (purl, name) in [
            (
                "pkg:golang/github.com/BurntSushi/toml@v1.2.0?type=module#x",
                "github.com/BurntSushi/toml",
            ),
            ("pkg:npm/JSONStream@1.0.0", "JSONStream"),
            ("pkg:npm/%40Scope/Name@1.0.0", "@Scope/Name"),
            ("pkg:npm/JSONStream", "JSONStream"),
            ("pkg:pypi/Django@2.0", "django"),
        ] {
            assert_eq!(from_purl(purl).unwrap().0.name, name, "{purl}");
        }
    }

    #[test]
    fn a_purl_without_a_type_is_refused() {
        from_purl("libc6@2.36").unwrap_err();
    }

    #[test]
    fn a_pattern_covers_what_it_does_not_narrow() {
        let purl = "pkg:deb/debian/openssl@3.0.1?arch=amd64&distro=debian-12";
        for (pattern, expected) in [
            ("pkg:deb/debian/openssl", true),
            ("pkg:deb/debian/openssl@3.0.1", true),
            ("pkg:deb/debian/openssl@3.0.1?arch=amd64", true),
            ("pkg:deb/debian/openssl@3.0.2", false),
            ("pkg:deb/debian/openssl@3.0.1?arch=arm64", false),
            ("pkg:deb/ubuntu/openssl", false),
            ("openssl", false),
        ] {
            assert_eq!(covers(pattern, purl), expected, "{pattern}");
        }
    }
}
