//! Generates the wire half of `crates/api` from the service models that botocore carries.
//!
//! Names, types, bounds, patterns and enum values are facts and are kept; the models' documentation
//! is not read.

mod model;
mod names;
mod rules;
mod table;
mod types;

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context as _, Result, bail, ensure};

use crate::workspace::Workspace;
use model::Model;

/// The directory that holds nothing but generated files.
pub(crate) const DIRECTORY: &str = "crates/api/src/wire";

/// Where a model lies inside botocore's data, without the ending.
const MODELS: &[&str] = &[
    "inspector2/2020-06-08/service-2.json",
    "inspector-scan/2023-08-08/service-2.json",
];

/// Writes the generated files, from the models named after `--model` or from those installed.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let paths = match arguments {
        [] => installed(workspace)?,
        [flag, paths @ ..] if flag == "--model" && paths.len() == MODELS.len() => {
            paths.iter().map(PathBuf::from).collect()
        }
        _ => bail!("usage: cargo xtask wire [--model INSPECTOR2 INSPECTOR_SCAN]"),
    };
    let files = generate(&paths)?;
    let directory = workspace.root.join(DIRECTORY);
    fs::create_dir_all(&directory)?;
    for entry in fs::read_dir(&directory)? {
        fs::remove_file(entry?.path())?;
    }
    for (name, text) in &files {
        fs::write(directory.join(name), text).with_context(|| format!("write {name}"))?;
    }
    println!("{} files in {DIRECTORY}", files.len());
    Ok(())
}

/// The models that the Python of `target/tools` has.
fn installed(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let script =
        "import botocore, os; print(os.path.join(os.path.dirname(botocore.__file__), 'data'))";
    let python = workspace.tools().join("bin/python");
    let mut command = Command::new(python);
    command.args(["-c", script]);
    let data = workspace
        .output(&mut command)
        .context("botocore is missing: run `cargo xtask setup`")?;
    let find = |model: &&str| {
        let plain = Path::new(data.trim()).join(model);
        let packed = plain.with_extension("json.gz");
        [plain, packed]
            .into_iter()
            .find(|path| path.exists())
            .with_context(|| format!("botocore has no {model}"))
    };
    MODELS.iter().map(find).collect()
}

/// The generated files by name.
fn generate(paths: &[PathBuf]) -> Result<BTreeMap<String, String>> {
    let models: Vec<Model> = paths
        .iter()
        .map(|path| Model::read(path))
        .collect::<Result<_>>()?;
    let mut files = types::files(&models)?;
    files.insert("shapes.rs".to_owned(), table::shapes(&models)?);
    files.insert("operations.rs".to_owned(), table::operations(&models)?);
    for text in files.values_mut() {
        *text = formatted(text)?;
    }
    Ok(files)
}

fn formatted(text: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("rustfmt")?;
    let mut input = child.stdin.take().context("rustfmt reads nothing")?;
    let text = text.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output()?;
    writer
        .join()
        .ok()
        .context("the writer of rustfmt panicked")??;
    ensure!(output.status.success(), "rustfmt: {}", output.status);
    Ok(String::from_utf8(output.stdout)?)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{DIRECTORY, generate, installed};
    use crate::workspace::Workspace;

    /// The files in the repository are what the installed model says, no more and no less.
    #[test]
    fn generated_files_are_current() {
        let workspace = Workspace::locate().unwrap();
        let paths = match installed(&workspace) {
            Ok(paths) => paths,
            Err(error) => {
                assert!(std::env::var_os("CI").is_none(), "{error:#}");
                println!("skipped: {error:#}");
                return;
            }
        };
        let files = generate(&paths).unwrap();
        let directory = workspace.root.join(DIRECTORY);
        for (name, text) in &files {
            let present = fs::read_to_string(directory.join(name)).unwrap();
            assert!(present == *text, "{name}: run `cargo xtask wire`");
        }
        assert_eq!(fs::read_dir(directory).unwrap().count(), files.len());
    }
}
