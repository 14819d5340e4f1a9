//! Files of a project's sources that name resolved packages.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Deserialize;

use super::{LIMIT, NUGET, split_library};
use crate::lenient::{Members, Object, Text, json};
use crate::listing::{Listing, shown};
use crate::{Extracted, Input};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Lock {
    /// Per target framework, per package.
    dependencies: Members<Members<Object<Locked>>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Locked {
    r#type: Text,
    resolved: Text,
}

pub(super) fn extract_lock(input: &mut Input<'_>) -> Extracted {
    let lock: Lock = match json(input, LIMIT) {
        Ok(lock) => lock,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NUGET, input.file.path);
    for (_, Members(packages)) in &lock.dependencies.0 {
        for (name, Object(locked)) in packages {
            let locked = locked.as_ref();
            match locked.and_then(|l| l.resolved.as_str()) {
                Some(version) => {
                    listing.add(name, version);
                }
                None if locked.is_some_and(|l| l.r#type.as_str() == Some("Project")) => {}
                None => listing.problem_with(|| format!("{} has no resolved version", shown(name))),
            }
        }
    }
    listing.finish()
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct ProjectAssets {
    libraries: Members<Object<Library>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Library {
    r#type: Text,
}

pub(super) fn extract_assets(input: &mut Input<'_>) -> Extracted {
    let assets: ProjectAssets = match json(input, LIMIT) {
        Ok(assets) => assets,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NUGET, input.file.path);
    for (key, Object(library)) in &assets.libraries.0 {
        let is_package = library
            .as_ref()
            .is_some_and(|l| l.r#type.as_str() == Some("package"));
        match split_library(key) {
            Some((name, version)) if is_package => {
                listing.add(name, version);
            }
            Some(_) => {}
            None => listing.problem_with(|| format!("not a library: {}", shown(key))),
        }
    }
    listing.finish()
}

/// Largest `packages.config` that is read, in bytes.
const CONFIG_LIMIT: u64 = 4 << 20;

/// `packages.config`: an XML list of `package` elements with `id` and `version`.
pub(super) fn extract_config(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(CONFIG_LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&NUGET, input.file.path);
    let mut reader = Reader::from_str(&text);
    loop {
        match reader.read_event() {
            Ok(Event::Start(element) | Event::Empty(element))
                if element.local_name().as_ref() == "package" =>
            {
                match (attribute(&element, "id"), attribute(&element, "version")) {
                    (Some(name), Some(version)) => {
                        listing.add(&name, &version);
                    }
                    _ => listing
                        .problem_with(|| "a package element has no id and version".to_owned()),
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => {
                listing.problem_with(|| {
                    format!("not XML at byte {}: {error}", reader.error_position())
                });
                break;
            }
        }
    }
    listing.finish()
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute = element
        .attributes()
        .flatten()
        .find(|a| a.key.as_ref() == name)?;
    Some(attribute.value.into_owned())
}
