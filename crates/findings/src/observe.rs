//! Turns the vulnerabilities of an inventory into observations.

use model::{FixState, Inventory, Package, Timestamp};

use crate::{
    environment::{Environment, judge},
    finding::{
        Assessment, Decision, Details, FindingType, FixAvailable, KnownExploited, Observation,
        PackageDetails, PackageMatch, VexReason, VulnerabilityFacts, VulnerablePackage,
    },
    risk,
    vulnerability::{AffectedPackage, Match, Vulnerability},
};

/// The longest title on the wire (service model, `FindingTitle`).
const LONGEST_TITLE: usize = 1024;

/// The longest digest of a layer, in bytes: SHA-512 takes 135 (OCI image specification, "Digests").
/// A document may call anything a layer; findings are counted by it.
const LONGEST_DIGEST: usize = 200;

/// What is observed of one vulnerability of a resource in its environment.
///
/// `is_system` says whether a package is the operating system's own.
pub fn package_observation(
    vulnerability: &Vulnerability,
    inventory: &Inventory,
    environment: &Environment<'_>,
    is_system: &dyn Fn(&Package) -> bool,
) -> Observation {
    let judged = judge(vulnerability, environment);
    let (mut packages, mut vex) = (Vec::new(), Vec::new());
    for affected in &vulnerability.packages {
        if let Some(package) = package(affected, inventory, is_system) {
            vex.extend(reasons(affected, packages.len()));
            packages.push(package);
        }
    }
    Observation {
        key: vulnerability.id.clone(),
        kind: FindingType::PackageVulnerability,
        title: title(vulnerability, &packages),
        severity: judged.severity,
        severity_reason: judged.reason.clone(),
        risk: risk::steps(vulnerability, &judged, environment.exposure),
        score: judged.score,
        vex,
        fix: Some(fix(&packages)),
        exploit_available: Some(vulnerability.exploit_known),
        vendor_severity: vendor_severity(vulnerability),
        details: Details::Package(PackageDetails {
            vulnerability: vulnerability.id.clone(),
            packages,
        }),
    }
}

/// What VEX documents say that takes a package out.
fn reasons(affected: &AffectedPackage, package: usize) -> Vec<VexReason> {
    let suppressed = affected.suppressed.iter();
    suppressed
        .filter_map(|one| {
            Some(VexReason {
                document: one.document.clone()?,
                package,
                reason: one.reason.clone(),
                place: one.place.clone(),
            })
        })
        .collect()
}

/// `CVE-2024-6119 - libssl3, openssl`: each name once.
fn title(vulnerability: &Vulnerability, packages: &[VulnerablePackage]) -> String {
    let mut names: Vec<&str> = packages.iter().map(|p| p.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return match &vulnerability.title {
            Some(title) => format!("{} - {title}", vulnerability.id),
            None => vulnerability.id.clone(),
        };
    }
    let mut title = format!("{} - {}", vulnerability.id, names.join(", "));
    if let Some((cut, _)) = title.char_indices().nth(LONGEST_TITLE - 1) {
        title.truncate(cut);
    }
    title
}

fn fix(packages: &[VulnerablePackage]) -> FixAvailable {
    let fixed = packages
        .iter()
        .filter(|p| p.fixed_version.is_some())
        .count();
    match fixed {
        0 => FixAvailable::No,
        fixed if fixed == packages.len() => FixAvailable::Yes,
        _ => FixAvailable::Partial,
    }
}

/// The word of the first matching advisory that has one.
fn vendor_severity(vulnerability: &Vulnerability) -> Option<String> {
    let mut matches = vulnerability.packages.iter().flat_map(|p| &p.matches);
    matches.find_map(|m| Some(m.severity.as_ref()?.word.clone()))
}

fn package(
    affected: &AffectedPackage,
    inventory: &Inventory,
    is_system: &dyn Fn(&Package) -> bool,
) -> Option<VulnerablePackage> {
    let package = inventory.packages.get(affected.package)?;
    let location = package.locations.first();
    let layer = location.and_then(|l| inventory.layers.get(usize::try_from(l.layer?).ok()?));
    Some(VulnerablePackage {
        purl_type: package.purl_type.as_str().to_owned(),
        name: package.name.clone(),
        version: package.version.clone(),
        arch: package.arch.clone(),
        path: location.map(|l| l.path.clone()),
        layer: layer
            .and_then(|l| l.digest.clone().or_else(|| l.diff_id.clone()))
            .filter(|digest| digest.len() <= LONGEST_DIGEST),
        of_system: is_system(package),
        fixed_version: affected.fixed_version.clone(),
        fix_state: fix_state(affected.fix, affected.fixed_version.is_some()).to_owned(),
        matches: affected.matches.iter().map(matched).collect(),
    })
}

fn matched(one: &Match) -> PackageMatch {
    PackageMatch {
        advisory: one.advisory.id.clone(),
        feed: one.advisory.feed.clone(),
        namespace: one.reason.namespace.clone(),
        name: one.reason.name.clone(),
        version: one.reason.version.clone(),
        via_source: one.reason.via_source,
        scheme: one.reason.scheme.to_owned(),
        range: one.reason.range.clone(),
        fixed_version: one.fixed_version.clone(),
    }
}

/// The state of a fix in words.
pub const fn fix_state(fix: FixState, has_fixed_version: bool) -> &'static str {
    match fix {
        FixState::FromRanges if has_fixed_version => "fixed",
        FixState::FromRanges | FixState::NotFixed => "not fixed",
        FixState::WillNotFix => "will not fix",
        FixState::Deferred => "deferred",
        FixState::EndOfLife => "end of life",
        FixState::UnderInvestigation => "under investigation",
        FixState::NotAffected => "not affected",
    }
}

/// What all findings of a vulnerability share.
pub fn vulnerability_facts(vulnerability: &Vulnerability) -> VulnerabilityFacts {
    VulnerabilityFacts {
        id: vulnerability.id.clone(),
        aliases: vulnerability.aliases.clone(),
        title: vulnerability.title.clone(),
        description: vulnerability.details.clone(),
        published: vulnerability.published.map(Timestamp::as_millisecond),
        modified: vulnerability.modified.map(Timestamp::as_millisecond),
        cvss: vulnerability
            .cvss
            .iter()
            .map(|one| Assessment {
                source: one.source.clone(),
                version: one.version.name().to_owned(),
                vector: one.vector.clone(),
                base: one.base,
            })
            .collect(),
        cwes: vulnerability.cwes.clone(),
        references: vulnerability.references.clone(),
        kev: vulnerability.kev.as_ref().map(|kev| KnownExploited {
            added: kev.date_added.clone(),
            due: kev.due_date.clone(),
            ransomware: kev.ransomware,
            action: kev.required_action.clone(),
        }),
        ssvc: vulnerability.ssvc.as_ref().map(|ssvc| Decision {
            exploitation: ssvc.exploitation.clone(),
            automatable: ssvc.automatable.clone(),
            technical_impact: ssvc.technical_impact.clone(),
        }),
        exploit_known: vulnerability.exploit_known,
    }
}
