//! Findings as rows of a table.

use findings::{
    finding::{Details, NetworkDetails, VulnerablePackage},
    resource::Resource,
    risk,
};
use maud::{Markup, html};
use store::listing::Listed;

use crate::{address::Address, words};

/// Longest text beside a vulnerability, in characters.
const LONGEST: usize = 140;

/// The table; `heading` makes the heading of a column that can be sorted by.
pub(crate) fn table(listed: &[Listed], now: i64, heading: &dyn Fn(&str, &str) -> Markup) -> Markup {
    html! {
        table.findings {
            thead {
                tr {
                    (heading("severity", "Severity"))
                    th scope="col" { "Finding" }
                    th scope="col" { "Resource" }
                    th scope="col" { "Affected" }
                    (heading("risk", "Risk"))
                    (heading("score", "Score"))
                    (heading("epss", "EPSS"))
                    (heading("first-seen", "First seen"))
                }
            }
            tbody { @for one in listed { (row(one, now)) } }
        }
    }
}

fn row(listed: &Listed, now: i64) -> Markup {
    let finding = &listed.finding;
    let observed = &finding.observed;
    let first = finding.first_observed.as_millisecond();
    html! {
        tr {
            td.severity { (words::badge(observed.severity)) }
            td.what {
                a href={ "/finding/" (finding.id) } {
                    b { (observed.vulnerability().unwrap_or(&observed.title)) }
                }
                (exploited(listed))
                @if let Some(text) = about(listed) { span.about { (text) } }
            }
            td.resource { (resource(&listed.resource)) }
            td.affected { (affected(&observed.details)) }
            td.number data-label="Risk" { @if let Some(risk) = listed.risk() { (risk) } }
            td.number data-label="Score" {
                @if let Some(score) = &observed.score { (words::score(score.value)) }
            }
            td.number data-label="EPSS" {
                @if let Some(epss) = listed.epss { (words::percent(epss)) }
            }
            td.when data-label="First seen" { (words::ago(first, now)) }
        }
    }
}

/// A row that says how risky a finding is and who listens.
pub(crate) fn exposed(listed: &Listed, listens: &Markup) -> Markup {
    let finding = &listed.finding;
    let observed = &finding.observed;
    html! {
        tr {
            td.number data-label="Risk" { (risk::rank(&observed.risk, listed.epss)) }
            td.severity { (words::badge(observed.severity)) }
            td.what {
                a href={ "/finding/" (finding.id) } {
                    b { (observed.vulnerability().unwrap_or(&observed.title)) }
                }
                (exploited(listed))
                @if let Some(text) = about(listed) { span.about { (text) } }
            }
            td.resource { (resource(&listed.resource)) }
            td.affected { (affected(&observed.details)) }
            td { (listens) }
        }
    }
}

/// What is known of exploits, as labels.
pub(crate) fn exploited(listed: &Listed) -> Markup {
    let kev = listed.facts.as_ref().and_then(|facts| facts.kev.as_ref());
    html! {
        @if kev.is_some() {
            " " span.tag.kev title="In CISA's Known Exploited Vulnerabilities catalog" {
                "exploited"
            }
        } @else if listed.finding.observed.exploit_available == Some(true) {
            " " span.tag.exploit { "exploit known" }
        }
    }
}

/// A line about the vulnerability.
fn about(listed: &Listed) -> Option<String> {
    let facts = listed.facts.as_ref()?;
    let texts = [facts.title.as_deref(), facts.description.as_deref()];
    let mut texts = texts.into_iter().flatten().filter(|text| !text.is_empty());
    let text = texts.next()?;
    let line = text.lines().find(|line| !line.trim().is_empty())?;
    let mut short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() {
        short.truncate(short.trim_end().len());
        short.push('…');
    }
    Some(short)
}

/// A resource with a link to its findings.
pub(crate) fn resource(resource: &Resource) -> Markup {
    let address = Address::new("/findings").and("resource", resource.id.as_str());
    html! {
        a href=(address) title=(resource.id) { (words::name(resource)) }
        span.about { (words::kind(resource.kind)) }
    }
}

fn affected(details: &Details) -> Markup {
    match details {
        Details::Package(details) => packages(&details.packages),
        Details::Network(network) => html! { (ports(network)) },
    }
}

fn packages(packages: &[VulnerablePackage]) -> Markup {
    let Some(first) = packages.first() else {
        return html! {};
    };
    let more = packages.len() - 1;
    html! {
        span.package { b { (first.name) } " " span.version { (first.version) } }
        span.about {
            @match &first.fixed_version {
                Some(fixed) => { "fixed in " span.version { (fixed) } },
                None => { (first.fix_state) },
            }
            @if more > 0 { " · and " (more) " more" }
        }
    }
}

/// `TCP 22` or `TCP 8000–8080`.
pub(crate) fn ports(network: &NetworkDetails) -> String {
    let NetworkDetails {
        protocol,
        port_begin,
        port_end,
        ..
    } = network;
    if port_begin == port_end {
        format!("{protocol} {port_begin}")
    } else {
        format!("{protocol} {port_begin}–{port_end}")
    }
}
