//! `lynkeus db status`: where the database came from and how old each part is.

use std::path::Path;

use advisory::database::{FeedState, FeedStatus};
use anyhow::Result;
use model::Timestamp;
use serde::Serialize;

use crate::{
    cli_db::{Output, Status},
    clock,
    database::{self, Opened},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    schema: &'static str,
    digest: String,
    starter: bool,
    built: String,
    /// When an update last found that the database is what its feeds say.
    checked: Option<String>,
    age_seconds: i64,
    bytes: u64,
    vulnerabilities: u32,
    advisories: u32,
    ecosystems: Vec<Ecosystem>,
    feeds: Vec<Feed>,
    last_failed_update: Option<Attempt>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ecosystem {
    name: String,
    names: u32,
    statements: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Feed {
    name: String,
    publisher: String,
    license: String,
    url: String,
    fetched: Option<String>,
    data_date: Option<String>,
    documents: u64,
    records: u64,
    problems: u64,
    problem_samples: Vec<String>,
    state: &'static str,
    reason: Option<String>,
    digest: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Attempt {
    time: String,
    failures: Vec<Feed>,
}

pub(super) fn run(data_dir: &Path, arguments: &Status) -> Result<bool> {
    let opened = database::open(data_dir, arguments.db.as_deref())?;
    let attempt = match &arguments.db {
        Some(_) => None,
        None => database::generations(data_dir).last_attempt()?,
    };
    let attempt = attempt.map(|attempt| (attempt.built(), failed(attempt.feeds())));
    match arguments.output {
        Output::Json => super::print_json(&document(&opened, attempt))?,
        Output::Table => table(&opened, attempt)?,
    }
    Ok(true)
}

/// Says on standard error which feeds failed and why.
pub(super) fn failures(statuses: &[FeedStatus]) {
    for status in statuses {
        if let FeedState::Failed(reason) = &status.state {
            eprintln!("{}: {reason}", status.name);
        }
    }
}

fn failed(feeds: Vec<FeedStatus>) -> Vec<FeedStatus> {
    let is_failed = |feed: &FeedStatus| matches!(feed.state, FeedState::Failed(_));
    feeds.into_iter().filter(is_failed).collect()
}

fn document(opened: &Opened, attempt: Option<(Timestamp, Vec<FeedStatus>)>) -> Document {
    let records = &opened.records;
    Document {
        schema: "lynkeus-db-status/1",
        digest: records.digest(),
        starter: opened.is_starter,
        built: records.built().to_string(),
        checked: opened.checked.map(|time| time.to_string()),
        age_seconds: clock::now().as_second() - records.built().as_second(),
        bytes: records.size(),
        vulnerabilities: records.vulnerability_count(),
        advisories: records.advisory_count(),
        ecosystems: records
            .namespaces()
            .map(|summary| Ecosystem {
                name: summary.namespace.to_owned(),
                names: summary.names,
                statements: summary.statements,
            })
            .collect(),
        feeds: records.feeds().into_iter().map(feed).collect(),
        last_failed_update: attempt.map(|(time, failures)| Attempt {
            time: time.to_string(),
            failures: failures.into_iter().map(feed).collect(),
        }),
    }
}

fn feed(status: FeedStatus) -> Feed {
    let (state, reason) = state(&status.state);
    Feed {
        name: status.name,
        publisher: status.publisher,
        license: status.license,
        url: status.url,
        fetched: status.fetched.map(|time| time.to_string()),
        data_date: status.data_date.map(|time| time.to_string()),
        documents: status.documents,
        records: status.records,
        problems: status.problems,
        problem_samples: status
            .problem_samples
            .iter()
            .map(ToString::to_string)
            .collect(),
        state,
        reason,
        digest: status.digest,
    }
}

fn state(state: &FeedState) -> (&'static str, Option<String>) {
    match state {
        FeedState::Ok => ("ok", None),
        FeedState::Stale => ("stale", None),
        FeedState::Failed(reason) => ("failed", Some(reason.clone())),
    }
}

fn table(opened: &Opened, attempt: Option<(Timestamp, Vec<FeedStatus>)>) -> Result<()> {
    let records = &opened.records;
    let now = clock::now();
    super::print(|out| {
        let starter = if opened.is_starter {
            "  (the starter that comes with the program: run `lynkeus db update`)"
        } else {
            ""
        };
        writeln!(out, "digest  {}{starter}", records.digest())?;
        writeln!(
            out,
            "built   {} ({})",
            records.built(),
            super::age(records.built(), now)
        )?;
        if let Some(checked) = opened.checked {
            let age = super::age(checked, now);
            writeln!(out, "checked {checked} ({age}): this is what the feeds say")?;
        }
        writeln!(
            out,
            "holds   {} vulnerabilities, {} advisories, {} ecosystems and releases, {} bytes\n",
            records.vulnerability_count(),
            records.advisory_count(),
            records.namespaces().count(),
            records.size(),
        )?;
        writeln!(
            out,
            "{:<22} {:<6} {:<10} {:<10} {:>9} {:>9} {:>8}  publisher",
            "feed", "state", "newest", "fetched", "documents", "records", "problems",
        )?;
        for feed in records.feeds() {
            let (state, reason) = state(&feed.state);
            writeln!(
                out,
                "{:<22} {state:<6} {:<10} {:<10} {:>9} {:>9} {:>8}  {}",
                feed.name,
                super::day(feed.data_date),
                super::day(feed.fetched),
                feed.documents,
                feed.records,
                feed.problems,
                feed.publisher,
            )?;
            if let Some(reason) = reason {
                writeln!(out, "    {reason}")?;
            }
        }
        if let Some((time, failures)) = attempt {
            writeln!(
                out,
                "\nthe last update failed {}, so the database above stayed:",
                super::age(time, now)
            )?;
            for feed in failures {
                let reason = state(&feed.state).1.unwrap_or_default();
                writeln!(out, "    {}: {reason}", feed.name)?;
            }
        }
        Ok(())
    })
}
