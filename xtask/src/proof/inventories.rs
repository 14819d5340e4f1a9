//! Compares inventories with what the real tools say of real targets.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};

use super::{
    USAGE, central,
    explained::{Class, Sides},
    package::{Listing, Package},
    references::{self, Programs, Reference},
    targets::{self, TARGETS},
};
use crate::workspace::Workspace;

/// What was found on one target by one tool, beside what was found by us.
#[derive(Debug, Default)]
struct Comparison {
    equal: usize,
    only_ours: usize,
    only_theirs: usize,
    /// Classes of explained differences, and how many packages each.
    explained: BTreeMap<Class, usize>,
    unexplained: Vec<String>,
}

/// Prints the table, and fails if a difference is of no class.
pub(super) fn prove(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let (names, is_fresh) = parse(arguments)?;
    let programs = Programs::find(workspace)?;
    for version in references::versions(&programs)? {
        println!("{version}");
    }
    println!();
    println!("| Target | Reference | Equal | Only ours | Only theirs | Classes | Unexplained |");
    println!("|---|---|---:|---:|---:|---|---:|");
    let mut failures = 0;
    for target in TARGETS {
        if !names.is_empty() && !names.contains(target.name) {
            continue;
        }
        let directory = targets::make(workspace, target, is_fresh)?;
        for (title, root, subject) in targets::subjects(target, &directory)? {
            let ours = references::lynkeus(&programs, &subject)?;
            failures += ask_all(
                &programs,
                target.references,
                &title,
                (&root, &subject),
                &ours,
            )?;
        }
    }
    ensure!(failures == 0, "{failures} unexplained differences");
    Ok(())
}

fn parse(arguments: &[String]) -> Result<(BTreeSet<&str>, bool)> {
    let mut arguments = arguments.iter().map(String::as_str);
    let (mut names, mut is_fresh) = (BTreeSet::new(), false);
    while let Some(argument) = arguments.next() {
        match argument {
            "--rebuild" => is_fresh = true,
            "--target" => {
                let name = arguments.next().context(USAGE)?;
                ensure!(
                    TARGETS.iter().any(|target| target.name == name),
                    "no target {name}: {}",
                    TARGETS.iter().map(|t| t.name).collect::<Vec<_>>().join(" ")
                );
                names.insert(name);
            }
            _ => bail!(USAGE),
        }
    }
    Ok((names, is_fresh))
}

/// Asks every reference about one subject; how many differences have no explanation.
fn ask_all(
    programs: &Programs,
    references: &[Reference],
    title: &str,
    (root, subject): (&Path, &Path),
    ours: &Listing,
) -> Result<usize> {
    let mut failures = 0;
    // What Syft lists is a witness where Trivy lists less by design.
    let mut syft = Listing::new();
    let mut from_central = BTreeSet::new();
    for reference in references {
        if !reference.can_read(root) {
            continue;
        }
        let theirs = reference.ask(programs, subject, root)?;
        if matches!(reference, Reference::Syft) {
            from_central = central::same_bytes(programs, root, ours, &theirs)?;
            syft.clone_from(&theirs);
        }
        let ours: Listing = ours
            .iter()
            .filter(|(package, found)| reference.covers(package, found))
            .map(|(package, found)| (package.clone(), found.clone()))
            .collect();
        let sides = Sides {
            reference: *reference,
            ours: &ours,
            theirs: &theirs,
            syft: &syft,
            from_central: &from_central,
            files: root,
        };
        let comparison = compare(&sides);
        failures += comparison.unexplained.len();
        print(title, *reference, &comparison);
        if comparison.equal == 0 {
            eprintln!("  nothing in common with {}", reference.name());
            failures += 1;
        }
    }
    Ok(failures)
}

fn compare(sides: &Sides<'_>) -> Comparison {
    let mut comparison = Comparison::default();
    let mut explain = |sign: char, package: &Package, found, class: Option<Class>| match class {
        Some(class) => *comparison.explained.entry(class).or_default() += 1,
        None => comparison.unexplained.push(format!(
            "{sign} {} {} {} {found:?}",
            package.kind, package.name, package.version
        )),
    };
    for (package, found) in sides.ours {
        if sides.theirs.contains_key(package) {
            comparison.equal += 1;
        } else {
            comparison.only_ours += 1;
            explain('+', package, found, sides.only_ours(package, found));
        }
    }
    for (package, found) in sides.theirs {
        if !sides.ours.contains_key(package) {
            comparison.only_theirs += 1;
            explain('-', package, found, sides.only_theirs(package, found));
        }
    }
    comparison
}

fn print(title: &str, reference: Reference, comparison: &Comparison) {
    let explained: Vec<String> = comparison
        .explained
        .iter()
        .map(|(class, count)| format!("{}: {count}", class.0))
        .collect();
    println!(
        "| {title} | {} | {} | {} | {} | {} | {} |",
        reference.name(),
        comparison.equal,
        comparison.only_ours,
        comparison.only_theirs,
        explained.join(", "),
        comparison.unexplained.len()
    );
    for line in &comparison.unexplained {
        eprintln!("  {line}");
    }
}
