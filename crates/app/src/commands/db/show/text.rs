//! What is known of an id, for a terminal.

use std::io::{self, Write};

use advisory::database::{AdvisoryRecord, Statement, VulnerabilityRecord};
use model::{FixState, KeyEnd, Qualifiers};

use super::Found;
use crate::commands::db::day;

pub(super) fn write(found: &Found<'_>, out: &mut dyn Write) -> io::Result<()> {
    if let Some(vulnerability) = &found.vulnerability {
        facts(vulnerability, out)?;
    } else {
        let about: Vec<&str> = found.about.iter().copied().collect();
        writeln!(out, "about {}", about.join(", "))?;
    }
    writeln!(out, "\nadvisories")?;
    for advisory in found.advisories.values() {
        describe(advisory, out)?;
    }
    for package in &found.packages {
        writeln!(out, "\n{} {}", package.namespace, package.name)?;
        for statement in &package.statements {
            let advisory = found.advisories.get(&statement.candidate.advisory);
            let source = advisory.map_or_else(String::new, |a| format!("{} ({})", a.id, a.feed));
            let severity = statement
                .severity
                .map_or_else(String::new, |s| format!(", {}", s.word));
            writeln!(
                out,
                "  {}{}{severity}  {source}",
                verdict(statement),
                condition(&statement.candidate.qualifiers),
            )?;
        }
    }
    Ok(())
}

fn facts(record: &VulnerabilityRecord<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}", record.id)?;
    match record.title {
        Some(title) => writeln!(out, "  {title}")?,
        None => writeln!(out)?,
    }
    if !record.aliases.is_empty() {
        writeln!(out, "  also known as {}", record.aliases.join(", "))?;
    }
    if record.rejected {
        writeln!(out, "  rejected: it does not count as a vulnerability")?;
    }
    if record.published.or(record.modified).is_some() {
        let (published, modified) = (day(record.published), day(record.modified));
        writeln!(out, "  published {published}, modified {modified}")?;
    }
    for cvss in &record.cvss {
        writeln!(out, "  CVSS by {}: {}", cvss.source, cvss.vector)?;
    }
    if let Some(epss) = record.epss {
        writeln!(
            out,
            "  EPSS: {:.3} chance of exploitation in 30 days, higher than {:.1}% of all",
            epss.score,
            epss.percentile * 100.0
        )?;
    }
    if let Some(kev) = &record.kev {
        writeln!(out, "  known exploited since {}", kev.date_added)?;
    } else if record.exploit_known {
        writeln!(out, "  an exploit is known")?;
    }
    if let Some(ssvc) = &record.ssvc {
        writeln!(
            out,
            "  SSVC: exploitation {}, automatable {}, technical impact {}",
            ssvc.exploitation, ssvc.automatable, ssvc.technical_impact,
        )?;
    }
    if !record.cwes.is_empty() {
        writeln!(out, "  weakness: {}", record.cwes.join(", "))?;
    }
    if let Some(details) = record.details {
        writeln!(out, "\n{}", details.trim_end())?;
    }
    for reference in &record.references {
        writeln!(out, "  {reference}")?;
    }
    Ok(())
}

fn describe(advisory: &AdvisoryRecord<'_>, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "  {} ({})", advisory.id, advisory.feed)?;
    if advisory.published.is_some() {
        write!(out, ", published {}", day(advisory.published))?;
    }
    if advisory.modified.is_some() {
        write!(out, ", modified {}", day(advisory.modified))?;
    }
    if let Some(withdrawn) = advisory.withdrawn {
        write!(out, ", withdrawn {}", day(Some(withdrawn)))?;
    }
    if let Some(severity) = advisory.severity {
        write!(out, ", {}", severity.word)?;
    }
    match advisory.title {
        Some(title) => writeln!(out, ": {title}"),
        None => writeln!(out),
    }
}

/// Which versions are affected, and what is said of a fix.
pub(super) fn verdict(statement: &Statement<'_>) -> String {
    let candidate = &statement.candidate;
    if candidate.fix == FixState::NotAffected {
        return "not affected".to_owned();
    }
    let mut parts: Vec<String> = candidate
        .ranges
        .iter()
        .map(|range| {
            let from = match range.introduced {
                Some(version) => format!("from {}", version.text),
                None => "from the first".to_owned(),
            };
            match range.end {
                KeyEnd::Fixed(end) => format!("{from}, fixed in {}", end.text),
                KeyEnd::LastAffected(end) => format!("{from} to {}", end.text),
                KeyEnd::Open => format!("{from} on"),
            }
        })
        .collect();
    if !candidate.versions.is_empty() {
        let versions: Vec<&str> = candidate.versions.iter().map(|v| v.text).collect();
        parts.push(format!("in {}", versions.join(", ")));
    }
    let fix = match candidate.fix {
        FixState::FromRanges | FixState::NotAffected => "",
        FixState::NotFixed => " (no fix yet)",
        FixState::WillNotFix => " (will not be fixed)",
        FixState::Deferred => " (fix postponed)",
        FixState::EndOfLife => " (end of life)",
        FixState::UnderInvestigation => " (under investigation)",
    };
    format!("{}{fix}", parts.join("; "))
}

fn condition(qualifiers: &Qualifiers) -> String {
    let mut text = String::new();
    if !qualifiers.arches.is_empty() {
        text = format!("{text}, on {}", qualifiers.arches.join(" "));
    }
    if let Some(module) = &qualifiers.module {
        text = format!("{text}, module {module}");
    }
    if !qualifiers.platforms.is_empty() {
        text = format!("{text}, for {}", qualifiers.platforms.join(" "));
    }
    text
}
