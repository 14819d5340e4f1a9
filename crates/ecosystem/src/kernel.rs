//! Which kernel a package belongs to: on a host only the running one counts.

use model::Package;

/// The release of the kernel, as `uname -r` prints it, whose image, modules or headers a package
/// holds; none for every other package, meta packages included.
///
/// Of several installed kernels a host runs one, and only that one can be attacked; an update
/// counts from the next boot on. Compare with [`belongs_to`], which knows the variants.
pub fn kernel_release(package: &Package) -> Option<String> {
    match package.purl_type.as_str() {
        "deb" => debian_release(&package.name),
        "rpm" => rpm_releases(package)?.into_iter().next(),
        "apk" => alpine_release(package),
        _ => None,
    }
}

/// Whether a package belongs to the kernel that runs; none if it belongs to no kernel.
pub fn belongs_to(package: &Package, running: &str) -> Option<bool> {
    Some(match package.purl_type.as_str() {
        // Files common to all flavors of a release: `linux-headers-6.1.0-18-common`,
        // `linux-headers-5.15.0-91`.
        "deb" => {
            let release = debian_release(&package.name)?;
            let common = release.strip_suffix("-common").unwrap_or(&release);
            running == release
                || running
                    .strip_prefix(common)
                    .is_some_and(|rest| rest.starts_with('-'))
        }
        "rpm" => rpm_releases(package)?.iter().any(|r| r == running),
        "apk" => alpine_release(package)? == running,
        _ => return None,
    })
}

/// Why what a package holds of the kernel cannot be attacked where it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// Of a host's installed kernels, only one runs.
    NotRunning,
    /// A container runs on the kernel of its host, whatever its own image holds.
    InContainer,
    /// Headers are for building programs; none of their code runs.
    Headers,
}

/// Whether a package is a kernel, or made of its source, and none of the code it holds can run.
///
/// `running` is the kernel that runs, if that is known; a container has none of its own.
pub fn idle(package: &Package, running: Option<&str>, in_container: bool) -> Option<Idle> {
    if is_headers(package) {
        return Some(Idle::Headers);
    }
    let is_kernel = || belongs_to(package, "").is_some() || is_debian_image(package);
    if in_container {
        return is_kernel().then_some(Idle::InContainer);
    }
    let runs = running.and_then(|running| belongs_to(package, running));
    (runs == Some(false)).then_some(Idle::NotRunning)
}

/// Images and the packages that only depend on the newest one.
fn is_debian_image(package: &Package) -> bool {
    package.purl_type.as_str() == "deb" && package.name.starts_with("linux-image-")
}

fn is_headers(package: &Package) -> bool {
    let name = package.name.as_str();
    match package.purl_type.as_str() {
        "deb" => {
            let prefixes = ["linux-libc-dev", "linux-headers-", "linux-kbuild-"];
            prefixes.iter().any(|prefix| name.starts_with(prefix))
        }
        "rpm" => {
            let is_kernel = name.starts_with("kernel") || name.starts_with("linux-");
            let is_for_building = ["-headers", "-devel", "-source", "-macros"]
                .iter()
                .any(|suffix| name.ends_with(suffix));
            // SUSE's `linux-glibc-devel` and Photon's `linux-api-headers`, but no `kernelshark`.
            is_kernel && is_for_building && !name.ends_with("-libs-devel")
        }
        "apk" => {
            name == "linux-headers" || name.ends_with("-dev") && alpine_release(package).is_some()
        }
        _ => false,
    }
}

/// Debian and Ubuntu put the release into the name, after one of these.
const DEBIAN_PREFIXES: &[&str] = &[
    "linux-image-unsigned-",
    "linux-image-",
    "linux-modules-extra-",
    "linux-modules-",
    "linux-headers-",
    "linux-buildinfo-",
    "linux-tools-",
    "linux-cloud-tools-",
];

