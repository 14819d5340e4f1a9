//! `pom.xml` (Maven's POM Reference), as far as the one file says by itself.
//!
//! Values may refer to properties of the same file and to the project and its parent. What
//! would need the parent's file stays unresolved.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{Coordinates, coordinates};

/// More dependencies or properties than any project has.
const MOST: usize = 5000;
/// Longest text that is kept, in bytes.
const LONGEST: usize = 1000;
/// References followed in one value; they can refer to one another in a circle.
const REFERENCES: usize = 10;

#[derive(Debug, Default)]
pub(super) struct Pom {
    project: Dependency,
    parent: Dependency,
    properties: Vec<(String, String)>,
    pub(super) dependencies: Vec<Dependency>,
    managed: Vec<Dependency>,
    /// Why reading ended early.
    pub(super) problem: Option<String>,
}

/// A `dependency` element, or the same fields of a project or parent; empty where absent.
#[derive(Debug, Default, Clone)]
pub(super) struct Dependency {
    group: String,
    artifact: String,
    version: String,
    pub(super) scope: String,
}

impl Dependency {
    fn set(&mut self, field: &str, text: &str) {
        let field = match field {
            "groupId" => &mut self.group,
            "artifactId" => &mut self.artifact,
            "version" => &mut self.version,
            "scope" => &mut self.scope,
            _ => return,
        };
        text.clone_into(field);
    }
}

impl Pom {
    pub(super) fn parse(text: &str) -> Self {
        let mut pom = Self::default();
        let mut reader = Reader::from_str(text);
        let mut path: Vec<String> = Vec::new();
        let mut value = String::new();
        loop {
            match reader.read_event() {
                Ok(Event::Start(element)) => {
                    path.push(element.local_name().as_ref().to_owned());
                    pom.open(&path);
                    value.clear();
                }
                Ok(Event::Text(text)) if value.len() + text.len() <= LONGEST => {
                    value.push_str(&text);
                }
                Ok(Event::CData(text)) if value.len() + text.len() <= LONGEST => {
                    value.push_str(&text);
                }
                Ok(Event::End(_)) => {
                    pom.close(&path, value.trim());
                    path.pop();
                    value.clear();
                }
                Ok(Event::Eof) => break,
                Ok(_) => {}
                Err(error) => {
                    pom.problem = Some(format!("not well-formed: {error}"));
                    break;
                }
            }
            if path.len() > 64 {
                pom.problem = Some("elements are nested too deeply".to_owned());
                break;
            }
        }
        pom
    }

    fn open(&mut self, path: &[String]) {
        match names(path).as_slice() {
            ["project", "dependencies", "dependency"] if self.dependencies.len() < MOST => {
                self.dependencies.push(Dependency::default());
            }
            [
                "project",
                "dependencyManagement",
                "dependencies",
                "dependency",
            ] if self.managed.len() < MOST => {
                self.managed.push(Dependency::default());
            }
            _ => {}
        }
    }

    fn close(&mut self, path: &[String], text: &str) {
        match names(path).as_slice() {
            ["project", field] => self.project.set(field, text),
            ["project", "parent", field] => self.parent.set(field, text),
            ["project", "properties", name] if self.properties.len() < MOST => {
                self.properties.push(((*name).to_owned(), text.to_owned()));
            }
            ["project", "dependencies", "dependency", field] => {
                if let Some(last) = self.dependencies.last_mut() {
                    last.set(field, text);
                }
            }
            [
                "project",
                "dependencyManagement",
                "dependencies",
                "dependency",
                field,
            ] => {
                if let Some(last) = self.managed.last_mut() {
                    last.set(field, text);
                }
            }
            _ => {}
        }
    }

    /// The project's own coordinates, the parent's where it has none.
    pub(super) fn coordinates(&self) -> Option<Coordinates> {
        self.resolved(self.group(), &self.project.artifact, self.version())
    }

    /// The coordinates of a dependency, with the version that the file manages for it.
    pub(super) fn dependency(&self, dependency: &Dependency) -> Option<Coordinates> {
        let managed = || {
            let same =
                |m: &&Dependency| m.group == dependency.group && m.artifact == dependency.artifact;
            Some(&*self.managed.iter().find(same)?.version)
        };
        let version = match &*dependency.version {
            "" => managed()?,
            version => version,
        };
        self.resolved(&dependency.group, &dependency.artifact, version)
    }

    fn resolved(&self, group: &str, artifact: &str, version: &str) -> Option<Coordinates> {
        let version = self.resolve(version)?;
        // A range names no version (POM Reference, "Dependency Version Requirement
        // Specification"); a single one in brackets does.
        let exact = version
            .strip_prefix('[')
            .and_then(|v| v.strip_suffix(']'))
            .unwrap_or(&version);
        if exact.contains(['[', '(', ',', ')', ']']) {
            return None;
        }
        coordinates::complete(&self.resolve(group)?, &self.resolve(artifact)?, exact)
    }

    fn group(&self) -> &str {
        first_of(&self.project.group, &self.parent.group)
    }

    fn version(&self) -> &str {
        first_of(&self.project.version, &self.parent.version)
    }

    /// The text with its references replaced, none if one cannot be.
    fn resolve(&self, text: &str) -> Option<String> {
        let mut text = text.to_owned();
        for _ in 0..REFERENCES {
            let Some((before, rest)) = text.split_once("${") else {
                return Some(text);
            };
            let (name, after) = rest.split_once('}')?;
            text = format!("{before}{}{after}", self.value(name)?);
            if text.len() > LONGEST {
                return None;
            }
        }
        None
    }

    fn value(&self, name: &str) -> Option<&str> {
        let project = name
            .strip_prefix("project.")
            .or_else(|| name.strip_prefix("pom."));
        let value = match project {
            Some("groupId") => self.group(),
            Some("artifactId") => &self.project.artifact,
            Some("version") => self.version(),
            Some("parent.groupId") => &self.parent.group,
            Some("parent.version") => &self.parent.version,
            _ => {
                let property = self.properties.iter().find(|(key, _)| key == name);
                return property.map(|(_, value)| value.as_str());
            }
        };
        (!value.is_empty()).then_some(value)
    }
}

fn names(path: &[String]) -> Vec<&str> {
    path.iter().map(String::as_str).collect()
}

fn first_of<'a>(first: &'a str, second: &'a str) -> &'a str {
    if first.is_empty() { second } else { first }
}
