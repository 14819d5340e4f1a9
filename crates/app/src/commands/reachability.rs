//! `lynkeus network`: what is reachable, from configuration alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use model::Problem;
use network::address::{Block, show};
use network::edit::{self, Rule};
use network::explain::evidence;
use network::finding::{Finding, Options, Verdict};
use network::fixes::{Fix, Needs, Trials};
use network::incremental::Live;
use network::severity::Severities;
use network::snapshot::{File, Snapshot, read};
use serde_json::{Value, json};

use crate::cli_network::{
    Action, Configuration, NetworkFormat, NetworkScan, Reachability, WhatIf, WhatIfFormat,
};
use crate::commands::{near, path};

/// Longest document that is read, in bytes.
const LONGEST_DOCUMENT: u64 = 1 << 30;
/// Deepest directory that is looked into.
const DEEPEST: usize = 16;
/// Address blocks that a table shows.
const SHOWN_BLOCKS: usize = 3;
/// Other findings and interfaces that a table names with a fix.
const SHOWN_OTHERS: usize = 5;

/// Carries out a subcommand.
pub(crate) fn run(arguments: &Reachability) -> Result<bool> {
    match &arguments.action {
        Action::Scan(arguments) => list(arguments),
        Action::WhatIf(arguments) => what_if(arguments),
        Action::Path(arguments) => path::run(arguments),
    }
}

fn list(arguments: &NetworkScan) -> Result<bool> {
    let (snapshot, problems) = snapshot(&arguments.configuration.directory)?;
    for problem in &problems {
        eprintln!("warning: {problem}");
    }
    if let Some(id) = &arguments.explain {
        return print(&path::from_edges(arguments, id, &snapshot)?);
    }
    let options = options(&arguments.configuration)?;
    let mut live = Live::new(Arc::new(snapshot), options.clone());
    let findings = live.findings();
    if arguments.near {
        let found = (live.snapshot(), findings.as_slice());
        return print(&near::list(arguments, found, &options, &problems)?);
    }
    let fixes = fixes(&mut live, &findings, arguments)?;
    let text = match arguments.output {
        NetworkFormat::Table => table(&findings, fixes.as_deref()).context("write the table")?,
        NetworkFormat::Dot => picture(&findings, live.snapshot()).context("draw the paths")?,
        NetworkFormat::Svg => path::pictures(&findings, live.snapshot()),
        NetworkFormat::Json => {
            let mut values: Vec<Value> = findings
                .iter()
                .map(|finding| document(finding, live.snapshot()))
                .collect();
            for (value, fixes) in values.iter_mut().zip(fixes.iter().flatten()) {
                if let Some(members) = value.as_object_mut() {
                    let fixes = fixes.iter().map(proposal).collect();
                    members.insert("fixes".to_owned(), fixes);
                }
            }
            let report = json!({
                "findings": values,
                "problems": problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
            });
            let mut text = serde_json::to_string_pretty(&report)?;
            text.push('\n');
            text
        }
    };
    print(&text)
}

/// Shows what was asked for.
pub(crate) fn print(text: &str) -> Result<bool> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .context("write to standard output")?;
    Ok(true)
}

/// What would end each finding, if that is asked for.
fn fixes(
    live: &mut Live,
    findings: &[Finding],
    arguments: &NetworkScan,
) -> Result<Option<Vec<Vec<Fix>>>> {
    if !arguments.fixes {
        return Ok(None);
    }
    for peer in &arguments.needed {
        let is_named = peer.starts_with("sg-") || peer.starts_with("pl-");
        ensure!(
            is_named || Block::parse(peer).is_some(),
            "{peer} is no block, prefix list or group"
        );
    }
    let needs = Needs {
        peers: arguments.needed.clone(),
        listening: None,
    };
    let mut trials = Trials::new(live);
    let all = findings.iter().map(|finding| trials.fixes(finding, &needs));
    Ok(Some(all.collect()))
}

fn what_if(arguments: &WhatIf) -> Result<bool> {
    let (before, problems) = snapshot(&arguments.configuration.directory)?;
    for problem in &problems {
        eprintln!("warning: {problem}");
    }
    let mut after = before.clone();
    for what in &arguments.remove {
        ensure!(
            edit::remove(&mut after, what),
            "there is no {what} to remove"
        );
    }
    for text in &arguments.add {
        let rule = Rule::parse(text).with_context(|| format!("{text} is not a rule"))?;
        ensure!(
            edit::add_rule(&mut after, &rule),
            "there is no group {}",
            rule.group
        );
    }
    let changes = before.changes(after);
    let mut live = Live::new(Arc::new(before), options(&arguments.configuration)?);
    let difference = live.apply_all(changes);
    let text = match arguments.output {
        WhatIfFormat::Json => {
            let all = |findings: &[Finding]| -> Vec<Value> {
                findings
                    .iter()
                    .map(|f| document(f, live.snapshot()))
                    .collect()
            };
            let report = json!({
                "closed": all(&difference.closed),
                "opened": all(&difference.opened),
            });
            let mut text = serde_json::to_string_pretty(&report).context("write the report")?;
            text.push('\n');
            text
        }
        WhatIfFormat::Table => {
            let mut text = String::new();
            for (title, findings) in [
                ("Closes", &difference.closed),
                ("Opens", &difference.opened),
            ] {
                writeln!(text, "{title} {}:", findings.len())?;
                text.push_str(&listed(findings)?);
            }
            text
        }
    };
    print(&text)
}

