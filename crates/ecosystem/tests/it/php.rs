//! A vendor directory and lock file that Composer wrote against `composer show`.

use std::path::Path;
use std::process::Command;

use lynkeus_ecosystem::composer::COMPOSER;
use model::Evidence;
use serde_json::Value;

use crate::tool;
use crate::tree::{Names, extract_tree, names};

/// Packages in directories, so that Composer needs no network: name and version.
const PACKAGES: [(&str, &str); 4] = [
    ("acme/required", "v1.2.3"),
    ("acme/transitive", "2.0.0-RC1"),
    ("acme/development", "3.0"),
    ("psr_log/under.score", "1.0.0"),
];

fn composer(directory: &Path, arguments: &[&str]) -> Option<String> {
    let mut command = Command::new("composer");
    command
        .args(["--no-interaction", "--no-plugins"])
        .args(arguments)
        .current_dir(directory)
        .env("COMPOSER_HOME", directory.join("home"))
        .env("COMPOSER_ALLOW_SUPERUSER", "1");
    tool::output(&mut command)
}

fn write_project(directory: &Path) -> std::io::Result<()> {
    let mut repositories = vec![r#"{"packagist.org": false}"#.to_owned()];
    for (name, version) in PACKAGES {
        let package = directory.join(name);
        std::fs::create_dir_all(&package)?;
        let require = match name {
            "acme/required" => r#", "require": {"acme/transitive": "*"}"#,
            _ => "",
        };
        std::fs::write(
            package.join("composer.json"),
            format!(r#"{{"name": "{name}", "version": "{version}", "license": "MIT"{require}}}"#),
        )?;
        repositories.push(format!(
            r#"{{"type": "path", "url": "{name}", "options": {{"symlink": false}}}}"#
        ));
    }
    std::fs::write(
        directory.join("composer.json"),
        format!(
            r#"{{"name": "acme/app", "minimum-stability": "dev", "repositories": [{}],
                "require": {{"acme/required": "*", "psr_log/under.score": "*"}},
                "require-dev": {{"acme/development": "*"}}}}"#,
            repositories.join(", ")
        ),
    )
}

#[test]
fn vendor_directory_and_lock_file_equal_composer_show() {
    let directory = tool::directory("php");
    write_project(&directory).unwrap();
    if composer(&directory, &["update", "--no-progress"]).is_none() {
        return;
    }
    let found = extract_tree(&COMPOSER, &directory);
    for (evidence, key, arguments) in [
        (
            Evidence::Installed,
            "installed",
            ["show", "--format=json"].as_slice(),
        ),
        (
            Evidence::Declared,
            "locked",
            &["show", "--format=json", "--locked"],
        ),
    ] {
        let shown = composer(&directory, arguments).unwrap();
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let text = |package: &Value, key: &str| package[key].as_str().unwrap().to_owned();
        let shown: Names = shown[key]
            .as_array()
            .unwrap()
            .iter()
            .map(|package| (text(package, "name"), text(package, "version")))
            .collect();
        assert_eq!(shown.len(), PACKAGES.len(), "{shown:?}");
        assert_eq!(names(&found, evidence, |_| true), shown, "{key}");
    }
}
