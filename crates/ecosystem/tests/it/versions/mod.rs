//! Version orders against the tools that define them, and the laws of an order.

mod laws;
mod neighbours;
mod nuget;
mod oracle;
mod orders;
