//! A base score in the environment of its resource: what the network and exploits change of it.
//!
//! A resource of which nothing is known keeps the base score, and so does one that the internet
//! reaches. Where no path from the internet exists, who attacks over the network must come from
//! nearer, and what is known of exploits counts: a score can only fall.

use model::Severity;

use crate::{
    cvss::{CvssVersion, score},
    exposure::{Exposure, Reach},
    finding::{Adjustment, InspectorScore},
    vulnerability::{ChosenScore, Vulnerability},
};

/// Which score a severity follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Follows {
    /// The score in the resource's environment.
    #[default]
    Adjusted,
    /// The base score, whatever the environment.
    Base,
}

/// The surroundings in which a vulnerability is judged.
#[derive(Debug, Clone, Copy)]
pub struct Environment<'a> {
    pub exposure: &'a Exposure,
    pub follows: Follows,
}

/// A severity, the sentence that says how it came about, and the score with every step.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    pub severity: Severity,
    pub reason: String,
    pub score: Option<InspectorScore>,
}

/// Judges a vulnerability in an environment.
pub fn judge(vulnerability: &Vulnerability, environment: &Environment<'_>) -> Judged {
    let (severity, reason) = (
        vulnerability.severity,
        vulnerability.severity_reason.clone(),
    );
    let Some(base) = &vulnerability.score else {
        return Judged {
            severity,
            reason,
            score: None,
        };
    };
    let score = adjusted(base, vulnerability, environment.exposure);
    if score.adjustments.is_empty() || environment.follows == Follows::Base {
        return Judged {
            severity,
            reason,
            score: Some(score),
        };
    }
    let severity = Severity::of_score(score.value);
    let reason = format!(
        "CVSS {} base score {:.1} by {}, {:.1} in this environment, is {severity}",
        score.version, score.base, score.source, score.value,
    );
    Judged {
        severity,
        reason,
        score: Some(score),
    }
}

/// The score with what the environment changes of its vector.
fn adjusted(base: &ChosenScore, of: &Vulnerability, exposure: &Exposure) -> InspectorScore {
    let mut adjusted = InspectorScore {
        value: base.value,
        vector: base.vector.clone(),
        version: base.version.name().to_owned(),
        source: base.source.clone(),
        base: base.value,
        base_vector: base.vector.clone(),
        adjustments: Vec::new(),
    };
    let (nearer, why) = match exposure.reach {
        Reach::Unknown | Reach::Internet => return adjusted,
        Reach::Private => ("A", "only private networks reach the resource"),
        Reach::Nowhere => ("L", "no network path leads to the resource"),
    };
    let mut vector = base.vector.clone();
    let mut adjustments = Vec::new();
    if let Some((moved, from)) = moved_nearer(&vector, nearer) {
        vector = moved;
        adjustments.push(Adjustment {
            metric: "AV".to_owned(),
            reason: format!("AV:{from} becomes AV:{nearer}, since {why}"),
        });
    }
    if let Some((maturity, reason)) = maturity(of).filter(|_| takes_maturity(base)) {
        vector = format!("{vector}/E:{maturity}");
        adjustments.push(Adjustment {
            metric: "E".to_owned(),
            reason,
        });
    }
    let value = score(&vector).map(|scored| scored.temporal.unwrap_or(scored.base));
    match value {
        Some(value) if value < base.value => {
            adjusted.value = value;
            adjusted.vector = vector;
            adjusted.adjustments = adjustments;
        }
        _ => {}
    }
    adjusted
}

/// The vector with a nearer attacker and what it said before; none if the attacker is no farther.
///
/// Where a user must do something (`UI:R`), the attack comes along with what the user fetches or
/// opens, which open ports say nothing of.
fn moved_nearer(vector: &str, nearer: &str) -> Option<(String, &'static str)> {
    let mut fields: Vec<&str> = vector.split('/').collect();
    if fields.contains(&"UI:R") {
        return None;
    }
    let place = fields.iter().position(|f| *f == "AV:N" || *f == "AV:A")?;
    let field = fields.get_mut(place)?;
    let from = if *field == "AV:N" { "N" } else { "A" };
    if from == nearer {
        return None;
    }
    let to = format!("AV:{nearer}");
    *field = &to;
    Some((fields.join("/"), from))
}

/// How far exploits have come (CVSS 3.1, `E`), and who says so; none if nothing speaks for less
/// than the worst.
fn maturity(of: &Vulnerability) -> Option<(&'static str, String)> {
    let exploitation = of.ssvc.as_ref()?.exploitation.to_lowercase();
    match exploitation.as_str() {
        "none" if !of.exploit_known => Some((
            "U",
            "E:U is added, since CISA's SSVC knows of no exploit".to_owned(),
        )),
        "poc" if of.kev.is_none() => Some((
            "P",
            "E:P is added, since CISA's SSVC knows only of a proof of concept".to_owned(),
        )),
        _ => None,
    }
}

