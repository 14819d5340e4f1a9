//! Who does the work: jobs from the queue, each event its own.

use std::{
    collections::BTreeMap,
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use advisory::database::Database;
use anyhow::{Context as _, Result, bail};
use findings::lifecycle::ChangeKind;
use model::{Severity, Timestamp};
use sources::{generations, mapped::Mapped};
use store::{
    Engine, Scope,
    expiry::{self, Retention},
    exposure,
    jobs::{self, Job, NewJob},
    keep, networks, settings, usage,
};

use super::{
    counts::fold_counts,
    ends,
    generation::{MATCHED, adopt, agrees, place_of, rank},
    given_up,
    host::{self, Marks},
    ingest::{Changed, GENERATION, Stale, Submission, ingest},
    leaving,
    network::Networks,
    on_demand,
    places::Place,
    rematch::{Progress, evaluate_pending, rematch},
    reports, rules,
    updates::Updates,
};
use crate::{clock, configuration::Configuration, database};

/// How often a worker that has nothing to do looks again.
const IDLE: Duration = Duration::from_millis(500);

/// How often the outside is looked at: a new database file, a changed package database.
const LOOK: Duration = Duration::from_secs(2);

/// How often kept configurations of networks are evaluated without a change, as Inspector does; a
/// new one is evaluated when it comes, and a new program evaluates at its start.
const NETWORKS: i64 = 12 * 3_600_000;

/// Findings deleted in one transaction.
const EXPIRE: i64 = 1_000;

/// How often what is due in time is done, in milliseconds.
const IN_TIME_EVERY: i64 = 60_000;

/// How long a job may wait for a process that can do it, in milliseconds: a day.
const ABSENT: i64 = 24 * 3_600_000;

/// How often a submission is tried again while the advisory database changes.
const PATIENCE: u32 = 20;

/// Names of jobs.
pub(super) const HOST: &str = "scan-host";
const REMATCH: &str = "rematch";
const EXPIRY: &str = "expire";
pub(super) const NETWORK: &str = "evaluate-network";

/// How this machine is scanned (service model, `ScanMode`).
pub(super) const SCAN_MODE: &str = "EC2_INSPECTOR_AGENT_BASED";

/// What pushes, new advisories and everything else have for a priority.
pub(super) const BY_ADVISORY: i64 = 20;
const BY_CHANGE: i64 = 10;
const IN_TIME: i64 = 50;

/// How long a count of findings is told.
const COUNTED: Duration = Duration::from_secs(30);

/// Findings by status and severity.
pub(crate) type Counts = Vec<(String, Severity, i64)>;

/// Submissions, and how long they took together.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct TakenIn {
    pub(crate) count: u64,
    pub(crate) time: Duration,
}

/// A running service, shared by its threads.
#[derive(Debug)]
pub(crate) struct Service {
    pub(crate) engine: Arc<Engine>,
    /// Where reports are put.
    pub(crate) exports: Place,
    pub(crate) data_dir: PathBuf,
    pub(crate) updates: Updates,
    retention: Retention,
    given: Option<PathBuf>,
    database: RwLock<Arc<database::Opened>>,
    name: String,
    /// How long a worker holds a job before another may take it over, in milliseconds.
    lease: i64,
    done: Mutex<BTreeMap<(String, bool), u64>>,
    taken_in: Mutex<TakenIn>,
    /// Findings by status and severity, and when they were counted.
    counted: Mutex<Option<(Instant, Counts)>>,
    /// The account and Region of the machine that this process watches, if it watches it.
    pub(super) watched: Option<Scope>,
    pub(crate) networks: Networks,
    stopping: AtomicBool,
    /// Whether the store is matched with a newer advisory database than this process has.
    outdated: AtomicBool,
    notes: Mutex<Vec<String>>,
}

