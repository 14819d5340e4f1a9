//! A database made from a whole real feed answers as an independent reading of the same records
//! does, and survives damage at any place.

use std::collections::{BTreeMap, BTreeSet};

use lynkeus_advisory::Item;
use lynkeus_advisory::database::{BuildOptions, Builder, Database};
use model::{Advisory, FixState, KeyEnd, RangeEnd, Timestamp};
use proptest::prelude::*;

use crate::mirror;

const PATH: &str = "osv/crates.io/all.zip";

fn compile(advisories: &[Advisory]) -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions {
        prose: false,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for advisory in advisories {
        builder.add(Item::Advisory(Box::new(advisory.clone())));
    }
    builder.finish().unwrap_or_else(|error| panic!("{error}"))
}

/// (namespace, name, advisory id) with the ranges in words.
type Said = BTreeMap<(String, String, String), BTreeSet<String>>;

fn said_by(advisories: &[Advisory]) -> Said {
    let mut said = Said::new();
    for advisory in advisories.iter().filter(|a| a.withdrawn.is_none()) {
        for affected in &advisory.affected {
            let place = (
                affected.namespace.clone(),
                affected.name.clone(),
                advisory.id.clone(),
            );
            for range in &affected.ranges {
                let from = range.introduced.as_deref().unwrap_or_default();
                let words = match &range.end {
                    RangeEnd::Open => format!("{from}.."),
                    RangeEnd::Fixed(end) => format!("{from}..{end}"),
                    RangeEnd::LastAffected(end) => format!("{from}..={end}"),
                };
                said.entry(place.clone()).or_default().insert(words);
            }
        }
    }
    said
}

fn said_in(database: &Database<Vec<u8>>) -> Said {
    let mut said = Said::new();
    for name in database.names() {
        database.for_each_candidate(name.namespace, name.name, |candidate| {
            assert_ne!(candidate.fix, FixState::NotAffected);
            let advisory = database.advisory(candidate.advisory);
            let id = advisory.map(|record| record.id).unwrap_or_default();
            let place = (
                name.namespace.to_owned(),
                name.name.to_owned(),
                id.to_owned(),
            );
            for range in &candidate.ranges {
                let from = range.introduced.map_or("", |v| v.text);
                let words = match range.end {
                    KeyEnd::Open => format!("{from}.."),
                    KeyEnd::Fixed(end) => format!("{from}..{}", end.text),
                    KeyEnd::LastAffected(end) => format!("{from}..={}", end.text),
                };
                said.entry(place.clone()).or_default().insert(words);
            }
        });
    }
    said
}

#[test]
fn every_range_of_a_real_feed_comes_back() {
    let Some(root) = mirror::feeds() else { return };
    let advisories = mirror::read(&root, PATH).advisories;
    let database = Database::open(compile(&advisories)).unwrap();
    let (expected, found) = (said_by(&advisories), said_in(&database));
    assert!(expected.len() > 1000, "{}", expected.len());
    assert_eq!(expected, found);
    for advisory in &advisories {
        let numbers = database.find_advisories(&advisory.id);
        let [number] = numbers[..] else {
            panic!("{}: {numbers:?}", advisory.id)
        };
        let record = database.advisory(number).unwrap();
        assert!(!record.vulnerabilities.is_empty(), "{}", advisory.id);
        assert_eq!(record.withdrawn, advisory.withdrawn);
        let found = database.find(&advisory.id).unwrap();
        assert!(record.vulnerabilities.contains(&found), "{}", advisory.id);
        for cve in advisory.aliases.iter().filter(|a| a.starts_with("CVE-")) {
            let number = database.find(cve).unwrap();
            assert_eq!(database.vulnerability(number).unwrap().id, cve);
            assert!(record.vulnerabilities.contains(&number), "{cve}");
        }
    }
}

/// Reads everything there is, in whatever state.
fn read_all(bytes: &[u8]) {
    let Ok(database) = Database::open(bytes) else {
        return;
    };
    for name in database.names().take(5_000) {
        database.statements(name.namespace, name.name);
    }
    for number in 0..database.advisory_count().min(5_000) {
        if let Some(record) = database.advisory(number) {
            database.find_advisories(record.id);
        }
    }
    for number in 0..database.vulnerability_count().min(5_000) {
        if let Some(record) = database.vulnerability(number) {
            database.find(record.id);
        }
    }
    database.feeds();
}

#[test]
fn damage_anywhere_in_a_real_file_never_panics() {
    let Some(root) = mirror::feeds() else { return };
    let advisories = mirror::read(&root, PATH).advisories;
    let good = compile(&advisories[..300]);
    let change = (any::<prop::sample::Index>(), any::<u8>(), 1..64_usize);
    let config = ProptestConfig::with_cases(128);
    proptest!(config, |(changes in prop::collection::vec(change, 1..6))| {
        let mut bytes = good.clone();
        for (place, value, length) in changes {
            let start = place.index(bytes.len());
            let end = (start + length).min(bytes.len());
            bytes[start..end].fill(value);
        }
        read_all(&bytes);
        bytes.truncate(bytes.len() / 2);
        read_all(&bytes);
    });
    // The header and the section table, byte by byte.
    for place in 0..300 {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut bytes = good.clone();
            bytes[place] = value;
            read_all(&bytes);
        }
    }
}
