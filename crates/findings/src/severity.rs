//! Which assessment a severity follows (Inspector's order, with the reason in words).

use std::cmp::Reverse;

use model::{Severity, VendorSeverity};

use crate::{
    cvss::{CvssVersion, score},
    vulnerability::{AdvisorySummary, ChosenScore, VectorScore},
};

/// A severity and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct Derived {
    pub severity: Severity,
    pub reason: String,
    pub score: Option<ChosenScore>,
    pub cvss: Vec<VectorScore>,
}

/// Distributions whose own CVSS comes before NVD's for their packages
/// (Inspector user guide, "Understanding severity levels").
const VENDORS: &[&str] = &["amazon", "debian", "redhat"];

/// Assessments from this rank on are listed and never decide.
const UNDECIDING: u8 = 5;

/// Derives the severity of one vulnerability.
///
/// An advisory whose publisher calls it informational (`RustSec`'s `unmaintained`, `unsound` and
/// `notice`, which `cargo audit` shows as warnings) is not scored by its own vectors.
///
/// A CVSS 3 score of the packages' own distribution comes first, then NVD's, then any other
/// CVSS 3 score, then CVSS 2, then the worst of `words`, which are the publishers' for the packages,
/// each with its feed. CVSS 4 is listed and never decides.
pub fn derive(
    advisories: &[&AdvisorySummary],
    words: &[(&str, &VendorSeverity)],
    facts: &[model::Cvss],
) -> Derived {
    let mut cvss = assessments(advisories, facts);
    cvss.sort_by_key(|(rank, a)| {
        (
            *rank,
            Reverse(a.version),
            a.source.clone(),
            a.vector.clone(),
        )
    });
    cvss.dedup_by(|a, b| a.1 == b.1);
    let best = cvss.iter().find(|(rank, _)| *rank < UNDECIDING).cloned();
    let cvss: Vec<_> = cvss.into_iter().map(|(_, a)| a).collect();
    if let Some((_, best)) = best {
        let severity = Severity::of_score(best.base);
        let reason = format!(
            "CVSS {} base score {:.1} by {} is {severity}",
            best.version.name(),
            best.base,
            best.source,
        );
        let score = Some(ChosenScore {
            value: best.base,
            version: best.version,
            vector: best.vector,
            source: best.source,
        });
        return Derived {
            severity,
            reason,
            score,
            cvss,
        };
    }
    let word = words
        .iter()
        .filter(|(_, word)| word.severity != Severity::Untriaged)
        .max_by_key(|(_, word)| word.severity);
    let (severity, reason) = match word {
        Some((feed, VendorSeverity { word, severity })) => (
            *severity,
            format!("no CVSS 3 or 2 score; {feed} calls it {word}"),
        ),
        None => (
            Severity::Untriaged,
            "no score and no severity word is known".to_owned(),
        ),
    };
    Derived {
        severity,
        reason,
        score: None,
        cvss,
    }
}

/// Every assessment with its rank; lower ranks decide first.
fn assessments(advisories: &[&AdvisorySummary], facts: &[model::Cvss]) -> Vec<(u8, VectorScore)> {
    let own = advisories.iter().flat_map(|advisory| {
        let vendor = VENDORS.iter().any(|v| advisory.feed.starts_with(v));
        let word = advisory.severity.as_ref().map(|word| word.severity);
        let informational = word == Some(Severity::Informational);
        let cvss = advisory.cvss.iter();
        cvss.map(move |cvss| (vendor, informational, cvss))
    });
    own.chain(facts.iter().map(|cvss| (false, false, cvss)))
        .filter_map(|(vendor, informational, cvss)| {
            let scored = score(&cvss.vector)?;
            let v3 = matches!(scored.version, CvssVersion::V30 | CvssVersion::V31);
            let rank = match (v3, scored.version) {
                _ if informational => UNDECIDING + 1,
                (true, _) if vendor => 0,
                (true, _) if is_nvd(&cvss.source) => 1,
                (true, _) => 2,
                (false, CvssVersion::V2) if is_nvd(&cvss.source) => 3,
                (false, CvssVersion::V2) => 4,
                (false, _) => UNDECIDING,
            };
            Some((
                rank,
                VectorScore {
                    source: cvss.source.clone(),
                    vector: cvss.vector.clone(),
                    version: scored.version,
                    base: scored.base,
                },
            ))
        })
        .collect()
}

fn is_nvd(source: &str) -> bool {
    source.eq_ignore_ascii_case("nvd") || source.eq_ignore_ascii_case("nvd@nist.gov")
}
