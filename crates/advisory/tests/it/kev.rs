//! CISA's catalog, counted with Python's `json` and `csv`.

use crate::mirror;

#[test]
fn the_catalog_is_read_whole() {
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
        let known = read.facts.iter().filter_map(|f| f.kev.as_ref());
        assert_eq!(
            (
                read.imported.problem_count,
                read.facts.len(),
                known.filter(|kev| kev.ransomware).count()
            ),
            (0, entries, ransomware),
            "{path}"
        );
    }
}
