//! The part of the command line that asks a running service.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::web::ServerArguments;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For a terminal.
    Table,
    /// As the API answers, for programs.
    Json,
}

/// Which findings are meant. A value may be given several times; `*` at its end stands for any
/// ending, and `!` before it for all others.
#[derive(Debug, Args)]
pub(crate) struct Matching {
    /// `critical`, `high`, `medium`, `low`, `informational` or `untriaged`.
    #[arg(long, value_name = "SEVERITY")]
    pub(crate) severity: Vec<String>,
    /// The id of an instance, or the ARN of an image or function.
    #[arg(long, value_name = "ID")]
    pub(crate) resource: Vec<String>,
    /// As `aws_ecr_container_image`.
    #[arg(long, value_name = "TYPE")]
    pub(crate) resource_type: Vec<String>,
    /// As `CVE-2024-6119`.
    #[arg(long, value_name = "ID")]
    pub(crate) vulnerability: Vec<String>,
    /// The name of an affected package.
    #[arg(long, value_name = "NAME")]
    pub(crate) package: Vec<String>,
    /// The repository of an image.
    #[arg(long, value_name = "NAME")]
    pub(crate) repository: Vec<String>,
    /// A tag of an image.
    #[arg(long, value_name = "TAG")]
    pub(crate) image_tag: Vec<String>,
    /// `package_vulnerability`, `network_reachability` or `code_vulnerability`.
    #[arg(long = "type", value_name = "TYPE")]
    pub(crate) kind: Vec<String>,
    /// Only those that an upgrade ends, at least in part.
    #[arg(long)]
    pub(crate) fixable: bool,
    /// Only those with a known exploit.
    #[arg(long)]
    pub(crate) exploited: bool,
    /// Inspector's finding criteria in JSON, or `@FILE`; other options are added to it.
    #[arg(long, value_name = "JSON")]
    pub(crate) criteria: Option<String>,
}

/// List findings of a running service.
#[derive(Debug, Args)]
pub(crate) struct Findings {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) matching: Matching,
    /// `active`, `suppressed`, `closed` or `all` (may be repeated).
    #[arg(long, default_value = "active", value_name = "STATUS")]
    pub(crate) status: Vec<String>,
    #[arg(long, value_enum, default_value_t = Order::Severity)]
    pub(crate) sort: Order,
    /// The most findings that are listed.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub(crate) limit: usize,
    #[arg(short, long, value_enum, default_value_t = AnswerFormat::Table)]
    pub(crate) output: AnswerFormat,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Order {
    Severity,
    /// The risk rank, 0 to 100.
    Risk,
    Score,
    Epss,
    Newest,
    Oldest,
}

/// Suppression rules and saved views of a running service.
#[derive(Debug, Args)]
pub(crate) struct Filters {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[arg(short, long, value_enum, global = true, default_value_t = AnswerFormat::Table)]
    pub(crate) output: AnswerFormat,
    #[command(subcommand)]
    pub(crate) command: FiltersCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum FiltersCommand {
    /// List them.
    List,
    /// Say what a rule would hide, without making it.
    Preview {
        #[command(flatten)]
        matching: Matching,
        /// As if the rule held only while there is no fix.
        #[arg(long)]
        until_fixed: bool,
    },
    /// Make a suppression rule, or a saved view.
    Create(CreateFilter),
    /// Delete one by its name or ARN.
    Delete {
        #[arg(value_name = "NAME|ARN")]
        filter: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct CreateFilter {
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    #[command(flatten)]
    pub(crate) matching: Matching,
    /// A saved view that hides nothing.
    #[arg(long, conflicts_with_all = ["expires", "until_fixed"])]
    pub(crate) view: bool,
    /// Why the findings are hidden.
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub(crate) description: Option<String>,
    /// When the rule ends, as 2026-12-31 or 2026-12-31T12:00:00Z.
    #[arg(long, value_name = "TIME")]
    pub(crate) expires: Option<String>,
    /// The rule holds only while there is no fix.
    #[arg(long)]
    pub(crate) until_fixed: bool,
}

/// List what a running service covers.
#[derive(Debug, Args)]
pub(crate) struct Coverage {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    /// The id of an instance, or the ARN of an image or function.
    #[arg(long, value_name = "ID")]
    pub(crate) resource: Vec<String>,
    /// As `aws_ecr_container_image`.
    #[arg(long, value_name = "TYPE")]
    pub(crate) resource_type: Vec<String>,
    /// `active` or `inactive`.
    #[arg(long, value_name = "STATUS")]
    pub(crate) status: Vec<String>,
    /// Why, as `successful` or `unsupported_os`.
    #[arg(long, value_name = "REASON")]
    pub(crate) reason: Vec<String>,
    /// The repository of an image.
    #[arg(long, value_name = "NAME")]
    pub(crate) repository: Vec<String>,
    /// Count instead of listing, as by `resource_type` or `scan_status_reason`.
    #[arg(long, value_name = "KEY")]
    pub(crate) by: Option<String>,
    /// The most rows that are listed.
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) limit: usize,
    #[arg(short, long, value_enum, default_value_t = AnswerFormat::Table)]
    pub(crate) output: AnswerFormat,
}

/// Say everything that is known of a finding.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The finding's ARN, or its id or the beginning of it.
    #[arg(value_name = "ARN")]
    pub(crate) finding: String,
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[arg(short, long, value_enum, default_value_t = AnswerFormat::Table)]
    pub(crate) output: AnswerFormat,
    /// Write to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
}
