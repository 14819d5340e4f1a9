//! Which upgrades remove most: by what is built from one source, over all resources.
//!
//! The database counts by the names of packages. What is built from one source is upgraded
//! together, so names are put together by the source that the matched advisory is about, and then
//! counted once more, since several packages of one source share their findings.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use findings::finding::{PackageMatch, VulnerablePackage};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use store::{
    StoreError, Tx,
    aggregate::{self, Kind, Request, SeverityCounts, SortBy},
    listing::{self, Query, Sort, SortField},
};

use crate::{
    Service,
    address::Address,
    answer::{Asked, Failure},
    filter::criteria_of,
    groups, words,
};

/// Remedies that are shown.
const SHOWN: usize = 8;

/// Names of packages that are looked at.
const NAMES: usize = 24;

/// Findings of a name from which its source and its fixed version are read.
const SAMPLE: usize = 20;

/// The most names of one source that are counted (the most entries of a member of criteria).
const TOGETHER: usize = 10;

/// An upgrade of all packages of one source.
#[derive(Debug)]
pub(super) struct Remedy {
    purl_type: String,
    /// Of the source, where there is one.
    name: String,
    /// The packages.
    names: BTreeSet<String>,
    /// Where the advisories are about, such as a release of a distribution, and the version that
    /// ends the findings there.
    to: BTreeMap<String, String>,
    pub(super) counts: SeverityCounts,
    resources: i64,
    exploits: i64,
}

/// The upgrades that remove most: most critical findings first, then high ones.
pub(super) fn find(asked: &Asked<'_>) -> Result<Vec<Remedy>, Failure> {
    let scope = &asked.session.scope;
    let fixable = fixable(&[])?;
    let names = asked.read(|tx| {
        let mut names: Vec<String> = Vec::new();
        for sort_by in [SortBy::Critical, SortBy::High, SortBy::All] {
            let request = Request {
                criteria: fixable.clone(),
                sort_by,
                without_resources: true,
                ..Request::new(Kind::Package)
            };
            let page = aggregate::aggregate(tx, scope, &request, &[], None, NAMES)?;
            let relevant = page.groups.iter().filter(|group| match sort_by {
                SortBy::Critical => group.severities.critical > 0,
                SortBy::High => group.severities.high > 0,
                _ => true,
            });
            for key in relevant.flat_map(|group| &group.keys) {
                if !names.contains(key) {
                    names.push(key.clone());
                }
            }
            if names.len() >= NAMES {
                break;
            }
        }
        names.truncate(NAMES);
        Ok(names)
    })?;
    let mut remedies: BTreeMap<(String, String), Remedy> = BTreeMap::new();
    for name in names {
        sample(asked, &name, &mut remedies)?;
    }
    let mut remedies: Vec<Remedy> = remedies.into_values().collect();
    for remedy in &mut remedies {
        let names: Vec<&str> = remedy.names.iter().map(String::as_str).collect();
        let criteria = self::fixable(names.get(..TOGETHER).unwrap_or(&names))?;
        let request = Request {
            criteria,
            ..Request::new(Kind::FindingType)
        };
        let page = asked.read(|tx| aggregate::aggregate(tx, scope, &request, &[], None, 1))?;
        if let Some(group) = page.groups.first() {
            remedy.counts = group.severities;
            remedy.resources = group.resources;
            remedy.exploits = group.exploit_available;
        }
    }
    remedies.sort_by_key(|remedy| {
        let counts = &remedy.counts;
        let order = (counts.critical, counts.high, counts.medium, counts.all);
        (Reverse(order), remedy.name.clone())
    });
    remedies.truncate(SHOWN);
    Ok(remedies)
}

