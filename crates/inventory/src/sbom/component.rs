//! What the formats have in common: components, and the inventory that they make.

use std::collections::{BTreeMap, BTreeSet};

use ecosystem::purl::from_purl;
use model::{Evidence, Inventory, Layer, Location, OperatingSystem, Package, Problem, PurlType};

use super::names::normal_name;
use super::properties::{self, Facts};
use crate::layers::deduplicate;

/// Most components that are taken from one document.
const MAX_COMPONENTS: usize = 500_000;
/// Most problems that are kept of one document.
const MAX_PROBLEMS: usize = 1000;

/// What a component stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Role {
    /// Software that has a package URL, or should have.
    #[default]
    Software,
    /// The operating system.
    System,
    /// What the document is about, or a file, image or project that holds packages.
    Container,
}

/// One component of a document, in the words that the formats share.
#[derive(Debug, Clone, Default)]
pub(super) struct Component {
    /// The document's own id of it, where roots are told by id.
    pub(super) id: String,
    pub(super) role: Role,
    pub(super) is_root: bool,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) description: Option<String>,
    pub(super) purl: Option<String>,
    pub(super) cpe: Option<String>,
    pub(super) licenses: Vec<String>,
    /// Names as in CycloneDX, whatever the format.
    pub(super) properties: Vec<(String, String)>,
    /// Paths at which it was seen.
    pub(super) paths: Vec<String>,
    /// Name and version of the source package, where the document says it in words.
    pub(super) source: Option<(String, String)>,
}

impl Role {
    /// The role of a component of a type (CycloneDX) or purpose (SPDX).
    ///
    /// Trivy writes lock files as applications without a version, and images have package URLs
    /// too, though not of packages.
    pub(super) fn of(kind: &str, purl: Option<&str>, version: &str) -> Self {
        let kind = kind.to_ascii_lowercase().replace('-', "");
        let is_image = purl
            .is_some_and(|purl| purl.starts_with("pkg:oci/") || purl.starts_with("pkg:docker/"));
        match kind.as_str() {
            "operatingsystem" => Self::System,
            _ if is_image => Self::Container,
            "" | "library" | "framework" | "install" => Self::Software,
            "application" | "firmware" if !version.is_empty() => Self::Software,
            _ if purl.is_some() => Self::Software,
            _ => Self::Container,
        }
    }
}

/// Gathers the components of one document.
#[derive(Debug)]
pub(super) struct Collector {
    name: String,
    /// Version of the format.
    pub(super) version: String,
    components: Vec<Component>,
    /// What the document calls licences that are not on SPDX's list.
    pub(super) license_names: BTreeMap<String, String>,
    /// Ids of the components that the document is about.
    pub(super) described: BTreeSet<String>,
    problems: Vec<Problem>,
    is_incomplete: bool,
}

