//! Java archives and the archives inside them.
//!
//! Only central directories and the few members that name a library are read. An archive
//! stored inside another is read in place; a compressed one is inflated into memory. What a
//! hostile archive can cost is bounded by the limits below, which hold for a file with all
//! that is nested in it.

use std::io::Cursor;

use model::{Location, Problem};

use super::coordinates::{self, PROPERTIES_LIMIT, Surroundings};
use super::manifest::Manifest;
use super::{Coordinates, archive_stem, file_name, known_groups, pom};
use crate::zip::{self, Member, Part};
use crate::{Content, Extracted, Input};

/// Archives within archives: a jar in a war in an ear has depth 2.
const DEPTH: u32 = 6;
/// Most nested archives that are opened.
const ARCHIVES: u32 = 20_000;
/// Most bytes that are read and inflated in all, central directories included. Members may
/// overlap, so this can be more than the file has.
const WORK: u64 = 2 << 30;
/// Most bytes of inflated archives that are in memory at once.
const HELD: u64 = 256 << 20;
/// Manifests of signed jars can be larger, but the main section comes first.
const MANIFEST: u64 = 1 << 20;
const POM: u64 = 4 << 20;
/// Most problems that are reported.
const PROBLEMS: usize = 100;

pub(super) fn extract(input: &mut Input<'_>) -> Extracted {
    let mut walk = Walk {
        extracted: Extracted::default(),
        archives: 0,
        work: 0,
    };
    let path = input.file.path;
    walk.archive(input.content, path, Nesting { depth: 0, held: 0 });
    walk.extracted
}

struct Walk {
    extracted: Extracted,
    archives: u32,
    work: u64,
}

#[derive(Clone, Copy)]
struct Nesting {
    depth: u32,
    /// Bytes of the inflated archives around.
    held: u64,
}

/// The members of one archive that matter.
#[derive(Default)]
struct Members {
    manifest: Option<Member>,
    properties: Vec<Member>,
    poms: Vec<Member>,
    archives: Vec<Member>,
}

impl Walk {
    fn problem(&mut self, place: &str, what: impl Into<String>) {
        if self.extracted.problems.len() < PROBLEMS {
            self.extracted.problems.push(Problem::new(place, what));
        }
    }

    /// Takes the packages of an archive. `path` is its own path, after `!/` in outer archives.
    fn archive(&mut self, content: &mut dyn Content, path: &str, nesting: Nesting) {
        let stem = archive_stem(path).unwrap_or(path);
        let file = stem.rsplit('/').next().unwrap_or(stem);
        let known = known_groups::classes(file_name::split(file).0);
        let mut has_known_classes = false;
        let directory = zip::directory(content, WORK.saturating_sub(self.work), &mut |name| {
            let is_known = known.is_some_and(|directory| name.starts_with(directory));
            has_known_classes |= is_known;
            is_interesting(name)
        });
        let directory = match directory {
            Ok(directory) => directory,
            Err(what) => return self.problem(path, what),
        };
        self.work += directory.length;
        if let Some(what) = directory.problem {
            self.problem(path, what);
        }
        let members = sort(directory.members);
        let manifest = members
            .manifest
            .and_then(|member| self.text(content, &member, path, MANIFEST))
            .map(|text| Manifest::parse(&text))
            .unwrap_or_default();
        let records = self.records(content, path, members.properties, members.poms);
        self.packages(
            path,
            records,
            &Surroundings {
                stem,
                manifest: &manifest,
                has_known_classes,
            },
        );
        for member in members.archives {
            self.nested(
                content,
                &member,
                &format!("{path}!/{}", member.name),
                nesting,
            );
        }
    }

    /// The coordinates in Maven's records, each with the member that has them. A `pom.xml`
    /// counts only without a `pom.properties` beside it.
    fn records(
        &mut self,
        content: &mut dyn Content,
        path: &str,
        properties: Vec<Member>,
        poms: Vec<Member>,
    ) -> Vec<(Coordinates, Member)> {
        let mut records = Vec::new();
        for member in properties {
            let text = self.text(content, &member, path, PROPERTIES_LIMIT);
            if let Some(found) = text.and_then(|t| coordinates::from_properties(&t)) {
                records.push((found, member));
            }
        }
        let directory = |member: &Member| {
            let parts = member.name.rsplit_once('/');
            parts.map(|(directory, _)| directory.to_owned())
        };
        let done: std::collections::BTreeSet<_> = records
            .iter()
            .map(|(_, member)| directory(member))
            .collect();
        for member in poms {
            if done.contains(&directory(&member)) {
                continue;
            }
            let text = self.text(content, &member, path, POM);
            if let Some(found) = text.and_then(|t| pom::Pom::parse(&t).coordinates()) {
                records.push((found, member));
            }
        }
        records.sort_by(|a, b| a.0.cmp(&b.0));
        records.dedup_by(|a, b| a.0 == b.0);
        records
    }

