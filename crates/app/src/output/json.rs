//! The report as JSON (`docs/output.md` describes the fields).

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use ecosystem::purl::to_purl;
use findings::{
    AffectedPackage, Match, Status, Suppression, SuppressionSource, Vulnerability, remedy::Upgrade,
};
use inventory::sbom::Listed;
use model::{Evidence, FixState, Package, Severity};
use serde::Serialize;

use super::pretty_json;
use crate::report::Report;

/// Raised when a field changes its meaning or goes away.
const SCHEMA: &str = "lynkeus-scan/1";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a, V, P> {
    schema: &'static str,
    scanned: String,
    target: Target<'a>,
    os: Option<Os<'a>>,
    complete: bool,
    database: Database<'a>,
    counts: BTreeMap<&'static str, usize>,
    suppressed: usize,
    vulnerabilities: V,
    upgrades: Vec<Remedy<'a>>,
    layers: Vec<Layer<'a>>,
    packages: P,
    not_matched: BTreeMap<String, usize>,
    problems: Vec<Trouble<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Target<'a> {
    name: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    config_digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    manifest_digest: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    tags: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Os<'a> {
    id: &'a str,
    version_id: &'a str,
    name: &'a str,
    running_kernel: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Database<'a> {
    digest: &'a str,
    built: String,
    starter: bool,
    feeds: Vec<Feed<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Feed<'a> {
    name: &'a str,
    publisher: &'a str,
    data_date: Option<String>,
    trouble: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    id: &'a str,
    aliases: &'a [String],
    title: Option<&'a str>,
    severity: &'static str,
    severity_reason: &'a str,
    score: Option<f64>,
    cvss: Vec<Assessment<'a>>,
    cwes: &'a [String],
    epss: Option<Epss>,
    kev: Option<Kev<'a>>,
    ssvc: Option<Ssvc<'a>>,
    exploit_known: bool,
    published: Option<String>,
    modified: Option<String>,
    status: &'static str,
    references: &'a [String],
    packages: Vec<Affected<'a>>,
}

#[derive(Serialize)]
struct Assessment<'a> {
    version: &'static str,
    source: &'a str,
    vector: &'a str,
    base: f64,
}

#[derive(Serialize)]
struct Epss {
    score: f32,
    percentile: f32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kev<'a> {
    date_added: &'a str,
    due_date: Option<&'a str>,
    ransomware: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ssvc<'a> {
    exploitation: &'a str,
    automatable: &'a str,
    technical_impact: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Affected<'a> {
    /// Index into `packages`.
    package: usize,
    purl: Option<String>,
    name: &'a str,
    version: &'a str,
    fixed_version: Option<&'a str>,
    fix_state: &'static str,
    matches: Vec<Matched<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressed_by: Vec<Suppressed<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Matched<'a> {
    advisory: &'a str,
    feed: &'a str,
    namespace: &'a str,
    name: &'a str,
    version: &'a str,
    via_source_package: bool,
    version_order: &'a str,
    range: &'a str,
    fixed_version: Option<&'a str>,
    fix_state: &'static str,
    vendor_severity: Option<VendorWord<'a>>,
}

/// A publisher's word for a package, and what it means.
#[derive(Serialize)]
struct VendorWord<'a> {
    word: &'a str,
    severity: &'static str,
}

#[derive(Serialize)]
struct Suppressed<'a> {
    source: &'static str,
    place: &'a str,
    reason: &'a str,
}

#[derive(Serialize)]
struct Remedy<'a> {
    name: &'a str,
    from: &'a str,
    to: &'a str,
    packages: &'a [usize],
    ends: usize,
    severities: BTreeMap<&'static str, usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Layer<'a> {
    digest: Option<&'a str>,
    diff_id: Option<&'a str>,
    created_by: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Component<'a> {
    purl: Option<String>,
    #[serde(rename = "type")]
    purl_type: &'a str,
    name: &'a str,
    version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    arch: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module: Option<&'a str>,
    evidence: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    owned_by: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    licenses: &'a [String],
    locations: Vec<Location<'a>>,
}

