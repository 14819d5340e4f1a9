//! Go programs against `go version -m`.

use std::path::{Path, PathBuf};
use std::process::Command;

use lynkeus_ecosystem::golang::GO;

use crate::extraction::{extract, names};
use crate::tool;

/// A module with a pseudo-version, one replaced by another version, one by a directory. Of the
/// standard library they need next to nothing, so that each platform compiles quickly.
const GO_MOD: &str = "module example.com/prog

go 1.21

require (
	example.com/local v1.2.3
	golang.org/x/exp v0.0.0-20230522175609-2e198f4a06a1
	golang.org/x/sys v0.1.0
)

replace golang.org/x/sys => golang.org/x/sys v0.2.0

replace example.com/local => ./local
";
const MAIN: &str = r#"package main

import (
	"example.com/local"
	"golang.org/x/exp/constraints"
	"golang.org/x/sys/cpu"
)

func largest[T constraints.Ordered](a, b T) T { return max(a, b) }

func main() { println(largest(len(local.Name), 3), cpu.Initialized) }
"#;

fn write_program(directory: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(directory.join("local"))?;
    let local = "package local\n\nvar Name = \"local\"\n";
    std::fs::write(directory.join("go.mod"), GO_MOD)?;
    std::fs::write(directory.join("main.go"), MAIN)?;
    std::fs::write(directory.join("local/go.mod"), "module example.com/local\n")?;
    std::fs::write(directory.join("local/local.go"), local)
}

/// The packages that `go version -m` lists, by the rules of the extractor's documentation.
fn listed(program: &Path) -> Option<Vec<String>> {
    let text = tool::output(Command::new("go").args(["version", "-m"]).arg(program))?;
    let (head, body) = text.split_once('\n')?;
    let go = head.rsplit_once("go")?.1;
    let mut packages = vec![format!("stdlib {go}")];
    let mut has_main = false;
    for line in body.lines() {
        let fields: Vec<_> = line.trim_start().split('\t').collect();
        match fields.as_slice() {
            ["mod", path, version, ..] => {
                has_main = true;
                packages.push(format!("{path} {version}"));
            }
            ["dep", path, version, ..] => packages.push(format!("{path} {version}")),
            ["=>", directory, "(devel)", ..] if directory.starts_with("./") => {
                let original = packages.pop()?;
                packages.push(format!("{} (devel)", original.split(' ').next()?));
            }
            ["=>", path, version, ..] => {
                packages.pop();
                packages.push(format!("{path} {version}"));
            }
            _ => {}
        }
    }
    if !has_main && body.contains("\tpath\tcmd/") {
        packages.push(format!("toolchain {go}"));
    }
    packages.sort();
    Some(packages)
}

/// Builds the program in a directory of its own and returns its path.
fn build(directory: &Path, (os, arch): (&str, &str), flags: &[&str]) -> Option<PathBuf> {
    write_program(directory).ok()?;
    let program = directory.join("prog");
    let mut command = Command::new("go");
    command
        .current_dir(directory)
        .env("GOFLAGS", "-mod=mod -buildvcs=false")
        .env("CGO_ENABLED", "0")
        .env("GOOS", os)
        .env("GOARCH", arch)
        .arg("build")
        .args(flags)
        .arg("-o")
        .arg(&program)
        .arg(".");
    tool::output(&mut command)?;
    Some(program)
}

/// The bytes of a stripped program.
pub(crate) fn small_program() -> Option<Vec<u8>> {
    let directory = tool::directory("golang-small");
    let program = build(&directory, ("linux", "amd64"), &["-ldflags=-s -w"])?;
    std::fs::read(program).ok()
}

#[test]
fn programs_of_many_platforms_are_read_like_go_does() {
    let directory = tool::directory("golang");
    let rows: [(&str, &str, &[&str]); 7] = [
        ("linux", "amd64", &[]),
        ("linux", "amd64", &["-ldflags=-s -w"]),
        ("linux", "amd64", &["-buildmode=pie"]),
        ("linux", "386", &[]),
        ("linux", "s390x", &["-ldflags=-s -w"]),
        ("windows", "arm64", &[]),
        ("darwin", "arm64", &[]),
    ];
    for (os, arch, flags) in rows {
        let Some(program) = build(&directory, (os, arch), flags) else {
            return;
        };
        let Some(expected) = listed(&program) else {
            return;
        };
        let content = std::fs::read(&program).unwrap();
        let extracted = extract(&GO, "usr/bin/prog", &content);
        assert_eq!(extracted.problems, [], "{os}/{arch} {flags:?}");
        assert_eq!(
            names(&extracted.packages),
            expected,
            "{os}/{arch} {flags:?}"
        );
        assert_eq!(expected.len(), 5, "{os}/{arch} {flags:?}");
    }
}

#[test]
fn the_go_tools_are_read_like_go_does() {
    let Some(root) = tool::output(Command::new("go").args(["env", "GOROOT"])) else {
        return;
    };
    for name in ["bin/go", "bin/gofmt"] {
        let path = Path::new(root.trim()).join(name);
        let Some(expected) = listed(&path) else {
            return;
        };
        let extracted = extract(&GO, name, &std::fs::read(&path).unwrap());
        assert_eq!(names(&extracted.packages), expected, "{name}");
        assert!(expected.len() >= 2, "{name}: {expected:?}");
    }
}
