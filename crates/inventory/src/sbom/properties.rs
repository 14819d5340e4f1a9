//! The properties that this program, Syft and Trivy add to the components of their documents.

use std::{collections::BTreeMap, fmt};

use model::{Evidence, Inventory, Layer, OperatingSystem, Package, SourcePackage};
use serde::{Serialize, Serializer, ser::SerializeStruct as _};

use super::{component::Component, names::Name};

/// What this program's own properties begin with.
pub(super) const OWN: &str = "lynkeus:";
const SYFT: &str = "syft:";
/// What Trivy's begin with.
pub(super) const TRIVY: &str = "aquasecurity:trivy:";

/// Most locations of one component.
const MAX_PLACES: usize = 1000;

/// Where a component was seen.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) path: Option<String>,
    /// Index into the document's own list of layers.
    pub(super) index: Option<u32>,
    /// Digest of the layer.
    pub(super) layer: Option<String>,
}

/// What properties say of a package.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Set for a package that no purl can name.
    pub(super) purl_type: Option<String>,
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
    pub(super) source: Option<SourcePackage>,
    pub(super) module: Option<String>,
    pub(super) evidence: Option<Evidence>,
    pub(super) owned_by: Option<String>,
    /// At least one.
    pub(super) places: Vec<Place>,
    pub(super) properties: Vec<(String, String)>,
}

/// What the properties of a component say of its package.
pub(super) fn facts(component: &Component) -> Facts {
    let mut facts = Facts::default();
    let mut places: BTreeMap<u32, Place> = BTreeMap::new();
    let mut source = Source::default();
    for (name, value) in &component.properties {
        let value = || Some(value.clone());
        if let Some(name) = name.strip_prefix(TRIVY) {
            match name {
                "SrcName" => source.name = value(),
                "SrcVersion" => source.version = value(),
                "SrcRelease" => source.release = value(),
                "SrcEpoch" => source.epoch = value(),
                "Modularitylabel" => facts.module = value(),
                "FilePath" => places.entry(0).or_default().path = value().map(relative),
                "LayerDiffID" => places.entry(0).or_default().layer = value(),
                _ => {}
            }
        } else if let Some(name) = name.strip_prefix(SYFT) {
            if let Some((place, field)) = location(name, &mut places) {
                match field {
                    "path" => place.path = value().map(relative),
                    "layerID" => place.layer = value(),
                    _ => {}
                }
            } else if name == "metadata:modularityLabel" {
                facts.module = value();
            }
        } else if let Some(name) = name.strip_prefix(OWN) {
            own(
                name,
                value().unwrap_or_default(),
                &mut facts,
                &mut places,
                &mut source,
            );
        }
    }
    facts.places = places.into_values().collect();
    if facts.places.iter().all(|place| place.path.is_none()) && !component.paths.is_empty() {
        let layer = facts.places.first().and_then(|place| place.layer.clone());
        let place = |path: &String| Place {
            path: Some(relative(path.clone())),
            layer: layer.clone(),
            ..Place::default()
        };
        facts.places = component.paths.iter().take(MAX_PLACES).map(place).collect();
    }
    if facts.places.is_empty() {
        facts.places.push(Place::default());
    }
    facts.source = source.package().or_else(|| {
        let (name, version) = component.source.clone()?;
        Some(SourcePackage { name, version })
    });
    facts.properties.sort();
    facts
}

/// Takes a property that this program wrote.
fn own(
    name: &str,
    value: String,
    facts: &mut Facts,
    places: &mut BTreeMap<u32, Place>,
    source: &mut Source,
) {
    if let Some((place, field)) = location(name, places) {
        match field {
            "path" => place.path = Some(value),
            "layer" => place.index = value.parse().ok(),
            _ => {}
        }
        return;
    }
    match name {
        "evidence" if value == "declared" => facts.evidence = Some(Evidence::Declared),
        "type" => facts.purl_type = Some(value),
        "name" => facts.name = Some(value),
        "version" => facts.version = Some(value),
        "ownedBy" => facts.owned_by = Some(value),
        "module" => facts.module = Some(value),
        "source:name" => source.name = Some(value),
        "source:version" => source.version = Some(value),
        _ => {
            if let Some(key) = name.strip_prefix("property:") {
                facts.properties.push((key.to_owned(), value));
            }
        }
    }
}

/// The place and field that `location:N:field` names.
fn location<'a, 'b>(
    name: &'a str,
    places: &'b mut BTreeMap<u32, Place>,
) -> Option<(&'b mut Place, &'a str)> {
    let (number, field) = name.strip_prefix("location:")?.split_once(':')?;
    let number = number.parse().ok()?;
    if places.len() >= MAX_PLACES && !places.contains_key(&number) {
        return None;
    }
    Some((places.entry(number).or_default(), field))
}