#[derive(Serialize)]
struct Location<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    layer: Option<u32>,
}

#[derive(Serialize)]
struct Trouble<'a> {
    place: &'a str,
    what: &'a str,
}

/// Writes the report as one JSON document.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    pretty_json(out, &document(report))
}

fn document(report: &Report) -> impl Serialize {
    let image = report.target.image.as_ref();
    let inventory = &report.inventory;
    Document {
        schema: SCHEMA,
        scanned: report.scanned.to_string(),
        target: Target {
            name: &report.target.name,
            kind: report.target.kind,
            config_digest: image.and_then(|i| i.config_digest.as_deref()),
            manifest_digest: image.and_then(|i| i.manifest_digest.as_deref()),
            platform: image.and_then(|i| i.platform.as_deref()),
            tags: image.map(|i| i.tags.as_slice()).unwrap_or_default(),
        },
        os: inventory.os.as_ref().map(|os| Os {
            id: &os.id,
            version_id: &os.version_id,
            name: &os.pretty_name,
            running_kernel: os.running_kernel.as_deref(),
        }),
        complete: inventory.complete,
        database: database(report),
        counts: report
            .counts()
            .into_iter()
            .map(|(s, n)| (s.name(), n))
            .collect(),
        suppressed: report.suppressed(),
        vulnerabilities: Listed(|| report.vulnerabilities.iter().map(|v| finding(report, v))),
        upgrades: report.upgrades.iter().map(remedy).collect(),
        layers: inventory
            .layers
            .iter()
            .map(|layer| Layer {
                digest: layer.digest.as_deref(),
                diff_id: layer.diff_id.as_deref(),
                created_by: layer.created_by.as_deref(),
            })
            .collect(),
        packages: Listed(|| inventory.packages.iter().map(|p| component(report, p))),
        not_matched: report
            .skipped
            .iter()
            .map(|(why, n)| (format!("{why:?}"), *n))
            .collect(),
        problems: inventory
            .problems
            .iter()
            .map(|problem| Trouble {
                place: &problem.place,
                what: &problem.what,
            })
            .collect(),
    }
}

fn database(report: &Report) -> Database<'_> {
    let database = &report.database;
    Database {
        digest: &database.digest,
        built: database.built.to_string(),
        starter: database.is_starter,
        feeds: database
            .feeds
            .iter()
            .map(|feed| Feed {
                name: &feed.name,
                publisher: &feed.publisher,
                data_date: feed.data_date.map(|date| date.to_string()),
                trouble: feed.trouble.as_deref(),
            })
            .collect(),
    }
}

fn finding<'a>(report: &'a Report, vulnerability: &'a Vulnerability) -> Finding<'a> {
    Finding {
        id: &vulnerability.id,
        aliases: &vulnerability.aliases,
        title: vulnerability.title.as_deref(),
        severity: vulnerability.severity.name(),
        severity_reason: &vulnerability.severity_reason,
        score: vulnerability.score.as_ref().map(|s| s.value),
        cvss: vulnerability
            .cvss
            .iter()
            .map(|c| Assessment {
                version: c.version.name(),
                source: &c.source,
                vector: &c.vector,
                base: c.base,
            })
            .collect(),
        cwes: &vulnerability.cwes,
        epss: vulnerability.epss.map(|e| Epss {
            score: e.score,
            percentile: e.percentile,
        }),
        kev: vulnerability.kev.as_ref().map(|kev| Kev {
            date_added: &kev.date_added,
            due_date: kev.due_date.as_deref(),
            ransomware: kev.ransomware,
        }),
        ssvc: vulnerability.ssvc.as_ref().map(|ssvc| Ssvc {
            exploitation: &ssvc.exploitation,
            automatable: &ssvc.automatable,
            technical_impact: &ssvc.technical_impact,
        }),
        exploit_known: vulnerability.exploit_known,
        published: vulnerability.published.map(|t| t.to_string()),
        modified: vulnerability.modified.map(|t| t.to_string()),
        status: match vulnerability.status {
            Status::Active => "ACTIVE",
            Status::Suppressed => "SUPPRESSED",
        },
        references: &vulnerability.references,
        packages: vulnerability
            .packages
            .iter()
            .filter_map(|p| affected(report, p))
            .collect(),
    }
}

