//! The one place that reads the clock.
//!
//! A test of months lets the service live through them: `LYNKEUS_TEST_CLOCK` names a file with the
//! seconds by which this program's clock is ahead of the machine's. `lynkeus up` says so when it
//! starts, and then listens on this machine alone.

use std::{
    fs,
    path::PathBuf,
    sync::OnceLock,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use model::Timestamp;

use crate::config;

/// The present moment, as file systems keep it.
pub(crate) fn system() -> SystemTime {
    UNIX_EPOCH + since_epoch()
}

/// The present moment.
pub(crate) fn now() -> Timestamp {
    let seconds = i64::try_from(since_epoch().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

/// The present moment in milliseconds since 1970.
pub(crate) fn milliseconds() -> i64 {
    i64::try_from(since_epoch().as_millis()).unwrap_or(i64::MAX)
}

/// The present moment with its fraction of a second.
pub(crate) fn exact() -> Timestamp {
    Timestamp::from_millisecond(milliseconds()).unwrap_or(Timestamp::MAX)
}

/// Whether this is a test that moves the clock.
pub(crate) fn is_moved() -> bool {
    moved_by().is_some()
}

fn since_epoch() -> Duration {
    let machine = UNIX_EPOCH.elapsed().unwrap_or_default();
    let Some(path) = moved_by() else {
        return machine;
    };
    let ahead = fs::read_to_string(path).ok();
    let ahead = ahead.and_then(|text| text.trim().parse().ok());
    machine + Duration::from_secs(ahead.unwrap_or(0))
}

fn moved_by() -> Option<&'static PathBuf> {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    FILE.get_or_init(config::test_clock).as_ref()
}
