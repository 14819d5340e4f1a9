//! The command line of network reachability.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Subcommand, ValueEnum};

#[derive(Debug, Args)]
pub(crate) struct Reachability {
    #[command(subcommand)]
    pub(crate) action: Action,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Action {
    /// List what is open to instances from the edges of their VPCs.
    Scan(NetworkScan),
    /// Show which findings a change would open and close, without touching anything.
    WhatIf(WhatIf),
    /// Say whether packets get from one end to another and are answered, hop by hop.
    Path(PathArguments),
}

#[derive(Debug, Args)]
pub(crate) struct PathArguments {
    /// An instance, a network interface, a gateway (igw-, vgw-, tgw-) or peering connection, an
    /// accelerator (its ARN, DNS name or an address), an address or a block.
    #[arg(value_name = "FROM")]
    pub(crate) from: String,
    /// The same, and NAT gateways and endpoints.
    #[arg(value_name = "TO")]
    pub(crate) to: String,
    /// The directory with the responses of describe calls as JSON.
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) dir: PathBuf,
    /// `tcp`, `udp`, `icmp`, or the number of a protocol.
    #[arg(long, default_value = "tcp")]
    pub(crate) protocol: String,
    /// The destination port, or a range `low-high`; without it, all of them.
    #[arg(long, value_name = "PORT")]
    pub(crate) port: Option<String>,
    #[arg(short, long, value_enum, default_value_t = PathFormat::Table)]
    pub(crate) output: PathFormat,
}

/// How a path is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PathFormat {
    /// For a terminal.
    Table,
    /// Everything, for programs.
    Json,
    /// A picture.
    Svg,
}

/// Which configuration is read and how it is judged.
#[derive(Debug, Args)]
pub(crate) struct Configuration {
    /// A directory with the responses of describe calls as JSON, of any accounts and regions.
    #[arg(value_name = "DIR")]
    pub(crate) directory: PathBuf,
    /// Lines `service,tcp ports,udp ports,severity from the internet,severity from other edges`
    /// under a line of titles, instead of Inspector's table.
    #[arg(long, value_name = "FILE")]
    pub(crate) severities: Option<PathBuf>,
    /// Also look at stopped instances.
    #[arg(long)]
    pub(crate) stopped: bool,
}

#[derive(Debug, Args)]
#[group(skip)]
#[command(group = ArgGroup::new("asked").args(["explain", "near"]))]
pub(crate) struct NetworkScan {
    #[command(flatten)]
    pub(crate) configuration: Configuration,
    #[arg(short, long, value_enum, default_value_t = NetworkFormat::Table)]
    pub(crate) output: NetworkFormat,
    /// Say of each edge of this instance's (or interface's) VPC which component stops packets to it,
    /// for each of its ways (table and JSON).
    #[arg(long, value_name = "ID", conflicts_with_all = ["fixes", "needed"])]
    pub(crate) explain: Option<String>,
    /// List instead the interfaces that are closed to the internet and that one change would open,
    /// with the change and its command (table and JSON).
    #[arg(long, conflicts_with_all = ["explain", "fixes", "needed"])]
    pub(crate) near: bool,
    /// With `--explain` or `--near`, `tcp`, `udp`, `icmp`, or the number of a protocol.
    #[arg(long, default_value = "tcp", requires = "asked")]
    pub(crate) protocol: String,
    /// With `--explain` or `--near`, the destination port, or a range `low-high`; without it, all of
    /// them.
    #[arg(long, value_name = "PORT", requires = "asked")]
    pub(crate) port: Option<String>,
    /// Also try out what would end each finding, with the commands that do it (table and JSON).
    #[arg(long)]
    pub(crate) fixes: bool,
    /// With `--fixes`, who still has to get in: a block, a prefix list or a group; rules are
    /// narrowed to them (may be repeated).
    #[arg(long, value_name = "PEER", requires = "fixes")]
    pub(crate) needed: Vec<String>,
}

/// How reachability is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum NetworkFormat {
    /// For a terminal.
    Table,
    /// Everything, for programs.
    Json,
    /// A picture of all paths, for Graphviz.
    Dot,
    /// A picture of the paths, one below the other.
    Svg,
}

#[derive(Debug, Args)]
pub(crate) struct WhatIf {
    #[command(flatten)]
    pub(crate) configuration: Configuration,
    /// Take this out: `sgr-…`, a rule `sg-…,ingress,tcp,22,0.0.0.0/0`, an ACL's entry
    /// `acl-…,ingress,100`, a route `rtb-…,0.0.0.0/0`, or an object (may be repeated).
    #[arg(long, value_name = "WHAT")]
    pub(crate) remove: Vec<String>,
    /// Put this rule in: `sg-…,ingress,tcp,22,203.0.113.0/24` (may be repeated).
    #[arg(long, value_name = "RULE")]
    pub(crate) add: Vec<String>,
    #[arg(short, long, value_enum, default_value_t = WhatIfFormat::Table)]
    pub(crate) output: WhatIfFormat,
}

/// How a difference is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum WhatIfFormat {
    /// For people.
    Table,
    /// Everything, for programs.
    Json,
}
