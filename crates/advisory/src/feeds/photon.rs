//! Photon OS: which version of a package resolves a vulnerability, one document a release.

use ecosystem::os_release::{self, Distribution};
use model::{
    Advisory, Affected, FixState, OperatingSystem, Problem, Range, RangeEnd, Severity,
    VendorSeverity,
};
use serde::Deserialize;

use crate::feed::precedence;
use crate::{Document, Feed, Item, json};

/// Photon's own metadata of CVEs.
pub static PHOTON: Feed = Feed {
    name: "photon",
    publisher: "Photon OS CVE Metadata",
    license: "LicenseRef-Photon-OS-CVE-Metadata",
    version: 1,
    urls: &[
        "https://packages-prod.broadcom.com/photon/photon_cve_metadata/cve_data_photon3.0.json",
        "https://packages-prod.broadcom.com/photon/photon_cve_metadata/cve_data_photon4.0.json",
        "https://packages-prod.broadcom.com/photon/photon_cve_metadata/cve_data_photon5.0.json",
    ],
    files: &["photon/cve_data_photon*.json"],
    precedence: precedence::TRACKER,
    parse,
};

/// Largest record, in bytes.
const LIMIT: usize = 1 << 20;

/// What the publisher writes where there is no version.
const NONE: &str = "NA";

#[derive(Debug, Deserialize)]
struct Record {
    cve_id: String,
    pkg: String,
    cve_score: Option<f64>,
    res_ver: String,
    /// Older documents have none: what they list is fixed.
    status: Option<String>,
}

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let Some(namespace) = namespace(path) else {
        let what = "the name does not say which release of Photon OS it is about";
        return emit(Item::Cut(Problem::new(path, what)));
    };
    let read = json::list(document, &[], LIMIT, &mut |element| {
        let element = match element {
            Ok(element) => element,
            Err(problem) => return emit(Item::Problem(problem)),
        };
        let record = serde_json::from_slice::<Record>(element.bytes)
            .map_err(|error| error.to_string())
            .and_then(|record| advisory(record, &namespace));
        emit(match record {
            Ok(advisory) => Item::Advisory(Box::new(advisory)),
            Err(what) => Item::Problem(Problem::new(element.place(path), what)),
        });
    });
    match read {
        Ok(true) => {}
        Ok(false) => emit(Item::Cut(Problem::new(path, "is not a list"))),
        Err(problem) => emit(Item::Cut(problem)),
    }
}

/// The namespace of `…/cve_data_photon5.0.json`.
fn namespace(path: &str) -> Option<String> {
    let name = path.rsplit('/').next()?;
    let version = name
        .strip_prefix("cve_data_photon")?
        .strip_suffix(".json")?;
    let photon = |distribution: &&Distribution| distribution.id == "photon";
    let id = os_release::DISTRIBUTIONS.iter().find(photon)?.id;
    os_release::namespace(&OperatingSystem {
        id: id.to_owned(),
        version_id: version.to_owned(),
        ..OperatingSystem::default()
    })
}

fn advisory(record: Record, namespace: &str) -> Result<Advisory, String> {
    if record.cve_id.is_empty() || record.pkg.is_empty() {
        return Err("a record has no id or no package".to_owned());
    }
    let fixed = Some(record.res_ver).filter(|version| !version.is_empty() && version != NONE);
    let (fix, end) = match (record.status.as_deref(), fixed) {
        (Some("Not Affected"), _) => (FixState::NotAffected, None),
        (Some("Fixed") | None, Some(version)) => {
            (FixState::FromRanges, Some(RangeEnd::Fixed(version)))
        }
        (Some("Fixed") | None, None) => {
            return Err(format!("{}: fixed without a version", record.cve_id));
        }
        (Some("Not Fixed"), None) => (FixState::NotFixed, Some(RangeEnd::Open)),
        (Some(status), _) => return Err(format!("{}: unknown status `{status}`", record.cve_id)),
    };
    let ranges = end.map(|end| Range {
        introduced: None,
        end,
    });
    Ok(Advisory {
        id: record.cve_id,
        feed: PHOTON.name.to_owned(),
        // A score without a vector is no more than a word.
        severity: record.cve_score.map(|score| VendorSeverity {
            word: format!("{score:.1}"),
            severity: Severity::of_score(score),
        }),
        affected: vec![Affected {
            namespace: namespace.to_owned(),
            name: record.pkg,
            ranges: ranges.into_iter().collect(),
            fix,
            ..Affected::default()
        }],
        ..Advisory::default()
    })
}

#[cfg(test)]
mod tests {
    use super::PHOTON;
    use crate::check::check_feed;

    /// Records of the documents for 5.0 and 4.0 as published in 2025, and broken ones.
    #[test]
    fn records_become_ranges() {
        check_feed(
            &PHOTON,
            "photon/cve_data_photon5.0.json",
            br#"[{"cve_id":"CVE-2023-5115","pkg":"ansible","cve_score":6.3,
                "aff_ver":"all versions before 2.14.12-1.ph5 are vulnerable","res_ver":"2.14.12-1.ph5","status":"Fixed"},
              {"cve_id":"BDSA-2025-13833","pkg":"consul","cve_score":10.0,"aff_ver":"NA","res_ver":"NA","status":"Not Affected"},
              {"cve_id":"CVE-2020-1945","pkg":"apache-ant","cve_score":6.3,"aff_ver":"","res_ver":"1.10.8-1.ph1"},
              {"cve_id":"CVE-1","pkg":"a","cve_score":null,"res_ver":"NA","status":"Not Fixed"},
              {"cve_id":"CVE-2","pkg":"a","cve_score":null,"res_ver":"NA","status":"Fixed"},
              {"cve_id":"CVE-3","pkg":"a","res_ver":"1","status":"Perhaps"},
              {"cve_id":"","pkg":"a","res_ver":"1"}]"#,
            &[
                "CVE-2023-5115 severity=6.3",
                "  Photon OS:5.0 ansible <2.14.12-1.ph5",
                "BDSA-2025-13833 severity=10.0",
                "  Photon OS:5.0 consul fix=NotAffected",
                "CVE-2020-1945 severity=6.3",
                "  Photon OS:5.0 apache-ant <1.10.8-1.ph1",
                "CVE-1",
                "  Photon OS:5.0 a * fix=NotFixed",
                "! photon/cve_data_photon5.0.json: byte 538: CVE-2: fixed without a version",
                "! photon/cve_data_photon5.0.json: byte 631: CVE-3: unknown status `Perhaps`",
                "! photon/cve_data_photon5.0.json: byte 708: a record has no id or no package",
            ],
        );
        check_feed(
            &PHOTON,
            "photon/cve_data.json",
            b"[]",
            &[
                "! photon/cve_data.json: the name does not say which release of Photon OS it is about",
            ],
        );
    }
}