fn relative(path: String) -> String {
    match path.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None => path,
    }
}

/// A source package as Trivy takes it apart.
#[derive(Debug, Default)]
struct Source {
    name: Option<String>,
    version: Option<String>,
    release: Option<String>,
    epoch: Option<String>,
}

impl Source {
    fn package(self) -> Option<SourcePackage> {
        let mut version = self.version?;
        if let Some(release) = self.release {
            version = format!("{version}-{release}");
        }
        if let Some(epoch) = self.epoch.filter(|epoch| epoch != "0") {
            version = format!("{epoch}:{version}");
        }
        Some(SourcePackage {
            name: self.name?,
            version,
        })
    }
}

/// The layers of an image, from the properties of what the document is about.
pub(super) fn layers(properties: &[(String, String)], layers: &mut Vec<Layer>) {
    let mut own: BTreeMap<u32, Layer> = BTreeMap::new();
    for (name, value) in properties {
        if name.strip_prefix(TRIVY) == Some("DiffID") {
            layers.push(Layer {
                diff_id: Some(value.clone()),
                ..Layer::default()
            });
        }
        let field = name.strip_prefix(OWN).and_then(|name| {
            let (number, field) = name.strip_prefix("layer:")?.split_once(':')?;
            Some((number.parse().ok()?, field))
        });
        if let Some((number, field)) = field {
            let layer = own.entry(number).or_default();
            match field {
                "digest" => layer.digest = Some(value.clone()).filter(|d| !d.is_empty()),
                "diffId" => layer.diff_id = Some(value.clone()),
                "createdBy" => layer.created_by = Some(value.clone()),
                _ => {}
            }
        }
    }
    layers.extend(own.into_values());
}

/// Whether the document says that packages may be missing.
pub(super) fn is_incomplete(properties: &[(String, String)]) -> bool {
    properties
        .iter()
        .any(|(name, value)| name.strip_prefix(OWN) == Some("complete") && value == "false")
}

/// The operating system that a component stands for.
pub(super) fn system(component: &Component) -> OperatingSystem {
    let mut os = OperatingSystem {
        id: component.name.clone(),
        version_id: component.version.clone(),
        pretty_name: component.description.clone().unwrap_or_default(),
        cpe: component.cpe.clone(),
        ..OperatingSystem::default()
    };
    for (name, value) in &component.properties {
        let name = name
            .strip_prefix("syft:distro:")
            .or_else(|| name.strip_prefix("lynkeus:os:"));
        let value = value.clone();
        match name {
            Some("id") => os.id = value,
            Some("versionID") => os.version_id = value,
            Some("versionCodename") => os.codename = Some(value),
            Some("prettyName") => os.pretty_name = value,
            Some("variantID") => os.variant = Some(value),
            Some("arch") => os.arch = Some(value),
            Some("runningKernel") => os.running_kernel = Some(value),
            Some("cpeName") => os.cpe = Some(value),
            Some(key) if key.starts_with("idLike:") => os.id_like.push(value),
            _ => {}
        }
    }
    canonical(os)
}

/// The system under its `ID` of os-release: Trivy has names of its own for some
/// (`pkg/fanal/types/const.go`), and Amazon's version with the release's name.
pub(super) fn canonical(mut os: OperatingSystem) -> OperatingSystem {
    let id = os.id.to_lowercase();
    let id = match id.as_str() {
        "redhat" => "rhel",
        "alma" => "almalinux",
        "amazon" => "amzn",
        "oracle" => "ol",
        "suse linux enterprise server" => "sles",
        "suse linux enterprise micro" | "slem" => "sle-micro",
        "opensuse.leap" => "opensuse-leap",
        "opensuse.tumbleweed" => "opensuse-tumbleweed",
        "cbl-mariner" => "mariner",
        other => other,
    };
    id.clone_into(&mut os.id);
    if os.id == "amzn"
        && let Some(end) = os.version_id.find(' ')
    {
        os.version_id.truncate(end);
    }
    if os.pretty_name.is_empty() {
        os.pretty_name = titled(&os.id, &os.version_id);
    }
    os
}

/// What a system is called if nothing says it.
pub(super) fn titled(id: &str, version_id: &str) -> String {
    format!("{id} {version_id}").trim_end().to_owned()
}

