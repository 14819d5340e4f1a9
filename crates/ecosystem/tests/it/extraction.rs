//! Runs extractors over real files.

use std::io::Cursor;

use lynkeus_ecosystem::{Ecosystem, Extracted, FileInfo, Input};
use model::Package;

/// What an ecosystem's extractors make of a file.
pub(crate) fn extract(ecosystem: &Ecosystem, path: &str, content: &[u8]) -> Extracted {
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o755,
    };
    let mut all = Extracted::default();
    for extractor in ecosystem.extractors {
        let begins = |magic: &&[u8]| content.starts_with(magic);
        if !(extractor.wants)(&file)
            || !(extractor.magic.is_empty() || extractor.magic.iter().any(begins))
        {
            continue;
        }
        let mut extracted = (extractor.extract)(&mut Input {
            file,
            content: &mut Cursor::new(content),
        });
        all.packages.append(&mut extracted.packages);
        all.owned.append(&mut extracted.owned);
        all.problems.append(&mut extracted.problems);
    }
    all
}

/// `name version` of each package, sorted.
pub(crate) fn names(packages: &[Package]) -> Vec<String> {
    let mut names: Vec<_> = packages
        .iter()
        .map(|p| format!("{} {}", p.name, p.version))
        .collect();
    names.sort();
    names
}
