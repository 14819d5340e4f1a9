//! Which packets of an AWS network arrive: exact, explained, without sending any.

pub mod address;
mod balancers;
pub mod edges;
pub mod edit;
pub mod engine;
pub mod explain;
pub mod filters;
pub mod finding;
pub mod incremental;
mod index;
pub mod interval;
pub mod known;
pub mod packet;
pub mod region;
pub mod routes;
pub mod severity;
pub mod snapshot;
mod transit;
