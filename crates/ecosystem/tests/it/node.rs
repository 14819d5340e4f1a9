//! A `node_modules` tree and npm's lock files against `npm ls`.

use lynkeus_ecosystem::npm::NPM;
use model::Evidence;
use serde_json::Value;

use crate::tree::{Names, cached, extract_tree, names, output};

/// Scopes, nesting to three levels, one package in three versions, one under another name.
const MANIFEST: &str = r#"{"name": "app", "version": "1.0.0", "private": true, "dependencies": {
    "@types/node": "20.1.0", "@babel/code-frame": "7.22.5", "chalk": "4.1.2",
    "ansi-styles": "6.2.1", "debug": "4.3.4", "renamed": "npm:ms@2.0.0", "lru-cache": "6.0.0"}}"#;

#[test]
fn tree_and_lock_files_equal_npm_ls() {
    const INSTALL: [&str; 5] = [
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
    ];
    let Some(tree) = cached("node-tree-1", |new| {
        std::fs::write(new.join("package.json"), MANIFEST).unwrap();
        output("npm", &INSTALL, new)?;
        let list = output("npm", &["ls", "--all", "--json", "--long"], new)?;
        std::fs::write(new.join("list.json"), list).unwrap();
        for version in ["1", "2", "3"] {
            let directory = new.join(version);
            std::fs::create_dir(&directory).unwrap();
            for file in ["package.json", "package-lock.json"] {
                std::fs::copy(new.join(file), directory.join(file)).unwrap();
            }
            let version = format!("--lockfile-version={version}");
            let mut arguments = vec!["--package-lock-only", &version];
            arguments.extend(INSTALL);
            output("npm", &arguments, &directory)?;
        }
        Some(())
    }) else {
        return;
    };
    let list = std::fs::read_to_string(tree.join("list.json")).unwrap();
    let list: Value = serde_json::from_str(&list).unwrap();
    let mut listed = Names::new();
    add_listed(&list, &mut listed);
    assert!(listed.len() >= 25, "{listed:?}");

    let found = extract_tree(&NPM, &tree);
    assert_eq!(names(&found, Evidence::Installed, |_| true), listed);
    for keep in [
        |path: &str| path == "package-lock.json",
        |path: &str| path == "1/package-lock.json",
        |path: &str| path == "2/package-lock.json",
        |path: &str| path == "3/package-lock.json",
    ] {
        assert_eq!(names(&found, Evidence::Declared, keep), listed);
    }
}

#[expect(clippy::unwrap_used, reason = "only tests call it")]
fn add_listed(node: &Value, listed: &mut Names) {
    for dependency in node["dependencies"]
        .as_object()
        .into_iter()
        .flat_map(|d| d.values())
    {
        let text = |key: &str| dependency[key].as_str().unwrap().to_owned();
        listed.insert((text("name"), text("version")));
        add_listed(dependency, listed);
    }
}
