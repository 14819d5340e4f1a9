//! Distributions' own databases, counted with Python's `json`.

use std::collections::HashSet;

use model::FixState;

use crate::mirror;

#[test]
fn the_debian_tracker_is_read_whole() {
    let Some(root) = mirror::feeds() else { return };
    let path = "debian/tracker-json-bookworm-from-changelogs-2026-11-22.json";
    let read = mirror::read(&root, path);
    let affected: Vec<_> = read.advisories.iter().flat_map(|a| &a.affected).collect();
    let sources: HashSet<_> = affected.iter().map(|a| &a.name).collect();
    assert_eq!(read.imported.problems, []);
    assert_eq!(
        (read.advisories.len(), affected.len(), sources.len()),
        (2420, 2420, 89)
    );
    assert!(
        affected
            .iter()
            .all(|a| a.namespace == "Debian:12" && a.ranges.len() == 1)
    );
}

#[test]
fn every_fix_of_alpine_is_read() {
    let Some(root) = mirror::feeds() else { return };
    let (mut pairs, mut ranges, mut never) = (0, 0, 0);
    for path in mirror::files(&root, "alpine") {
        let read = mirror::read(&root, &path);
        assert_eq!(read.imported.problems, [], "{path}");
        pairs += read.advisories.len();
        for affected in read.advisories.iter().flat_map(|a| &a.affected) {
            ranges += affected.ranges.len();
            never += usize::from(affected.fix == FixState::NotAffected);
        }
    }
    // 12,028 lines, 5 of them for version 0; some name several vulnerabilities, some the same.
    assert_eq!((pairs, ranges, never), (11_881, 12_000, 5));
}
