//! Writes a report in the format that was asked for: one file a format.

mod explain;
mod html;
mod json;
mod sarif;
mod table;

use std::io::{self, Write};

pub(crate) use explain::explain;
pub(crate) use table::Terminal;

use findings::AffectedPackage;
use model::FixState;

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
        Format::Html => html::write(report, out),
    }
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
