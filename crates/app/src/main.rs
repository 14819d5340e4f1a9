//! The `lynkeus` command.
#![expect(clippy::print_stderr, reason = "a command line tool talks")]

mod cli;
mod cli_ask;
mod cli_db;
mod cli_network;
mod cli_up;
mod clock;
mod commands;
mod config;
mod configuration;
mod credentials;
mod database;
mod ignore_file;
mod master;
mod network;
mod output;
mod pipeline;
mod progress;
mod report;
mod service;
mod starter;
mod target;
mod web;

use std::process::ExitCode;

use clap::Parser as _;
use cli::{Cli, Command};

/// Nothing found, or nothing over the threshold.
const CLEAN: u8 = 0;
/// A vulnerability is at or over `--fail-on`.
const OVER_THRESHOLD: u8 = 1;
/// The target could not be scanned, or the command could not be carried out.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let result = match &cli.command {
        Command::Sbom(arguments) => commands::sbom::run(&cli, arguments),
        Command::Scan(arguments) => commands::scan::run(&cli, arguments),
        Command::Support => commands::support::run(),
        Command::Network(arguments) => commands::reachability::run(arguments),
        Command::Db(arguments) => commands::db::run(&cli, arguments),
        Command::Up(arguments) => commands::up::run(&cli, arguments),
        Command::Key(arguments) => commands::key::run(&cli, arguments),
        Command::Vex(arguments) => commands::vex::run(&cli, arguments),
        Command::Submit(arguments) => commands::submit::run(&cli, arguments),
        Command::Findings(arguments) => commands::findings::run(&cli, arguments),
        Command::Filters(arguments) => commands::filters::run(&cli, arguments),
        Command::Coverage(arguments) => commands::coverage::run(&cli, arguments),
        Command::Explain(arguments) => commands::explain::run(&cli, arguments),
    };
    match result {
        Ok(true) => ExitCode::from(CLEAN),
        Ok(false) => ExitCode::from(OVER_THRESHOLD),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(FAILED)
        }
    }
}
