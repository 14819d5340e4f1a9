//! Databases for tests, on both engines; other crates' tests use them too.
//!
//! PostgreSQL is the machine's own, started once for each test process in a directory of its own.
//! Without it the tests run on SQLite alone, but not where `CI` is set.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use crate::Engine;

/// Runs `check` on a new database of each engine.
///
/// # Panics
///
/// If a database cannot be made.
#[expect(clippy::expect_used, reason = "a test that has no database has failed")]
pub fn each_engine(check: impl Fn(&str, &Engine)) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("state.db");
    let address = format!("sqlite:{}", path.display());
    check(&address, &crate::open(&address).expect("open SQLite"));
    if let Some(address) = postgres_database() {
        check(&address, &crate::open(&address).expect("open PostgreSQL"));
    }
}

/// The address of a new, empty database on PostgreSQL; none if the machine has none.
///
/// # Panics
///
/// If PostgreSQL is there and does not start, or is not there and `CI` is set.
#[expect(clippy::expect_used, reason = "a test that has no database has failed")]
pub fn postgres_database() -> Option<String> {
    static CLUSTER: OnceLock<Option<PathBuf>> = OnceLock::new();
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let socket = CLUSTER.get_or_init(start).as_ref()?;
    let name = format!("test{}", COUNT.fetch_add(1, Ordering::Relaxed));
    let server = |database: &str| {
        let socket = socket.display().to_string().replace('/', "%2F");
        format!("postgres://lynkeus@{socket}/{database}")
    };
    let mut client =
        postgres::Client::connect(&server("postgres"), postgres::NoTls).expect("connect");
    client
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .expect("create a database");
    Some(server(&name))
}

/// Runs the server after the first argument and removes that directory when it ends.
const SERVE: &str = r#"trap 'kill -INT $server' TERM
"$@" &
server=$!
wait $server
wait $server
rm -rf "$0""#;

/// Starts a cluster; its socket's directory.
#[expect(
    clippy::expect_used,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that has no database has failed"
)]
fn start() -> Option<PathBuf> {
    let Some(programs) = programs() else {
        assert!(
            std::env::var("CI").is_err(),
            "PostgreSQL is not installed: run `cargo xtask setup`"
        );
        eprintln!("skipped on PostgreSQL, which is not installed");
        return None;
    };
    let home = tempfile::Builder::new()
        .prefix("lynkeus-pg")
        .tempdir()
        .expect("a temporary directory")
        .keep();
    let data = home.join("data");
    let root = is_root();
    if root {
        // PostgreSQL refuses to run as root.
        run(Command::new("chown").arg("postgres:postgres").arg(&home)).expect("chown");
    }
    run(as_postgres(root, &programs.join("initdb"))
        .arg("--pgdata")
        .arg(&data)
        .args([
            "--username=lynkeus",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ]))
    .expect("initdb");
    let (sender, receiver) = std::sync::mpsc::channel();
    let socket = home.clone();
    // The server dies with the thread that started it, and this thread lives as long as the tests.
    thread::spawn(move || {
        let child: io::Result<Child> = as_postgres(root, Path::new("/bin/sh"))
            .args(["-c", SERVE])
            .arg(&home)
            .arg(programs.join("postgres"))
            .arg("-D")
            .arg(&data)
            .arg("-k")
            .arg(&home)
            .args([
                "-c",
                "listen_addresses=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=200",
            ])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        sender.send(child.map(drop)).expect("the test waits");
        loop {
            thread::park();
        }
    });
    receiver
        .recv()
        .expect("the thread answers")
        .expect("postgres");
    let address = format!(
        "postgres://lynkeus@{}/postgres",
        socket.display().to_string().replace('/', "%2F")
    );
    for _ in 0..200 {
        if postgres::Client::connect(&address, postgres::NoTls).is_ok() {
            return Some(socket);
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("PostgreSQL did not start within 10 seconds");
}

/// Runs a program that dies with the thread that started it, and not as root.
fn as_postgres(root: bool, program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if root {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    command.args(["--pdeathsig", "TERM"]).arg(program);
    command.current_dir("/");
    command
}

fn run(command: &mut Command) -> io::Result<()> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    Err(io::Error::other(
        String::from_utf8_lossy(&output.stderr).into_owned(),
    ))
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

/// The directory of the newest PostgreSQL that Debian installed.
fn programs() -> Option<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .ok()?
        .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
        .filter(|path| path.join("initdb").exists())
        .collect();
    found.sort();
    found.pop()
}
