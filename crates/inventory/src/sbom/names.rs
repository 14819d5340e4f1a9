//! What documents call the packages of an inventory.

use std::collections::HashMap;

use ecosystem::{
    by_purl_type,
    purl::{from_purl, to_purl},
};
use model::{Inventory, OperatingSystem, Package};

/// The package URL of each package, found once for all that is written of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names(Vec<Name>);

/// What a document calls one package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// The purl, or type, name and version where no purl can hold them.
    text: String,
    /// How many packages before it have the same, counting itself.
    occurrence: usize,
    is_purl: bool,
    /// Whether the purl gives back the package's name: the purl specification folds what some
    /// ecosystems tell apart.
    pub(super) gives_package: bool,
    pub(super) gives_version: bool,
}

impl Names {
    pub fn of(inventory: &Inventory) -> Self {
        let os = inventory.os.as_ref();
        let packages = inventory.packages.iter();
        let mut names: Vec<Name> = packages.map(|package| Name::of(package, os)).collect();
        let mut seen: HashMap<&str, usize> = HashMap::with_capacity(names.len());
        let numbers: Vec<usize> = names
            .iter()
            .map(|name| {
                let count = seen.entry(&name.text).or_default();
                *count += 1;
                *count
            })
            .collect();
        for (name, number) in names.iter_mut().zip(numbers) {
            name.occurrence = number;
        }
        Self(names)
    }

    /// The reference of a package in a CycloneDX document, none beyond the last package: its purl,
    /// numbered where several have the same.
    pub fn bom_ref(&self, package: usize) -> Option<String> {
        self.0.get(package).map(Name::bom_ref)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Name> {
        self.0.iter()
    }
}

impl Name {
    fn of(package: &Package, os: Option<&OperatingSystem>) -> Self {
        let purl = to_purl(package, os);
        let read = purl.as_deref().and_then(|purl| match from_purl(purl) {
            Ok((read, _)) => Some(read),
            Err(_) => None,
        });
        let read = read.as_ref();
        Self {
            is_purl: read.is_some(),
            gives_package: read.is_some_and(|read| normal_name(read) == package.name),
            gives_version: read.is_some_and(|read| read.version == package.version),
            text: purl.unwrap_or_else(|| {
                format!("{}:{}@{}", package.purl_type, package.name, package.version)
            }),
            occurrence: 1,
        }
    }

    pub(super) fn bom_ref(&self) -> String {
        match self.occurrence {
            1 => self.text.clone(),
            number => format!("{}#{number}", self.text),
        }
    }

    /// None if there is no purl that can be read again.
    pub(super) fn purl(&self) -> Option<&str> {
        self.is_purl.then_some(&self.text)
    }
}

/// The name of a package in its ecosystem's normal form.
pub(super) fn normal_name(package: &Package) -> String {
    match by_purl_type(package.purl_type.as_str()) {
        Some(ecosystem) => (ecosystem.normalize_name)(&package.name),
        None => package.name.clone(),
    }
}
