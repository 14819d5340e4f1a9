//! CSAF 2.0 documents with the profile VEX (CSAF 2.0 §4.5).

use std::collections::BTreeMap;

use model::{VexProduct, VexStatement, VexStatus};
use serde_json::Value;

use super::{Statements, filled};
use crate::feeds::csaf::document::{Csaf, Product, Products, Vulnerability};
use crate::feeds::date;

pub(super) fn read(path: &str, document: Value, read: &mut Statements) {
    let csaf: Csaf = match serde_json::from_value(document) {
        Ok(csaf) => csaf,
        Err(error) => return read.problem(path, &format!("is not CSAF: {error}")),
    };
    let products = Products::new(csaf.product_tree);
    for (number, vulnerability) in csaf.vulnerabilities.iter().enumerate() {
        let place = format!("{path}: vulnerability {}", number + 1);
        let mut groups: BTreeMap<(VexStatus, Reasons), Vec<VexProduct>> = BTreeMap::new();
        let mut unknown = Vec::new();
        for (status, ids) in &vulnerability.product_status {
            let Some(status) = status_of(status) else {
                continue;
            };
            for id in ids {
                match product(&products, id) {
                    Some(product) => groups
                        .entry((status, Reasons::of(vulnerability, id)))
                        .or_default()
                        .push(product),
                    None => unknown.push(id),
                }
            }
        }
        unknown.sort_unstable();
        for id in unknown {
            read.problem(&place, &format!("product {id} is not in the product tree"));
        }
        let mut ids = vec![vulnerability.cve.clone()];
        ids.extend(vulnerability.ids.iter().map(|id| id.text.clone()));
        for ((status, reasons), mut products) in groups {
            products.sort_unstable();
            products.dedup();
            read.keep(VexStatement {
                vulnerabilities: ids.clone(),
                products,
                status,
                justification: reasons.justification,
                impact: reasons.impact,
                action: reasons.action,
                timestamp: date::parse(&csaf.document.tracking.current_release_date),
                author: csaf.document.publisher.name.clone(),
                document: csaf.document.tracking.id.clone(),
                place: place.clone(),
            });
        }
    }
}

/// The status of the products of a group (CSAF 2.0 §3.2.3.9).
fn status_of(group: &str) -> Option<VexStatus> {
    match group {
        "known_not_affected" => Some(VexStatus::NotAffected),
        "first_affected" | "known_affected" | "last_affected" => Some(VexStatus::Affected),
        "first_fixed" | "fixed" => Some(VexStatus::Fixed),
        "under_investigation" => Some(VexStatus::UnderInvestigation),
        _ => None,
    }
}

/// What the document adds to the status of a product.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reasons {
    justification: Option<String>,
    impact: Option<String>,
    action: Option<String>,
}

impl Reasons {
    fn of(vulnerability: &Vulnerability, id: &str) -> Self {
        let about = |ids: &[String]| ids.iter().any(|other| other == id);
        Self {
            justification: vulnerability
                .flags
                .iter()
                .find(|flag| about(&flag.product_ids))
                .and_then(|flag| filled(&flag.label)),
            impact: vulnerability
                .threats
                .iter()
                .find(|threat| threat.category == "impact" && about(&threat.product_ids))
                .and_then(|threat| filled(&threat.details)),
            action: vulnerability
                .remediations
                .iter()
                .find(|remediation| about(&remediation.product_ids))
                .and_then(|remediation| filled(&remediation.details)),
        }
    }
}

/// A component in a product is a part of it; a product alone stands for itself.
fn product(products: &Products, id: &str) -> Option<VexProduct> {
    let resolved = products.resolve(id)?;
    Some(match resolved.platform {
        Some(platform) => VexProduct {
            identifiers: identifiers(platform),
            subcomponents: identifiers(resolved.component),
        },
        None => VexProduct {
            identifiers: identifiers(resolved.component),
            subcomponents: Vec::new(),
        },
    })
}

/// Purl and CPE, or the document's own id if there is neither.
fn identifiers(product: &Product) -> Vec<String> {
    let known = [&product.known_as.purl, &product.known_as.cpe];
    let mut names: Vec<String> = known
        .into_iter()
        .filter(|name| !name.is_empty())
        .cloned()
        .collect();
    if names.is_empty() {
        names.push(product.id.clone());
    }
    names
}
