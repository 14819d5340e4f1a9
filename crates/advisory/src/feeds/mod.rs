//! The publishers' document formats, one file each.

pub mod csaf;
pub mod cve5;
pub mod debian;
pub mod epss;
pub mod friendsofphp;
pub mod kev;
pub mod nvd;
pub mod osv;
pub mod oval;
pub mod photon;
pub mod rubysec;
pub mod secdb;
pub mod ubuntu_vex;
pub mod updateinfo;

mod constraint;
mod cve;
pub(crate) mod date;
mod purl;
mod rpm;
mod severity;
mod suse;

/// A whole document in YAML. Aliases are expanded within the reader's budget.
fn yaml<T: serde::de::DeserializeOwned>(
    document: &mut crate::Document<'_>,
    limit: u64,
) -> Result<T, String> {
    let bytes = document.bytes(limit).map_err(|problem| problem.what)?;
    let text = String::from_utf8_lossy(&bytes);
    serde_saphyr::from_str(&text).map_err(|error| {
        // The rest of the message shows the lines around the place.
        let message = error.to_string();
        message.lines().next().unwrap_or_default().to_owned()
    })
}
