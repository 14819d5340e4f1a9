//! A blob of a registry, read from front to end as it arrives.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use inventory::image::Digest;
use inventory::section::ReadAt;

use super::client::Repository;
use crate::http::{self, Request};

/// Bytes of the stream that are kept to be read again: the first bytes are looked at twice.
const WINDOW: usize = 64 << 10;

/// A blob that is fetched when it is read. Reading on is cheap; reading elsewhere asks anew.
pub(super) struct Blob {
    repository: Arc<Repository>,
    digest: Digest,
    size: u64,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    stream: Option<Box<dyn Read + Send>>,
    /// Place of the stream's next byte.
    position: u64,
    window: Vec<u8>,
    /// Place of the window's first byte.
    start: u64,
}

impl Blob {
    pub(super) fn new(repository: Arc<Repository>, digest: Digest, size: u64) -> Self {
        Self {
            repository,
            digest,
            size,
            state: Mutex::default(),
        }
    }

    /// Asks for the bytes from `place` on.
    fn ask(&self, place: u64) -> io::Result<Box<dyn Read + Send>> {
        let url = self.repository.url(&format!("blobs/{}", self.digest));
        let mut request = Request::get(&url);
        if place > 0 {
            request = request.header("range", format!("bytes={place}-"));
        }
        let answer = self.repository.send(&request).map_err(io::Error::other)?;
        let start = match answer.status().as_u16() {
            200 => 0,
            206 => http::range_start(answer.headers()).unwrap_or(place),
            _ => return Err(io::Error::other(http::refusal(&url, answer))),
        };
        let mut stream = answer.into_body().into_reader();
        // A registry that does not serve parts sends all of it again.
        let Some(skip) = place.checked_sub(start) else {
            return Err(io::Error::other("the registry skips a part of the blob"));
        };
        let skipped = io::copy(&mut stream.by_ref().take(skip), &mut io::sink())?;
        if skipped < skip {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Box::new(stream))
    }

    /// Fills the window with the next bytes of the stream.
    fn advance(&self, state: &mut State) -> io::Result<()> {
        if state.stream.is_none() {
            state.stream = Some(self.ask(state.position)?);
        }
        let Some(stream) = &mut state.stream else {
            return Ok(());
        };
        state.window.resize(WINDOW, 0);
        let read = stream.read(&mut state.window);
        state.start = state.position;
        state.window.truncate(*read.as_ref().unwrap_or(&0));
        state.position += state.window.len() as u64;
        match read {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            other => other.map(|_| ()),
        }
    }
}

impl ReadAt for Blob {
    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        if offset >= self.size || buf.is_empty() {
            return Ok(0);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut failures = 0;
        loop {
            let kept = offset
                .checked_sub(state.start)
                .and_then(|skip| usize::try_from(skip).ok())
                .and_then(|skip| state.window.get(skip..))
                .filter(|kept| !kept.is_empty());
            if let Some(kept) = kept {
                let n = kept.len().min(buf.len());
                if let (Some(to), Some(from)) = (buf.get_mut(..n), kept.get(..n)) {
                    to.copy_from_slice(from);
                }
                return Ok(n);
            }
            if state.position != offset {
                state.stream = None;
                state.position = offset;
            }
            if let Err(error) = self.advance(&mut state) {
                state.stream = None;
                failures += 1;
                if !self.repository.client.retry.again(failures) {
                    return Err(error);
                }
            }
        }
    }

    fn len(&self) -> u64 {
        self.size
    }

    fn is_sequential(&self) -> bool {
        true
    }
}
