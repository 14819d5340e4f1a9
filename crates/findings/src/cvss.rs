//! Scores of CVSS vectors.

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

/// What a vector scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CvssScore {
    pub version: CvssVersion,
    /// From 0.0 to 10.0, one decimal.
    pub base: f64,
}

/// The score of a vector, none if it is not a CVSS vector.
pub fn score(vector: &str) -> Option<CvssScore> {
    let parsed = cvss::Cvss::from_str(vector.trim()).ok()?;
    let version = match &parsed {
        cvss::Cvss::CvssV20(_) => CvssVersion::V2,
        cvss::Cvss::CvssV30(_) => CvssVersion::V30,
        cvss::Cvss::CvssV31(_) => CvssVersion::V31,
        cvss::Cvss::CvssV40(_) => CvssVersion::V4,
        _ => return None,
    };
    Some(CvssScore {
        version,
        base: parsed.score(),
    })
}
