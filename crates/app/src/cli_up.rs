//! The part of the command line that is about the service.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};

use crate::{cli::TargetArguments, web::ServerArguments};

/// Start the service.
#[derive(Debug, Args)]
pub(crate) struct Up {
    /// The address at which the API listens; 127.0.0.1:8080 by default.
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) listen: Option<SocketAddr>,
    /// A file with more to set: `lynkeus.example.toml` shows all of it.
    #[arg(long, env = "LYNKEUS_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// `sqlite:PATH` or `postgres://…`; by default a file in the data directory.
    #[arg(long, env = "LYNKEUS_STORE", value_name = "ADDRESS")]
    pub(crate) store: Option<String>,
    /// The account of the machine this runs on, and of the first access key.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    pub(crate) account: Option<String>,
    /// The Region of the machine this runs on.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Do not scan the machine this runs on.
    #[arg(long)]
    pub(crate) no_host: bool,
    /// Jobs done at once.
    #[arg(long, value_name = "N")]
    pub(crate) workers: Option<usize>,
    /// How long a job of a process that died waits before another takes it over, where several
    /// share a store.
    #[arg(long, default_value_t = 60, value_name = "SECONDS",
          value_parser = clap::value_parser!(u64).range(1..=3600))]
    pub(crate) lease: u64,
    /// Update advisories from here instead of the publishers, as `db update --from`.
    #[arg(long, value_name = "MIRROR")]
    pub(crate) update_from: Option<String>,
    /// Update advisories so often: 30m, 6h, 1d, or off.
    #[arg(long, value_name = "INTERVAL")]
    pub(crate) update_every: Option<String>,
    /// Use this compiled advisory database, and update none.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) exports: Exports,
}

/// Where findings reports and bills of materials go.
#[derive(Debug, Args)]
pub(crate) struct Exports {
    /// A directory, with one for each account and bucket in it, or the address of an S3-compatible
    /// store, signed for with the access key of the configuration, of the environment or of its
    /// profile; by default `exports` in the data directory.
    #[arg(id = "exports", long, env = "LYNKEUS_EXPORTS", value_name = "DIR|URL")]
    pub(crate) place: Option<String>,
    /// The Region of the store's buckets; by default that of the report.
    #[arg(id = "exports_region", long = "exports-region", value_name = "REGION")]
    pub(crate) region: Option<String>,
    /// Do not ask the store to encrypt with the KMS key that the client names.
    #[arg(long = "exports-unencrypted")]
    pub(crate) unencrypted: bool,
}

/// Access keys of the service.
#[derive(Debug, Args)]
pub(crate) struct Key {
    /// `sqlite:PATH` or `postgres://…`; by default a file in the data directory.
    #[arg(long, env = "LYNKEUS_STORE", global = true, value_name = "ADDRESS")]
    pub(crate) store: Option<String>,
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Create a key and show its secret, this once.
    Create {
        /// The account for which it acts.
        #[arg(long, default_value = "000000000000", value_parser = account)]
        account: String,
        /// `admin`, or `reader` for operations that change nothing.
        #[arg(long, default_value = "admin", value_parser = ["admin", "reader"])]
        role: String,
    },
    /// List the keys without their secrets.
    List {
        /// Only those of this account.
        #[arg(long, value_parser = account)]
        account: Option<String>,
    },
    /// Disable a key.
    Disable {
        #[arg(value_name = "KEY-ID")]
        id: String,
    },
}

/// Scan a target and send its inventory to a server.
#[derive(Debug, Args)]
pub(crate) struct Submit {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    /// The target is a directory with the responses of describe calls as JSON: send the
    /// configuration of networks that they make up.
    #[arg(long = "network", conflicts_with_all = ["host", "repository"])]
    pub(crate) is_network: bool,
    /// The repository in which the image is.
    #[arg(long, value_name = "NAME", conflicts_with = "host")]
    pub(crate) repository: Option<String>,
    /// A tag of the image (may be repeated).
    #[arg(long, value_name = "TAG", requires = "repository")]
    pub(crate) tag: Vec<String>,
    /// The name of the machine, if the target is one.
    #[arg(long, value_name = "NAME")]
    pub(crate) host: Option<String>,
}

/// VEX documents of a running service: they hide findings that do not count.
#[derive(Debug, Args)]
pub(crate) struct Vex {
    #[command(subcommand)]
    pub(crate) command: VexCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum VexCommand {
    /// Send an OpenVEX, CSAF or CycloneDX document, and say what it hides.
    Add {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        server: ServerArguments,
    },
    /// List the documents with what each statement does.
    List {
        #[command(flatten)]
        server: ServerArguments,
    },
    /// Take a document back: what it hid is active again.
    Remove {
        #[arg(value_name = "ID")]
        id: String,
        #[command(flatten)]
        server: ServerArguments,
    },
}

pub(crate) fn account(text: &str) -> Result<String, String> {
    let is_account = text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    is_account
        .then(|| text.to_owned())
        .ok_or_else(|| "expected 12 digits".to_owned())
}
