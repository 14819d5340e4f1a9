//! HTTP as feeds and registries need it: time limits, growing pauses between attempts, streamed
//! bodies.

use std::io::{self, Read};
use std::thread;
use std::time::Duration;

use thiserror::Error;
use ureq::http::{HeaderMap, Response, StatusCode};
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body};

/// Most bytes of an answer that is read as a whole.
const DOCUMENT: u64 = 16 << 20;
/// Longest pause between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// Why there is no usable answer.
#[derive(Debug, Error)]
pub enum HttpError {
    #[error("cannot reach {url}: {source}")]
    Request {
        url: String,
        #[source]
        source: Box<ureq::Error>,
    },
    #[error("{url} answers {status}{detail}")]
    Status {
        url: String,
        status: StatusCode,
        /// What the server says of it, with a separator before it.
        detail: String,
    },
    #[error("the certificates to trust cannot be read: {0}")]
    Certificates(String),
    #[error("the answer of {url} breaks off: {source}")]
    Broken {
        url: String,
        #[source]
        source: io::Error,
    },
    #[error("{url} {what}")]
    Other { url: String, what: String },
}

/// How often and how fast something is tried again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retry {
    /// Attempts in a row that bring nothing.
    pub attempts: u32,
    /// Pause after the first; it doubles each time.
    pub pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 5,
            pause: Duration::from_millis(500),
        }
    }
}

impl Retry {
    /// Waits after `failures` failed attempts; false if that was the last.
    pub(crate) fn again(self, failures: u32) -> bool {
        if failures >= self.attempts {
            return false;
        }
        let factor = 1_u32 << failures.saturating_sub(1).min(10);
        thread::sleep(self.pause.saturating_mul(factor).min(LONGEST_PAUSE));
        true
    }
}

/// A client; clones share connections.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    pub(crate) retry: Retry,
}

/// One request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request<'a> {
    /// `GET` if empty.
    pub(crate) method: &'a str,
    pub(crate) url: &'a str,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    pub(crate) fn get(url: &'a str) -> Self {
        Self {
            url,
            ..Self::default()
        }
    }

    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl Client {
    /// A client that trusts Mozilla's certificate authorities, or only those in `roots` (PEM).
    pub fn new(retry: Retry, roots: Option<&[u8]>) -> Result<Self, HttpError> {
        let mut tls = TlsConfig::builder();
        if let Some(pem) = roots {
            let mut certificates = Vec::new();
            for item in parse_pem(pem) {
                match item {
                    Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
                    Ok(_) => {}
                    Err(error) => return Err(HttpError::Certificates(error.to_string())),
                }
            }
            tls = tls.root_certs(RootCerts::new_with_certs(&certificates));
        }
        let agent = Agent::config_builder()
            .tls_config(tls.build())
            .http_status_as_error(false)
            .user_agent(concat!("lynkeus/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(Duration::from_secs(20)))
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_mins(2)))
            .timeout_per_read(Some(Duration::from_mins(1)))
            .timeout_per_write(Some(Duration::from_mins(1)))
            .build()
            .new_agent();
        Ok(Self { agent, retry })
    }

    /// Sends once.
    fn once(&self, request: &Request<'_>) -> Result<Response<Body>, ureq::Error> {
        let method = match request.method {
            "" => "GET",
            method => method,
        };
        let mut builder = ureq::http::Request::builder()
            .method(method)
            .uri(request.url);
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        match request.body {
            None => self.agent.run(builder.body(())?),
            Some(body) => self.agent.run(builder.body(body)?),
        }
    }

    /// Sends until there is an answer that another attempt would not better.
    pub(crate) fn send(&self, request: &Request<'_>) -> Result<Response<Body>, HttpError> {
        let mut failures = 0;
        loop {
            let answer = self.once(request);
            let is_final = match &answer {
                Ok(answer) => !is_passing(answer.status()),
                Err(error) => !may_pass(error),
            };
            if !is_final {
                failures += 1;
                if self.retry.again(failures) {
                    continue;
                }
            }
            return answer.map_err(|source| HttpError::Request {
                url: request.url.to_owned(),
                source: Box::new(source),
            });
        }
    }

    /// The whole answer to a `GET`, at most 16 MiB; an error unless it is a success.
    pub(crate) fn document(&self, request: &Request<'_>) -> Result<Vec<u8>, HttpError> {
        let answer = self.send(request)?;
        if answer.status().is_success() {
            return body(request.url, answer);
        }
        Err(refusal(request.url, answer))
    }
}

/// The body of an answer, at most 16 MiB.
pub(crate) fn body(url: &str, answer: Response<Body>) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    let mut reader = answer.into_body().into_reader().take(DOCUMENT + 1);
    if let Err(source) = reader.read_to_end(&mut bytes) {
        return Err(HttpError::Broken {
            url: url.to_owned(),
            source,
        });
    }
    if bytes.len() as u64 > DOCUMENT {
        return Err(HttpError::Other {
            url: url.to_owned(),
            what: format!("answers more than {DOCUMENT} bytes"),
        });
    }
    Ok(bytes)
}

/// The error for an answer that is no success, with what a registry says of it
/// (distribution specification, "Error Codes").
pub(crate) fn refusal(url: &str, answer: Response<Body>) -> HttpError {
    let status = answer.status();
    let mut start = Vec::new();
    let mut reader = answer.into_body().into_reader().take(4096);
    let said = match reader.read_to_end(&mut start) {
        Ok(_) => serde_json::from_slice::<serde_json::Value>(&start).ok(),
        Err(_) => None,
    };
    let message = said.as_ref().and_then(|said| {
        let error = said.get("errors")?.get(0)?;
        error.get("message")?.as_str()
    });
    let detail = message.map_or_else(String::new, |message| {
        let printable = message.chars().filter(|c| !c.is_control()).take(200);
        format!(": {}", printable.collect::<String>())
    });
    HttpError::Status {
        url: url.to_owned(),
        status,
        detail,
    }
}

/// A header's value, if it is text.
pub(crate) fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Where the bytes of a partial answer begin: `Content-Range: bytes 100-199/200` (RFC 9110,
/// section 14.4).
pub(crate) fn range_start(headers: &HeaderMap) -> Option<u64> {
    let range = text(headers, "content-range")?.strip_prefix("bytes ")?;
    range.split('-').next()?.trim().parse().ok()
}

/// Whether the server may well answer otherwise soon.
fn is_passing(status: StatusCode) -> bool {
    matches!(status.as_u16(), 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether another attempt may succeed.
fn may_pass(error: &ureq::Error) -> bool {
    matches!(
        error,
        ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::Protocol(_)
            | ureq::Error::ConnectionFailed
    )
}
