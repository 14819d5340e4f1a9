//! `lynkeus coverage`: what a running service covers, and how well.

use anyhow::Result;
use serde_json::{Value, json};

use super::findings::{add, short_resource};
use crate::{
    cli::Cli,
    cli_ask::{AnswerFormat, Coverage},
    output::{
        self, Terminal,
        grid::{Column, Grid},
    },
    web::Server,
};

/// Lists or counts.
pub(crate) fn run(cli: &Cli, arguments: &Coverage) -> Result<bool> {
    let server = Server::find(cli, &arguments.server)?;
    let mut criteria = json!({});
    add(&mut criteria, "resourceId", &arguments.resource, false);
    add(
        &mut criteria,
        "resourceType",
        &arguments.resource_type,
        true,
    );
    add(&mut criteria, "scanStatusCode", &arguments.status, true);
    add(&mut criteria, "scanStatusReason", &arguments.reason, true);
    add(
        &mut criteria,
        "ecrRepositoryName",
        &arguments.repository,
        false,
    );
    match &arguments.by {
        Some(key) => count(&server, &criteria, key, arguments.output),
        None => list(&server, &criteria, arguments),
    }
}

fn count(server: &Server, criteria: &Value, key: &str, format: AnswerFormat) -> Result<bool> {
    let key = key.to_uppercase().replace('-', "_");
    let input = json!({"filterCriteria": criteria, "groupBy": key});
    let counted = server.call("/lynkeus/v1/coverage/statistics", &input)?;
    output::to_file_or_stdout(None, &mut |out| {
        if format == AnswerFormat::Json {
            return output::pretty_json(out, &counted);
        }
        let groups = counted.get("countsByGroup").and_then(Value::as_array);
        let mut rows: Vec<Vec<String>> = Vec::new();
        for group in groups.into_iter().flatten() {
            let value = group.get("value").and_then(Value::as_str);
            let count = group.get("count").and_then(Value::as_i64);
            rows.push(vec![
                value.unwrap_or_default().to_owned(),
                count.unwrap_or_default().to_string(),
            ]);
        }
        let total = counted.get("totalCounts").and_then(Value::as_i64);
        rows.push(vec![
            "total".to_owned(),
            total.unwrap_or_default().to_string(),
        ]);
        let grid = Grid {
            columns: &[Column("VALUE", true), Column("ROWS", false)],
            rows: &rows,
        };
        grid.write(Terminal::of_stdout(), out)
    })?;
    Ok(true)
}

fn list(server: &Server, criteria: &Value, arguments: &Coverage) -> Result<bool> {
    let input = json!({
        "maxResults": arguments.limit.clamp(1, 200),
        "filterCriteria": criteria,
    });
    let (rows, more) =
        server.pages("/coverage/list", input, "coveredResources", arguments.limit)?;
    output::to_file_or_stdout(None, &mut |out| {
        if arguments.output == AnswerFormat::Json {
            return output::pretty_json(out, &rows);
        }
        if rows.is_empty() {
            return writeln!(out, "Nothing of this kind is covered.");
        }
        let shown: Vec<Vec<String>> = rows.iter().map(row).collect();
        let grid = Grid {
            columns: &[
                Column("RESOURCE", true),
                Column("TYPE", true),
                Column("SCAN", false),
                Column("STATUS", false),
                Column("REASON", true),
                Column("LAST SCAN", false),
            ],
            rows: &shown,
        };
        grid.write(Terminal::of_stdout(), out)?;
        if more {
            writeln!(
                out,
                "\nThere are more: see --limit and the options that filter."
            )?;
        }
        Ok(())
    })?;
    Ok(true)
}

fn row(covered: &Value) -> Vec<String> {
    let text = |pointer: &str| {
        let text = covered.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let seconds = covered.get("lastScannedAt").and_then(Value::as_f64);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "seconds of a server's clock, cut to whole ones"
    )]
    let scanned = seconds.and_then(|s| jiff::Timestamp::from_second(s as i64).ok());
    vec![
        short_resource(&text("/resourceId")).to_owned(),
        text("/resourceType"),
        text("/scanType"),
        text("/scanStatus/statusCode"),
        text("/scanStatus/reason"),
        scanned.map_or_else(|| "never".to_owned(), |scanned| scanned.to_string()),
    ]
}
