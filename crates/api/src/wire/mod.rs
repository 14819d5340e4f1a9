//! Inspector's operations and shapes, generated from the service model by `cargo xtask wire`.

pub mod accounts;
pub mod calls;
pub mod cis;
pub mod code_security;
pub mod configuration;
pub mod connectors;
pub mod coverage;
pub mod filters;
pub mod findings;
pub mod on_demand;
pub(crate) mod operations;
pub mod organization;
pub mod reports;
pub mod scan;
pub(crate) mod shapes;
pub mod shared;
pub mod tags;
pub mod usage;

pub use accounts::*;
pub use cis::*;
pub use code_security::*;
pub use configuration::*;
pub use connectors::*;
pub use coverage::*;
pub use filters::*;
pub use findings::*;
pub use on_demand::*;
pub use organization::*;
pub use reports::*;
pub use shared::*;
pub use tags::*;
pub use usage::*;
