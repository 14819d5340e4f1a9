//! From packages to observations, and from observations to changes of a resource's findings.

use std::collections::{BTreeMap, BTreeSet};

use advisory::database::Database;
use anyhow::Result;
use detect::Options;
use ecosystem::by_purl_type;
use findings::{
    criteria::Subject,
    environment::Environment,
    finding::{Finding, FindingType, Observation, VulnerabilityFacts},
    lifecycle::{Change, Coverage, Evaluation, reconcile},
    observe,
};
use jiff::tz::Offset;
use model::{Inventory, Package, Timestamp};
use store::{
    Scope, StoreError, StoredResource, Tx,
    content::{self, Wanted},
    exposure, keep, leaving,
    rules::Rules,
};

use crate::pipeline;

/// What is observed of an inventory, and what is known of the vulnerabilities seen.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    pub(crate) observations: Vec<Observation>,
    pub(crate) facts: Vec<(VulnerabilityFacts, Option<f64>)>,
}

/// In which environment and when an inventory is observed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Surroundings<'a> {
    pub(crate) environment: Environment<'a>,
    pub(crate) now: Timestamp,
}

/// Observes an inventory from which packages that no advisory matches may be left out.
pub(crate) fn observe<B: AsRef<[u8]>>(
    inventory: &Inventory,
    database: &Database<B>,
    only: Option<&BTreeSet<String>>,
    surroundings: &Surroundings<'_>,
) -> Observed {
    let Surroundings { environment, now } = *surroundings;
    // Whether a declared package counts was decided when its version was stored.
    let options = Options {
        declared: true,
        container: !inventory.layers.is_empty(),
        idle_kernels: false,
    };
    let mut vulnerabilities = pipeline::vulnerabilities(inventory, database, options);
    let today = Offset::UTC.to_datetime(now).date();
    vulnerabilities.extend(pipeline::end_of_life(inventory, today));
    if let Some(only) = only {
        vulnerabilities.retain(|v| only.contains(&v.id));
    }
    let mut observed = Observed::default();
    for vulnerability in &vulnerabilities {
        observed.observations.push(observe::package_observation(
            vulnerability,
            inventory,
            &environment,
            &is_system,
        ));
        observed.facts.push((
            observe::vulnerability_facts(vulnerability),
            vulnerability.epss.map(|epss| f64::from(epss.score)),
        ));
    }
    observed
}

fn is_system(package: &Package) -> bool {
    by_purl_type(package.purl_type.as_str()).is_some_and(|e| e.osv_name.is_none())
}

/// With what a resource is evaluated.
#[derive(Debug)]
pub(crate) struct With<'a, B> {
    pub(crate) database: &'a Database<B>,
    pub(crate) now: Timestamp,
}

/// Evaluates a resource's packages and writes what changes: all of its vulnerabilities, or some.
pub(crate) fn packages<B: AsRef<[u8]>>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    resource: &StoredResource,
    with: &With<'_, B>,
    only: Option<&BTreeSet<String>>,
    rules: &mut Rules,
) -> Result<Vec<Change>, StoreError> {
    let With { database, now } = *with;
    let Some(number) = resource.inventory else {
        return Ok(Vec::new());
    };
    if rules.is_off(tx, scope, resource.resource.kind)? {
        leaving::uncover(tx, resource.number)?;
        return Ok(Vec::new());
    }
    if resource.gone_at.is_some() {
        return Ok(Vec::new());
    }
    let rules = rules.of(tx, scope, now.as_millisecond())?;
    let wanted = only.map_or(Wanted::Matched, Wanted::Vulnerabilities);
    let inventory = content::inventory(tx, number, wanted)?;
    let exposure = &exposure::get(tx, resource.number)?;
    let environment = Environment {
        exposure,
        follows: exposure::follows(tx)?,
    };
    let surroundings = Surroundings { environment, now };
    let observed = observe(&inventory, database, only, &surroundings);
    keep::put_facts(tx, &observed.facts)?;
    let kind = FindingType::PackageVulnerability;
    let current = keep::of_resource(tx, resource.number, kind, only)?;
    let coverage = match only {
        _ if !inventory.complete => Coverage::Partial,
        Some(only) => Coverage::Keys(kind, only),
        None => Coverage::Complete(&[FindingType::PackageVulnerability]),
    };
    let attributes = resource.resource.attributes();
    let facts: BTreeMap<&str, &(VulnerabilityFacts, Option<f64>)> = observed
        .facts
        .iter()
        .map(|one| (one.0.id.as_str(), one))
        .collect();
    let matching = |finding: &Finding| {
        let known = finding
            .observed
            .vulnerability()
            .and_then(|id| facts.get(id));
        let subject = Subject {
            account: &scope.account,
            region: &scope.region,
            finding,
            resource: &resource.resource,
            attributes: &attributes,
            aliases: known.map_or(&[], |(facts, _)| &facts.aliases),
            epss: known.and_then(|(_, epss)| *epss),
        };
        let matching = rules.iter().filter(|rule| rule.matches(&subject));
        matching.map(|rule| rule.id.clone()).collect()
    };
    let evaluation = Evaluation {
        account: &scope.account,
        region: &scope.region,
        resource: &resource.resource.id,
        coverage,
        now,
        rules: &matching,
    };
    let changes = reconcile(current, observed.observations, &evaluation);
    keep::save(tx, scope, resource, &changes)?;
    Ok(changes)
}
