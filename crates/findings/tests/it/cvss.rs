//! Scores against Red Hat's Python implementation, on random vectors.

use std::{path::Path, process::Command};

use lynkeus_findings::cvss::score;

/// Vectors of each version; the seed makes every run the same.
const COUNT: &str = "4000";
const SEED: &str = "31";

/// The Python of the tools, none (with a note) if they are not installed.
fn python() -> Option<String> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/tools/bin/python");
    let answers = Command::new(path).args(["-c", "import cvss"]).output();
    if answers.is_ok_and(|output| output.status.success()) {
        return Some(path.to_owned());
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "the Python package cvss is missing: run `cargo xtask setup`"
    );
    println!("skipped: the Python package cvss is missing (`cargo xtask setup`)");
    None
}

fn show(score: Option<f64>) -> String {
    score.map_or_else(|| "-".to_owned(), |score| format!("{score:.1}"))
}

#[test]
fn scores_are_those_of_the_python_implementation() {
    let Some(python) = python() else { return };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/random_vectors.py");
    let output = Command::new(python)
        .arg(script)
        .args([SEED, COUNT])
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let mut count = 0;
    let mut wrong = Vec::new();
    for line in text.lines() {
        let vector = line.split('|').next().unwrap();
        let ours = score(vector).map(|s| {
            let (temporal, environmental) = (show(s.temporal), show(s.environmental));
            format!("{vector}|{:.1}|{temporal}|{environmental}", s.base)
        });
        if ours.as_deref() != Some(line) {
            wrong.push(format!("{line}, ours {ours:?}"));
        }
        count += 1;
    }
    assert_eq!(count, 16_000);
    assert!(
        wrong.is_empty(),
        "{} of {count} differ:\n{}",
        wrong.len(),
        wrong
            .iter()
            .take(20)
            .cloned()
            .collect::<Vec<_>>()
            .join("\n")
    );
}

/// Checks that the text is no vector.
fn check_refused(text: &str) {
    assert_eq!(score(text), None, "{text}");
}

#[test]
fn what_is_no_vector_has_no_score() {
    let base = "AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    for text in [
        "",
        "CVSS:3.1/",
        "CVSS:3.1",
        base,
        &format!("CVSS:3.2/{base}"),
        &format!("CVSS:3.1/{base}/"),
        &format!("CVSS:3.1/{base}/AV:N"),
        &format!("CVSS:3.1/{base}/MPR:Q"),
        &format!("CVSS:3.1/{base}/MM:H"),
        &format!("CVSS:3.1/{base}/M"),
        &format!("CVSS:3.0/{base}/E"),
        "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",
        "CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        "CVSS:3.0/AV:É",
    ] {
        check_refused(text);
    }
}
