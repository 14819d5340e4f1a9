//! Opens the files of a feed, packed or not, and passes each document to the feed's parser.

use std::io::{BufReader, Cursor, Error, Read, Result, SeekFrom};

use ecosystem::Content;
use model::Problem;

use crate::{Document, Feed, Item, glob};

mod tar;
#[cfg(test)]
mod tests;

/// How much of a file is read before the rest is given up.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Unpacked bytes of one document.
    pub document_bytes: u64,
    /// Unpacked bytes of all documents of one file.
    pub total_bytes: u64,
    /// Members of one archive.
    pub members: u64,
    /// Containers within containers: 3 for a tar in a gzip in a zip.
    pub depth: u32,
    /// Bytes of an archive that must be sought in but lies in another archive.
    pub nested_zip_bytes: u64,
    /// Problems kept in [`Imported::problems`]; further ones are only counted.
    pub problems: usize,
}

impl Limits {
    /// Generous towards everything that publishers serve today: the largest document is some
    /// 2 GB (an OVAL file of a whole distribution), the largest set some 30 GB (CSAF).
    pub const DEFAULT: Self = Self {
        document_bytes: 8 << 30,
        total_bytes: 128 << 30,
        members: 4_000_000,
        depth: 4,
        nested_zip_bytes: 256 << 20,
        problems: 100,
    };
}

/// What came of one file of a feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// Name of the feed that read it. Records may carry another feed's name: a zip of osv.dev
    /// holds the records of several publishers.
    pub feed: &'static str,
    /// Documents given to the parser.
    pub documents: u64,
    pub advisories: u64,
    pub facts: u64,
    /// The first problems.
    pub problems: Vec<Problem>,
    /// How many problems there were.
    pub problem_count: u64,
    /// Unpacked bytes of the documents.
    pub bytes: u64,
    /// Every byte of every member was there and could be unpacked. If not, absent records say
    /// nothing: keep the old generation.
    pub complete: bool,
}

/// The feeds that read a file, by its path in the mirror.
pub fn feeds_for(path: &str) -> impl Iterator<Item = &'static Feed> {
    crate::FEEDS
        .iter()
        .copied()
        .filter(move |feed| feed.reads(path))
}

impl Feed {
    /// Whether a file of a mirror belongs to the feed.
    pub fn reads(&self, path: &str) -> bool {
        self.files
            .iter()
            .any(|pattern| glob::matches(pattern, path))
    }
}

/// Reads one file of a feed.
///
/// The kind of container is told by its first bytes, not by its name: gzip, zstd, bzip2, xz,
/// zip and tar, one within another. `sink` receives the advisories and facts; problems are
/// collected in the result.
pub fn import(
    feed: &'static Feed,
    path: &str,
    content: &mut dyn Content,
    limits: &Limits,
    sink: &mut dyn FnMut(Item),
) -> Imported {
    let mut run = Run {
        feed,
        limits,
        sink,
        archive: is_archive_name(path).then_some(path),
        imported: Imported {
            feed: feed.name,
            documents: 0,
            advisories: 0,
            facts: 0,
            problems: Vec::new(),
            problem_count: 0,
            bytes: 0,
            complete: true,
        },
    };
    match head(content) {
        Ok(start) if is_zip(&start) => match content.seek(SeekFrom::Start(0)) {
            Ok(_) => run.zip(path, content, 0),
            Err(error) => run.unreadable(path, &error),
        },
        Ok(start) => run.stream(path, start, content, 0),
        Err(error) => run.unreadable(path, &error),
    }
    run.expect_records(path);
    run.imported
}

/// Whether a file of this name holds documents, and is not one itself.
fn is_archive_name(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "zip" | "tgz" | "tar") || name.contains(".tar.")
}

/// Enough of the beginning to tell every container.
const HEAD: u64 = 512;

fn head(reader: &mut (impl Read + ?Sized)) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    reader.take(HEAD).read_to_end(&mut start)?;
    Ok(start)
}

fn is_zip(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04") || start.starts_with(b"PK\x05\x06")
}

/// Memory an xz stream may ask for, in KiB: that of `xz -9`, rounded up.
const XZ_MEMORY: u32 = 128 << 10;

