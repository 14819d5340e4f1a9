//! `*.deps.json`: what a built program or framework consists of.
//!
//! Format: .NET documentation of the host, "Runtime Configuration Files".

use std::collections::HashMap;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{LIMIT, NUGET, split_library};
use crate::lenient::{Members, Object, Text, json};
use crate::listing::{Listing, shown};
use crate::{Extracted, Input};

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct DepsJson {
    runtime_target: Object<RuntimeTarget>,
    targets: Members<Members<Object<Assets>>>,
    libraries: Members<Object<Library>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct RuntimeTarget {
    /// `.NETCoreApp,Version=v8.0/linux-x64`; the part after the slash only where it is built for
    /// one platform.
    name: Text,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Library {
    r#type: Text,
}

/// The files that a library brings to a target; a library without any is only a name through
/// which others are asked for, or is needed only to compile.
#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct Assets {
    runtime: Members<IgnoredAny>,
    native: Members<IgnoredAny>,
    runtime_targets: Members<IgnoredAny>,
    resources: Members<IgnoredAny>,
}

impl Assets {
    fn is_empty(&self) -> bool {
        [
            &self.runtime,
            &self.native,
            &self.runtime_targets,
            &self.resources,
        ]
        .iter()
        .all(|files| files.0.is_empty())
    }
}

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let deps: DepsJson = match json(input, LIMIT) {
        Ok(deps) => deps,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::installed(&NUGET, input.file.path);
    let mut has_files: HashMap<&str, bool> = HashMap::new();
    for (_, Members(libraries)) in &deps.targets.0 {
        for (key, Object(assets)) in libraries {
            let any = assets.as_ref().is_some_and(|assets| !assets.is_empty());
            *has_files.entry(key).or_default() |= any;
        }
    }
    for (key, Object(library)) in &deps.libraries.0 {
        let Some((name, version)) = split_library(key) else {
            listing.problem_with(|| format!("not a library: {}", shown(key)));
            continue;
        };
        // A library of which no target speaks is taken at its word.
        let is_there = has_files.get(key.as_str()).is_none_or(|any| *any);
        match library.as_ref().and_then(|l| l.r#type.as_str()) {
            Some("package") if is_there => {
                listing.add(name, version);
            }
            // The runtime inside a self-contained program.
            Some("runtimepack") => {
                listing.add(name.strip_prefix("runtimepack.").unwrap_or(name), version);
            }
            // `project`, `reference`, `referenceassembly`, `platform`.
            Some(_) | None => {}
        }
    }
    let target = deps.runtime_target.0.unwrap_or_default();
    if let Some((framework, version)) = shared_framework(input.file.path)
        && let Some((_, platform)) = target.name.as_str().and_then(|name| name.rsplit_once('/'))
    {
        // The package that holds the same files, under which advisories speak of the runtime.
        listing.add(&format!("{framework}.Runtime.{platform}"), version);
    }
    listing.finish()
}

/// The framework and version of `shared/FRAMEWORK/VERSION/FRAMEWORK.deps.json`.
fn shared_framework(path: &str) -> Option<(&str, &str)> {
    let mut components = path.rsplit('/');
    let file = components.next()?.strip_suffix(".deps.json")?;
    let version = components.next()?;
    let framework = components.next()?;
    (framework == file && components.next() == Some("shared")).then_some((framework, version))
}
