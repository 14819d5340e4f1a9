//! Registries, feed servers and disks as they are: Docker's registry, skopeo, servers that fail,
//! the tools of Linux file systems and QEMU.
#![cfg(test)]

mod disk_damage;
mod disk_formats;
mod disk_image;
mod disk_systems;
mod download;
mod forms;
mod image;
mod memory;
mod parts;
mod peers;
mod registry;
mod server;

use std::process::Command;

/// Whether a program can be run; where tests must be complete, it has to be there.
fn has(program: &str) -> bool {
    let found = Command::new(program)
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    assert!(
        found || std::env::var_os("CI").is_none(),
        "{program} is not installed"
    );
    if !found {
        println!("skipped: {program} is not installed");
    }
    found
}
