//! `lynkeus db` as its users run it.

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::Value;

/// A user with a data directory of their own.
pub(crate) struct User {
    home: tempfile::TempDir,
    /// `PATH`, if it is not the usual one.
    path: Option<String>,
}

impl User {
    pub(crate) fn new() -> Self {
        Self {
            home: tempfile::tempdir().unwrap(),
            path: None,
        }
    }

    pub(crate) fn with_path(self, path: String) -> Self {
        Self {
            path: Some(path),
            ..self
        }
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_lynkeus"))
            .args(arguments)
            .envs(self.path.iter().map(|path| ("PATH", path)))
            .env_remove("DOCKER_CONFIG")
            .env_remove("XDG_RUNTIME_DIR")
            .env("HOME", self.home.path())
            .env("LYNKEUS_DATA_DIR", self.home.path().join("data"))
            .env_remove("http_proxy")
            .env_remove("HTTP_PROXY")
            .env_remove("ALL_PROXY")
            .env_remove("all_proxy")
            .current_dir(self.home.path())
            .output()
            .unwrap()
    }

    /// Runs what must succeed; its standard output.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail with `code`; its standard error.
    pub(crate) fn bad(&self, code: i32, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
        said
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut arguments = arguments.to_vec();
        arguments.extend(["--output", "json"]);
        serde_json::from_str(&self.good(&arguments)).unwrap()
    }

    /// The files of the databases that are kept, and which is the current one.
    pub(crate) fn generations(&self) -> Vec<String> {
        let directory = self.home.path().join("data/advisories");
        let entries = fs::read_dir(&directory).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names
            .filter(|name| name.split('.').next_back() == Some("lkdb"))
            .collect();
        names.sort();
        names.push(fs::read_to_string(directory.join("current")).unwrap());
        names
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.home.path().join(name).to_string_lossy().into_owned()
    }
}

fn feeds() -> Option<PathBuf> {
    let named = std::env::var_os("LYNKEUS_FEEDS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/feeds");
    let root = named.unwrap_or(beside);
    let found = root.is_dir();
    assert!(
        found || std::env::var_os("CI").is_none(),
        "no feeds at {}",
        root.display()
    );
    if !found {
        println!("skipped: no feeds at {}", root.display());
    }
    found.then_some(root)
}

/// Copies files of the feeds into a directory.
fn mirror(feeds: &Path, root: &Path, files: &[&str]) {
    for file in files {
        let target = root.join(file);
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(feeds.join(file), target).unwrap();
    }
}

const SMALL: [&str; 2] = ["osv/crates.io/all.zip", "osv/CRAN/all.zip"];

#[test]
fn the_first_run_uses_the_starter_and_says_so() {
    let user = User::new();
    let status = user.json(&["db", "status"]);
    assert_eq!(status["starter"], true);
    assert!(status["advisories"].as_u64().unwrap() > 40_000);
    let table = user.good(&["db", "status"]);
    assert!(
        table.contains("the starter that comes with the program"),
        "{table}"
    );
    let shown = user.good(&["db", "show", "rustsec-2020-0071"]);
    assert!(
        shown.contains("CVE-2020-26235") && shown.contains("crates.io time"),
        "{shown}"
    );
    let said = user.bad(1, &["db", "show", "CVE-0000-0000"]);
    assert!(said.contains("not in the database"), "{said}");
}

#[test]
fn a_database_is_built_shown_compared_and_carried() {
    let Some(feeds) = feeds() else { return };
    let user = User::new();
    let root = user.home.path().join("mirror");
    mirror(&feeds, &root, &SMALL);
    let said = user.bad(2, &["db", "build", "mirror", "--feeds", "rustsec,nobody"]);
    assert!(said.contains("there is no feed nobody"), "{said}");
    user.good(&["db", "build", "mirror", "--feeds", "rustsec"]);
    let status = user.json(&["db", "status"]);
    assert_eq!(status["starter"], false);
    assert_eq!(status["feeds"].as_array().unwrap().len(), 1);
    assert_eq!(status["feeds"][0]["records"], 1206);
    assert_eq!(status["feeds"][0]["state"], "ok");

    user.good(&["db", "build", "mirror"]);
    let changes = user.json(&["db", "diff", "previous", "current"]);
    let names = changes["names"].as_array().unwrap();
    assert!(!names.is_empty());
    for name in names {
        assert_eq!(
            (&name["ecosystem"], &name["change"]),
            (&"CRAN".into(), &"added".into())
        );
    }
    let table = user.good(&["db", "diff", "previous", "current"]);
    assert_eq!(table.lines().count(), names.len() + 1, "{table}");

    let shown = user.json(&["db", "show", "CVE-2020-26235"]);
    let statement = &shown["packages"][0]["statements"][0];
    assert_eq!(shown["packages"][0]["name"], "time");
    assert_eq!(statement["feed"], "rustsec");
    assert_eq!(statement["state"], "affected");
    assert!(
        statement["ranges"]
            .as_array()
            .unwrap()
            .iter()
            .any(|r| r["fixed"] == "0.2.23")
    );

    let digest = user.json(&["db", "status"])["digest"].clone();
    for name in ["carried.lkdb", "carried.lkdb.zst"] {
        user.good(&["db", "export", name]);
        let other = User::new();
        other.good(&["db", "import", &user.path(name)]);
        assert_eq!(other.json(&["db", "status"])["digest"], digest);
        other.good(&["db", "update", "--from", &user.path("mirror")]);
        let mut bytes = fs::read(user.path(name)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(user.path(name), bytes).unwrap();
        let before = other.json(&["db", "status"])["digest"].clone();
        other.bad(2, &["db", "import", &user.path(name)]);
        assert_eq!(other.json(&["db", "status"])["digest"], before);
    }
}

/// Serves the files of a directory, but answers 500 for paths that end so.
fn serve(root: PathBuf, broken: Arc<Mutex<Option<&'static str>>>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let answer = move |path: &str| {
        let is_broken = broken
            .lock()
            .unwrap()
            .is_some_and(|end| path.ends_with(end));
        if is_broken {
            return (500, Vec::new());
        }
        match fs::read(root.join(path.trim_start_matches('/'))) {
            Ok(bytes) => (200, bytes),
            Err(_) => (404, Vec::new()),
        }
    };
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let first = line(&mut reader);
            while !line(&mut reader).is_empty() {}
            let path = first.split(' ').nth(1).unwrap_or_default().to_owned();
            let (status, body) = answer(&path);
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status} Answer\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            let stream = reader.get_mut();
            // A client that went away is none of the server's business.
            drop(
                stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(&body)),
            );
        }
    });
    format!("http://{address}")
}

