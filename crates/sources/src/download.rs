//! Fetches one file: only if it changed, on from where it broke off, and whole or not at all.

use std::fs::{self, File, FileTimes};
use std::io::{self, Read, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use flate2::read::MultiGzDecoder;
use inventory::image::Digest;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use ureq::Body;
use ureq::http::{HeaderMap, Response};

use crate::generations::write_atomically;
use crate::http::{self, Client, HttpError, Request};

/// Largest file, in bytes.
const LIMIT: u64 = 64 << 30;
/// Largest description of a download, in bytes.
const NOTE_LIMIT: u64 = 64 << 10;

/// Why a file is not there.
#[derive(Debug, Error)]
pub enum DownloadError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("cannot write {}: {source}", path.display())]
    Io {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("{url} has SHA-256 {found}, its publisher says {expected}")]
    Checksum {
        url: String,
        expected: String,
        found: String,
    },
}

impl DownloadError {
    /// Whether the server has no such file.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Http(HttpError::Status { status, .. }) if matches!(status.as_u16(), 404 | 410))
    }
}

/// What came of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// The file is new.
    New,
    /// It is as it was.
    Unchanged,
}

/// How far a download is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bytes {
    pub done: u64,
    /// If the server says it.
    pub total: Option<u64>,
}

/// What the server said of a file, kept beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Note {
    url: String,
    etag: Option<String>,
    last_modified: Option<String>,
}

impl Note {
    fn of(url: &str, headers: &HeaderMap) -> Self {
        let own = |name| http::text(headers, name).map(str::to_owned);
        Self {
            url: url.to_owned(),
            etag: own("etag"),
            last_modified: own("last-modified"),
        }
    }

    /// What proves that two answers are parts of the same file; weak tags do not (RFC 9110,
    /// section 13.1.5).
    fn validator(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|tag| !tag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// The note about a download from `url`, if there is one.
    fn read(path: &Path, url: &str) -> Option<Self> {
        let mut text = Vec::new();
        let file = File::open(path).ok()?;
        file.take(NOTE_LIMIT).read_to_end(&mut text).ok()?;
        let note: Self = serde_json::from_slice(&text).ok()?;
        (note.url == url).then_some(note)
    }

    fn write(&self, path: &Path) -> io::Result<()> {
        write_atomically(path, &serde_json::to_vec(self)?)
    }
}

/// The files of one download: all but the target begin with a dot, so that mirrors pass them.
struct Places {
    target: PathBuf,
    note: PathBuf,
    part: PathBuf,
    part_note: PathBuf,
}

impl Places {
    fn of(target: &Path) -> Self {
        let name = target.file_name().unwrap_or_default().to_string_lossy();
        Self {
            target: target.to_owned(),
            note: target.with_file_name(format!(".{name}.note")),
            part: target.with_file_name(format!(".{name}.part")),
            part_note: target.with_file_name(format!(".{name}.part-note")),
        }
    }

