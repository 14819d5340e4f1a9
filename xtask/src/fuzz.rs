//! Runs the tests' damaged samples for as long as one likes, from other seeds each time.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::Value;

use crate::workspace::{Workspace, cargo};

const USAGE: &str =
    "usage: cargo xtask fuzz [--minutes N] [--seed N] [--input FILE] [--list] [TARGET]";

/// Packages with targets. They are tests with this word in their names.
const PACKAGES: &[&str] = &[
    "lynkeus-ecosystem",
    "lynkeus-inventory",
    "lynkeus-advisory",
    "lynkeus-findings",
    "lynkeus-network",
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
    let programs = programs(workspace)?;
    let targets = targets(workspace, &programs, &arguments)?;
    ensure!(!targets.is_empty(), "no target is called so");
    if arguments.only_list {
        println!("{}", targets.join("\n"));
        return Ok(());
    }
    let directory = workspace.root.join("target/fuzz");
    let minutes = arguments.minutes.unwrap_or(MINUTES);
    let seconds = minutes * 60.0 / f64::from(u32::try_from(targets.len())?);
    println!("{} targets, {seconds:.0} s each", targets.len());
    println!("| target | inputs | a second | behaviors | slowest ms | process MB | seed |");
    println!("|---|---:|---:|---:|---:|---:|---|");
    let mut failures = 0;
    for program in &programs {
        let mut command = tests(program, &arguments);
        command.env("LYNKEUS_FUZZ_DIRECTORY", &directory);
        command.env("LYNKEUS_FUZZ_SECONDS", seconds.to_string());
        if let Some(input) = &arguments.input {
            command.env("LYNKEUS_FUZZ_INPUT", std::path::absolute(input)?);
        }
        if let Some(seed) = &arguments.seed {
            command.env("LYNKEUS_FUZZ_SEED", seed);
        }
        failures += u32::from(!follow(command)?);
    }
    ensure!(
        failures == 0,
        "targets failed; their inputs are in {}",
        directory.display()
    );
    Ok(())
}

/// Runs the tests of one program, and prints their rows and failures as they come; whether all
/// passed.
fn follow(mut command: Command) -> Result<bool> {
    let mut child = command.stdout(Stdio::piped()).spawn()?;
    let output = child.stdout.take().context("no output")?;
    for line in BufReader::new(output).lines() {
        let line = line?;
        if let Some((_, row)) = line.split_once("| ") {
            println!("| {row}");
        } else if line.contains(" fails") || line.contains(": more than ") {
            println!("{line}");
        }
    }
    Ok(child.wait()?.success())
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
fn targets(
    workspace: &Workspace,
    programs: &[PathBuf],
    arguments: &Arguments,
) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for program in programs {
        let mut command = tests(program, arguments);
        command.env("LYNKEUS_FUZZ_SECONDS", "0");
        let output = workspace.output(&mut command)?;
        let lines = output.lines();
        names.extend(lines.filter_map(|line| Some(line.split_once("target ")?.1.to_owned())));
    }
    names.sort();
    Ok(names)
}

/// Builds the tests and finds their programs, which later changes of the sources leave alone.
fn programs(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut command = Command::new(cargo());
    command.args(["test", "--quiet", "--no-run", "--message-format=json"]);
    for package in PACKAGES {
        command.args(["--package", package]);
    }
    let messages = workspace.output(&mut command)?;
    let messages = messages.lines().map(serde_json::from_str::<Value>);
    let mut programs = Vec::new();
    for message in messages {
        let message = message.context("cargo's messages are not understood")?;
        let program = message.get("executable").and_then(Value::as_str);
        let is_test = message.pointer("/profile/test") == Some(&Value::Bool(true));
        programs.extend(program.filter(|_| is_test).map(PathBuf::from));
    }
    Ok(programs)
}

/// The tests of a program that hold targets, one after the other so that each has a processor for
/// itself.
fn tests(program: &Path, arguments: &Arguments) -> Command {
    let mut command = Command::new(program);
    command
        .args(WORDS)
        .args(["--nocapture", "--test-threads=1"]);
    if let Some(target) = &arguments.target {
        command.env("LYNKEUS_FUZZ_TARGET", target);
    }
    command
}
