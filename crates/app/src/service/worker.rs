//! Who does the work: jobs from the queue, each event its own.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use sources::generations;
use store::{
    Engine, Scope,
    jobs::{self, Job, NewJob},
    keep, networks, settings, usage,
};

use super::{
    host::{self, Marks},
    ingest::{Submission, ingest},
    network::Networks,
    rematch::{evaluate_pending, rematch},
    rules,
};
use crate::{clock, database};

/// How long a worker holds a job before another may take it over.
const LEASE: i64 = 60_000;

/// How often a worker that has nothing to do looks again.
const IDLE: Duration = Duration::from_millis(500);

/// How often the outside is looked at: a new database file, a changed package database.
const LOOK: Duration = Duration::from_secs(2);

/// How often kept configurations of networks are evaluated without a change, as Inspector does; a
/// new one is evaluated when it comes, and a new program evaluates at its start.
const NETWORKS: Duration = Duration::from_hours(12);

/// Findings deleted in one transaction.
const EXPIRE: i64 = 1_000;

/// Names of jobs.
const HOST: &str = "scan-host";
const REMATCH: &str = "rematch";
const EXPIRY: &str = "expire";
const NETWORK: &str = "evaluate-network";

/// What pushes, new advisories and everything else have for a priority.
const BY_ADVISORY: i64 = 20;
const BY_CHANGE: i64 = 10;
const IN_TIME: i64 = 50;

/// A running service, shared by its threads.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) engine: Arc<Engine>,
    data_dir: PathBuf,
    given: Option<PathBuf>,
    database: RwLock<Arc<database::Opened>>,
    name: String,
    /// The account and Region of the machine that this process watches, if it watches it.
    watched: Option<Scope>,
    pub(crate) networks: Networks,
    stopping: AtomicBool,
    notes: Mutex<Vec<String>>,
}

impl Service {
    /// Opens the store and the advisory database.
    pub(crate) fn open(
        address: &str,
        data_dir: &Path,
        given: Option<&Path>,
        watched: Option<Scope>,
    ) -> Result<Self> {
        let engine = Arc::new(store::open(address)?);
        let database = database::open(data_dir, given)?;
        Ok(Self {
            engine,
            data_dir: data_dir.to_owned(),
            given: given.map(Path::to_owned),
            database: RwLock::new(Arc::new(database)),
            name: format!("{}-{}", std::process::id(), clock::now().as_nanosecond()),
            watched,
            networks: Networks::default(),
            stopping: AtomicBool::new(false),
            notes: Mutex::new(Vec::new()),
        })
    }

