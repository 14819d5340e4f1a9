//! A small HTTP server whose answers a test decides, broken ones included.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// With the query.
    pub(crate) path: String,
    /// By name in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Close the connection after so many bytes of the body.
    pub(crate) cut: Option<usize>,
}

impl Answer {
    pub(crate) fn of(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            body: body.into(),
            ..Self::default()
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// A file with a tag, as servers that know ranges and conditions serve it (RFC 9110,
    /// sections 13 and 14).
    pub(crate) fn file(asked: &Asked, bytes: &[u8], tag: &str) -> Self {
        if asked.header("if-none-match") == Some(tag) {
            return Self::of(304, "");
        }
        let range = asked.header("range").filter(|_| {
            let condition = asked.header("if-range");
            condition.is_none_or(|condition| condition == tag)
        });
        let start: Option<usize> = range.and_then(|range| {
            let start = range.strip_prefix("bytes=")?.strip_suffix('-')?;
            start.parse().ok()
        });
        match start {
            None => Self::of(200, bytes),
            Some(start) if start >= bytes.len() => Self::of(416, ""),
            Some(start) => {
                let (last, length) = (bytes.len() - 1, bytes.len());
                Self::of(206, &bytes[start..])
                    .header("content-range", format!("bytes {start}-{last}/{length}"))
            }
        }
        .header("etag", tag)
    }
}

/// A server that runs until the test process ends.
#[derive(Clone)]
pub(crate) struct Server {
    /// `127.0.0.1:port`
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            address: listener.local_addr().unwrap().to_string(),
            asked: Arc::default(),
        };
        let log = Arc::clone(&server.asked);
        let answer = Arc::new(answer);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        server
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }

    /// Everything that was asked for since the last call.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

/// Serves one request; a client that goes away is its own affair.
fn serve(
    stream: TcpStream,
    log: &Mutex<Vec<Asked>>,
    answer: &dyn Fn(&Asked) -> Answer,
) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let mut asked = Asked {
        method: words.next()?,
        path: words.next()?,
        ..Asked::default()
    };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        asked
            .headers
            .insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = asked.header("content-length").and_then(|n| n.parse().ok());
    reader
        .take(length.unwrap_or(0))
        .read_to_end(&mut asked.body)
        .ok()?;
    let answer = answer(&asked);
    log.lock().unwrap().push(asked.clone());
    let mut head = format!("HTTP/1.1 {} Answer\r\nconnection: close\r\n", answer.status);
    if answer.status != 304 {
        head = format!("{head}content-length: {}\r\n", answer.body.len());
    }
    for (name, value) in &answer.headers {
        head = format!("{head}{name}: {value}\r\n");
    }
    let mut stream = stream;
    stream.write_all(format!("{head}\r\n").as_bytes()).ok()?;
    if asked.method != "HEAD" {
        let end = answer
            .cut
            .unwrap_or(answer.body.len())
            .min(answer.body.len());
        stream.write_all(&answer.body[..end]).ok()?;
    }
    stream.flush().ok()
}
