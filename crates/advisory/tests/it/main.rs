//! Imports the publishers' real data and compares what was read with independent counts.

mod bulletins;
mod database;
mod distributions;
mod facts;
mod hostile;
mod mirror;
mod osv;
mod samples;
mod yaml;
