//! What the API asks of the advisory database, and the inventories that it hands in.

use std::{collections::BTreeMap, sync::Arc};

use api::{
    Error,
    errors::Reason,
    state::{Advisories, Known, Networks, Submitted, Vex},
    wire::scan::OutputFormat,
};
use findings::{
    fold, observe,
    reach::Listener,
    resource::{Image, Instance, Resource, ResourceDetails, ResourceType},
};
use inventory::sbom;
use model::{Inventory, Timestamp};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{host, ingest::Submission, leaving, network, scan_answer, vex, worker::Service};
use crate::{
    pipeline::{self, Decisions},
    report::Target,
};

/// Answers with the database that the service uses at the moment.
#[derive(Debug)]
pub(crate) struct Answers(pub(crate) Arc<Service>);

fn internal(error: &dyn std::fmt::Display) -> Error {
    Error::Internal(format!("{error:#}"))
}

impl Advisories for Answers {
    fn find(&self, id: &str) -> Result<Option<Known>, Error> {
        let database = self.0.database();
        let records = &database.records;
        let record = records
            .find(id)
            .and_then(|number| records.vulnerability(number));
        Ok(record.map(|record| {
            let vulnerability = fold::alone(&pipeline::facts(&record), &pipeline::compare);
            let epss = vulnerability.epss.map(|epss| f64::from(epss.score));
            (observe::vulnerability_facts(&vulnerability), epss)
        }))
    }

    fn scan(&self, document: &Value, format: OutputFormat, now: Timestamp) -> Result<Value, Error> {
        let inventory = read(document.to_string().as_bytes()).ok_or_else(|| Error::Validation {
            message: "The sbom is not a CycloneDX or SPDX document".to_owned(),
            reason: Reason::UnsupportedSbomType,
            fields: Vec::new(),
        })?;
        let database = self.0.database();
        let target = Target {
            name: "sbom".to_owned(),
            kind: "sbom",
            image: None,
        };
        let decisions = Decisions {
            declared: inventory.os.is_none(),
            ..Decisions::default()
        };
        let report = pipeline::report(
            target,
            inventory,
            &database.records,
            database.summary(),
            &decisions,
            now,
        );
        match format {
            OutputFormat::CycloneDx15 => {
                scan_answer::cyclonedx(&report).map_err(|error| internal(&error))
            }
            OutputFormat::Inspector | OutputFormat::InspectorAlt => {
                Ok(scan_answer::inspector(&report))
            }
        }
    }

    fn submit(&self, submitted: &Submitted<'_>) -> Result<Value, Error> {
        let inventory = read(submitted.body)
            .ok_or_else(|| Error::invalid("The body is not a CycloneDX or SPDX document"))?;
        let resource = resource(submitted, &inventory)?;
        let submission = Submission {
            resource: &resource,
            inventory: &inventory,
            declared: inventory.os.is_none(),
            scan_mode: (resource.kind == ResourceType::AwsEc2Instance)
                .then_some("EC2_INSPECTOR_AGENT_BASED"),
        };
        let changed = self.0.take_in(&submitted.scope, &submission, submitted.now);
        let changed = changed.map_err(|error| internal(&error))?;
        let problems = inventory.problems.iter().take(100);
        let problems: Vec<String> = problems.map(ToString::to_string).collect();
        Ok(json!({
            "resourceId": resource.id,
            "resourceType": resource.kind.name(),
            "packages": inventory.packages.len(),
            "complete": inventory.complete,
            "changes": changed,
            "problems": problems,
        }))
    }

    fn vex(&self, asked: &Vex, submitted: &Submitted<'_>) -> Result<Value, Error> {
        match asked {
            Vex::Add { name, sender } => vex::add(&self.0, submitted, name, sender),
            Vex::List => vex::list(&self.0, submitted),
            Vex::Remove(id) => vex::remove(&self.0, submitted, id),
        }
    }

    fn gone(&self, submitted: &Submitted<'_>) -> Result<Value, Error> {
        let (kind, id) = named(submitted)?;
        let (engine, now) = (&self.0.engine, submitted.now);
        let closed = leaving::gone(engine, &submitted.scope, kind, &id, now);
        match closed.map_err(|error| internal(&error))? {
            Some(closed) => Ok(json!({ "resourceId": id, "changes": { "CLOSED": closed } })),
            None => Err(Error::invalid("There is no such resource")),
        }
    }
}

/// The type and the id of the resource that a query names.
fn named(submitted: &Submitted<'_>) -> Result<(ResourceType, String), Error> {
    let asked = Query(submitted.query);
    let kind = match asked.one("kind")?.as_deref() {
        Some("image") => ResourceType::AwsEcrContainerImage,
        Some("host") => ResourceType::AwsEc2Instance,
        _ => return Err(Error::invalid_field("kind", "expected image or host")),
    };
    let id = match (asked.one("id")?, kind) {
        (Some(id), _) => id,
        (None, ResourceType::AwsEc2Instance) => host::instance_id(&asked.required("name")?),
        (None, _) => {
            asked.required("digest")?;
            image(&asked, submitted, &Inventory::default())?.id
        }
    };
    Ok((kind, id))
}

