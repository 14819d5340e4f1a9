//! The flow, in order: inventory, candidates, detections, vulnerabilities, suppression, report.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use advisory::database::{AdvisoryRecord, Database, VulnerabilityRecord};
use detect::{Options, Skipped};
use ecosystem::{
    by_purl_type,
    kernel::{self, Idle},
    os_release, purl,
};
use findings::{
    AdvisorySummary, Matched,
    fold::{Known, fold, sort},
    platform, remedy,
    suppress::{self, IgnoreRule},
    vex::{self, Identify},
};
use jiff::{Timestamp, civil::Date, tz::Offset};
use model::{Facts, Inventory, OperatingSystem, Package, Problem, VendorSeverity, VexStatement};

use crate::report::{DatabaseSummary, Report, Target};

/// What the user decided about a scan.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    pub(crate) declared: bool,
    pub(crate) only_fixed: bool,
    pub(crate) ignore: Vec<IgnoreRule>,
    pub(crate) vex: Vec<VexStatement>,
}

/// Turns an inventory into a report.
pub(crate) fn report<B: AsRef<[u8]>>(
    target: Target,
    mut inventory: Inventory,
    database: &Database<B>,
    summary: DatabaseSummary,
    decisions: &Decisions,
    now: Timestamp,
) -> Report {
    let today = Offset::UTC.to_datetime(now).date();
    // Before all others: a table shows ten problems, and this one concerns every package.
    let os = inventory.os.as_ref();
    let missing = os.and_then(|os| os_release::unsupported(os).or_else(|| unknown(os, database)));
    inventory.problems.splice(0..0, missing);
    let options = Options {
        declared: decisions.declared,
        container: target.kind == "image" || !inventory.layers.is_empty(),
        idle_kernels: true,
    };
    let mut vulnerabilities = vulnerabilities(&inventory, database, options);
    vulnerabilities.extend(end_of_life(&inventory, today));
    let names = Names {
        target: &target,
        inventory: &inventory,
    };
    set_aside(&mut vulnerabilities, &inventory, options);
    vex::apply(&mut vulnerabilities, &inventory, &decisions.vex, &names);
    suppress::ignore(
        &mut vulnerabilities,
        &inventory,
        &decisions.ignore,
        &today.to_string(),
    );
    if decisions.only_fixed {
        vulnerabilities.retain(|v| v.packages.is_empty() || v.is_fixable());
    }
    sort(&mut vulnerabilities);
    let upgrades = remedy::upgrades(&inventory, &vulnerabilities, &compare);
    let (looked_up, unknown) = lookups(&inventory, database, options);
    Report {
        looked_up,
        unknown,
        target,
        skipped: skipped(&inventory, options),
        inventory,
        vulnerabilities,
        upgrades,
        database: summary,
        scanned: now,
        elapsed: Duration::ZERO,
    }
}

/// How many packages the database can speak of, and how many it cannot, because it holds nothing
/// of their system or ecosystem or they have none.
fn lookups<B: AsRef<[u8]>>(
    inventory: &Inventory,
    database: &Database<B>,
    options: Options,
) -> (usize, usize) {
    let known: BTreeSet<&str> = database.namespaces().map(|one| one.namespace).collect();
    let os = inventory.os.as_ref();
    let (mut looked_up, mut unknown) = (0, 0);
    for package in &inventory.packages {
        match detect::skipped(package, os, options) {
            Some(Skipped::NoNamespace | Skipped::UnknownType) => unknown += 1,
            Some(_) => {}
            None => {
                let names = detect::names(package, os, options);
                let is_known = names.iter().any(|(name, _)| known.contains(name.as_str()));
                looked_up += usize::from(is_known);
                unknown += usize::from(!is_known);
            }
        }
    }
    (looked_up, unknown)
}

/// That the database knows nothing of a system: then nothing found means nothing.
fn unknown<B: AsRef<[u8]>>(os: &OperatingSystem, database: &Database<B>) -> Option<Problem> {
    let namespace = os_release::namespace(os)?;
    if database
        .namespaces()
        .any(|known| known.namespace == namespace)
    {
        return None;
    }
    let what = format!(
        "the advisory database holds nothing about {namespace}: its packages are not matched"
    );
    Some(Problem::new("operating system", what))
}

/// Marks what kernels that cannot run, and headers, are affected by: shown, and not counted.
fn set_aside(found: &mut [findings::Vulnerability], inventory: &Inventory, options: Options) {
    let running = inventory
        .os
        .as_ref()
        .and_then(|os| os.running_kernel.as_deref());
    suppress::idle(found, &|index| {
        let package = inventory.packages.get(index)?;
        Some(match kernel::idle(package, running, options.container)? {
            Idle::NotRunning => format!("a kernel that does not run; {} does", running?),
            Idle::InContainer => "a kernel in a container, which runs on its host's".to_owned(),
            Idle::Headers => "headers of the kernel, of which no code runs".to_owned(),
        })
    });
}

/// Every vulnerability of an inventory's packages, folded and not yet suppressed.
pub(crate) fn vulnerabilities<B: AsRef<[u8]>>(
    inventory: &Inventory,
    database: &Database<B>,
    options: Options,
) -> Vec<findings::Vulnerability> {
    let detections = detect::packages(inventory, database, options);
    let (matched, known) = attach(database, detections);
    fold(inventory, &matched, &known, &compare)
}

