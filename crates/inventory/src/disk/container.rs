//! Tells the containers of disk images apart.

use std::io;
use std::sync::Arc;

use super::{Beside, qcow2, vmdk};
use crate::section::Section;

/// Containers that are recognised and not read, by their first bytes.
const UNREAD: &[(&[u8], &str)] = &[
    (b"conectix", "VHD"),
    (b"vhdxfile", "VHDX"),
    (b"QED\0", "QED"),
    (b"COWD", "VMDK of ESX (COWD)"),
];

fn head(file: &Section) -> io::Result<Vec<u8>> {
    file.part(0, 32).read_all(32)
}

pub(super) fn is_container(file: &Section) -> io::Result<bool> {
    let head = head(file)?;
    let is_unread = UNREAD.iter().any(|(magic, _)| head.starts_with(magic));
    Ok(is_unread
        || head.starts_with(qcow2::MAGIC)
        || head.starts_with(vmdk::MAGIC)
        || head.starts_with(vmdk::DESCRIPTOR))
}

/// The disk as the machine sees it; a file without a container is the disk.
pub(super) fn open(file: &Section, beside: &Beside<'_>) -> io::Result<Section> {
    let head = head(file)?;
    if let Some((_, name)) = UNREAD.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(io::Error::other(format!("{name} images are not read")));
    }
    if head.starts_with(qcow2::MAGIC) {
        return Ok(Section::whole(Arc::new(qcow2::Qcow2::open(file)?)));
    }
    if head.starts_with(vmdk::MAGIC) {
        return Ok(Section::whole(Arc::new(vmdk::Sparse::open(file)?)));
    }
    if head.starts_with(vmdk::DESCRIPTOR) {
        return Ok(Section::whole(Arc::new(vmdk::Flat::open(file, beside)?)));
    }
    Ok(file.clone())
}