/// What this program writes of a package beside its purl.
pub(super) fn of_package<'a>(
    package: &'a Package,
    name: &Name,
) -> impl Iterator<Item = Property<'a>> + use<'a> {
    let source = package.source.as_ref();
    let evidence = match package.evidence {
        Evidence::Installed => "installed",
        Evidence::Declared => "declared",
    };
    let words = [
        (
            "type",
            name.purl().is_none().then(|| package.purl_type.as_str()),
        ),
        ("name", (!name.gives_package).then_some(&*package.name)),
        (
            "version",
            (!name.gives_version).then_some(&*package.version),
        ),
        ("evidence", Some(evidence)),
        ("source:name", source.map(|source| &*source.name)),
        ("source:version", source.map(|source| &*source.version)),
        ("module", package.module.as_deref()),
        ("ownedBy", package.owned_by.as_deref()),
    ];
    let places = package.locations.iter().enumerate();
    let places = places.flat_map(|(number, location)| {
        let path = Property {
            key: Key::Numbered("location:", number, ":path"),
            value: Text::Words(&location.path),
        };
        let layer = location.layer.map(|layer| Property {
            key: Key::Numbered("location:", number, ":layer"),
            value: Text::Number(layer),
        });
        std::iter::once(path).chain(layer)
    });
    let others = package.properties.iter().map(|(key, value)| Property {
        key: Key::Qualified("property:", key),
        value: Text::Words(value),
    });
    present(words).chain(places).chain(others)
}

/// What this program writes of an operating system beside its name and version.
pub(super) fn of_system(os: &OperatingSystem) -> impl Iterator<Item = Property<'_>> {
    let like = os.id_like.iter().enumerate();
    let like = like.map(|(number, id)| Property {
        key: Key::Numbered("os:idLike:", number, ""),
        value: Text::Words(id),
    });
    like.chain(present([
        ("os:versionCodename", os.codename.as_deref()),
        ("os:variantID", os.variant.as_deref()),
        ("os:cpeName", os.cpe.as_deref()),
        ("os:arch", os.arch.as_deref()),
        ("os:runningKernel", os.running_kernel.as_deref()),
    ]))
}

/// What this program writes of what the document is about: its layers, and whether all was read.
pub(super) fn of_subject(inventory: &Inventory) -> impl Iterator<Item = Property<'_>> {
    let complete = if inventory.complete { "true" } else { "false" };
    let layers = inventory.layers.iter().enumerate();
    let layers = layers.flat_map(|(number, layer)| {
        // An empty digest keeps the place of a layer of which nothing is known.
        let digest = Some(layer.digest.as_deref().unwrap_or_default());
        let fields = [
            (":digest", digest),
            (":diffId", layer.diff_id.as_deref()),
            (":createdBy", layer.created_by.as_deref()),
        ];
        let property = move |(field, value): (_, Option<_>)| {
            Some(Property {
                key: Key::Numbered("layer:", number, field),
                value: Text::Words(value?),
            })
        };
        fields.into_iter().filter_map(property)
    });
    present([("complete", Some(complete))]).chain(layers)
}

fn present<'a, const N: usize>(
    words: [(&'static str, Option<&'a str>); N],
) -> impl Iterator<Item = Property<'a>> {
    words.into_iter().filter_map(|(key, value)| {
        Some(Property {
            key: Key::Word(key),
            value: Text::Words(value?),
        })
    })
}

/// A fact under a name of this program's own.
#[derive(Debug, Clone, Copy)]
pub(super) struct Property<'a> {
    key: Key<'a>,
    value: Text<'a>,
}

/// A property's name without [`OWN`].
#[derive(Debug, Clone, Copy)]
enum Key<'a> {
    Word(&'static str),
    Numbered(&'static str, usize, &'static str),
    Qualified(&'static str, &'a str),
}

#[derive(Debug, Clone, Copy)]
enum Text<'a> {
    Words(&'a str),
    Number(u32),
}

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(OWN)?;
        match self {
            Self::Word(word) => f.write_str(word),
            Self::Numbered(before, number, after) => write!(f, "{before}{number}{after}"),
            Self::Qualified(before, key) => write!(f, "{before}{key}"),
        }
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Words(words) => f.write_str(words),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// As `name=value`.
impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.key, self.value)
    }
}

/// As CycloneDX has it.
impl Serialize for Property<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut property = serializer.serialize_struct("Property", 2)?;
        property.serialize_field("name", &Shown(&self.key))?;
        property.serialize_field("value", &Shown(&self.value))?;
        property.end()
    }
}

/// A text that is written as it is displayed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shown<T>(pub(super) T);

impl<T: fmt::Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