impl Service {
    /// Opens the store and the advisory database.
    pub(crate) fn open(configuration: &Configuration) -> Result<Self> {
        let data_dir = configuration.data_dir.as_path();
        let given = configuration.db.as_deref();
        let watched = configuration
            .scans_host
            .then(|| Scope::new(&configuration.account, &configuration.region));
        let engine = Arc::new(store::open(&configuration.store)?);
        if engine.serve()? {
            engine.write(jobs::release_all)?;
        }
        let database = database::open(data_dir, given)?;
        let (follows, now) = (configuration.follows, clock::milliseconds());
        engine.write(|tx| exposure::set_follows(tx, follows, now))?;
        Ok(Self {
            engine,
            exports: Place::Directory(data_dir.join("exports")),
            data_dir: data_dir.to_owned(),
            updates: Updates::new(configuration.update.clone()),
            retention: configuration.retention,
            given: given.map(Path::to_owned),
            database: RwLock::new(Arc::new(database)),
            name: format!("{}-{}", std::process::id(), clock::now().as_nanosecond()),
            lease: i64::try_from(configuration.lease.as_millis()).unwrap_or(i64::MAX),
            done: Mutex::new(BTreeMap::new()),
            taken_in: Mutex::new(TakenIn::default()),
            counted: Mutex::new(None),
            watched,
            networks: Networks::default(),
            stopping: AtomicBool::new(false),
            outdated: AtomicBool::new(false),
            notes: Mutex::new(Vec::new()),
        })
    }

    /// The service with its reports put elsewhere than into the data directory.
    pub(crate) fn exporting_to(self, exports: Place) -> Self {
        Self { exports, ..self }
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

    pub(crate) fn note(&self, note: String) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < 100 {
            notes.push(note);
        }
    }

