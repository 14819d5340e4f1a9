//! Files come whole or not at all, from servers that break off, change their mind and lie.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use lynkeus_sources::download::{DownloadError, Fetched, fetch};
use lynkeus_sources::http::{Client, Retry};
use lynkeus_sources::update::{From, Plan, update};

use crate::server::{Answer, Asked, Server};

pub(crate) fn client() -> Client {
    let retry = Retry {
        attempts: 3,
        pause: Duration::ZERO,
    };
    Client::new(retry, None).unwrap()
}

const NOW: SystemTime = SystemTime::UNIX_EPOCH;

fn get(server: &Server, target: &Path) -> Result<Fetched, DownloadError> {
    let name = target.file_name().unwrap().to_string_lossy();
    fetch(&client(), &server.url(&name), target, NOW, &mut |_| {})
}

/// Requests for the file itself, without those for checksums.
fn for_file(server: &Server) -> Vec<Asked> {
    let mut asked = server.asked();
    asked.retain(|asked| asked.path == "/file");
    asked
}

fn content() -> Vec<u8> {
    (0..300_000_u32).flat_map(u32::to_le_bytes).collect()
}

fn directory() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let target = directory.path().join("file");
    (directory, target)
}

/// What lies in a directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn an_unchanged_file_is_not_sent_again() {
    let (directory, target) = directory();
    let server = Server::start(|asked| match asked.path.as_str() {
        "/file" => Answer::file(asked, &content(), "\"one\""),
        _ => Answer::of(404, ""),
    });
    assert_eq!(get(&server, &target).unwrap(), Fetched::New);
    assert!(fs::read(&target).unwrap() == content());
    assert_eq!(get(&server, &target).unwrap(), Fetched::Unchanged);
    let asked = for_file(&server);
    assert_eq!(asked[0].header("if-none-match"), None);
    assert_eq!(asked[1].header("if-none-match"), Some("\"one\""));
    assert_eq!(names(directory.path()), [".file.note", "file"]);
    fs::remove_file(&target).unwrap();
    assert_eq!(get(&server, &target).unwrap(), Fetched::New);
}

#[test]
fn a_broken_download_goes_on_where_it_stopped() {
    let (_directory, target) = directory();
    let count = AtomicUsize::new(0);
    let server = Server::start(move |asked| {
        if asked.path != "/file" {
            return Answer::of(404, "");
        }
        let cut = (count.fetch_add(1, Ordering::SeqCst) < 4).then_some(250_000);
        Answer {
            cut,
            ..Answer::file(asked, &content(), "\"one\"")
        }
    });
    assert_eq!(get(&server, &target).unwrap(), Fetched::New);
    assert!(fs::read(&target).unwrap() == content());
    let asked = for_file(&server);
    let ranges: Vec<_> = asked.iter().map(|a| a.header("range")).collect();
    assert_eq!(
        ranges,
        [
            None,
            Some("bytes=250000-"),
            Some("bytes=500000-"),
            Some("bytes=750000-"),
            Some("bytes=1000000-"),
        ]
    );
    assert!(
        asked[1..]
            .iter()
            .all(|a| a.header("if-range") == Some("\"one\""))
    );
}

#[test]
fn the_next_run_goes_on_unless_the_file_changed() {
    for second_tag in ["\"one\"", "\"two\""] {
        let (_directory, target) = directory();
        let count = AtomicUsize::new(0);
        let server = Server::start(move |asked| {
            if asked.path != "/file" {
                return Answer::of(404, "");
            }
            // The first run gets a part and then nothing.
            match count.fetch_add(1, Ordering::SeqCst) {
                0 => Answer {
                    cut: Some(1000),
                    ..Answer::file(asked, &content(), "\"one\"")
                },
                1..4 => Answer::of(503, ""),
                _ => Answer::file(asked, &changed(second_tag), second_tag),
            }
        });
        let error = get(&server, &target).unwrap_err().to_string();
        assert!(error.contains("503"), "{error}");
        assert!(!target.exists());
        drop(server.asked());
        assert_eq!(get(&server, &target).unwrap(), Fetched::New);
        assert!(
            fs::read(&target).unwrap() == changed(second_tag),
            "{second_tag}"
        );
        let asked = for_file(&server);
        assert_eq!(asked[0].header("range"), Some("bytes=1000-"));
    }
}

