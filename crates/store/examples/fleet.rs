//! Fills a store with a fleet of images and measures what a new advisory does to it:
//! `fleet LYNKEUS DIRECTORY IMAGES [ADDRESS]`.
//!
//! 300,000 distinct package versions in 500 base layers and 10,000 application layers; every image
//! is one of each, so that a larger fleet shares its content more, as real ones do.
#![expect(
    clippy::print_stdout,
    clippy::expect_used,
    clippy::cast_precision_loss,
    clippy::indexing_slicing,
    reason = "a measurement that fails must stop and say so"
)]

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use advisory::{
    database::{BuildOptions, Builder, Database},
    feed::Item,
};
use findings::resource::{Image, Resource, ResourceDetails, ResourceType};
use lynkeus_store::{
    self as store, Engine, Scope, StoreError, Tx,
    content::{self, Matching, StoredSet, VersionMatches},
    resources::{self, Covered},
    settings,
};
use model::{
    Advisory, Affected, Cvss, Facts, Inventory, Layer, Location, OperatingSystem, Package,
    PurlType, Range, RangeEnd, Timestamp,
};

const BASES: usize = 500;
const APPLICATIONS: usize = 10_000;
/// Packages of a base layer, of a pool of as many versions.
const OF_BASE: usize = 120;
const BASE_VERSIONS: usize = 20_000;
/// Packages of an application layer, all its own, beside the one the advisory is about.
const OF_APPLICATION: usize = 28;
/// Images that the new advisory affects.
const AFFECTED: usize = 10_000;
/// Images written in one transaction.
const BATCH: usize = 2_000;

/// Names under which Debian's advisories speak of a package; none is affected yet.
struct Names;

impl Matching for Names {
    fn is_matched(&self, _: &Package, _: Option<&OperatingSystem>) -> bool {
        true
    }

    fn names(&self, package: &Package, _: Option<&OperatingSystem>) -> Vec<(String, String)> {
        vec![("Debian:12".to_owned(), package.name.clone())]
    }

    fn matches(&self, packages: &[Package], _: Option<&OperatingSystem>) -> Vec<VersionMatches> {
        vec![Vec::new(); packages.len()]
    }
}

fn package(name: String, version: String, layer: u32) -> Package {
    let mut package = Package::new(PurlType::new("deb"), name, version);
    package.locations = vec![Location {
        layer: Some(layer),
        path: "var/lib/dpkg/status".to_owned(),
    }];
    package
}

/// An inventory of these packages alone.
fn inventory(layers: [String; 2], packages: Vec<Package>) -> Inventory {
    let layer = |digest| Layer {
        digest: Some(digest),
        ..Layer::default()
    };
    Inventory {
        os: Some(OperatingSystem {
            id: "debian".to_owned(),
            version_id: "12".to_owned(),
            pretty_name: "Debian GNU/Linux 12 (bookworm)".to_owned(),
            ..OperatingSystem::default()
        }),
        layers: layers.into_iter().map(layer).collect(),
        packages,
        complete: true,
        ..Inventory::default()
    }
}

fn digests(base: usize, application: usize) -> [String; 2] {
    [
        format!("sha256:{base:064x}"),
        format!("sha256:{:064x}", application + BASES),
    ]
}

type Set = (i64, StoredSet);

/// Stores a layer's packages.
fn layer(tx: &mut Tx<'_>, packages: Vec<Package>) -> Result<Set, StoreError> {
    let (sets, _) = content::sets(tx, &inventory(digests(0, 0), packages), &Names)?;
    Ok(sets.into_iter().next().expect("a set"))
}

fn base(number: usize) -> Vec<Package> {
    let packages = (0..OF_BASE).map(|nth| {
        let version = (number * OF_BASE + nth * 7) % BASE_VERSIONS;
        package(
            format!("base-{}", version / 10),
            format!("1.{}", version % 10),
            0,
        )
    });
    packages.collect()
}

fn application(number: usize) -> Vec<Package> {
    let packages = (0..OF_APPLICATION).map(|nth| {
        let version = number * OF_APPLICATION + nth;
        package(
            format!("lib-{}", version % 5_000),
            format!("1.{}", version / 5_000),
            1,
        )
    });
    let shared = package("shared".to_owned(), format!("1.{}", number / 100), 1);
    packages.chain([shared]).collect()
}

fn image(number: usize) -> Resource {
    let digest = format!("sha256:{number:064x}");
    let repository = format!("team-{}/service-{}", number % 40, number % APPLICATIONS);
    Resource {
        kind: ResourceType::AwsEcrContainerImage,
        id: format!("arn:aws:ecr:eu-west-1:000000000000:repository/{repository}/{digest}"),
        tags: BTreeMap::new(),
        details: ResourceDetails::Image(Image {
            repository,
            registry: "000000000000".to_owned(),
            digest,
            tags: vec![format!("v{}", number / APPLICATIONS)],
            architecture: Some("amd64".to_owned()),
            ..Image::default()
        }),
    }
}

