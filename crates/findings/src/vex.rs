//! Takes packages out of vulnerabilities by VEX statements; nothing is dropped silently.

use model::{Inventory, Package, VexProduct, VexStatement, VexStatus};

use crate::{
    suppress::update_status,
    vulnerability::{Suppression, SuppressionSource, Vulnerability},
};

/// Tells what the identifiers of a VEX document stand for.
pub trait Identify {
    /// Whether the identifier names this package.
    fn is_package(&self, identifier: &str, package: &Package) -> bool;
    /// Whether the identifier names the scanned target itself.
    fn is_target(&self, identifier: &str) -> bool;
}

/// Suppresses each package for which the newest statement that applies says `not_affected` or
/// `fixed` (OpenVEX specification, "Status Labels"), and updates each status.
pub fn apply(
    vulnerabilities: &mut [Vulnerability],
    inventory: &Inventory,
    statements: &[VexStatement],
    identify: &dyn Identify,
) {
    for vulnerability in &mut *vulnerabilities {
        let about: Vec<_> = statements
            .iter()
            .filter(|s| is_about(s, vulnerability))
            .collect();
        for affected in &mut vulnerability.packages {
            let Some(package) = inventory.packages.get(affected.package) else {
                continue;
            };
            let newest = about
                .iter()
                .filter(|s| s.products.iter().any(|p| covers(p, package, identify)))
                .max_by_key(|s| s.timestamp);
            if let Some(statement) = newest
                && let Some(suppression) = suppression(statement)
            {
                affected.suppressed.push(suppression);
            }
        }
    }
    update_status(vulnerabilities);
}

fn is_about(statement: &VexStatement, vulnerability: &Vulnerability) -> bool {
    let mut ids = std::iter::once(&vulnerability.id).chain(&vulnerability.aliases);
    ids.any(|id| {
        statement
            .vulnerabilities
            .iter()
            .any(|v| v.eq_ignore_ascii_case(id))
    })
}

/// A product covers a package if it is the package, or if it is the target and the statement
/// names no parts or this one.
fn covers(product: &VexProduct, package: &Package, identify: &dyn Identify) -> bool {
    let names = |identifiers: &[String]| {
        identifiers
            .iter()
            .any(|identifier| identify.is_package(identifier, package))
    };
    if product.subcomponents.is_empty() && names(&product.identifiers) {
        return true;
    }
    product
        .identifiers
        .iter()
        .any(|identifier| identify.is_target(identifier))
        && (product.subcomponents.is_empty() || names(&product.subcomponents))
}

fn suppression(statement: &VexStatement) -> Option<Suppression> {
    let word = match statement.status {
        VexStatus::NotAffected => "not affected",
        VexStatus::Fixed => "fixed",
        VexStatus::Affected | VexStatus::UnderInvestigation => return None,
    };
    let why = [&statement.justification, &statement.impact];
    let why: Vec<_> = why.into_iter().flatten().map(String::as_str).collect();
    let reason = match why.as_slice() {
        [] => format!("{word}, says {}", statement.author),
        why => format!("{word}, says {}: {}", statement.author, why.join("; ")),
    };
    Some(Suppression {
        source: SuppressionSource::Vex,
        document: Some(statement.document.clone()),
        place: statement.place.clone(),
        reason,
    })
}
