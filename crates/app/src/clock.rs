//! The one place that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// The present moment, as file systems keep it.
pub(crate) fn system() -> SystemTime {
    UNIX_EPOCH + UNIX_EPOCH.elapsed().unwrap_or_default()
}

/// The present moment.
pub(crate) fn now() -> Timestamp {
    let since = UNIX_EPOCH.elapsed().unwrap_or_default();
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// The present moment in milliseconds since 1970.
pub(crate) fn milliseconds() -> i64 {
    i64::try_from(UNIX_EPOCH.elapsed().unwrap_or_default().as_millis()).unwrap_or(i64::MAX)
}

/// The present moment with its fraction of a second.
pub(crate) fn exact() -> Timestamp {
    Timestamp::from_millisecond(milliseconds()).unwrap_or(Timestamp::MAX)
}
