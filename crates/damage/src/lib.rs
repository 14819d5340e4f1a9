//! Gives parsers damaged copies of real samples: what the tests do briefly and `cargo xtask fuzz` for long.
//!
//! A [`Target`] is a parser with samples. A test runs a fixed number of cases, always the same.
//! With `LYNKEUS_FUZZ_SECONDS` each target runs that long, from another seed each time, keeps the
//! inputs that make the parser behave in a new way as further samples, and watches time and memory.

mod change;
mod random;
mod run;

use std::fmt::Debug;

pub use random::Random;
pub use run::is_long;

/// A parser and what it is given.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Crate and parser: `inventory/tar`.
    pub name: &'a str,
    /// Real inputs. They are given to the parser as they are, too.
    pub samples: &'a [&'a [u8]],
    /// Words of the format.
    pub tokens: &'a [&'a [u8]],
    /// Damaged inputs in a test.
    pub cases: u32,
}

impl Target<'_> {
    /// Runs the parser, which must return and keep its own limits; what it returns says how it
    /// behaved. Fails with the smallest input found that makes it panic.
    pub fn check<B: Debug>(&self, parser: impl Fn(&[u8]) -> B) {
        run::run(self, &|input| run::shape(&format!("{:?}", parser(input))));
    }
}
