//! The main section of a jar's manifest (JAR File Specification, "JAR Manifest").

/// Attributes of the main section, names in lower case.
#[derive(Debug, Default)]
pub(super) struct Manifest(Vec<(String, String)>);

/// More attributes than any main section has.
const ATTRIBUTES: usize = 1000;

impl Manifest {
    /// Reads up to the first empty line. A line that starts with a space continues the last.
    pub(super) fn parse(text: &str) -> Self {
        let mut attributes: Vec<(String, String)> = Vec::new();
        for line in text.lines().take_while(|line| !line.is_empty()) {
            if let Some(more) = line.strip_prefix(' ') {
                if let Some((_, value)) = attributes.last_mut() {
                    value.push_str(more);
                }
            } else if let Some((name, value)) = line.split_once(':')
                && attributes.len() < ATTRIBUTES
            {
                attributes.push((name.to_lowercase(), value.trim_start().to_owned()));
            }
        }
        Self(attributes)
    }

    /// A value without white space around it, none if it is absent, empty or was never filled
    /// in by the build.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.trim())
            .filter(|value| !value.is_empty() && !value.contains("${"))
    }

    /// The bundle's name without directives (`Bundle-SymbolicName`, `OSGi` Core, section 3.2.1).
    pub(super) fn symbolic_name(&self) -> Option<&str> {
        let name = self.get("bundle-symbolicname")?.split(';').next()?.trim();
        Some(name).filter(|name| !name.is_empty())
    }
}