struct Run<'a> {
    feed: &'static Feed,
    limits: &'a Limits,
    sink: &'a mut dyn FnMut(Item),
    /// The file's path if its name is that of an archive.
    archive: Option<&'a str>,
    imported: Imported,
}

impl Run<'_> {
    fn problem(&mut self, problem: Problem) {
        self.imported.problem_count += 1;
        if self.imported.problems.len() < self.limits.problems {
            self.imported.problems.push(problem);
        }
    }

    fn unreadable(&mut self, path: &str, error: &Error) {
        self.imported.complete = false;
        let problem = Problem::new(path, format!("cannot be read: {error}"));
        // A parser and the import may both meet the same failed read.
        if self.imported.problems.last() != Some(&problem) {
            self.problem(problem);
        }
    }

    /// An archive of a publisher always has records: without any it is an empty answer or an
    /// archive of something else.
    fn expect_records(&mut self, path: &str) {
        let nothing = self.imported.advisories == 0 && self.imported.facts == 0;
        if self.archive.is_some() && nothing && self.imported.complete {
            self.unreadable(path, &Error::other("the archive has no record"));
        }
    }

    /// Reads what begins with `start` and goes on with `rest`.
    fn stream(&mut self, path: &str, start: Vec<u8>, rest: &mut dyn Read, depth: u32) {
        if depth > self.limits.depth {
            return self.unreadable(path, &Error::other("containers nested too deep"));
        }
        let kind = start.clone();
        let mut whole = Cursor::new(start).chain(rest);
        let whole: &mut dyn Read = &mut whole;
        if kind.starts_with(&[0x1f, 0x8b]) {
            self.decoded(path, &mut flate2::read::MultiGzDecoder::new(whole), depth);
        } else if kind.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            match zstd::Decoder::new(whole) {
                Ok(mut decoder) => self.decoded(path, &mut decoder, depth),
                Err(error) => self.unreadable(path, &error),
            }
        } else if kind.starts_with(b"BZh") {
            self.decoded(path, &mut bzip2::read::MultiBzDecoder::new(whole), depth);
        } else if kind.starts_with(b"\xfd7zXZ\0") {
            let mut decoder = lzma_rust2::XzReader::new_mem_limit(whole, true, XZ_MEMORY);
            self.decoded(path, &mut decoder, depth);
        } else if is_zip(&kind) {
            self.nested_zip(path, whole, depth);
        } else if tar::is_tar(&kind) {
            self.tar(path, whole, depth);
        } else if self.archive == Some(path) {
            self.unreadable(path, &Error::other("it is no archive"));
        } else {
            self.document(path, whole);
        }
    }

    fn decoded(&mut self, path: &str, decoder: &mut dyn Read, depth: u32) {
        match head(decoder) {
            Ok(start) => self.stream(path, start, decoder, depth + 1),
            Err(error) => self.unreadable(path, &error),
        }
    }

    fn tar(&mut self, path: &str, reader: &mut dyn Read, depth: u32) {
        // Bounds what is skipped without being read as a document, too; headers and padding
        // come on top.
        let overhead = self.limits.members.saturating_mul(tar::OVERHEAD);
        let mut reader = reader.take(self.limits.total_bytes.saturating_add(overhead));
        let mut archive = tar::Archive::new(&mut reader);
        for _ in 0..=self.limits.members {
            if self.exhausted(path) {
                return;
            }
            match archive.next_file() {
                Ok(Some(member)) => {
                    let member = format!("{path}!/{}", member.trim_start_matches("./"));
                    self.decoded(&member, &mut archive, depth);
                }
                Ok(None) => return self.drain(path, &mut reader),
                Err(error) => return self.unreadable(path, &error),
            }
        }
        self.unreadable(path, &Error::other("too many members"));
    }

    /// Reads what follows the end of an archive, so that a checksum behind it is verified.
    fn drain(&mut self, path: &str, reader: &mut dyn Read) {
        if let Err(error) = std::io::copy(reader, &mut std::io::sink()) {
            self.unreadable(path, &error);
        }
    }

    fn nested_zip(&mut self, path: &str, reader: &mut dyn Read, depth: u32) {
        let mut bytes = Vec::new();
        let limit = self.limits.nested_zip_bytes;
        match reader.take(limit.saturating_add(1)).read_to_end(&mut bytes) {
            Ok(_) if bytes.len() as u64 > limit => {
                self.unreadable(path, &Error::other("zip inside an archive is too large"));
            }
            Ok(_) => self.zip(path, &mut Cursor::new(bytes), depth),
            Err(error) => self.unreadable(path, &error),
        }
    }

    fn zip(&mut self, path: &str, content: &mut dyn Content, depth: u32) {
        let mut archive = match zip::ZipArchive::new(BufReader::new(content)) {
            Ok(archive) => archive,
            Err(error) => return self.unreadable(path, &Error::other(error)),
        };
        if archive.len() as u64 > self.limits.members {
            return self.unreadable(path, &Error::other("too many members"));
        }
        for index in 0..archive.len() {
            if self.exhausted(path) {
                return;
            }
            let name = archive
                .name_for_index(index)
                .and_then(std::result::Result::ok);
            let place = format!("{path}!/{}", name.unwrap_or("?".into()));
            match archive.by_index(index) {
                Ok(member) if !member.is_file() => {}
                Ok(mut member) => self.decoded(&place, &mut member, depth),
                Err(error) => self.unreadable(&place, &Error::other(error)),
            }
        }
    }

    /// Whether the file has used up its bytes.
    fn exhausted(&mut self, path: &str) -> bool {
        let exhausted = self.imported.bytes >= self.limits.total_bytes;
        if exhausted {
            self.unreadable(path, &Error::other("larger than the limit"));
        }
        exhausted
    }

    fn document(&mut self, path: &str, reader: &mut dyn Read) {
        let left = self.limits.total_bytes.saturating_sub(self.imported.bytes);
        let mut counted = Counted {
            reader,
            left: self.limits.document_bytes.min(left),
            read: 0,
            error: None,
        };
        self.imported.documents += 1;
        let parse = self.feed.parse;
        {
            let mut buffered = BufReader::with_capacity(64 << 10, &mut counted);
            let mut document = Document {
                path,
                reader: &mut buffered,
            };
            parse(&mut document, &mut |item| self.item(path, item));
        }
        // A parser may stop before the end; the checksum of the container stands behind it.
        let drained = std::io::copy(&mut counted, &mut std::io::sink());
        self.imported.bytes += counted.read;
        let error = counted
            .error
            .or_else(|| drained.err().map(|e| e.to_string()));
        if let Some(error) = error {
            self.unreadable(path, &Error::other(error));
        } else if counted.read == 0 {
            self.unreadable(path, &Error::other("it is empty"));
        }
    }

    fn item(&mut self, path: &str, item: Item) {
        match item {
            Item::Advisory(_) => self.imported.advisories += 1,
            Item::Facts(_) => self.imported.facts += 1,
            Item::Problem(problem) => return self.problem(within(problem, path)),
            Item::Cut(problem) => {
                self.imported.complete = false;
                return self.problem(within(problem, path));
            }
        }
        (self.sink)(item);
    }
}

/// The problem with the document's path in its place, which most parsers put there already.
fn within(problem: Problem, path: &str) -> Problem {
    if problem.place.starts_with(path) {
        problem
    } else {
        problem.within(path)
    }
}

/// Counts bytes, stops at a limit, and remembers the first failure.
struct Counted<'a> {
    reader: &'a mut dyn Read,
    left: u64,
    read: u64,
    error: Option<String>,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        if let Some(error) = &self.error {
            return Err(Error::other(error.clone()));
        }
        match self.reader.read(buffer) {
            Ok(read) if read as u64 > self.left => {
                let error = "larger than the limit";
                self.error = Some(error.to_owned());
                Err(Error::other(error))
            }
            Ok(read) => {
                self.left -= read as u64;
                self.read += read as u64;
                Ok(read)
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => Err(error),
            Err(error) => {
                self.error = Some(error.to_string());
                Err(error)
            }
        }
    }
}
