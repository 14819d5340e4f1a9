//! What explains an open path beyond Inspector's steps: rules, the reply, a packet, listeners.

use serde::{Deserialize, Serialize};

/// Why a path is open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Explained {
    /// The network interface at which packets arrive.
    pub interface: String,
    /// The gateway or connection from which they come.
    pub edge: String,
    /// Services that are known to use ports of the range.
    pub services: Vec<String>,
    /// Blocks of clients to which some port of the range is open.
    pub sources: Vec<String>,
    /// A packet that arrives and is answered.
    pub witness: Option<Witness>,
    /// What the packet passes, in order.
    pub request: Vec<Hop>,
    /// What the answer passes, in order.
    pub reply: Vec<Hop>,
    /// Nothing is connected to the far side of the edge yet.
    #[serde(default, skip_serializing_if = "is_false")]
    pub is_latent: bool,
    /// Processes of the instance that listen on ports of the range.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub listening: Vec<Listener>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the signature serde's `skip_serializing_if` asks for"
)]
fn is_false(value: &bool) -> bool {
    !*value
}

/// One packet of those that are open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Witness {
    pub source: String,
    pub source_port: u16,
    pub destination: String,
    pub destination_port: u16,
}

/// A component that a packet passes, with the rules that let it pass.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hop {
    pub id: String,
    /// `CloudFormation` type name: `AWS::EC2::RouteTable`.
    pub kind: String,
    /// Entries, rules and routes, each in one line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
}

/// A process that waits for packets.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Listener {
    /// `TCP` or `UDP`.
    pub protocol: String,
    pub port: u16,
    /// The address it is bound to; `0.0.0.0` and `::` are all of them.
    pub address: String,
    /// The name of the program.
    pub process: String,
    /// The package that the program's file belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub package: Option<String>,
}
