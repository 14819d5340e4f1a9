//! Asks a real tool for the order of many pairs in one run.

use std::cmp::Ordering;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use lynkeus_ecosystem::Scheme;

use super::neighbours::{Pieces, Random, family};

/// A file of the directory with the tools' small programs.
pub(crate) fn program(name: &str) -> PathBuf {
    [
        env!("CARGO_MANIFEST_DIR"),
        "tests/it/versions/oracles",
        name,
    ]
    .iter()
    .collect()
}

/// Compares `count` pairs of neighbours by the scheme and by the tool, which must not refuse most.
pub(crate) fn check(scheme: &Scheme, pieces: &Pieces, count: usize, tool: &mut Command) {
    let mut random = Random::new(1);
    let pairs: Vec<_> = (0..count).map(|_| family(pieces, &mut random, 2)).collect();
    let refused = check_pairs(scheme, &pairs, tool);
    assert!(refused * 3 < count * 2, "too few pairs were compared");
}

/// Compares pairs of versions by the scheme and by the tool, and returns how many the tool
/// refused. It reads pairs separated by a tab, one a line, and answers `<`, `=`, `>`, or `!` if
/// it refuses either.
pub(crate) fn check_pairs(scheme: &Scheme, pairs: &[Vec<String>], tool: &mut Command) -> usize {
    let count = pairs.len();
    let questions: Vec<_> = pairs.iter().map(|pair| pair.join("\t") + "\n").collect();
    let answers = ask(tool, questions.concat());
    assert_eq!(
        answers.len(),
        count,
        "{} did not answer every pair: {answers:?}",
        scheme.name
    );
    let mut refused = 0;
    let mut different = Vec::new();
    for (pair, answer) in pairs.iter().zip(&answers) {
        let ours = match scheme.compare_text(&pair[0], &pair[1]) {
            Some(Ordering::Less) => "<",
            Some(Ordering::Equal) => "=",
            Some(Ordering::Greater) => ">",
            None => "!",
        };
        refused += usize::from(answer == "!");
        if ours != answer {
            different.push(format!(
                "{} {ours} {} but the tool says {answer}",
                pair[0], pair[1]
            ));
        }
    }
    println!("{}: {count} pairs, {refused} refused", scheme.name);
    assert!(
        different.is_empty(),
        "{}: {} of {count} differ\n{}",
        scheme.name,
        different.len(),
        different.join("\n")
    );
    refused
}

fn ask(tool: &mut Command, questions: String) -> Vec<String> {
    let mut child = tool
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(questions.as_bytes()));
    let output = child.wait_with_output().unwrap();
    // A tool that ends early has answered too little, which the caller reports.
    drop(writer.join());
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect()
}
