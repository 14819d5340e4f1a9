//! The packages observed on one resource.

use crate::{OperatingSystem, Package, Problem};

/// One layer of an image, lowest first.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Layer {
    /// Digest of the layer as stored (compressed or not), `sha256:…`.
    pub digest: Option<String>,
    /// Digest of the uncompressed layer.
    pub diff_id: Option<String>,
    /// The build step that made it.
    pub created_by: Option<String>,
}

/// What is installed on one resource at one time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Inventory {
    pub os: Option<OperatingSystem>,
    pub layers: Vec<Layer>,
    /// Sorted by purl type, name, version.
    pub packages: Vec<Package>,
    pub problems: Vec<Problem>,
    /// Whether everything that should have been read was read. Only a complete inventory may
    /// close findings.
    pub complete: bool,
}
