//! Reads the small texts that every publisher writes in its own way: moments and prose.

use model::Timestamp;

/// Longest title that is kept, in bytes.
const TITLE: usize = 512;
/// Longest description that is kept, in bytes.
const DETAILS: usize = 16 << 10;

/// A moment as publishers write it: RFC 3339, the same without a zone (NVD; read as UTC), or a
/// date alone (midnight UTC).
///
/// The year 1 stands for "not set" in data written by Go programs.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if text.is_empty() || text.starts_with("0001-01-01") {
        return None;
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let civil = text.parse::<jiff::civil::DateTime>().ok()?;
    jiff::tz::TimeZone::UTC.to_timestamp(civil).ok()
}

/// A title on one line, or none if it is blank.
pub(crate) fn title(text: &str) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    bounded(&line, TITLE)
}

/// A description, or none if it is blank.
pub(crate) fn details(text: &str) -> Option<String> {
    bounded(text.trim(), DETAILS)
}

fn bounded(text: &str, limit: usize) -> Option<String> {
    let kept = text.get(..text.floor_char_boundary(limit)).unwrap_or(text);
    (!kept.is_empty()).then(|| kept.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{details, moment};

    #[test]
    fn moments_are_read_in_utc() {
        let rows = [
            ("2021-03-01T12:00:00Z", "2021-03-01T12:00:00Z"),
            ("2021-03-01T12:00:00.5+02:00", "2021-03-01T10:00:00.5Z"),
            ("2026-03-15T10:15:57.230", "2026-03-15T10:15:57.23Z"),
            ("2026-03-15", "2026-03-15T00:00:00Z"),
            ("2026-03-15 07:01:02", "2026-03-15T07:01:02Z"),
            ("0001-01-01T00:00:00Z", "-"),
            ("yesterday", "-"),
            ("", "-"),
        ];
        for (text, expected) in rows {
            let read = moment(text).map_or_else(|| "-".to_owned(), |m| m.to_string());
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(10_000);
        assert_eq!(details(&long).map(|kept| kept.len()), Some(16 << 10));
        assert_eq!(details(" \n"), None);
    }
}
