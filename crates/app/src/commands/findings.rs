//! `lynkeus findings`: the findings of a running service.

use std::{fs, io::Write};

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value, json};

use crate::{
    cli::Cli,
    cli_ask::{AnswerFormat, Findings, Matching, Order},
    output::{
        self, Terminal,
        grid::{Column, Grid},
    },
    web::Server,
};

/// Lists them.
pub(crate) fn run(cli: &Cli, arguments: &Findings) -> Result<bool> {
    let server = Server::find(cli, &arguments.server)?;
    let mut criteria = criteria(&arguments.matching)?;
    if !arguments.status.iter().any(|status| status == "all") {
        add(&mut criteria, "findingStatus", &arguments.status, true);
    }
    let (field, order) = match arguments.sort {
        Order::Severity => ("SEVERITY", "DESC"),
        Order::Risk => ("RISK", "DESC"),
        Order::Score => ("INSPECTOR_SCORE", "DESC"),
        Order::Epss => ("EPSS_SCORE", "DESC"),
        Order::Newest => ("FIRST_OBSERVED_AT", "DESC"),
        Order::Oldest => ("FIRST_OBSERVED_AT", "ASC"),
    };
    let input = json!({
        "maxResults": arguments.limit.clamp(1, 100),
        "filterCriteria": criteria,
        "sortCriteria": {"field": field, "sortOrder": order},
    });
    let (found, more) = server.pages(
        "/lynkeus/v1/findings/list",
        input,
        "findings",
        arguments.limit,
    )?;
    output::to_file_or_stdout(None, &mut |out| match arguments.output {
        AnswerFormat::Json => output::pretty_json(out, &found),
        AnswerFormat::Table => {
            table(&found, out)?;
            if more {
                writeln!(
                    out,
                    "\nThere are more: see --limit and the options that filter."
                )?;
            }
            Ok(())
        }
    })?;
    Ok(true)
}

/// Findings as rows.
pub(super) fn table(findings: &[Value], out: &mut dyn Write) -> std::io::Result<()> {
    if findings.is_empty() {
        return writeln!(out, "There are no such findings.");
    }
    let columns = [
        Column("SEVERITY", false),
        Column("SCORE", false),
        Column("RISK", false),
        Column("VULNERABILITY", true),
        Column("PACKAGES", true),
        Column("FIXED IN", true),
        Column("RESOURCE", true),
        Column("STATUS", false),
        Column("FINDING", false),
    ];
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    let grid = Grid {
        columns: &columns,
        rows: &rows,
    };
    grid.write(Terminal::of_stdout(), out)
}

fn row(finding: &Value) -> Vec<String> {
    let text = |pointer: &str| {
        let text = finding.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let packages = finding.pointer("/packageVulnerabilityDetails/vulnerablePackages");
    let packages = packages.and_then(Value::as_array);
    let of_packages = |member: &str| {
        let values = packages.into_iter().flatten();
        let values = values.filter_map(|package| package.get(member)?.as_str());
        let mut values: Vec<&str> = values.collect();
        values.dedup();
        values.join(", ")
    };
    let named = text("/packageVulnerabilityDetails/vulnerabilityId");
    let resource = text("/resources/0/id");
    let arn = text("/findingArn");
    let score = finding.get("inspectorScore").and_then(Value::as_f64);
    let risk = finding.pointer("/risk/rank");
    vec![
        text("/severity"),
        score.map_or_else(String::new, |score| format!("{score:.1}")),
        risk.map_or_else(String::new, ToString::to_string),
        if named.is_empty() {
            text("/title")
        } else {
            named
        },
        of_packages("name"),
        of_packages("fixedInVersion").replace("NotAvailable", "–"),
        short_resource(&resource).to_owned(),
        text("/status"),
        arn.rsplit('/')
            .next()
            .unwrap_or_default()
            .chars()
            .take(12)
            .collect(),
    ]
}

/// What tells resources of an account apart: of an ARN its last part.
pub(super) fn short_resource(id: &str) -> &str {
    let last = id.splitn(6, ':').last().unwrap_or_default();
    last.strip_prefix("repository/").unwrap_or(last)
}

/// The criteria that options mean.
pub(super) fn criteria(matching: &Matching) -> Result<Value> {
    let mut criteria = match &matching.criteria {
        None => Value::Object(Map::new()),
        Some(given) => {
            let text = match given.strip_prefix('@') {
                Some(path) => fs::read_to_string(path).with_context(|| format!("read {path}"))?,
                None => given.clone(),
            };
            serde_json::from_str(&text).context("--criteria: expected JSON")?
        }
    };
    if !criteria.is_object() {
        bail!("--criteria: expected a JSON object");
    }
    let members: [(&str, &[String], bool); 7] = [
        ("severity", &matching.severity, true),
        ("resourceId", &matching.resource, false),
        ("resourceType", &matching.resource_type, true),
        ("vulnerabilityId", &matching.vulnerability, false),
        ("ecrImageRepositoryName", &matching.repository, false),
        ("ecrImageTags", &matching.image_tag, false),
        ("findingType", &matching.kind, true),
    ];
    for (name, values, is_word) in members {
        add(&mut criteria, name, values, is_word);
    }
    if matching.fixable {
        let both = ["YES".to_owned(), "PARTIAL".to_owned()];
        add(&mut criteria, "fixAvailable", &both, true);
    }
    if matching.exploited {
        add(&mut criteria, "exploitAvailable", &["YES".to_owned()], true);
    }
    if !matching.package.is_empty() {
        let names = matching.package.iter();
        let names: Vec<Value> = names.map(|name| json!({"name": entry(name)})).collect();
        output::set(&mut criteria, "vulnerablePackages", names.into());
    }
    Ok(criteria)
}

/// Adds a member with these values; words of closed sets are in upper case on the wire.
pub(super) fn add(criteria: &mut Value, name: &str, values: &[String], is_word: bool) {
    if values.is_empty() {
        return;
    }
    let entries = values.iter().map(|value| {
        if is_word {
            entry(&value.to_uppercase().replace('-', "_"))
        } else {
            entry(value)
        }
    });
    output::set(criteria, name, entries.collect());
}

/// A condition: `*` at the end stands for any ending, `!` before it for all others.
fn entry(value: &str) -> Value {
    if let Some(prefix) = value.strip_suffix('*') {
        return json!({"comparison": "PREFIX", "value": prefix});
    }
    match value.strip_prefix('!') {
        Some(other) => json!({"comparison": "NOT_EQUALS", "value": other}),
        None => json!({"comparison": "EQUALS", "value": value}),
    }
}
