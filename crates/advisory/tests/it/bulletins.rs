//! Bulletins and VEX of RPM distributions, counted with Python's `ElementTree` and `json`.

use std::fs::File;

use lynkeus_advisory::{Item, Limits, feed_named, import};
use model::{Advisory, FixState, RangeEnd};

use crate::mirror;

/// Every combination of package, architecture and platform in a state.
fn combinations(advisories: &[Advisory], state: impl Fn(FixState) -> bool) -> usize {
    advisories
        .iter()
        .flat_map(|advisory| &advisory.affected)
        .filter(|affected| state(affected.fix))
        .map(|affected| {
            let conditions = &affected.qualifiers;
            conditions.arches.len().max(1) * conditions.platforms.len().max(1)
        })
        .sum()
}

#[test]
fn every_definition_of_microsoft_is_read() {
    let Some(root) = mirror::feeds() else { return };
    for (path, namespace, definitions, fixed, open, not_applicable, length) in [
        (
            "azurelinux/azurelinux-3.0-oval.xml.gz",
            "Azure Linux:3",
            1222,
            1221,
            0,
            1,
            27_161,
        ),
        (
            "azurelinux/cbl-mariner-1.0-oval.xml.gz",
            "CBL-Mariner:1.0",
            2252,
            2048,
            126,
            78,
            41_854,
        ),
    ] {
        let read = mirror::read(&root, path);
        assert_eq!(read.imported.problems, [], "{path}");
        assert_eq!(read.advisories.len(), definitions, "{path}");
        let affected: Vec<_> = read.advisories.iter().flat_map(|a| &a.affected).collect();
        assert!(affected.iter().all(|a| a.namespace == namespace), "{path}");
        let count = |state| affected.iter().filter(|a| a.fix == state).count();
        assert_eq!(
            (
                count(FixState::FromRanges),
                count(FixState::NotFixed),
                count(FixState::NotAffected),
            ),
            (fixed, open, not_applicable),
            "{path}"
        );
        // The letters of every name and version, which no number of definitions would tell.
        let letters: usize = affected
            .iter()
            .flat_map(|a| a.ranges.iter().map(move |range| (a, range)))
            .map(|(a, range)| match &range.end {
                RangeEnd::Fixed(version) | RangeEnd::LastAffected(version) => {
                    a.name.len() + version.len()
                }
                RangeEnd::Open => 0,
            })
            .sum();
        assert_eq!(letters, length, "{path}");
    }
}

#[test]
fn every_package_of_amazon_is_read() {
    let Some(root) = mirror::feeds() else { return };
    let (mut files, mut advisories) = (0, Vec::new());
    for path in mirror::files(&root, "amazon") {
        if path.contains("updateinfo") {
            files += 1;
            let read = mirror::read(&root, &path);
            assert_eq!(read.imported.problems, [], "{path}");
            advisories.extend(read.advisories);
        }
    }
    assert_eq!((files, advisories.len()), (7, 7));
    assert_eq!(combinations(&advisories, |_| true), 103);
}

#[test]
fn every_product_of_red_hat_is_read() {
    let Some(root) = mirror::feeds() else { return };
    let path = "redhat/redhat-csaf-vex-samples.tar.zst";
    for (feed, records, fixed, open, unaffected) in [
        ("redhat-vex", 7, 393, 1, 275),
        ("redhat-csaf", 12, 361, 0, 0),
    ] {
        let feed = feed_named(feed).expect("a feed");
        assert!(feed.reads(path));
        let mut file = File::open(root.join(path)).expect("the sample");
        let mut advisories = Vec::new();
        let imported = import(feed, path, &mut file, &Limits::DEFAULT, &mut |item| {
            if let Item::Advisory(advisory) = item {
                advisories.push(*advisory);
            }
        });
        assert_eq!(imported.problems, []);
        assert!(imported.complete);
        let states = [
            combinations(&advisories, |fix| fix == FixState::FromRanges),
            combinations(&advisories, |fix| {
                fix != FixState::FromRanges && fix != FixState::NotAffected
            }),
            combinations(&advisories, |fix| fix == FixState::NotAffected),
        ];
        assert_eq!(
            (advisories.len(), states),
            (records, [fixed, open, unaffected]),
            "{}",
            feed.name
        );
    }
}
