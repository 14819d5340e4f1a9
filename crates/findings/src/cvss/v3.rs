//! Scores of CVSS 3.0 and 3.1 vectors: base, temporal and environmental.

/// What a vector scores; each from 0.0 to 10.0 with one decimal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scores {
    pub(super) base: f64,
    /// None if no temporal metric is stated.
    pub(super) temporal: Option<f64>,
    /// None if no environmental metric is stated.
    pub(super) environmental: Option<f64>,
}

/// Which of the two formulas counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Minor {
    Zero,
    One,
}

/// A metric and its values with their weights; `X` is added where it is allowed
/// (CVSS 3.1 specification, section 7.4, "Metric Values").
struct Metric {
    name: &'static str,
    values: &'static [(&'static str, f64)],
}

const BASE: [Metric; 8] = [
    metric("AV", &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)]),
    metric("AC", &[("L", 0.77), ("H", 0.44)]),
    metric("PR", &[("N", 0.85), ("L", 0.62), ("H", 0.27)]),
    metric("UI", &[("N", 0.85), ("R", 0.62)]),
    metric("S", &[("U", UNCHANGED), ("C", CHANGED)]),
    metric("C", IMPACT),
    metric("I", IMPACT),
    metric("A", IMPACT),
];

const TEMPORAL: [Metric; 3] = [
    metric("E", &[("H", 1.0), ("F", 0.97), ("P", 0.94), ("U", 0.91)]),
    metric("RL", &[("U", 1.0), ("W", 0.97), ("T", 0.96), ("O", 0.95)]),
    metric("RC", &[("C", 1.0), ("R", 0.96), ("U", 0.92)]),
];

const REQUIREMENTS: [Metric; 3] = [
    metric("CR", REQUIREMENT),
    metric("IR", REQUIREMENT),
    metric("AR", REQUIREMENT),
];

const IMPACT: &[(&str, f64)] = &[("H", 0.56), ("L", 0.22), ("N", 0.0)];
const REQUIREMENT: &[(&str, f64)] = &[("H", 1.5), ("M", 1.0), ("L", 0.5)];
const UNCHANGED: f64 = 0.0;
const CHANGED: f64 = 1.0;
/// The weight of `X`, of every metric that has it.
const NOT_DEFINED: f64 = 1.0;

const fn metric(name: &'static str, values: &'static [(&'static str, f64)]) -> Metric {
    Metric { name, values }
}

/// The weights of the eight base metrics, in the order of [`BASE`].
type Weights = [f64; 8];

/// Scores the metrics that follow `CVSS:3.x/`; none if one is unknown, twice there, or missing.
pub(super) fn score(metrics: &str, minor: Minor) -> Option<Scores> {
    let mut base = [None; 8];
    let mut modified = [None; 8];
    let mut temporal = [None; 3];
    let mut requirements = [None; 3];
    let mut seen: Vec<&str> = Vec::with_capacity(22);
    for field in metrics.split('/') {
        let (name, value) = field.split_once(':')?;
        if seen.contains(&name) {
            return None;
        }
        seen.push(name);
        let stripped = name.strip_prefix('M');
        if let Some(slot) = slot(&BASE, &mut base, name) {
            *slot.1 = Some(weight(slot.0, value)?);
        } else if let Some(slot) = slot(&TEMPORAL, &mut temporal, name) {
            *slot.1 = optional(slot.0, value)?;
        } else if let Some(slot) = slot(&REQUIREMENTS, &mut requirements, name) {
            *slot.1 = optional(slot.0, value)?;
        } else {
            let slot = slot(&BASE, &mut modified, stripped?)?;
            *slot.1 = optional(slot.0, value)?;
        }
    }
    let mut weights: Weights = [0.0; 8];
    for (weight, stated) in weights.iter_mut().zip(base) {
        *weight = stated?;
    }
    let product = temporal
        .iter()
        .map(|weight| weight.unwrap_or(NOT_DEFINED))
        .product::<f64>();
    let base = base_score(&weights, minor);
    let stated = |weights: &[Option<f64>]| weights.iter().any(Option::is_some);
    let environmental = stated(&modified) || stated(&requirements);
    for (weight, modified) in weights.iter_mut().zip(modified) {
        *weight = modified.unwrap_or(*weight);
    }
    let requirements = requirements.map(|weight| weight.unwrap_or(NOT_DEFINED));
    Some(Scores {
        base,
        temporal: stated(&temporal).then(|| round_up(base * product, minor)),
        environmental: environmental
            .then(|| environmental_score(&weights, requirements, product, minor)),
    })
}

fn slot<'m, 's>(
    metrics: &'m [Metric],
    slots: &'s mut [Option<f64>],
    name: &str,
) -> Option<(&'m Metric, &'s mut Option<f64>)> {
    metrics
        .iter()
        .zip(slots)
        .find(|(metric, _)| metric.name == name)
}

fn weight(metric: &Metric, value: &str) -> Option<f64> {
    metric
        .values
        .iter()
        .find(|(name, _)| *name == value)
        .map(|(_, weight)| *weight)
}

/// The weight of an optional metric; `X` is as if it were not there.
#[expect(
    clippy::option_option,
    reason = "the outer none is an unknown value, the inner one `X`"
)]
fn optional(metric: &Metric, value: &str) -> Option<Option<f64>> {
    if value == "X" {
        return Some(None);
    }
    weight(metric, value).map(Some)
}

