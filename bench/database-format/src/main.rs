//! Compares the project's own file with SQLite and LMDB on lookup time, open time and size.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use advisory::Limits;
use advisory::database::{BuildOptions, Database, diff};
use heed::types::Bytes;
use model::{Candidate, CandidateRange, KeyEnd, Keyed, Timestamp};
use rusqlite::{Connection, OpenFlags, params};
use sources::mapped::Mapped;
use sources::mirror::{Request, build};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;
type Own = Database<Mapped>;

/// Lookups measured for each engine; every name in turn.
const LOOKUPS: usize = 100_000;

fn main() -> Result<()> {
    let mirror = std::env::args().nth(1).ok_or("which directory of feeds?")?;
    let dir = tempfile::tempdir()?;
    let own_path = dir.path().join("own.lkdb");
    let starter = compile(&mirror, true)?;
    report_size("starter", &starter)?;
    drop(starter);
    let full = compile(&mirror, false)?;
    report_size("full", &full)?;
    std::fs::write(&own_path, &full)?;
    drop(full);

    let own = Database::open(Mapped::open(&own_path)?)?;
    let names: Vec<(String, String)> = own
        .names()
        .map(|n| (n.namespace.to_owned(), n.name.to_owned()))
        .collect();
    let statements: usize = own.namespaces().map(|n| n.statements as usize).sum();
    println!(
        "{} names, {statements} statements, {} advisories, {} vulnerabilities",
        names.len(),
        own.advisory_count(),
        own.vulnerability_count()
    );
    own_only(&own, &names)?;

    let sqlite_path = dir.path().join("sqlite.db");
    write_sqlite(&own, &sqlite_path)?;
    let lmdb_path = dir.path().join("lmdb");
    std::fs::create_dir(&lmdb_path)?;
    write_lmdb(&own, &lmdb_path)?;

    println!("engine | MB | open µs | hit ns | miss ns");
    let order = shuffled(names.len());
    row("own", &own_path, &names, &order, || {
        let own = Database::open(Mapped::open(&own_path)?)?;
        Ok(move |namespace: &str, name: &str| {
            let mut found = 0;
            own.for_each_candidate(namespace, name, |c| found += touch(c));
            found
        })
    })?;
    row("sqlite", &sqlite_path, &names, &order, || {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(&sqlite_path, flags)?;
        db.pragma_update(None, "mmap_size", 1_i64 << 32)?;
        // Prepares the statement once; the time includes it.
        db.prepare_cached(SELECT)?;
        Ok(move |namespace: &str, name: &str| {
            let mut select = db.prepare_cached(SELECT).expect("prepared before");
            let mut rows = select.query(params![namespace, name]).expect("reads");
            match rows.next().expect("reads") {
                Some(row) => decode(row.get_ref(0).expect("column").as_blob().expect("blob")),
                None => 0,
            }
        })
    })?;
    row("lmdb", &lmdb_path.join("data.mdb"), &names, &order, || {
        let env = open_lmdb(&lmdb_path)?;
        let read = env.read_txn()?;
        let db = env
            .open_database::<Bytes, Bytes>(&read, Some("names"))?
            .ok_or("no names")?;
        read.commit()?;
        Ok(move |namespace: &str, name: &str| {
            let read = env.read_txn().expect("reads");
            let key = key(namespace, name);
            let value = db.get(&read, &key).expect("reads");
            value.map_or(0, decode)
        })
    })?;
    Ok(())
}

const SELECT: &str = "SELECT statements FROM names WHERE namespace = ?1 AND name = ?2";

fn compile(mirror: &str, starter: bool) -> Result<Vec<u8>> {
    let start = Instant::now();
    let request = Request {
        options: BuildOptions {
            prose: !starter,
            only_referenced: starter,
            built: Timestamp::now(),
        },
        limits: Limits::DEFAULT,
        feeds: &[],
        before: &[],
        threads: 2,
    };
    let mut compiling = start;
    let built = build(Path::new(mirror), &request, &mut |step| {
        if matches!(step, sources::mirror::Step::Compiling) {
            compiling = Instant::now();
        }
    })?;
    println!(
        "built in {:.1} s, of which compiling {:.1} s; peak memory so far {} MB",
        start.elapsed().as_secs_f64(),
        compiling.elapsed().as_secs_f64(),
        peak_memory_mb()
    );
    if starter {
        for status in &built.statuses {
            println!(
                "  {}: {} documents, {} records, {} problems, {:?}, data of {:?}",
                status.name,
                status.documents,
                status.records,
                status.problems,
                status.state,
                status.data_date
            );
        }
    }
    Ok(built.bytes)
}

