//! SPDX 2.3 with a reference from each package to its vulnerabilities (annex K.1).

use std::io::{self, Write};

use inventory::sbom::{
    Names,
    spdx::{self, SecurityReference},
};

use super::{address, bare_address, fix_words, pretty_json};
use crate::report::Report;

/// Writes the bill of materials with the vulnerabilities that count as security references.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut references = Vec::new();
    for vulnerability in report.vulnerabilities.iter().filter(|v| v.is_active()) {
        let published = || {
            vulnerability
                .references
                .iter()
                .find_map(|url| bare_address(url))
        };
        let url = match address(&vulnerability.id) {
            Some((_, url)) => url,
            None => match published() {
                Some(url) => url.to_owned(),
                None => continue,
            },
        };
        let counting = vulnerability
            .packages
            .iter()
            .filter(|p| p.suppressed.is_empty());
        references.extend(counting.map(|affected| SecurityReference {
            package: affected.package,
            url: url.clone(),
            comment: format!(
                "{}, {}, {}",
                vulnerability.id,
                vulnerability.severity.name().to_lowercase(),
                fix_words(affected)
            ),
        }));
    }
    let subject = report.target.subject(report.scanned);
    let document = spdx::Document {
        inventory: &report.inventory,
        names: &Names::of(&report.inventory),
        subject: &subject,
        security: &references,
    };
    pretty_json(out, &document)
}