/// `linux-image-6.1.0-18-amd64` is of `6.1.0-18-amd64`; `linux-image-amd64` is a meta package.
fn debian_release(name: &str) -> Option<String> {
    let rest = DEBIAN_PREFIXES
        .iter()
        .find_map(|prefix| name.strip_prefix(prefix))?;
    let release = rest
        .strip_suffix("-unsigned")
        .or_else(|| rest.strip_suffix("-dbg"))
        .unwrap_or(rest);
    // A version alone (`linux-headers-6.1`) names no build.
    let (version, _build) = release.split_once('-')?;
    (version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.'))
        .then(|| release.to_owned())
}

/// Every form in which `uname -r` may name the kernel of an rpm package: the most usual first.
fn rpm_releases(package: &Package) -> Option<Vec<String>> {
    let flavor = rpm_flavor(&package.name)?;
    let version = package
        .version
        .split_once(':')
        .map_or(&*package.version, |v| v.1);
    let arch = package.arch.as_deref().unwrap_or("noarch");
    let plain = format!("{version}.{arch}");
    // Azure Linux and Photon leave out the architecture; the real-time kernel of RHEL 8 names
    // its flavor in the release itself (`4.18.0-513.rt7.305.el8`).
    if flavor.is_empty() || version.contains(".rt") {
        return Some(vec![plain, version.to_owned()]);
    }
    // SUSE leaves out the last number of the release, which counts rebuilds:
    // `kernel-default-5.14.21-150500.55.39.1` runs as `5.14.21-150500.55.39-default`.
    let build = version.rsplit_once('.').map_or(version, |(build, _)| build);
    // Red Hat's variants run as `5.14.0-427.el9.x86_64+debug`.
    let mut releases = vec![
        format!("{plain}+{flavor}"),
        format!("{build}-{flavor}"),
        format!("{version}-{flavor}"),
    ];
    if matches!(flavor, "default" | "azure") {
        releases.swap(0, 1);
    }
    Some(releases)
}

/// The flavor that a kernel package's name says, empty if it says none.
fn rpm_flavor(name: &str) -> Option<&str> {
    // Photon's names: `linux`, `linux-esx`.
    if let Some(rest) = name.strip_prefix("linux") {
        return match rest {
            "" => Some(""),
            "-esx" | "-rt" | "-secure" | "-aws" => rest.strip_prefix('-'),
            _ => None,
        };
    }
    // Amazon Linux has several lines side by side: `kernel6.12`.
    let rest = name
        .strip_prefix("kernel")?
        .trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let mut parts = rest.split('-');
    if !parts.next()?.is_empty() {
        return None;
    }
    let mut flavor = "";
    for part in parts {
        match part {
            // What of the kernel the package holds; and Oracle's own kernel, which says so in its
            // release too (`5.15.0-3.60.5.1.el9uek.x86_64`).
            "core" | "modules" | "extra" | "internal" | "partner" | "devel" | "base"
            | "optional" | "uki" | "virt" | "uek" => {}
            "debug" | "rt" | "64k" | "default" | "azure" | "kvmsmall" | "zfcpdump" | "16k"
                if flavor.is_empty() =>
            {
                flavor = part;
            }
            // `kernel-headers`, `kernel-tools`, `kernel-livepatch-…` and others are no part of
            // the image that runs.
            _ => return None,
        }
    }
    Some(flavor)
}

/// `linux-lts 6.6.14-r0` runs as `6.6.14-0-lts` (the `APKBUILD` of `linux-lts`).
fn alpine_release(package: &Package) -> Option<String> {
    let flavor = package.name.strip_prefix("linux-")?;
    let flavor = flavor.strip_suffix("-dev").unwrap_or(flavor);
    if !matches!(
        flavor,
        "lts" | "virt" | "edge" | "rpi" | "stable" | "openpax" | "asahi"
    ) {
        return None;
    }
    let (version, build) = package.version.split_once("-r")?;
    Some(format!("{version}-{build}-{flavor}"))
}

#[cfg(test)]
mod tests {
    use model::{Package, PurlType};

    use super::{Idle, belongs_to, idle, kernel_release};

    fn package(kind: &'static str, name: &str, version: &str) -> Package {
        let mut package = Package::new(PurlType::new(kind), name, version);
        package.arch = Some("x86_64".to_owned());
        package
    }

    #[test]
    fn packages_belong_to_one_kernel() {
        for (kind, name, version, release) in [
            (
                "deb",
                "linux-image-6.1.0-18-amd64",
                "6.1.76-1",
                "6.1.0-18-amd64",
            ),
            (
                "deb",
                "linux-image-6.1.0-18-amd64-unsigned",
                "6.1.76-1",
                "6.1.0-18-amd64",
            ),
            (
                "deb",
                "linux-image-unsigned-5.15.0-91-generic",
                "1",
                "5.15.0-91-generic",
            ),
            (
                "deb",
                "linux-modules-extra-5.15.0-91-generic",
                "1",
                "5.15.0-91-generic",
            ),
            (
                "deb",
                "linux-headers-6.1.0-18-common",
                "1",
                "6.1.0-18-common",
            ),
            (
                "deb",
                "linux-image-6.6.20+rpt-rpi-v8",
                "1",
                "6.6.20+rpt-rpi-v8",
            ),
            (
                "rpm",
                "kernel-core",
                "5.14.0-362.el9",
                "5.14.0-362.el9.x86_64",
            ),
            (
                "rpm",
                "kernel",
                "4:6.1.66-91.160.amzn2023",
                "6.1.66-91.160.amzn2023.x86_64",
            ),
            (
                "rpm",
                "kernel6.12",
                "6.12.1-1.amzn2023",
                "6.12.1-1.amzn2023.x86_64",
            ),
            (
                "rpm",
                "kernel-uek-core",
                "5.15.0-3.60.el9uek",
                "5.15.0-3.60.el9uek.x86_64",
            ),
            (
                "rpm",
                "kernel-default",
                "5.14.21-150500.55.39.1",
                "5.14.21-150500.55.39-default",
            ),
            ("apk", "linux-lts", "6.6.14-r0", "6.6.14-0-lts"),
            ("apk", "linux-virt-dev", "6.6.14-r0", "6.6.14-0-virt"),
        ] {
            let package = package(kind, name, version);
            assert_eq!(kernel_release(&package).as_deref(), Some(release), "{name}");
            assert_eq!(belongs_to(&package, "1.2.3"), Some(false), "{name}");
        }
    }

    #[test]
    fn variants_of_the_running_release_are_known() {
        for (kind, name, version, running) in [
            (
                "deb",
                "linux-headers-6.1.0-18-common",
                "1",
                "6.1.0-18-amd64",
            ),
            ("deb", "linux-headers-5.15.0-91", "1", "5.15.0-91-generic"),
            (
                "rpm",
                "kernel-debug-core",
                "5.14.0-427.el9",
                "5.14.0-427.el9.x86_64+debug",
            ),
            (
                "rpm",
                "kernel-64k-modules-core",
                "5.14.0-427.el9",
                "5.14.0-427.el9.x86_64+64k",
            ),
            (
                "rpm",
                "kernel-rt",
                "4.18.0-513.rt7.el8",
                "4.18.0-513.rt7.el8.x86_64",
            ),
            ("rpm", "kernel", "6.6.57.1-7.azl3", "6.6.57.1-7.azl3"),
            ("rpm", "linux-esx", "6.1.10-11.ph5", "6.1.10-11.ph5-esx"),
            (
                "rpm",
                "kernel-azure",
                "5.14.21-150500.33.1.2",
                "5.14.21-150500.33.1-azure",
            ),
        ] {
            let package = package(kind, name, version);
            assert_eq!(belongs_to(&package, running), Some(true), "{name}");
        }
    }

    #[test]
    fn another_flavor_of_the_same_release_does_not_run() {
        let debug = package("rpm", "kernel-debug-core", "5.14.0-427.el9");
        assert_eq!(belongs_to(&debug, "5.14.0-427.el9.x86_64"), Some(false));
        let plain = package("rpm", "kernel-core", "5.14.0-427.el9");
        assert_eq!(
            belongs_to(&plain, "5.14.0-427.el9.x86_64+debug"),
            Some(false)
        );
        let cloud = package("deb", "linux-image-6.1.0-18-cloud-amd64", "1");
        assert_eq!(belongs_to(&cloud, "6.1.0-18-amd64"), Some(false));
    }

    /// A package of each kind, what it is on a host that runs 6.1.0-18-amd64, and in a container.
    const IDLE: &str = "\
        deb linux-image-6.1.0-18-amd64 - InContainer
        deb linux-image-6.1.0-17-amd64 NotRunning InContainer
        deb linux-image-amd64 - InContainer
        deb linux-headers-6.1.0-18-amd64 Headers Headers
        deb linux-libc-dev Headers Headers
        deb linux-base - -
        deb libc6-dev - -
        rpm kernel-core NotRunning InContainer
        rpm kernel-headers Headers Headers
        rpm kernel-uek-devel Headers Headers
        rpm linux-api-headers Headers Headers
        rpm kernel-tools - -
        rpm kernel-tools-libs-devel - -
        apk linux-headers Headers Headers
        apk linux-lts NotRunning InContainer
        apk linux-pam-dev - -";

    #[test]
    fn what_cannot_run_is_told_apart() {
        let word = |idle: Option<Idle>| idle.map_or_else(|| "-".to_owned(), |i| format!("{i:?}"));
        for row in IDLE.lines() {
            let words: Vec<_> = row.split_whitespace().collect();
            let kind = ["deb", "rpm", "apk"]
                .into_iter()
                .find(|kind| *kind == words[0]);
            let package = package(kind.unwrap(), words[1], "6.1.0-r0");
            let host = idle(&package, Some("6.1.0-18-amd64"), false);
            let container = idle(&package, None, true);
            assert_eq!([word(host), word(container)], words[2..], "{row}");
        }
        let other = package("deb", "linux-image-6.1.0-17-amd64", "1");
        assert_eq!(
            idle(&other, None, false),
            None,
            "a disk does not say which one runs"
        );
    }

    #[test]
    fn other_packages_belong_to_no_kernel() {
        for (kind, name) in [
            ("deb", "linux-image-amd64"),
            ("deb", "linux-libc-dev"),
            ("deb", "linux-headers-6.1"),
            ("deb", "linux-base"),
            ("rpm", "kernel-headers"),
            ("rpm", "kernel-tools"),
            ("rpm", "kernel-srpm-macros"),
            ("rpm", "kernelshark"),
            ("rpm", "linux-firmware"),
            ("apk", "linux-headers"),
            ("apk", "linux-pam"),
            ("pypi", "kernel"),
        ] {
            let package = package(kind, name, "1-r0");
            assert_eq!(kernel_release(&package), None, "{name}");
            assert_eq!(belongs_to(&package, "1-0"), None, "{name}");
        }
    }
}
