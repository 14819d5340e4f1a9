//! Proofs on a large scale: what tests show on little is shown here on much, by hand.

mod central;
mod debian;
mod explained;
mod inventories;
mod package;
mod references;
mod targets;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask proof network
       cargo xtask proof inventories [--target NAME]... [--rebuild]
       cargo xtask proof debian [--tracker FILE] [--rebuild]";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (what, rest) = match arguments.split_first() {
        Some((what, rest)) => (what.as_str(), rest),
        None => bail!(USAGE),
    };
    match what {
        "network" if rest.is_empty() => network(workspace),
        "inventories" => inventories::prove(workspace, rest),
        "debian" => debian::prove(workspace, rest),
        _ => bail!(USAGE),
    }
}

/// Compares network reachability with single packets on many random networks.
fn network(workspace: &Workspace) -> Result<()> {
    let cases = "--config=env.LYNKEUS_NETWORK_CASES='100000'";
    workspace.cargo(&[
        "test",
        cases,
        "--release",
        "--package",
        "lynkeus-network",
        "--test",
        "it",
        "random",
    ])
}
