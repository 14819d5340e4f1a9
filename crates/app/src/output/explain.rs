//! Why a vulnerability was found: every step from the file to the verdict.

use std::io::{self, Write};

use findings::{Match, SuppressionSource, Vulnerability};
use model::Package;

use crate::report::Report;

/// Writes all that is known of one vulnerability in the target; false if it is not there.
pub(crate) fn explain(report: &Report, id: &str, out: &mut dyn Write) -> io::Result<bool> {
    let names = |v: &&Vulnerability| {
        std::iter::once(&v.id)
            .chain(&v.aliases)
            .any(|name| name.eq_ignore_ascii_case(id))
    };
    let Some(vulnerability) = report.vulnerabilities.iter().find(names) else {
        writeln!(out, "{id} was not found in {}", report.target.name)?;
        return Ok(false);
    };
    summary(vulnerability, out)?;
    for affected in &vulnerability.packages {
        let Some(package) = report.inventory.packages.get(affected.package) else {
            continue;
        };
        place(report, package, out)?;
        for one in &affected.matches {
            matched(one, out)?;
        }
        for suppression in &affected.suppressed {
            let source = match suppression.source {
                SuppressionSource::Vex => "VEX",
                SuppressionSource::IgnoreFile => "ignore rule",
                SuppressionSource::Idle => {
                    writeln!(out, "    set aside: {}", suppression.reason)?;
                    continue;
                }
            };
            writeln!(
                out,
                "    suppressed by {source} {}: {}",
                suppression.place, suppression.reason
            )?;
        }
    }
    Ok(true)
}

fn summary(vulnerability: &Vulnerability, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{}  {}", vulnerability.id, vulnerability.severity)?;
    match &vulnerability.title {
        Some(title) => writeln!(out, "  {title}")?,
        None => writeln!(out)?,
    }
    if !vulnerability.aliases.is_empty() {
        writeln!(out, "  also known as {}", vulnerability.aliases.join(", "))?;
    }
    writeln!(out, "  severity: {}", vulnerability.severity_reason)?;
    for score in &vulnerability.cvss {
        let version = score.version.name();
        writeln!(
            out,
            "  CVSS {version} {:.1} by {}: {}",
            score.base, score.source, score.vector
        )?;
    }
    if let Some(epss) = vulnerability.epss {
        writeln!(
            out,
            "  EPSS: {:.3} chance of exploitation in 30 days, higher than {:.1}% of all",
            epss.score,
            epss.percentile * 100.0,
        )?;
    }
    if let Some(kev) = &vulnerability.kev {
        let ransomware = if kev.ransomware {
            ", used by ransomware"
        } else {
            ""
        };
        writeln!(
            out,
            "  known exploited: in CISA's catalog since {}{ransomware}",
            kev.date_added
        )?;
    }
    if let Some(ssvc) = &vulnerability.ssvc {
        writeln!(
            out,
            "  SSVC: exploitation {}, automatable {}, technical impact {}",
            ssvc.exploitation, ssvc.automatable, ssvc.technical_impact,
        )?;
    }
    if !vulnerability.cwes.is_empty() {
        writeln!(out, "  weakness: {}", vulnerability.cwes.join(", "))?;
    }
    Ok(())
}

fn place(report: &Report, package: &Package, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\n  {} {} ({})",
        package.name, package.version, package.purl_type
    )?;
    for location in &package.locations {
        write!(out, "    found in {}", location.path)?;
        let layer = location.layer.and_then(|index| {
            Some((
                index,
                report.inventory.layers.get(usize::try_from(index).ok()?)?,
            ))
        });
        if let Some((index, layer)) = layer {
            let digest = layer
                .diff_id
                .as_deref()
                .or(layer.digest.as_deref())
                .unwrap_or("unnamed");
            write!(
                out,
                ", layer {} of {}",
                index + 1,
                report.inventory.layers.len()
            )?;
            write!(out, " ({digest}")?;
            if let Some(created_by) = &layer.created_by {
                write!(out, ", made by `{}`", created_by.trim())?;
            }
            write!(out, ")")?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn matched(one: &Match, out: &mut dyn Write) -> io::Result<()> {
    let reason = &one.reason;
    writeln!(out, "    {} of feed {}", one.advisory.id, one.advisory.feed)?;
    let through = if reason.via_source {
        "its source package "
    } else {
        ""
    };
    writeln!(
        out,
        "      speaks of {}{} in {}",
        through, reason.name, reason.namespace
    )?;
    writeln!(
        out,
        "      affected: {}; {} is in that range by {} order",
        reason.range, reason.version, reason.scheme,
    )?;
    if let Some(word) = &one.severity {
        writeln!(
            out,
            "      calls its severity {}, which is {}",
            word.word, word.severity
        )?;
    }
    match &one.fixed_version {
        Some(fixed) => writeln!(out, "      fixed in {fixed}"),
        None => writeln!(out, "      fix: {:?}", one.fix),
    }
}
