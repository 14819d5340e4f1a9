//! Gives the program inputs made to exhaust, mislead or break it, and holds it to bounds.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail, ensure};
use wait4::Wait4 as _;

use super::USAGE;
use crate::workspace::Workspace;

const MAKE: &str = include_str!("hostile.py");

/// One input and what must come of it.
struct Case {
    name: &'static str,
    arguments: &'static [&'static str],
    /// What the answer, the report or a warning says; none where all is well after all.
    says: &'static str,
    seconds: u64,
    megabytes: u64,
}

const fn case(
    name: &'static str,
    arguments: &'static [&'static str],
    says: &'static str,
    (seconds, megabytes): (u64, u64),
) -> Case {
    Case {
        name,
        arguments,
        says,
        seconds,
        megabytes,
    }
}

const SCAN_IMAGE: &[&str] = &["scan", "image"];
const BUILD: &[&str] = &["db", "build", "feeds", "--output", "new.lkdb"];
/// Seconds and megabytes that are enough for all but a few.
const USUAL: (u64, u64) = (20, 120);

const CASES: &[Case] = &[
    case("gzip-bomb", SCAN_IMAGE, "decompresses to more than", USUAL),
    case("zstd-bomb", SCAN_IMAGE, "decompresses to more than", USUAL),
    case(
        "zip-bomb",
        &["scan", "bomb.jar"],
        "not a ZIP archive",
        (30, 160),
    ),
    case(
        "nested-archives",
        &["scan", "nested.jar"],
        "inside one another",
        USUAL,
    ),
    case("empty-files", SCAN_IMAGE, "1 packages", (60, 200)),
    case("path-escapes", SCAN_IMAGE, "1 packages", USUAL),
    case("symlink-loops", SCAN_IMAGE, "Debian", USUAL),
    case("deep-documents", &["scan", "target"], "warning", (30, 300)),
    case("truncated-layer", SCAN_IMAGE, "incomplete", USUAL),
    case("rpm-sqlite", SCAN_IMAGE, "rpmdb.sqlite", USUAL),
    case("rpm-ndb", SCAN_IMAGE, "Packages.db", USUAL),
    case("rpm-bdb", SCAN_IMAGE, "var/lib/rpm/Packages", USUAL),
    case("feeds", BUILD, "feeds failed", USUAL),
    case("feed-bomb", BUILD, "feeds failed", (60, 700)),
    case(
        "sbom",
        &["scan", "bom.json"],
        "more than 500000 components",
        (60, 2500),
    ),
    case("sparse-disk", &["scan", "disk.img"], "1 packages", USUAL),
];

/// What a run took and said.
struct Ran {
    code: Option<i32>,
    wall: Duration,
    megabytes: u64,
    text: String,
}

/// Prints the table, and fails at a panic, a missing problem or a bound that did not hold.
pub(super) fn prove(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let only = match arguments {
        [] => None,
        [option, name] if option == "--target" => Some(name.as_str()),
        _ => bail!(USAGE),
    };
    workspace.cargo(&["build", "--quiet", "-p", "lynkeus"])?;
    let program = workspace.root.join("target/debug/lynkeus");
    let scratch = workspace.root.join("target/proof/hostile");
    println!("| Input | Exit | Wall s | Peak MB | Says |\n|---|---:|---:|---:|---|");
    let mut failures = Vec::new();
    for case in CASES
        .iter()
        .filter(|case| only.is_none_or(|name| name == case.name))
    {
        let directory = scratch.join(case.name);
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        fs::create_dir_all(&scratch)?;
        let made = Command::new("python3")
            .args(["-c", MAKE, case.name])
            .arg(&directory)
            .arg(workspace.root.join("crates/ecosystem/testdata/rpm"))
            .status()?;
        ensure!(made.success(), "{} cannot be made", case.name);
        let ran = run(&program, case, &directory)?;
        let said = saying(case, &ran.text);
        println!(
            "| {} | {} | {:.2} | {} | {said} |",
            case.name,
            ran.code
                .map_or_else(|| "killed".to_owned(), |code| code.to_string()),
            ran.wall.as_secs_f64(),
            ran.megabytes,
        );
        failures.extend(complaints(case, &ran));
        // Some take gigabytes.
        fs::remove_dir_all(&directory)?;
    }
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

fn run(program: &Path, case: &Case, directory: &Path) -> Result<Ran> {
    let file = |name| File::create(directory.join(name));
    let mut command = Command::new("timeout");
    command
        .args(["--signal=KILL", &(case.seconds * 4).to_string()])
        .arg(program)
        .args(["--data-dir", "data"])
        .args(case.arguments);
    if case.arguments.first() == Some(&"scan") {
        command.arg("--no-cache");
    }
    command.current_dir(directory).stdin(Stdio::null());
    command.stdout(file("out")?).stderr(file("err")?);
    let started = Instant::now();
    let ended = command.spawn()?.wait4().context("wait for the program")?;
    let wall = started.elapsed();
    let read = |name| fs::read(directory.join(name));
    let text = [read("out")?, read("err")?].concat();
    Ok(Ran {
        code: ended.status.code(),
        wall,
        megabytes: ended.rusage.maxrss / 1_000_000,
        text: String::from_utf8_lossy(&text).into_owned(),
    })
}

/// The line that says what is expected.
fn saying(case: &Case, text: &str) -> String {
    let line = text.lines().find(|line| line.contains(case.says));
    line.map_or("–", str::trim)
        .chars()
        .take(110)
        .collect::<String>()
        .replace('|', "/")
}

fn complaints(case: &Case, ran: &Ran) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut complain = |what: String| complaints.push(format!("{}: {what}", case.name));
    if !matches!(ran.code, Some(0..=2)) || ran.text.contains("panicked at") {
        complain(format!("ended with {:?}\n{}", ran.code, ran.text));
    }
    if !ran.text.contains(case.says) {
        complain(format!("does not say `{}`:\n{}", case.says, ran.text));
    }
    if ran.wall > Duration::from_secs(case.seconds) {
        complain(format!("took {:?} of {} s", ran.wall, case.seconds));
    }
    if ran.megabytes > case.megabytes {
        complain(format!("took {} of {} MB", ran.megabytes, case.megabytes));
    }
    complaints
}
