//! The command line: what can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use inventory::sbom::cyclonedx::Version;
use model::Severity;

use crate::cli_ask::{Coverage, Explain, Filters, Findings};
use crate::cli_db::{Db, Network};
use crate::cli_network::Reachability;
use crate::cli_up::{Key, Submit, Up, Vex};

/// Finds the known vulnerabilities in images, hosts, disks and SBOMs, and explains each.
#[derive(Debug, Parser)]
#[command(
    name = "lynkeus",
    version,
    propagate_version = true,
    max_term_width = 100
)]
pub(crate) struct Cli {
    /// Where advisories and cached inventories are kept.
    #[arg(long, global = true, env = "LYNKEUS_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Find the vulnerabilities of a target.
    Scan(Scan),
    /// Write the bill of materials of a target.
    Sbom(Sbom),
    /// List the package formats, systems and feeds that are supported.
    Support,
    /// Find what is reachable in AWS networks from their configuration.
    Network(Reachability),
    /// Build, look at and move the advisory database.
    Db(Db),
    /// Start the service: scans continuously and answers as Amazon Inspector does.
    Up(Up),
    /// Create, list and disable access keys of the service.
    Key(Key),
    /// Send the inventory of a target to a server.
    Submit(Submit),
    /// Say by VEX documents which findings of a service do not count.
    Vex(Vex),
    /// List the findings of a running service.
    Findings(Findings),
    /// List, try out, make and delete suppression rules of a running service.
    Filters(Filters),
    /// List what a running service covers, or count it.
    Coverage(Coverage),
    /// Say everything that a running service knows of a finding.
    Explain(Explain),
}

/// What is scanned and how it is read.
#[derive(Debug, Args)]
pub(crate) struct TargetArguments {
    /// An image archive, OCI layout, image reference, directory, disk image, SBOM, package file,
    /// `host` for the machine this runs on, or `-` for an SBOM on standard input.
    #[arg(value_name = "TARGET")]
    pub(crate) target: String,
    /// Which image of a multi-platform one: os/arch[/variant].
    #[arg(long, value_name = "PLATFORM")]
    pub(crate) platform: Option<String>,
    /// Layers read at once; by default as many as there are processors.
    #[arg(long, value_name = "N")]
    pub(crate) threads: Option<usize>,
    /// Read the target again even if its inventory is cached.
    #[arg(long)]
    pub(crate) no_cache: bool,
    #[command(flatten)]
    pub(crate) network: Network,
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[arg(short, long, value_enum, default_value_t = Format::Table)]
    pub(crate) output: Format,
    /// Write to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    /// Exit with 1 if a vulnerability is at least this severe.
    #[arg(long, value_name = "SEVERITY", value_parser = severity)]
    pub(crate) fail_on: Option<Severity>,
    /// Leave out vulnerabilities that no upgrade ends.
    #[arg(long)]
    pub(crate) only_fixed: bool,
    /// Say why a vulnerability was found instead of listing all.
    #[arg(long, value_name = "ID")]
    pub(crate) explain: Option<String>,
    /// Also match packages that lock files and manifests merely declare.
    #[arg(long)]
    pub(crate) declared: bool,
    /// Suppress what this OpenVEX or CSAF document says is not affected (may be repeated).
    #[arg(long, value_name = "FILE")]
    pub(crate) vex: Vec<PathBuf>,
    /// Ignore rules with reason and expiry; by default `.lynkeus-ignore.toml` if it is there.
    #[arg(long, value_name = "FILE")]
    pub(crate) ignore_file: Option<PathBuf>,
    /// Use this compiled advisory database.
    #[arg(long, value_name = "FILE")]
    pub(crate) db: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Sbom {
    #[command(flatten)]
    pub(crate) target: TargetArguments,
    #[arg(short, long, value_enum, default_value_t = SbomFormat::Cyclonedx)]
    pub(crate) output: SbomFormat,
    /// Write to a file instead of standard output.
    #[arg(long, value_name = "FILE")]
    pub(crate) output_file: Option<PathBuf>,
    /// Version of CycloneDX.
    #[arg(long, value_enum, default_value_t = SpecVersion::V1_6)]
    pub(crate) spec_version: SpecVersion,
}

/// How a bill of materials is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SbomFormat {
    /// CycloneDX as JSON.
    Cyclonedx,
    /// SPDX 2.3 as JSON.
    Spdx,
}

/// Versions of CycloneDX that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SpecVersion {
    #[value(name = "1.4")]
    V1_4,
    #[value(name = "1.5")]
    V1_5,
    #[value(name = "1.6")]
    V1_6,
}

impl From<SpecVersion> for Version {
    fn from(version: SpecVersion) -> Self {
        match version {
            SpecVersion::V1_4 => Self::V1_4,
            SpecVersion::V1_5 => Self::V1_5,
            SpecVersion::V1_6 => Self::V1_6,
        }
    }
}

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal, grouped by package.
    Table,
    /// Everything, for programs.
    Json,
    /// SARIF 2.1.0, for code-scanning views.
    Sarif,
    /// CycloneDX 1.6 with vulnerabilities.
    Cyclonedx,
    /// SPDX 2.3 with references to vulnerabilities.
    Spdx,
    /// One self-contained page.
    Html,
}

fn severity(text: &str) -> Result<Severity, String> {
    Severity::parse(text).ok_or_else(|| {
        "expected untriaged, informational, low, medium, high or critical".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::Cli;

    #[test]
    fn arguments_do_not_clash() {
        let mut command = Cli::command();
        command.build();
        assert!(command.find_subcommand("explain").is_some());
    }
}
