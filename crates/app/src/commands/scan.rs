//! `lynkeus scan`: a target in, a report out.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    time::Instant,
};

use anyhow::{Context as _, Result, bail};
use model::VexStatement;

use crate::{
    cli::{Cli, Scan},
    clock, config, database, ignore_file, output,
    output::Terminal,
    pipeline::{self, Decisions},
    report::Report,
    target,
};

/// Scans and writes; false if something is at or over the threshold.
pub(crate) fn run(cli: &Cli, arguments: &Scan) -> Result<bool> {
    let started = Instant::now();
    let data_dir = config::data_dir(cli.data_dir.as_deref())?;
    let database = database::open(&data_dir, arguments.db.as_deref())?;
    let scanned = target::scan(&arguments.target, &data_dir)?;
    let decisions = Decisions {
        declared: arguments.declared || scanned.is_project,
        only_fixed: arguments.only_fixed,
        ignore: ignore_rules(arguments.ignore_file.as_deref())?,
        vex: vex_statements(&arguments.vex)?,
    };
    let summary = database.summary();
    let mut report = pipeline::report(
        scanned.target,
        scanned.inventory,
        &database.records,
        summary,
        &decisions,
        clock::now(),
    );
    report.elapsed = started.elapsed();
    let found = write(arguments, &report)?;
    let over = arguments
        .fail_on
        .is_some_and(|severity| report.at_least(severity) > 0);
    Ok(found && !over)
}

fn ignore_rules(given: Option<&Path>) -> Result<Vec<findings::suppress::IgnoreRule>> {
    match given {
        Some(path) => ignore_file::read(path),
        None if Path::new(ignore_file::DEFAULT).is_file() => {
            ignore_file::read(Path::new(ignore_file::DEFAULT))
        }
        None => Ok(Vec::new()),
    }
}

/// The statements of every document; a document that cannot be read whole is an error, since a
/// missing statement would change the result without a word.
fn vex_statements(paths: &[PathBuf]) -> Result<Vec<VexStatement>> {
    let mut statements = Vec::new();
    for path in paths {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("open the VEX document {name}"))?;
        let read = advisory::vex::read(&name, &mut BufReader::new(file));
        if let Some(problem) = read.problems.first() {
            bail!("read the VEX document {problem}");
        }
        statements.extend(read.statements);
    }
    Ok(statements)
}

/// Writes the report or the explanation; false if what should be explained was not found.
fn write(arguments: &Scan, report: &Report) -> Result<bool> {
    let Some(path) = &arguments.output_file else {
        let mut out = BufWriter::new(io::stdout().lock());
        let written = write_to(arguments, report, Terminal::of_stdout(), &mut out);
        return match written.and_then(|found| out.flush().map(|()| found)) {
            // The reader has seen enough (`| head`).
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(true),
            other => other.context("write to standard output"),
        };
    };
    let write = || -> io::Result<bool> {
        let mut out = BufWriter::new(File::create(path)?);
        let found = write_to(arguments, report, Terminal::plain(), &mut out)?;
        out.flush()?;
        Ok(found)
    };
    write().with_context(|| format!("write {}", path.display()))
}

fn write_to(
    arguments: &Scan,
    report: &Report,
    terminal: Terminal,
    out: &mut dyn Write,
) -> io::Result<bool> {
    match &arguments.explain {
        Some(id) => output::explain(report, id, out),
        None => output::write(report, arguments.output, terminal, out).map(|()| true),
    }
}