fn report_size(what: &str, bytes: &[u8]) -> Result<()> {
    println!("{what}: {} bytes", bytes.len());
    if what == "starter" && std::env::args().any(|argument| argument == "--pack") {
        println!("  zstd -19: {} bytes", zstd::encode_all(bytes, 19)?.len());
    }
    let own = Database::open(bytes)?;
    for (section, size) in own.section_sizes() {
        println!("  {section}: {size}");
    }
    Ok(())
}

fn peak_memory_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM"));
    let kb = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
    kb.unwrap_or(0) / 1024
}

/// Time this thread has spent on a processor, so that other work on the machine counts less.
fn cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(first.unwrap_or(0))
}

/// What only the project's own file does.
fn own_only(own: &Own, names: &[(String, String)]) -> Result<()> {
    let start = cpu();
    let mut touched = 0;
    for (namespace, name) in names {
        own.for_each_candidate(namespace, name, |c| touched += touch(c));
    }
    black_box(touched);
    println!("every candidate decoded once: {:?}", (cpu() - start));

    // The matcher's question: every fixed version and its neighbours as an installed one.
    let mut questions = Vec::new();
    for (namespace, name) in names {
        let Some(ecosystem) = ecosystem::by_namespace(namespace) else {
            continue;
        };
        own.for_each_candidate(namespace, name, |candidate| {
            for range in candidate.ranges.iter().take(1) {
                if let KeyEnd::Fixed(end) | KeyEnd::LastAffected(end) = range.end {
                    questions.push((namespace, name, ecosystem.scheme, end.text.to_owned()));
                }
            }
        });
    }
    questions.dedup_by(|a, b| (a.0, a.1, &a.3) == (b.0, b.1, &b.3));
    for reaching in [false, true] {
        let start = cpu();
        let mut affected = 0_u64;
        for (namespace, name, scheme, version) in &questions {
            let Some(key) = (scheme.key)(version) else {
                continue;
            };
            let mut test = |candidate: &Candidate<'_>| {
                let compare = |end: &Keyed<'_>| (scheme.compare)(&key, end.key);
                affected += u64::from(candidate.ranges.iter().any(|range| {
                    range.introduced.as_ref().is_none_or(|v| compare(v).is_ge())
                        && match &range.end {
                            KeyEnd::Fixed(end) => compare(end).is_lt(),
                            KeyEnd::LastAffected(end) => compare(end).is_le(),
                            KeyEnd::Open => true,
                        }
                }));
            };
            if reaching {
                own.for_each_candidate_reaching(namespace, name, &key, test);
            } else {
                own.for_each_candidate(namespace, name, &mut test);
            }
        }
        let each = (cpu() - start).as_nanos() / questions.len().max(1) as u128;
        println!(
            "{} package versions parsed and matched, {}: {each} ns each, {affected} affected",
            questions.len(),
            if reaching {
                "candidates that reach"
            } else {
                "all candidates"
            }
        );
    }
    let start = cpu();
    own.verify()?;
    println!("verified in {:?}", (cpu() - start));
    let start = cpu();
    let difference = diff(own, own);
    println!(
        "compared with itself in {:?}: {}",
        (cpu() - start),
        difference.names.len()
    );
    let start = cpu();
    let mut found = 0;
    for number in 0..own.vulnerability_count() {
        if let Some(record) = own.vulnerability(number) {
            found += usize::from(own.find(record.id) == Some(number));
        }
    }
    let each = (cpu() - start).as_nanos() / u128::from(own.vulnerability_count().max(1));
    println!("every vulnerability decoded and found by id: {found}, {each} ns each");
    Ok(())
}

fn touch(candidate: &Candidate<'_>) -> usize {
    let bytes: usize = candidate.ranges.iter().map(|r| range_bytes(r)).sum();
    bytes
        + candidate
            .versions
            .iter()
            .map(|v| v.key.len())
            .sum::<usize>()
}

fn range_bytes(range: &CandidateRange<'_>) -> usize {
    let end = match range.end {
        KeyEnd::Fixed(v) | KeyEnd::LastAffected(v) => v.key.len(),
        KeyEnd::Open => 0,
    };
    end + range.introduced.map_or(0, |v| v.key.len())
}

