//! Writes a bill of materials for each resource that an export is about.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, BufWriter},
};

use anyhow::{Context as _, anyhow};
use api::inspector2;
use findings::{
    finding::{Finding, FindingType, State},
    resource::{Resource, ResourceDetails, ResourceType},
};
use inventory::sbom::{
    Names, Subject, SubjectKind,
    cyclonedx::{self, Version},
    spdx::{self, SecurityReference},
};
use model::Inventory;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::{
    content::{self, Wanted},
    coverage::{self, CoverageCriteria},
    keep, resources,
};

use super::reports::{Trouble, Work};
use crate::{clock, output, web::hexadecimal};

/// Resources read at once.
const PAGE: usize = 100;

/// Writes all files of an export.
pub(crate) fn write(work: &mut Work<'_>) -> Result<(), Trouble> {
    let report = work.report;
    let criteria = criteria(&report.criteria)?;
    let (mut cursor, mut count) = (None, 0_u64);
    loop {
        let engine = &work.service.engine;
        let (page, next) = engine
            .read(|tx| coverage::list(tx, &report.scope, &criteria, cursor.as_ref(), PAGE))?;
        for covered in &page {
            work.is_wanted()?;
            let Some(file) = document(work, &covered.resource)? else {
                continue;
            };
            work.put(&name(work, &covered.resource), "application/json", file)?;
            count += 1;
        }
        cursor = next;
        if cursor.is_none() {
            break;
        }
    }
    if count == 0 {
        return Err(Trouble::failed(
            "NO_FINDINGS_FOUND",
            "No resource whose inventory is known satisfies the criteria of the export",
        ));
    }
    Ok(())
}

/// Which resources are exported: of those that are covered, as the criteria say.
fn criteria(asked: &str) -> anyhow::Result<CoverageCriteria> {
    let mut asked: Value = serde_json::from_str(asked).context("read the criteria")?;
    if let Value::Object(members) = &mut asked {
        for (name, value) in [("scanType", "PACKAGE"), ("scanStatusCode", "ACTIVE")] {
            let only = json!([{"comparison": "EQUALS", "value": value}]);
            members.insert(name.to_owned(), only);
        }
    }
    let criteria = CoverageCriteria::from_json(&asked);
    criteria.map_err(|error| anyhow!("{}: {}", error.path, error.message))
}

/// The name of a resource's file: the format and the report, then the account and the type.
///
/// Ids that hold what file names cannot are told apart by a digest.
fn name(work: &Work<'_>, resource: &Resource) -> String {
    let last = resource.id.splitn(6, ':').last().unwrap_or_default();
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-.".contains(c);
    let mut plain: String = last
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .collect();
    if plain != resource.id {
        let keep = plain.len().saturating_sub(120);
        plain = plain.split_off(keep);
        let digest = hexadecimal(&Sha256::digest(&resource.id));
        plain.push('-');
        plain.extend(digest.chars().take(12));
    }
    format!(
        "{}_outputs_{}/account={}/resource={}/{plain}.json",
        work.report.format,
        work.report.id,
        work.report.scope.account,
        resource.kind.name()
    )
}

/// The document of a resource, none if it has no inventory any more.
fn document(work: &Work<'_>, resource: &Resource) -> Result<Option<File>, Trouble> {
    let scope = &work.report.scope;
    let known = work.service.engine.read(|tx| {
        let stored = resources::find(tx, scope, resource.kind.name(), &resource.id)?;
        let Some((stored, number)) = stored.and_then(|s| Some((s.number, s.inventory?))) else {
            return Ok(None);
        };
        let inventory = content::inventory(tx, number, Wanted::All)?;
        let findings = keep::of_resource(tx, stored, FindingType::PackageVulnerability, None)?;
        Ok(Some((inventory, findings)))
    })?;
    let Some((inventory, mut findings)) = known else {
        return Ok(None);
    };
    findings.retain(|finding| finding.state != State::Closed);
    findings.sort_by(|a, b| a.id.as_str().cmp(b.id.as_str()));
    let names = Names::of(&inventory);
    let subject = subject(resource);
    let places = Places::of(&inventory);
    let mut out = BufWriter::new(Work::scratch()?);
    if work.report.format.starts_with("SPDX") {
        let security: Vec<SecurityReference> = findings
            .iter()
            .flat_map(|finding| references(finding, &places))
            .collect();
        let document = spdx::Document {
            inventory: &inventory,
            names: &names,
            subject: &subject,
            security: &security,
        };
        output::pretty_json(&mut out, &document)?;
    } else {
        let document = cyclonedx::Document {
            inventory: &inventory,
            names: &names,
            subject: &subject,
            version: Version::V1_4,
            about: &about(resource, &work.report.scope.account),
        };
        let vulnerabilities: Vec<Value> = findings
            .iter()
            .map(|finding| vulnerability(finding, &places, &names))
            .collect();
        output::pretty_json(&mut out, &document.with_vulnerabilities(vulnerabilities))?;
    }
    let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    Ok(Some(file))
}

