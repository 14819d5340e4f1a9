//! The command line of `lynkeus db`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Db {
    #[command(subcommand)]
    pub(crate) command: DbCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Fetch what changed at the publishers, or at a mirror, and make a new database of it.
    Update(Update),
    /// Compile the feeds in a mirror directory.
    Build(Build),
    /// Say what the database holds and how old each feed is.
    Status(Status),
    /// Say for which packages another database gives another answer.
    Diff(Diff),
    /// Say all that is known of a vulnerability or an advisory.
    Show(Show),
    /// Write the current database to a file, to carry it elsewhere.
    Export(Export),
    /// Make the database in a file the current one.
    Import(Import),
    /// Put the current database into a registry.
    Push(Remote),
    /// Make a database in a registry the current one.
    Pull(Remote),
}

#[derive(Debug, Args)]
pub(crate) struct Update {
    /// A mirror instead of the publishers: a directory, an http(s) URL below which files lie as
    /// in a mirror directory or that names a database file, or `oci://REFERENCE`.
    #[arg(long, value_name = "MIRROR")]
    pub(crate) from: Option<String>,
    #[command(flatten)]
    pub(crate) selection: Selection,
    #[command(flatten)]
    pub(crate) network: Network,
}

#[derive(Debug, Args)]
pub(crate) struct Remote {
    /// registry/repository:tag
    pub(crate) reference: String,
    #[command(flatten)]
    pub(crate) network: Network,
}

/// How the network is reached.
#[derive(Debug, Args)]
pub(crate) struct Network {
    /// Speak to this registry (host:port) without encryption; those on this machine are anyway
    /// (may be repeated).
    #[arg(long, value_name = "REGISTRY")]
    pub(crate) insecure_registry: Vec<String>,
    /// Attempts before the network is given up.
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) attempts: u32,
}

#[derive(Debug, Args)]
pub(crate) struct Build {
    /// Directory with the publishers' files.
    #[arg(value_name = "DIR")]
    pub(crate) mirror: PathBuf,
    /// Write to a file (packed if it ends in .zst) instead of making it the current database.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Leave out publishers' words, and scores of what no advisory names.
    #[arg(long)]
    pub(crate) starter: bool,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Files or directories of the mirror to leave out, as their paths begin (may be repeated).
    #[arg(long, value_name = "PATH")]
    pub(crate) exclude: Vec<String>,
}

/// Which feeds, and what becomes of failed ones.
#[derive(Debug, Args)]
pub(crate) struct Selection {
    /// Only these feeds, by name.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) feeds: Vec<String>,
    /// Use the database even if a feed is missing or damaged.
    #[arg(long)]
    pub(crate) partial: bool,
}

#[derive(Debug, Args)]
pub(crate) struct Status {
    /// Use this compiled advisory database.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Diff {
    /// A file, `current`, `previous`, or the beginning of a digest.
    pub(crate) old: String,
    /// Likewise.
    pub(crate) new: String,
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// CVE-…, GHSA-…, DSA-… or any other id.
    pub(crate) id: String,
    /// Use this compiled advisory database.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    #[arg(short, long, value_enum, default_value_t)]
    pub(crate) output: Output,
}

#[derive(Debug, Args)]
pub(crate) struct Export {
    /// Where to write; packed if it ends in .zst.
    pub(crate) file: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Import {
    /// A file that `export` or `build` wrote.
    pub(crate) file: PathBuf,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Output {
    /// For a terminal.
    #[default]
    Table,
    /// For programs.
    Json,
}
