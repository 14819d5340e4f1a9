//! Takes packages out of vulnerabilities by ignore rules; nothing is dropped silently.

use model::{Inventory, Package};

use crate::vulnerability::{Status, Suppression, SuppressionSource, Vulnerability};

/// One rule of an ignore file. Every condition that is set must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IgnoreRule {
    /// The vulnerability, by id or alias; `*` stands for any characters.
    pub id: Option<String>,
    /// The package's name or its source's; `*` stands for any characters.
    pub package: Option<String>,
    /// The package's version, exactly.
    pub version: Option<String>,
    /// A path at which the package was seen; `*` stands for any characters.
    pub path: Option<String>,
    /// Last day, `YYYY-MM-DD`, on which the rule holds.
    pub until: Option<String>,
    /// Why, in the owner's words.
    pub reason: String,
    /// File and line.
    pub place: String,
}

impl IgnoreRule {
    /// Whether the rule has lost its force on `today` (`YYYY-MM-DD`).
    pub fn is_expired(&self, today: &str) -> bool {
        self.until.as_deref().is_some_and(|until| until < today)
    }

    fn holds(&self, vulnerability: &Vulnerability, package: &Package) -> bool {
        let source = package.source.as_ref().map(|s| s.name.as_str());
        let ids = std::iter::once(&vulnerability.id).chain(&vulnerability.aliases);
        let names = std::iter::once(package.name.as_str()).chain(source);
        let paths = package.locations.iter().map(|l| l.path.as_str());
        any(self.id.as_deref(), ids.map(String::as_str))
            && any(self.package.as_deref(), names)
            && self.version.as_deref().is_none_or(|v| v == package.version)
            && any(self.path.as_deref(), paths)
    }
}

fn any<'a>(pattern: Option<&str>, mut texts: impl Iterator<Item = &'a str>) -> bool {
    pattern.is_none_or(|pattern| texts.any(|text| matches(pattern, text)))
}

/// Whether `text` is `pattern`, where `*` stands for any characters; letter case is ignored.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for part in parts {
        if let Some(middle) = last.replace(part) {
            let Some((_, after)) = rest.split_once(middle) else {
                return false;
            };
            rest = after;
        }
    }
    last.map_or(rest.is_empty(), |last| rest.ends_with(last))
}

/// Applies the rules that hold on `today` and updates each status.
pub fn ignore(
    vulnerabilities: &mut [Vulnerability],
    inventory: &Inventory,
    rules: &[IgnoreRule],
    today: &str,
) {
    let rules: Vec<_> = rules
        .iter()
        .filter(|rule| !rule.is_expired(today))
        .collect();
    for vulnerability in &mut *vulnerabilities {
        let mut suppressions = Vec::new();
        for (index, affected) in vulnerability.packages.iter().enumerate() {
            let Some(package) = inventory.packages.get(affected.package) else {
                continue;
            };
            let holding = rules
                .iter()
                .filter(|rule| rule.holds(vulnerability, package));
            suppressions.extend(holding.map(|rule| (index, suppression(rule))));
        }
        for (index, suppression) in suppressions {
            if let Some(affected) = vulnerability.packages.get_mut(index) {
                affected.suppressed.push(suppression);
            }
        }
    }
    update_status(vulnerabilities);
}

fn suppression(rule: &IgnoreRule) -> Suppression {
    let until = rule
        .until
        .as_ref()
        .map(|u| format!(" (until {u})"))
        .unwrap_or_default();
    Suppression {
        source: SuppressionSource::IgnoreFile,
        document: None,
        place: rule.place.clone(),
        reason: format!("{}{until}", rule.reason),
    }
}

/// Marks packages whose code cannot run, by their index in the inventory, with the reason.
pub fn idle(vulnerabilities: &mut [Vulnerability], reason: &dyn Fn(usize) -> Option<String>) {
    for affected in vulnerabilities.iter_mut().flat_map(|v| &mut v.packages) {
        if let Some(reason) = reason(affected.package) {
            affected.suppressed.push(Suppression {
                source: SuppressionSource::Idle,
                document: None,
                place: String::new(),
                reason,
            });
        }
    }
    update_status(vulnerabilities);
}

/// A vulnerability is suppressed when every package it affects is.
pub fn update_status(vulnerabilities: &mut [Vulnerability]) {
    for vulnerability in vulnerabilities {
        let suppressed = !vulnerability.packages.is_empty()
            && vulnerability
                .packages
                .iter()
                .all(|p| !p.suppressed.is_empty());
        vulnerability.status = if suppressed {
            Status::Suppressed
        } else {
            Status::Active
        };
    }
}