/// Opens, looks up and prints one line.
fn row<L: Fn(&str, &str) -> usize>(
    engine: &str,
    file: &Path,
    names: &[(String, String)],
    order: &[usize],
    open: impl Fn() -> Result<L>,
) -> Result<()> {
    let mut opening = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        black_box(open()?);
        opening = opening.min(start.elapsed());
    }
    let lookup = open()?;
    let mut times = [Duration::MAX; 2];
    for _ in 0..3 {
        for (time, missing) in times.iter_mut().zip([false, true]) {
            let start = cpu();
            let mut found = 0;
            for &index in order {
                let (namespace, name) = &names[index];
                let namespace = if missing { "none" } else { namespace };
                found += black_box(lookup(namespace, name));
            }
            black_box(found);
            *time = (*time).min(cpu() - start);
        }
    }
    let bytes = std::fs::metadata(file)?.len();
    println!(
        "{engine} | {:.1} | {} | {} | {}",
        bytes as f64 / 1e6,
        opening.as_micros(),
        times[0].as_nanos() / order.len() as u128,
        times[1].as_nanos() / order.len() as u128,
    );
    Ok(())
}

/// Names in an order that the processor cannot foresee.
fn shuffled(count: usize) -> Vec<usize> {
    let mut state = 1_u64;
    (0..LOOKUPS)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as usize % count
        })
        .collect()
}

fn key(namespace: &str, name: &str) -> Vec<u8> {
    [namespace.as_bytes(), b"\0", name.as_bytes()].concat()
}

/// Every table's rows as both engines keep them: each value stands for itself.
fn rows(own: &Own, put: &mut dyn FnMut(&str, &[u8], &[u8]) -> Result<()>) -> Result<()> {
    for name in own.names() {
        let mut value = Vec::new();
        own.for_each_candidate(name.namespace, name.name, |c| encode(c, &mut value));
        put("names", &key(name.namespace, name.name), &value)?;
    }
    for number in 0..own.advisory_count() {
        if let Some(a) = own.advisory(number) {
            let mut value = Vec::new();
            texts(&mut value, [a.id, a.feed].into_iter());
            texts(
                &mut value,
                a.aliases.into_iter().chain(a.cwes).chain(a.references),
            );
            texts(&mut value, a.title.into_iter().chain(a.details));
            texts(
                &mut value,
                a.cvss.iter().flat_map(|c| [&*c.source, &*c.vector]),
            );
            a.vulnerabilities
                .iter()
                .for_each(|n| value.extend(n.to_le_bytes()));
            put("advisories", &number.to_be_bytes(), &value)?;
        }
    }
    for number in 0..own.vulnerability_count() {
        if let Some(v) = own.vulnerability(number) {
            let mut value = Vec::new();
            texts(&mut value, [v.id].into_iter());
            for alias in v.aliases.iter().chain([&v.id]) {
                put("ids", alias.as_bytes(), &number.to_be_bytes())?;
            }
            texts(
                &mut value,
                v.aliases.into_iter().chain(v.cwes).chain(v.references),
            );
            texts(&mut value, v.title.into_iter().chain(v.details));
            texts(
                &mut value,
                v.cvss.iter().flat_map(|c| [&*c.source, &*c.vector]),
            );
            v.advisories
                .iter()
                .for_each(|n| value.extend(n.to_le_bytes()));
            put("vulnerabilities", &number.to_be_bytes(), &value)?;
        }
    }
    Ok(())
}

fn texts<'a>(value: &mut Vec<u8>, texts: impl Iterator<Item = &'a str>) {
    for text in texts {
        bytes(value, text.as_bytes());
    }
}

fn bytes(value: &mut Vec<u8>, bytes: &[u8]) {
    value.extend((bytes.len() as u16).to_le_bytes());
    value.extend(bytes);
}

fn encode(candidate: &Candidate<'_>, value: &mut Vec<u8>) {
    value.extend(candidate.advisory.to_le_bytes());
    value.push(candidate.ranges.len() as u8);
    let keyed = |value: &mut Vec<u8>, v: Keyed<'_>| {
        bytes(value, v.key);
        bytes(value, v.text.as_bytes());
    };
    for range in &candidate.ranges {
        let (kind, end) = match range.end {
            KeyEnd::Open => (0, None),
            KeyEnd::Fixed(end) => (1, Some(end)),
            KeyEnd::LastAffected(end) => (2, Some(end)),
        };
        value.push(kind | u8::from(range.introduced.is_some()) << 4);
        for v in range.introduced.into_iter().chain(end) {
            keyed(value, v);
        }
    }
    value.push(candidate.versions.len() as u8);
    for v in candidate.versions.iter().take(255) {
        keyed(value, *v);
    }
}

