//! Real tools: run if they are there, required in CI.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What a command printed; none, with a note, if it cannot run here. In CI that is a failure.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let failure = match command.output() {
        Ok(output) if output.status.success() => {
            return Some(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Ok(output) => String::from_utf8_lossy(&output.stderr).into_owned(),
        Err(error) => error.to_string(),
    };
    missing(&format!("{command:?}: {failure}"));
    None
}

/// Notes that a test cannot run here. In CI that is a failure.
#[expect(clippy::print_stdout, reason = "the test runner shows it")]
pub(crate) fn missing(what: &str) {
    assert!(std::env::var_os("CI").is_none(), "missing: {what}");
    println!("skipped: {what}");
}

/// A directory for a test's files that lives as long as the build directory.
#[expect(clippy::expect_used, reason = "only tests call it")]
pub(crate) fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).expect("the build directory can be written");
    directory
}
