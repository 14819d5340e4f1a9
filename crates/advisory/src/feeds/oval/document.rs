//! The parts of an OVAL 5 document that are read.
//!
//! Definitions refer to tests, tests to objects and states, and all of them follow the
//! definitions in the file, so that definitions are kept in a small form until its end.
//! <https://oval-community-guidelines.readthedocs.io/en/latest/oval-schema-documentation/oval-definitions-schema.html>

use std::collections::HashMap;

use crate::feeds::cve;
use crate::xml::Element;

/// Number of a test in [`Tests`].
type TestNumber = u32;

/// A definition.
#[derive(Debug)]
pub(super) struct Definition {
    pub(super) id: String,
    pub(super) title: String,
    /// `ref_id` of references whose source is not a list of CVEs: the bulletin's own id.
    pub(super) bulletin: Option<String>,
    /// CVE ids, sorted.
    pub(super) cves: Vec<String>,
    pub(super) references: Vec<String>,
    pub(super) severity: String,
    pub(super) issued: String,
    pub(super) updated: String,
    /// CVSS vectors with their scores before them: `7.0/CVSS:3.1/AV:…`.
    pub(super) vectors: Vec<String>,
    pub(super) cwes: Vec<String>,
    /// Red Hat's word for what happens to the components: `Will not fix`.
    pub(super) resolution: String,
    /// Microsoft's word on whether there is an update.
    pub(super) patchable: String,
    pub(super) platforms: Vec<String>,
    pub(super) cpes: Vec<String>,
    pub(super) criteria: Criteria,
}

/// A tree of conditions.
#[derive(Debug)]
pub(super) enum Criteria {
    And(Vec<Self>),
    Or(Vec<Self>),
    Test { number: TestNumber, comment: String },
}

/// Every test, object and state.
#[derive(Debug, Default)]
pub(super) struct Tests {
    numbers: HashMap<String, TestNumber>,
    by_number: HashMap<TestNumber, Test>,
    objects: HashMap<String, String>,
    states: HashMap<String, State>,
}

#[derive(Debug)]
struct Test {
    is_package: bool,
    none_exist: bool,
    object: String,
    states: Vec<String>,
}

/// What a state demands of a package.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct State {
    pub(super) arch: String,
    /// Operation and value of `evr`.
    pub(super) evr: Option<(String, String)>,
    /// Operation and value of `version`.
    pub(super) version: Option<(String, String)>,
    pub(super) signature: bool,
}

/// A test, looked up.
#[derive(Debug)]
pub(super) struct Found<'a> {
    /// Whether it is about packages (`rpminfo_test`, `dpkginfo_test`).
    pub(super) is_package: bool,
    pub(super) none_exist: bool,
    /// Name of the package, empty if the object has none.
    pub(super) name: &'a str,
    pub(super) state: State,
}

impl Tests {
    /// The number that stands for a test's id.
    fn number(&mut self, id: &str) -> TestNumber {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let number = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
        self.numbers.insert(id.to_owned(), number);
        number
    }

    /// Keeps a test, an object or a state.
    pub(super) fn keep(&mut self, element: &Element) {
        let id = element.attribute("id");
        if element.name.ends_with("_test") {
            let number = self.number(id);
            self.by_number.insert(
                number,
                Test {
                    is_package: matches!(element.name.as_str(), "rpminfo_test" | "dpkginfo_test"),
                    none_exist: element.attribute("check_existence") == "none_exist",
                    object: element
                        .child("object")
                        .map_or("", |o| o.attribute("object_ref"))
                        .to_owned(),
                    states: element
                        .all("state")
                        .map(|state| state.attribute("state_ref").to_owned())
                        .collect(),
                },
            );
        } else if element.name.ends_with("_object") {
            self.objects
                .insert(id.to_owned(), element.text_of("name").to_owned());
        } else {
            let operation = |name: &str| {
                element
                    .child(name)
                    .map(|child| (child.attribute("operation").to_owned(), child.text.clone()))
            };
            self.states.insert(
                id.to_owned(),
                State {
                    arch: element.text_of("arch").to_owned(),
                    evr: operation("evr"),
                    version: operation("version"),
                    signature: element.child("signature_keyid").is_some(),
                },
            );
        }
    }

