//! The state of the service in Prometheus's text format (version 0.0.4).

use std::fmt::{self, Display, Write as _};

use anyhow::Result;
use store::{jobs, pending};

use super::{rematch::Progress, worker::Service};
use crate::clock;

/// Measures, as text.
#[derive(Debug, Default)]
struct Exposition(String);

impl Exposition {
    fn family(&mut self, name: &str, kind: &str, help: &str) -> fmt::Result {
        writeln!(
            self.0,
            "# HELP lynkeus_{name} {help}\n# TYPE lynkeus_{name} {kind}"
        )
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) -> fmt::Result {
        write!(self.0, "lynkeus_{name}")?;
        for (position, (label, text)) in labels.iter().enumerate() {
            let open = if position == 0 { '{' } else { ',' };
            write!(self.0, "{open}{label}=\"{}\"", escaped(text))?;
        }
        let close = if labels.is_empty() { "" } else { "}" };
        writeln!(self.0, "{close} {value}")
    }

    /// A family of one measure.
    fn gauge(&mut self, name: &str, help: &str, value: impl Display) -> fmt::Result {
        self.family(name, "gauge", help)?;
        self.sample(name, &[], value)
    }
}

/// A label's value (Prometheus, "Exposition formats").
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

/// Milliseconds as seconds.
fn seconds(milliseconds: i64) -> String {
    let milliseconds = milliseconds.max(0);
    format!("{}.{:03}", milliseconds / 1000, milliseconds % 1000)
}

/// All measures as they are now.
pub(crate) fn expose(service: &Service) -> Result<String> {
    let now = clock::milliseconds();
    let findings = service.counts()?;
    let (queue, pending, progress) = service.engine.read(|tx| {
        Ok((
            jobs::state_by_kind(tx, now)?,
            pending::count(tx)?,
            Progress::read(tx)?,
        ))
    })?;
    let mut out = Exposition::default();
    write_queue(&mut out, &queue, now)?;
    out.gauge(
        "pending_evaluations",
        "Pairs of resource and vulnerability to be evaluated.",
        pending,
    )?;
    write_progress(&mut out, progress.as_ref(), now)?;
    out.family("findings", "gauge", "Findings.")?;
    for (status, severity, count) in &findings {
        let labels = [("status", status.as_str()), ("severity", severity.name())];
        out.sample("findings", &labels, count)?;
    }
    write_database(&mut out, service, now)?;
    write_process(&mut out, service)?;
    Ok(out.0)
}

fn write_queue(
    out: &mut Exposition,
    queue: &[(String, jobs::QueueState)],
    now: i64,
) -> fmt::Result {
    let lag = |state: &jobs::QueueState| seconds(state.oldest.map_or(0, |oldest| now - oldest));
    out.family("queue_jobs", "gauge", "Jobs in the queue.")?;
    for (kind, state) in queue {
        for (name, count) in [
            ("waiting", state.waiting),
            ("held", state.held),
            ("parked", state.parked),
        ] {
            out.sample("queue_jobs", &[("kind", kind), ("state", name)], count)?;
        }
    }
    let name = "queue_oldest_seconds";
    out.family(
        name,
        "gauge",
        "How long the oldest job of a kind that could run has waited.",
    )?;
    for (kind, state) in queue {
        out.sample(name, &[("kind", kind)], lag(state))?;
    }
    let all = queue.iter().map(|(_, state)| *state);
    let all = all.fold(jobs::QueueState::default(), jobs::QueueState::and);
    out.gauge(
        "queue_lag_seconds",
        "How long the oldest job that could run has waited.",
        lag(&all),
    )
}

fn write_progress(out: &mut Exposition, progress: Option<&Progress>, now: i64) -> fmt::Result {
    let Some(progress) = progress else {
        return Ok(());
    };
    let name = "rematch_steps";
    out.family(
        name,
        "gauge",
        "What the store is matched again with after the last change of the advisory database.",
    )?;
    for (what, (done, total)) in [("names", progress.names), ("facts", progress.facts)] {
        out.sample(name, &[("of", what), ("state", "done")], done)?;
        out.sample(name, &[("of", what), ("state", "total")], total)?;
    }
    out.gauge(
        "rematch_running",
        "Whether the store is being matched with a new advisory database.",
        u8::from(progress.ended.is_none()),
    )?;
    out.gauge(
        "rematch_seconds",
        "From the last new advisory database to the last finding that it changed, so far.",
        seconds(progress.ended.unwrap_or(now) - progress.began),
    )
}

