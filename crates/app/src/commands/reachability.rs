//! `lynkeus network`: what is reachable, from configuration alone.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use model::Problem;
use network::address::show;
use network::edit::{self, Rule};
use network::explain::{Fix, evidence, fix};
use network::finding::{Finding, Options, Verdict};
use network::incremental::{Change, Live};
use network::severity::Severities;
use network::snapshot::{File, Snapshot, read};
use serde_json::{Value, json};

use crate::cli_network::{
    Action, Configuration, NetworkFormat, NetworkScan, Reachability, WhatIf, WhatIfFormat,
};
use crate::commands::path;

/// Longest document that is read, in bytes.
const LONGEST_DOCUMENT: u64 = 1 << 30;
/// Deepest directory that is looked into.
const DEEPEST: usize = 16;
/// Address blocks that a table shows.
const SHOWN_BLOCKS: usize = 3;

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
    let options = options(&arguments.configuration)?;
    let mut live = Live::new(Arc::new(snapshot), options);
    let findings = live.findings();
    let text = match arguments.output {
        NetworkFormat::Table => table(&findings).context("write the table")?,
        NetworkFormat::Dot => picture(&findings, live.snapshot()).context("draw the paths")?,
        NetworkFormat::Svg => path::pictures(&findings, live.snapshot()),
        NetworkFormat::Json => {
            let findings = findings.iter().map(|finding| {
                let mut value = document(finding, live.snapshot());
                if arguments.fixes
                    && let Some(members) = value.as_object_mut()
                {
                    let fix = fix(&mut live, finding).map(|fix| proposal(&fix));
                    members.insert("fix".to_owned(), fix.unwrap_or_default());
                }
                value
            });
            let report = json!({
                "findings": findings.collect::<Vec<_>>(),
                "problems": problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
            });
            let mut text = serde_json::to_string_pretty(&report)?;
            text.push('\n');
            text
        }
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .context("write to standard output")?;
    Ok(true)
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
    let mut live = Live::new(Arc::new(before), options(&arguments.configuration)?);
    let difference = live.apply(Change::Snapshot(Arc::new(after)));
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
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .context("write to standard output")?;
    Ok(true)
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
pub(crate) fn options(configuration: &Configuration) -> Result<Options> {
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

fn table(findings: &[Finding]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    if findings.is_empty() {
        writeln!(
            out,
            "Nothing is reachable from the edges of these networks."
        )?;
    }
    out.push_str(&listed(findings)?);
    Ok(out)
}

/// Each finding with what shows it.
fn listed(findings: &[Finding]) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for finding in findings {
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
    }
    Ok(out)
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
    let remove = fix.remove.iter().map(ToString::to_string);
    json!({
        "remove": remove.collect::<Vec<_>>(),
        "alsoCloses": fix.also_closes,
        "sharedWith": fix.shared_with,
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
