//! Matches the packages of an inventory against advisories.

use std::borrow::Cow;

use ecosystem::{
    Ecosystem, by_purl_type, deb, kernel,
    os_release::{self, Distribution, MatchBy},
};
use model::{
    CandidateSource, Detection, Evidence, Inventory, MatchReason, OperatingSystem, Package,
};

use crate::{affected::affected, applies::applies};

/// Which packages are matched.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Match packages that a lock file or manifest merely declares.
    pub declared: bool,
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
    for (index, package) in inventory.packages.iter().enumerate() {
        if let Ok(lookup) = lookup(package, inventory.os.as_ref(), options) {
            match_one(
                index,
                package,
                &lookup,
                inventory,
                advisories,
                &mut detections,
            );
        }
    }
    detections
}

/// Where and how a package is looked up.
#[derive(Debug, Clone)]
pub struct Lookup<'a> {
    pub ecosystem: &'static Ecosystem,
    pub namespace: String,
    pub name: String,
    pub version: Cow<'a, str>,
    pub via_source: bool,
}

/// How a package is looked up, or why it is not.
pub fn lookup<'a>(
    package: &'a Package,
    os: Option<&OperatingSystem>,
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
            namespace: namespace.to_owned(),
            name: (ecosystem.normalize_name)(&package.name),
            version: Cow::Borrowed(&package.version),
            via_source: false,
        });
    }
    let os = os.ok_or(Skipped::NoNamespace)?;
    let runs = |running: &String| kernel::belongs_to(package, running);
    if os.running_kernel.as_ref().and_then(runs) == Some(false) {
        return Err(Skipped::KernelNotRunning);
    }
    let distribution = os_release::distribution(os).ok_or(Skipped::NoNamespace)?;
    let namespace = os_release::namespace(os).ok_or(Skipped::NoNamespace)?;
    Ok(system_lookup(package, ecosystem, distribution, namespace))
}

fn system_lookup<'a>(
    package: &'a Package,
    ecosystem: &'static Ecosystem,
    distribution: &Distribution,
    namespace: String,
) -> Lookup<'a> {
    match (&package.source, distribution.match_by) {
        (Some(source), MatchBy::Source) => {
            let (name, version) = match deb::advisory_source(source) {
                Cow::Borrowed(source) => (source.name.clone(), Cow::Borrowed(&*source.version)),
                Cow::Owned(source) => (source.name, Cow::Owned(source.version)),
            };
            Lookup {
                ecosystem,
                namespace,
                name,
                version,
                via_source: true,
            }
        }
        (_, MatchBy::Source | MatchBy::Binary) => Lookup {
            ecosystem,
            namespace,
            name: package.name.clone(),
            version: Cow::Borrowed(&package.version),
            via_source: false,
        },
    }
}

fn match_one(
    index: usize,
    package: &Package,
    lookup: &Lookup<'_>,
    inventory: &Inventory,
    advisories: &dyn CandidateSource,
    detections: &mut Vec<Detection>,
) {
    let candidates = advisories.candidates(&lookup.namespace, &lookup.name);
    if candidates.is_empty() {
        return;
    }
    let scheme = lookup.ecosystem.scheme;
    let key = (scheme.key)(&lookup.version);
    for candidate in candidates {
        if !applies(&candidate, package, inventory.os.as_ref()) {
            continue;
        }
        let Some(verdict) = affected(scheme, key.as_deref(), &lookup.version, &candidate) else {
            continue;
        };
        detections.push(Detection {
            package: index,
            advisory: candidate.advisory,
            fixed_version: verdict.fixed_version,
            fix: verdict.fix,
            reason: MatchReason {
                namespace: lookup.namespace.clone(),
                name: lookup.name.clone(),
                version: lookup.version.clone().into_owned(),
                via_source: lookup.via_source,
                scheme: scheme.name,
                range: verdict.range,
            },
        });
    }
}