/// What identifiers in VEX documents stand for in this scan.
struct Names<'a> {
    target: &'a Target,
    inventory: &'a Inventory,
}

impl Identify for Names<'_> {
    fn is_package(&self, identifier: &str, package: &Package) -> bool {
        is_package(identifier, package, self.inventory)
    }

    /// By the name the user gave, a tag, or a digest, alone or as the version of a `pkg:oci` purl.
    fn is_target(&self, identifier: &str) -> bool {
        let image = self.target.image.as_ref();
        let tags = image.map(|image| image.tags.as_slice()).unwrap_or_default();
        let digests = image
            .into_iter()
            .flat_map(|i| [&i.manifest_digest, &i.config_digest]);
        identifier == self.target.name
            || tags.iter().any(|tag| tag == identifier)
            || digests
                .flatten()
                .any(|digest| is_digest(identifier, digest))
    }
}

/// Whether an identifier is a purl that covers the package.
pub(crate) fn is_package(identifier: &str, package: &Package, inventory: &Inventory) -> bool {
    purl::to_purl(package, inventory.os.as_ref())
        .is_some_and(|purl| purl::covers(identifier, &purl))
}

/// Whether an identifier is a digest, alone or as the version of a `pkg:oci` purl.
pub(crate) fn is_digest(identifier: &str, digest: &str) -> bool {
    let identifier = identifier.replace("%3A", ":");
    identifier == digest
        || identifier.starts_with("pkg:oci/")
            && identifier.split(['@', '?']).any(|part| part == digest)
}

/// The order of two versions of a package, by its ecosystem.
pub(crate) fn compare(package: &Package, a: &str, b: &str) -> Ordering {
    compare_versions(package.purl_type.as_str(), a, b)
}

/// Compares two versions in the order of the ecosystem with this purl type.
pub(crate) fn compare_versions(purl_type: &str, a: &str, b: &str) -> Ordering {
    by_purl_type(purl_type)
        .and_then(|ecosystem| ecosystem.scheme.compare_text(a, b))
        .unwrap_or_else(|| a.cmp(b))
}

/// An advisory and the numbers of its vulnerabilities.
type Joined = (Arc<AdvisorySummary>, Vec<u32>);

/// Joins detections with what the database knows of their advisories and vulnerabilities.
pub(crate) fn attach<B: AsRef<[u8]>>(
    database: &Database<B>,
    detections: Vec<model::Detection>,
) -> (Vec<Matched>, BTreeMap<u32, Known>) {
    let mut advisories: HashMap<u32, Option<Joined>> = HashMap::new();
    let mut known = BTreeMap::new();
    let mut matched = Vec::with_capacity(detections.len());
    for detection in detections {
        let entry = advisories.entry(detection.advisory).or_insert_with(|| {
            let record = database.advisory(detection.advisory)?;
            Some((Arc::new(summary(&record)), record.vulnerabilities))
        });
        let Some((advisory, vulnerabilities)) = entry else {
            continue;
        };
        for number in vulnerabilities.iter() {
            if !known.contains_key(number)
                && let Some(record) = database.vulnerability(*number)
            {
                known.insert(*number, facts(&record));
            }
        }
        matched.push(Matched {
            detection,
            advisory: Arc::clone(advisory),
            vulnerabilities: vulnerabilities.clone(),
        });
    }
    (matched, known)
}

fn summary(record: &AdvisoryRecord<'_>) -> AdvisorySummary {
    AdvisorySummary {
        id: record.id.to_owned(),
        feed: record.feed.to_owned(),
        title: record.title.map(str::to_owned),
        severity: record.severity.map(|s| VendorSeverity {
            word: s.word.to_owned(),
            severity: s.severity,
        }),
        cvss: record.cvss.clone(),
        references: owned(&record.references),
    }
}

pub(crate) fn facts(record: &VulnerabilityRecord<'_>) -> Known {
    Known {
        aliases: owned(&record.aliases),
        facts: Facts {
            id: record.id.to_owned(),
            feed: String::new(),
            title: record.title.map(str::to_owned),
            details: record.details.map(str::to_owned),
            published: record.published,
            modified: record.modified,
            rejected: record.rejected,
            cvss: record.cvss.clone(),
            cwes: owned(&record.cwes),
            references: owned(&record.references),
            epss: record.epss,
            kev: record.kev.clone(),
            ssvc: record.ssvc.clone(),
            exploit_known: record.exploit_known,
        },
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The finding that the system itself is past its support.
pub(crate) fn end_of_life(inventory: &Inventory, today: Date) -> Option<findings::Vulnerability> {
    let os = inventory.os.as_ref()?;
    let ended = os_release::end_of_life(os, today)?;
    Some(platform::end_of_life(os, &ended.date.to_string()))
}

fn skipped(inventory: &Inventory, options: Options) -> BTreeMap<Skipped, usize> {
    let mut skipped = BTreeMap::new();
    for package in &inventory.packages {
        if let Some(why) = detect::skipped(package, inventory.os.as_ref(), options) {
            *skipped.entry(why).or_default() += 1;
        }
    }
    skipped
}
