//! Which packets of an AWS network arrive: exact, explained, without sending any.

pub mod address;
mod balancers;
pub mod edges;
pub mod edit;
pub mod engine;
pub mod explain;
pub mod filters;
pub mod finding;
mod firewall;
pub mod fixes;
mod gates;
pub mod incremental;
mod index;
pub mod interval;
pub mod known;
mod middlebox;
pub mod packet;
pub mod path;
pub mod region;
pub mod replay;
pub mod routes;
mod services;
pub mod severity;
pub mod snapshot;
mod transit;
mod witness;
