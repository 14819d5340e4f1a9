//! Scores of CVSS vectors.

mod v3;

use std::str::FromStr as _;

/// The version of a CVSS vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CvssVersion {
    V2,
    V30,
    V31,
    V4,
}

impl CvssVersion {
    /// `2.0`, `3.0`, `3.1`, `4.0`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::V2 => "2.0",
            Self::V30 => "3.0",
            Self::V31 => "3.1",
            Self::V4 => "4.0",
        }
    }
}

/// What a vector scores. Scores are from 0.0 to 10.0, with one decimal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CvssScore {
    pub version: CvssVersion,
    /// Of CVSS 4, where one score takes in all metrics, that score.
    pub base: f64,
    /// The base score in the light of exploits and fixes; CVSS 3 only, none if the vector has no
    /// temporal metric.
    pub temporal: Option<f64>,
    /// The score for one environment; CVSS 3 only, none if the vector has no environmental metric.
    pub environmental: Option<f64>,
}

/// The score of a vector, none if it is not a CVSS vector.
pub fn score(vector: &str) -> Option<CvssScore> {
    let vector = vector.trim();
    let third = |version, minor, metrics| {
        let scores = v3::score(metrics, minor)?;
        Some(CvssScore {
            version,
            base: scores.base,
            temporal: scores.temporal,
            environmental: scores.environmental,
        })
    };
    if let Some(metrics) = vector.strip_prefix("CVSS:3.1/") {
        return third(CvssVersion::V31, v3::Minor::One, metrics);
    }
    if let Some(metrics) = vector.strip_prefix("CVSS:3.0/") {
        return third(CvssVersion::V30, v3::Minor::Zero, metrics);
    }
    let parsed = cvss::Cvss::from_str(vector).ok()?;
    let version = match &parsed {
        cvss::Cvss::CvssV20(_) => CvssVersion::V2,
        cvss::Cvss::CvssV40(_) => CvssVersion::V4,
        _ => return None,
    };
    Some(CvssScore {
        version,
        base: parsed.score(),
        temporal: None,
        environmental: None,
    })
}