impl Collector {
    pub(super) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            version: String::new(),
            components: Vec::new(),
            license_names: BTreeMap::new(),
            described: BTreeSet::new(),
            problems: Vec::new(),
            is_incomplete: false,
        }
    }

    pub(super) fn add(&mut self, component: Component) {
        if self.components.len() < MAX_COMPONENTS {
            self.components.push(component);
        } else if !self.is_incomplete {
            self.problem(&format!("more than {MAX_COMPONENTS} components"));
            self.is_incomplete = true;
        }
    }

    /// Takes a problem of the document itself, after which packages may be missing.
    pub(super) fn broken(&mut self, problem: Problem) {
        self.is_incomplete = true;
        self.problems.push(problem);
    }

    /// The same, if reading ended with one.
    pub(super) fn ended(&mut self, result: Result<(), String>) {
        if let Err(what) = result {
            self.broken(Problem::new(self.name.as_str(), what));
        }
    }

    fn problem(&mut self, what: &str) {
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(Problem::new(self.name.as_str(), what));
        }
    }

    /// Turns what was gathered into an inventory.
    pub(super) fn finish(mut self) -> Inventory {
        let mut components = std::mem::take(&mut self.components);
        for component in &mut components {
            component.is_root |= self.described.contains(&component.id);
        }
        let mut layers = Layers::default();
        for root in components.iter().filter(|c| c.is_root) {
            properties::layers(&root.properties, &mut layers.list);
            self.is_incomplete |= properties::is_incomplete(&root.properties);
        }
        let mut packages = Vec::new();
        let mut systems: BTreeMap<(String, String), usize> = BTreeMap::new();
        let mut os = None;
        for component in &components {
            match self.package(component, &mut layers) {
                Ok(Some((package, system))) => {
                    if let Some(system) = system {
                        *systems.entry((system.id, system.version_id)).or_default() += 1;
                    }
                    packages.push(package);
                }
                // Trivy writes `none` for packages of a system that it does not know.
                Ok(None) if component.role == Role::System && component.name != "none" => {
                    let found = properties::system(component);
                    if os.is_none() {
                        os = Some(found);
                    } else if os.as_ref() != Some(&found) {
                        self.problem(&format!(
                            "{} is another operating system",
                            found.pretty_name
                        ));
                    }
                }
                Ok(None) => {}
                Err(what) => self.problem(&what),
            }
        }
        Inventory {
            os: os.or_else(|| most_frequent(systems)),
            layers: layers.list,
            packages: deduplicate(packages),
            problems: self.problems,
            complete: !self.is_incomplete,
        }
    }

    /// The package of a component; none if it is no software.
    fn package(
        &self,
        component: &Component,
        layers: &mut Layers,
    ) -> Result<Option<(Package, Option<OperatingSystem>)>, String> {
        if component.role != Role::Software {
            return Ok(None);
        }
        let facts = properties::facts(component);
        let (mut package, system) = match (&component.purl, &facts.purl_type) {
            (Some(purl), _) => from_purl(purl).map_err(|error| {
                format!("{}: {purl} is no package URL: {error}", component.title())
            })?,
            (None, Some(purl_type)) => {
                let purl_type = PurlType::from_string(purl_type.clone());
                (Package::new(purl_type, "", ""), None)
            }
            (None, None) if component.is_root => return Ok(None),
            (None, None) => return Err(format!("{} has no package URL", component.title())),
        };
        let version = version(&package.version, &component.version);
        if let Some(source) = &mut package.source
            && source.version == package.version
        {
            source.version.clone_from(&version);
        }
        package.version = version;
        if package.name == "stdlib" && package.purl_type.as_str() == "golang" {
            let number = package
                .version
                .trim_start_matches(['v', 'g', 'o'])
                .to_owned();
            package.version = number;
        }
        package.name = normal_name(&package);
        self.describe(&mut package, component, facts, layers);
        Ok(Some((package, system.map(properties::canonical))))
    }

    fn describe(
        &self,
        package: &mut Package,
        component: &Component,
        facts: Facts,
        layers: &mut Layers,
    ) {
        if let Some(name) = facts.name {
            package.name = name;
        }
        if let Some(version) = facts.version {
            package.version = version;
        }
        if facts.source.is_some() {
            package.source = facts.source;
        }
        package.module = facts.module.or(package.module.take());
        package.evidence = facts.evidence.unwrap_or(Evidence::Installed);
        package.owned_by = facts.owned_by;
        package.properties = facts.properties;
        package.licenses = component
            .licenses
            .iter()
            .map(|license| self.license_names.get(license).unwrap_or(license).clone())
            .collect();
        package.licenses.dedup();
        package.locations = facts
            .places
            .into_iter()
            .map(|place| Location {
                layer: place
                    .index
                    .or_else(|| layers.index(place.layer.as_deref()?)),
                path: place.path.unwrap_or_else(|| self.name.clone()),
            })
            .collect();
        package.locations.dedup();
    }
}

impl Component {
    /// How a problem names it.
    fn title(&self) -> String {
        match (self.name.as_str(), self.version.as_str()) {
            ("", _) => "a component without a name".to_owned(),
            (name, "") => name.to_owned(),
            (name, version) => format!("{name} {version}"),
        }
    }
}

/// The version of the purl; the component's own if the purl has none or lacks only the epoch.
fn version(purl: &str, component: &str) -> String {
    let lacks_epoch = component
        .strip_suffix(purl)
        .and_then(|epoch| epoch.strip_suffix(':'))
        .is_some_and(|epoch| epoch != "0" && epoch.bytes().all(|b| b.is_ascii_digit()));
    if purl.is_empty() || lacks_epoch {
        component.to_owned()
    } else {
        purl.to_owned()
    }
}

fn most_frequent(systems: BTreeMap<(String, String), usize>) -> Option<OperatingSystem> {
    let ((id, version_id), _) = systems.into_iter().max_by_key(|(_, count)| *count)?;
    Some(OperatingSystem {
        pretty_name: properties::titled(&id, &version_id),
        id,
        version_id,
        ..OperatingSystem::default()
    })
}

/// The layers that a document names.
#[derive(Debug, Default)]
struct Layers {
    list: Vec<Layer>,
}

impl Layers {
    /// The layer of that digest, compressed or not. One that the document does not list gets the
    /// next place: then the order is that of mention, since nothing else is known.
    fn index(&mut self, digest: &str) -> Option<u32> {
        let is_it = |layer: &Layer| {
            layer.diff_id.as_deref() == Some(digest) || layer.digest.as_deref() == Some(digest)
        };
        let index = self.list.iter().position(is_it).unwrap_or_else(|| {
            self.list.push(Layer {
                diff_id: Some(digest.to_owned()),
                ..Layer::default()
            });
            self.list.len() - 1
        });
        u32::try_from(index).ok()
    }
}
