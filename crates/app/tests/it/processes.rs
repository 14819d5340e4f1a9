//! Several processes on one store: they share its work on `PostgreSQL`, and one dies.

use std::{
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use sources::generations::Generations;
use store::{
    Engine, Value,
    jobs::{self, NewJob},
    settings,
};

use crate::{
    client::{Key, Process, up},
    crash::state::{self, State},
    crash::story::{self, Random, Step},
    scan::output,
};

const PATIENCE: Duration = Duration::from_mins(1);

fn until(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// A measure of a process, 0 if it has none.
fn measure(process: &Process, name: &str) -> u64 {
    let text = process.metrics();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.map_or(0, |value| value.trim().parse().unwrap())
}

fn submit(key: &Key, process: &Process, step: &Step) {
    let Step::Submit { query, document } = step else {
        panic!("{step:?} is no submission");
    };
    until("the submission is accepted", || {
        let answer = key.post(
            &process.host,
            "/lynkeus/v1/submit",
            query,
            document.as_bytes(),
        );
        matches!(answer, Some((200, _)))
    });
}

/// Jobs that are put into the queue at once.
const JOBS: u64 = 300;

/// Puts jobs into the queue that any process can do.
fn enqueue(engine: &Engine, count: u64) {
    engine
        .write(|tx| {
            for number in 0..count {
                let job = NewJob {
                    kind: "evaluate",
                    subject: &format!("test-{number}"),
                    payload: "",
                    place: None,
                    priority: 30,
                    run_at: 0,
                };
                jobs::enqueue(tx, &settings::service(), &job, 0)?;
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn processes_share_the_work_and_one_that_dies_loses_none() {
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    let data = tempfile::tempdir().unwrap();
    let engine = store::open(&address).unwrap();
    let first = Process::start(data.path(), &address);
    let key = Key::read(data.path());
    let mut processes = vec![first];
    processes.extend((0..2).map(|_| Process::start(data.path(), &address)));

    // Each takes submissions, and each does jobs.
    let mut random = Random(7);
    for number in 0..60 {
        let query = format!("kind=host&name=host-{number}");
        let process = &processes[number % processes.len()];
        submit(&key, process, &story::submit(query, &mut random));
    }
    let done = "lynkeus_jobs_total{kind=\"evaluate\",result=\"success\"}";
    let counts = || -> Vec<u64> { processes.iter().map(|p| measure(p, done)).collect() };
    until("the first jobs are done", || state::is_settled(&engine));
    let before = counts();
    let done_since = || -> Vec<u64> {
        let counts = counts().into_iter().zip(&before);
        counts.map(|(now, before)| now - before).collect()
    };
    // On a busy machine two may be done before the third looks.
    let mut enqueued = 0;
    while enqueued < 20 * JOBS && (enqueued == 0 || done_since().contains(&0)) {
        enqueue(&engine, JOBS);
        enqueued += JOBS;
        until("the jobs are done", || state::is_settled(&engine));
    }
    let counts = done_since();
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
    assert_eq!(counts.iter().sum::<u64>(), enqueued, "{counts:?}");
    // What comes every minute came once, though three processes looked.
    let expired = "lynkeus_jobs_total{kind=\"expire\",result=\"success\"}";
    let counts: Vec<u64> = processes.iter().map(|p| measure(p, expired)).collect();
    assert_eq!(counts.iter().sum::<u64>(), 1, "{counts:?}");

    // The one that matches the store with new advisories is killed while it does.
    let generation = story::generation(1, &mut random);
    Generations::new(data.path().join("advisories"))
        .install(&generation.bytes)
        .unwrap();
    let mut victim = None;
    until("a worker has the job", || {
        victim = holder(&engine);
        victim.is_some()
    });
    let victim = victim.unwrap();
    let place = processes.iter().position(|p| p.id() == victim).unwrap();
    drop(processes.remove(place));
    until("another worker finished the job", || {
        state::agrees(&engine, &generation.digest)
    });
    assert_eq!(processes.len(), 2);

    // The same without a death, on one process.
    let calm_data = tempfile::tempdir().unwrap();
    let calm_address = format!("sqlite:{}", calm_data.path().join("calm.db").display());
    let calm = store::open(&calm_address).unwrap();
    let process = Process::start(calm_data.path(), &calm_address);
    let key = Key::read(calm_data.path());
    let mut random = Random(7);
    for number in 0..60 {
        let query = format!("kind=host&name=host-{number}");
        submit(&key, &process, &story::submit(query, &mut random));
    }
    Generations::new(calm_data.path().join("advisories"))
        .install(&generation.bytes)
        .unwrap();
    until("the calm one is matched", || {
        state::agrees(&calm, &generation.digest)
    });
    let expected = State::read(&calm);
    assert!(expected.count("finding") > 100);
    State::read(&engine).compare(&expected);
}

/// The process that matches the store with new advisories right now.
fn holder(engine: &Engine) -> Option<u32> {
    let row = engine
        .read(|tx| {
            tx.first(
                "SELECT worker FROM jobs WHERE kind = ?1 AND worker IS NOT NULL",
                &[Value::from("rematch")],
            )
        })
        .unwrap()?;
    let (id, _) = row.text(0).unwrap().split_once('-').unwrap();
    id.parse().ok()
}

#[test]
fn a_second_process_on_one_sqlite_file_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", data.path().join("state.db").display());
    let first = Process::start(data.path(), &address);
    let told = up(data.path(), &address)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(!told.status.success(), "{error}");
    assert!(error.contains("another process serves"), "{error}");
    // Commands beside the service are no second service.
    let listed = output(
        std::process::Command::new(env!("CARGO_BIN_EXE_lynkeus"))
            .arg("--data-dir")
            .arg(data.path())
            .args(["key", "list", "--store", &address]),
        &[],
    );
    assert!(listed.contains("in use"), "{listed}");
    drop(first);
    let third = Process::start(data.path(), &address);
    assert!(third.metrics().contains("lynkeus_queue_lag_seconds"));
}