/// Decodes what `encode` wrote into the same structure that the own file gives.
fn decode(mut from: &[u8]) -> usize {
    fn take<'a>(from: &mut &'a [u8], n: usize) -> &'a [u8] {
        let (head, rest) = from.split_at(n);
        *from = rest;
        head
    }
    fn keyed<'a>(from: &mut &'a [u8]) -> Keyed<'a> {
        let mut field = || {
            let length = take(from, 2);
            let length = u16::from_le_bytes([length[0], length[1]]);
            take(from, length.into())
        };
        let key = field();
        let text = std::str::from_utf8(field()).expect("text");
        Keyed { key, text }
    }
    let mut touched = 0;
    let mut ranges = Vec::new();
    while !from.is_empty() {
        black_box(take(&mut from, 4));
        ranges.clear();
        for _ in 0..take(&mut from, 1)[0] {
            let kind = take(&mut from, 1)[0];
            let introduced = (kind & 0x10 != 0).then(|| keyed(&mut from));
            let end = match kind & 0xf {
                1 => KeyEnd::Fixed(keyed(&mut from)),
                2 => KeyEnd::LastAffected(keyed(&mut from)),
                _ => KeyEnd::Open,
            };
            ranges.push(CandidateRange { introduced, end });
        }
        touched += ranges.iter().map(range_bytes).sum::<usize>();
        for _ in 0..take(&mut from, 1)[0] {
            touched += keyed(&mut from).key.len();
        }
    }
    touched
}

fn write_sqlite(own: &Own, path: &Path) -> Result<()> {
    let mut db = Connection::open(path)?;
    db.execute_batch(
        "PRAGMA page_size = 4096; PRAGMA journal_mode = OFF;
         CREATE TABLE names (namespace TEXT, name TEXT, statements BLOB,
                             PRIMARY KEY (namespace, name)) WITHOUT ROWID;
         CREATE TABLE advisories (number INTEGER PRIMARY KEY, record BLOB);
         CREATE TABLE vulnerabilities (number INTEGER PRIMARY KEY, record BLOB);
         CREATE TABLE ids (id TEXT PRIMARY KEY, vulnerability INTEGER) WITHOUT ROWID;",
    )?;
    let write = db.transaction()?;
    rows(own, &mut |table, key, value| {
        let number = || u32::from_be_bytes(key.try_into().expect("a number"));
        let text = || std::str::from_utf8(key);
        match table {
            "names" => {
                let (namespace, name) = text()?.split_once('\0').ok_or("key")?;
                let sql = "INSERT INTO names VALUES (?1, ?2, ?3)";
                write
                    .prepare_cached(sql)?
                    .execute(params![namespace, name, value])?;
            }
            "ids" => {
                let vulnerability = u32::from_be_bytes(value.try_into()?);
                let sql = "INSERT OR IGNORE INTO ids VALUES (?1, ?2)";
                write
                    .prepare_cached(sql)?
                    .execute(params![text()?, vulnerability])?;
            }
            table => {
                let sql = format!("INSERT INTO {table} VALUES (?1, ?2)");
                write
                    .prepare_cached(&sql)?
                    .execute(params![number(), value])?;
            }
        }
        Ok(())
    })?;
    write.commit()?;
    db.execute_batch("VACUUM")?;
    Ok(())
}

fn open_lmdb(path: &Path) -> Result<heed::Env> {
    let mut options = heed::EnvOpenOptions::new();
    options.map_size(4 << 30).max_dbs(8);
    // SAFETY: nobody else writes into the temporary directory.
    Ok(unsafe { options.open(path)? })
}

fn write_lmdb(own: &Own, path: &Path) -> Result<()> {
    let full = path.join("full");
    std::fs::create_dir(&full)?;
    let env = open_lmdb(&full)?;
    let mut write = env.write_txn()?;
    let tables = ["names", "advisories", "vulnerabilities", "ids"];
    let mut databases = Vec::new();
    for table in tables {
        databases.push((
            table,
            env.create_database::<Bytes, Bytes>(&mut write, Some(table))?,
        ));
    }
    rows(own, &mut |table, key, value| {
        let (_, db) = databases
            .iter()
            .find(|(name, _)| *name == table)
            .ok_or("table")?;
        Ok(db.put(&mut write, key, value)?)
    })?;
    write.commit()?;
    let mut file = std::fs::File::create(path.join("data.mdb"))?;
    env.copy_to_file(&mut file, heed::CompactionOption::Enabled)?;
    Ok(())
}
