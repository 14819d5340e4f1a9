//! Whether an advisory's conditions beyond name and version hold for a package.

use model::{Candidate, KeyEnd, OperatingSystem, Package};

/// Which kind of package a look-up speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// Binary packages: statements about source packages alone are not about this one.
    Binary,
    /// A source package, in a namespace whose names are else those of binary packages.
    Source,
    /// Names of the namespace are of one kind.
    Any,
}

/// The architecture of statements about source packages.
const SOURCE: &str = "src";

/// Whether architecture, module stream and platform allow the candidate for this package.
pub fn applies(
    candidate: &Candidate<'_>,
    package: &Package,
    os: Option<&OperatingSystem>,
    subject: Subject,
) -> bool {
    let conditions = &candidate.qualifiers;
    let arches = &conditions.arches;
    let arch = match subject {
        Subject::Source => arches.iter().any(|arch| arch == SOURCE),
        Subject::Any => arch_applies(arches, package.arch.as_deref()),
        Subject::Binary => {
            arches.is_empty()
                || arches.iter().any(|arch| arch != SOURCE)
                    && arch_applies(arches, package.arch.as_deref())
        }
    };
    arch && module_applies(candidate, package) && platform_applies(candidate, package, os)
}

/// Architectures in which a package of any machine is published.
fn independent(arch: &str) -> bool {
    matches!(arch, "noarch" | "all" | "any")
}

fn arch_applies(arches: &[String], arch: Option<&str>) -> bool {
    let Some(arch) = arch else { return true };
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

/// Whether one of the platforms is this system or the package's own repository.
///
/// CPEs must name the system's product and release. `epel` is Fedora's repository for the Red Hat
/// family, whose packages carry the vendor `Fedora Project`; a package of unknown vendor may be
/// from it. Other words name repositories that leave no trace in an inventory (`amzn2extra-…`,
/// where the lower bound of the range already tells the branches apart), and do not exclude.
fn platform_applies(
    candidate: &Candidate<'_>,
    package: &Package,
    os: Option<&OperatingSystem>,
) -> bool {
    let platforms = &candidate.qualifiers.platforms;
    if platforms.is_empty() {
        return true;
    }
    let own = os.and_then(system_cpe);
    platforms.iter().any(|platform| {
        if platform == "epel" {
            let vendor = package.property("vendor");
            return vendor.is_none_or(|vendor| vendor == "Fedora Project");
        }
        match (&own, platform.starts_with("cpe:")) {
            (Some(own), true) => Cpe::parse(platform).is_some_and(|cpe| cpe.covers(own)),
            (None, true) | (_, false) => true,
        }
    })
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
/// `enterprise_linux:9`, while `os-release` gives the minor release as well. Both CentOS are
/// looked up in Red Hat's namespace, and stand there for the release they have in common.
fn system_cpe(os: &OperatingSystem) -> Option<Cpe> {
    if matches!(os.id.as_str(), "rhel" | "centos") {
        return Some(Cpe {
            vendor: "redhat".to_owned(),
            product: "enterprise_linux".to_owned(),
            version: os.version_id.clone(),
        });
    }
    os.cpe.as_deref().and_then(Cpe::parse)
}