impl Networks for Answers {
    fn take(&self, submitted: &Submitted<'_>) -> Result<Value, Error> {
        let documents = network::unpack(submitted.body)?;
        let Submitted { scope, now, .. } = submitted;
        let Service {
            networks, engine, ..
        } = &*self.0;
        let taken = networks.take(engine, scope, &documents, *now);
        let taken = taken.map_err(|error| internal(&error))?;
        Ok(json!({
            "instances": taken.instances,
            "evaluatedInterfaces": taken.evaluated,
            "reconciledInstances": taken.reconciled,
            "open": taken.open,
            "unknown": taken.unknown,
            "changes": taken.changed,
            "problems": taken.problems,
        }))
    }

    fn hear(&self, submitted: &Submitted<'_>) -> Result<Value, Error> {
        let name = Query(submitted.query).required("name")?;
        let heard: Vec<Listener> = serde_json::from_slice(submitted.body).map_err(|error| {
            Error::invalid(format!("The body is no list of listeners: {error}"))
        })?;
        if heard.len() > MOST_LISTENERS {
            return Err(Error::invalid("There are too many listeners"));
        }
        let Submitted { scope, now, .. } = submitted;
        let Service {
            networks, engine, ..
        } = &*self.0;
        let machine = machine_id(&name);
        let is_known = networks.hear(engine, scope, &machine, &heard, *now);
        if !is_known.map_err(|error| internal(&error))? {
            return Err(Error::invalid_field("name", "no such machine"));
        }
        Ok(json!({"resourceId": machine, "listeners": heard.len()}))
    }
}

/// Listeners of one machine.
const MOST_LISTENERS: usize = 10_000;

/// The id of a machine: its own if it is an instance of EC2, else one of its name.
fn machine_id(name: &str) -> String {
    if network::is_instance_id(name) {
        name.to_owned()
    } else {
        host::instance_id(name)
    }
}

fn read(document: &[u8]) -> Option<Inventory> {
    Some(sbom::read("document", document)?.inventory)
}

/// What the inventory is of, as the query says.
fn resource(submitted: &Submitted<'_>, inventory: &Inventory) -> Result<Resource, Error> {
    let asked = Query(submitted.query);
    let kind = asked.one("kind")?;
    match kind.as_deref() {
        Some("image") => image(&asked, submitted, inventory),
        Some("host") => {
            let name = asked.required("name")?;
            Ok(Resource {
                kind: ResourceType::AwsEc2Instance,
                id: machine_id(&name),
                tags: BTreeMap::from([("Name".to_owned(), name.clone())]),
                details: ResourceDetails::Instance(Instance {
                    platform: inventory.os.as_ref().map(host::platform),
                    hostname: Some(name),
                    ..Instance::default()
                }),
            })
        }
        _ => Err(Error::invalid_field("kind", "expected image or host")),
    }
}

fn image(
    asked: &Query<'_>,
    submitted: &Submitted<'_>,
    inventory: &Inventory,
) -> Result<Resource, Error> {
    let repository = asked.required("repository")?;
    let is_name = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-/".contains(&b);
    if repository.len() > 256 || !repository.bytes().all(is_name) {
        return Err(Error::invalid_field(
            "repository",
            "not a repository's name",
        ));
    }
    let digest = match asked.one("digest")? {
        Some(digest) if is_digest(&digest) => digest,
        Some(_) => return Err(Error::invalid_field("digest", "expected sha256:…")),
        // What has no digest of its own is told apart by what is in it.
        None => digest_of(submitted.body),
    };
    let account = &submitted.scope.account;
    let region = &submitted.scope.region;
    let partition = findings::identity::partition(region);
    Ok(Resource {
        kind: ResourceType::AwsEcrContainerImage,
        id: format!("arn:{partition}:ecr:{region}:{account}:repository/{repository}/{digest}"),
        tags: BTreeMap::new(),
        details: ResourceDetails::Image(Image {
            repository,
            registry: account.clone(),
            digest,
            tags: asked.all("tag"),
            architecture: asked.one("architecture")?,
            platform: inventory.os.as_ref().map(host::platform),
            pushed_at: Some(submitted.now.as_millisecond()),
            ..Image::default()
        }),
    })
}

fn is_digest(text: &str) -> bool {
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.strip_prefix("sha256:")
        .is_some_and(|digits| digits.len() == 64 && digits.bytes().all(is_hex))
}

fn digest_of(bytes: &[u8]) -> String {
    let mut digest = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        let halves = [byte >> 4, byte & 15];
        digest.extend(
            halves
                .iter()
                .filter_map(|half| char::from_digit((*half).into(), 16)),
        );
    }
    digest
}

/// Names and values of a query.
struct Query<'a>(&'a [(String, String)]);

impl Query<'_> {
    fn all(&self, name: &str) -> Vec<String> {
        let pairs = self.0.iter().filter(|(n, v)| n == name && !v.is_empty());
        pairs.map(|(_, value)| value.clone()).collect()
    }

    fn one(&self, name: &str) -> Result<Option<String>, Error> {
        let mut values = self.all(name).into_iter();
        let value = values.next();
        if values.next().is_some() || value.as_ref().is_some_and(|value| value.len() > 1024) {
            return Err(Error::invalid_field(name, "expected once, and not so long"));
        }
        Ok(value)
    }

    fn required(&self, name: &str) -> Result<String, Error> {
        self.one(name)?
            .ok_or_else(|| Error::invalid_field(name, "is missing"))
    }
}
