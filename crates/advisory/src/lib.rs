//! Turns publishers' documents into advisories and compiles them into one file.
//!
//! A feed is one file with a `static` value and one entry in [`FEEDS`].

mod csv;
pub mod database;
pub mod feed;
pub mod feeds;
pub mod glob;
pub mod import;
mod json;
mod text;
pub mod vex;
mod xml;

#[cfg(test)]
mod check;

pub use feed::{Document, Feed, Item, precedence};
pub use import::{Imported, Limits, feeds_for, import};

use feeds::{
    csaf, cve5, debian, epss, friendsofphp, kev, nvd, osv, oval, photon, rubysec, secdb,
    ubuntu_vex, updateinfo,
};

/// Every feed.
pub static FEEDS: &[&Feed] = &[
    &osv::GHSA,
    &osv::RUSTSEC,
    &osv::PYPA,
    &osv::GO_VULNDB,
    &osv::ALMALINUX,
    &osv::ROCKY,
    &osv::BITNAMI,
    &osv::JULIA,
    &osv::HASKELL,
    &osv::R,
    &osv::OSV_DEBIAN,
    &osv::OSV_UBUNTU,
    &osv::OSV_ALPINE,
    &osv::OSV_WOLFI,
    &osv::OSV_CHAINGUARD,
    &osv::OSV_REDHAT,
    &osv::OSV_SUSE,
    &osv::OSSF_MALICIOUS,
    &osv::NODEJS_SECURITY_WG,
    &osv::RETIREJS,
    &osv::VICTIMS,
    &osv::OSV,
    &csaf::REDHAT_VEX,
    &csaf::REDHAT_ADVISORIES,
    &csaf::SUSE_VEX,
    &csaf::SUSE_ADVISORIES,
    &oval::REDHAT,
    &oval::ORACLE,
    &oval::SUSE,
    &oval::ALMALINUX,
    &oval::AZURE_LINUX,
    &oval::DEBIAN,
    &updateinfo::ALMALINUX,
    &updateinfo::AMAZON,
    &updateinfo::BOTTLEROCKET,
    &updateinfo::FEDORA,
    &updateinfo::ORACLE,
    &updateinfo::ROCKY,
    &debian::TRACKER,
    &photon::PHOTON,
    &ubuntu_vex::UBUNTU_VEX,
    &ubuntu_vex::UBUNTU_VEX_NOT_AFFECTED,
    &secdb::ALPINE,
    &secdb::WOLFI,
    &secdb::CHAINGUARD,
    &secdb::MINIMOS,
    &rubysec::RUBYSEC,
    &friendsofphp::FRIENDS_OF_PHP,
    &nvd::NVD,
    &cve5::CVE_LIST,
    &cve5::VULNRICHMENT,
    &epss::EPSS,
    &kev::KEV,
];

/// The feed of this name.
pub fn feed_named(name: &str) -> Option<&'static Feed> {
    FEEDS.iter().copied().find(|feed| feed.name == name)
}
