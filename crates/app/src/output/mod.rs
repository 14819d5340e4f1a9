//! Writes a report in the format that was asked for: one file a format.

pub(crate) mod cyclonedx;
mod explain;
pub(crate) mod grid;
mod html;
mod json;
mod sarif;
mod spdx;
mod table;

use inventory::sbom::cyclonedx::Version;
use std::{
    fs::File,
    io::{self, BufWriter, Write},
    path::Path,
};

pub(crate) use explain::explain;
pub(crate) use table::Terminal;

use anyhow::{Context as _, Result};
use findings::{AffectedPackage, Vulnerability};
use model::{FixState, Problem, Severity, VendorSeverity};
use serde::Serialize;
use serde_json::Value;

use crate::{cli::Format, report::Report};

/// Writes `report` to `out`.
pub(crate) fn write(
    report: &Report,
    format: Format,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Table => table::write(report, terminal, out),
        Format::Json => json::write(report, out),
        Format::Sarif => sarif::write(report, out),
        Format::Cyclonedx => cyclonedx::write(report, Version::V1_6, out),
        Format::Spdx => spdx::write(report, out),
        Format::Html => html::write(report, out),
    }
}

/// Bytes of a document that are written at once.
const BUFFER: usize = 64 << 10;

/// Writes to the file, or to standard output if none is given.
pub(crate) fn to_file_or_stdout(
    path: Option<&Path>,
    write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
) -> Result<()> {
    let Some(path) = path else {
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        return match write(&mut out).and_then(|()| out.flush()) {
            // The reader has seen enough (`| head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            other => other.context("write to standard output"),
        };
    };
    let mut to_file = || {
        let mut out = BufWriter::with_capacity(BUFFER, File::create(path)?);
        write(&mut out)?;
        out.flush()
    };
    to_file().with_context(|| format!("write {}", path.display()))
}

/// Writes a document on indented lines, with a line end after it.
pub(crate) fn pretty_json(out: &mut dyn Write, document: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, document)?;
    writeln!(out)
}

/// Says on standard error what could not be read, for formats that have no place for it.
pub(crate) fn note(problem: &Problem) {
    eprintln!("warning: {problem}");
}

/// Who keeps an id, and the page about it.
pub(crate) fn address(id: &str) -> Option<(&'static str, String)> {
    let (name, base) = match id.split_once('-')?.0 {
        "CVE" => ("NVD", "https://nvd.nist.gov/vuln/detail/"),
        "GHSA" => ("GitHub", "https://github.com/advisories/"),
        "RUSTSEC" => ("RustSec", "https://rustsec.org/advisories/"),
        "GO" => ("Go", "https://pkg.go.dev/vuln/"),
        "PYSEC" | "OSV" | "MAL" => ("OSV", "https://osv.dev/vulnerability/"),
        "DSA" | "DLA" => ("Debian", "https://security-tracker.debian.org/tracker/"),
        "RHSA" | "RHBA" | "RHEA" => ("Red Hat", "https://access.redhat.com/errata/"),
        _ => return None,
    };
    Some((name, format!("{base}{id}")))
}

/// The text if it is an address that may stand in a document.
fn bare_address(text: &str) -> Option<&str> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = |c: char| c.is_ascii_graphic() && !"\"<>\\^`{|}[]".contains(c);
    (is_web && text.chars().all(is_plain)).then_some(text)
}

/// Sets a member of an object.
pub(crate) fn set(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(members) = object {
        members.insert(key.to_owned(), value);
    }
}

/// What the publishers call it where that is not what its severity says: `debian-tracker: low`.
fn vendor_words(vulnerability: &Vulnerability, affected: &AffectedPackage) -> Option<String> {
    let differs = |word: &&VendorSeverity| {
        !matches!(word.severity, Severity::Untriaged) && word.severity != vulnerability.severity
    };
    let mut words: Vec<_> = affected
        .matches
        .iter()
        .filter_map(|one| Some((&one.advisory.feed, one.severity.as_ref().filter(differs)?)))
        .map(|(feed, word)| format!("{feed}: {}", word.word.to_lowercase()))
        .collect();
    words.sort_unstable();
    words.dedup();
    (!words.is_empty()).then(|| words.join(", "))
}

/// What can be done about it, in two or three words.
fn fix_words(affected: &AffectedPackage) -> String {
    match (&affected.fixed_version, affected.fix) {
        (Some(version), _) => format!("fixed in {version}"),
        (None, FixState::WillNotFix) => "will not be fixed".to_owned(),
        (None, FixState::Deferred) => "fix postponed".to_owned(),
        (None, FixState::EndOfLife) => "end of life".to_owned(),
        (None, FixState::UnderInvestigation) => "under investigation".to_owned(),
        (None, FixState::NotFixed | FixState::FromRanges | FixState::NotAffected) => {
            "no fix yet".to_owned()
        }
    }
}
