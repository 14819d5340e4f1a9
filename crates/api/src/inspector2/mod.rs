//! The handlers of Amazon Inspector's operations.

use crate::registry::Registry;

/// The one table of operations that are offered: a line per operation, as
/// `.on(calls::ListFindings, findings::list)`. The others stand in `not-offered.txt`.
#[must_use]
pub fn handlers<S: 'static>() -> Registry<S> {
    Registry::new()
}

#[cfg(test)]
mod tests {
    use super::handlers;

    /// Lines of `not-offered.txt` when it was begun. The list may only shrink: lower this with it.
    const MOST: usize = 85;

    #[test]
    fn what_is_not_offered_is_listed() {
        let listed: Vec<&str> = include_str!("../../not-offered.txt").lines().collect();
        assert_eq!(handlers::<()>().not_offered(), listed);
        assert!(listed.len() <= MOST);
    }
}
