//! Why a finding is there: which advisories matched which packages where, or which path is open.

use api::wire;
use findings::{
    finding::{Details, PackageMatch, VulnerabilityFacts, VulnerablePackage},
    resource::{Image, Instance, Resource, ResourceDetails},
};
use maud::{Markup, html};
use store::listing::Listed;

use super::term;
use crate::{address::Address, answer::Asked, words};

/// References that are shown.
const REFERENCES: usize = 30;

/// Packages with what matched them, or the path from the edge.
pub(super) fn section(asked: &Asked<'_>, listed: &Listed, shown: &wire::Finding) -> Markup {
    match &listed.finding.observed.details {
        Details::Package(details) => html! {
            (remedy(shown))
            section.card {
                h2 { "Why" }
                @for (index, package) in details.packages.iter().enumerate() {
                    (affected(package, command(shown, index)))
                }
            }
        },
        Details::Network(network) => super::path::section(asked, listed, network),
    }
}

fn remedy(shown: &wire::Finding) -> Markup {
    let recommendation = shown.remediation.recommendation.as_ref();
    let text = recommendation.and_then(|one| one.text.as_deref());
    html! {
        section.card.remedy {
            h2 { "Remedy" }
            @match text {
                // The API's words where there is nothing to recommend.
                None | Some("None Provided") => {
                    p { "The publisher names no version that fixes it." }
                }
                Some(text) => { p { (text) } }
            }
        }
    }
}

/// The command that upgrades a package.
fn command(shown: &wire::Finding, index: usize) -> Option<&str> {
    let details = shown.package_vulnerability_details.as_ref()?;
    let package = details.vulnerable_packages.as_ref()?.get(index)?;
    package.remediation.as_deref()
}

fn affected(package: &VulnerablePackage, command: Option<&str>) -> Markup {
    let address = Address::new("/findings").and("package", package.name.as_str());
    let of_system = package.of_system.then(|| {
        html! {
            "yes: the operating system's package manager installed it"
        }
    });
    html! {
        article.package {
            h3 {
                a href=(address) { (package.name) } " " span.version { (package.version) }
                " " small {
                    (package.purl_type)
                    @if let Some(arch) = &package.arch { ", " (arch) }
                }
            }
            p.arrow {
                @match &package.fixed_version {
                    Some(fixed) => { "Fixed in " b.version { (fixed) } }
                    None => { "Publisher: " b { (package.fix_state) } }
                }
            }
            dl {
                (term("Found in", package.path.as_ref().map(|path| html! {
                    code { "/" (path) }
                })))
                (term("Layer", package.layer.as_ref().map(|layer| html! {
                    code title=(layer) { (words::short(layer)) }
                })))
                (term("Of the system", of_system))
                (term("Command", command.map(|command| html! { code.command { (command) } })))
            }
            ol.steps { @for one in &package.matches { (matched(one, package)) } }
        }
    }
}

fn matched(one: &PackageMatch, package: &VulnerablePackage) -> Markup {
    html! {
        li {
            b { (advisory(&one.advisory)) } " of the feed " (one.feed) " says about "
            @if one.via_source { "the source package " }
            code { (one.name) } " in " (one.namespace) ": affected is "
            code { (one.range) }
            "."
            span.about {
                code { (one.version) }
                @if one.via_source && one.version != package.version {
                    ", the version of the source,"
                }
                " is within, in the version order of " (one.scheme)
                @match &one.fixed_version {
                    Some(fixed) => { "; fixed in " code { (fixed) } "." }
                    None => { "; no fixed version is named." }
                }
            }
        }
    }
}

/// The id of an advisory, with a link where its publisher's page is known by the id.
fn advisory(id: &str) -> Markup {
    let url = api::inspector2::source_url("", id);
    url.map_or_else(|| html! { (id) }, |url| words::link(&url, id))
}