    /// Looks at the outside and puts what it finds into the queue, until the service stops.
    pub(crate) fn watch(&self) {
        let mut marks = None;
        let mut scanned = Instant::now();
        let mut starts = true;
        while !self.is_stopping() {
            let mut look = || -> Result<()> {
                self.reload()?;
                if let Some(scope) = &self.watched {
                    let now = Marks::read();
                    if marks.as_ref() != Some(&now) || scanned.elapsed() > host::REFRESH {
                        self.enqueue_host(scope)?;
                        (marks, scanned) = (Some(now), Instant::now());
                    }
                }
                self.enqueue_networks(starts)?;
                starts = false;
                self.enqueue_due()?;
                fold_counts(self)
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

    /// Opens the newest advisory database, which may be the same and checked since, and has the
    /// store matched with it if it is another.
    pub(super) fn reload(&self) -> Result<()> {
        let opened = database::open(&self.data_dir, self.given.as_deref())?;
        let digest = opened.records.digest();
        let rank = rank(&opened);
        let used = self.database();
        if digest != used.records.digest() || opened.checked != used.checked {
            *self
                .database
                .write()
                .unwrap_or_else(PoisonError::into_inner) = Arc::new(opened);
        }
        if self.engine.read(|tx| agrees(tx, &digest))? {
            return Ok(());
        }
        let backwards = self.engine.is_embedded();
        let adopted = self.engine.write(|tx| {
            let adopted = adopt(tx, &digest, rank, backwards)?;
            if adopted && !agrees(tx, &digest)? {
                let now = clock::milliseconds();
                jobs::supersede(tx, REMATCH, &digest)?;
                let job = NewJob {
                    kind: REMATCH,
                    subject: &digest,
                    payload: "",
                    place: Some(&place_of(&digest)),
                    priority: BY_ADVISORY,
                    run_at: now,
                };
                jobs::enqueue_once(tx, &settings::service(), &job, now)?;
            }
            Ok(adopted)
        })?;
        if !adopted && !self.outdated.swap(true, Ordering::Relaxed) {
            bail!(
                "the store is matched with a newer advisory database than this process has: run \
                 `lynkeus db update`"
            );
        }
        if adopted {
            self.outdated.store(false, Ordering::Relaxed);
        }
        Ok(())
    }

    fn enqueue_networks(&self, now_too: bool) -> Result<()> {
        let now = clock::milliseconds();
        self.engine.write(|tx| {
            for scope in networks::scopes(tx)? {
                let subject = format!("{}/{}", scope.account, scope.region);
                let job = NewJob {
                    kind: NETWORK,
                    subject: &subject,
                    payload: "",
                    place: None,
                    priority: IN_TIME,
                    run_at: now,
                };
                let due = jobs::enqueue_due(tx, &scope, &job, NETWORKS, now)?;
                if now_too && !due {
                    jobs::enqueue_once(tx, &scope, &job, now)?;
                }
            }
            Ok(())
        })?;
        Ok(())
    }

    /// The scan of this machine, which no other can do; what changed since it began counts too.
    fn enqueue_host(&self, scope: &Scope) -> Result<()> {
        let now = clock::milliseconds();
        let identity = host::identity()?;
        let job = NewJob {
            kind: HOST,
            subject: &identity,
            payload: "",
            place: Some(&identity),
            priority: BY_CHANGE,
            run_at: now,
        };
        self.engine
            .write(|tx| jobs::enqueue(tx, scope, &job, now))?;
        Ok(())
    }

    /// What comes with time, whichever process looks first.
    fn enqueue_due(&self) -> Result<()> {
        let now = clock::milliseconds();
        let job = NewJob {
            kind: EXPIRY,
            subject: "",
            payload: "",
            place: None,
            priority: IN_TIME,
            run_at: now,
        };
        let scope = settings::service();
        self.engine
            .write(|tx| jobs::enqueue_due(tx, &scope, &job, IN_TIME_EVERY, now))?;
        Ok(())
    }

    /// Where this process can do jobs: with its advisory database, and on its machine.
    fn places(&self) -> Result<Vec<String>> {
        let mut places = vec![place_of(&self.database().records.digest())];
        if self.watched.is_some() {
            places.push(host::identity()?);
        }
        Ok(places)
    }

    /// Takes a submission in, with the advisory database that the store is matched with.
    pub(crate) fn take_in(
        &self,
        scope: &Scope,
        submission: &Submission<'_>,
        now: Timestamp,
    ) -> Result<Changed> {
        let began = Instant::now();
        let mut patience = PATIENCE;
        loop {
            let database = self.database();
            let done = ingest(&self.engine, scope, submission, &database.records, now);
            match done {
                Err(error) if error.is::<Stale>() && patience > 0 => {
                    patience -= 1;
                    self.reload()?;
                    self.pause(Duration::from_millis(100));
                }
                done => {
                    let mut taken = self.taken_in.lock().unwrap_or_else(PoisonError::into_inner);
                    taken.count += 1;
                    taken.time += began.elapsed();
                    return done;
                }
            }
        }
    }

    /// What this process took in since it began.
    pub(crate) fn taken_in(&self) -> TakenIn {
        *self.taken_in.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many findings there are, counted at most twice a minute: it takes a look at all.
    pub(crate) fn counts(&self) -> Result<Counts> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        match counted.as_ref() {
            Some((at, counts)) if at.elapsed() < COUNTED => Ok(counts.clone()),
            _ => {
                let counts = self.engine.read(keep::count_by_status)?;
                *counted = Some((Instant::now(), counts.clone()));
                Ok(counts)
            }
        }
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
        let places = self.places()?;
        let job = self
            .engine
            .write(|tx| jobs::claim(tx, &self.name, &places, now, self.lease))?;
        let Some(job) = job else { return Ok(false) };
        let finished = &AtomicBool::new(false);
        let done = thread::scope(|scope| {
            let heart = scope.spawn(|| self.heartbeat(&job, finished));
            let done = panic::catch_unwind(AssertUnwindSafe(|| self.run(&job)));
            finished.store(true, Ordering::Relaxed);
            heart.thread().unpark();
            done.unwrap_or_else(|_| bail!("the job panicked"))
        });
        let key = (job.kind.clone(), done.is_ok());
        let mut counts = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry(key).or_default() += 1;
        drop(counts);
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
                if job.kind == HOST {
                    given_up::host_failed(self, &job.scope, &reason)?;
                }
            }
        }
        Ok(true)
    }

    /// Keeps the lease of a job while it runs.
    fn heartbeat(&self, job: &Job, finished: &AtomicBool) {
        loop {
            thread::park_timeout(Duration::from_millis(self.lease.unsigned_abs() / 3));
            if finished.load(Ordering::Relaxed) {
                return;
            }
            let until = clock::milliseconds() + self.lease;
            let held = self
                .engine
                .write(|tx| jobs::heartbeat(tx, job, &self.name, until));
            if let Err(error) = held {
                self.note(format!("{error}"));
            }
        }
    }

    /// How many jobs this process did since it began, by kind and whether they succeeded.
    pub(crate) fn done(&self) -> BTreeMap<(String, bool), u64> {
        let counts = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        counts.clone()
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
            jobs::SWITCHED => leaving::agree(&self.engine, &job.scope, clock::exact()),
            store::reports::JOB => reports::run(self, job),
            store::on_demand::JOB => on_demand::run(self, job),
            other => bail!("no job is called {other}"),
        }
    }

