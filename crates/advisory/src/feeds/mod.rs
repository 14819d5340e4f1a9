//! The publishers' document formats, one file each.

pub mod csaf;
pub mod cve5;
pub mod debian;
pub mod epss;
pub mod kev;
pub mod nvd;
pub mod osv;
pub mod secdb;
pub mod updateinfo;

mod cve;
pub(crate) mod date;
mod purl;
mod rpm;
mod severity;
mod suse;
