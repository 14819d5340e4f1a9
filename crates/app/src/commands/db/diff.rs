//! `lynkeus db diff`: what a new database answers differently.

use std::path::{Path, PathBuf};

use advisory::database::{Change, Database, Difference, diff};
use anyhow::{Context as _, Result, bail};
use serde::Serialize;
use sources::generations;
use sources::mapped::Mapped;

use crate::{
    cli_db::{Diff, Output},
    database,
};

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    old: String,
    new: String,
    names: Vec<PackageChange<'a>>,
    vulnerabilities: Vec<Vulnerability<'a>>,
}

#[derive(Serialize)]
struct PackageChange<'a> {
    ecosystem: &'a str,
    name: &'a str,
    change: &'static str,
}

#[derive(Serialize)]
struct Vulnerability<'a> {
    id: &'a str,
    change: &'static str,
}

pub(super) fn run(data_dir: &Path, arguments: &Diff) -> Result<bool> {
    let old = open(data_dir, &arguments.old)?;
    let new = open(data_dir, &arguments.new)?;
    let difference = diff(&old, &new);
    match arguments.output {
        Output::Json => super::print_json(&document(&old, &new, &difference))?,
        Output::Table => table(&difference)?,
    }
    Ok(true)
}

fn document<'a>(
    old: &Database<Mapped>,
    new: &Database<Mapped>,
    difference: &'a Difference,
) -> Document<'a> {
    Document {
        schema: "lynkeus-db-diff/1",
        old: old.digest(),
        new: new.digest(),
        names: difference
            .names
            .iter()
            .map(|changed| PackageChange {
                ecosystem: &changed.namespace,
                name: &changed.name,
                change: word(changed.change),
            })
            .collect(),
        vulnerabilities: difference
            .vulnerabilities
            .iter()
            .map(|(id, change)| Vulnerability {
                id,
                change: word(*change),
            })
            .collect(),
    }
}

fn table(difference: &Difference) -> Result<()> {
    super::print(|out| {
        for changed in &difference.names {
            let word = word(changed.change);
            writeln!(out, "{word:8} {} {}", changed.namespace, changed.name)?;
        }
        writeln!(
            out,
            "{} package names are answered differently; the facts of {} vulnerabilities changed",
            difference.names.len(),
            difference.vulnerabilities.len(),
        )
    })
}

const fn word(change: Change) -> &'static str {
    match change {
        Change::Added => "added",
        Change::Removed => "removed",
        Change::Changed => "changed",
    }
}

/// A database by file, by place in time, or by the beginning of its digest.
fn open(data_dir: &Path, named: &str) -> Result<Database<Mapped>> {
    let path = Path::new(named);
    let path = if path.is_file() {
        path.to_owned()
    } else {
        generation(data_dir, named)?
    };
    generations::open(&path).with_context(|| format!("open {named}"))
}

fn generation(data_dir: &Path, named: &str) -> Result<PathBuf> {
    let generations = database::generations(data_dir);
    let current = generations.current_path()?;
    let kept = generations.list()?;
    let found = match named {
        "current" => current,
        "previous" => kept.into_iter().find(|path| Some(path) != current.as_ref()),
        _ if named.len() >= 4 => kept.into_iter().find(|path| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with(named))
        }),
        _ => None,
    };
    match found {
        Some(path) => Ok(path),
        None => bail!("{named} is neither a file nor one of the databases that are kept"),
    }
}
