//! How Red Hat names packages and platforms in CSAF documents.
//!
//! The rules are those of "Red Hat's CSAF and VEX documents" on Red Hat's customer portal and of
//! the documents themselves.

use super::document::{Product, Resolved};
use super::{Named, Package};
use crate::feeds::purl::Purl;
use crate::feeds::rpm::{SOURCE, evr, normal_evr};

/// The RPM package that a product is, with the namespace it belongs to.
pub(super) fn package(resolved: &Resolved<'_>) -> Named {
    let Some(platform) = resolved.platform else {
        return Named::Other;
    };
    let cpe = &platform.known_as.cpe;
    let mut package = match component(resolved.component) {
        Named::Package(package) => package,
        other => return other,
    };
    if package.module.is_none() {
        package.module = resolved.module.and_then(module_of);
    }
    let major = major_release(cpe).or_else(|| dist_tag(package.version.as_deref()?));
    let Some(major) = major else {
        return Named::Other;
    };
    package.namespaces = vec![format!("Red Hat:{major}")];
    package.platform.clone_from(cpe);
    Named::Package(package)
}

fn component(product: &Product) -> Named {
    let purl = &product.known_as.purl;
    if purl.is_empty() {
        return without_purl(&product.id);
    }
    let Some(purl) = Purl::parse(purl) else {
        return Named::Invalid(format!("{purl} is not a purl"));
    };
    if purl.kind != "rpm" {
        return Named::Other;
    }
    let module = match purl.qualifier("rpmmod") {
        "" => None,
        label => match stream(label) {
            Some(module) => Some(module),
            None => return Named::Invalid(format!("{label} is not a module")),
        },
    };
    Named::Package(Package {
        // A version without a release is none of a package (`go-toolset@rhel8` is a module stream).
        version: Some(&purl.version)
            .filter(|version| version.contains('-'))
            .map(|version| evr(purl.qualifier("epoch"), version, "")),
        arch: purl.qualifier("arch").to_owned(),
        name: purl.name,
        module,
        ..Package::default()
    })
}

/// Documents from before November 2024 have no purls for components without a version: a source
/// package's name, `module:stream/name`, or a container image's path.
fn without_purl(id: &str) -> Named {
    let (module, name) = match id.split_once('/') {
        Some((module, name)) if module.contains(':') => (stream(module), name),
        Some(_) => return Named::Other,
        None => (None, id),
    };
    if let Some((name, version, arch)) = nevra(name) {
        return Named::Package(Package {
            name,
            version: Some(version),
            arch,
            module,
            ..Package::default()
        });
    }
    Named::Package(Package {
        name: name.trim_end_matches(".src").to_owned(),
        arch: SOURCE.to_owned(),
        module,
        ..Package::default()
    })
}

/// `name-epoch:version-release.arch`; none if the text is not of that form.
fn nevra(text: &str) -> Option<(String, String, String)> {
    let (text, arch) = text.rsplit_once('.')?;
    let (text, release) = text.rsplit_once('-')?;
    let (name, version) = text.rsplit_once('-')?;
    version.contains(':').then(|| {
        (
            name.to_owned(),
            normal_evr(&format!("{version}-{release}")).to_owned(),
            arch.to_owned(),
        )
    })
}

fn module_of(product: &Product) -> Option<String> {
    match Purl::parse(&product.known_as.purl) {
        Some(purl) if purl.kind == "rpmmod" => stream(&format!("{}:{}", purl.name, purl.version)),
        _ => stream(&product.id),
    }
}

/// `name:stream` of a label `name:stream:version:context`.
fn stream(label: &str) -> Option<String> {
    let mut parts = label.split(':');
    let (name, stream) = (parts.next()?, parts.next()?);
    let plain = |part: &str| !part.is_empty() && !part.contains(['/', ' ']);
    (plain(name) && plain(stream)).then(|| format!("{name}:{stream}"))
}

/// The major release of Red Hat Enterprise Linux on which a product runs: the edition `el8`,
/// else the version of `enterprise_linux` and of the `rhel_…` products that are its own support
/// streams (`rhel_eus:9.0::baseos`).
pub(in crate::feeds) fn major_release(cpe: &str) -> Option<String> {
    let mut parts = cpe.strip_prefix("cpe:/")?.split(':').skip(1);
    let (vendor, product) = (parts.next()?, parts.next()?);
    if vendor != "redhat" {
        return None;
    }
    let version = parts.next().unwrap_or_default();
    let edition = parts.find_map(|part| part.strip_prefix("el").and_then(digits));
    edition.map(str::to_owned).or_else(|| {
        let major = digits(version)?;
        let system = product == "enterprise_linux"
            || product
                .strip_prefix("rhel_")
                .is_some_and(|stream| SUPPORT_STREAMS.contains(&stream));
        system.then(|| major.to_owned())
    })
}

/// Product names after `rhel_` whose version is a release of the system.
const SUPPORT_STREAMS: [&str; 9] = [
    "aus",
    "e4s",
    "els",
    "eus",
    "eus_long_life",
    "extras",
    "mission_critical",
    "tus",
    "virtualization",
];

/// `8` of a release with the tag `.el8`, `.el8_6` or `.module+el8.9.0+…`.
fn dist_tag(version: &str) -> Option<String> {
    version
        .split(['.', '+'])
        .find_map(|part| part.strip_prefix("el").and_then(digits))
        .map(str::to_owned)
}

fn digits(text: &str) -> Option<&str> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text.get(..end).filter(|digits| !digits.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{dist_tag, major_release, nevra, stream};

    #[test]
    fn major_releases_of_platforms() {
        for (cpe, expected) in [
            ("cpe:/o:redhat:enterprise_linux:9::baseos", Some("9")),
            ("cpe:/a:redhat:enterprise_linux:10::appstream", Some("10")),
            ("cpe:/o:redhat:rhel_eus:9.0::baseos", Some("9")),
            ("cpe:/a:redhat:openshift:4.13::el8", Some("8")),
            ("cpe:/a:redhat:rhel_software_collections:3::el7", Some("7")),
            ("cpe:/a:redhat:rhel_software_collections:3", None),
            ("cpe:/a:redhat:openshift:3.11", None),
            ("cpe:/o:suse:sles:15", None),
            ("", None),
        ] {
            assert_eq!(major_release(cpe).as_deref(), expected, "{cpe}");
        }
    }

    #[test]
    fn parts_of_names() {
        assert_eq!(
            nevra("puppet-agent-0:7.27.0-1.el6sat.i686"),
            Some((
                "puppet-agent".to_owned(),
                "7.27.0-1.el6sat".to_owned(),
                "i686".to_owned()
            ))
        );
        assert_eq!(nevra("java-1.8.0-openjdk"), None);
        assert_eq!(
            stream("ruby:2.5:8090020230627084142:b46abd14").as_deref(),
            Some("ruby:2.5")
        );
        assert_eq!(stream("rhel10"), None);
        assert_eq!(
            dist_tag("1.6-5.module+el8.9.0+19193+435404ae").as_deref(),
            Some("8")
        );
    }
}
