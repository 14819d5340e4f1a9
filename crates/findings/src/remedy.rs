//! Which single upgrade removes most.

use std::{cmp::Reverse, collections::BTreeMap};

use model::{Inventory, Package, Severity};

use crate::{fold::Compare, vulnerability::Vulnerability};

/// An upgrade of all packages built from one source, and what it removes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgrade {
    pub purl_type: String,
    /// Name of the source package where there is one.
    pub name: String,
    pub from: String,
    pub to: String,
    /// Indices into the inventory's packages.
    pub packages: Vec<usize>,
    /// How many vulnerabilities end, by severity from critical down to untriaged.
    pub removes: [usize; 6],
}

impl Upgrade {
    /// How many vulnerabilities end.
    pub fn total(&self) -> usize {
        self.removes.iter().sum()
    }
}

/// Every upgrade that ends at least one active vulnerability, the one that removes most first:
/// most critical ones, then high ones, and so on.
pub fn upgrades(
    inventory: &Inventory,
    vulnerabilities: &[Vulnerability],
    compare: Compare<'_>,
) -> Vec<Upgrade> {
    let mut groups: BTreeMap<(&str, &str, &str), Upgrade> = BTreeMap::new();
    for vulnerability in vulnerabilities
        .iter()
        .filter(|v| v.is_active() && v.is_fixable())
    {
        let affected: Vec<_> = vulnerability
            .packages
            .iter()
            .filter_map(|p| Some((p, inventory.packages.get(p.package)?)))
            .collect();
        let mut keys: Vec<_> = affected.iter().map(|(_, package)| key(package)).collect();
        keys.dedup();
        let [only] = keys.as_slice() else { continue };
        let upgrade = groups.entry(*only).or_insert_with(|| Upgrade {
            purl_type: only.0.to_owned(),
            name: only.1.to_owned(),
            from: only.2.to_owned(),
            to: String::new(),
            packages: Vec::new(),
            removes: [0; 6],
        });
        for (one, package) in affected {
            upgrade.packages.push(one.package);
            let fixed = one.fixed_version.as_deref().unwrap_or_default();
            if upgrade.to.is_empty() || compare(package, &upgrade.to, fixed).is_lt() {
                fixed.clone_into(&mut upgrade.to);
            }
        }
        let rank = Severity::ALL
            .iter()
            .rev()
            .position(|s| *s == vulnerability.severity);
        if let Some(count) = rank.and_then(|rank| upgrade.removes.get_mut(rank)) {
            *count += 1;
        }
    }
    let mut upgrades: Vec<_> = groups.into_values().collect();
    for upgrade in &mut upgrades {
        upgrade.packages.sort_unstable();
        upgrade.packages.dedup();
    }
    upgrades.sort_by_key(|u| (Reverse(u.removes), u.name.clone()));
    upgrades
}

/// What is upgraded together: type, name and version of the source.
fn key(package: &Package) -> (&str, &str, &str) {
    let purl_type = package.purl_type.as_str();
    match &package.source {
        Some(source) => (purl_type, &source.name, &source.version),
        None => (purl_type, &package.name, &package.version),
    }
}
