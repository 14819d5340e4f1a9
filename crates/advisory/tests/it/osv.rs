//! Whole OSV sets, counted with Python's `zipfile` and `json`.

use model::Advisory;

use crate::mirror;

/// Path, documents, advisories, withdrawn ones, packages, covered vulnerabilities, vectors.
const SETS: &[(&str, [usize; 6])] = &[
    ("osv/AlmaLinux/all.zip", [5637, 4440, 0, 56673, 16402, 0]),
    ("osv/Bitnami/all.zip", [7444, 7444, 0, 7444, 0, 7433]),
    ("osv/CRAN/all.zip", [14, 14, 0, 14, 21, 0]),
    ("osv/Go/all.zip", [4291, 4291, 17, 6060, 0, 0]),
    ("osv/Hackage/all.zip", [35, 35, 0, 44, 0, 35]),
    ("osv/Julia/all.zip", [1703, 1703, 4, 2017, 0, 2488]),
    ("osv/PyPI/all.zip", [7080, 7080, 269, 7060, 0, 4738]),
    ("osv/crates.io/all.zip", [1206, 1206, 13, 1206, 0, 417]),
    (
        "osv-derived/Debian/all.zip",
        [8905, 8905, 0, 10458, 29100, 0],
    ),
    ("osv-derived/Maven/all.zip", [176, 176, 0, 224, 0, 0]),
    ("osv-derived/npm/all.zip", [941, 941, 0, 943, 0, 457]),
    ("osv-samples-ghsa/Go/all.zip", [8, 8, 0, 9, 0, 7]),
    ("osv-samples-ghsa/Maven/all.zip", [13, 13, 1, 15, 0, 12]),
    ("osv-samples-ghsa/NuGet/all.zip", [4, 4, 0, 30, 0, 4]),
    ("osv-samples-ghsa/Packagist/all.zip", [5, 5, 0, 5, 0, 4]),
    ("osv-samples-ghsa/PyPI/all.zip", [16, 16, 1, 22, 0, 20]),
    ("osv-samples-ghsa/RubyGems/all.zip", [4, 4, 0, 4, 0, 3]),
    ("osv-samples-ghsa/crates.io/all.zip", [6, 6, 0, 8, 0, 5]),
    ("osv-samples-ghsa/npm/all.zip", [6, 6, 0, 7, 0, 7]),
];

#[test]
fn whole_sets_are_read_without_loss() {
    let Some(root) = mirror::feeds() else { return };
    for (path, expected) in SETS {
        let read = mirror::read(&root, path);
        let count = |of: &dyn Fn(&Advisory) -> usize| read.advisories.iter().map(of).sum::<usize>();
        let counted = [
            usize::try_from(read.imported.documents).expect("few documents"),
            read.advisories.len(),
            count(&|a| usize::from(a.withdrawn.is_some())),
            count(&|a| a.affected.len()),
            count(&|a| a.covers.len()),
            count(&|a| a.cvss.len()),
        ];
        assert_eq!(&counted, expected, "{path}");
        assert_eq!(read.imported.problems, [], "{path}");
        assert!(read.imported.complete, "{path}");
    }
}
