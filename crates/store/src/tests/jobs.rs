//! Jobs are done once, in order of urgency, and survive their workers.

use crate::{
    Engine, Scope,
    jobs::{self, Job, MOST_ATTEMPTS, MOST_DEATHS, NewJob},
    testing::each_engine,
};

fn put(engine: &Engine, account: &str, subject: &str, priority: i64) {
    let job = NewJob {
        kind: "scan",
        subject,
        payload: "{}",
        place: None,
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
        .write(|tx| jobs::claim(tx, worker, &[], now, 100))
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
        let told = |subject| engine.read(|tx| jobs::given_up(tx, "scan", subject));
        assert_eq!(told("a").expect("read").as_deref(), Some("it exploded"));
        assert_eq!(told("b").expect("read"), None);
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

/// Claims and finishes a job, so that its account holds none.
fn turn(engine: &Engine, now: i64) -> Option<String> {
    let job = claim(engine, "w", now)?;
    let finished = engine
        .write(|tx| jobs::finish(tx, &job, "w"))
        .expect("finish");
    assert!(finished);
    Some(job.subject)
}

#[test]
fn one_worker_serves_accounts_in_turn() {
    each_engine(|_, engine| {
        for subject in ["a1", "a2", "a3"] {
            put(engine, "1", subject, 5);
        }
        put(engine, "2", "b1", 5);
        put(engine, "3", "c1", 5);
        let order: Vec<String> = (10..).map_while(|now| turn(engine, now)).collect();
        assert_eq!(order, ["a1", "b1", "c1", "a2", "a3"]);
    });
}

#[test]
fn a_job_that_kills_its_workers_is_parked() {
    each_engine(|_, engine| {
        put(engine, "1", "a", 5);
        put(engine, "1", "b", 6);
        for death in 0..MOST_DEATHS {
            let job = claim(engine, "dies", death * 1_000).expect("a job");
            assert_eq!((job.subject.as_str(), job.attempts), ("a", 1));
        }
        let now = MOST_DEATHS * 1_000;
        assert_eq!(claim(engine, "w", now).expect("the next").subject, "b");
        let scope = Scope::new("1", "r");
        let parked = engine.read(|tx| jobs::parked(tx, &scope, 10));
        let parked = parked.expect("read");
        assert_eq!(parked.len(), 1);
        assert_eq!(parked[0].failure, "its worker died");
        let other = Scope::new("2", "r");
        let parked = engine.read(|tx| jobs::parked(tx, &other, 10));
        assert_eq!(parked.expect("read"), [], "another account's");
    });
}

#[test]
fn what_is_due_is_done_once_by_all_processes_together() {
    each_engine(|_, engine| {
        let job = NewJob {
            kind: "expire",
            subject: "",
            payload: "",
            place: None,
            priority: 5,
            run_at: 0,
        };
        let scope = Scope::new("", "");
        let due = |now| {
            let job = NewJob { run_at: now, ..job };
            engine
                .write(|tx| jobs::enqueue_due(tx, &scope, &job, 100, now))
                .expect("enqueue")
        };
        assert!(due(0), "the first process");
        assert!(!due(1), "the second process");
        assert!(turn(engine, 2).is_some());
        assert!(!due(99), "it was done");
        assert!(due(100));
        assert!(!due(200), "it still waits");
        assert!(turn(engine, 300).is_some());
        assert_eq!(turn(engine, 300), None);
    });
}

#[test]
fn a_job_with_a_place_is_done_there_alone() {
    each_engine(|_, engine| {
        let job = NewJob {
            kind: "scan",
            subject: "machine",
            payload: "",
            place: Some("here"),
            priority: 5,
            run_at: 0,
        };
        let scope = Scope::new("1", "r");
        let enqueue = || {
            engine
                .write(|tx| jobs::enqueue_once(tx, &scope, &job, 0))
                .expect("enqueue")
        };
        assert!(enqueue());
        assert!(!enqueue(), "it is there already");
        assert_eq!(claim(engine, "w", 10), None);
        let places = ["here".to_owned(), "there".to_owned()];
        let claimed = engine.write(|tx| jobs::claim(tx, "w", &places, 10, 100));
        assert!(claimed.expect("claim").is_some());
        let forgotten = |before| {
            engine
                .write(|tx| jobs::forget_places(tx, before))
                .expect("forget")
        };
        assert_eq!(forgotten(1_000), 0, "it is held");
        engine.write(jobs::release_all).expect("release");
        assert_eq!(forgotten(1_000), 1);
    });
}

#[test]
fn two_processes_do_not_serve_one_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let address = format!("sqlite:{}", directory.path().join("state.db").display());
    let first = crate::open(&address).expect("open");
    assert!(first.serve().expect("serve"));
    let second = crate::open(&address).expect("other processes may read and write");
    let refused = second.serve().expect_err("the file is served");
    assert!(
        refused.to_string().contains("another process serves"),
        "{refused}"
    );
    drop(first);
    assert!(second.serve().expect("the first is gone"));
}
