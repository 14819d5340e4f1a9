//! `lynkeus db`: builds, compares, shows and moves advisory databases.

mod build;
mod diff;
mod show;
mod status;
mod transfer;
mod update;

use std::{
    io::{self, BufWriter, Write},
    path::Path,
};

use anyhow::{Context as _, Result};
use model::Timestamp;
use serde::Serialize;

use crate::{
    cli::Cli,
    cli_db::{Db, DbCommand, Network, Selection, Update},
    config,
};

/// Carries out a subcommand; false if what was asked for is not there.
pub(crate) fn run(cli: &Cli, arguments: &Db) -> Result<bool> {
    let data_dir = config::data_dir(cli.data_dir.as_deref())?;
    match &arguments.command {
        DbCommand::Update(arguments) => update::run(&data_dir, arguments),
        DbCommand::Build(arguments) => build::run(&data_dir, arguments),
        DbCommand::Status(arguments) => status::run(&data_dir, arguments),
        DbCommand::Diff(arguments) => diff::run(&data_dir, arguments),
        DbCommand::Show(arguments) => show::run(&data_dir, arguments),
        DbCommand::Export(arguments) => transfer::export(&data_dir, &arguments.file),
        DbCommand::Import(arguments) => transfer::import(&data_dir, &arguments.file),
        DbCommand::Push(arguments) => transfer::push(&data_dir, arguments),
        DbCommand::Pull(arguments) => {
            transfer::pull(&data_dir, &arguments.reference, &arguments.network)
        }
    }
}

/// Updates the database as `lynkeus db update` does; what was there stays if that fails.
pub(crate) fn update(
    data_dir: &Path,
    from: Option<&str>,
    feeds: &[String],
    partial: bool,
) -> Result<()> {
    let arguments = Update {
        from: from.map(str::to_owned),
        selection: Selection {
            feeds: feeds.to_vec(),
            partial,
        },
        network: Network {
            insecure_registry: Vec::new(),
            attempts: 5,
        },
    };
    update::run(data_dir, &arguments).map(drop)
}

/// Writes an answer to standard output.
fn print(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        // The reader has seen enough (`| head`).
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("write to standard output"),
    }
}

fn print_json(document: &impl Serialize) -> Result<()> {
    print(|out| {
        serde_json::to_writer_pretty(&mut *out, document)?;
        writeln!(out)
    })
}

/// The day of a moment, or a dash.
fn day(time: Option<Timestamp>) -> String {
    time.map_or_else(
        || "-".to_owned(),
        |time| time.strftime("%Y-%m-%d").to_string(),
    )
}

/// How long ago something was, in the largest unit that says it.
fn age(then: Timestamp, now: Timestamp) -> String {
    let seconds = now.as_second() - then.as_second();
    let (count, unit) = match seconds {
        i64::MIN..60 => return "just now".to_owned(),
        60..3_600 => (seconds / 60, "minute"),
        3_600..86_400 => (seconds / 3_600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} ago")
}
