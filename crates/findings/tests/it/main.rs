//! Tests of the public interface against other implementations.

#![expect(clippy::print_stdout, reason = "a skipped test says why")]

mod cvss;
