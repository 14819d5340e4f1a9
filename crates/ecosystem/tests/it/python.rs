//! Installed Python distributions against `pip list`.

use std::path::Path;

use lynkeus_ecosystem::pypi::PYPI;
use model::Evidence;

use crate::tool::missing;
use crate::tree::{Names, cached, extract_tree, names, output};

/// Small packages with names that need normalising, namespaces, old and new metadata.
const PACKAGES: &[&str] = &[
    "attrs==23.1.0",
    "colorama==0.4.6",
    "Flask==2.0.1",
    "idna==3.4",
    "jaraco.classes==3.2.3",
    "ruamel.yaml==0.18.5",
    "six==1.16.0",
    "typing_extensions==4.15.0",
    "zope.event==5.0",
    "python-dateutil==2.8.2",
];

/// `pip list` with the names in the form that `packaging` gives them.
const LIST: &str = "
import json, subprocess, sys
from pip._vendor.packaging.utils import canonicalize_name
pip = [sys.executable, '-m', 'pip', 'list', '--format', 'json']
for package in json.loads(subprocess.check_output(pip + sys.argv[1:])):
    print(canonicalize_name(package['name']), package['version'])
";

const CANONICAL: &str = "
import sys
from pip._vendor.packaging.utils import canonicalize_name
for name in sys.argv[1].split():
    print(canonicalize_name(name))
";

fn listed(lines: &str) -> Names {
    lines
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(name, version)| (name.to_owned(), version.to_owned()))
        .collect()
}

/// Every name of up to four characters of these five.
#[test]
fn names_equal_those_of_packaging() {
    let mut names = vec![String::new()];
    let mut all = Vec::new();
    for _ in 0..4 {
        names = names
            .iter()
            .flat_map(|name| ["a", "B", "-", "_", "."].map(|c| format!("{name}{c}")))
            .collect();
        all.extend(names.iter().cloned());
    }
    let arguments = ["-c", CANONICAL, &all.join(" ")];
    let Some(canonical) = output("python3", &arguments, Path::new("/")) else {
        return;
    };
    let ours: Vec<_> = all.iter().map(|n| (PYPI.normalize_name)(n)).collect();
    assert_eq!(ours.len(), 780);
    assert_eq!(ours, canonical.lines().collect::<Vec<_>>());
}

#[test]
fn virtual_environment_equals_pip_list() {
    let Some(environment) = cached("python-environment-2", |new| {
        output("python3", &["-m", "venv", "v"], new)?;
        let mut arguments = vec!["-m", "pip", "install", "-q", "--no-compile", "--no-deps"];
        arguments.extend(PACKAGES);
        output("v/bin/python", &arguments, new)?;
        let list = output("v/bin/python", &["-c", LIST], new)?;
        std::fs::write(new.join("list"), list).unwrap();
        Some(())
    }) else {
        return;
    };
    let list = std::fs::read_to_string(environment.join("list")).unwrap();
    let found = extract_tree(&PYPI, &environment.join("v"));
    // What setuptools carries inside itself is there, though pip does not list it.
    let installed = names(&found, Evidence::Installed, |path| {
        !path.contains("/_vendor/")
    });
    assert_eq!(installed, listed(&list));
    assert!(installed.len() > PACKAGES.len(), "{installed:?}");
}

/// Debian's directory has `egg-info` files and directories beside `dist-info`.
#[test]
fn distribution_directory_equals_pip_list() {
    let directory = Path::new("/usr/lib/python3/dist-packages");
    if !directory.is_dir() {
        return missing("python3 of the distribution");
    }
    let arguments = ["-c", LIST, "--path", "/usr/lib/python3/dist-packages"];
    let Some(list) = output("python3", &arguments, directory) else {
        return;
    };
    let found = extract_tree(&PYPI, directory);
    let installed = names(&found, Evidence::Installed, |path| {
        !path.contains("/_vendor/")
    });
    assert_eq!(installed, listed(&list));
}
