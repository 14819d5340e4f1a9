//! Whether an advisory's conditions beyond name and version hold for a package.

use model::{Candidate, KeyEnd, OperatingSystem, Package};

/// Whether architecture, module stream and platform allow the candidate for this package.
pub fn applies(candidate: &Candidate<'_>, package: &Package, os: Option<&OperatingSystem>) -> bool {
    let conditions = &candidate.qualifiers;
    arch_applies(&conditions.arches, package.arch.as_deref())
        && module_applies(candidate, package)
        && platform_applies(&conditions.platforms, os)
}

fn arch_applies(arches: &[String], arch: Option<&str>) -> bool {
    let Some(arch) = arch else { return true };
    let independent = |a: &str| matches!(a, "noarch" | "all" | "any");
    arches.is_empty() || independent(arch) || arches.iter().any(|a| a == arch || independent(a))
}

/// RPM modularity (Fedora documentation, "Modularity"): a stream's packages are ordered apart
/// from those outside modules.
///
/// `Some("")` is a statement about packages outside modules. Without a stated module, a fixed
/// version whose release says `.module` speaks of modules only, and one that does not speaks of
/// the rest: publishers of OSV records give no more (AlmaLinux).
fn module_applies(candidate: &Candidate<'_>, package: &Package) -> bool {
    let modular = package.module.is_some() || package.version.contains(".module");
    match candidate.qualifiers.module.as_deref() {
        Some("") => !modular,
        Some(wanted) => package
            .module
            .as_deref()
            .is_some_and(|label| in_stream(label, wanted)),
        None => fixed_in_module(candidate).is_none_or(|fixed| fixed == modular),
    }
}

/// Whether the first fixed version is one of a module's packages, none without a fixed version.
fn fixed_in_module(candidate: &Candidate<'_>) -> Option<bool> {
    if candidate.qualifiers.arches.is_empty() && candidate.ranges.is_empty() {
        return None;
    }
    candidate.ranges.iter().find_map(|range| match range.end {
        KeyEnd::Fixed(end) => Some(end.text.contains(".module")),
        KeyEnd::LastAffected(_) | KeyEnd::Open => None,
    })
}

/// Whether a label `name:stream:version:context:arch` is of the module `name:stream`.
fn in_stream(label: &str, wanted: &str) -> bool {
    let mut label = label.split(':');
    let mut wanted = wanted.split(':');
    label.next() == wanted.next() && label.next() == wanted.next()
}

/// Platforms that are CPEs must name this system's product and release; other words (names of
/// extra repositories) cannot be checked against an inventory and do not exclude.
fn platform_applies(platforms: &[String], os: Option<&OperatingSystem>) -> bool {
    let mut cpes = platforms
        .iter()
        .filter(|p| p.starts_with("cpe:"))
        .peekable();
    if cpes.peek().is_none() {
        return true;
    }
    let Some(own) = os.and_then(system_cpe) else {
        return true;
    };
    cpes.any(|cpe| Cpe::parse(cpe).is_some_and(|cpe| cpe.covers(&own)))
}

/// Vendor, product and version of a CPE, in either binding.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Cpe {
    vendor: String,
    product: String,
    version: String,
}

impl Cpe {
    /// Reads `cpe:/o:vendor:product:version` and `cpe:2.3:o:vendor:product:version`.
    fn parse(text: &str) -> Option<Self> {
        let body = text
            .strip_prefix("cpe:2.3:")
            .or_else(|| text.strip_prefix("cpe:/"))?;
        let mut parts = body.split(':').skip(1).map(str::to_ascii_lowercase);
        let (vendor, product) = (parts.next()?, parts.next()?);
        let version = parts.next().filter(|v| v != "*" && v != "-");
        Some(Self {
            vendor,
            product,
            version: version.unwrap_or_default(),
        })
    }

    /// Whether this platform is the system's: same product, and a version that is the system's
    /// or a release line above it (`9` covers `9.4`).
    fn covers(&self, system: &Self) -> bool {
        self.vendor == system.vendor
            && self.product == system.product
            && (self.version.is_empty()
                || system.version == self.version
                || system
                    .version
                    .strip_prefix(&self.version)
                    .is_some_and(|rest| rest.starts_with('.')))
    }
}

/// The system as a CPE. Red Hat's own lists speak of the product and major release
/// `enterprise_linux:9`, while `os-release` gives the minor release as well.
fn system_cpe(os: &OperatingSystem) -> Option<Cpe> {
    if os.id == "rhel" {
        return Some(Cpe {
            vendor: "redhat".to_owned(),
            product: "enterprise_linux".to_owned(),
            version: os.version_id.clone(),
        });
    }
    os.cpe.as_deref().and_then(Cpe::parse)
}
