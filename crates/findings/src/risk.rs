//! The risk rank, 0 to 100, by which work is ordered, with each step (`docs/scoring.md`).

use model::Severity;

use crate::{
    environment::Judged,
    exposure::{Exposure, Reach},
    finding::RiskStep,
    vulnerability::Vulnerability,
};

/// Points for a probability of 1 that the vulnerability is exploited within 30 days.
const MOST_EPSS: f64 = 20.0;

/// Every step but the one of the EPSS score: at most 40 for how bad it is, 30 for known
/// exploitation, and 10 for how the resource can be reached.
pub fn steps(vulnerability: &Vulnerability, judged: &Judged, exposure: &Exposure) -> Vec<RiskStep> {
    vec![
        badness(judged),
        exploitation(vulnerability),
        reach(exposure),
    ]
}

/// The step of the EPSS score.
pub fn epss_step(epss: Option<f64>) -> RiskStep {
    RiskStep {
        points: epss_points(epss),
        reason: match epss {
            Some(epss) => format!(
                "EPSS gives {:.1}% for an exploit within 30 days: 20 for certainty",
                epss * 100.0
            ),
            None => "there is no EPSS score".to_owned(),
        },
    }
}

/// The points of the EPSS score.
pub fn epss_points(epss: Option<f64>) -> i64 {
    whole(epss.unwrap_or(0.0).clamp(0.0, 1.0) * MOST_EPSS)
}

/// The rank that the steps make together with the EPSS score.
pub fn rank(steps: &[RiskStep], epss: Option<f64>) -> i64 {
    let known: i64 = steps.iter().map(|step| step.points).sum();
    (known + epss_points(epss)).clamp(0, 100)
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the values are between 0 and 40"
)]
fn whole(points: f64) -> i64 {
    points.round() as i64
}

fn badness(judged: &Judged) -> RiskStep {
    if let Some(score) = &judged.score {
        return RiskStep {
            points: whole(score.value * 4.0),
            reason: format!(
                "the Inspector score is {:.1}: 4 for each point",
                score.value
            ),
        };
    }
    of_severity(judged.severity)
}

/// The step of what has a severity and no score: the middle of the scores that have it.
pub fn of_severity(severity: Severity) -> RiskStep {
    let points = match severity {
        Severity::Critical => 38,
        Severity::High => 32,
        Severity::Medium => 22,
        Severity::Low => 8,
        Severity::Informational => 0,
        Severity::Untriaged => 20,
    };
    RiskStep {
        points,
        reason: format!("there is no score; the severity is {severity}"),
    }
}

fn exploitation(vulnerability: &Vulnerability) -> RiskStep {
    let ssvc = vulnerability.ssvc.as_ref();
    let ssvc = ssvc.map(|ssvc| ssvc.exploitation.to_lowercase());
    let (points, reason) = match (&vulnerability.kev, ssvc.as_deref()) {
        (Some(kev), _) if kev.ransomware => (30, "ransomware uses it, says CISA's KEV catalog"),
        (Some(_), _) => (27, "it is exploited, says CISA's KEV catalog"),
        (None, Some("active")) => (25, "it is exploited, says CISA's SSVC"),
        (None, _) if vulnerability.exploit_known => (12, "an exploit is public"),
        _ => (0, "no exploit is known"),
    };
    RiskStep {
        points,
        reason: reason.to_owned(),
    }
}

fn reach(exposure: &Exposure) -> RiskStep {
    let points = match (exposure.reach, exposure.is_listening()) {
        (Reach::Internet, Some(true) | None) => 10,
        (Reach::Internet, Some(false)) => 6,
        (Reach::Unknown, _) => 5,
        (Reach::Private, Some(true) | None) => 3,
        (Reach::Private, Some(false)) => 2,
        (Reach::Nowhere, _) => 0,
    };
    let listening = match exposure.is_listening() {
        Some(true) => "; a program listens there",
        Some(false) if exposure.reach >= Reach::Private => "; no program listens there",
        _ => "",
    };
    RiskStep {
        points,
        reason: format!("{}{listening}", exposure.words()),
    }
}

#[cfg(test)]
mod tests {
    use model::{Kev, Severity};

    use super::{epss_step, rank, steps};
    use crate::{
        Vulnerability,
        environment::{Environment, Follows, judge},
        exposure::{Exposure, Ports, Reach},
        fold::{Known, alone},
    };

    fn ranked(vulnerability: &Vulnerability, exposure: &Exposure, epss: Option<f64>) -> i64 {
        let environment = Environment {
            exposure,
            follows: Follows::Adjusted,
        };
        let judged = judge(vulnerability, &environment);
        let mut steps = steps(vulnerability, &judged, exposure);
        let rank = rank(&steps, epss);
        steps.push(epss_step(epss));
        assert_eq!(steps.iter().map(|step| step.points).sum::<i64>(), rank);
        rank
    }

    #[test]
    fn work_is_ordered_by_exploitation_and_reach_and_not_by_severity_alone() {
        let mut quiet = alone(&Known::default(), &|_, a, b| a.cmp(b));
        quiet.severity = Severity::Critical;
        let mut used = quiet.clone();
        used.severity = Severity::High;
        used.exploit_known = true;
        used.kev = Some(Kev {
            date_added: "2024-01-01".to_owned(),
            due_date: None,
            ransomware: true,
            required_action: None,
        });
        let ssh = Ports {
            protocol: "TCP".to_owned(),
            first: 22,
            last: 22,
        };
        let hidden = Exposure::by_paths([]);
        let open = Exposure::by_paths([(Reach::Internet, ssh)]);
        let mut silent = open.clone();
        silent.listening = Some(Vec::new());
        assert_eq!(ranked(&quiet, &hidden, Some(0.001)), 38);
        assert_eq!(ranked(&quiet, &silent, Some(0.001)), 44);
        assert_eq!(ranked(&quiet, &open, Some(0.001)), 48);
        assert_eq!(ranked(&used, &hidden, Some(0.9)), 32 + 30 + 18);
        assert_eq!(ranked(&used, &open, Some(1.0)), 92);
        assert_eq!(ranked(&quiet, &Exposure::default(), None), 43);
    }
}
