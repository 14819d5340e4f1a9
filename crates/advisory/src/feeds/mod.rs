//! The publishers' document formats, one file each.

pub mod updateinfo;

mod cve;
mod date;
mod rpm;
mod severity;