fn affected<'a>(report: &'a Report, affected: &'a AffectedPackage) -> Option<Affected<'a>> {
    let package = report.inventory.packages.get(affected.package)?;
    Some(Affected {
        package: affected.package,
        purl: to_purl(package, report.inventory.os.as_ref()),
        name: &package.name,
        version: &package.version,
        fixed_version: affected.fixed_version.as_deref(),
        fix_state: fix_state(affected.fix, affected.fixed_version.is_some()),
        matches: affected.matches.iter().map(matched).collect(),
        suppressed_by: affected.suppressed.iter().map(suppressed).collect(),
    })
}

fn matched(one: &Match) -> Matched<'_> {
    Matched {
        advisory: &one.advisory.id,
        feed: &one.advisory.feed,
        namespace: &one.reason.namespace,
        name: &one.reason.name,
        version: &one.reason.version,
        via_source_package: one.reason.via_source,
        version_order: one.reason.scheme,
        range: &one.reason.range,
        fixed_version: one.fixed_version.as_deref(),
        fix_state: fix_state(one.fix, one.fixed_version.is_some()),
        vendor_severity: one.severity.as_ref().map(|word| VendorWord {
            word: &word.word,
            severity: word.severity.name(),
        }),
    }
}

fn suppressed(suppression: &Suppression) -> Suppressed<'_> {
    Suppressed {
        source: match suppression.source {
            SuppressionSource::Vex => "vex",
            SuppressionSource::IgnoreFile => "ignore-file",
            SuppressionSource::Idle => "idle",
        },
        place: &suppression.place,
        reason: &suppression.reason,
    }
}

/// The fix state in one word.
fn fix_state(fix: FixState, has_fixed_version: bool) -> &'static str {
    match fix {
        _ if has_fixed_version => "fixed",
        FixState::FromRanges | FixState::NotFixed => "not-fixed",
        FixState::WillNotFix => "will-not-fix",
        FixState::Deferred => "deferred",
        FixState::EndOfLife => "end-of-life",
        FixState::UnderInvestigation => "under-investigation",
        FixState::NotAffected => "not-affected",
    }
}

fn remedy(upgrade: &Upgrade) -> Remedy<'_> {
    let severities = Severity::ALL.iter().rev().zip(upgrade.removes);
    Remedy {
        name: &upgrade.name,
        from: &upgrade.from,
        to: &upgrade.to,
        packages: &upgrade.packages,
        ends: upgrade.total(),
        severities: severities
            .filter(|(_, n)| *n > 0)
            .map(|(s, n)| (s.name(), n))
            .collect(),
    }
}

fn component<'a>(report: &'a Report, package: &'a Package) -> Component<'a> {
    Component {
        purl: to_purl(package, report.inventory.os.as_ref()),
        purl_type: package.purl_type.as_str(),
        name: &package.name,
        version: &package.version,
        arch: package.arch.as_deref(),
        source: package
            .source
            .as_ref()
            .map(|s| format!("{}@{}", s.name, s.version)),
        module: package.module.as_deref(),
        evidence: match package.evidence {
            Evidence::Installed => "installed",
            Evidence::Declared => "declared",
        },
        owned_by: package.owned_by.as_deref(),
        licenses: &package.licenses,
        locations: package
            .locations
            .iter()
            .map(|location| Location {
                path: &location.path,
                layer: location.layer,
            })
            .collect(),
    }
}
