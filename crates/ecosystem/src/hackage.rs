//! Haskell packages, as the lock files of Cabal and Stack declare them.

use model::PurlType;

use crate::listing::Listing;
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Packages of Hackage.
pub static HACKAGE: Ecosystem = Ecosystem {
    purl_type: PurlType::new("hackage"),
    title: "Haskell packages",
    osv_name: Some("Hackage"),
    normalize_name: str::to_owned,
    scheme: &version::generic::HACKAGE,
    extractors: &[
        Extractor {
            name: "hackage/cabal.project.freeze",
            version: 1,
            wants: |file| file.file_name() == "cabal.project.freeze",
            magic: &[],
            extract: extract_freeze,
        },
        Extractor {
            name: "hackage/stack.yaml.lock",
            version: 1,
            wants: is_stack_lock,
            magic: &[],
            extract: extract_stack,
        },
    ],
};

/// Largest file that is read, in bytes.
const LIMIT: u64 = 16 << 20;

fn is_stack_lock(file: &FileInfo<'_>) -> bool {
    file.file_name() == "stack.yaml.lock"
}

/// `any.NAME ==VERSION` in the `constraints` field; other constraints are flags.
fn extract_freeze(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&HACKAGE, input.file.path);
    for constraint in text.split([',', '\n']) {
        let constraint = constraint.trim();
        let constraint = constraint
            .strip_prefix("constraints:")
            .map_or(constraint, str::trim);
        let exact = constraint
            .strip_prefix("any.")
            .and_then(|c| c.split_once("=="));
        if let Some((name, version)) = exact {
            listing.add(name, version);
        }
    }
    listing.finish()
}

/// `hackage: NAME-VERSION@sha256:…` under `completed`. The packages of the snapshot are not in
/// the file.
fn extract_stack(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&HACKAGE, input.file.path);
    let mut completed = false;
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ");
        if let Some(key) = line.strip_suffix(':') {
            completed = match key {
                "completed" => true,
                "original" => false,
                _ => completed,
            };
        }
        let Some(reference) = line.strip_prefix("hackage:").filter(|_| completed) else {
            continue;
        };
        let package = reference.split('@').next().unwrap_or(reference).trim();
        match package.rsplit_once('-') {
            Some((name, version)) => {
                listing.add(name, version);
            }
            None => listing.problem("a package without a version"),
        }
    }
    listing.finish()
}

#[cfg(test)]
mod tests {
    use super::HACKAGE;
    use crate::check::check_extract;

    #[test]
    fn exact_versions_are_declared() {
        check_extract(
            &HACKAGE,
            "cabal.project.freeze",
            &[(
                "constraints and flags",
                b"active-repositories: hackage.haskell.org:merge\n\
                  constraints: any.aeson ==2.0.3.0,\n             aeson -cffi +ordered-keymap,\n\
                  \x20            any.base ==4.16.0.0\nindex-state: 2022-01-01T00:00:00Z\n",
                &["aeson 2.0.3.0 declared", "base 4.16.0.0 declared"],
            )],
        );
        check_extract(
            &HACKAGE,
            "stack.yaml.lock",
            &[(
                "completed and original",
                b"packages:\n- completed:\n    hackage: acme-missiles-0.3@sha256:2ba6,613\n    \
                  pantry-tree:\n      size: 226\n  original:\n    hackage: acme-missiles-0.3\n\
                  snapshots:\n- completed:\n    size: 1\n  original: lts-14.25\n",
                &["acme-missiles 0.3 declared"],
            )],
        );
    }
}