/// The criteria of active findings that have a fix for all their packages, one of them named so.
fn fixable(names: &[&str]) -> Result<findings::criteria::Criteria, Failure> {
    let equals = |value: &str| json!({ "comparison": "EQUALS", "value": value });
    let mut members = Map::new();
    let mut add = |member: &str, entries: Vec<Value>| {
        members.insert(member.to_owned(), Value::Array(entries));
    };
    add("findingStatus", vec![equals("ACTIVE")]);
    add("findingType", vec![equals("PACKAGE_VULNERABILITY")]);
    add("fixAvailable", vec![equals("YES")]);
    if !names.is_empty() {
        let names = names.iter().map(|name| json!({ "name": equals(name) }));
        add("vulnerablePackages", names.collect());
    }
    criteria_of(members).map_err(Failure::Internal)
}

/// Reads from some findings of a name which source it is of and which version ends them.
fn sample(
    asked: &Asked<'_>,
    name: &str,
    remedies: &mut BTreeMap<(String, String), Remedy>,
) -> Result<(), Failure> {
    let criteria = fixable(&[name])?;
    let query = Query {
        criteria: &criteria,
        sort: Some(Sort {
            field: SortField::Severity,
            descending: true,
        }),
    };
    let scope = &asked.session.scope;
    let list = |tx: &mut Tx<'_>| -> Result<_, StoreError> {
        listing::list(tx, scope, query, None, SAMPLE)
    };
    let service = asked.dashboard.settings.service.as_ref();
    for listed in asked.read(list)?.findings {
        let packages = listed.finding.observed.packages().iter();
        for package in packages.filter(|package| package.name == name) {
            note(service, package, remedies);
        }
    }
    Ok(())
}

fn note(
    service: &dyn Service,
    package: &VulnerablePackage,
    remedies: &mut BTreeMap<(String, String), Remedy>,
) {
    let Some(fixed) = &package.fixed_version else {
        return;
    };
    let by_source = package.matches.iter().find(|one| one.via_source);
    let name = by_source.map_or(&package.name, |one| &one.name);
    let place = package.matches.first().map(|one| place(package, one));
    let key = (package.purl_type.clone(), name.clone());
    let remedy = remedies.entry(key).or_insert_with(|| Remedy {
        purl_type: package.purl_type.clone(),
        name: name.clone(),
        names: BTreeSet::new(),
        to: BTreeMap::new(),
        counts: SeverityCounts::default(),
        resources: 0,
        exploits: 0,
    });
    remedy.names.insert(package.name.clone());
    let to = remedy.to.entry(place.unwrap_or_default()).or_default();
    if to.is_empty() || service.compare(package, to, fixed).is_lt() {
        to.clone_from(fixed);
    }
}

/// Where a version is meant: a distribution's release has versions of its own.
fn place(package: &VulnerablePackage, one: &PackageMatch) -> String {
    if package.of_system {
        one.namespace.clone()
    } else {
        String::new()
    }
}

impl Remedy {
    /// The line about it; bars are drawn against the greatest number.
    pub(super) fn row(&self, most: i64) -> Markup {
        let names = self.names.iter().take(TOGETHER);
        let pairs = names.map(|name| ("package".to_owned(), name.clone()));
        let address = Address::new("/findings").and_all(pairs).and("fix", "yes");
        let counts = &self.counts;
        html! {
            li {
                div.upgrade {
                    a href=(address) { b { (self.name) } } " " small { (self.purl_type) }
                    @for (place, version) in &self.to {
                        span.to {
                            " → " span.version { (version) }
                            @if self.to.len() > 1 { " " small { "on " (place) } }
                        }
                    }
                }
                div.removes {
                    (groups::bar(counts, most))
                    span.about {
                        @if counts.critical > 0 { b { (words::count(counts.critical)) " critical" } ", " }
                        (words::counted(counts.all, "finding", "findings")) " on "
                        (words::counted(self.resources, "resource", "resources"))
                        @if self.exploits > 0 {
                            ", " (words::count(self.exploits)) " with an exploit known"
                        }
                    }
                }
            }
        }
    }
}