fn write_database(out: &mut Exposition, service: &Service, now: i64) -> fmt::Result {
    let database = service.database();
    let built = database.records.built().as_second();
    out.gauge(
        "advisory_database_age_seconds",
        "Time since the advisory database was built or last found unchanged.",
        (now / 1000 - database.fresh().as_second()).max(0),
    )?;
    out.gauge(
        "advisory_database_built_timestamp_seconds",
        "When the advisory database was built.",
        built,
    )?;
    let progress = service.updates.progress();
    out.gauge(
        "advisory_update_failing",
        "Whether the last update of the advisories failed.",
        i64::from(progress.failure.is_some()),
    )?;
    if let Some(succeeded) = progress.succeeded {
        out.gauge(
            "advisory_update_age_seconds",
            "Time since the advisories were last updated.",
            seconds(now - succeeded),
        )?;
    }
    Ok(())
}

/// What only this process knows.
fn write_process(out: &mut Exposition, service: &Service) -> fmt::Result {
    out.family("jobs_total", "counter", "Jobs that this process ran.")?;
    for ((kind, succeeded), count) in service.done() {
        let result = if succeeded { "success" } else { "failure" };
        let labels = [("kind", kind.as_str()), ("result", result)];
        out.sample("jobs_total", &labels, count)?;
    }
    out.family(
        "network_witnesses_total",
        "counter",
        "Packets of open paths that were followed alone; one that is lost is a defect.",
    )?;
    for (result, count) in service.networks.witnesses.counts() {
        out.sample("network_witnesses_total", &[("result", result)], count)?;
    }
    let taken = service.taken_in();
    let name = "submission_seconds";
    out.family(
        name,
        "summary",
        "From an inventory that arrives at this process to its findings.",
    )?;
    let milliseconds = i64::try_from(taken.time.as_millis()).unwrap_or(i64::MAX);
    out.sample("submission_seconds_sum", &[], seconds(milliseconds))?;
    out.sample("submission_seconds_count", &[], taken.count)
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::{Exposition, expose, seconds};
    use crate::{
        clock,
        database::generations,
        service::tests::{database, service},
    };

    #[test]
    fn the_database_is_as_old_as_its_last_check() {
        const HOUR: i64 = 3_600;
        let data = tempfile::tempdir().unwrap();
        let store = format!("sqlite:{}", data.path().join("state.db").display());
        let generations = generations(data.path());
        let install = |advisories| {
            let database = database(advisories, &[]);
            generations.install(database.as_bytes()).unwrap();
        };
        install(&[]);
        let service = service(&store, data.path());
        let age = || {
            service.reload().unwrap();
            let text = expose(&service).unwrap();
            let mut lines = text.lines();
            let age =
                lines.find_map(|line| line.strip_prefix("lynkeus_advisory_database_age_seconds "));
            age.unwrap().parse::<i64>().unwrap()
        };
        // It was built in 1970.
        assert!(age() > 1_000_000_000);
        let earlier = clock::now() - SignedDuration::from_secs(HOUR);
        generations.note_checked(earlier, "1").unwrap();
        assert!((HOUR..HOUR + 600).contains(&age()));
        // What was found of one says nothing of the next.
        install(&[("CVE-2024-0001", "a", "1")]);
        assert!(age() > 1_000_000_000);
    }

    #[test]
    fn labels_are_escaped_and_milliseconds_are_seconds() {
        let mut out = Exposition::default();
        out.family("jobs", "gauge", "Jobs.").expect("write");
        let labels = [("kind", "a\"b\\c\nd"), ("state", "held")];
        out.sample("jobs", &labels, 3).expect("write");
        out.gauge("lag", "Lag.", seconds(12_034)).expect("write");
        let expected = "# HELP lynkeus_jobs Jobs.\n# TYPE lynkeus_jobs gauge\n\
                        lynkeus_jobs{kind=\"a\\\"b\\\\c\\nd\",state=\"held\"} 3\n\
                        # HELP lynkeus_lag Lag.\n# TYPE lynkeus_lag gauge\nlynkeus_lag 12.034\n";
        assert_eq!(out.0, expected);
    }
}
