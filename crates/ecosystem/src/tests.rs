//! Facts that must hold over all ecosystems.

use std::collections::BTreeSet;

use crate::os_release::DISTRIBUTIONS;
use crate::{ECOSYSTEMS, SYSTEM_EXTRACTORS, by_namespace};

#[test]
fn names_are_unique() {
    let types: BTreeSet<_> = ECOSYSTEMS.iter().map(|e| e.purl_type.as_str()).collect();
    assert_eq!(
        types.len(),
        ECOSYSTEMS.len(),
        "two ecosystems share a purl type"
    );
    let extractors: Vec<_> = ECOSYSTEMS
        .iter()
        .flat_map(|e| e.extractors)
        .chain(SYSTEM_EXTRACTORS)
        .map(|e| e.name)
        .collect();
    let unique: BTreeSet<_> = extractors.iter().collect();
    assert_eq!(
        unique.len(),
        extractors.len(),
        "two extractors share a name"
    );
}

#[test]
fn namespaces_lead_to_their_ecosystem() {
    let debian = by_namespace("Debian:12").map(|e| e.purl_type.as_str());
    assert_eq!(debian, Some("deb"));
    assert!(by_namespace("Nowhere:1").is_none());
    for distribution in DISTRIBUTIONS {
        let ecosystem = by_namespace(distribution.osv_name).map(|e| e.purl_type.as_str());
        assert_eq!(
            ecosystem,
            Some(distribution.purl_type),
            "{}",
            distribution.id
        );
    }
}
