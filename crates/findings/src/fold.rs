//! Folds all packages that one vulnerability affects on one resource into one record.

use std::{cmp::Ordering, collections::BTreeMap, sync::Arc};

use model::{Detection, Facts, FixState, Inventory, Package, VendorSeverity};

use crate::{
    severity::derive,
    vulnerability::{AdvisorySummary, AffectedPackage, Match, Status, Vulnerability},
};

/// A detection with what its advisory says and which vulnerabilities it is about.
#[derive(Debug, Clone)]
pub struct Matched {
    pub detection: Detection,
    pub advisory: Arc<AdvisorySummary>,
    /// Keys into the facts.
    pub vulnerabilities: Vec<u32>,
}

impl Matched {
    /// The publisher's severity word for the package, else the advisory's.
    fn word(&self) -> Option<&VendorSeverity> {
        let own = self.detection.severity.as_ref();
        own.or(self.advisory.severity.as_ref())
    }
}

/// What is known of a vulnerability apart from the advisories.
#[derive(Debug, Clone, Default)]
pub struct Known {
    pub facts: Facts,
    pub aliases: Vec<String>,
}

/// The order of two versions of a package.
pub type Compare<'a> = &'a dyn Fn(&Package, &str, &str) -> Ordering;

/// One record for each vulnerability, most severe first.
pub fn fold(
    inventory: &Inventory,
    matched: &[Matched],
    known: &BTreeMap<u32, Known>,
    compare: Compare<'_>,
) -> Vec<Vulnerability> {
    let mut groups: BTreeMap<u32, BTreeMap<usize, Vec<&Matched>>> = BTreeMap::new();
    for one in matched {
        for vulnerability in &one.vulnerabilities {
            let packages = groups.entry(*vulnerability).or_default();
            packages.entry(one.detection.package).or_default().push(one);
        }
    }
    let mut folded: Vec<_> = groups
        .into_iter()
        .filter_map(|(key, packages)| {
            let known = known.get(&key)?;
            (!known.facts.rejected).then(|| one(inventory, known, packages, compare))
        })
        .collect();
    sort(&mut folded);
    folded
}

/// What is known of a vulnerability, on no package.
pub fn alone(known: &Known, compare: Compare<'_>) -> Vulnerability {
    one(&Inventory::default(), known, BTreeMap::new(), compare)
}

/// Most severe first, then the likeliest to be exploited, then by id.
pub fn sort(vulnerabilities: &mut [Vulnerability]) {
    vulnerabilities.sort_by(|a, b| {
        let score = |v: &Vulnerability| v.score.as_ref().map_or(0.0, |s| s.value);
        let epss = |v: &Vulnerability| v.epss.map_or(0.0, |e| e.score);
        b.severity
            .cmp(&a.severity)
            .then_with(|| b.kev.is_some().cmp(&a.kev.is_some()))
            .then_with(|| score(b).total_cmp(&score(a)))
            .then_with(|| epss(b).total_cmp(&epss(a)))
            .then_with(|| a.id.cmp(&b.id))
    });
}

fn one(
    inventory: &Inventory,
    known: &Known,
    packages: BTreeMap<usize, Vec<&Matched>>,
    compare: Compare<'_>,
) -> Vulnerability {
    let advisories: Vec<&AdvisorySummary> = packages
        .values()
        .flatten()
        .map(|m| m.advisory.as_ref())
        .collect();
    let words: Vec<_> = packages
        .values()
        .flatten()
        .filter_map(|m| Some((m.advisory.feed.as_str(), m.word()?)))
        .collect();
    let derived = derive(&advisories, &words, &known.facts.cvss);
    let facts = &known.facts;
    let mut references = facts.references.clone();
    references.extend(advisories.iter().flat_map(|a| a.references.iter().cloned()));
    references.sort_unstable();
    references.dedup();
    let title = facts
        .title
        .clone()
        .or_else(|| advisories.iter().find_map(|a| a.title.clone()));
    let packages = packages
        .into_iter()
        .map(|(index, matches)| affected(inventory, index, &matches, compare))
        .collect();
    Vulnerability {
        id: facts.id.clone(),
        aliases: known.aliases.clone(),
        title,
        details: facts.details.clone(),
        published: facts.published,
        modified: facts.modified,
        severity: derived.severity,
        severity_reason: derived.reason,
        score: derived.score,
        cvss: derived.cvss,
        cwes: facts.cwes.clone(),
        references,
        epss: facts.epss,
        kev: facts.kev.clone(),
        ssvc: facts.ssvc.clone(),
        exploit_known: facts.exploit_known || facts.kev.is_some(),
        packages,
        status: Status::Active,
    }
}

/// The highest of the fixed versions, since all the advisories must be content with it.
fn affected(
    inventory: &Inventory,
    index: usize,
    matches: &[&Matched],
    compare: Compare<'_>,
) -> AffectedPackage {
    let package = inventory.packages.get(index);
    let fixed = matches
        .iter()
        .filter_map(|m| m.detection.fixed_version.as_deref());
    let fixed_version = fixed
        .max_by(|a, b| package.map_or(Ordering::Equal, |package| compare(package, a, b)))
        .map(str::to_owned);
    let fix = match &fixed_version {
        Some(_) => FixState::FromRanges,
        None => matches
            .iter()
            .map(|m| m.detection.fix)
            .max()
            .unwrap_or(FixState::NotFixed),
    };
    AffectedPackage {
        package: index,
        fixed_version,
        fix,
        matches: matches
            .iter()
            .map(|m| Match {
                advisory: Arc::clone(&m.advisory),
                reason: m.detection.reason.clone(),
                fixed_version: m.detection.fixed_version.clone(),
                fix: m.detection.fix,
                severity: m.word().cloned(),
            })
            .collect(),
        suppressed: Vec::new(),
    }
}
