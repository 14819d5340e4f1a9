//! Times network reachability on synthetic networks of growing size.

use anyhow::Result;

use crate::workspace::Workspace;

/// Interfaces, groups, rules in a group, distinct sets of groups.
const SIZES: &[[&str; 4]] = &[
    ["1000", "200", "30", "250"],
    ["10000", "2000", "30", "2500"],
    ["100000", "20000", "30", "25000"],
    ["10000", "3000", "8", "3000"],
];
/// Threads of the full evaluation.
const THREADS: &str = "2";

/// Runs the example of the crate for each size; the last is that of a realistic network.
pub(crate) fn bench(workspace: &Workspace) -> Result<()> {
    for size in SIZES {
        let mut arguments = vec![
            "run",
            "--quiet",
            "--release",
            "--package",
            "lynkeus-network",
            "--example",
            "hostile",
            "--",
        ];
        arguments.extend(size);
        arguments.push(THREADS);
        workspace.cargo(&arguments)?;
    }
    Ok(())
}