fn put(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: usize,
    bases: &[Set],
    applications: &[Set],
) -> Result<(), StoreError> {
    let application = number % APPLICATIONS;
    let base = number.wrapping_mul(2_654_435_761) / 7 % BASES;
    let sets = [bases[base].clone(), applications[application].clone()];
    let described = inventory(digests(base, application), Vec::new());
    let composed = content::compose(tx, &described, &sets, OF_BASE + OF_APPLICATION + 1)?;
    let stored = resources::put(tx, scope, &image(number), 0)?;
    resources::set_inventory(tx, stored.number, composed.inventory)?;
    let covered = Covered {
        scan_type: "PACKAGE",
        active: true,
        reason: "SUCCESSFUL",
        detail: None,
        scan_mode: None,
        scanned_at: Some(0),
    };
    resources::set_coverage(tx, scope, stored.number, &covered)
}

fn fill(engine: &Engine, images: usize) {
    let scope = Scope::new("000000000000", "eu-west-1");
    let mut layers = [Vec::new(), Vec::new()];
    let counts = [BASES, APPLICATIONS];
    for (kind, count) in counts.into_iter().enumerate() {
        let numbers: Vec<usize> = (0..count).collect();
        for chunk in numbers.chunks(500) {
            let stored = engine.write(|tx| {
                let make = [base, application][kind];
                let chunk = chunk.iter();
                chunk.map(|number| layer(tx, make(*number))).collect()
            });
            let stored: Vec<Set> = stored.expect("store layers");
            layers[kind].extend(stored);
        }
    }
    let numbers: Vec<usize> = (0..images).collect();
    for chunk in numbers.chunks(BATCH) {
        let written = engine.write(|tx| {
            for number in chunk {
                put(tx, &scope, *number, &layers[0], &layers[1])?;
            }
            Ok(())
        });
        written.expect("store images");
    }
}

/// A database with an advisory about `name`, fixed in `version`.
fn generation(number: i64, affected: &[(&str, String)]) -> Vec<u8> {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::from_second(1_700_000_000 + number).expect("a time"),
    });
    for (name, version) in affected {
        let id = format!("CVE-2024-{name}");
        builder.add(Item::Advisory(Box::new(Advisory {
            id: id.clone(),
            feed: "debian-tracker".to_owned(),
            affected: vec![Affected {
                namespace: "Debian:12".to_owned(),
                name: (*name).to_owned(),
                ranges: vec![Range {
                    introduced: None,
                    end: RangeEnd::Fixed(version.clone()),
                }],
                ..Affected::default()
            }],
            ..Advisory::default()
        })));
        builder.add(Item::Facts(Box::new(Facts {
            id,
            feed: "nvd".to_owned(),
            cvss: vec![Cvss {
                source: "NVD".to_owned(),
                vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H".to_owned(),
            }],
            ..Facts::default()
        })));
    }
    builder.finish().expect("build")
}

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().expect("kill");
        self.0.wait().expect("wait");
    }
}

fn setting(engine: &Engine, name: &str) -> Option<String> {
    let service = settings::service();
    engine
        .read(|tx| settings::get(tx, &service, name))
        .expect("read")
}

/// The measures of one new generation.
struct Measured {
    /// From the new file to the beginning of the work.
    noticed: f64,
    /// From then to the last finding.
    worked: f64,
    /// What the service spent on a processor meanwhile; a database server's time is not in it.
    processor: f64,
    findings: i64,
}

fn since_epoch() -> f64 {
    std::time::UNIX_EPOCH
        .elapsed()
        .expect("a time")
        .as_secs_f64()
}

/// Seconds that a process was on a processor (`proc_pid_stat(5)`, fields 14 and 15).
fn on_processor(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("/proc");
    let (_, fields) = stat.rsplit_once(')').expect("a name");
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || -> f64 { fields.next().expect("a field").parse().expect("ticks") };
    (ticks() + ticks()) / 100.0
}

/// Waits until the service has done what its first start asks for: whoever switches scanning on has
/// everything evaluated once.
fn settle(engine: &Engine) {
    let sql = "SELECT (SELECT COUNT(*) FROM jobs WHERE parked_at IS NULL AND run_at <= ?1) \
               + (SELECT COUNT(*) FROM pending_evaluations)";
    let limit = Instant::now();
    let mut quiet = 0;
    while quiet < 20 {
        assert!(limit.elapsed() < Duration::from_mins(20), "it never rests");
        thread::sleep(Duration::from_millis(100));
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970")]
        let now = (since_epoch() * 1_000.0) as i64;
        let left = engine.read(|tx| tx.first(sql, &[now.into()]));
        let left = left.expect("read").expect("a row").int(0).expect("a count");
        quiet = if left == 0 { quiet + 1 } else { 0 };
    }
}