/// CVSS 3 has the metric; a vector that states it already keeps what it says.
fn takes_maturity(base: &ChosenScore) -> bool {
    let third = matches!(base.version, CvssVersion::V30 | CvssVersion::V31);
    third && !base.vector.split('/').any(|field| field.starts_with("E:"))
}

#[cfg(test)]
mod tests {
    use model::{Kev, Severity, Ssvc};

    use super::{Environment, Follows, judge};
    use crate::{
        ChosenScore, Vulnerability,
        cvss::score,
        exposure::{Exposure, Reach},
        fold::{Known, alone},
    };

    const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    const CLICKED: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H";
    const LOCAL: &str = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    const STATED: &str = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:H";
    const V2: &str = "AV:N/AC:L/Au:N/C:C/I:C/A:C";

    fn vulnerability(vector: &str, exploitation: Option<&str>) -> Vulnerability {
        let scored = score(vector).expect("a vector");
        let mut made = alone(&Known::default(), &|_, a, b| a.cmp(b));
        made.severity = Severity::of_score(scored.base);
        "the base score".clone_into(&mut made.severity_reason);
        made.score = Some(ChosenScore {
            value: scored.base,
            version: scored.version,
            vector: vector.to_owned(),
            source: "NVD".to_owned(),
        });
        made.ssvc = exploitation.map(|exploitation| Ssvc {
            exploitation: exploitation.to_owned(),
            automatable: "no".to_owned(),
            technical_impact: "total".to_owned(),
        });
        made.exploit_known = exploitation.is_some_and(|said| said != "none");
        made
    }

    fn by(reach: Reach) -> Exposure {
        Exposure {
            reach,
            ..Exposure::default()
        }
    }

    /// The scores of CVSS 3.1's calculator (FIRST) for the vectors that come about.
    #[test]
    fn scores_fall_by_what_is_known_of_the_network_and_of_exploits() {
        use Reach::{Internet, Nowhere, Private, Unknown};
        let rows: [(&str, Option<&str>, Reach, f64, &str); 13] = [
            (CRITICAL, None, Unknown, 9.8, ""),
            (CRITICAL, Some("none"), Unknown, 9.8, ""),
            (CRITICAL, Some("none"), Internet, 9.8, ""),
            (CRITICAL, None, Private, 8.8, "AV"),
            (CRITICAL, None, Nowhere, 8.4, "AV"),
            (CRITICAL, Some("none"), Nowhere, 7.7, "AV E"),
            (CRITICAL, Some("poc"), Nowhere, 7.9, "AV E"),
            (CRITICAL, Some("active"), Nowhere, 8.4, "AV"),
            (CLICKED, None, Nowhere, 8.8, ""),
            (LOCAL, None, Private, 8.4, ""),
            (LOCAL, Some("none"), Private, 7.7, "E"),
            (STATED, Some("none"), Private, 8.4, ""),
            (V2, Some("none"), Nowhere, 7.2, "AV"),
        ];
        for (vector, exploitation, reach, value, changed) in rows {
            let row = format!("{vector} {exploitation:?} {reach:?}");
            let exposure = by(reach);
            let environment = Environment {
                exposure: &exposure,
                follows: Follows::Adjusted,
            };
            let judged = judge(&vulnerability(vector, exploitation), &environment);
            let got = judged.score.expect("a score");
            assert!((got.value - value).abs() < 1e-9, "{row}: {}", got.value);
            let metrics: Vec<_> = got.adjustments.iter().map(|a| a.metric.as_str()).collect();
            assert_eq!(metrics.join(" "), changed, "{row}");
            assert_eq!(got.vector == got.base_vector, changed.is_empty(), "{row}");
            assert_eq!(judged.severity, Severity::of_score(value), "{row}");
            assert_eq!(
                judged.reason == "the base score",
                changed.is_empty(),
                "{row}"
            );
        }
    }

    #[test]
    fn severities_follow_the_base_score_if_they_shall() {
        let exposure = by(Reach::Nowhere);
        let environment = Environment {
            exposure: &exposure,
            follows: Follows::Base,
        };
        let judged = judge(&vulnerability(CRITICAL, None), &environment);
        assert_eq!(judged.severity, Severity::Critical);
        assert!(judged.score.expect("a score").value < 9.0);
    }

    #[test]
    fn exploited_vulnerabilities_keep_the_worst_maturity() {
        let mut known = vulnerability(CRITICAL, Some("poc"));
        known.kev = Some(Kev {
            date_added: "2024-01-01".to_owned(),
            due_date: None,
            ransomware: false,
            required_action: None,
        });
        let exposure = by(Reach::Nowhere);
        let environment = Environment {
            exposure: &exposure,
            follows: Follows::Adjusted,
        };
        let score = judge(&known, &environment).score.expect("a score");
        assert!((score.value - 8.4).abs() < 1e-9, "{}", score.value);
    }
}