/// Section 7.1, "Base Metrics Equations".
fn base_score(weights: &Weights, minor: Minor) -> f64 {
    let &[_, _, _, _, scope, c, i, a] = weights;
    let iss = 1.0 - (1.0 - c) * (1.0 - i) * (1.0 - a);
    let impact = if scope == CHANGED {
        7.52 * (iss - 0.029) - 3.25 * (iss - 0.02).powi(15)
    } else {
        6.42 * iss
    };
    combined(impact, weights, minor)
}

/// Section 7.3, "Environmental Metrics Equations"; `weights` are the modified ones.
fn environmental_score(
    weights: &Weights,
    requirements: [f64; 3],
    temporal: f64,
    minor: Minor,
) -> f64 {
    let &[_, _, _, _, scope, c, i, a] = weights;
    let [cr, ir, ar] = requirements;
    let miss = (1.0 - (1.0 - c * cr) * (1.0 - i * ir) * (1.0 - a * ar)).min(0.915);
    let impact = match (scope == CHANGED, minor) {
        (false, _) => 6.42 * miss,
        (true, Minor::Zero) => 7.52 * (miss - 0.029) - 3.25 * (miss - 0.02).powi(15),
        (true, Minor::One) => 7.52 * (miss - 0.029) - 3.25 * (miss * 0.9731 - 0.02).powi(13),
    };
    round_up(combined(impact, weights, minor) * temporal, minor)
}

/// Impact and exploitability together, rounded.
fn combined(impact: f64, weights: &Weights, minor: Minor) -> f64 {
    let &[av, ac, pr, ui, scope, ..] = weights;
    if impact <= 0.0 {
        return 0.0;
    }
    let changed = scope == CHANGED;
    let exploitability = 8.22 * av * ac * privileges(pr, changed) * ui;
    let factor = if changed { 1.08 } else { 1.0 };
    round_up((factor * (impact + exploitability)).min(10.0), minor)
}

/// Privileges weigh more where they reach into another scope.
fn privileges(weight: f64, changed: bool) -> f64 {
    match (changed, weight) {
        (true, 0.62) => 0.68,
        (true, 0.27) => 0.5,
        _ => weight,
    }
}

/// The smallest number with one decimal that is not less.
///
/// CVSS 3.1 says how in appendix A: on whole hundred-thousandths, so that binary fractions do not
/// count. CVSS 3.0 has the definition alone (section 8.1), here up to the error of binary
/// fractions.
fn round_up(score: f64, minor: Minor) -> f64 {
    if score <= 0.0 {
        return 0.0;
    }
    match minor {
        Minor::One => {
            let hundred_thousandths = (score * 100_000.0).round();
            if hundred_thousandths % 10_000.0 == 0.0 {
                hundred_thousandths / 100_000.0
            } else {
                ((hundred_thousandths / 10_000.0).floor() + 1.0) / 10.0
            }
        }
        Minor::Zero => (score * 10.0 - 1e-11).ceil() / 10.0,
    }
}