/// What is known of the vulnerability beside its description and scores.
pub(super) fn vulnerability(listed: &Listed) -> Markup {
    let Some(facts) = &listed.facts else {
        return html! {};
    };
    let day = |at: Option<i64>| at.map(words::day);
    html! {
        section.card {
            h2 { "Vulnerability" }
            dl {
                (term("ID", Some(advisory(&facts.id))))
                (term("Also called", list(&facts.aliases)))
                (term("Published", day(facts.published)))
                (term("Changed", day(facts.modified)))
                (term("Weakness", weaknesses(&facts.cwes)))
                (exploitation(facts))
            }
            @if !facts.references.is_empty() { (references(&facts.references)) }
        }
    }
}

fn list(texts: &[String]) -> Option<Markup> {
    (!texts.is_empty()).then(|| html! { (texts.join(", ")) })
}

/// Links to MITRE's pages about the weaknesses.
fn weaknesses(ids: &[String]) -> Option<Markup> {
    let page = |id: &str| {
        let number = id.strip_prefix("CWE-")?;
        let is_number = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| format!("https://cwe.mitre.org/data/definitions/{number}.html"))
    };
    (!ids.is_empty()).then(|| {
        html! {
            @for id in ids {
                @match page(id) {
                    Some(url) => { (words::link(&url, id)) }
                    None => { (id) }
                }
                " "
            }
        }
    })
}

fn exploitation(facts: &VulnerabilityFacts) -> Markup {
    let kev = facts.kev.as_ref().map(|kev| {
        html! {
            "added to CISA's catalog on " (kev.added)
            @if let Some(due) = &kev.due { ", to be fixed by " (due) }
            @if kev.ransomware { "; used by ransomware" }
            @if let Some(action) = &kev.action { span.about { (action) } }
        }
    });
    let known = facts.exploit_known.then(|| html! { "an exploit is known" });
    let ssvc = facts.ssvc.as_ref().map(|ssvc| {
        html! {
            "exploitation " b { (ssvc.exploitation) } ", automatable " b { (ssvc.automatable) }
            ", technical impact " b { (ssvc.technical_impact) }
        }
    });
    html! {
        (term("Exploited", kev))
        (term("Exploit", known))
        (term("CISA's assessment (SSVC)", ssvc))
    }
}

fn references(urls: &[String]) -> Markup {
    html! {
        details {
            summary { (words::counted(i64::try_from(urls.len()).unwrap_or(i64::MAX), "reference", "references")) }
            ul.references {
                @for url in urls.iter().take(REFERENCES) { li { (words::link(url, url)) } }
            }
        }
    }
}

/// What is known of a resource of its kind.
pub(super) fn resource(resource: &Resource) -> Markup {
    let text = |text: &Option<String>| text.as_ref().map(|text| html! { (text) });
    let texts = |texts: &[String]| list(texts);
    match &resource.details {
        ResourceDetails::Instance(Instance {
            platform,
            hostname,
            instance_type,
            image_id,
            vpc,
            subnet,
            ipv4,
            ..
        }) => html! {
            (term("System", text(platform)))
            (term("Host name", text(hostname)))
            (term("Instance type", text(instance_type)))
            (term("Machine image", text(image_id)))
            (term("VPC", text(vpc)))
            (term("Subnet", text(subnet)))
            (term("Addresses", texts(ipv4)))
        },
        ResourceDetails::Image(Image {
            repository,
            digest,
            tags,
            platform,
            architecture,
            in_use_count,
            ..
        }) => html! {
            (term("Repository", Some(html! { (repository) })))
            (term("Image tags", texts(tags)))
            (term("Digest", Some(html! { code title=(digest) { (words::short(digest)) } })))
            (term("System", text(platform)))
            (term("Architecture", text(architecture)))
            (term("In use by", in_use_count.map(|count| html! { (words::count(count)) })))
        },
        ResourceDetails::Function(function) => html! {
            (term("Function", Some(html! { (function.name) })))
            (term("Runtime", Some(html! { (function.runtime) })))
            (term("Version", Some(html! { (function.version) })))
        },
        ResourceDetails::None => html! {},
    }
}
