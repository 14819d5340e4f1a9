//! Proofs on a large scale: what tests show on little is shown here on much, by hand.

mod central;
mod debian;
mod explained;
mod hostile;
mod inventories;
mod package;
mod references;
mod targets;

use anyhow::{Result, bail};

use crate::workspace::Workspace;

const USAGE: &str = "\
usage: cargo xtask proof network [FIRST NUMBER]
       cargo xtask proof crash [--rounds N] [--seed N] [--store sqlite|postgres]
       cargo xtask proof inventories [--target NAME]... [--rebuild]
       cargo xtask proof hostile [--target NAME]
       cargo xtask proof debian [--tracker FILE] [--rebuild]";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (what, rest) = match arguments.split_first() {
        Some((what, rest)) => (what.as_str(), rest),
        None => bail!(USAGE),
    };
    match what {
        "network" => network(workspace, rest),
        "crash" => crash(workspace, rest),
        "inventories" => inventories::prove(workspace, rest),
        "hostile" => hostile::prove(workspace, rest),
        "debian" => debian::prove(workspace, rest),
        _ => bail!(USAGE),
    }
}

/// Kills the service at random points and compares it with one that lived.
fn crash(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (mut rounds, mut seed, mut store) = ("300", "1", None);
    let mut arguments = arguments.iter().map(String::as_str);
    while let Some(argument) = arguments.next() {
        let value = arguments.next();
        match (argument, value) {
            ("--rounds", Some(value)) => rounds = value,
            ("--seed", Some(value)) => seed = value,
            ("--store", Some("sqlite" | "postgres")) => store = value,
            _ => bail!(USAGE),
        }
    }
    let mut asked = vec![
        format!("--config=env.LYNKEUS_CRASH_ROUNDS='{rounds}'"),
        format!("--config=env.LYNKEUS_CRASH_SEED='{seed}'"),
    ];
    asked.extend(store.map(|store| format!("--config=env.LYNKEUS_CRASH_STORE='{store}'")));
    let mut command = vec!["test"];
    command.extend(asked.iter().map(String::as_str));
    command.extend(["--package", "lynkeus", "--test", "it", "crash::", "--"]);
    command.extend(["--nocapture", "--test-threads=1"]);
    workspace.cargo(&command)
}

/// Compares network reachability with single packets on many random networks: a number of them from
/// the first on, as they are made by number.
fn network(workspace: &Workspace, range: &[String]) -> Result<()> {
    let (first, number) = match range {
        [] => (0, 100_000),
        [first, number] => (first.parse::<u64>()?, number.parse::<u64>()?),
        _ => bail!(USAGE),
    };
    let first = format!("--config=env.LYNKEUS_NETWORK_FIRST='{first}'");
    let number = format!("--config=env.LYNKEUS_NETWORK_CASES='{number}'");
    workspace.cargo(&[
        "test",
        &first,
        &number,
        "--release",
        "--package",
        "lynkeus-network",
        "--test",
        "it",
        "--",
        "random",
        "oracle",
        "opened",
        "laws",
    ])
}
