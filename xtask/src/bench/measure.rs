//! Runs a program to its end and says what it took.

use std::{
    fs::File,
    io::BufReader,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, de::IgnoredAny};
use wait4::Wait4 as _;

/// What one run took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) wall: Duration,
    /// User and system time of all threads.
    pub(crate) cpu: Duration,
    /// Peak resident set, in bytes.
    pub(crate) memory: u64,
    /// Packages in its CycloneDX output; none if it wrote none.
    pub(crate) packages: Option<usize>,
}

/// Runs a command with its output in `out`.
pub(crate) fn run(mut command: Command, out: &Path) -> Result<Sample> {
    let shown = command.get_program().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(File::create(out)?);
    let started = Instant::now();
    let child = command.spawn().with_context(|| shown.clone())?;
    let ended = child.wait4().with_context(|| shown.clone())?;
    let wall = started.elapsed();
    ensure!(ended.status.success(), "{shown}: {}", ended.status);
    Ok(Sample {
        wall,
        cpu: ended.rusage.utime + ended.rusage.stime,
        memory: ended.rusage.maxrss,
        packages: packages(out),
    })
}

/// What is read of a CycloneDX document.
#[derive(Deserialize)]
struct Document {
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    purl: Option<IgnoredAny>,
}

/// Components with a purl: files and operating systems have none.
///
/// The document is never in memory as a whole: a process counts the memory of its parent at the
/// time it was started as its own peak.
fn packages(output: &Path) -> Option<usize> {
    let output = BufReader::new(File::open(output).ok()?);
    let document: Document = serde_json::from_reader(output).ok()?;
    let named = document.components.iter().filter(|c| c.purl.is_some());
    Some(named.count())
}

/// The middle of several samples, each measure by itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Median(pub(crate) Sample);

impl Median {
    pub(crate) fn of(samples: &[Sample]) -> Result<Self> {
        let last = *samples.last().context("no samples")?;
        Ok(Self(Sample {
            wall: middle(samples.iter().map(|s| s.wall)).context("no samples")?,
            cpu: middle(samples.iter().map(|s| s.cpu)).context("no samples")?,
            memory: middle(samples.iter().map(|s| s.memory)).context("no samples")?,
            packages: last.packages,
        }))
    }
}

fn middle<T: Ord + Copy>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}
