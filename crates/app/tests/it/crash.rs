//! `kill -9` at random points: whatever was accepted is there afterwards, once, as if nothing had
//! happened. `cargo xtask proof crash` does it hundreds of times.

pub(crate) mod state;
pub(crate) mod story;

use std::{
    path::Path,
    process::Child,
    sync::{
        Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sources::generations::Generations;
use store::Engine;

use self::{
    state::State,
    story::{Random, Step, group},
};
use crate::client::{Key, Process, up};

/// How long one step may take, kills included.
const PATIENCE: Duration = Duration::from_mins(2);

fn until(mut done: impl FnMut() -> bool, what: &Step) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "{what:?} was never done");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A service that is told a story.
struct Told<'a> {
    data: &'a Path,
    address: &'a str,
    engine: &'a Engine,
    key: Key,
    running: Mutex<Option<Process>>,
}

impl<'a> Told<'a> {
    fn start(data: &'a Path, address: &'a str, engine: &'a Engine) -> Self {
        let running = Process::start(data, address);
        Self {
            data,
            address,
            engine,
            key: Key::read(data),
            running: Mutex::new(Some(running)),
        }
    }

    /// Kills the process at once, and starts another.
    fn kill(&self) {
        let mut running = self.running.lock().unwrap();
        drop(running.take());
        *running = Some(Process::start(self.data, self.address));
    }

    fn host(&self) -> String {
        let running = self.running.lock().unwrap();
        running.as_ref().unwrap().host.clone()
    }

    fn post(&self, path: &str, query: &str, body: &[u8]) -> bool {
        let answer = self.key.post(&self.host(), path, query, body);
        // A killed process does not answer; an error is tried again like that.
        matches!(answer, Some((200, _)))
    }

    /// Does the steps at the same time, each until it is accepted.
    fn tell(&self, steps: &[Step]) {
        thread::scope(|threads| {
            for step in steps {
                threads.spawn(|| until(|| self.attempt(step), step));
            }
        });
    }

    fn attempt(&self, step: &Step) -> bool {
        match step {
            Step::Submit { query, document } => {
                self.post("/lynkeus/v1/submit", query, document.as_bytes())
            }
            Step::Generation(database) => {
                let generations = Generations::new(self.data.join("advisories"));
                generations.install(&database.bytes).unwrap();
                until(|| state::agrees(self.engine, &database.digest), step);
                true
            }
            Step::Create(name, criteria) => {
                let body = story::creation(name, criteria);
                state::filter(self.engine, name).is_some()
                    || self.post("/filters/create", "", body.as_bytes())
            }
            Step::Update(name, criteria) => {
                let id = state::filter(self.engine, name).expect("the filter is there");
                let body = story::update(&id, criteria);
                self.post("/filters/update", "", body.as_bytes())
            }
            Step::Delete(name) => match state::filter(self.engine, name) {
                None => true,
                Some(id) => {
                    let body = story::deletion(&id);
                    self.post("/filters/delete", "", body.as_bytes())
                }
            },
        }
    }
}

/// Kills a process that never started before at some moment of its beginning.
fn killed_young(data: &Path, address: &str, random: &mut Random) {
    let mut child: Child = up(data, address).spawn().unwrap();
    thread::sleep(Duration::from_millis(random.below(150)));
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Tells a story to a service that is killed `rounds` times meanwhile, and the same story to one
/// that lives; both must end in the same state.
fn crash(address: &str, rounds: usize) {
    let seed = asked("SEED").map_or(1, |seed| seed.parse().unwrap());
    let mut random = Random(seed);
    let data = tempfile::tempdir().unwrap();
    for _ in 0..rounds.min(20) / 4 {
        killed_young(data.path(), address, &mut random);
    }
    let engine = store::open(address).unwrap();
    let told = Told::start(data.path(), address, &engine);
    let (kills, over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let mut groups = 0;
    thread::scope(|threads| {
        threads.spawn(|| {
            let mut random = Random(seed ^ 0xffff);
            while kills.load(Ordering::Relaxed) < rounds && !over.load(Ordering::Relaxed) {
                // Many soon after the start, where work that was left is taken up.
                let most = if random.below(3) == 0 { 60 } else { 700 };
                thread::sleep(Duration::from_millis(random.below(most)));
                told.kill();
                kills.fetch_add(1, Ordering::Relaxed);
            }
        });
        let stop = Over(&over);
        while kills.load(Ordering::Relaxed) < rounds || groups < story::LEAST {
            told.tell(&group(seed, groups));
            groups += 1;
        }
        drop(stop);
    });
    let kills = kills.into_inner();
    assert!(kills >= rounds, "{kills} of {rounds} kills");
    let crashed = told.settled();

    let calm_data = tempfile::tempdir().unwrap();
    let calm_address = format!("sqlite:{}", calm_data.path().join("calm.db").display());
    let calm_engine = store::open(&calm_address).unwrap();
    let calm = Told::start(calm_data.path(), &calm_address, &calm_engine);
    for number in 0..groups {
        calm.tell(&group(seed, number));
    }
    let expected = calm.settled();
    eprintln!(
        "{kills} kills, {groups} groups of steps, {} findings, {} events",
        expected.count("finding"),
        expected.count("outbox")
    );
    assert!(
        expected.count("finding") > 10,
        "the story is about something"
    );
    crashed.compare(&expected);
}

impl Told<'_> {
    /// The state when the queue is empty and everything is counted.
    fn settled(&self) -> State {
        let began = Instant::now();
        while !state::is_settled(self.engine) || state::notes(self.engine) > 0 {
            let waiting = state::waiting(self.engine);
            let notes = state::notes(self.engine);
            assert!(
                began.elapsed() < PATIENCE,
                "still waiting: {waiting:?} and {notes} notes"
            );
            thread::sleep(Duration::from_millis(20));
        }
        State::read(self.engine)
    }
}

/// Ends the kills even if the story panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// What the proof on a large scale asks for.
#[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
fn asked(what: &str) -> Option<String> {
    std::env::var(format!("LYNKEUS_CRASH_{what}")).ok()
}

fn rounds() -> usize {
    asked("ROUNDS").map_or(8, |rounds| rounds.parse().unwrap())
}

/// Whether the proof is asked for on this engine.
fn is_wanted(engine: &str) -> bool {
    asked("STORE").is_none_or(|wanted| wanted == engine)
}

#[test]
fn nothing_is_lost_or_doubled_on_sqlite() {
    if !is_wanted("sqlite") {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let address = format!("sqlite:{}", directory.path().join("state.db").display());
    crash(&address, rounds());
    assert!(directory.path().join("state.db").exists());
}

#[test]
fn nothing_is_lost_or_doubled_on_postgresql() {
    if !is_wanted("postgres") {
        return;
    }
    let Some(address) = store::testing::postgres_database() else {
        return;
    };
    crash(&address, rounds());
    assert!(address.starts_with("postgres"));
}
