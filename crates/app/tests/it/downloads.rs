//! `lynkeus db update --from URL`: what is asked of a server again, and where a transfer goes on.

#[path = "../../../sources/tests/it/server.rs"]
mod server;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use crate::db::User;
use crate::scan::feeds;
use server::{Answer, Asked, Server};

const FILES: [&str; 2] = ["osv/crates.io/all.zip", "osv/CRAN/all.zip"];
/// No limit on what a connection carries.
const WHOLE: usize = usize::MAX;

/// A mirror of two feeds that knows tags and ranges. Each answer ends after `limit` bytes.
fn mirror(feeds: &Path, limit: &Arc<AtomicUsize>) -> Server {
    let files = FILES.map(|name| (format!("/{name}"), fs::read(feeds.join(name)).unwrap()));
    let limit = Arc::clone(limit);
    Server::start(
        move |asked| match files.iter().find(|(path, _)| *path == asked.path) {
            Some((path, bytes)) => Answer {
                cut: Some(limit.load(Ordering::Relaxed)),
                ..Answer::file(asked, bytes, &format!("\"{path}\""))
            },
            None => Answer::of(404, ""),
        },
    )
}

/// What was asked for the files that are there.
fn about_files(server: &Server) -> Vec<Asked> {
    let is_file = |asked: &Asked| FILES.iter().any(|name| asked.path.ends_with(name));
    server.asked().into_iter().filter(is_file).collect()
}

/// How many records each feed of a user's database has.
fn records(user: &User) -> Vec<Value> {
    let status = user.json(&["db", "status"]);
    let feeds = status["feeds"].as_array().unwrap().iter();
    feeds.map(|feed| feed["records"].clone()).collect()
}

#[test]
fn what_did_not_change_is_not_sent_again() {
    let Some(feeds) = feeds() else { return };
    let server = mirror(&feeds, &Arc::new(AtomicUsize::new(WHOLE)));
    let user = User::new();
    let url = server.url("");
    let update = ["db", "update", "--attempts", "1", "--from", url.as_str()];
    user.good(&update);
    let records_before = records(&user);
    assert_eq!(records_before.len(), 2);
    let before = user.json(&["db", "status"]);
    let generations = user.generations();
    let asked = about_files(&server);
    assert_eq!(asked.len(), 2);
    assert!(
        asked
            .iter()
            .all(|asked| asked.header("if-none-match").is_none())
    );
    // Times are kept in seconds.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    user.good(&update);
    let asked = about_files(&server);
    assert_eq!(asked.len(), 2);
    for asked in asked {
        // The server answers 304, without the file.
        let tag = format!("\"{}\"", asked.path);
        assert_eq!(asked.header("if-none-match"), Some(tag.as_str()));
        assert_eq!(asked.header("range"), None);
    }
    // The database stays, not only what it says, and it is known when that was seen.
    let after = user.json(&["db", "status"]);
    assert_eq!(after["digest"], before["digest"]);
    assert_eq!(after["built"], before["built"]);
    assert_eq!(user.generations(), generations);
    let time = |status: &Value| status["checked"].as_str().unwrap().to_owned();
    assert!(time(&after) > time(&before), "{after:?}");
    let said = user.good(&["db", "status"]);
    assert!(
        said.contains(&format!("checked {}", time(&after))),
        "{said}"
    );

    // Other feeds are another database, and so is what another program compiled.
    user.good(&[&update[..], &["--feeds", "rustsec"]].concat());
    assert_eq!(records(&user).len(), 1);
    user.good(&update);
    let whole = user.generations();
    let noted = user.path("data/advisories/checked");
    let text = fs::read_to_string(&noted).unwrap();
    let (start, _) = text.trim_end().rsplit_once(' ').unwrap();
    fs::write(&noted, format!("{start} 0.0.0\n")).unwrap();
    user.good(&update);
    assert_ne!(user.generations(), whole);
}

#[test]
fn a_transfer_that_broke_off_goes_on_at_the_next_update() {
    let Some(feeds) = feeds() else { return };
    let limit = Arc::new(AtomicUsize::new(WHOLE));
    let server = mirror(&feeds, &limit);
    let user = User::new();
    let url = server.url("");
    let update = ["db", "update", "--attempts", "1", "--from", url.as_str()];
    // The server breaks off after 1000 bytes of each.
    limit.store(1000, Ordering::Relaxed);
    let before = user.json(&["db", "status"]);
    let said = user.bad(2, &update);
    assert!(said.contains("breaks off"), "{said}");
    let status = user.json(&["db", "status"]);
    assert_eq!(status["digest"], before["digest"]);
    let failures = status["lastFailedUpdate"]["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 2, "{failures:?}");
    server.asked();
    limit.store(WHOLE, Ordering::Relaxed);
    user.good(&update);
    let asked = about_files(&server);
    assert_eq!(asked.len(), 2);
    for asked in asked {
        let tag = format!("\"{}\"", asked.path);
        assert_eq!(asked.header("range"), Some("bytes=1000-"));
        assert_eq!(asked.header("if-range"), Some(tag.as_str()));
    }
    let status = user.json(&["db", "status"]);
    assert_eq!(status["lastFailedUpdate"], Value::Null);
    // The same files, sent in one piece, make the same database.
    let other = User::new();
    other.good(&update);
    assert_eq!(records(&user), records(&other));
}
