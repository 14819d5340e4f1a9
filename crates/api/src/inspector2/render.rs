//! Findings of the store as the API shows them.

use findings::{
    finding::{
        Details, Finding, InspectorScore, NetworkDetails, PackageDetails, State,
        VulnerabilityFacts, VulnerablePackage,
    },
    identity::finding_arn,
};
use model::Severity;
use store::{Scope, listing::Listed};

use super::resources::{epoch, filled, resource};
use crate::{
    closed::Closed as _,
    scalar::Epoch,
    wire::{self, NetworkProtocol, PackageManager},
};

/// Longest text that the model allows in descriptions, names, versions and paths.
const LONGEST: usize = 1024;

/// A finding with its resource and what is known of its vulnerability.
pub fn finding(scope: &Scope, listed: &Listed) -> wire::Finding {
    let Listed {
        finding,
        resource: of,
        facts,
        epss,
        ..
    } = listed;
    let observed = &finding.observed;
    let facts = facts.as_ref();
    let (packages, network) = match &observed.details {
        Details::Package(details) => (Some(package_details(finding, details, facts)), None),
        Details::Network(details) => (None, Some(network_details(details))),
    };
    wire::Finding {
        aws_account_id: scope.account.clone(),
        code_vulnerability_details: None,
        description: description(finding, facts),
        epss: epss.map(|score| wire::EpssDetails { score: Some(score) }),
        exploit_available: observed.exploit_available.map(|known| {
            if known {
                wire::ExploitAvailable::Yes
            } else {
                wire::ExploitAvailable::No
            }
        }),
        exploitability_details: facts.and_then(exploitability),
        finding_arn: finding_arn(&scope.account, &scope.region, &finding.id),
        first_observed_at: Epoch(finding.first_observed),
        fix_available: observed
            .fix
            .and_then(|fix| wire::FixAvailable::parse(fix.name())),
        inspector_score: observed.score.as_ref().map(|score| score.value),
        inspector_score_details: observed.score.as_ref().map(score_details),
        last_observed_at: Epoch(finding.last_observed),
        network_reachability_details: network,
        package_vulnerability_details: packages,
        remediation: wire::Remediation {
            recommendation: Some(recommendation(finding)),
        },
        resources: vec![resource(scope, of)],
        severity: severity(observed.severity),
        status: match finding.state {
            State::Active => wire::FindingStatus::Active,
            State::Suppressed => wire::FindingStatus::Suppressed,
            State::Closed => wire::FindingStatus::Closed,
        },
        title: Some(cut(&observed.title)),
        r#type: wire::FindingType::parse(observed.kind.name())
            .unwrap_or(wire::FindingType::PackageVulnerability),
        updated_at: Some(Epoch(finding.updated)),
    }
}

/// A severity on the wire.
pub(super) fn severity(severity: Severity) -> wire::Severity {
    wire::Severity::parse(severity.name()).unwrap_or(wire::Severity::Untriaged)
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}

/// What the vulnerability is in the words of whoever published it, else the title.
fn description(finding: &Finding, facts: Option<&VulnerabilityFacts>) -> String {
    if let Details::Network(network) = &finding.observed.details {
        return cut(&network.description);
    }
    let texts = facts.map(|facts| [&facts.description, &facts.title]);
    let mut texts = texts.into_iter().flatten().flatten();
    let text = texts.find(|text| !text.is_empty());
    cut(text.unwrap_or(&finding.observed.title))
}

/// The day on which an exploit is known to have been used.
fn exploitability(facts: &VulnerabilityFacts) -> Option<wire::ExploitabilityDetails> {
    let added = facts.kev.as_ref().and_then(|kev| day(&kev.added))?;
    Some(wire::ExploitabilityDetails {
        last_known_exploit_at: Some(added),
    })
}

/// The beginning of a day that is written as `YYYY-MM-DD`.
pub(super) fn day(text: &str) -> Option<Epoch> {
    format!("{text}T00:00:00Z").parse().ok().map(Epoch)
}

fn score_details(score: &InspectorScore) -> wire::InspectorScoreDetails {
    let adjustments = score.adjustments.iter();
    wire::InspectorScoreDetails {
        adjusted_cvss: Some(wire::CvssScoreDetails {
            adjustments: Some(
                adjustments
                    .map(|adjustment| wire::CvssScoreAdjustment {
                        metric: adjustment.metric.clone(),
                        reason: adjustment.reason.clone(),
                    })
                    .collect(),
            ),
            cvss_source: filled(&score.source),
            score: score.value,
            score_source: if score.source.is_empty() {
                "UNKNOWN".to_owned()
            } else {
                score.source.clone()
            },
            scoring_vector: score.vector.clone(),
            version: score.version.clone(),
        }),
    }
}