fn subject(resource: &Resource) -> Subject {
    let digest = match &resource.details {
        ResourceDetails::Image(image) => Some(image.digest.clone()),
        _ => None,
    };
    Subject {
        name: resource.id.clone(),
        kind: match resource.kind {
            ResourceType::AwsEcrContainerImage => SubjectKind::Image,
            ResourceType::AwsEc2Instance | ResourceType::MachineImage => SubjectKind::Host,
            _ => SubjectKind::Files,
        },
        digest: digest.filter(|digest| !digest.is_empty()),
        created: clock::now(),
    }
}

/// What Inspector's exports say of a resource in their metadata (user guide, "Exporting SBOMs").
fn about(resource: &Resource, account: &str) -> Vec<(&'static str, String)> {
    let (image, architecture) = match &resource.details {
        // As in the guide's sample: `sha256/…`.
        ResourceDetails::Image(image) => (
            Some(image.digest.replacen(':', "/", 1)),
            image.architecture.clone(),
        ),
        ResourceDetails::Instance(instance) => (instance.image_id.clone(), None),
        ResourceDetails::Function(function) => (None, function.architectures.first().cloned()),
        ResourceDetails::None => (None, None),
    };
    [
        ("imageId", image),
        ("architecture", architecture),
        ("accountId", Some(account.to_owned())),
        ("resourceType", Some(resource.kind.name().to_owned())),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value.filter(|value| !value.is_empty())?)))
    .collect()
}

/// Where packages are in an inventory, by type, name and version.
struct Places<'a>(HashMap<(&'a str, &'a str, &'a str), Vec<usize>>);

impl<'a> Places<'a> {
    fn of(inventory: &'a Inventory) -> Self {
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, package) in inventory.packages.iter().enumerate() {
            let key = (
                package.purl_type.as_str(),
                package.name.as_str(),
                package.version.as_str(),
            );
            places.entry(key).or_default().push(index);
        }
        Self(places)
    }

    /// The affected packages of a finding, with what each is fixed in.
    fn affected<'f>(&self, finding: &'f Finding) -> Vec<(usize, Option<&'f str>)> {
        let mut affected = Vec::new();
        for package in finding.observed.packages() {
            let key = (
                package.purl_type.as_str(),
                package.name.as_str(),
                package.version.as_str(),
            );
            let fixed = package.fixed_version.as_deref();
            let known = self.0.get(&key).into_iter().flatten();
            affected.extend(known.map(|index| (*index, fixed)));
        }
        affected.sort_unstable();
        affected.dedup();
        affected
    }
}

fn vulnerability(finding: &Finding, places: &Places<'_>, names: &Names) -> Value {
    let id = finding.observed.vulnerability().unwrap_or_default();
    let affected = places.affected(finding);
    let affects = affected
        .iter()
        .filter_map(|(index, _)| Some(json!({"ref": names.bom_ref(*index)?})));
    let affects: Vec<Value> = affects.collect();
    let source = finding.observed.source().unwrap_or("NVD");
    let mut entry = json!({"id": id, "affects": affects, "source": {"name": source}});
    if let Some(url) = inspector2::source_url(source, id) {
        output::set(&mut entry, "source", json!({"name": source, "url": url}));
    }
    entry
}

fn references(finding: &Finding, places: &Places<'_>) -> Vec<SecurityReference> {
    let id = finding.observed.vulnerability().unwrap_or_default();
    let source = finding.observed.source().unwrap_or("NVD");
    let own = || output::address(id).map(|(_, url)| url);
    let Some(url) = inspector2::source_url(source, id).or_else(own) else {
        return Vec::new();
    };
    let severity = finding.observed.severity.name().to_lowercase();
    let affected = places.affected(finding).into_iter();
    affected
        .map(|(package, fixed)| SecurityReference {
            package,
            url: url.clone(),
            comment: match fixed {
                Some(fixed) => format!("{id}, {severity}, fixed in {fixed}"),
                None => format!("{id}, {severity}, no fix yet"),
            },
        })
        .collect()
}
