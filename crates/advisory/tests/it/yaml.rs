//! Databases in YAML, counted with Python's `PyYAML`.

use crate::mirror;

#[test]
fn every_file_of_the_yaml_databases_is_read() {
    let Some(root) = mirror::feeds() else { return };
    for (path, files) in [
        ("raw/ruby-advisory-db-2026-08-22.tar.zst", 1234),
        (
            "raw/FriendsOfPHP-security-advisories-2026-08-06.tar.zst",
            1592,
        ),
    ] {
        let read = mirror::read(&root, path);
        assert_eq!(read.imported.problems, [], "{path}");
        assert_eq!(read.advisories.len(), files, "{path}");
    }
}
