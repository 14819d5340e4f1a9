//! The licences of every dependency.

use anyhow::Result;

use crate::workspace::Workspace;

/// Licences that allow use in an Apache-2.0 program.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "bzip2-1.0.6",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "OpenSSL",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Complaints about dependencies whose licence expression no allowed set satisfies, and about
/// dependencies that do not come from crates.io.
pub(crate) fn check(workspace: &Workspace) -> Result<Vec<String>> {
    let packages = workspace.packages()?;
    let mut complaints = Vec::new();
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let license = package["license"].as_str().unwrap_or("none stated");
        if !satisfied(license) {
            complaints.push(format!("{name}: licence {license}"));
        }
        if package["source"]
            .as_str()
            .is_some_and(|s| !s.starts_with("registry+"))
        {
            complaints.push(format!("{name}: not from the registry"));
        }
    }
    Ok(complaints)
}

/// Whether an SPDX expression holds with allowed licences only: every operand of an `AND` and
/// one of an `OR`. The old `/` means `OR`.
fn satisfied(expression: &str) -> bool {
    let expression = expression.replace('/', " OR ").replace(['(', ')'], " ");
    expression
        .split(" AND ")
        .all(|all| all.split(" OR ").any(|one| ALLOWED.contains(&one.trim())))
}

#[cfg(test)]
mod tests {
    use super::satisfied;

    #[test]
    fn expressions_are_read_as_choices_and_sums() {
        for (expression, expected) in [
            ("MIT OR Apache-2.0", true),
            ("MIT/GPL-3.0", true),
            ("GPL-3.0-only", false),
            ("(MIT OR Apache-2.0) AND Unicode-3.0", true),
            ("MIT AND GPL-2.0", false),
            ("none stated", false),
        ] {
            assert_eq!(satisfied(expression), expected, "{expression}");
        }
    }
}
