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
    exposure::Exposure,
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
    rules::{Rule, Rules},
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
    let one = [(scope.clone(), resource.clone())];
    let changes = packages_of_all(tx, &one, with, only, rules)?;
    Ok(changes.into_iter().flatten().collect())
}

/// Evaluates the packages of many resources and writes what changes; the changes of each.
///
/// What they have in common is read once, and all is written together: a new advisory concerns
/// thousands of resources that hold the same package.
pub(crate) fn packages_of_all<B: AsRef<[u8]>>(
    tx: &mut Tx<'_>,
    resources: &[(Scope, StoredResource)],
    with: &With<'_, B>,
    only: Option<&BTreeSet<String>>,
    rules: &mut Rules,
) -> Result<Vec<Vec<Change>>, StoreError> {
    let evaluated = evaluated(tx, resources, rules)?;
    let numbers: Vec<i64> = evaluated.iter().map(|one| one.resource.number).collect();
    let ids = evaluated.iter().map(|one| one.inventory).collect();
    let wanted = only.map_or(Wanted::Matched, Wanted::Vulnerabilities);
    let inventories = content::inventories(tx, &ids, wanted)?;
    let exposures = exposure::get_all(tx, &numbers)?;
    let follows = exposure::follows(tx)?;
    let mut all = Vec::with_capacity(evaluated.len());
    let mut facts = BTreeMap::new();
    for one in evaluated {
        let inventory = inventories.get(&one.inventory);
        let inventory = inventory.ok_or_else(|| StoreError::Corrupt {
            what: "an inventory",
            reason: format!("there is none with number {}", one.inventory),
        })?;
        let unknown = Exposure::default();
        let exposure = exposures.get(&one.resource.number).unwrap_or(&unknown);
        let vex = rules.vex(tx, one.scope)?;
        let surroundings = Surroundings {
            environment: Environment { exposure, follows },
            resource: &one.resource.resource,
            vex: &vex,
            now: with.now,
        };
        let observed = observe(inventory, with.database, only, &surroundings);
        let known = observed.facts.into_iter();
        facts.extend(known.map(|known| (known.0.id.clone(), known)));
        all.push((one, inventory.complete, observed.observations));
    }
    let facts = facts.into_values().collect::<Vec<_>>();
    keep::put_facts(tx, &facts)?;
    let facts = facts.iter().map(|one| (one.0.id.as_str(), one)).collect();
    let kind = FindingType::PackageVulnerability;
    let mut current = keep::of_resources(tx, &numbers, kind, only)?;
    let mut changes = Vec::with_capacity(all.len());
    for (one, complete, observations) in all {
        let coverage = match only {
            _ if !complete => Coverage::Partial,
            Some(only) => Coverage::Keys(kind, only),
            None => Coverage::Complete(&[FindingType::PackageVulnerability]),
        };
        let now = with.now;
        let rules = rules.of(tx, one.scope, now.as_millisecond())?;
        let evaluation = Evaluation {
            account: &one.scope.account,
            region: &one.scope.region,
            resource: &one.resource.resource.id,
            coverage,
            now,
            rules: &matching(&one, &facts, rules),
        };
        let current = current.remove(&one.resource.number).unwrap_or_default();
        changes.push((one, reconcile(current, observations, &evaluation)));
    }
    let changed: Vec<keep::Changed<'_>> = changes
        .iter()
        .map(|(one, changes)| keep::Changed {
            scope: one.scope,
            resource: one.resource,
            changes,
        })
        .collect();
    keep::save_all(tx, &changed)?;
    Ok(changes.into_iter().map(|(_, changes)| changes).collect())
}

/// A resource that is evaluated.
#[derive(Debug, Clone, Copy)]
struct Evaluated<'a> {
    scope: &'a Scope,
    resource: &'a StoredResource,
    inventory: i64,
}

/// Those resources that have an inventory, are not gone, and whose scans are on.
fn evaluated<'a>(
    tx: &mut Tx<'_>,
    resources: &'a [(Scope, StoredResource)],
    rules: &mut Rules,
) -> Result<Vec<Evaluated<'a>>, StoreError> {
    let mut evaluated = Vec::with_capacity(resources.len());
    for (scope, resource) in resources {
        let Some(inventory) = resource.inventory else {
            continue;
        };
        if rules.is_off(tx, scope, resource.resource.kind)? {
            leaving::uncover(tx, resource.number)?;
        } else if resource.gone_at.is_none() {
            evaluated.push(Evaluated {
                scope,
                resource,
                inventory,
            });
        }
    }
    Ok(evaluated)
}

/// What is known of vulnerabilities, by their ids.
type FactsById<'a> = BTreeMap<&'a str, &'a (VulnerabilityFacts, Option<f64>)>;

/// Which rules hide a finding of a resource.
fn matching<'a>(
    one: &'a Evaluated<'_>,
    facts: &'a FactsById<'_>,
    rules: &'a [Rule],
) -> impl Fn(&Finding) -> Vec<String> + 'a {
    let attributes = one.resource.resource.attributes();
    move |finding| {
        let known = finding
            .observed
            .vulnerability()
            .and_then(|id| facts.get(id));
        let subject = Subject {
            account: &one.scope.account,
            region: &one.scope.region,
            finding,
            resource: &one.resource.resource,
            attributes: &attributes,
            aliases: known.map_or(&[], |(facts, _)| &facts.aliases),
            epss: known.and_then(|(_, epss)| *epss),
        };
        let matching = rules.iter().filter(|rule| rule.matches(&subject));
        let mut ids: Vec<String> = matching.map(|rule| rule.id.clone()).collect();
        ids.extend(finding.observed.vex_rules());
        ids
    }
}