/// Gives the service another generation and waits until the store agrees with it.
fn measure(
    lynkeus: &str,
    process: u32,
    directory: &Path,
    engine: &Engine,
    bytes: &[u8],
) -> Measured {
    let before = on_processor(process);
    let digest = Database::open(bytes).expect("open").digest();
    let file = directory.join("new.lkdb");
    fs::write(&file, bytes).expect("write");
    let imported = Command::new(lynkeus)
        .arg("--data-dir")
        .arg(directory)
        .args(["db", "import"])
        .arg(&file)
        .stdout(Stdio::null())
        .status();
    assert!(imported.expect("lynkeus").success(), "db import");
    let (began, limit) = (since_epoch(), Instant::now());
    while setting(engine, "advisory-generation-matched").as_deref() != Some(&digest) {
        assert!(
            limit.elapsed() < Duration::from_mins(20),
            "it takes for ever"
        );
        thread::sleep(Duration::from_millis(10));
    }
    let progress = setting(engine, "advisory-generation-progress").expect("progress");
    let progress: serde_json::Value = serde_json::from_str(&progress).expect("JSON");
    let at = |name: &str| progress[name].as_f64().expect("a time") / 1_000.0;
    let row = engine.read(|tx| tx.first("SELECT COUNT(*) FROM findings", &[]));
    Measured {
        noticed: (at("began") - began).max(0.0),
        worked: at("ended") - at("began"),
        processor: on_processor(process) - before,
        findings: row
            .expect("count")
            .expect("a row")
            .int(0)
            .expect("a number"),
    }
}

/// Starts the service on the store.
fn start(lynkeus: &str, directory: &Path, address: &str) -> Killed {
    let child = Command::new(lynkeus)
        .arg("--data-dir")
        .arg(directory)
        .args(["up", "--no-host", "--listen", "127.0.0.1:0"])
        .args(["--update-every", "off", "--store", address])
        .stdout(Stdio::null())
        .spawn();
    Killed(child.expect("lynkeus"))
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [lynkeus, directory, images, address @ ..] = &arguments[..] else {
        panic!("usage: fleet LYNKEUS DIRECTORY IMAGES [ADDRESS]");
    };
    let directory = Path::new(directory);
    let images: usize = images.parse().expect("a number");
    fs::create_dir_all(directory).expect("create the directory");
    let file = format!("sqlite:{}", directory.join("fleet.db").display());
    let address = address.first().unwrap_or(&file);
    let engine = store::open(address).expect("open");
    let started = Instant::now();
    fill(&engine, images);
    let filled = started.elapsed().as_secs_f64();
    let count = |sql: &str| {
        let row = engine.read(|tx| tx.first(sql, &[])).expect("count");
        row.expect("a row").int(0).expect("a number")
    };
    let versions = count("SELECT COUNT(*) FROM package_versions");
    // The fleet is as if it had been matched with a database that says nothing of it.
    let first = generation(0, &[("unheard-of", "1.0".to_owned())]);
    let digest = Database::open(&first[..]).expect("open").digest();
    let service = settings::service();
    engine
        .write(|tx| {
            for name in ["advisory-generation", "advisory-generation-matched"] {
                settings::set(tx, &service, name, &digest)?;
            }
            Ok(())
        })
        .expect("set");
    fs::write(directory.join("first.lkdb"), &first).expect("write");
    let imported = Command::new(lynkeus)
        .arg("--data-dir")
        .arg(directory)
        .args(["db", "import"])
        .arg(directory.join("first.lkdb"))
        .stdout(Stdio::null())
        .status();
    assert!(imported.expect("lynkeus").success(), "db import");
    let running = start(lynkeus, directory, address);
    settle(&engine);
    let affected = AFFECTED * 100 / images.max(AFFECTED);
    let shared = ("shared", format!("1.{affected}"));
    let process = running.0.id();
    let hit = measure(
        lynkeus,
        process,
        directory,
        &engine,
        &generation(1, std::slice::from_ref(&shared)),
    );
    let elsewhere = [shared, ("somewhere-else", "1.0".to_owned())];
    let last = generation(2, &elsewhere);
    let missed = measure(lynkeus, process, directory, &engine, &last);
    drop(running);
    println!(
        "| {images} | {versions} | {:.0} | {} | {:.2} | {:.2} | {:.2} | {:.3} |",
        images as f64 / filled,
        hit.findings,
        hit.noticed,
        hit.worked,
        hit.processor,
        missed.worked,
    );
    assert_eq!(
        hit.findings,
        i64::try_from(AFFECTED.min(images)).expect("a count")
    );
}
