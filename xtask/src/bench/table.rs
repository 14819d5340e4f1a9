//! Benchmark results as Markdown.

use std::{fmt::Write as _, fs, process::Command};

use anyhow::Result;

use super::measure::Median;
use crate::workspace::Workspace;

/// The command, which writes CycloneDX as the others do.
pub(super) const LYNKEUS: &str = "Lynkeus `sbom`";
/// The same without writing a document.
pub(super) const INVENTORY: &str = "Lynkeus, inventory only";
pub(super) const BARE: &str = "bare work";
pub(super) const TRIVY: &str = "Trivy 0.76";
pub(super) const SYFT: &str = "Syft 1.18";

/// What stands before the numbers, which `--write` keeps as it is.
const NUMBERS: &str = "<!-- numbers -->\n";
/// What stands after them.
const END: &str = "<!-- end of numbers -->\n";

/// The contenders on one image; times over each other's as "how many times as long".
pub(super) fn comparison(title: &str, bytes: u64, medians: &[(&str, Median)]) -> String {
    let mut text = format!(
        "### {title}, {} MB\n\n\
         | | wall s | CPU s | peak RSS MB | packages | wall as a multiple of `sbom` |\n\
         |---|---:|---:|---:|---:|---:|\n",
        bytes / 1_000_000
    );
    let own = medians.iter().find(|(name, _)| *name == LYNKEUS);
    for (name, Median(sample)) in medians {
        let packages = sample
            .packages
            .map_or_else(|| "–".to_owned(), |n| n.to_string());
        let ratio = own.map_or(1.0, |(_, own)| {
            sample.wall.as_secs_f64() / own.0.wall.as_secs_f64()
        });
        writeln!(
            text,
            "| {name} | {:.3} | {:.3} | {} | {packages} | {ratio:.2} |",
            sample.wall.as_secs_f64(),
            sample.cpu.as_secs_f64(),
            sample.memory / 1_000_000,
        )
        .unwrap_or_default();
    }
    text.push('\n');
    text
}

/// Scans to findings, and what the database alone takes.
pub(super) fn matching(rows: &[(String, Median)], speed: &str) -> String {
    let mut text = "### With an advisory database\n\n\
        | | wall s | CPU s | peak RSS MB |\n|---|---:|---:|---:|\n"
        .to_owned();
    for (name, Median(sample)) in rows {
        writeln!(
            text,
            "| {name} | {:.3} | {:.3} | {} |",
            sample.wall.as_secs_f64(),
            sample.cpu.as_secs_f64(),
            sample.memory / 1_000_000,
        )
        .unwrap_or_default();
    }
    text.push('\n');
    for line in speed.lines() {
        writeln!(text, "- {line}").unwrap_or_default();
    }
    text
}

/// The document with new numbers.
pub(super) fn document(
    old: &str,
    numbers: &str,
    rounds: usize,
    workspace: &Workspace,
) -> Result<String> {
    let (before, rest) = old.split_once(NUMBERS).unwrap_or(("# Benchmarks\n\n", ""));
    let after = rest.split_once(END).map_or("", |(_, after)| after);
    let date = workspace.output(Command::new("date").arg("+%F"))?;
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Ok(format!(
        "{before}{NUMBERS}\nMeasured on {}: {model}, {cores} cores, medians of {rounds} rounds.\n\n{}\n\n{END}{after}",
        date.trim(),
        numbers.trim_end()
    ))
}
