//! Conditions on values: text, numbers, moments, tags, ports, packages.

use crate::finding::VulnerablePackage;

/// How text is compared, by letter case (service model, `StringComparison`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Comparison {
    Equals,
    Prefix,
    NotEquals,
}

impl Comparison {
    pub const ALL: [Self; 3] = [Self::Equals, Self::Prefix, Self::NotEquals];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Equals => "EQUALS",
            Self::Prefix => "PREFIX",
            Self::NotEquals => "NOT_EQUALS",
        }
    }

    /// The comparison with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}

/// One comparison with a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TextCondition {
    pub comparison: Comparison,
    pub value: String,
}

impl TextCondition {
    fn holds(&self, text: &str) -> bool {
        match self.comparison {
            Comparison::Equals => text == self.value,
            Comparison::Prefix => text.starts_with(&self.value),
            Comparison::NotEquals => text != self.value,
        }
    }

    fn excludes(&self) -> bool {
        self.comparison == Comparison::NotEquals
    }
}

/// Whether the values of a member satisfy its conditions.
///
/// Of `EQUALS` and `PREFIX` one must hold for some value; every `NOT_EQUALS` must hold for all
/// values, so that it is always the opposite of `EQUALS`, also where there is no value.
pub fn texts_hold(conditions: &[TextCondition], values: &[&str]) -> bool {
    let mut wanted = conditions.iter().filter(|c| !c.excludes()).peekable();
    let mut excluded = conditions.iter().filter(|c| c.excludes());
    (wanted.peek().is_none() || wanted.any(|c| values.iter().any(|value| c.holds(value))))
        && excluded.all(|c| values.iter().all(|value| c.holds(value)))
}

/// A range of numbers with its ends; an end that is not given is open.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NumberRange {
    pub lower: Option<f64>,
    pub upper: Option<f64>,
}

impl NumberRange {
    /// Whether a number is there and within.
    pub fn holds(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| {
            self.lower.is_none_or(|lower| value >= lower)
                && self.upper.is_none_or(|upper| value <= upper)
        })
    }
}

/// A range of moments with its ends, in milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateRange {
    pub start: Option<i64>,
    pub end: Option<i64>,
}

impl DateRange {
    /// Whether a moment is there and within.
    pub fn holds(&self, value: Option<i64>) -> bool {
        value.is_some_and(|value| {
            self.start.is_none_or(|start| value >= start) && self.end.is_none_or(|end| value <= end)
        })
    }
}

/// A tag by its key, and by its value if one is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagCondition {
    pub key: String,
    pub value: Option<String>,
}

/// A range of ports with its ends; an end that is not given is open.
///
/// It holds if it shares a port with the finding's range: who asks for port 22 wants to see that
/// everything is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    pub begin: Option<u16>,
    pub end: Option<u16>,
}

impl PortRange {
    /// Whether the range shares a port with this one.
    pub fn holds(&self, range: Option<(u16, u16)>) -> bool {
        range.is_some_and(|(begin, end)| {
            self.begin.is_none_or(|wanted| end >= wanted)
                && self.end.is_none_or(|wanted| begin <= wanted)
        })
    }
}

/// Conditions that one and the same package must satisfy.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PackageCondition {
    pub name: Option<TextCondition>,
    pub version: Option<TextCondition>,
    pub epoch: Option<NumberRange>,
    pub release: Option<TextCondition>,
    pub architecture: Option<TextCondition>,
    pub layer_hash: Option<TextCondition>,
    /// No package is found in a layer of a function yet: only `NOT_EQUALS` can hold.
    pub lambda_layer: Option<TextCondition>,
    pub path: Option<TextCondition>,
}

impl PackageCondition {
    /// The conditions on text with their names on the wire.
    pub fn texts(&self) -> [(&'static str, Option<&TextCondition>); 7] {
        [
            ("name", self.name.as_ref()),
            ("version", self.version.as_ref()),
            ("release", self.release.as_ref()),
            ("architecture", self.architecture.as_ref()),
            ("sourceLayerHash", self.layer_hash.as_ref()),
            ("sourceLambdaLayerArn", self.lambda_layer.as_ref()),
            ("filePath", self.path.as_ref()),
        ]
    }

    /// The place of the condition on text with this name.
    pub fn text_mut(&mut self, name: &str) -> Option<&mut Option<TextCondition>> {
        Some(match name {
            "name" => &mut self.name,
            "version" => &mut self.version,
            "release" => &mut self.release,
            "architecture" => &mut self.architecture,
            "sourceLayerHash" => &mut self.layer_hash,
            "sourceLambdaLayerArn" => &mut self.lambda_layer,
            "filePath" => &mut self.path,
            _ => return None,
        })
    }

    /// Whether the package satisfies all of them.
    pub fn holds(&self, package: &VulnerablePackage) -> bool {
        let parts = package.version_parts();
        let architecture = package.architecture();
        let values = [
            Some(package.name.as_str()),
            Some(parts.version),
            parts.release,
            architecture,
            package.layer.as_deref(),
            None,
            package.path.as_deref(),
        ];
        #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
        let epoch = parts.epoch as f64;
        self.epoch.is_none_or(|range| range.holds(Some(epoch)))
            && self
                .texts()
                .iter()
                .zip(values)
                .all(|((_, condition), value)| {
                    let condition = condition.map_or(&[][..], std::slice::from_ref);
                    texts_hold(condition, value.as_slice())
                })
    }
}

/// The conditions of one member, at least one.
#[derive(Debug, Clone, PartialEq)]
pub enum Conditions {
    Text(Vec<TextCondition>),
    Date(Vec<DateRange>),
    Number(Vec<NumberRange>),
    Tags(Vec<TagCondition>),
    Ports(Vec<PortRange>),
    Packages(Vec<PackageCondition>),
}
