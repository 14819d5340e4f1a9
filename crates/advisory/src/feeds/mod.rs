//! The publishers' document formats, one file each.

pub mod updateinfo;

mod cve;
mod date;
mod rpm;
mod severity;
//! The feeds: one file each, or one for a format that several publishers share.

pub mod kev;
pub mod osv;