    /// The test of a criterion; none if the document does not have it, its object or its state.
    pub(super) fn find(&self, number: TestNumber) -> Option<Found<'_>> {
        let test = self.by_number.get(&number)?;
        if !test.is_package {
            return Some(Found {
                is_package: false,
                none_exist: test.none_exist,
                name: "",
                state: State::default(),
            });
        }
        let mut merged = State::default();
        for state in &test.states {
            let state = self.states.get(state)?.clone();
            if merged.arch.is_empty() {
                merged.arch = state.arch;
            }
            merged.evr = merged.evr.or(state.evr);
            merged.version = merged.version.or(state.version);
            merged.signature |= state.signature;
        }
        Some(Found {
            is_package: test.is_package,
            none_exist: test.none_exist,
            name: self.objects.get(&test.object)?,
            state: merged,
        })
    }

    /// The definition in an element; none if it has no criteria.
    pub(super) fn definition(&mut self, element: &Element) -> Option<Definition> {
        let empty = Element::default();
        let metadata = element.child("metadata").unwrap_or(&empty);
        let advisory = metadata.child("advisory").unwrap_or(&empty);
        let date = |name: &str| {
            let element = advisory.child(name);
            element.map_or("", |e| e.attribute("date")).to_owned()
        };
        let mut cves: std::collections::BTreeSet<String> = metadata
            .all("reference")
            .flat_map(|reference| cve::find_all(reference.attribute("ref_id")))
            .collect();
        for cve in advisory.all("cve") {
            cves.extend(cve::find_all(&cve.text));
        }
        let severity = [advisory.text_of("severity"), metadata.text_of("severity")];
        Some(Definition {
            id: element.attribute("id").to_owned(),
            title: metadata.text_of("title").to_owned(),
            bulletin: metadata
                .all("reference")
                .map(|reference| reference.attribute("ref_id"))
                .find(|id| cve::find_all(id).is_empty() && !id.is_empty())
                .map(str::to_owned),
            cves: cves.into_iter().collect(),
            references: metadata
                .all("reference")
                .map(|reference| reference.attribute("ref_url").to_owned())
                .filter(|url| !url.is_empty())
                .collect(),
            severity: severity
                .into_iter()
                .find(|word| !word.is_empty())
                .unwrap_or_default()
                .to_owned(),
            issued: match date("issued") {
                issued if issued.is_empty() => metadata.text_of("advisory_date").to_owned(),
                issued => issued,
            },
            updated: date("updated"),
            vectors: advisory
                .all("cve")
                .flat_map(|cve| [cve.attribute("cvss3"), cve.attribute("cvss2")])
                .filter(|vector| !vector.is_empty())
                .map(str::to_owned)
                .collect(),
            cwes: advisory
                .all("cve")
                .map(|cve| cve.attribute("cwe").to_owned())
                .filter(|cwe| !cwe.is_empty())
                .collect(),
            resolution: advisory
                .child("affected")
                .and_then(|affected| affected.child("resolution"))
                .map_or("", |resolution| resolution.attribute("state"))
                .to_owned(),
            patchable: metadata.text_of("patchable").to_owned(),
            platforms: metadata
                .all("affected")
                .flat_map(|affected| affected.all("platform"))
                .map(|platform| platform.text.clone())
                .collect(),
            cpes: advisory
                .all("affected_cpe_list")
                .flat_map(|list| list.all("cpe"))
                .map(|cpe| cpe.text.clone())
                .collect(),
            criteria: self.criteria(element.child("criteria")?),
        })
    }

    fn criteria(&mut self, element: &Element) -> Criteria {
        let mut parts = Vec::new();
        for child in &element.children {
            if child.name == "criteria" {
                parts.push(self.criteria(child));
            } else if child.name == "criterion" {
                parts.push(Criteria::Test {
                    number: self.number(child.attribute("test_ref")),
                    comment: child.attribute("comment").to_owned(),
                });
            }
        }
        // AND is the default (OVAL definitions schema, CriteriaType).
        if element.attribute("operator") == "OR" {
            Criteria::Or(parts)
        } else {
            Criteria::And(parts)
        }
    }
}
