//! Matches the packages of an inventory against advisories.

use std::{borrow::Cow, cell::OnceCell};

use ecosystem::{
    Ecosystem, by_purl_type, deb,
    kernel::{self, Idle},
    os_release::{self, Distribution, MatchBy},
};
use model::{
    CandidateSource, Detection, Evidence, Inventory, MatchReason, OperatingSystem, Package,
    SeverityWord, SourcePackage,
};

use crate::{
    affected::affected,
    applies::{Subject, applies},
};

/// Which packages are matched.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Match packages that a lock file or manifest merely declares.
    pub declared: bool,
    /// The packages are those of a container, which has no kernel of its own.
    pub container: bool,
    /// Match kernels that cannot run, too; the caller tells them apart with
    /// [`kernel::idle`].
    pub idle_kernels: bool,
}

/// Why a package was not matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Skipped {
    /// Only declared, and declared packages are not asked for.
    Declared,
    /// An operating-system package owns its files, and the distribution patches them in place.
    OwnedBySystem,
    /// A kernel that is installed and not running.
    KernelNotRunning,
    /// A kernel in a container, which runs on its host's.
    KernelInContainer,
    /// Headers of the kernel, of which no code runs.
    KernelHeaders,
    /// The operating system has no advisory namespace.
    NoNamespace,
    /// No ecosystem of this purl type.
    UnknownType,
}

/// Every detection in an inventory, in the order of its packages.
pub fn packages(
    inventory: &Inventory,
    advisories: &dyn CandidateSource,
    options: Options,
) -> Vec<Detection> {
    let mut detections = Vec::new();
    let system = inventory.os.as_ref().map(System::new);
    for (index, package) in inventory.packages.iter().enumerate() {
        if let Ok(lookup) = lookup(package, system.as_ref(), options) {
            let matching = Matching {
                index,
                package,
                os: inventory.os.as_ref(),
                advisories,
            };
            matching.collect(&lookup, &mut detections);
        }
    }
    detections
}

/// Where and how a package is looked up.
#[derive(Debug, Clone)]
struct Lookup<'a> {
    ecosystem: &'static Ecosystem,
    namespace: &'a str,
    name: Cow<'a, str>,
    version: Cow<'a, str>,
    via_source: bool,
    /// The source package of a system whose advisories name binary packages. Statements whose
    /// only architecture is `src` speak of it: Red Hat names what is not fixed yet so.
    source: Option<&'a SourcePackage>,
}

/// What an operating system means for the look-up of its packages.
#[derive(Debug)]
struct System<'a> {
    os: &'a OperatingSystem,
    /// Fixes sold with a subscription (`Ubuntu:Pro:…`) have a namespace of their own, in which
    /// nothing is looked up: a system without the subscription has no such version to go to.
    known: Option<(&'static Distribution, String)>,
}

impl<'a> System<'a> {
    fn new(os: &'a OperatingSystem) -> Self {
        let known = os_release::distribution(os).zip(os_release::namespace(os));
        Self { os, known }
    }
}

/// Why a package is not matched, none if it is.
pub fn skipped(
    package: &Package,
    os: Option<&OperatingSystem>,
    options: Options,
) -> Option<Skipped> {
    let system = os.map(System::new);
    lookup(package, system.as_ref(), options).err()
}

/// Namespaces and names under which advisories may speak of a package, none if it is not matched.
pub fn names(
    package: &Package,
    os: Option<&OperatingSystem>,
    options: Options,
) -> Vec<(String, String)> {
    let system = os.map(System::new);
    let Ok(lookup) = lookup(package, system.as_ref(), options) else {
        return Vec::new();
    };
    let own = lookup.name.clone().into_owned();
    let source = lookup.source.map(|source| source.name.clone());
    let mut names = vec![own];
    names.extend(source.filter(|source| *source != *lookup.name));
    let namespace = lookup.namespace;
    let named = |name| (namespace.to_owned(), name);
    names.into_iter().map(named).collect()
}