/// Reads every JSON document below a directory into a snapshot.
pub(crate) fn snapshot(directory: &Path) -> Result<(Snapshot, Vec<Problem>)> {
    let (files, mut problems) = documents(directory)?;
    let (snapshot, more) = read(&files);
    problems.extend(more);
    Ok((snapshot, problems))
}

/// Reads every JSON document below a directory.
pub(crate) fn documents(directory: &Path) -> Result<(Vec<File>, Vec<Problem>)> {
    let mut files = Vec::new();
    let mut problems = Vec::new();
    let mut waiting = vec![(directory.to_owned(), 0)];
    while let Some((path, depth)) = waiting.pop() {
        let entries = fs::read_dir(&path).with_context(|| format!("list {}", path.display()))?;
        for entry in entries {
            let path = entry?.path();
            let name = path.strip_prefix(directory).unwrap_or(&path);
            let name = name.display().to_string();
            if path.is_dir() {
                if depth < DEEPEST {
                    waiting.push((path, depth + 1));
                } else {
                    problems.push(Problem::new(name, "too deep a directory"));
                }
            } else if path.extension().is_some_and(|e| e == "json") {
                if fs::metadata(&path)?.len() > LONGEST_DOCUMENT {
                    problems.push(Problem::new(name, "the document is too long"));
                    continue;
                }
                let bytes = fs::read(&path).with_context(|| format!("read {}", path.display()))?;
                files.push(File { name, bytes });
            }
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok((files, problems))
}

/// What the options of the command line ask for.
fn options(configuration: &Configuration) -> Result<Options> {
    let mut options = Options {
        stopped: configuration.stopped,
        ..Options::default()
    };
    if let Some(path) = &configuration.severities {
        let text = fs::read_to_string(path).with_context(|| format!("read {}", path.display()))?;
        let (severities, problems) = Severities::parse(&text);
        for problem in problems {
            eprintln!("warning: {}", problem.within(&path.display().to_string()));
        }
        options.severities = severities;
    }
    Ok(options)
}

fn sources(finding: &Finding, limit: usize) -> Vec<String> {
    let mut blocks = show(&finding.sources.0, limit);
    blocks.extend(show(&finding.sources.1, limit));
    blocks
}

fn table(findings: &[Finding], fixes: Option<&[Vec<Fix>]>) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    if findings.is_empty() {
        writeln!(
            out,
            "Nothing is reachable from the edges of these networks."
        )?;
    }
    for (place, finding) in findings.iter().enumerate() {
        line(&mut out, finding)?;
        if let Some(fixes) = fixes.and_then(|all| all.get(place)) {
            told(&mut out, fixes)?;
        }
    }
    Ok(out)
}

/// What would end a finding, the best first.
fn told(out: &mut String, fixes: &[Fix]) -> std::fmt::Result {
    if fixes.is_empty() {
        return writeln!(out, "    no single change is known that closes it");
    }
    for (place, fix) in fixes.iter().enumerate() {
        let edits: Vec<String> = fix.edits.iter().map(ToString::to_string).collect();
        writeln!(out, "    {}. {}", place + 1, edits.join(", "))?;
        for remains in &fix.remains {
            writeln!(out, "         leaves open: {remains}")?;
        }
        for other in fix.also_closes.iter().take(SHOWN_OTHERS) {
            writeln!(out, "         also closes {other}")?;
        }
        let more = fix.also_closes.len().saturating_sub(SHOWN_OTHERS);
        if more > 0 {
            writeln!(out, "         also closes {more} more")?;
        }
        if !fix.shared_with.is_empty() {
            let first: Vec<&str> = fix
                .shared_with
                .iter()
                .take(SHOWN_OTHERS)
                .map(String::as_str)
                .collect();
            let more = match fix.shared_with.len().saturating_sub(SHOWN_OTHERS) {
                0 => String::new(),
                more => format!(" and {more} more"),
            };
            writeln!(out, "         also holds for {}{more}", first.join(" "))?;
        }
        for command in &fix.commands {
            writeln!(out, "         $ {command}")?;
        }
    }
    Ok(())
}

/// Each finding with what shows it.
fn listed(findings: &[Finding]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for finding in findings {
        line(&mut out, finding)?;
    }
    Ok(out)
}

fn line(out: &mut String, finding: &Finding) -> std::fmt::Result {
    let (low, high) = finding.ports;
    let ports = if low == high {
        low.to_string()
    } else {
        format!("{low}-{high}")
    };
    let services = match finding.services.len() {
        0 => String::new(),
        1..=3 => format!(" ({})", finding.services.join(", ")),
        many => format!(" ({many} services)"),
    };
    let verdict = match &finding.verdict {
        Verdict::Open(_) => "open",
        Verdict::Unknown(_) => "unknown",
    };
    writeln!(
        out,
        "{:<13} {verdict:<7} {} {ports}{services}  {} -> {} {}",
        finding.severity.name(),
        finding.protocol.name(),
        finding.edge.id(),
        finding.interface,
        finding.instance,
    )?;
    if let Some(balancer) = &finding.balancer {
        writeln!(
            out,
            "    through {} port {}",
            balancer.id, balancer.listener_port
        )?;
    }
    writeln!(out, "    from {}", sources(finding, SHOWN_BLOCKS).join(" "))?;
    match &finding.verdict {
        Verdict::Open(packet) => writeln!(
            out,
            "    for example {}:{} -> {}:{}",
            packet.source, packet.source_port, packet.destination, packet.destination_port
        )?,
        Verdict::Unknown(reasons) => writeln!(out, "    because {}", reasons.join("; "))?,
    }
    Ok(())
}

/// The paths of all findings as one graph, with the deciding rules at its edges.
fn picture(findings: &[Finding], snapshot: &Snapshot) -> Result<String, std::fmt::Error> {
    let mut out = String::from("digraph reachability {\n  rankdir=LR;\n  node [shape=box];\n");
    let mut lines = BTreeSet::new();
    for finding in findings {
        let evidence = evidence(snapshot, finding);
        let steps = finding.steps(snapshot);
        for pair in steps.windows(2) {
            let [from, to] = pair else {
                continue;
            };
            let rules = evidence.iter().filter(|e| e.component == to.component_id);
            let rules: Vec<_> = rules.map(|e| e.rule.as_str()).collect();
            lines.insert(format!(
                "  {:?} -> {:?} [label={:?}];",
                from.component_id,
                to.component_id,
                rules.join("\n"),
            ));
        }
        let (low, high) = finding.ports;
        let color = match finding.verdict {
            Verdict::Open(_) => "red",
            Verdict::Unknown(_) => "orange",
        };
        lines.insert(format!(
            "  {:?} -> {:?} [label=\"{} {low}-{high}\", color={color}];",
            finding.interface,
            finding.instance,
            finding.protocol.name(),
        ));
    }
    for line in lines {
        writeln!(out, "{line}")?;
    }
    out.push_str("}\n");
    Ok(out)
}

fn proposal(fix: &Fix) -> Value {
    let changes = fix.edits.iter().map(ToString::to_string);
    json!({
        "changes": changes.collect::<Vec<_>>(),
        "remains": fix.remains,
        "alsoCloses": fix.also_closes,
        "sharedWith": fix.shared_with,
        "commands": fix.commands,
    })
}

/// A finding for programs, with the members of `networkReachabilityDetails` as Inspector has them.
fn document(finding: &Finding, snapshot: &Snapshot) -> Value {
    let steps = finding.steps(snapshot).into_iter().map(
        |step| json!({"componentId": step.component_id, "componentType": step.component_type}),
    );
    let (witness, reasons) = match &finding.verdict {
        Verdict::Open(packet) => (
            json!({
                "source": packet.source,
                "sourcePort": packet.source_port,
                "destination": packet.destination,
                "destinationPort": packet.destination_port,
                "protocol": packet.protocol,
            }),
            Vec::new(),
        ),
        Verdict::Unknown(reasons) => (Value::Null, reasons.clone()),
    };
    json!({
        "title": finding.title(),
        "description": finding.description(),
        "severity": finding.severity.name(),
        "verdict": if reasons.is_empty() { "OPEN" } else { "UNKNOWN" },
        "reasons": reasons,
        "instance": finding.instance,
        "networkInterface": finding.interface,
        "edge": finding.edge.id(),
        "services": finding.services,
        "sources": sources(finding, usize::MAX - 1),
        "witness": witness,
        "evidence": evidence(snapshot, finding)
            .iter()
            .map(|e| json!({"component": e.component, "rule": e.rule}))
            .collect::<Vec<_>>(),
        "networkReachabilityDetails": {
            "openPortRange": {"begin": finding.ports.0, "end": finding.ports.1},
            "protocol": finding.protocol.name(),
            "networkPath": {"steps": steps.collect::<Vec<_>>()},
        },
    })
}
