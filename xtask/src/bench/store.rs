//! Measures the store: what a new advisory costs in fleets of growing size, and queries over many
//! findings.

use std::{fs, process::Command};

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask bench fleet [--images N,N,…] [--store postgres://…]
       cargo xtask bench queries [--findings N] [--store postgres://…]";

/// What follows a name among the arguments.
fn value<'a>(arguments: &'a [String], name: &str) -> Result<Option<&'a str>> {
    let Some(place) = arguments.iter().position(|argument| argument == name) else {
        return Ok(None);
    };
    arguments
        .get(place + 1)
        .map(|value| Some(value.as_str()))
        .context(USAGE)
}

/// Gives a fleet of each size a new advisory that affects 10,000 of its images.
pub(crate) fn fleet(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let images = value(arguments, "--images")?.unwrap_or("10000,100000,1000000");
    let address = value(arguments, "--store")?;
    workspace.cargo(&["build", "--release", "--quiet", "--package", "lynkeus"])?;
    println!(
        "| images | package versions | filled, images/s | findings | noticed, s | opened, s | \
         on a processor, s | another that affects none, s |\n\
         |---:|---:|---:|---:|---:|---:|---:|---:|"
    );
    for count in images.split(',') {
        let directory = workspace.root.join("target/bench/fleet");
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        let mut command = example("fleet");
        command.arg(workspace.root.join("target/release/lynkeus"));
        command.arg(&directory).arg(count).args(address);
        ensure!(command.status()?.success(), "{count} images");
        fs::remove_dir_all(&directory)?;
    }
    Ok(())
}

/// Runs what clients ask over many findings.
pub(crate) fn queries(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let findings = value(arguments, "--findings")?.unwrap_or("1000000");
    let directory = workspace.root.join("target/bench/queries");
    fs::create_dir_all(&directory)?;
    let file = format!("sqlite:{}", directory.join("findings.db").display());
    let address = value(arguments, "--store")?.unwrap_or(&file);
    let mut command = example("bench");
    command.args([address, findings]);
    if !command.status()?.success() {
        bail!("a query failed, or read all findings");
    }
    Ok(())
}

fn example(name: &str) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--release", "--quiet", "--package", "lynkeus-store"]);
    command.args(["--example", name, "--"]);
    command
}
