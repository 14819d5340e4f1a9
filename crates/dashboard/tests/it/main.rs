//! The dashboard over a real store, asked as a browser does.
#![cfg(test)]

mod browser;
mod pages;
mod rules;
mod sessions;
mod stock;
mod vex;
