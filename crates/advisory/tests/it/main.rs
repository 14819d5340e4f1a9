//! Imports the publishers' real data and compares what was read with independent counts.

mod kev;
mod mirror;
mod osv;