fn network_details(network: &NetworkDetails) -> wire::NetworkReachabilityDetails {
    let steps = network.steps.iter().take(30);
    wire::NetworkReachabilityDetails {
        network_path: wire::NetworkPath {
            steps: (!network.steps.is_empty()).then(|| {
                steps
                    .map(|step| wire::Step {
                        component_arn: step.arn.clone(),
                        component_id: step.id.clone(),
                        component_type: step.kind.clone(),
                    })
                    .collect()
            }),
        },
        open_port_range: wire::PortRange {
            begin: network.port_begin.into(),
            end: network.port_end.into(),
        },
        protocol: NetworkProtocol::parse(&network.protocol).unwrap_or(NetworkProtocol::Tcp),
    }
}

fn package_details(
    finding: &Finding,
    details: &PackageDetails,
    facts: Option<&VulnerabilityFacts>,
) -> wire::PackageVulnerabilityDetails {
    let observed = &finding.observed;
    let source = observed.source().unwrap_or("NVD");
    wire::PackageVulnerabilityDetails {
        cvss: Some(facts.map(scores).unwrap_or_default()),
        reference_urls: Some(facts.map(references).unwrap_or_default()),
        related_vulnerabilities: Some(related(finding, facts)),
        source: source.to_owned(),
        source_url: source_url(source, &details.vulnerability),
        vendor_created_at: facts.and_then(|facts| facts.published).map(epoch),
        vendor_severity: observed.vendor_severity.as_deref().and_then(filled),
        vendor_updated_at: facts.and_then(|facts| facts.modified).map(epoch),
        vulnerability_id: details.vulnerability.clone(),
        vulnerable_packages: Some(details.packages.iter().map(package).collect()),
    }
}

fn scores(facts: &VulnerabilityFacts) -> Vec<wire::CvssScore> {
    let scores = facts.cvss.iter();
    scores
        .map(|score| wire::CvssScore {
            base_score: score.base,
            scoring_vector: score.vector.clone(),
            source: score.source.clone(),
            version: score.version.clone(),
        })
        .collect()
}

/// References that are not empty.
pub(super) fn references(facts: &VulnerabilityFacts) -> Vec<String> {
    let references = facts.references.iter();
    references.filter(|url| !url.is_empty()).cloned().collect()
}

