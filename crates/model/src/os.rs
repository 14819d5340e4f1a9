//! The operating system of a resource.

/// What `os-release` and its relatives say of a system.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct OperatingSystem {
    /// `ID`, lower case: `debian`, `alpine`, `rhel`, `almalinux`, …
    pub id: String,
    /// `ID_LIKE`, in order.
    pub id_like: Vec<String>,
    /// `VERSION_ID`: `12`, `3.19.1`, `9.4`; empty if the system has none (Debian sid).
    pub version_id: String,
    /// `VERSION_CODENAME`.
    pub codename: Option<String>,
    /// `PRETTY_NAME`, or the closest to it.
    pub pretty_name: String,
    /// `VARIANT_ID`.
    pub variant: Option<String>,
    /// CPE of the system, as `CPE_NAME` gives it.
    pub cpe: Option<String>,
    /// Machine architecture in the distribution's own words, where known.
    pub arch: Option<String>,
    /// `uname -r` of a running host.
    pub running_kernel: Option<String>,
}
