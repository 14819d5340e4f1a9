//! What would open closed paths, and interfaces that are one change away from the internet.

use std::fmt::Write as _;

use anyhow::Result;
use model::Problem;
use network::corrections::{Correction, Corrections, near};
use network::finding::{Finding, Options};
use network::snapshot::Snapshot;
use serde_json::{Value, json};

use crate::cli_network::{NetworkFormat, NetworkScan};
use crate::commands::path;

/// The sets of changes that open a path, in a table's lines.
pub(crate) fn table(corrections: &Corrections) -> String {
    let mut out = String::new();
    for set in &corrections.sets {
        push(&mut out, set, "  ");
    }
    if corrections.sets.is_empty() {
        out.push_str("  no change of a few things is known that opens it\n");
    } else if !corrections.is_complete {
        out.push_str("  there may be other changes; not all were tried\n");
    }
    out
}

fn push(out: &mut String, set: &Correction, indent: &str) {
    let edits: Vec<String> = set.edits.iter().map(ToString::to_string).collect();
    writeln!(out, "{indent}would open: {}", edits.join(" + ")).unwrap_or_default();
    for command in &set.commands {
        writeln!(out, "{indent}    $ {command}").unwrap_or_default();
    }
}

/// The same for programs.
pub(crate) fn documents(sets: &[Correction]) -> Value {
    let all = sets.iter().map(|set| {
        let changes: Vec<String> = set.edits.iter().map(ToString::to_string).collect();
        let open = set.open.iter().map(
            |((low, high), blocks)| json!({"ports": {"from": low, "to": high}, "addresses": blocks}),
        );
        json!({
            "changes": changes,
            "commands": set.commands,
            "opens": open.collect::<Vec<_>>(),
        })
    });
    all.collect()
}

/// The interfaces that one change would open to the internet.
pub(crate) fn list(
    arguments: &NetworkScan,
    (snapshot, findings): (&Snapshot, &[Finding]),
    options: &Options,
    problems: &[Problem],
) -> Result<String> {
    let protocol = path::protocol(&arguments.protocol)?;
    let ports = path::ports(arguments.port.as_deref())?;
    let found = near(snapshot, findings, options, (protocol, &ports));
    if matches!(arguments.output, NetworkFormat::Json) {
        let interfaces = found.interfaces.iter().map(|near| {
            json!({
                "instance": near.instance,
                "interface": near.interface,
                "edge": near.edge,
                "corrections": documents(&near.corrections),
            })
        });
        let report = json!({
            "interfaces": interfaces.collect::<Vec<_>>(),
            "complete": found.is_complete,
            "problems": problems.iter().map(ToString::to_string).collect::<Vec<_>>(),
        });
        return Ok(format!("{}\n", serde_json::to_string_pretty(&report)?));
    }
    let mut out = String::new();
    for near in &found.interfaces {
        let (instance, interface, edge) = (&near.instance, &near.interface, &near.edge);
        writeln!(out, "{instance} {interface} from {edge}")?;
        for set in &near.corrections {
            push(&mut out, set, "  ");
        }
    }
    if found.interfaces.is_empty() {
        out.push_str("No interface is one change away from the internet.\n");
    }
    if !found.is_complete {
        out.push_str("Not all interfaces are listed.\n");
    }
    Ok(out)
}
