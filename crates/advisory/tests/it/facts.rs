//! Feeds of facts, counted with Python's `json`, `csv`, `gzip` and `zipfile`.

use std::collections::HashSet;

use model::Facts;

use crate::mirror;

fn count(facts: &[Facts], of: impl Fn(&Facts) -> usize) -> usize {
    facts.iter().map(of).sum()
}

#[test]
fn the_catalog_of_exploited_vulnerabilities_is_read_whole() {
    let Some(root) = mirror::feeds() else { return };
    for (path, entries, ransomware) in [
        ("kev/known_exploited_vulnerabilities.json", 1662, 338),
        (
            "kev/known_exploited_vulnerabilities-2025-08-25.csv",
            1404,
            293,
        ),
    ] {
        let read = mirror::read(&root, path);
        let known = |f: &Facts| usize::from(f.kev.as_ref().is_some_and(|kev| kev.ransomware));
        assert_eq!(
            (
                read.imported.problem_count,
                read.facts.len(),
                count(&read.facts, known)
            ),
            (0, entries, ransomware),
            "{path}"
        );
    }
}

#[test]
fn every_score_of_a_day_is_read() {
    let Some(root) = mirror::feeds() else { return };
    let read = mirror::read(&root, "epss/epss_scores-2026-08-16.csv.gz");
    let sum = |of: &dyn Fn(&model::Epss) -> f32| {
        let scores = read.facts.iter().filter_map(|facts| facts.epss.as_ref());
        scores.map(|epss| f64::from(of(epss))).sum::<f64>()
    };
    assert_eq!(
        (read.imported.problem_count, read.facts.len()),
        (0, 360_142)
    );
    // The sums of the columns.
    assert!((sum(&|epss| epss.score) - 10_177.482_16).abs() < 0.01);
    assert!((sum(&|epss| epss.percentile) - 180_072.800_70).abs() < 0.01);
}

#[test]
fn the_national_database_is_read_whole() {
    let Some(root) = mirror::feeds() else { return };
    let mut ids = HashSet::new();
    let mut counted = [0; 6];
    for path in mirror::files(&root, "nvd") {
        if !path.ends_with(".json.gz") {
            continue;
        }
        let read = mirror::read(&root, &path);
        assert_eq!(read.imported.problems, [], "{path}");
        for (sum, more) in counted.iter_mut().zip([
            read.facts.len(),
            count(&read.facts, |f| usize::from(f.rejected)),
            count(&read.facts, |f| f.cvss.len()),
            count(&read.facts, |f| usize::from(f.exploit_known)),
            count(&read.facts, |f| f.cwes.len()),
            count(&read.facts, |f| f.references.len()),
        ]) {
            *sum += more;
        }
        ids.extend(read.facts.into_iter().map(|facts| facts.id));
    }
    assert_eq!(ids.len(), 58_225);
    assert_eq!(counted, [61_446, 1_973, 69_749, 16_728, 35_719, 638_617]);
}

#[test]
fn cisas_assessments_are_read() {
    let Some(root) = mirror::feeds() else { return };
    let read = mirror::read(&root, "cve5/vulnrichment-subset-2024-10-24.zip");
    let facts = &read.facts;
    assert_eq!(read.imported.problems, []);
    assert_eq!(
        [
            facts.len(),
            count(facts, |f| usize::from(f.rejected)),
            count(facts, |f| f.cvss.len()),
            count(facts, |f| usize::from(f.ssvc.is_some())),
            count(facts, |f| f.cwes.len()),
            count(facts, |f| usize::from(f.exploit_known)),
        ],
        [3318, 4, 2443, 3314, 1994, 753]
    );
}
