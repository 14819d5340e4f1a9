//! Reads and writes software bills of materials: CycloneDX and SPDX.

mod component;
pub mod cyclonedx;
mod cyclonedx_xml;
mod json;
mod licenses;
mod listed;
mod names;
mod properties;
pub mod spdx;
mod spdx3;
mod spdx_tagvalue;
mod subject;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt};

use model::{Inventory, Problem};

pub use listed::Listed;
pub use names::Names;
pub use subject::{Subject, SubjectKind};

use component::Collector;

/// Largest document that is read, in bytes. Syft writes some 40 kB a package where it lists files.
pub const LIMIT: u64 = 512 << 20;

/// A document that was read.
#[derive(Debug)]
pub struct Read {
    /// Complete unless the document ends too early or says itself that it is not.
    pub inventory: Inventory,
    pub format: Format,
}

/// What a document is written in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    pub kind: Kind,
    /// As the document states it, without the name: `1.6`, `2.3`, `3.0.1`.
    pub version: String,
}

/// A format and its serialization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    CycloneDxJson,
    CycloneDxXml,
    SpdxJson,
    SpdxTagValue,
    /// SPDX 3 as JSON-LD.
    Spdx3,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, serialization) = match self.kind {
            Kind::CycloneDxJson => ("CycloneDX", "JSON"),
            Kind::CycloneDxXml => ("CycloneDX", "XML"),
            Kind::SpdxJson => ("SPDX", "JSON"),
            Kind::SpdxTagValue => ("SPDX", "tag-value"),
            Kind::Spdx3 => ("SPDX", "JSON-LD"),
        };
        write!(f, "{name} {} ({serialization})", self.version)
    }
}

/// Reads the document `bytes`, called `name` in problems; none if it is no bill of materials.
///
/// Packages are those that have a package URL. A component of software without one is a problem.
pub fn read(name: &str, bytes: &[u8]) -> Option<Read> {
    let kind = detect(bytes)?;
    let mut collector = Collector::new(name);
    if bytes.len() as u64 > LIMIT {
        let what = format!("larger than the limit of {LIMIT} bytes");
        collector.broken(Problem::new(name, what));
    } else {
        match kind {
            Kind::CycloneDxJson => cyclonedx::read(bytes, &mut collector),
            Kind::CycloneDxXml => cyclonedx_xml::read(&text(bytes), &mut collector),
            Kind::SpdxJson => spdx::read(bytes, &mut collector),
            Kind::SpdxTagValue => spdx_tagvalue::read(&text(bytes), &mut collector),
            Kind::Spdx3 => spdx3::read(bytes, &mut collector),
        }
    }
    let version = std::mem::take(&mut collector.version);
    Some(Read {
        inventory: collector.finish(),
        format: Format { kind, version },
    })
}

fn text(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(json::without_mark(bytes))
}

/// How much of an XML or tag-value document is searched for what it is.
const HEAD: usize = 16 << 10;

/// What the document is, by the fields that each format requires.
fn detect(bytes: &[u8]) -> Option<Kind> {
    let bytes = json::without_mark(bytes).trim_ascii_start();
    let head = bytes.get(..HEAD).unwrap_or(bytes);
    match bytes.first()? {
        b'{' => detect_json(bytes),
        b'<' => {
            let head = String::from_utf8_lossy(head);
            let is_bom = head.contains("cyclonedx.org/schema/bom") && head.contains("bom");
            is_bom.then_some(Kind::CycloneDxXml)
        }
        _ => {
            let head = String::from_utf8_lossy(head);
            let is_spdx = head.lines().any(|line| line.starts_with("SPDXVersion:"));
            is_spdx.then_some(Kind::SpdxTagValue)
        }
    }
}

fn detect_json(bytes: &[u8]) -> Option<Kind> {
    let mut kind = None;
    // What was found before a fault in the document still says what it is.
    let whole = json::members(
        bytes,
        |key| matches!(key, "bomFormat" | "spdxVersion" | "@context"),
        &mut |key, value| {
            let text = value.text().unwrap_or_default();
            let found = match key {
                "bomFormat" if text == "CycloneDX" => Kind::CycloneDxJson,
                "spdxVersion" if text.starts_with("SPDX-") => Kind::SpdxJson,
                "@context" if text.contains("spdx.org/rdf/3") => Kind::Spdx3,
                _ => return,
            };
            kind.get_or_insert(found);
        },
    );
    drop(whole);
    kind
}
