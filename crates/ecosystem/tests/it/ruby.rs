//! Specifications of installed gems against `RubyGems` itself.

use std::collections::BTreeSet;
use std::path::Path;

use lynkeus_ecosystem::gem::GEM;

use crate::tool::missing;
use crate::tree::{extract_tree, output};

/// Prints the directories of specifications, then each gem.
const LIST: &str = "require 'rubygems'; puts Gem::Specification.dirs, Gem.default_specifications_dir; \
    puts '--'; Gem::Specification.each { |s| puts [s.name, s.version, s.licenses.join(',')].join(' ') }";

#[test]
fn specifications_equal_gem_list() {
    let Some(list) = output("ruby", &["-e", LIST], Path::new("/")) else {
        return;
    };
    let (directories, gems) = list.split_once("--\n").unwrap();
    let directories: Vec<_> = directories
        .lines()
        .map(Path::new)
        .filter(|d| d.is_dir())
        .collect();
    if directories.is_empty() {
        return missing("installed gems");
    }
    let mut installed = BTreeSet::new();
    for directory in directories {
        // The last directories of a path must be seen for a specification to be recognized.
        for (path, extracted) in extract_tree(&GEM, directory.parent().unwrap()) {
            assert!(extracted.problems.is_empty(), "{path}: {extracted:?}");
            installed.extend(
                extracted
                    .packages
                    .iter()
                    .map(|gem| format!("{} {} {}", gem.name, gem.version, gem.licenses.join(","))),
            );
        }
    }
    let listed: BTreeSet<_> = gems.lines().map(str::to_owned).collect();
    assert!(listed.len() > 50, "{listed:?}");
    assert_eq!(installed, listed);
}
