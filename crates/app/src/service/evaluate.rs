//! From packages to observations, and from observations to changes of a resource's findings.

use std::collections::{BTreeMap, BTreeSet};

use advisory::database::Database;
use anyhow::Result;
use detect::Options;
use ecosystem::{by_purl_type, os_release};
use findings::{
    Vulnerability,
    criteria::Subject,
    environment::Environment,
    finding::{Finding, FindingType, Observation, VulnerabilityFacts},
    lifecycle::{Change, Coverage, Evaluation, reconcile},
    observe,
    resource::{Resource, ResourceDetails},
    vex::{self, Identify},
};
use jiff::tz::Offset;
use model::{Inventory, Package, Timestamp, VexStatement};
use store::{
    Scope, StoreError, StoredResource, Tx,
    content::{self, Wanted},
    exposure, keep, leaving,
    rules::Rules,
    vex::Statements,
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
    pub(crate) resource: &'a Resource,
    pub(crate) vex: &'a Statements,
    pub(crate) now: Timestamp,
}

/// Observes an inventory from which packages that no advisory matches may be left out.
pub(crate) fn observe<B: AsRef<[u8]>>(
    inventory: &Inventory,
    database: &Database<B>,
    only: Option<&BTreeSet<String>>,
    surroundings: &Surroundings<'_>,
) -> Observed {
    let Surroundings {
        environment,
        resource,
        vex,
        now,
    } = *surroundings;
    // Whether a declared package counts was decided when its version was stored.
    let options = Options {
        declared: true,
        container: !inventory.layers.is_empty(),
        idle_kernels: false,
    };
    let mut vulnerabilities = pipeline::vulnerabilities(inventory, database, options);
    let today = Offset::UTC.to_datetime(now).date();
    let os = inventory.os.as_ref();
    let ended = os.and_then(|os| os_release::end_of_life(os, today));
    if ended.is_some_and(|ended| ended.findings_stop() <= today) {
        leave_out_system(&mut vulnerabilities, inventory);
    }
    vulnerabilities.extend(pipeline::end_of_life(inventory, today));
    if let Some(only) = only {
        vulnerabilities.retain(|v| only.contains(&v.id));
    }
    if !vex.is_empty() {
        let names = Names {
            resource,
            inventory,
        };
        for vulnerability in &mut vulnerabilities {
            let statements = spoken(vex, vulnerability);
            let one = std::slice::from_mut(vulnerability);
            vex::apply(one, inventory, &statements, &names);
        }
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

/// Leaves what the system's own packages are affected by out.
fn leave_out_system(vulnerabilities: &mut Vec<Vulnerability>, inventory: &Inventory) {
    let is_of_system = |index: usize| inventory.packages.get(index).is_some_and(is_system);
    vulnerabilities.retain_mut(|vulnerability| {
        vulnerability
            .packages
            .retain(|one| !is_of_system(one.package));
        !vulnerability.packages.is_empty()
    });
}

/// The statements about a vulnerability, under any of its ids.
fn spoken(vex: &Statements, vulnerability: &Vulnerability) -> Vec<VexStatement> {
    let ids = std::iter::once(&vulnerability.id).chain(&vulnerability.aliases);
    let mut spoken: Vec<VexStatement> = Vec::new();
    for statement in ids.filter_map(|id| vex.get(&id.to_uppercase())).flatten() {
        if !spoken.contains(statement) {
            spoken.push(statement.clone());
        }
    }
    spoken
}

/// What identifiers in VEX documents stand for on a resource.
struct Names<'a> {
    resource: &'a Resource,
    inventory: &'a Inventory,
}

impl Identify for Names<'_> {
    fn is_package(&self, identifier: &str, package: &Package) -> bool {
        pipeline::is_package(identifier, package, self.inventory)
    }

    /// By its id; an image also by repository, tag and digest, a machine by its host name.
    fn is_target(&self, identifier: &str) -> bool {
        if identifier == self.resource.id {
            return true;
        }
        match &self.resource.details {
            ResourceDetails::Image(image) => {
                let rest = identifier.strip_prefix(image.repository.as_str());
                let tagged = rest.and_then(|rest| rest.strip_prefix(':'));
                rest == Some("")
                    || tagged.is_some_and(|tag| image.tags.iter().any(|one| one == tag))
                    || rest.and_then(|rest| rest.strip_prefix('@')) == Some(&image.digest)
                    || pipeline::is_digest(identifier, &image.digest)
            }
            ResourceDetails::Instance(instance) => instance.hostname.as_deref() == Some(identifier),
            ResourceDetails::Function(function) => function.name == identifier,
            ResourceDetails::None => false,
        }
    }
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
    let vex = rules.vex(tx, scope)?;
    let rules = rules.of(tx, scope, now.as_millisecond())?;
    let wanted = only.map_or(Wanted::Matched, Wanted::Vulnerabilities);
    let inventory = content::inventory(tx, number, wanted)?;
    let exposure = &exposure::get(tx, resource.number)?;
    let environment = Environment {
        exposure,
        follows: exposure::follows(tx)?,
    };
    let surroundings = Surroundings {
        environment,
        resource: &resource.resource,
        vex: &vex,
        now,
    };
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
        let mut ids: Vec<String> = matching.map(|rule| rule.id.clone()).collect();
        ids.extend(finding.observed.vex_rules());
        ids
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
