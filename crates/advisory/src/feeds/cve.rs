//! CVE ids inside other text.

use std::collections::BTreeSet;

/// Every CVE id in `text` (`CVE-`, a year, `-`, four to nineteen digits), upper case, sorted.
///
/// The length of the sequence number is the one of the CVE JSON 5 schema (`cveId`).
pub(crate) fn find_all(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let bytes = text.as_bytes();
    for start in 0..bytes.len() {
        let Some(rest) = bytes.get(start..) else {
            continue;
        };
        if !rest
            .get(..4)
            .is_some_and(|p| p.eq_ignore_ascii_case(b"CVE-"))
        {
            continue;
        }
        let digits = |from: usize| {
            rest.get(from..)
                .map_or(0, |r| r.iter().take_while(|b| b.is_ascii_digit()).count())
        };
        if digits(4) != 4 || rest.get(8) != Some(&b'-') || !(4..=19).contains(&digits(9)) {
            continue;
        }
        if let Some(id) = rest.get(..9 + digits(9)) {
            found.insert(String::from_utf8_lossy(id).to_ascii_uppercase());
        }
    }
    found
}

/// Whether all of `text` is one CVE id.
pub(crate) fn is_cve(text: &str) -> bool {
    text.starts_with("CVE-") && find_all(text).first().is_some_and(|id| id == text)
}

#[cfg(test)]
mod tests {
    use super::{find_all, is_cve};

    #[test]
    fn ids_are_found_in_titles() {
        let ids = |text| find_all(text).into_iter().collect::<Vec<_>>();
        assert_eq!(
            ids("TRIAGE CVE-2024-24990 nginx:mainline, cve-2026-116303."),
            ["CVE-2024-24990", "CVE-2026-116303"]
        );
        assert_eq!(ids("CVE-2024-123 CVE-24-1234 CVE-"), [""; 0]);
        assert!(is_cve("CVE-2024-24990") && !is_cve("CVE-2024-24990 ") && !is_cve("é"));
    }
}
