//! The spellings of dates in publishers' documents.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Timestamp;

/// The moment that `text` names: RFC 3339, `2022-06-06 17:58[:00[.5]] [UTC]`, `2022-06-06`
/// (its midnight), `20220606` or seconds since 1970. Without a zone it is UTC.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_end_matches("UTC").trim_end();
    // Programs written in Go write the year 1 for "not set".
    if text.len() > 64 || text.starts_with("0001-01-01") {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit()) && text.len() != 8 {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp);
    }
    let local = text
        .parse::<DateTime>()
        .or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)))
        .ok()?;
    TimeZone::UTC.to_timestamp(local).ok()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn spellings_of_dates() {
        for (text, expected) in [
            ("2022-06-06 17:58", "2022-06-06T17:58:00Z"),
            ("2023-02-17 20:41:00", "2023-02-17T20:41:00Z"),
            ("2023-12-18 15:00:00 UTC", "2023-12-18T15:00:00Z"),
            ("2025-01-10T16:31:43.856389", "2025-01-10T16:31:43.856389Z"),
            ("2025-11-18T12:18:31+00:00", "2025-11-18T12:18:31Z"),
            ("2022-05-27", "2022-05-27T00:00:00Z"),
            ("20220527", "2022-05-27T00:00:00Z"),
            ("1672531200", "2023-01-01T00:00:00Z"),
        ] {
            assert_eq!(
                parse(text).map(|t| t.to_string()).as_deref(),
                Some(expected)
            );
        }
        for text in ["", "soon", "2022-13-40", "99999999999999999999"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
