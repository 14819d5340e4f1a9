//! Runs the tests' damaged samples for as long as one likes, from other seeds each time.

use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::{Workspace, cargo};

const USAGE: &str =
    "usage: cargo xtask fuzz [--minutes N] [--seed N] [--input FILE] [--list] [TARGET]";

/// Packages with targets. They are tests with this word in their names.
const PACKAGES: &[&str] = &[
    "lynkeus-ecosystem",
    "lynkeus-inventory",
    "lynkeus-advisory",
    "lynkeus-sources",
    "lynkeus",
];
const WORDS: &[&str] = &["damage", "whatever", "survive"];
const MINUTES: f64 = 5.0;

#[derive(Debug, Default)]
struct Arguments {
    minutes: Option<f64>,
    seed: Option<String>,
    input: Option<String>,
    only_list: bool,
    target: Option<String>,
}

/// Shares the time among the targets and prints what each did.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let arguments = parse(arguments)?;
    let targets = targets(workspace, &arguments)?;
    ensure!(!targets.is_empty(), "no target is called so");
    if arguments.only_list {
        println!("{}", targets.join("\n"));
        return Ok(());
    }
    let directory = workspace.root.join("target/fuzz");
    let mut command = tests(workspace, &arguments);
    command.env("LYNKEUS_FUZZ_DIRECTORY", &directory);
    if let Some(input) = &arguments.input {
        command.env("LYNKEUS_FUZZ_INPUT", std::path::absolute(input)?);
        return workspace.run(&mut command);
    }
    let minutes = arguments.minutes.unwrap_or(MINUTES);
    let seconds = minutes * 60.0 / f64::from(u32::try_from(targets.len())?);
    println!(
        "{} targets, {seconds:.0} s each; failing inputs go to {}",
        targets.len(),
        directory.display()
    );
    println!("| target | inputs | a second | behaviors | slowest ms | process MB | seed |");
    println!("|---|---:|---:|---:|---:|---:|---|");
    command.env("LYNKEUS_FUZZ_SECONDS", seconds.to_string());
    if let Some(seed) = &arguments.seed {
        command.env("LYNKEUS_FUZZ_SEED", seed);
    }
    let mut child = command.stdout(std::process::Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("no output")?;
    let mut failures = Vec::new();
    for line in std::io::BufRead::lines(std::io::BufReader::new(output)) {
        let line = line?;
        if line.starts_with("| ") {
            println!("{line}");
        } else if line.contains(" fails, input in ") || line.contains(": more than ") {
            println!("{line}");
            failures.push(line);
        }
    }
    let status = child.wait()?;
    ensure!(failures.is_empty(), "{} targets failed", failures.len());
    ensure!(status.success(), "the tests ended with {status}");
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Arguments> {
    let mut parsed = Arguments::default();
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().cloned().context(USAGE);
        match argument.as_str() {
            "--minutes" => parsed.minutes = Some(value()?.parse().context(USAGE)?),
            "--seed" => parsed.seed = Some(value()?),
            "--input" => parsed.input = Some(value()?),
            "--list" => parsed.only_list = true,
            target if !target.starts_with('-') => parsed.target = Some(target.to_owned()),
            _ => bail!(USAGE),
        }
    }
    Ok(parsed)
}

/// The names of all targets, asked of the tests themselves.
fn targets(workspace: &Workspace, arguments: &Arguments) -> Result<Vec<String>> {
    let mut command = tests(workspace, arguments);
    command.env("LYNKEUS_FUZZ_SECONDS", "0");
    let output = workspace.output(&mut command)?;
    let mut names: Vec<_> = output
        .lines()
        .filter_map(|line| Some(line.split_once("target ")?.1.to_owned()))
        .collect();
    names.sort();
    Ok(names)
}

/// The tests that hold targets, one after the other so that each has a processor for itself.
fn tests(workspace: &Workspace, arguments: &Arguments) -> Command {
    let mut command = Command::new(cargo());
    command
        .current_dir(&workspace.root)
        .args(["test", "--quiet", "--no-fail-fast"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    command
        .args(["--lib", "--bins", "--test", "it", "--"])
        .args(WORDS);
    command.args(["--nocapture", "--test-threads=1"]);
    if let Some(target) = &arguments.target {
        command.env("LYNKEUS_FUZZ_TARGET", target);
    }
    command
}
