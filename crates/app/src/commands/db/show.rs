//! `lynkeus db show`: all that the database says of one id.

mod document;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use advisory::database::{AdvisoryRecord, Statement, VulnerabilityRecord};
use anyhow::Result;

use crate::{
    cli_db::{Output, Show},
    database::{self, Opened},
};

/// What was found under an id.
struct Found<'a> {
    /// None for a bulletin, whose id is not one of a vulnerability.
    vulnerability: Option<VulnerabilityRecord<'a>>,
    /// By number.
    advisories: BTreeMap<u32, AdvisoryRecord<'a>>,
    /// Ids of the vulnerabilities that the advisories are about.
    about: BTreeSet<&'a str>,
    /// By namespace and name.
    packages: Vec<Package<'a>>,
}

/// What the advisories say of one package name.
struct Package<'a> {
    namespace: &'a str,
    name: &'a str,
    statements: Vec<Statement<'a>>,
}

/// Answers; false if the database does not know the id.
pub(super) fn run(data_dir: &Path, arguments: &Show) -> Result<bool> {
    let opened = database::open(data_dir, arguments.db.as_deref())?;
    let Some(found) = find(&opened, &arguments.id) else {
        eprintln!("{} is not in the database", arguments.id);
        return Ok(false);
    };
    match arguments.output {
        Output::Json => super::print_json(&document::of(&found))?,
        Output::Table => super::print(|out| text::write(&found, out))?,
    }
    Ok(true)
}

fn find<'a>(opened: &'a Opened, id: &str) -> Option<Found<'a>> {
    let records = &opened.records;
    let vulnerability = records
        .find(id)
        .and_then(|number| records.vulnerability(number));
    let numbers = match &vulnerability {
        Some(vulnerability) => vulnerability.advisories.clone(),
        None => records.find_advisories(id),
    };
    if vulnerability.is_none() && numbers.is_empty() {
        return None;
    }
    let advisories: BTreeMap<u32, AdvisoryRecord<'a>> = numbers
        .into_iter()
        .filter_map(|number| Some((number, records.advisory(number)?)))
        .collect();
    let about = advisories
        .values()
        .flat_map(|advisory| &advisory.vulnerabilities)
        .filter_map(|number| Some(records.vulnerability(*number)?.id))
        .collect();
    Some(Found {
        packages: packages(opened, &advisories),
        vulnerability,
        advisories,
        about,
    })
}

/// Looks at every name: the database is made to answer the other way round.
fn packages<'a>(
    opened: &'a Opened,
    advisories: &BTreeMap<u32, AdvisoryRecord<'_>>,
) -> Vec<Package<'a>> {
    let mut packages: Vec<Package<'a>> = opened
        .records
        .names()
        .filter_map(|name| {
            let mut statements = opened.records.statements(name.namespace, name.name);
            statements.retain(|one| advisories.contains_key(&one.candidate.advisory));
            (!statements.is_empty()).then_some(Package {
                namespace: name.namespace,
                name: name.name,
                statements,
            })
        })
        .collect();
    packages.sort_by_key(|package| (package.namespace, package.name));
    packages
}
