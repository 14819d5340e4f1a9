//! What would end a finding: changes that are tried out on the configuration before they are told.

pub(crate) mod command;
pub(crate) mod edit;
mod proposals;
mod trial;

pub use edit::Edit;
pub use trial::Trials;

use crate::region::Ports;

/// What has to stay reachable, as far as somebody said or saw it.
#[derive(Debug, Clone, Default)]
pub struct Needs {
    /// Blocks, prefix lists and groups whose packets are wanted; where none are named, those of the
    /// VPC and of load balancers that the instance stands behind.
    pub peers: Vec<String>,
    /// Ports on which processes of the instance are known to listen at the interface.
    pub listening: Option<Ports>,
}

/// Changes that end a finding or leave of it what is needed, tried out together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    pub edits: Vec<Edit>,
    /// What the change leaves open of the finding, in words; nothing if it ends.
    pub remains: Vec<String>,
    /// Other findings that it ends too.
    pub also_closes: Vec<String>,
    /// Other interfaces that have the groups, ACLs or route tables.
    pub shared_with: Vec<String>,
    /// Commands of the AWS command line interface that make the changes, in order.
    pub commands: Vec<String>,
}
