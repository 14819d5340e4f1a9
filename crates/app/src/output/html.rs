//! One self-contained page: no script, no address fetched, readable without colour.

use std::io::{self, Write};

use findings::{AffectedPackage, Status, Vulnerability};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{fix_words, vendor_words};
use crate::report::Report;

/// The page's whole style; light and dark by the reader's preference.
const STYLE: &str = include_str!("report.css");

/// Writes the page.
pub(crate) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let title = format!("{} – vulnerabilities", report.target.name);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (report.target.name) }
                    (summary(report))
                }
                main {
                    (counts(report))
                    (upgrades(report))
                    (findings(report, Status::Active, "Vulnerabilities"))
                    (findings(report, Status::Suppressed, "Suppressed"))
                    (problems(report))
                }
                footer { (provenance(report)) }
            }
        }
    };
    out.write_all(page.into_string().as_bytes())
}

fn summary(report: &Report) -> Markup {
    let os = report
        .inventory
        .os
        .as_ref()
        .map(|os| os.pretty_name.as_str());
    html! {
        p {
            (report.target.kind) " · " (os.unwrap_or("no operating system")) " · "
            (report.inventory.packages.len()) " packages"
            @if !report.inventory.layers.is_empty() {
                " · " (report.inventory.layers.len()) " layers"
            }
            " · scanned " (report.scanned.strftime("%Y-%m-%d %H:%M UTC"))
        }
        @if !report.inventory.complete {
            p.warning { "The scan is incomplete: what could not be read may hold more." }
        }
    }
}

fn counts(report: &Report) -> Markup {
    html! {
        ul.counts {
            @for (severity, count) in report.counts() {
                li class=(severity.name().to_lowercase()) { b { (count) } " " (severity.name()) }
            }
        }
    }
}

fn upgrades(report: &Report) -> Markup {
    html! {
        @if !report.upgrades.is_empty() {
            section {
                h2 { "Best upgrades" }
                ol {
                    @for upgrade in report.upgrades.iter().take(10) {
                        li {
                            b { (upgrade.name) } " " (upgrade.from) " → " (upgrade.to)
                            " ends " (upgrade.total())
                        }
                    }
                }
            }
        }
    }
}

fn findings(report: &Report, status: Status, title: &str) -> Markup {
    let found: Vec<_> = report
        .vulnerabilities
        .iter()
        .filter(|v| v.status == status)
        .collect();
    html! {
        @if !found.is_empty() {
            section {
                h2 { (title) " (" (found.len()) ")" }
                @for vulnerability in found { (finding(report, vulnerability)) }
            }
        }
    }
}

fn finding(report: &Report, vulnerability: &Vulnerability) -> Markup {
    html! {
        details id=(vulnerability.id) {
            summary {
                span class={"badge " (vulnerability.severity.name().to_lowercase())} {
                    (vulnerability.severity.name())
                }
                " " b { (vulnerability.id) } " "
                @if let Some(score) = &vulnerability.score { (format!("{:.1} ", score.value)) }
                @if vulnerability.kev.is_some() { span.badge.kev { "known exploited" } " " }
                (names(report, vulnerability))
                @if let Some(title) = &vulnerability.title { " – " (title) }
            }
            p { (vulnerability.severity_reason) }
            @if let Some(epss) = vulnerability.epss {
                p {
                    "EPSS " (format!("{:.3}", epss.score)) ", higher than "
                    (format!("{:.1}", epss.percentile * 100.0)) " % of all"
                }
            }
            @if let Some(details) = &vulnerability.details { p.details { (details) } }
            @for affected in &vulnerability.packages { (package(report, vulnerability, affected)) }
            @if !vulnerability.references.is_empty() {
                ul {
                    @for reference in &vulnerability.references {
                        @if reference.starts_with("https://") || reference.starts_with("http://") {
                            li { a rel="noreferrer" href=(reference) { (reference) } }
                        }
                    }
                }
            }
        }
    }
}

fn names(report: &Report, vulnerability: &Vulnerability) -> String {
    let packages = vulnerability.packages.iter();
    let names: Vec<_> = packages
        .filter_map(|p| report.inventory.packages.get(p.package))
        .map(|p| format!("{} {}", p.name, p.version))
        .collect();
    match names.as_slice() {
        [first, second, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second} and {} more", rest.len())
        }
        few => few.join(", "),
    }
}

fn package(report: &Report, vulnerability: &Vulnerability, affected: &AffectedPackage) -> Markup {
    let Some(package) = report.inventory.packages.get(affected.package) else {
        return html! {};
    };
    html! {
        h3 { (package.name) " " (package.version) ": " (fix_words(affected)) }
        @if let Some(words) = vendor_words(vulnerability, affected) { p { "severity by " (words) } }
        ul {
            @for one in &affected.matches {
                li {
                    (one.advisory.id) " (" (one.advisory.feed) "): " (one.reason.name) " in "
                    (one.reason.namespace) ", affected " code { (one.reason.range) } ", "
                    (one.reason.version) " by " (one.reason.scheme) " order"
                }
            }
            @for location in &package.locations {
                li {
                    "found in " code { (location.path) }
                    @if let Some(layer) = location.layer { ", layer " (layer + 1) }
                }
            }
            @for suppression in &affected.suppressed {
                li { "suppressed by " (suppression.place) ": " (suppression.reason) }
            }
        }
    }
}

fn problems(report: &Report) -> Markup {
    html! {
        @if !report.inventory.problems.is_empty() {
            section {
                h2 { "Problems" }
                ul {
                    @for problem in &report.inventory.problems { li { (problem.to_string()) } }
                }
            }
        }
    }
}

fn provenance(report: &Report) -> Markup {
    html! {
        p {
            "Lynkeus " (env!("CARGO_PKG_VERSION")) ", advisories of "
            (report.database.built.strftime("%Y-%m-%d")) " (" (report.database.digest) ")"
        }
        ul {
            @for feed in &report.database.feeds {
                li {
                    (feed.name) " by " (feed.publisher)
                    @if let Some(date) = feed.data_date { ", " (date.strftime("%Y-%m-%d")) }
                    @if let Some(trouble) = &feed.trouble { ": " b { (trouble) } }
                }
            }
        }
    }
}