/// The next line of a connection, without its end; empty if there is none.
fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    let read = reader.read_line(&mut line);
    read.map_or_else(|_| String::new(), |_| line.trim_end().to_owned())
}

#[test]
fn a_scan_says_what_could_not_be_looked_up() {
    let Some(feeds) = feeds() else { return };
    let user = User::new();
    let served = tempfile::tempdir().unwrap();
    mirror(&feeds, served.path(), &["osv/crates.io/all.zip"]);
    user.good(&["db", "build", &served.path().to_string_lossy()]);
    let project = PathBuf::from(user.path("project"));
    fs::create_dir(&project).unwrap();
    let heading = |expected: &str| {
        let table = user.good(&["scan", &project.to_string_lossy()]);
        assert_eq!(table.lines().nth(1), Some(expected), "{table}");
    };
    // The database has nothing about PyPI, where this version has vulnerabilities.
    let python = project.join("requirements.txt");
    fs::write(&python, "django==1.2\n").unwrap();
    heading("nothing could be looked up: no advisories for the system or ecosystem of 1 package");
    let rust = "[[package]]\nname = \"itoa\"\nversion = \"1.0.0\"\n\
        source = \"registry+https://github.com/rust-lang/crates.io-index\"\n";
    fs::write(project.join("Cargo.lock"), format!("version = 4\n\n{rust}")).unwrap();
    heading("no vulnerabilities found in 1 package; 1 could not be looked up");
    fs::remove_file(&python).unwrap();
    heading("no vulnerabilities found");
}

#[test]
fn a_feed_that_fails_leaves_the_database_as_it_was() {
    let Some(feeds) = feeds() else { return };
    let served = tempfile::tempdir().unwrap();
    mirror(&feeds, served.path(), &SMALL);
    let broken = Arc::new(Mutex::new(None));
    let url = serve(served.path().to_owned(), Arc::clone(&broken));
    let user = User::new();
    let update = ["db", "update", "--attempts", "1", "--from", url.as_str()];
    user.good(&update);
    let first = user.json(&["db", "status"]);
    assert_eq!(first["feeds"].as_array().unwrap().len(), 2);
    assert_eq!(first["lastFailedUpdate"], Value::Null);

    // The server fails.
    *broken.lock().unwrap() = Some("CRAN/all.zip");
    let said = user.bad(2, &update);
    assert!(said.contains("r: ") && said.contains("500"), "{said}");
    let kept = user.json(&["db", "status"]);
    assert_eq!(kept["digest"], first["digest"]);
    assert_eq!(kept["lastFailedUpdate"]["failures"][0]["name"], "r");
    let table = user.good(&["db", "status"]);
    assert!(table.contains("the last update failed"), "{table}");

    // Its older copy is used if that is wanted.
    let mut partial = update.to_vec();
    partial.push("--partial");
    user.good(&partial);
    let stale = user.json(&["db", "status"]);
    let states: Vec<_> = stale["feeds"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["state"])
        .collect();
    assert_eq!(states, ["stale", "ok"]);

    // A file that is damaged at its source, and one that has gone.
    *broken.lock().unwrap() = None;
    let file = served.path().join("osv/CRAN/all.zip");
    let whole = fs::read(&file).unwrap();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    let said = user.bad(2, &update);
    assert!(said.contains("not all could be read"), "{said}");
    fs::remove_file(&file).unwrap();
    let said = user.bad(2, &update);
    assert!(
        said.contains("nothing was read, 14 records before"),
        "{said}"
    );
    assert_eq!(user.json(&["db", "status"])["digest"], stale["digest"]);
    fs::write(&file, &whole).unwrap();
    user.good(&update);
    let status = user.json(&["db", "status"]);
    assert_eq!(status["lastFailedUpdate"], Value::Null);
}