    fn drop_part(&self) {
        // What stays behind is written over by the next attempt.
        drop(fs::remove_file(&self.part_note));
        drop(fs::remove_file(&self.part));
    }
}

/// Fetches `url` to `target` unless the file there is still what the server has.
///
/// A download that breaks off goes on where it stopped, at once and in the next run. Whatever
/// goes wrong, the file at `target` stays as it was. `now` becomes the file's time.
pub fn fetch(
    client: &Client,
    url: &str,
    target: &Path,
    now: SystemTime,
    progress: &mut dyn FnMut(Bytes),
) -> Result<Fetched, DownloadError> {
    let places = Places::of(target);
    let at = |source| DownloadError::Io {
        path: target.to_owned(),
        source,
    };
    if let Some(directory) = target.parent() {
        fs::create_dir_all(directory).map_err(at)?;
    }
    let mut failures = 0;
    let note = loop {
        let before = part_length(&places);
        match attempt(client, url, &places, progress) {
            Ok(Some(note)) => break note,
            Ok(None) => {
                set_time(target, now).map_err(at)?;
                return Ok(Fetched::Unchanged);
            }
            Err(error @ DownloadError::Http(HttpError::Broken { .. })) => {
                let brought_something = part_length(&places) > before;
                failures = if brought_something { 1 } else { failures + 1 };
                if !client.retry.again(failures) {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    };
    let verified = checksum(client, url, &places.part);
    if let Err(error @ DownloadError::Checksum { .. }) = verified {
        places.drop_part();
        return Err(error);
    }
    verified?;
    let install = || -> io::Result<()> {
        set_time(&places.part, now)?;
        // The note of the old file must not vouch for the new one, nor the other way round.
        drop(fs::remove_file(&places.note));
        fs::rename(&places.part, &places.target)?;
        drop(fs::remove_file(&places.part_note));
        note.write(&places.note)
    };
    install().map_err(at)?;
    Ok(Fetched::New)
}

fn part_length(places: &Places) -> u64 {
    fs::metadata(&places.part).map_or(0, |metadata| metadata.len())
}

fn set_time(path: &Path, now: SystemTime) -> io::Result<()> {
    File::options()
        .append(true)
        .open(path)?
        .set_times(FileTimes::new().set_modified(now))
}

/// One request and its answer; none if the target is still good.
fn attempt(
    client: &Client,
    url: &str,
    places: &Places,
    progress: &mut dyn FnMut(Bytes),
) -> Result<Option<Note>, DownloadError> {
    let mut request = Request::get(url);
    let old = Note::read(&places.note, url).filter(|_| places.target.is_file());
    if let Some(old) = &old {
        if let Some(tag) = &old.etag {
            request = request.header("if-none-match", tag);
        } else if let Some(time) = &old.last_modified {
            request = request.header("if-modified-since", time);
        }
    }
    let part = Note::read(&places.part_note, url);
    let length = part_length(places);
    let validator = part.as_ref().and_then(Note::validator);
    if let Some(validator) = validator.filter(|_| length > 0) {
        request = request
            .header("range", format!("bytes={length}-"))
            .header("if-range", validator);
    }
    let answer = client.send(&request)?;
    match answer.status().as_u16() {
        304 => {
            places.drop_part();
            Ok(None)
        }
        200 => {
            let note = Note::of(url, answer.headers());
            let written = start_part(places, &note).map_err(|source| io_error(places, source));
            receive(url, answer, written?, 0, progress)?;
            Ok(Some(note))
        }
        206 if http::range_start(answer.headers()) == Some(length) => {
            let note = part.unwrap_or_default();
            let file = File::options().append(true).open(&places.part);
            let file = file.map_err(|source| io_error(places, source))?;
            receive(url, answer, file, length, progress)?;
            Ok(Some(note))
        }
        206 | 416 => {
            places.drop_part();
            Err(HttpError::Broken {
                url: url.to_owned(),
                source: io::Error::other("the server does not go on where it stopped"),
            }
            .into())
        }
        _ => Err(http::refusal(url, answer).into()),
    }
}

fn io_error(places: &Places, source: io::Error) -> DownloadError {
    DownloadError::Io {
        path: places.part.clone(),
        source,
    }
}

/// Starts from nothing. The note is written last: a part without one is not continued.
fn start_part(places: &Places, note: &Note) -> io::Result<File> {
    drop(fs::remove_file(&places.part_note));
    let file = File::create(&places.part)?;
    note.write(&places.part_note)?;
    Ok(file)
}

/// Writes an answer's body behind the `done` bytes that are there.
fn receive(
    url: &str,
    answer: Response<Body>,
    mut file: File,
    mut done: u64,
    progress: &mut dyn FnMut(Bytes),
) -> Result<(), DownloadError> {
    let coming = http::text(answer.headers(), "content-length");
    let total = coming
        .and_then(|text| text.parse::<u64>().ok())
        .map(|coming| done.saturating_add(coming));
    let broken = |source| HttpError::Broken {
        url: url.to_owned(),
        source,
    };
    let mut reader = answer.into_body().into_reader();
    let mut buffer = vec![0; 64 << 10];
    loop {
        progress(Bytes { done, total });
        let read = match reader.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(broken(error).into()),
        };
        done += read as u64;
        if done > LIMIT {
            return Err(HttpError::Other {
                url: url.to_owned(),
                what: format!("sends more than {LIMIT} bytes"),
            }
            .into());
        }
        let written = file.write_all(buffer.get(..read).unwrap_or_default());
        written.map_err(broken)?;
    }
    if total.is_some_and(|total| total != done) {
        return Err(broken(io::ErrorKind::UnexpectedEof.into()).into());
    }
    file.sync_all().map_err(broken)?;
    Ok(())
}

/// Compares a file with the checksum that its publisher serves beside it, if there is one.
///
/// NVD describes each feed in a `.meta` file, whose `sha256` is that of the unpacked feed
/// (nvd.nist.gov, "CVE JSON 2.0 Data Feeds"); many other servers keep a `.sha256` beside a file.
fn checksum(client: &Client, url: &str, path: &Path) -> Result<(), DownloadError> {
    let at = |source| DownloadError::Io {
        path: path.to_owned(),
        source,
    };
    let nvd = url
        .strip_suffix(".json.gz")
        .filter(|stem| stem.contains("/nvdcve-"));
    let (beside, is_unpacked) = match nvd {
        Some(stem) => (format!("{stem}.meta"), true),
        None => (format!("{url}.sha256"), false),
    };
    let text = match client.document(&Request::get(&beside)) {
        Ok(text) => text,
        // Most publishers have none.
        Err(HttpError::Status { status, .. }) if status.is_client_error() => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    let text = String::from_utf8_lossy(&text);
    let Some(expected) = stated(&text) else {
        return Ok(());
    };
    let mut file = File::open(path).map_err(at)?;
    let mut magic = Vec::new();
    (&mut file).take(2).read_to_end(&mut magic).map_err(at)?;
    file.seek(SeekFrom::Start(0)).map_err(at)?;
    let found = if is_unpacked && magic == [0x1f, 0x8b] {
        sha256(MultiGzDecoder::new(file))
    } else {
        sha256(file)
    };
    let found = found.map_err(at)?;
    if found == expected {
        return Ok(());
    }
    Err(DownloadError::Checksum {
        url: url.to_owned(),
        expected,
        found,
    })
}

/// The checksum in a `.meta` file, or at the beginning of a `.sha256` file.
fn stated(text: &str) -> Option<String> {
    let meta = text.lines().find_map(|line| line.strip_prefix("sha256:"));
    let stated = meta.or_else(|| text.split_whitespace().next())?;
    let stated = stated.trim().to_ascii_lowercase();
    Digest::parse(&format!("sha256:{stated}")).map(|_| stated)
}

fn sha256(mut reader: impl Read) -> io::Result<String> {
    let mut hasher = Digest::sha256_hasher();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            let digest = hasher.finish();
            return Ok(digest.as_str().trim_start_matches("sha256:").to_owned());
        }
        hasher.update(buffer.get(..read).unwrap_or_default());
    }
}
