//! Samples of some 45 formats, deliberately broken ones among them, from other scanners' tests.

use std::cell::RefCell;
use std::fs::File;

use lynkeus_advisory::{Document, FEEDS, Feed, Item, Limits, import, precedence};

use crate::mirror;

/// Part of the paths of a feed's samples, the feed, and what it makes of them: documents,
/// advisories, facts, problems.
const SAMPLES: &[(&str, &str, [usize; 4])] = &[
    ("debian/tracker/api/", "debian-tracker", [2, 4, 0, 1]),
    ("alpine/secdb/", "alpine-secdb", [9, 15, 0, 4]),
    ("claircore/alpine/", "alpine-secdb", [1, 9, 0, 0]),
    ("wolfi/secdb/", "wolfi-secdb", [1, 84, 0, 0]),
    ("chainguard/secdb/", "chainguard-secdb", [1, 40, 0, 0]),
    ("ubuntu/vex/", "ubuntu-vex", [3, 3, 0, 0]),
    ("/osv/", "ghsa", [78, 68, 0, 0]),
    ("/ghsa/main.tar.gz", "ghsa", [189, 117, 0, 0]),
    ("nvd/api/cve/", "nvd", [17, 0, 42, 0]),
    ("nvd/feed/cve/v", "nvd", [6, 0, 9, 3]),
    ("mitre/cve/v5/", "cve-list", [6, 0, 4, 0]),
    ("/epss/", "epss", [7, 0, 18, 2]),
    ("cisa/kev/", "kev", [1, 0, 1, 0]),
    ("providers/kev/", "kev", [2, 0, 3, 1]),
];

thread_local! {
    static COUNTED: RefCell<Vec<[usize; 4]>> = RefCell::new(vec![[0; 4]; SAMPLES.len()]);
}

/// Gives each member of the archive to the feed whose sample it is.
static ALL: Feed = Feed {
    name: "samples",
    publisher: "",
    license: "",
    version: 1,
    urls: &[],
    files: &[],
    precedence: precedence::FACTS,
    parse,
};

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let samples = SAMPLES.iter().enumerate();
    let mut samples = samples.filter(|(_, (part, ..))| document.path.contains(part));
    let Some((row, (_, name, _))) = samples.next() else {
        return;
    };
    let feed = FEEDS.iter().find(|feed| feed.name == *name);
    let feed = feed.unwrap_or_else(|| panic!("no feed {name}"));
    let count = |what: usize| {
        COUNTED.with_borrow_mut(|counted| {
            if let Some(count) = counted.get_mut(row).and_then(|row| row.get_mut(what)) {
                *count += 1;
            }
        });
    };
    count(0);
    (feed.parse)(document, &mut |item| {
        count(match &item {
            Item::Advisory(_) => 1,
            Item::Facts(_) => 2,
            Item::Problem(_) | Item::Cut(_) => 3,
        });
        emit(item);
    });
}

#[test]
fn broken_samples_are_problems_and_the_others_are_read() {
    let Some(root) = mirror::feeds() else { return };
    let path = "format-samples/format-samples.tar.zst";
    let mut file = File::open(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let limits = Limits {
        problems: 1000,
        ..Limits::DEFAULT
    };
    let imported = import(&ALL, path, &mut file, &limits, &mut |_| {});
    let counted = COUNTED.take();
    let expected: Vec<_> = SAMPLES.iter().map(|(.., expected)| *expected).collect();
    let places: Vec<_> = imported.problems.iter().map(ToString::to_string).collect();
    assert_eq!(counted, expected, "{}", places.join("\n"));
}