/// The content under a tag.
fn changed(tag: &str) -> Vec<u8> {
    let mut content = content();
    if tag != "\"one\"" {
        content[10] ^= 1;
    }
    content
}

#[test]
fn whatever_fails_the_old_file_stays() {
    type Respond = fn(&Asked) -> Answer;
    let cases: [(&str, Respond, &str); 6] = [
        ("absent", |_| Answer::of(404, ""), "404"),
        ("refused", |_| Answer::of(403, ""), "403"),
        ("failing", |_| Answer::of(500, ""), "500"),
        (
            "cut",
            |asked| Answer {
                cut: Some(0),
                ..Answer::file(asked, &content(), "\"new\"")
            },
            "breaks off",
        ),
        (
            "another file than its checksum is of",
            |asked| match asked.path.as_str() {
                "/file" => Answer::file(asked, &content(), "\"new\""),
                _ => Answer::of(200, format!("{}  file\n", "ab".repeat(32))),
            },
            "its publisher says abab",
        ),
        (
            "a checksum that cannot be had",
            |asked| match asked.path.as_str() {
                "/file" => Answer::file(asked, &content(), "\"new\""),
                _ => Answer::of(503, ""),
            },
            "503",
        ),
    ];
    for (name, respond, expected) in cases {
        let (_directory, target) = directory();
        fs::write(&target, "old").unwrap();
        let server = Server::start(respond);
        let error = get(&server, &target).unwrap_err().to_string();
        assert!(error.contains(expected), "{name}: {error}");
        assert_eq!(fs::read(&target).unwrap(), b"old", "{name}");
    }
}

#[test]
fn nvd_feeds_are_compared_with_their_description() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(b"{}\n").unwrap();
    let packed = packed.finish().unwrap();
    // SHA-256 of the unpacked text, as `sha256sum` gives it.
    let sum = "CA3D163BAB055381827226140568F3BEF7EAAC187CEBD76878E0B63E9E442356";
    for (sum, expected) in [(sum.to_owned(), "fine"), ("0".repeat(64), "wrong")] {
        let (directory, _) = directory();
        let target = directory.path().join("nvdcve-2.0-2002.json.gz");
        let packed = packed.clone();
        let server = Server::start(move |asked| match asked.path.as_str() {
            "/nvdcve-2.0-2002.json.gz" => Answer::file(asked, &packed, "\"one\""),
            "/nvdcve-2.0-2002.meta" => Answer::of(200, format!("size:3\r\nsha256:{sum}\r\n")),
            _ => Answer::of(404, ""),
        });
        let found = match get(&server, &target) {
            Ok(Fetched::New) => "fine",
            Err(DownloadError::Checksum { .. }) => "wrong",
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected);
        assert_eq!(target.exists(), expected == "fine");
    }
}

#[test]
fn a_mirror_is_followed_and_what_fails_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let server = Server::start(|asked| match asked.path.as_str() {
        "/copies/osv/CRAN/all.zip" => Answer::file(asked, b"zip", "\"z\""),
        "/copies/osv/Rocky%20Linux/all.zip" => Answer::file(asked, b"rocky", "\"r\""),
        "/copies/kev/known_exploited_vulnerabilities.json" => Answer::of(500, ""),
        _ => Answer::of(404, ""),
    });
    let base = server.url("copies/");
    let feeds = ["r", "kev", "julia", "rocky"].map(str::to_owned);
    let plan = Plan {
        from: From::Mirror(&base),
        feeds: &feeds,
        now: NOW,
    };
    // Julia's copy was on the mirror once.
    let julia = directory.path().join("osv/Julia/all.zip");
    fs::create_dir_all(julia.parent().unwrap()).unwrap();
    fs::write(&julia, "old").unwrap();
    let outcome = update(&client(), directory.path(), &plan, &|_, _| {});
    assert_eq!((outcome.new, outcome.unchanged), (2, 0));
    let failed: Vec<_> = outcome.failures.iter().collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert!(outcome.failures["kev"].contains("500"), "{failed:?}");
    assert!(!julia.exists());
    let rocky = directory.path().join("osv/Rocky Linux/all.zip");
    assert_eq!(fs::read(rocky).unwrap(), b"rocky");
    let again = update(&client(), directory.path(), &plan, &|_, _| {});
    assert_eq!((again.new, again.unchanged), (0, 2));
}
