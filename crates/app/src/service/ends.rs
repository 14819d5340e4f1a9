//! Systems whose support ends while they run: a day passes, and a finding says so; a year later the
//! findings of their packages stop.

use anyhow::Result;
use ecosystem::os_release;
use jiff::{civil::Date, tz::Offset};
use model::Timestamp;
use store::{Engine, content, pending, settings};

/// The setting that says through which day it was looked.
const LOOKED: &str = "ends-of-systems-looked";

/// Asks for the evaluation of every resource whose system ended, or whose findings stop, since it
/// was last looked; says of how many findings. The scheduler calls it, and most days it is nothing.
pub(crate) fn note(engine: &Engine, now: Timestamp) -> Result<u64> {
    let today = Offset::UTC.to_datetime(now).date();
    let scope = settings::service();
    let looked = engine.read(|tx| settings::get(tx, &scope, LOOKED))?;
    let looked: Option<Date> = looked.and_then(|day| day.parse().ok());
    if looked == Some(today) {
        return Ok(0);
    }
    let noted = engine.write(|tx| {
        let mut noted = 0;
        for (number, system) in content::systems(tx)? {
            let Some(ended) = os_release::end_of_life(&system, today) else {
                continue;
            };
            if looked.is_none_or(|day| ended.date >= day) {
                noted += pending::add_by_system(tx, number)?;
            }
            let stop = ended.findings_stop();
            if stop <= today && looked.is_none_or(|day| stop > day) {
                noted += pending::add_findings_by_system(tx, number)?;
            }
        }
        settings::set(tx, &scope, LOOKED, &today.to_string())?;
        Ok(noted)
    })?;
    Ok(noted)
}