    /// The advisory database that is used now.
    pub(crate) fn database(&self) -> Arc<database::Opened> {
        let held = self.database.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&held)
    }

    /// Asks every loop to end.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    /// What went wrong lately, for whoever looks.
    pub(crate) fn take_notes(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, note: String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < 100 {
            notes.push(note);
        }
    }

    /// Looks at the outside and puts what it finds into the queue, until the service stops.
    pub(crate) fn watch(&self) {
        let mut marks = None;
        let mut scanned = Instant::now();
        let mut expired: Option<Instant> = None;
        let mut evaluated: Option<Instant> = None;
        while !self.is_stopping() {
            let mut look = || -> Result<()> {
                self.reload()?;
                if let Some(scope) = &self.watched {
                    let now = Marks::read();
                    if marks.as_ref() != Some(&now) || scanned.elapsed() > host::REFRESH {
                        self.enqueue(scope, HOST, BY_CHANGE)?;
                        (marks, scanned) = (Some(now), Instant::now());
                    }
                }
                if expired.is_none_or(|at| at.elapsed() > Duration::from_mins(1)) {
                    self.enqueue(&settings::service(), EXPIRY, IN_TIME)?;
                    expired = Some(Instant::now());
                }
                if evaluated.is_none_or(|at| at.elapsed() > NETWORKS) {
                    self.enqueue_networks()?;
                    evaluated = Some(Instant::now());
                }
                Ok(())
            };
            if let Err(error) = look() {
                self.note(format!("{error:#}"));
            }
            self.pause(LOOK);
        }
    }

    /// Rests, but not when the service stops.
    pub(crate) fn pause(&self, time: Duration) {
        let until = Instant::now() + time;
        while !self.is_stopping() && Instant::now() < until {
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Opens the newest advisory database, and has the store matched with it if it is another.
    fn reload(&self) -> Result<()> {
        let opened = database::open(&self.data_dir, self.given.as_deref())?;
        let digest = opened.records.digest();
        if digest != self.database().records.digest() {
            *self
                .database
                .write()
                .unwrap_or_else(PoisonError::into_inner) = Arc::new(opened);
        }
        let matched = self
            .engine
            .read(|tx| settings::get(tx, &settings::service(), MATCHED))?;
        if matched.as_deref() != Some(&digest) {
            self.enqueue(&settings::service(), REMATCH, BY_ADVISORY)?;
        }
        Ok(())
    }

    fn enqueue_networks(&self) -> Result<()> {
        let now = clock::milliseconds();
        self.engine.write(|tx| {
            for scope in networks::scopes(tx)? {
                let subject = format!("{}/{}", scope.account, scope.region);
                let job = NewJob {
                    kind: NETWORK,
                    subject: &subject,
                    payload: "",
                    priority: IN_TIME,
                    run_at: now,
                };
                jobs::enqueue_once(tx, &scope, &job, now)?;
            }
            Ok(())
        })?;
        Ok(())
    }

    fn enqueue(&self, scope: &Scope, kind: &str, priority: i64) -> Result<()> {
        let now = clock::milliseconds();
        let job = NewJob {
            kind,
            subject: if kind == HOST { &self.name } else { "" },
            payload: "",
            priority,
            run_at: now,
        };
        self.engine
            .write(|tx| jobs::enqueue_once(tx, scope, &job, now))?;
        Ok(())
    }

    /// Does jobs until the service stops.
    pub(crate) fn work(&self) {
        while !self.is_stopping() {
            match self.next() {
                Ok(true) => {}
                Ok(false) => self.pause(IDLE),
                Err(error) => {
                    self.note(format!("{error:#}"));
                    self.pause(IDLE);
                }
            }
        }
    }

    /// Does one job, if there is one.
    fn next(&self) -> Result<bool> {
        let now = clock::milliseconds();
        let job = self
            .engine
            .write(|tx| jobs::claim(tx, &self.name, now, LEASE))?;
        let Some(job) = job else { return Ok(false) };
        let finished = &AtomicBool::new(false);
        let done = thread::scope(|scope| {
            let heart = scope.spawn(|| self.heartbeat(&job, finished));
            let done = self.run(&job);
            finished.store(true, Ordering::Relaxed);
            heart.thread().unpark();
            done
        });
        match done {
            Ok(()) => {
                self.engine.write(|tx| jobs::finish(tx, &job, &self.name))?;
            }
            Err(error) => {
                let reason = format!("{error:#}");
                let now = clock::milliseconds();
                self.engine
                    .write(|tx| jobs::fail(tx, &job, &self.name, &reason, now))?;
                self.note(format!("{}: {reason}", job.kind));
            }
        }
        Ok(true)
    }

    /// Keeps the lease of a job while it runs.
    fn heartbeat(&self, job: &Job, finished: &AtomicBool) {
        loop {
            thread::park_timeout(Duration::from_millis(LEASE.unsigned_abs() / 3));
            if finished.load(Ordering::Relaxed) {
                return;
            }
            let until = clock::milliseconds() + LEASE;
            let held = self
                .engine
                .write(|tx| jobs::heartbeat(tx, job, &self.name, until));
            if let Err(error) = held {
                self.note(format!("{error}"));
            }
        }
    }

    fn run(&self, job: &Job) -> Result<()> {
        match job.kind.as_str() {
            HOST => self.scan_host(&job.scope),
            REMATCH => self.rematch(),
            EXPIRY => self.expire(),
            jobs::EVALUATE => self.evaluate(),
            NETWORK => {
                let now = clock::now();
                self.networks.refresh(&self.engine, &job.scope, now)?;
                Ok(())
            }
            other => bail!("no job is called {other}"),
        }
    }

    fn scan_host(&self, scope: &Scope) -> Result<()> {
        let inventory = host::scan()?;
        let resource = host::resource(&inventory)?;
        let submission = Submission {
            resource: &resource,
            inventory: &inventory,
            declared: false,
            scan_mode: Some("EC2_INSPECTOR_AGENT_BASED"),
        };
        let database = self.database();
        ingest(
            &self.engine,
            scope,
            &submission,
            &database.records,
            clock::now(),
        )?;
        Ok(())
    }

    fn rematch(&self) -> Result<()> {
        let database = self.database();
        let digest = database.records.digest();
        let matched = self
            .engine
            .read(|tx| settings::get(tx, &settings::service(), MATCHED))?;
        let old = matched.and_then(|old| self.generation(&old));
        let old = old.as_ref().map(|old| &old.records);
        rematch(&self.engine, old, &database.records, clock::now())
            .context("match again with the new advisories")?;
        self.engine
            .write(|tx| settings::set(tx, &settings::service(), MATCHED, &digest))?;
        Ok(())
    }

    /// An earlier generation, if it is still kept.
    fn generation(&self, digest: &str) -> Option<database::Opened> {
        let kept = database::generations(&self.data_dir).list().ok()?;
        kept.iter().find_map(|path| {
            let records = generations::open(path).ok()?;
            (records.digest() == digest).then_some(database::Opened {
                records,
                is_starter: false,
            })
        })
    }

    fn evaluate(&self) -> Result<()> {
        evaluate_pending(&self.engine, &self.database().records, clock::now())?;
        Ok(())
    }

    fn expire(&self) -> Result<()> {
        evaluate_pending(&self.engine, &self.database().records, clock::now())?;
        let now = clock::milliseconds();
        while self.engine.write(|tx| keep::expire(tx, now, EXPIRE))? > 0 {}
        rules::release_expired(&self.engine, keep::timestamp(now))?;
        self.meter(now)
    }

    /// Counts the hours for which machines were covered since it was last done.
    ///
    /// While no process ran, nothing was scanned and nothing counts.
    fn meter(&self, now: i64) -> Result<()> {
        let scope = settings::service();
        self.engine.write(|tx| {
            let last = settings::get(tx, &scope, METERED)?;
            let last = last.and_then(|last| last.parse().ok()).unwrap_or(now);
            let passed = (now - last).clamp(0, LONGEST_METERED);
            let passed = Duration::from_millis(passed.unsigned_abs());
            let hours = passed.as_secs_f64() / 3600.0;
            usage::add_covered_hours(tx, "AWS_EC2_INSTANCE", "EC2_INSTANCE_HOURS", hours, now)?;
            settings::set(tx, &scope, METERED, &now.to_string())
        })?;
        Ok(())
    }
}

/// The setting that says until when usage was counted, milliseconds since 1970.
const METERED: &str = "usage-metered";

/// The longest time that is taken for uninterrupted, in milliseconds: five turns.
const LONGEST_METERED: i64 = 5 * 60_000;

/// The setting that names the advisory database with which all of the store agrees; while that
/// comes about, it is behind [`super::ingest::GENERATION`].
const MATCHED: &str = "advisory-generation-matched";
