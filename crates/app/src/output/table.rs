//! The table for a terminal: grouped by package, worst first, best upgrades last.

use std::{
    collections::BTreeMap,
    io::{self, IsTerminal as _, Write},
};

use findings::{AffectedPackage, SuppressionSource, Vulnerability};
use model::{Package, Severity};

use super::{fix_words, vendor_words};
use crate::report::Report;

/// Narrowest and widest table.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=160;

/// How many upgrades are named at the end.
const UPGRADES: usize = 5;

/// What the reader's screen can show.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    pub(crate) width: usize,
    pub(crate) color: bool,
}

impl Terminal {
    /// The terminal on standard output, or a plain page 100 columns wide.
    pub(crate) fn of_stdout() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let width = terminal_size::terminal_size()
            .filter(|_| is_terminal)
            .map_or(100, |(terminal_size::Width(width), _)| usize::from(width));
        let color = is_terminal && std::env::var_os("NO_COLOR").is_none();
        Self {
            width: width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            color,
        }
    }

    /// A page that nobody watches: 100 columns without colour.
    pub(crate) const fn plain() -> Self {
        Self {
            width: 100,
            color: false,
        }
    }

    fn paint(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Critical => "1;31",
            Severity::High => "31",
            Severity::Medium => "33",
            Severity::Low => "34",
            Severity::Informational | Severity::Untriaged => "2",
        };
        self.style(code, text)
    }

    fn style(self, code: &str, text: &str) -> String {
        if self.color {
            format!("\u{1b}[{code}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }

    /// `text` cut to `width` columns.
    fn fit(text: &str, width: usize) -> String {
        if text.chars().count() <= width {
            return text.to_owned();
        }
        let mut cut: String = text.chars().take(width.saturating_sub(1)).collect();
        cut.push('…');
        cut
    }
}

/// Writes the whole table.
pub(crate) fn write(report: &Report, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    heading(report, terminal, out)?;
    platform(report, terminal, out)?;
    for group in groups(report) {
        write_group(&group, terminal, out)?;
    }
    upgrades(report, terminal, out)?;
    set_aside(report, terminal, out)?;
    trouble(report, terminal, out)
}

fn heading(report: &Report, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let os = report.inventory.os.as_ref();
    let os = os.map_or("no operating system", |os| os.pretty_name.as_str());
    let layers = match report.inventory.layers.len() {
        0 => String::new(),
        1 => ", 1 layer".to_owned(),
        n => format!(", {n} layers"),
    };
    writeln!(
        out,
        "{}  {} · {os} · {} packages{layers} · {:.2} s",
        terminal.style("1", &report.target.name),
        report.target.kind,
        report.inventory.packages.len(),
        report.elapsed.as_secs_f64(),
    )?;
    let counts: Vec<_> = report
        .counts()
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| terminal.paint(severity, &format!("{count} {severity}")))
        .collect();
    let counts = match (report.looked_up, report.unknown) {
        _ if !counts.is_empty() => counts.join("  "),
        (_, 0) => "no vulnerabilities found".to_owned(),
        (0, unknown) => format!(
            "nothing could be looked up: no advisories for the system or ecosystem of {}",
            packages(unknown)
        ),
        (known, unknown) => format!(
            "no vulnerabilities found in {}; {unknown} could not be looked up",
            packages(known)
        ),
    };
    let suppressed = match report.suppressed() {
        0 => String::new(),
        n => format!("  ({n} suppressed)"),
    };
    writeln!(out, "{counts}{suppressed}")
}

fn packages(count: usize) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} package{plural}")
}

/// Findings about the system itself.
fn platform(report: &Report, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    for finding in report
        .vulnerabilities
        .iter()
        .filter(|v| v.packages.is_empty())
    {
        let title = finding.title.as_deref().unwrap_or(&finding.id);
        writeln!(
            out,
            "\n{} {title}: {}",
            terminal.paint(finding.severity, finding.severity.name()),
            finding.severity_reason,
        )?;
    }
    Ok(())
}

/// The vulnerabilities of all packages built from one source at one version.
struct Group<'a> {
    source: String,
    version: &'a str,
    binaries: Vec<&'a str>,
    place: Option<&'a str>,
    owner: &'a str,
    rows: Vec<(&'a Vulnerability, &'a AffectedPackage)>,
}

fn groups(report: &Report) -> Vec<Group<'_>> {
    let mut groups: BTreeMap<(&str, &str, &str), Group<'_>> = BTreeMap::new();
    for vulnerability in report.vulnerabilities.iter().filter(|v| v.is_active()) {
        for affected in &vulnerability.packages {
            let Some(package) = report.inventory.packages.get(affected.package) else {
                continue;
            };
            let (name, version) = source(package);
            let group = groups
                .entry((package.purl_type.as_str(), name, version))
                .or_insert_with(|| Group {
                    source: name.to_owned(),
                    version,
                    binaries: Vec::new(),
                    place: package.locations.first().map(|l| l.path.as_str()),
                    owner: package.purl_type.as_str(),
                    rows: Vec::new(),
                });
            if package.name != name && !group.binaries.contains(&package.name.as_str()) {
                group.binaries.push(&package.name);
            }
            if group
                .rows
                .last()
                .is_none_or(|(last, _)| last.id != vulnerability.id)
            {
                group.rows.push((vulnerability, affected));
            }
        }
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by(|a, b| {
        tally(b)
            .cmp(&tally(a))
            .then_with(|| a.source.cmp(&b.source))
    });
    groups
}

fn source(package: &Package) -> (&str, &str) {
    match &package.source {
        Some(source) => (&source.name, &source.version),
        None => (&package.name, &package.version),
    }
}

