//! CycloneDX documents as XML (the schemas `bom-1.*.xsd`).

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesRef, BytesStart, Event},
};

use super::component::{Collector, Component, Role};

/// Deepest nesting of elements that is read.
const DEPTH: usize = 128;
/// Most elements kept of one component.
const ELEMENTS: usize = 1 << 20;

/// An element with what is kept of its content; names are without their prefix.
#[derive(Debug, Default)]
struct Element {
    name: String,
    /// The attribute that tells it: the type of a component, the name of a property.
    label: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    fn children_of(&self, name: &str) -> &[Self] {
        self.child(name).map_or(&[], |child| &child.children)
    }

    /// The text of a child, none if it is empty.
    fn text_of(&self, name: &str) -> Option<String> {
        let text = self.child(name)?.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// Reads the components of a document, those within others included.
pub(super) fn read(text: &str, collector: &mut Collector) {
    let ended = walk(text, collector);
    collector.ended(ended);
}

fn walk(text: &str, collector: &mut Collector) -> Result<(), String> {
    let mut reader = Reader::from_str(text);
    let mut stack: Vec<Element> = Vec::new();
    let mut kept = 0_usize;
    loop {
        let event = reader.read_event().map_err(|error| {
            let at = reader.error_position();
            format!("cannot be read further: {error} (byte {at})")
        })?;
        match event {
            Event::Start(start) => {
                if stack.len() >= DEPTH {
                    return Err("elements are nested too deep".to_owned());
                }
                let element = element(&start);
                if stack.is_empty() {
                    collector.version = version(&start);
                }
                kept += 1;
                stack.push(element);
            }
            Event::Empty(start) => {
                stack.push(element(&start));
                close(&mut stack, &mut kept, collector);
            }
            Event::End(_) => close(&mut stack, &mut kept, collector),
            Event::Text(text) => append(&mut stack, &text),
            Event::CData(data) => append(&mut stack, &data),
            Event::GeneralRef(reference) => append(&mut stack, &resolve(&reference)),
            Event::Eof if stack.is_empty() => return Ok(()),
            Event::Eof => return Err("ends inside an element".to_owned()),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
        }
        if kept > ELEMENTS {
            return Err(format!("a component has more than {ELEMENTS} elements"));
        }
    }
}

/// The version that the namespace of the root ends with.
fn version(root: &BytesStart<'_>) -> String {
    root.attributes()
        .with_checks(false)
        .map_while(Result::ok)
        .find_map(|attribute| {
            let (_, version) = attribute.value.rsplit_once("cyclonedx.org/schema/bom/")?;
            Some(version.to_owned())
        })
        .unwrap_or_default()
}

fn append(stack: &mut [Element], text: &str) {
    if let Some(top) = stack.last_mut() {
        top.text.push_str(text);
    }
}

/// Ends the innermost element: a component goes to the collector, what describes one to it.
fn close(stack: &mut Vec<Element>, kept: &mut usize, collector: &mut Collector) {
    let Some(done) = stack.pop() else {
        return;
    };
    let within = |name: &str| stack.iter().any(|element| element.name == name);
    let parent = stack.last().map_or("", |parent| parent.name.as_str());
    match (done.name.as_str(), parent) {
        // The tools that made the document and its parts are no parts of its subject.
        ("component", "components" | "metadata") => {
            if !within("tools") && !within("formulation") {
                let mut component = component(&done);
                component.is_root = parent == "metadata";
                collector.add(component);
            }
            if parent == "metadata" || stack.len() <= 2 {
                *kept = 0;
            }
        }
        ("metadata", "bom") => {
            collector.add(Component {
                role: Role::Container,
                is_root: true,
                properties: properties(&done),
                ..Component::default()
            });
            *kept = 0;
        }
        (_, "bom" | "components" | "vulnerabilities" | "dependencies" | "services") => {
            if stack.len() <= 2 {
                *kept = 0;
            }
        }
        _ => {
            if let Some(parent) = stack.last_mut() {
                parent.children.push(done);
            }
        }
    }
}

fn component(element: &Element) -> Component {
    let purl = element.text_of("purl");
    let version = element.text_of("version").unwrap_or_default();
    let occurrences = element
        .child("evidence")
        .map_or(&[][..], |evidence| evidence.children_of("occurrences"));
    Component {
        role: Role::of(&element.label, purl.as_deref(), &version),
        name: element.text_of("name").unwrap_or_default(),
        description: element.text_of("description"),
        cpe: element.text_of("cpe"),
        licenses: element
            .children_of("licenses")
            .iter()
            .filter_map(license)
            .collect(),
        properties: properties(element),
        paths: occurrences
            .iter()
            .filter_map(|occurrence| occurrence.text_of("location"))
            .collect(),
        version,
        purl,
        ..Component::default()
    }
}

fn properties(element: &Element) -> Vec<(String, String)> {
    element
        .children_of("properties")
        .iter()
        .map(|property| (property.label.clone(), property.text.clone()))
        .collect()
}

fn license(choice: &Element) -> Option<String> {
    if choice.name == "expression" {
        return Some(choice.text.trim().to_owned());
    }
    choice.text_of("id").or_else(|| choice.text_of("name"))
}

fn element(start: &BytesStart<'_>) -> Element {
    let label = start
        .attributes()
        .with_checks(false)
        .map_while(Result::ok)
        .find(|attribute| matches!(attribute.key.as_ref(), "type" | "name"))
        .map(
            |attribute| match attribute.normalized_value(XmlVersion::Implicit1_0) {
                Ok(value) => value.into_owned(),
                Err(_) => attribute.value.to_string(),
            },
        );
    Element {
        name: start.local_name().as_ref().to_owned(),
        label: label.unwrap_or_default(),
        ..Element::default()
    }
}

/// What a reference stands for (XML 1.0 §4.1, §4.6); one that nothing declares stays as it is.
fn resolve(reference: &BytesRef<'_>) -> String {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return character.to_string();
    }
    match resolve_predefined_entity(reference) {
        Some(text) => text.to_owned(),
        None => format!("&{};", &**reference),
    }
}
