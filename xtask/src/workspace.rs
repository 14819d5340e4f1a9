//! Where the workspace is, and how commands run in it.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

/// The checked-out project.
#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

impl Workspace {
    /// The workspace that this program was built from.
    pub(crate) fn locate() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// The virtual environment with the Python tools that tests compare with.
    pub(crate) fn tools(&self) -> PathBuf {
        self.root.join("target/tools")
    }

    /// The search path with the tools of [`Self::tools`] first.
    fn path(&self) -> OsString {
        let own = std::env::var_os("PATH").unwrap_or_default();
        let folders = [self.tools().join("bin")];
        let all = folders.into_iter().chain(std::env::split_paths(&own));
        std::env::join_paths(all).unwrap_or(own)
    }

    /// Runs cargo in the workspace with the tools on the path and warnings of rustdoc denied.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Result<()> {
        let mut command = Command::new(cargo());
        command
            .args(arguments)
            .env("RUSTDOCFLAGS", "-Dwarnings")
            .env("PATH", self.path());
        self.run(&mut command)
    }

    /// Runs a command in the workspace; says what it runs.
    pub(crate) fn run(&self, command: &mut Command) -> Result<()> {
        let shown = shown(command);
        eprintln!("$ {shown}");
        let status = command
            .current_dir(&self.root)
            .status()
            .with_context(|| shown.clone())?;
        ensure!(status.success(), "{shown}: {status}");
        Ok(())
    }

    /// The standard output of a command that must succeed.
    pub(crate) fn output(&self, command: &mut Command) -> Result<String> {
        let shown = shown(command);
        let output = command
            .current_dir(&self.root)
            .output()
            .with_context(|| shown.clone())?;
        ensure!(
            output.status.success(),
            "{shown}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).with_context(|| format!("{shown}: output is not UTF-8"))
    }

    /// Files under version control or about to be, relative to the root.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let mut git = Command::new("git");
        git.args(["ls-files", "--cached", "--others", "--exclude-standard"]);
        let listing = self.output(&mut git)?;
        let existing = listing
            .lines()
            .map(PathBuf::from)
            .filter(|p| self.root.join(p).is_file());
        Ok(existing.collect())
    }

    /// The packages of `cargo metadata`, dependencies included.
    pub(crate) fn packages(&self) -> Result<Vec<Value>> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--format-version", "1", "--locked"]);
        let metadata: Value = serde_json::from_str(&self.output(&mut command)?)?;
        let packages = metadata.get("packages").and_then(Value::as_array);
        packages
            .cloned()
            .context("cargo metadata lists no packages")
    }

    /// Fails with the complaints of a check, if it has any.
    #[expect(clippy::unused_self, reason = "reads as the workspace's own statement")]
    pub(crate) fn report(&self, check: &str, complaints: &[String]) -> Result<()> {
        if complaints.is_empty() {
            println!("{check}: ok");
            return Ok(());
        }
        bail!(
            "{check}: {} complaints\n  {}",
            complaints.len(),
            complaints.join("\n  ")
        );
    }
}

pub(crate) fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words
        .map(|word| word.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}