    fn scan_host(&self, scope: &Scope) -> Result<()> {
        let began = Instant::now();
        tracing::info!("this machine is being scanned");
        let inventory = host::scan()?;
        let resource = host::resource(&inventory)?;
        let submission = Submission {
            resource: &resource,
            inventory: &inventory,
            declared: false,
            scan_mode: Some(SCAN_MODE),
        };
        let changed = self.take_in(scope, &submission, clock::now())?;
        let new = changed.get(ChangeKind::Created.name()).copied();
        let seconds = began.elapsed().as_secs();
        tracing::info!(
            new_findings = new.unwrap_or_default(),
            seconds,
            "this machine was scanned"
        );
        let machine = &resource.id;
        let heard = host::listening()?;
        self.networks
            .hear(&self.engine, scope, machine, &heard, clock::now())?;
        Ok(())
    }

    fn rematch(&self) -> Result<()> {
        let database = self.database();
        let digest = database.records.digest();
        if self.engine.read(|tx| agrees(tx, &digest))? {
            return Ok(());
        }
        let matched = self
            .engine
            .read(|tx| settings::get(tx, &settings::service(), MATCHED))?;
        let old = matched.and_then(|old| self.generation(&old));
        rematch(
            &self.engine,
            old.as_ref(),
            &database.records,
            clock::exact(),
        )
        .context("match again with the new advisories")?;
        self.engine.write(|tx| {
            let service = settings::service();
            let generation = settings::get_and_hold(tx, &service, GENERATION)?;
            if generation.is_none_or(|generation| generation != digest) {
                return Ok(());
            }
            if let Some(mut progress) = Progress::read(tx)? {
                progress.ended = Some(clock::milliseconds());
                progress.write(tx)?;
            }
            settings::set(tx, &service, MATCHED, &digest)
        })?;
        Ok(())
    }

    /// An earlier generation, if it is still kept.
    fn generation(&self, digest: &str) -> Option<Database<Mapped>> {
        let kept = database::generations(&self.data_dir).list().ok()?;
        kept.iter().find_map(|path| {
            let records = generations::open(path).ok()?;
            (records.digest() == digest).then_some(records)
        })
    }

    fn evaluate(&self) -> Result<()> {
        let database = self.database();
        let digest = database.records.digest();
        // Until then, whoever matches the store with a new database evaluates.
        if self.engine.read(|tx| agrees(tx, &digest))? {
            evaluate_pending(&self.engine, &database.records, clock::now())?;
        }
        Ok(())
    }

    fn expire(&self) -> Result<()> {
        ends::note(&self.engine, clock::now())?;
        self.evaluate()?;
        let now = clock::milliseconds();
        while self
            .engine
            .write(|tx| expiry::expire(tx, now, EXPIRE, self.retention))?
            > 0
        {}
        self.engine.write(|tx| {
            store::reports::time_out(tx, now - reports::LONGEST, now)?;
            store::on_demand::time_out(tx, now - on_demand::LONGEST, now)?;
            given_up::tell(tx, now)
        })?;
        given_up::tell_of_host(self)?;
        rules::release_expired(&self.engine, keep::timestamp(now))?;
        self.engine
            .write(|tx| jobs::forget_places(tx, now - ABSENT))?;
        self.meter(now)
    }

    /// Counts the hours for which machines were covered since it was last done.
    ///
    /// While no process ran, nothing was scanned and nothing counts.
    fn meter(&self, now: i64) -> Result<()> {
        let scope = settings::service();
        self.engine.write(|tx| {
            let last = settings::get_and_lock(tx, &scope, METERED)?;
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
