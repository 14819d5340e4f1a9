//! Bounds the prose of publishers.

/// Longest title that is kept, in bytes.
const TITLE: usize = 512;
/// Longest description that is kept, in bytes.
const DETAILS: usize = 16 << 10;

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
    use super::details;

    #[test]
    fn long_texts_are_cut_between_characters() {
        let long = "é".repeat(10_000);
        assert_eq!(details(&long).map(|kept| kept.len()), Some(16 << 10));
        assert_eq!(details(" \n"), None);
    }
}
