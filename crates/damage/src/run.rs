//! Makes the cases of a target, watches over each and reduces the one that fails.

use std::collections::HashSet;
use std::hash::{BuildHasher, DefaultHasher, Hash, Hasher, RandomState};
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::change::change;
use crate::{Random, Target};

/// Longest that one input may take in a long run.
const MAX_TIME: Duration = Duration::from_secs(20);
/// Most memory that a target may have used in a long run, in kilobytes.
const MAX_MEMORY: u64 = 1 << 20;
/// Most inputs that are kept for having made a parser behave in a new way.
const MAX_KEPT: usize = 1000;
/// Largest of them.
const MAX_KEPT_LENGTH: usize = 256 << 10;
/// Most tries to make a failing input smaller.
const MAX_REDUCTIONS: u32 = 3000;

type Parser<'a> = dyn Fn(&[u8]) -> u64 + 'a;

/// How long and how it is run, as the environment says.
struct Settings {
    seconds: Option<f64>,
    seed: Option<u64>,
    wanted: Option<String>,
    input: Option<PathBuf>,
    keep: PathBuf,
}

impl Settings {
    fn read() -> Self {
        #[expect(clippy::disallowed_methods, reason = "a test has no configuration")]
        let variable = |name: &str| std::env::var(format!("LYNKEUS_FUZZ_{name}")).ok();
        let keep = variable("DIRECTORY").map_or_else(std::env::temp_dir, PathBuf::from);
        Self {
            seconds: variable("SECONDS").and_then(|text| text.parse().ok()),
            seed: variable("SEED").and_then(|text| text.parse().ok()),
            wanted: variable("TARGET"),
            input: variable("INPUT").map(PathBuf::from),
            keep,
        }
    }
}

/// A number for how a parser behaved: what it printed, without numbers of several digits.
pub(crate) fn shape(behavior: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    let is_digit = |place: Option<&u8>| place.is_some_and(u8::is_ascii_digit);
    let bytes = behavior.as_bytes();
    for (index, byte) in bytes.iter().enumerate().take(2000) {
        let before = index.checked_sub(1).and_then(|before| bytes.get(before));
        let is_long = is_digit(before) || is_digit(bytes.get(index + 1));
        if !(byte.is_ascii_digit() && is_long) {
            hasher.write_u8(*byte);
        }
    }
    hasher.finish()
}

/// Whether this is a long run, or asks for one.
pub fn is_long() -> bool {
    let settings = Settings::read();
    settings.seconds.is_some() || settings.input.is_some()
}

pub(crate) fn run(target: &Target<'_>, parser: &Parser<'_>) {
    let settings = Settings::read();
    let is_wanted = |wanted: &String| target.name.contains(wanted.as_str());
    if settings
        .wanted
        .as_ref()
        .is_some_and(|wanted| !is_wanted(wanted))
    {
        return;
    }
    if let Some(path) = &settings.input {
        let input =
            std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        parser(&input);
        return;
    }
    match settings.seconds {
        // Asks for the names alone.
        Some(seconds) if seconds <= 0.0 => say(&format!("target {}", target.name)),
        Some(seconds) => long(target, parser, &settings, seconds),
        None => {
            let mut cases = Cases::new(target, hash(target.name));
            for _ in 0..target.cases.saturating_add(cases.samples()) {
                let input = cases.next(target);
                attempt(target, parser, &settings.keep, &input);
            }
        }
    }
}