    fn packages(
        &mut self,
        path: &str,
        records: Vec<(Coordinates, Member)>,
        surroundings: &Surroundings<'_>,
    ) {
        let found: Vec<_> = records.iter().map(|(found, _)| found.clone()).collect();
        let own = surroundings.own(&found);
        let identity = match own.and_then(|index| found.into_iter().nth(index)) {
            Some(own) => Some(own),
            None => surroundings.coordinates(),
        };
        let nested = path.contains("!/");
        let at = |path: String| Location { layer: None, path };
        if let Some(identity) = identity {
            let mut package = identity.package();
            if nested {
                package.locations.push(at(path.to_owned()));
            }
            self.extracted.packages.push(package);
        }
        for (index, (coordinates, member)) in records.into_iter().enumerate() {
            if own == Some(index) {
                continue;
            }
            let mut package = coordinates.package();
            let shaded = ("shaded".to_owned(), "true".to_owned());
            package.properties.push(shaded);
            package
                .locations
                .push(at(format!("{path}!/{}", member.name)));
            self.extracted.packages.push(package);
        }
    }

    /// Opens an archive inside an archive.
    fn nested(&mut self, content: &mut dyn Content, member: &Member, path: &str, nesting: Nesting) {
        if nesting.depth == DEPTH || self.archives == ARCHIVES {
            return self.problem(path, "too many archives inside one another");
        }
        self.archives += 1;
        let depth = nesting.depth + 1;
        match member.stored(content) {
            Ok(Some((start, length))) => {
                let mut part = Part::new(content, start, length);
                let held = nesting.held;
                self.archive(&mut part, path, Nesting { depth, held });
            }
            Ok(None) => {
                let limit = HELD.saturating_sub(nesting.held);
                let Some(bytes) = self.bytes(content, member, (path, limit + 1)) else {
                    return;
                };
                if bytes.len() as u64 > limit {
                    return self.problem(path, "larger than what may be held in memory");
                }
                let held = nesting.held + bytes.len() as u64;
                self.archive(&mut Cursor::new(bytes), path, Nesting { depth, held });
            }
            Err(what) => self.problem(path, what),
        }
    }

    fn text(
        &mut self,
        content: &mut dyn Content,
        member: &Member,
        path: &str,
        limit: u64,
    ) -> Option<String> {
        let place = format!("{path}!/{}", member.name);
        let bytes = self.bytes(content, member, (&place, limit))?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The first bytes of a member, within what may still be inflated.
    fn bytes(
        &mut self,
        content: &mut dyn Content,
        member: &Member,
        (place, limit): (&str, u64),
    ) -> Option<Vec<u8>> {
        let left = WORK.saturating_sub(self.work);
        if left == 0 {
            self.problem(place, format!("more than {WORK} bytes to read"));
            return None;
        }
        let limit = limit.min(left);
        self.work += member.cost(limit);
        match member.bytes(content, limit) {
            Ok(bytes) => {
                self.work += bytes.len() as u64;
                Some(bytes)
            }
            Err(what) => {
                self.problem(place, what);
                None
            }
        }
    }
}

const RECORDS: &str = "META-INF/maven/";

fn is_manifest(name: &str) -> bool {
    name.eq_ignore_ascii_case("META-INF/MANIFEST.MF")
}

fn is_interesting(name: &str) -> bool {
    is_manifest(name)
        || archive_stem(name).is_some()
        || (name.ends_with("/pom.properties") || name.ends_with("/pom.xml"))
            && name.contains(RECORDS)
}

fn sort(members: Vec<Member>) -> Members {
    let mut sorted = Members::default();
    for member in members {
        let name = &*member.name;
        if is_manifest(name) {
            sorted.manifest = Some(member);
        } else if name.ends_with("/pom.properties") {
            sorted.properties.push(member);
        } else if name.ends_with("/pom.xml") {
            sorted.poms.push(member);
        } else {
            sorted.archives.push(member);
        }
    }
    sorted
}
