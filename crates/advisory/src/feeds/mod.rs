//! The publishers' document formats, one file each.

pub mod cve5;
pub mod debian;
pub mod epss;
pub mod kev;
pub mod nvd;
pub mod osv;
pub mod secdb;
pub mod updateinfo;

mod cve;
mod date;
mod rpm;
mod severity;