#[expect(clippy::print_stdout, reason = "a long run says what it did")]
fn say(line: &str) {
    println!("{line}");
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// The inputs of one run, in turn.
struct Cases {
    random: Random,
    kept: Vec<Vec<u8>>,
    given: usize,
    real: usize,
}

impl Cases {
    fn new(target: &Target<'_>, seed: u64) -> Self {
        assert!(!target.samples.is_empty(), "{} has no samples", target.name);
        Self {
            random: Random::new(seed),
            kept: target
                .samples
                .iter()
                .map(|sample| sample.to_vec())
                .collect(),
            given: 0,
            real: target.samples.len(),
        }
    }

    fn samples(&self) -> u32 {
        u32::try_from(self.real).unwrap_or(u32::MAX)
    }

    fn next(&mut self, target: &Target<'_>) -> Vec<u8> {
        self.given += 1;
        if let Some(sample) = self
            .kept
            .get(self.given - 1)
            .filter(|_| self.given <= self.real)
        {
            return sample.clone();
        }
        // Half of all start from a real sample.
        let random = &mut self.random;
        let end = if random.is_one_in(2) {
            self.real
        } else {
            self.kept.len()
        };
        let mut input = self
            .kept
            .get(random.below(end))
            .cloned()
            .unwrap_or_default();
        let others: Vec<&[u8]> = self.kept.iter().map(Vec::as_slice).collect();
        for _ in 0..=random.small(6) {
            change(random, &mut input, &others, target.tokens);
        }
        input
    }

    fn keep(&mut self, input: Vec<u8>) {
        if input.len() > MAX_KEPT_LENGTH {
            return;
        }
        if self.kept.len() < MAX_KEPT + self.real {
            self.kept.push(input);
        } else {
            let place = self.real + self.random.below(MAX_KEPT);
            if let Some(old) = self.kept.get_mut(place) {
                *old = input;
            }
        }
    }
}

/// Runs until the time is over.
fn long(target: &Target<'_>, parser: &Parser<'_>, settings: &Settings, seconds: f64) {
    let seed = settings
        .seed
        .unwrap_or_else(|| RandomState::new().hash_one(target.name));
    let mut cases = Cases::new(target, seed);
    forget_peak_memory();
    let mut seen = HashSet::new();
    let watch = Watch::start(target.name, &settings.keep);
    let start = Instant::now();
    let mut slowest = Duration::ZERO;
    let mut count = 0_u64;
    while start.elapsed().as_secs_f64() < seconds {
        let input = cases.next(target);
        watch.begin(&input);
        let begun = Instant::now();
        let behavior = attempt(target, parser, &settings.keep, &input);
        slowest = slowest.max(begun.elapsed());
        watch.end();
        count += 1;
        if seen.insert(behavior) {
            cases.keep(input);
        }
        if count.is_multiple_of(512) {
            check_memory(target.name, seed, count);
        }
    }
    let elapsed = start.elapsed().as_secs_f64();
    say(&format!(
        "| {} | {count} | {:.0} | {} | {} | {} | {seed} |",
        target.name,
        count_per(count, elapsed),
        seen.len(),
        slowest.as_millis(),
        peak_memory().unwrap_or(0) / 1024,
    ));
}

#[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
fn count_per(count: u64, seconds: f64) -> f64 {
    count as f64 / seconds
}

fn check_memory(name: &str, seed: u64, count: u64) {
    let peak = peak_memory().unwrap_or(0);
    assert!(
        peak <= MAX_MEMORY,
        "{name}: {peak} kB of memory by case {count} of seed {seed}"
    );
}

/// Lets the peak begin at what is used now (proc(5), `/proc/pid/clear_refs`), so that a target does
/// not answer for those before it. Where that is not possible, it does.
fn forget_peak_memory() {
    drop(std::fs::write("/proc/self/clear_refs", "5"));
}

/// The most memory that this process has had since, in kilobytes.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// When an input was given to the parser, and the input.
type Running = Mutex<Option<(Instant, Vec<u8>)>>;

/// Ends the process when one input takes too long, and keeps that input.
struct Watch {
    current: Arc<Running>,
}

impl Watch {
    fn start(name: &str, keep: &std::path::Path) -> Self {
        let current: Arc<Running> = Arc::default();
        let watched = Arc::downgrade(&current);
        let (name, keep) = (name.to_owned(), keep.to_owned());
        std::thread::spawn(move || {
            while let Some(current) = watched.upgrade() {
                let guard = current.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some((begun, input)) = &*guard
                    && begun.elapsed() > MAX_TIME
                {
                    let path = store(&name, &keep, input);
                    say(&format!(
                        "{name}: more than {MAX_TIME:?} for {}",
                        path.display()
                    ));
                    std::process::abort();
                }
                drop(guard);
                drop(current);
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        Self { current }
    }

    fn begin(&self, input: &[u8]) {
        let mut guard = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        *guard = Some((Instant::now(), input.to_vec()));
    }

    fn end(&self) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Gives one input to the parser; if that panics, fails with a smaller one that does.
fn attempt(target: &Target<'_>, parser: &Parser<'_>, keep: &std::path::Path, input: &[u8]) -> u64 {
    let survives = |input: &[u8]| catch_unwind(AssertUnwindSafe(|| parser(input)));
    if let Ok(behavior) = survives(input) {
        return behavior;
    }
    let hook = take_hook();
    set_hook(Box::new(|_| {}));
    let reduced = reduce(input, &|input| survives(input).is_err());
    set_hook(hook);
    let path = store(target.name, keep, &reduced);
    let shown = reduced.get(..400).unwrap_or(&reduced).escape_ascii();
    say(&format!(
        "{} fails, input in {}: {shown}",
        target.name,
        path.display()
    ));
    // Once more, for the message of the panic itself.
    parser(&reduced);
    panic!("{} fails, but not twice", target.name);
}

/// Leaves out what does not matter for the failure.
fn reduce(input: &[u8], fails: &dyn Fn(&[u8]) -> bool) -> Vec<u8> {
    let mut best = input.to_vec();
    let mut left = MAX_REDUCTIONS;
    let mut size = best.len() / 2;
    while size > 0 && left > 0 {
        let mut at = 0;
        while at < best.len() && left > 0 {
            let mut smaller = best.clone();
            smaller.drain(at..(at + size).min(best.len()));
            left -= 1;
            if fails(&smaller) {
                best = smaller;
            } else {
                at += size;
            }
        }
        size /= 2;
    }
    best
}

fn store(name: &str, keep: &std::path::Path, input: &[u8]) -> PathBuf {
    let name = name.replace(['/', ' '], "-");
    let path = keep.join(format!("{name}-{:016x}", hash(input)));
    if let Err(error) = std::fs::create_dir_all(keep).and_then(|()| std::fs::write(&path, input)) {
        say(&format!("{}: {error}", path.display()));
    }
    path
}

#[cfg(test)]
mod tests {
    use crate::Target;

    const SAMPLE: &[u8] = b"\x03\0\0\0abc {\"n\": [12, {\"m\": 3}]}\nline\n";

    fn check(parser: impl Fn(&[u8]) -> usize + std::panic::UnwindSafe) -> bool {
        let target = Target {
            name: "damage/self",
            samples: &[SAMPLE],
            tokens: &[],
            cases: 3000,
        };
        std::panic::catch_unwind(|| target.check(parser)).is_ok()
    }

    #[test]
    fn a_parser_without_mistakes_passes() {
        assert!(check(|input| input.len().min(10)));
    }

    /// Each of these is what a real parser gets wrong.
    #[test]
    fn mistakes_are_found() {
        assert!(!check(|input| {
            let length = input
                .first_chunk()
                .map_or(0, |b| u32::from_le_bytes(*b) as usize);
            input.get(4..).map_or(0, |rest| rest[..length].len())
        }));
        let depth = |input: &[u8]| input.split(|byte| *byte == b'{').count();
        assert!(!check(move |input| {
            assert!(depth(input) < 3000, "too deep");
            0
        }));
        assert!(!check(|input| {
            let text = String::from_utf8_lossy(input);
            let number = text.split(['[', ',']).nth(1).unwrap_or("0");
            let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
            usize::from(digits && number.parse::<u64>().unwrap() == 7)
        }));
    }

    #[test]
    fn a_failing_input_becomes_small() {
        let input: Vec<u8> = (0..=255).cycle().take(5000).collect();
        let reduced = super::reduce(&input, &|input| input.windows(2).any(|w| w == [9, 10]));
        assert_eq!(reduced, [9, 10]);
    }
}