/// How a package is looked up, or why it is not.
fn lookup<'a>(
    package: &'a Package,
    system: Option<&'a System<'_>>,
    options: Options,
) -> Result<Lookup<'a>, Skipped> {
    if package.evidence == Evidence::Declared && !options.declared {
        return Err(Skipped::Declared);
    }
    let ecosystem = by_purl_type(package.purl_type.as_str()).ok_or(Skipped::UnknownType)?;
    if let Some(namespace) = ecosystem.osv_name {
        if package.owned_by.is_some() {
            return Err(Skipped::OwnedBySystem);
        }
        return Ok(Lookup {
            ecosystem,
            namespace,
            name: Cow::Owned((ecosystem.normalize_name)(&package.name)),
            version: Cow::Borrowed(&package.version),
            via_source: false,
            source: None,
        });
    }
    let system = system.ok_or(Skipped::NoNamespace)?;
    let running = system.os.running_kernel.as_deref();
    if !options.idle_kernels
        && let Some(idle) = kernel::idle(package, running, options.container)
    {
        return Err(match idle {
            Idle::NotRunning => Skipped::KernelNotRunning,
            Idle::InContainer => Skipped::KernelInContainer,
            Idle::Headers => Skipped::KernelHeaders,
        });
    }
    let (distribution, namespace) = system.known.as_ref().ok_or(Skipped::NoNamespace)?;
    Ok(system_lookup(package, ecosystem, distribution, namespace))
}

fn system_lookup<'a>(
    package: &'a Package,
    ecosystem: &'static Ecosystem,
    distribution: &Distribution,
    namespace: &'a str,
) -> Lookup<'a> {
    match (&package.source, distribution.match_by) {
        (Some(source), MatchBy::Source) => {
            let (name, version) = match deb::advisory_source(source) {
                Cow::Borrowed(source) => (
                    Cow::Borrowed(&*source.name),
                    Cow::Borrowed(&*source.version),
                ),
                Cow::Owned(source) => (Cow::Owned(source.name), Cow::Owned(source.version)),
            };
            Lookup {
                ecosystem,
                namespace,
                name,
                version,
                via_source: true,
                source: None,
            }
        }
        (source, MatchBy::Source | MatchBy::Binary) => Lookup {
            ecosystem,
            namespace,
            name: Cow::Borrowed(&package.name),
            version: Cow::Borrowed(&package.version),
            via_source: false,
            source: source.as_ref(),
        },
    }
}

/// One package against the advisories.
struct Matching<'a> {
    index: usize,
    package: &'a Package,
    os: Option<&'a OperatingSystem>,
    advisories: &'a dyn CandidateSource,
}

impl Matching<'_> {
    fn collect(&self, lookup: &Lookup<'_>, detections: &mut Vec<Detection>) {
        let own = detections.len();
        let subject = if lookup.via_source {
            Subject::Any
        } else {
            Subject::Binary
        };
        self.look_up(lookup, subject, |found| detections.push(found));
        let Some(source) = lookup.source else { return };
        let lookup = Lookup {
            name: Cow::Borrowed(&source.name),
            version: Cow::Borrowed(&source.version),
            via_source: true,
            source: None,
            ..lookup.clone()
        };
        self.look_up(&lookup, Subject::Source, |found| {
            let mut known = detections.iter().skip(own);
            if !known.any(|d| d.advisory == found.advisory) {
                detections.push(found);
            }
        });
    }

    fn look_up(&self, lookup: &Lookup<'_>, subject: Subject, mut visit: impl FnMut(Detection)) {
        let scheme = lookup.ecosystem.scheme;
        let parsed = OnceCell::new();
        let key = || {
            let parsed = parsed.get_or_init(|| (scheme.key)(&lookup.version));
            parsed.as_deref()
        };
        let (namespace, name) = (lookup.namespace, &*lookup.name);
        self.advisories
            .candidates(namespace, name, &key, &mut |candidate| {
                if !applies(candidate, self.package, self.os, subject) {
                    return;
                }
                let Some(verdict) = affected(scheme, key(), &lookup.version, candidate) else {
                    return;
                };
                visit(Detection {
                    package: self.index,
                    advisory: candidate.advisory,
                    fixed_version: verdict.fixed_version,
                    fix: verdict.fix,
                    severity: candidate.severity.map(SeverityWord::to_owned),
                    reason: MatchReason {
                        namespace: namespace.to_owned(),
                        name: name.to_owned(),
                        version: lookup.version.clone().into_owned(),
                        via_source: lookup.via_source,
                        scheme: scheme.name,
                        range: verdict.range,
                    },
                });
            });
    }
}