/// Rows by severity, from critical down.
fn tally(group: &Group<'_>) -> Vec<usize> {
    let count = |severity| {
        group
            .rows
            .iter()
            .filter(|(v, _)| v.severity == severity)
            .count()
    };
    Severity::ALL.into_iter().rev().map(count).collect()
}

fn write_group(group: &Group<'_>, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let binaries = match group.binaries.as_slice() {
        [] => String::new(),
        [one] => format!("  ({one})"),
        [first, second] => format!("  ({first}, {second})"),
        [first, second, rest @ ..] => format!("  ({first}, {second} and {} more)", rest.len()),
    };
    let place = match (group.owner, group.place) {
        ("deb" | "rpm" | "apk", _) | (_, None) => String::new(),
        (_, Some(place)) => format!("  {place}"),
    };
    let title = format!("{} {}", group.source, group.version);
    let rest = Terminal::fit(
        &format!("  {}{binaries}{place}", group.owner),
        terminal.width.saturating_sub(title.chars().count()),
    );
    writeln!(
        out,
        "\n{}{}",
        terminal.style("1", &title),
        terminal.style("2", &rest)
    )?;
    for (vulnerability, affected) in &group.rows {
        write_row(vulnerability, affected, terminal, out)?;
    }
    Ok(())
}

fn write_row(
    vulnerability: &Vulnerability,
    affected: &AffectedPackage,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<()> {
    let score = vulnerability
        .score
        .as_ref()
        .map_or("   -".to_owned(), |s| format!("{:4.1}", s.value));
    let mut notes = vec![fix_words(affected)];
    if vulnerability.kev.is_some() {
        notes.push("known exploited".to_owned());
    } else if vulnerability.exploit_known {
        notes.push("exploit public".to_owned());
    }
    notes.extend(vendor_words(vulnerability, affected));
    if let Some(epss) = vulnerability.epss.filter(|epss| epss.score >= 0.01) {
        notes.push(format!("EPSS {:.0}%", epss.score * 100.0));
    }
    if let Some(title) = &vulnerability.title {
        notes.push(title.clone());
    }
    let notes = Terminal::fit(&notes.join(" · "), terminal.width.saturating_sub(43));
    writeln!(
        out,
        "  {} {score}  {:<20}  {notes}",
        terminal.paint(
            vulnerability.severity,
            &format!("{:<13}", vulnerability.severity.name())
        ),
        vulnerability.id,
    )
}

fn upgrades(report: &Report, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let total = report
        .vulnerabilities
        .iter()
        .filter(|v| v.is_active())
        .count();
    let Some(best) = report.upgrades.first() else {
        return Ok(());
    };
    writeln!(
        out,
        "\nUpgrade {} first: {} {} → {} ends {} of {total}.",
        terminal.style("1", &best.name),
        best.name,
        best.from,
        best.to,
        best.total(),
    )?;
    for upgrade in report.upgrades.iter().skip(1).take(UPGRADES - 1) {
        let line = format!(
            "   then {} {} → {} ends {}",
            upgrade.name,
            upgrade.from,
            upgrade.to,
            upgrade.total(),
        );
        writeln!(out, "{}", Terminal::fit(&line, terminal.width))?;
    }
    Ok(())
}

/// What was found in packages whose code cannot run: a line for each package.
fn set_aside(report: &Report, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let mut idle: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for affected in report.vulnerabilities.iter().flat_map(|v| &v.packages) {
        let package = report.inventory.packages.get(affected.package);
        let is_idle = |s: &&findings::Suppression| s.source == SuppressionSource::Idle;
        if let (Some(package), Some(why)) = (package, affected.suppressed.iter().find(is_idle)) {
            let key = (&*package.name, &*package.version, &*why.reason);
            *idle.entry(key).or_default() += 1;
        }
    }
    for ((name, version, reason), count) in idle {
        let line = format!("Set aside: {count} of {name} {version}, {reason}.");
        writeln!(out, "\n{}", terminal.style("2", &line))?;
    }
    Ok(())
}

/// What makes the answer less than whole: old advisories, failed feeds, unread content.
fn trouble(report: &Report, terminal: Terminal, out: &mut dyn Write) -> io::Result<()> {
    let age = report.database_age_days();
    let origin = if report.database.is_starter {
        "the starter database"
    } else {
        "advisories"
    };
    let built = report.database.built.strftime("%Y-%m-%d");
    let checked = report.database.checked.map_or_else(String::new, |time| {
        format!(", checked {}", time.strftime("%Y-%m-%d"))
    });
    let advice = if report.database.is_starter || age > 7 {
        "; run `lynkeus db update` for today's"
    } else {
        ""
    };
    writeln!(
        out,
        "\nMatched with {origin} of {built}{checked}, {age} days old{advice}."
    )?;
    for feed in report.database.feeds.iter().filter(|f| f.trouble.is_some()) {
        let trouble = feed.trouble.as_deref().unwrap_or_default();
        writeln!(
            out,
            "{} feed {}: {trouble}",
            terminal.style("33", "warning:"),
            feed.name
        )?;
    }
    let problems = &report.inventory.problems;
    for problem in problems.iter().take(10) {
        writeln!(out, "{} {problem}", terminal.style("33", "warning:"))?;
    }
    if problems.len() > 10 {
        writeln!(
            out,
            "warning: and {} more (see --output json)",
            problems.len() - 10
        )?;
    }
    if !report.inventory.complete {
        writeln!(
            out,
            "The scan is incomplete: what could not be read may hold more."
        )?;
    }
    Ok(())
}
