//! The build information that the Go linker leaves in a program.
//!
//! Layout after the Go source tree, `src/debug/buildinfo` and `src/runtime/debug/mod.go`.

use crate::Content;
use crate::executable::{Endian, Region, Regions, read_at};

const MAGIC: &[u8] = b"\xff Go buildinf:";
/// The header is aligned to and at least this long, in bytes.
const ALIGN: usize = 16;
const HEADER: usize = 32;
/// How much of the data is searched when no section names the place, in bytes.
const SEARCH: u64 = 4 << 20;
/// How much is read at once, in bytes: mostly all of the build information.
const CHUNK: u64 = 64 << 10;
/// Largest module list that is read, in bytes; that of Kubernetes has 30 thousand.
const TEXT: u64 = 8 << 20;
/// Most dependencies that are taken.
const DEPENDENCIES: usize = 100_000;

/// What a Go program says of its making.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct BuildInfo {
    /// As `go version` prints it: `go1.22.3`.
    pub(super) go_version: String,
    /// Import path of the main package.
    pub(super) path: String,
    pub(super) main: Option<Module>,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) settings: Vec<(String, String)>,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Module {
    pub(super) path: String,
    pub(super) version: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) module: Module,
    pub(super) replacement: Option<Module>,
}

impl BuildInfo {
    /// The value of a build setting.
    pub(super) fn setting(&self, key: &str) -> Option<&str> {
        self.settings
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
            .filter(|v| !v.is_empty())
    }
}

/// The build information of a program, none if it was not built by Go.
pub(super) fn read(
    content: &mut dyn Content,
    program: &Regions,
) -> Option<Result<BuildInfo, String>> {
    let (offset, head) = find(content, program.go?, program.go_is_named)?;
    let texts = if head.get(15)? & 2 == 0 {
        pointed(content, program, &head)
    } else {
        inline(content, offset)
    };
    let Some((go_version, modules)) = texts else {
        return Some(Err("damaged Go build information".to_owned()));
    };
    let go_version = String::from_utf8_lossy(&go_version).into_owned();
    if go_version.is_empty() {
        // Programs in which only the C part is linked have an empty header.
        return None;
    }
    let mut info = parse(unframed(&modules));
    info.go_version = go_version;
    Some(Ok(info))
}

/// The offset of the header and its bytes.
fn find(content: &mut dyn Content, region: Region, named: bool) -> Option<(u64, Vec<u8>)> {
    let end = region.size.min(if named { CHUNK } else { SEARCH });
    let mut at = 0;
    while at < end {
        let offset = region.offset.checked_add(at)?;
        let bytes = read_at(content, offset, (end - at).min(CHUNK)).ok()?;
        let found = bytes
            .chunks(ALIGN)
            .position(|chunk| chunk.starts_with(MAGIC));
        if let Some(index) = found {
            let offset = offset.checked_add((index * ALIGN) as u64)?;
            let head = read_at(content, offset, HEADER as u64).ok()?;
            return (head.len() == HEADER).then_some((offset, head));
        }
        if (bytes.len() as u64) < CHUNK {
            return None;
        }
        at += CHUNK;
    }
    None
}

/// Version and modules that follow the header, each after its length (Go 1.18 and later).
fn inline(content: &mut dyn Content, offset: u64) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut at = offset.checked_add(HEADER as u64)?;
    let mut text = || {
        let head = read_at(content, at, 10).ok()?;
        let (length, used) = varint(&head)?;
        at = at.checked_add(used)?;
        let bytes = whole(read_at(content, at, length.min(TEXT)).ok()?, length)?;
        at = at.checked_add(length)?;
        Some(bytes)
    };
    Some((text()?, text()?))
}

/// Version and modules as two pointers to Go strings, each a pointer and a length (before
/// Go 1.18).
fn pointed(
    content: &mut dyn Content,
    program: &Regions,
    head: &[u8],
) -> Option<(Vec<u8>, Vec<u8>)> {
    let wide = match head.get(14)? {
        4 => false,
        8 => true,
        _ => return None,
    };
    let endian = if head.get(15)? & 1 == 0 {
        Endian::Little
    } else {
        Endian::Big
    };
    let word = if wide { 8 } else { 4 };
    let mut text = |pointer: usize| {
        let address = endian.word(head, pointer, wide)?;
        if address == 0 {
            return Some(Vec::new());
        }
        // A variable that the linker never set lies in .bss, of which the file holds nothing.
        // Go's own tools have such a module list.
        let Some((offset, _)) = program.offset_of(address) else {
            return Some(Vec::new());
        };
        let string = read_at(content, offset, 2 * word as u64).ok()?;
        let length = endian.word(&string, word, wide)?;
        let (offset, _) = program.offset_of(endian.word(&string, 0, wide)?)?;
        whole(read_at(content, offset, length.min(TEXT)).ok()?, length)
    };
    Some((text(16)?, text(16 + word)?))
}

/// The bytes, if they are as many as announced.
fn whole(bytes: Vec<u8>, length: u64) -> Option<Vec<u8>> {
    (bytes.len() as u64 == length).then_some(bytes)
}

/// An unsigned LEB128 number and how many bytes it takes.
fn varint(bytes: &[u8]) -> Option<(u64, u64)> {
    let mut value = 0u64;
    for (index, byte) in bytes.iter().take(9).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, index as u64 + 1));
        }
    }
    None
}

/// The module text between the two 16-byte marks that frame it, empty if it is not framed.
fn unframed(bytes: &[u8]) -> &[u8] {
    let end = bytes.len().saturating_sub(16);
    match bytes.get(16..end) {
        Some(text) if text.ends_with(b"\n") => text,
        _ => &[],
    }
}

/// The lines of the module text: a keyword and fields, separated by tabs.
fn parse(text: &[u8]) -> BuildInfo {
    let text = String::from_utf8_lossy(text);
    let mut info = BuildInfo::default();
    for line in text.lines() {
        let Some((keyword, rest)) = line.split_once('\t') else {
            continue;
        };
        let names_nothing = rest.starts_with('\t') || rest.is_empty();
        match keyword {
            "mod" | "dep" | "=>" if names_nothing => {}
            "path" => rest.clone_into(&mut info.path),
            "mod" => info.main = Some(module(rest)),
            "dep" if info.dependencies.len() < DEPENDENCIES => {
                info.dependencies.push(Dependency {
                    module: module(rest),
                    replacement: None,
                });
            }
            "=>" => {
                // A main module cannot be replaced; before any dependency the line is void.
                if let Some(last) = info.dependencies.last_mut() {
                    last.replacement = Some(module(rest));
                }
            }
            "build" if info.settings.len() < DEPENDENCIES => {
                if let Some((key, value)) = rest.split_once('=') {
                    info.settings.push((unquoted(key), unquoted(value)));
                }
            }
            _ => {}
        }
    }
    info
}

/// Path, version and (not taken) checksum.
fn module(fields: &str) -> Module {
    let mut fields = fields.split('\t').map(str::to_owned);
    Module {
        path: fields.next().unwrap_or_default(),
        version: fields.next().unwrap_or_default(),
    }
}

/// Undoes Go's quoting, of which only the escaped quote and backslash occur in flags.
fn unquoted(text: &str) -> String {
    let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"'));
    if let Some(inner) = inner {
        inner.replace("\\\"", "\"").replace("\\\\", "\\")
    } else {
        text.trim_matches('`').to_owned()
    }
}