/// Other ids of the vulnerability, and the advisories that matched.
fn related(finding: &Finding, facts: Option<&VulnerabilityFacts>) -> Vec<String> {
    let mut ids: Vec<String> = facts.map(|facts| facts.aliases.clone()).unwrap_or_default();
    let lists = finding.observed.lists();
    let advisories = lists.iter().filter(|(name, _)| *name == "advisory");
    ids.extend(advisories.map(|(_, id)| (*id).to_owned()));
    ids.retain(|id| !id.is_empty() && id.len() <= 128);
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The publisher's page about a vulnerability.
pub fn source_url(source: &str, id: &str) -> Option<String> {
    if id.starts_with("GHSA-") {
        return Some(format!("https://github.com/advisories/{id}"));
    }
    if !id.starts_with("CVE-") {
        return None;
    }
    let page = match source {
        "DEBIAN_CVE" => "https://security-tracker.debian.org/tracker/",
        "UBUNTU_CVE" => "https://ubuntu.com/security/",
        "REDHAT_CVE" => "https://access.redhat.com/security/cve/",
        "ALPINE_CVE" => "https://security.alpinelinux.org/vuln/",
        "SUSE_CVE" => "https://www.suse.com/security/cve/",
        "AMAZON_CVE" => return Some(format!("https://explore.alas.aws.amazon.com/{id}.html")),
        _ => "https://nvd.nist.gov/vuln/detail/",
    };
    Some(format!("{page}{id}"))
}

fn package(package: &VulnerablePackage) -> wire::VulnerablePackage {
    let parts = package.version_parts();
    let fixed = package.fixed_version.as_deref();
    wire::VulnerablePackage {
        arch: package.architecture().and_then(filled),
        epoch: package.of_system.then_some(parts.epoch),
        file_path: package.path.as_deref().and_then(filled).map(|p| cut(&p)),
        fixed_in_version: Some(match fixed {
            None => "NotAvailable".to_owned(),
            Some(version) if package.of_system && !version.contains(':') => {
                cut(&format!("0:{version}"))
            }
            Some(version) => cut(version),
        }),
        name: cut(&package.name),
        package_manager: package_manager(package),
        purl: None,
        release: parts.release.and_then(filled),
        remediation: fixed.and_then(|version| command(package, version)),
        runtime_reachability: None,
        runtime_reachability_reason: None,
        source_lambda_layer_arn: None,
        source_layer_hash: package.layer.clone().filter(|layer| is_digest(layer)),
        version: cut(if parts.version.is_empty() {
            "0"
        } else {
            parts.version
        }),
    }
}

fn is_digest(text: &str) -> bool {
    let hex = |digits: &str| digits.len() == 64 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    text.strip_prefix("sha256:").is_some_and(hex)
}

/// Inspector's word for where a package comes from (service model, `PackageManager`).
fn package_manager(package: &VulnerablePackage) -> Option<PackageManager> {
    let path = package.path.as_deref().unwrap_or_default();
    let file = path.rsplit('/').next().unwrap_or_default();
    Some(match (package.purl_type.as_str(), file) {
        _ if package.of_system => PackageManager::Os,
        ("cargo", _) => PackageManager::Cargo,
        ("composer", _) => PackageManager::Composer,
        ("gem", "Gemfile.lock") => PackageManager::Bundler,
        ("gem", _) => PackageManager::Gemspec,
        ("golang", "go.mod") => PackageManager::Gomod,
        ("golang", _) => PackageManager::Gobinary,
        ("maven", "pom.xml") => PackageManager::Pom,
        ("maven", _) => PackageManager::Jar,
        ("npm", "package-lock.json") => PackageManager::Npm,
        ("npm", "yarn.lock") => PackageManager::Yarn,
        ("npm", _) => PackageManager::Nodepkg,
        ("nuget", name) if name.ends_with(".deps.json") => PackageManager::DotnetCore,
        ("nuget", _) => PackageManager::Nuget,
        ("pypi", "Pipfile.lock") => PackageManager::Pipenv,
        ("pypi", "poetry.lock") => PackageManager::Poetry,
        ("pypi", name) if name.starts_with("requirements") => PackageManager::Pip,
        ("pypi", _) => PackageManager::Pythonpkg,
        _ => return None,
    })
}

/// The command that installs a fixed version.
fn command(package: &VulnerablePackage, fixed: &str) -> Option<String> {
    // A name that a shell could read as more than a name is not put into a command.
    let plain = |text: &str| {
        let known = |b: u8| b.is_ascii_alphanumeric() || b"+-._:~@/^".contains(&b);
        !text.is_empty() && !text.starts_with('-') && text.bytes().all(known)
    };
    let name = &package.name;
    if !plain(name) || !plain(fixed) {
        return None;
    }
    Some(match package.purl_type.as_str() {
        "deb" => format!("apt-get update && apt-get install --only-upgrade {name}"),
        "rpm" => format!("dnf upgrade {name}"),
        "apk" => format!("apk update && apk upgrade {name}"),
        "pypi" => format!("pip install {name}=={fixed}"),
        "npm" => format!("npm install {name}@{fixed}"),
        "gem" => format!("gem install {name} --version {fixed}"),
        "cargo" => format!("cargo update --package {name} --precise {fixed}"),
        "golang" => format!("go get {name}@v{}", fixed.trim_start_matches('v')),
        "composer" => format!("composer require {name}:{fixed}"),
        "nuget" => format!("dotnet add package {name} --version {fixed}"),
        _ => return None,
    })
}

fn recommendation(finding: &Finding) -> wire::Recommendation {
    let text = match &finding.observed.details {
        Details::Network(_) => "You can restrict access to your instance by modifying the \
                                Security Groups or ACLs in the network path."
            .to_owned(),
        Details::Package(details) => {
            let updates = details.packages.iter().filter_map(|package| {
                let fixed = package.fixed_version.as_deref()?;
                Some(format!("Update {} to {fixed} or later.", package.name))
            });
            let mut updates: Vec<String> = updates.collect();
            updates.sort_unstable();
            updates.dedup();
            if updates.is_empty() {
                // Inspector's own words where nothing can be recommended.
                "None Provided".to_owned()
            } else {
                updates.join(" ")
            }
        }
    };
    wire::Recommendation {
        text: Some(text),
        url: None,
    }
}
