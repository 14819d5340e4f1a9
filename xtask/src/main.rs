//! The project's own commands: checks, tests, benchmarks, generated documents.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks"
)]

mod architecture;
mod bench;
mod docs;
mod fuzz;
mod licenses;
mod proof;
mod setup;
mod tidy;
mod wire;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};
use workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  ci        install what the tests need, then every check and every test
  setup     install what the tests need (Debian packages as root, Python tools under target/tools)
  test      every test
  lint      format, clippy, tidy, architecture, licences, documentation
  tidy      the house rules and the crates' edges alone, in a second
  docs      write docs/support.md from the lists in the code
  wire      generate crates/api/src/wire from botocore's models, or those after --model
  fuzz      give every parser damaged samples for some minutes, from other seeds each time
  bench     time Lynkeus against Trivy, Syft and the bare work on the same image
  bench network   time network reachability on synthetic networks of growing size
  bench fleet   time what a new advisory costs in fleets of 10,000 to a million images
  bench queries   time what clients ask over a million findings, and check the plans
  proof network   compare network reachability with single packets on 100,000 random networks
  proof crash   kill the service hundreds of times at random points and compare what it holds with
            a service that lived
  proof inventories   compare inventories with the package managers, Trivy and Syft on real
            targets (needs the network and root)
  proof hostile   give the program bombs, loops and damage, and hold it to time and memory
  proof debian   compare the findings on a Debian system with what dpkg and the tracker say";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    let workspace = Workspace::locate()?;
    match arguments.first().map(String::as_str) {
        Some("ci") => {
            setup::install(&workspace)?;
            lint(&workspace)?;
            test(&workspace)
        }
        Some("setup") => setup::install(&workspace),
        Some("test") => test(&workspace),
        Some("lint") => lint(&workspace),
        Some("tidy") => house_rules(&workspace),
        Some("docs") => docs::write(&workspace),
        Some("wire") => wire::run(&workspace, arguments.get(1..).unwrap_or_default()),
        Some("bench") if arguments.get(1).is_some_and(|a| a == "network") => {
            bench::network::bench(&workspace)
        }
        Some("fuzz") => fuzz::run(&workspace, arguments.get(1..).unwrap_or_default()),
        Some("bench") if arguments.get(1).is_some_and(|a| a == "fleet") => {
            bench::store::fleet(&workspace, arguments.get(2..).unwrap_or_default())
        }
        Some("bench") if arguments.get(1).is_some_and(|a| a == "queries") => {
            bench::store::queries(&workspace, arguments.get(2..).unwrap_or_default())
        }
        Some("proof") => proof::run(&workspace, arguments.get(1..).unwrap_or_default()),
        Some("bench") => bench::bench(&workspace, arguments.get(1..).unwrap_or_default()),
        _ => bail!("{USAGE}"),
    }
}

fn lint(workspace: &Workspace) -> Result<()> {
    workspace.cargo(&["fmt", "--all", "--check"])?;
    workspace.cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-Dwarnings",
    ])?;
    house_rules(workspace)?;
    workspace.report("licenses", &licenses::check(workspace)?)?;
    advisories(workspace)?;
    workspace.cargo(&["doc", "--workspace", "--no-deps", "--quiet"])
}

/// What reading the sources alone can tell.
fn house_rules(workspace: &Workspace) -> Result<()> {
    workspace.report("tidy", &tidy::check(workspace)?)?;
    workspace.report("architecture", &architecture::check(workspace)?)
}

/// No dependency has a known vulnerability: Lynkeus scans its own lock file. What is known of one
/// and does not matter here stands in `.lynkeus-ignore.toml`, with its reason.
fn advisories(workspace: &Workspace) -> Result<()> {
    let data = workspace.root.join("target/tmp/advisories");
    let data = data.display().to_string();
    workspace.cargo(&[
        "run",
        "--quiet",
        "--package",
        "lynkeus",
        "--",
        "--data-dir",
        &data,
        "scan",
        "Cargo.lock",
        "--fail-on",
        "low",
    ])
}

fn test(workspace: &Workspace) -> Result<()> {
    workspace.cargo(&["test", "--workspace"])
}
