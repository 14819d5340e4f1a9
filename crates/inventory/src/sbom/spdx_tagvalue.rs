//! SPDX 2.2 and 2.3 documents as tags and values.

use std::collections::BTreeMap;

use super::{
    component::Collector,
    spdx::{DOCUMENT, Fields},
};

/// Largest text in `<text>` tags that is kept, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// Reads the packages of a document.
pub(super) fn read(text: &str, collector: &mut Collector) {
    let mut reading = Reading::default();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((tag, value)) = line.split_once(':') else {
            continue;
        };
        let value = value.trim();
        if let Some(begun) = value.strip_prefix("<text>") {
            let Some(value) = whole(begun, &mut lines) else {
                collector.ended(Err(format!("the text of {tag} does not end")));
                break;
            };
            reading.take(tag.trim(), &value, collector);
        } else {
            reading.take(tag.trim(), value, collector);
        }
    }
    let mut comments = reading.comments;
    for mut package in reading.packages {
        package
            .comments
            .extend(comments.remove(&package.id).unwrap_or_default());
        collector.add(package.component());
    }
}

/// The rest of a text that may have many lines; none if its end is missing.
fn whole<'a>(begun: &'a str, lines: &mut impl Iterator<Item = &'a str>) -> Option<String> {
    let mut text = String::new();
    let mut line = begun;
    loop {
        if let Some((end, _)) = line.split_once("</text>") {
            text.push_str(end);
            return Some(text);
        }
        if text.len() < MAX_TEXT {
            text.push_str(line);
            text.push('\n');
        }
        line = lines.next()?;
    }
}

#[derive(Debug, Default)]
struct Reading {
    packages: Vec<Fields>,
    /// Whether tags are about the last package.
    in_package: bool,
    comments: BTreeMap<String, Vec<String>>,
    /// Of the annotation that is being read.
    comment: String,
    /// What the annotation is about.
    about: String,
    license_id: String,
    license_text: String,
}

impl Reading {
    fn take(&mut self, tag: &str, value: &str, collector: &mut Collector) {
        match tag {
            "SPDXVersion" => {
                value
                    .trim_start_matches("SPDX-")
                    .clone_into(&mut collector.version);
            }
            "PackageName" => {
                self.packages.push(Fields {
                    name: value.to_owned(),
                    ..Fields::default()
                });
                self.in_package = true;
            }
            "FileName" | "SnippetSPDXID" | "LicenseID" => {
                self.in_package = false;
                if tag == "LicenseID" {
                    value.clone_into(&mut self.license_id);
                    self.license_text.clear();
                }
            }
            "ExtractedText" => {
                collector
                    .license_names
                    .insert(self.license_id.clone(), value.to_owned());
            }
            "LicenseName" if value != "NOASSERTION" => {
                collector
                    .license_names
                    .insert(self.license_id.clone(), value.to_owned());
            }
            "Relationship" => relationship(value, collector),
            "Annotator" => {
                self.comment.clear();
                self.about.clear();
            }
            "AnnotationComment" => {
                value.clone_into(&mut self.comment);
                self.annotate();
            }
            "SPDXREF" => {
                value.clone_into(&mut self.about);
                self.annotate();
            }
            _ if self.in_package => self.package(tag, value),
            _ => {}
        }
    }

    /// Keeps the annotation once both its parts are there, in whichever order.
    fn annotate(&mut self) {
        if !self.comment.is_empty() && !self.about.is_empty() {
            let comment = std::mem::take(&mut self.comment);
            let about = std::mem::take(&mut self.about);
            self.comments.entry(about).or_default().push(comment);
        }
    }

    fn package(&mut self, tag: &str, value: &str) {
        let Some(package) = self.packages.last_mut() else {
            return;
        };
        let field = match tag {
            "SPDXID" => &mut package.id,
            "PackageVersion" => &mut package.version,
            "PrimaryPackagePurpose" => &mut package.purpose,
            "PackageLicenseDeclared" => &mut package.declared,
            "PackageLicenseConcluded" => &mut package.concluded,
            "PackageSourceInfo" => &mut package.source_info,
            "PackageDescription" => {
                package.description = Some(value.to_owned());
                return;
            }
            "ExternalRef" => {
                let mut words = value.split_whitespace().skip(1);
                let kind = words.next().unwrap_or_default();
                package.reference(kind, words.next().unwrap_or_default());
                return;
            }
            _ => return,
        };
        value.clone_into(field);
    }
}

fn relationship(value: &str, collector: &mut Collector) {
    let words: Vec<&str> = value.split_whitespace().take(3).collect();
    match words.as_slice() {
        [DOCUMENT, "DESCRIBES", id] | [id, "DESCRIBED_BY", DOCUMENT] => {
            collector.described.insert((*id).to_owned());
        }
        _ => {}
    }
}
