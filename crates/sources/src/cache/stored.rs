//! The form in which an inventory is kept.

use inventory::image::{ImageInfo, Platform};
use model::{
    Evidence, Inventory, Layer, Location, OperatingSystem, Package, Problem, PurlType,
    SourcePackage,
};
use serde::{Deserialize, Serialize};

use crate::files::{Kind, Scanned};

/// Whether results of this kind are kept: those whose files tell when they change, and that are
/// worth it.
pub(super) fn is_kept(kind: Kind) -> bool {
    KINDS.iter().any(|(_, kept)| *kept == kind)
}

const KINDS: &[(&str, Kind)] = &[("image", Kind::Image), ("archive", Kind::RootArchive)];

/// Mirrors a type of `model` field by field: a new field there does not compile here.
macro_rules! mirror {
    ($name:ident of $real:ident { $($field:ident: $type:ty),* $(,)? }) => {
        #[derive(Serialize, Deserialize)]
        struct $name { $($field: $type),* }

        impl From<&$real> for $name {
            fn from(real: &$real) -> Self {
                let $real { $($field),* } = real;
                Self { $($field: Keep::keep($field)),* }
            }
        }

        impl From<$name> for $real {
            fn from(stored: $name) -> Self {
                Self { $($field: Keep::give(stored.$field)),* }
            }
        }

        impl Keep<$real> for $name {
            fn keep(real: &$real) -> Self { real.into() }
            fn give(self) -> $real { self.into() }
        }
    };
}

/// Between a type of the model and its kept form.
trait Keep<Real> {
    fn keep(real: &Real) -> Self;
    fn give(self) -> Real;
}

macro_rules! as_it_is {
    ($($type:ty),*) => {$(
        impl Keep<$type> for $type {
            fn keep(real: &$type) -> Self { real.clone() }
            fn give(self) -> $type { self }
        }
    )*};
}

as_it_is!(
    String,
    Option<String>,
    Option<u32>,
    Vec<String>,
    Vec<(String, String)>,
    bool
);

impl<Real, Stored: Keep<Real>> Keep<Vec<Real>> for List<Stored> {
    fn keep(real: &Vec<Real>) -> Self {
        Self(real.iter().map(Keep::keep).collect())
    }

    fn give(self) -> Vec<Real> {
        self.0.into_iter().map(Keep::give).collect()
    }
}

impl<Real, Stored: Keep<Real>> Keep<Option<Real>> for Maybe<Stored> {
    fn keep(real: &Option<Real>) -> Self {
        Self(real.as_ref().map(Keep::keep))
    }

    fn give(self) -> Option<Real> {
        self.0.map(Keep::give)
    }
}

#[derive(Serialize, Deserialize)]
struct List<T>(Vec<T>);

#[derive(Serialize, Deserialize)]
struct Maybe<T>(Option<T>);

#[derive(Serialize, Deserialize)]
struct StoredType(String);

impl Keep<PurlType> for StoredType {
    fn keep(real: &PurlType) -> Self {
        Self(real.as_str().to_owned())
    }

    fn give(self) -> PurlType {
        PurlType::from_string(self.0)
    }
}

#[derive(Serialize, Deserialize)]
enum StoredEvidence {
    Installed,
    Declared,
}

impl Keep<Evidence> for StoredEvidence {
    fn keep(real: &Evidence) -> Self {
        match real {
            Evidence::Installed => Self::Installed,
            Evidence::Declared => Self::Declared,
        }
    }

    fn give(self) -> Evidence {
        match self {
            Self::Installed => Evidence::Installed,
            Self::Declared => Evidence::Declared,
        }
    }
}

mirror!(StoredProblem of Problem { place: String, what: String });

mirror!(StoredLayer of Layer {
    digest: Option<String>,
    diff_id: Option<String>,
    created_by: Option<String>,
});

mirror!(StoredLocation of Location { layer: Option<u32>, path: String });

mirror!(StoredSource of SourcePackage { name: String, version: String });

mirror!(StoredSystem of OperatingSystem {
    id: String,
    id_like: Vec<String>,
    version_id: String,
    codename: Option<String>,
    pretty_name: String,
    variant: Option<String>,
    cpe: Option<String>,
    arch: Option<String>,
    running_kernel: Option<String>,
});

mirror!(StoredPackage of Package {
    purl_type: StoredType,
    name: String,
    version: String,
    source: Maybe<StoredSource>,
    arch: Option<String>,
    module: Option<String>,
    evidence: StoredEvidence,
    licenses: Vec<String>,
    locations: List<StoredLocation>,
    owned_by: Option<String>,
    properties: Vec<(String, String)>,
});

mirror!(StoredInventory of Inventory {
    os: Maybe<StoredSystem>,
    layers: List<StoredLayer>,
    packages: List<StoredPackage>,
    problems: List<StoredProblem>,
    complete: bool,
});

mirror!(StoredPlatform of Platform {
    os: String,
    architecture: String,
    variant: Option<String>,
});

mirror!(StoredInfo of ImageInfo {
    tags: Vec<String>,
    manifest_digest: Option<String>,
    config_digest: Option<String>,
    platform: StoredPlatform,
});

/// A whole result.
#[derive(Serialize, Deserialize)]
pub(super) struct Scan {
    kind: StoredKind,
    inventory: StoredInventory,
    image: Maybe<StoredInfo>,
}

/// A word of [`KINDS`].
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[derive(Clone)]
struct StoredKind(Kind);

impl TryFrom<String> for StoredKind {
    type Error = &'static str;

    fn try_from(word: String) -> Result<Self, Self::Error> {
        let known = KINDS.iter().find(|(name, _)| *name == word);
        known.map(|(_, kind)| Self(*kind)).ok_or("unknown kind")
    }
}

impl From<StoredKind> for String {
    fn from(kind: StoredKind) -> Self {
        let known = KINDS.iter().find(|(_, kept)| *kept == kind.0);
        known
            .map(|(name, _)| (*name).to_owned())
            .unwrap_or_default()
    }
}

impl From<&Scanned> for Scan {
    fn from(scanned: &Scanned) -> Self {
        let Scanned {
            kind,
            inventory,
            image,
        } = scanned;
        Self {
            kind: StoredKind(*kind),
            inventory: inventory.into(),
            image: Keep::keep(image),
        }
    }
}

impl From<Scan> for Scanned {
    fn from(scan: Scan) -> Self {
        Self {
            kind: scan.kind.0,
            inventory: scan.inventory.into(),
            image: scan.image.give(),
        }
    }
}
