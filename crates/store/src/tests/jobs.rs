//! Jobs are done once, in order of urgency, and survive their workers.

use crate::{
    Engine, Scope,
    jobs::{self, Job, MOST_ATTEMPTS, NewJob},
    testing::each_engine,
};

fn put(engine: &Engine, account: &str, subject: &str, priority: i64) {
    let job = NewJob {
        kind: "scan",
        subject,
        payload: "{}",
        priority,
        run_at: 0,
    };
    let scope = Scope::new(account, "r");
    engine
        .write(|tx| jobs::enqueue(tx, &scope, &job, 0))
        .expect("enqueue");
}

fn claim(engine: &Engine, worker: &str, now: i64) -> Option<Job> {
    engine
        .write(|tx| jobs::claim(tx, worker, now, 100))
        .expect("claim")
}

#[test]
fn urgent_jobs_come_first_and_accounts_take_turns() {
    each_engine(|_, engine| {
        put(engine, "1", "a", 5);
        put(engine, "1", "b", 5);
        put(engine, "2", "c", 5);
        put(engine, "3", "urgent", 1);
        let order: Vec<String> = (0..4)
            .filter_map(|_| claim(engine, "w", 10).map(|job| job.subject))
            .collect();
        assert_eq!(order, ["urgent", "a", "c", "b"]);
        assert_eq!(claim(engine, "w", 10), None);
    });
}

#[test]
fn a_job_of_a_dead_worker_is_taken_over_and_done_once() {
    each_engine(|_, engine| {
        put(engine, "1", "a", 5);
        let first = claim(engine, "dead", 10).expect("a job");
        assert_eq!(claim(engine, "other", 50), None, "the lease still holds");
        let second = claim(engine, "other", 200).expect("the lease is over");
        assert_eq!(second.subject, first.subject);
        let finish = |job, worker| {
            engine
                .write(|tx| jobs::finish(tx, job, worker))
                .expect("finish")
        };
        assert!(!finish(&first, "dead"), "the job is not the dead worker's");
        assert!(finish(&second, "other"));
        assert_eq!(claim(engine, "other", 300), None);
    });
}

#[test]
fn a_job_that_changes_while_it_runs_runs_again() {
    each_engine(|_, engine| {
        put(engine, "1", "a", 5);
        let job = claim(engine, "w", 10).expect("a job");
        put(engine, "1", "a", 5);
        let finished = engine
            .write(|tx| jobs::finish(tx, &job, "w"))
            .expect("finish");
        assert!(!finished, "what was done may be out of date");
        assert!(claim(engine, "w", 11).is_some());
    });
}

#[test]
fn poison_is_parked_with_its_reason() {
    each_engine(|_, engine| {
        put(engine, "1", "a", 5);
        let mut now = 10;
        let mut attempts = 0;
        while let Some(job) = claim(engine, "w", now) {
            attempts += 1;
            engine
                .write(|tx| jobs::fail(tx, &job, "w", "it exploded", now))
                .expect("fail");
            now += 1_000_000;
        }
        assert_eq!(attempts, MOST_ATTEMPTS);
        let state = engine.read(|tx| jobs::state(tx, now)).expect("state");
        assert_eq!((state.waiting, state.held, state.parked), (0, 0, 1));
        let row = engine.read(|tx| tx.first("SELECT failure FROM jobs", &[]));
        let row = row.expect("select").expect("a row");
        assert_eq!(row.text(0).expect("text"), "it exploded");
    });
}

#[test]
fn workers_that_compete_do_every_job_once() {
    each_engine(|_, engine| {
        for number in 0..60 {
            put(engine, "1", &number.to_string(), 5);
        }
        let mut done: Vec<String> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|worker| {
                    scope.spawn(move || {
                        let name = worker.to_string();
                        let mut done = Vec::new();
                        while let Some(job) = claim(engine, &name, 10) {
                            let finished = engine
                                .write(|tx| jobs::finish(tx, &job, &name))
                                .expect("finish");
                            assert!(finished);
                            done.push(job.subject);
                        }
                        done
                    })
                })
                .collect();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().expect("a worker"))
                .collect()
        });
        done.sort();
        let count = done.len();
        done.dedup();
        assert_eq!((count, done.len()), (60, 60));
    });
}
