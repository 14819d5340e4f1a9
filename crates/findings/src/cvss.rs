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

#[cfg(test)]
mod tests {
    use super::{CvssVersion, score};

    /// Vectors as the NVD, GitHub and vendors publish them, with temporal, environmental, threat and
    /// supplemental metrics.
    const VECTORS: &[(&str, CvssVersion)] = &[
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", CvssVersion::V2),
        (
            "AV:L/AC:M/Au:S/C:C/I:N/A:C/E:POC/RL:OF/RC:C",
            CvssVersion::V2,
        ),
        (
            "AV:A/AC:H/Au:M/C:N/I:N/A:P/E:U/RL:W/RC:UR/CDP:LM/TD:H/CR:M/IR:H/AR:ND",
            CvssVersion::V2,
        ),
        (
            "CVSS:3.0/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",
            CvssVersion::V30,
        ),
        (
            "CVSS:3.1/AV:P/AC:H/PR:H/UI:N/S:U/C:H/I:N/A:H/E:P/RL:T/RC:R",
            CvssVersion::V31,
        ),
        (
            "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H/CR:L/IR:H/AR:X/MAV:L/MAC:H/MPR:N/MUI:R/MS:U/MC:N/MI:L/MA:H",
            CvssVersion::V31,
        ),
        (
            "CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:P/VC:H/VI:N/VA:N/SC:N/SI:N/SA:H",
            CvssVersion::V4,
        ),
        (
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H/E:A/CR:H/IR:M/AR:L/MAV:A/MAC:H/MAT:P/MPR:H/MUI:A/MVC:L/MVI:N/MVA:H/MSC:N/MSI:S/MSA:S/S:P/AU:Y/R:I/V:C/RE:H/U:Red",
            CvssVersion::V4,
        ),
    ];

    #[test]
    fn real_vectors_have_scores() {
        for (vector, version) in VECTORS {
            assert_eq!(
                score(vector).map(|score| score.version),
                Some(*version),
                "{vector}"
            );
        }
    }

    #[test]
    fn damaged_vectors_are_survived() {
        let samples: Vec<&[u8]> = VECTORS.iter().map(|row| row.0.as_bytes()).collect();
        let target = damage::Target {
            name: "findings/cvss",
            samples: &samples,
            tokens: &[
                b"CVSS:3.1/",
                b"CVSS:3.0/",
                b"CVSS:4.0/",
                b"/AV:N",
                b"/S:C",
                b"/MS:X",
                b"/E:",
                b"/",
                b":",
                b"AV:N/AC:L/Au:N/",
                b"U:Amber",
            ],
            cases: 2000,
        };
        target.check(|bytes| {
            let vector = String::from_utf8_lossy(bytes);
            let score = score(&vector)?;
            let all = [Some(score.base), score.temporal, score.environmental];
            for value in all.into_iter().flatten() {
                assert!((0.0..=10.0).contains(&value), "{value}: {vector}");
                let tenths = value * 10.0;
                assert!((tenths - tenths.round()).abs() < 1e-6, "{value}: {vector}");
            }
            Some((score.version, all.map(|value| value.map(f64::round))))
        });
    }
}
