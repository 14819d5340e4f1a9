//! `lynkeus vex`: documents that say which findings of a running service do not count.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::{
    cli::Cli,
    cli_up::{Vex, VexCommand},
    web::{Server, encoded},
};

/// Where documents are sent.
const PATH: &str = "/lynkeus/v1/vex";

/// Carries out a subcommand.
pub(crate) fn run(cli: &Cli, arguments: &Vex) -> Result<bool> {
    let (VexCommand::Add { server, .. }
    | VexCommand::List { server }
    | VexCommand::Remove { server, .. }) = &arguments.command;
    let server = Server::find(cli, server)?;
    let ask = |path: &str, query: &str, body: &[u8]| -> Result<Value> {
        let text = server.post(path, query, "application/json", body)?;
        serde_json::from_str(&text).context("the server answers no JSON")
    };
    let text = match &arguments.command {
        VexCommand::Add { file, .. } => {
            let body = fs::read(file).with_context(|| format!("read {}", file.display()))?;
            let name = file.file_name().unwrap_or(file.as_os_str());
            let query = format!("name={}", encoded(&name.to_string_lossy()));
            added(file, &ask(PATH, &query, &body)?)
        }
        VexCommand::List { .. } => listed(&ask(&format!("{PATH}/list"), "", b"")?),
        VexCommand::Remove { id, .. } => {
            let query = format!("id={}", encoded(id));
            let answer = ask(&format!("{PATH}/remove"), &query, b"")?;
            format!("{} findings changed\n", number(&answer, "changed"))
        }
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .context("write to standard output")?;
    Ok(true)
}

fn number(of: &Value, name: &str) -> i64 {
    of.get(name).and_then(Value::as_i64).unwrap_or(0)
}

fn word<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn items<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    of.get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn added(file: &Path, answer: &Value) -> String {
    let mut lines = vec![format!(
        "{} is document {}: {} findings changed",
        file.display(),
        word(answer, "id"),
        number(answer, "changed"),
    )];
    let problems = items(answer, "problems").iter();
    let problems = problems.filter_map(Value::as_str);
    lines.extend(problems.map(|problem| format!("  problem: {problem}")));
    lines.extend(statements(answer));
    text(&lines)
}

fn listed(answer: &Value) -> String {
    let mut lines = Vec::new();
    for document in items(answer, "documents") {
        lines.push(format!(
            "{}  {} by {}",
            word(document, "id"),
            word(document, "name"),
            word(document, "author"),
        ));
        lines.push(added_line(document));
        lines.extend(statements(document));
    }
    if lines.is_empty() {
        lines.push("no document".to_owned());
    }
    text(&lines)
}

/// When a document was added and by whom; of older ones only the time is known.
fn added_line(document: &Value) -> String {
    let when = word(document, "addedAt");
    match document.get("addedBy").filter(|by| !by.is_null()) {
        Some(by) => format!(
            "  added {when} by {} with key {}",
            word(by, "principal"),
            word(by, "accessKeyId"),
        ),
        None => format!("  added {when}"),
    }
}

fn text(lines: &[String]) -> String {
    lines.join("\n") + "\n"
}

/// A line for each statement, with what it does.
fn statements(document: &Value) -> Vec<String> {
    let line = |statement: &Value| {
        let id = items(statement, "vulnerabilities").first();
        let (findings, hides) = (number(statement, "findings"), number(statement, "hides"));
        let effect = if findings == 0 {
            "matches nothing".to_owned()
        } else {
            format!("hides {hides} of {findings} findings")
        };
        format!(
            "  {}: {}, {effect}",
            id.and_then(Value::as_str).unwrap_or_default(),
            word(statement, "status").replace('_', " "),
        )
    };
    items(document, "statements").iter().map(line).collect()
}
