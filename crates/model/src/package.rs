//! A package observed on a resource.

use std::borrow::Cow;

/// The purl type that names a package's ecosystem (`deb`, `pypi`, `npm`, …).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PurlType(Cow<'static, str>);

impl PurlType {
    /// A purl type known at compile time.
    pub const fn new(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// A purl type read from a document.
    pub fn from_string(name: String) -> Self {
        Self(Cow::Owned(name))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PurlType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&self.0)
    }
}

/// Whether a package is there, or only asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Evidence {
    /// Files of the package itself were seen: a package database, installed metadata, a binary.
    Installed,
    /// A manifest or lock file names it; it may not be installed.
    Declared,
}

/// Where a package was seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Location {
    /// Index into [`crate::Inventory::layers`], none outside images.
    pub layer: Option<u32>,
    /// Path from the root without a leading slash; `!/` separates a member of an archive.
    pub path: String,
}

/// What a distribution built a binary package from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourcePackage {
    pub name: String,
    pub version: String,
}

/// One package at one version, with its attribution.
///
/// `name` is the ecosystem's full name in normal form: `@scope/name` for npm,
/// `group:artifact` for Maven, the module path for Go, `vendor/name` for Composer.
/// `version` is the ecosystem's full version text: `epoch:upstream-revision` for deb and rpm
/// (the epoch only if it is set and not zero).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Package {
    pub purl_type: PurlType,
    pub name: String,
    pub version: String,
    /// Always set for deb and apk; equal to the package itself if the database says nothing else.
    pub source: Option<SourcePackage>,
    pub arch: Option<String>,
    /// RPM modularity label, `name:stream:version:context:arch`.
    pub module: Option<String>,
    pub evidence: Evidence,
    /// SPDX expression or the publisher's own words.
    pub licenses: Vec<String>,
    /// At least one; the first is the file the package was read from.
    pub locations: Vec<Location>,
    /// The operating-system package that owns the evidence file, if one does.
    pub owned_by: Option<String>,
    /// Extra purl qualifiers and facts, sorted by key (`vendor`, `maintainer`, `shaded`, …).
    pub properties: Vec<(String, String)>,
}

impl Package {
    /// An installed package with nothing known but its name and version.
    pub fn new(purl_type: PurlType, name: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            purl_type,
            name: name.into(),
            version: version.into(),
            source: None,
            arch: None,
            module: None,
            evidence: Evidence::Installed,
            licenses: Vec::new(),
            locations: Vec::new(),
            owned_by: None,
            properties: Vec::new(),
        }
    }

    /// The value of a property.
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
    }
}
