//! The real things that are looked at, each made by a script, and who is asked about each.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};

use super::references::Reference;
use crate::workspace::Workspace;

const PRELUDE: &str = include_str!("targets/prelude.sh");
/// Programs that the scripts call, by the variable that names their place.
const SCRIPTS: &[(&str, &str)] = &[
    ("ARCHIVE", include_str!("targets/archive.py")),
    ("PROTOTYPE", include_str!("targets/prototype.py")),
    ("BENCH_IMAGE", include_str!("../bench/image.py")),
];

/// Something real whose packages are known to others.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) name: &'static str,
    /// Makes it in the current directory.
    script: &'static str,
    pub(super) references: &'static [Reference],
}

macro_rules! script {
    ($name:literal) => {
        include_str!(concat!("targets/", $name, ".sh"))
    };
}

pub(super) const TARGETS: &[Target] = &[
    Target {
        name: "debian-minbase",
        script: script!("debian-minbase"),
        references: &[
            Reference::Dpkg,
            Reference::Syft,
            Reference::Trivy,
            Reference::Form("root"),
            Reference::Form("disk.ext4"),
            Reference::Form("disk.xfs"),
        ],
    },
    Target {
        name: "debian-services",
        script: script!("debian-services"),
        references: &[
            Reference::Dpkg,
            Reference::Pip("srv/venv/lib/python3.11/site-packages"),
            Reference::Pip("usr/local/lib/python3.11/dist-packages"),
            Reference::Pip("usr/lib/python3/dist-packages"),
            Reference::Npm("srv/app"),
            Reference::Syft,
            Reference::Trivy,
            Reference::Form("root"),
        ],
    },
    Target {
        name: "layers",
        script: script!("layers"),
        references: &[Reference::Syft, Reference::Trivy],
    },
    Target {
        name: "almalinux",
        script: script!("almalinux"),
        references: &[
            Reference::Rpm,
            Reference::Syft,
            Reference::Trivy,
            Reference::Form("root"),
        ],
    },
    Target {
        name: "rpm-databases",
        script: script!("rpm-databases"),
        references: &[Reference::Rpm, Reference::Syft],
    },
    Target {
        name: "alpine",
        script: script!("alpine"),
        references: &[Reference::Syft, Reference::Trivy],
    },
    Target {
        name: "distroless",
        script: script!("distroless"),
        references: &[Reference::Syft, Reference::Trivy],
    },
    Target {
        name: "scratch-go",
        script: script!("scratch-go"),
        references: &[Reference::Go("proof"), Reference::Syft, Reference::Trivy],
    },
    Target {
        name: "jars",
        script: script!("jars"),
        references: &[Reference::Syft, Reference::Trivy],
    },
    Target {
        name: "gems",
        script: script!("gems"),
        references: &[
            Reference::Gem("usr/share/rubygems-integration/all"),
            Reference::Syft,
            Reference::Trivy,
        ],
    },
];

/// The directory of a target, made once.
pub(super) fn make(workspace: &Workspace, target: &Target, is_fresh: bool) -> Result<PathBuf> {
    let scratch = workspace.root.join("target/proof");
    let directory = scratch.join(target.name);
    let made = directory.join("made");
    if made.exists() && !is_fresh {
        return Ok(directory);
    }
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    fs::create_dir_all(&directory)?;
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{PRELUDE}{}", target.script));
    for (variable, content) in SCRIPTS {
        let path = scratch.join(format!("{variable}.py"));
        fs::write(&path, content)?;
        shell.env(variable, path);
    }
    eprintln!("making {}", target.name);
    let status = shell.current_dir(&directory).status().context("sh")?;
    ensure!(status.success(), "{} cannot be made: {status}", target.name);
    fs::write(made, "")?;
    Ok(directory)
}

/// What is scanned of a target: title, root directory and the form that all read.
pub(super) fn subjects(
    target: &Target,
    directory: &Path,
) -> Result<Vec<(String, PathBuf, PathBuf)>> {
    let image = directory.join("image.tar");
    if image.exists() {
        return Ok(vec![(
            target.name.to_owned(),
            directory.join("root"),
            image,
        )]);
    }
    let mut roots: Vec<PathBuf> = fs::read_dir(directory.join("roots"))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    roots.sort();
    Ok(roots
        .into_iter()
        .map(|root| {
            let name = root.file_name().unwrap_or_default().to_string_lossy();
            (format!("{}: {name}", target.name), root.clone(), root)
        })
        .collect())
}
