//! `lynkeus filters`: suppression rules and saved views of a running service.

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::findings::{criteria, table};
use crate::{
    cli::Cli,
    cli_ask::{AnswerFormat, CreateFilter, Filters, FiltersCommand, Matching},
    output::{
        self, Terminal,
        grid::{Column, Grid},
    },
    web::Server,
};

/// More filters than an account may have.
const ALL: usize = 100_000;

/// Does what the command says.
pub(crate) fn run(cli: &Cli, arguments: &Filters) -> Result<bool> {
    let server = Server::find(cli, &arguments.server)?;
    let format = arguments.output;
    match &arguments.command {
        FiltersCommand::List => list(&server, format),
        FiltersCommand::Preview {
            matching,
            until_fixed,
        } => preview(&server, matching, *until_fixed, format),
        FiltersCommand::Create(filter) => create(&server, filter, format),
        FiltersCommand::Delete { filter } => delete(&server, filter, format),
    }
}

fn all(server: &Server) -> Result<Vec<Value>> {
    let input = json!({"maxResults": 100});
    Ok(server.pages("/filters/list", input, "filters", ALL)?.0)
}

fn list(server: &Server, format: AnswerFormat) -> Result<bool> {
    let filters = all(server)?;
    output::to_file_or_stdout(None, &mut |out| {
        if format == AnswerFormat::Json {
            return output::pretty_json(out, &filters);
        }
        if filters.is_empty() {
            return writeln!(out, "There are no filters.");
        }
        let rows: Vec<Vec<String>> = filters.iter().map(row).collect();
        let grid = Grid {
            columns: &[
                Column("NAME", true),
                Column("ACTION", false),
                Column("CRITERIA", true),
                Column("REASON", true),
            ],
            rows: &rows,
        };
        grid.write(Terminal::of_stdout(), out)
    })?;
    Ok(true)
}

fn row(filter: &Value) -> Vec<String> {
    let text = |name: &str| {
        let text = filter.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let criteria = filter.get("criteria").map(Value::to_string);
    vec![
        text("name"),
        text("action"),
        criteria.unwrap_or_default(),
        text("reason"),
    ]
}

fn preview(
    server: &Server,
    matching: &Matching,
    until_fixed: bool,
    format: AnswerFormat,
) -> Result<bool> {
    let input = json!({"filterCriteria": criteria(matching)?, "untilFixed": until_fixed});
    let told = server.call("/lynkeus/v1/filters/preview", &input)?;
    output::to_file_or_stdout(None, &mut |out| {
        if format == AnswerFormat::Json {
            return output::pretty_json(out, &told);
        }
        let count = |name: &str| told.get(name).and_then(Value::as_i64).unwrap_or_default();
        writeln!(
            out,
            "The rule would hide {} active findings; {} that it matches are hidden already.",
            count("hides"),
            count("hidden")
        )?;
        match told.get("first").and_then(Value::as_array) {
            Some(first) if !first.is_empty() => {
                writeln!(out)?;
                table(first, out)
            }
            _ => Ok(()),
        }
    })?;
    Ok(true)
}

fn create(server: &Server, filter: &CreateFilter, format: AnswerFormat) -> Result<bool> {
    let criteria = criteria(&filter.matching)?;
    if !filter.view && criteria.as_object().is_some_and(serde_json::Map::is_empty) {
        bail!("a rule without criteria would hide everything: say what it is about");
    }
    let expires = filter.expires.as_deref().map(time).transpose()?;
    let mut input = json!({
        "name": filter.name,
        "action": if filter.view { "NONE" } else { "SUPPRESS" },
        "filterCriteria": criteria,
    });
    for (name, text) in [
        ("reason", &filter.reason),
        ("description", &filter.description),
    ] {
        if let Some(text) = text {
            output::set(&mut input, name, text.as_str().into());
        }
    }
    let limited = expires.is_some() || filter.until_fixed;
    if limited {
        // A rule that should end must not hold without its end, not even for a moment.
        output::set(&mut input, "action", "NONE".into());
    }
    let created = server.call("/filters/create", &input)?;
    let arn = created.get("arn").and_then(Value::as_str);
    let arn = arn.context("the server names no ARN")?;
    if limited {
        let mut life = json!({"arn": arn, "untilFixed": filter.until_fixed});
        if let Some(expires) = expires {
            output::set(&mut life, "expiresAt", expires.into());
        }
        server.call("/lynkeus/v1/filters/lifetime", &life)?;
        server.call(
            "/filters/update",
            &json!({"filterArn": arn, "action": "SUPPRESS"}),
        )?;
    }
    say(arn, format)
}

/// A day, which begins in UTC, or a moment.
fn time(text: &str) -> Result<String> {
    let day: Option<jiff::civil::Date> = text.parse().ok();
    let moment = match day.filter(|_| text.len() == 10) {
        Some(_) => format!("{text}T00:00:00Z"),
        None => text.to_owned(),
    };
    let parsed: jiff::Timestamp = moment
        .parse()
        .context("--expires: expected 2026-12-31 or 2026-12-31T12:00:00Z")?;
    Ok(parsed.to_string())
}

fn delete(server: &Server, filter: &str, format: AnswerFormat) -> Result<bool> {
    let arn = if filter.starts_with("arn:") {
        filter.to_owned()
    } else {
        let known = all(server)?;
        let named = known
            .iter()
            .find(|one| one.get("name").and_then(Value::as_str) == Some(filter));
        let arn = named.and_then(|one| one.get("arn")?.as_str());
        arn.with_context(|| format!("there is no filter {filter}"))?
            .to_owned()
    };
    server.call("/filters/delete", &json!({"arn": arn}))?;
    say(&arn, format)
}

fn say(arn: &str, format: AnswerFormat) -> Result<bool> {
    output::to_file_or_stdout(None, &mut |out| match format {
        AnswerFormat::Json => output::pretty_json(out, &json!({"arn": arn})),
        AnswerFormat::Table => writeln!(out, "{arn}"),
    })?;
    Ok(true)
}
