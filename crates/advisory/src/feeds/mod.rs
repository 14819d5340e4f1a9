//! The publishers' document formats, one file each.

pub mod kev;
pub mod osv;
pub mod updateinfo;

mod cve;
mod date;
mod rpm;
mod severity;
