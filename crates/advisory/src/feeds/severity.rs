//! Publishers' severity words.

use model::{Severity, VendorSeverity};

/// What a publisher's word means; none for an empty word, [`Severity::Untriaged`] for a word
/// that is no severity (`unknown`, `None`, `not yet assigned`).
///
/// Red Hat, SUSE, Oracle, Amazon and their rebuilds write `Critical`, `Important`, `Moderate`
/// and `Low` (Red Hat's severity ratings page); Amazon also `medium`, Ubuntu `high`, `medium`,
/// `negligible`.
pub(crate) fn vendor(word: &str) -> Option<VendorSeverity> {
    let word = word.trim();
    if word.is_empty() {
        return None;
    }
    let severity = match word.to_ascii_lowercase().as_str() {
        "critical" => Severity::Critical,
        "important" | "high" => Severity::High,
        "moderate" | "medium" => Severity::Medium,
        "low" => Severity::Low,
        "negligible" | "minor" | "unimportant" => Severity::Informational,
        _ => Severity::Untriaged,
    };
    Some(VendorSeverity {
        word: word.to_owned(),
        severity,
    })
}

#[cfg(test)]
mod tests {
    use super::vendor;
    use model::Severity;

    #[test]
    fn words_have_a_meaning() {
        for (word, severity) in [
            ("IMPORTANT", Severity::High),
            ("moderate", Severity::Medium),
            ("negligible", Severity::Informational),
            ("None", Severity::Untriaged),
        ] {
            assert_eq!(vendor(word).map(|v| v.severity), Some(severity), "{word}");
        }
        assert_eq!(vendor(" "), None);
    }
}
