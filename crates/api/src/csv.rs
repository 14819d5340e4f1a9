//! Findings as lines of a CSV file: the columns of Inspector's findings reports.

use std::net::Ipv4Addr;

use model::Timestamp;

use crate::{
    scalar::Epoch,
    wire::{
        AwsEc2InstanceDetails, AwsEcrContainerImageDetails, AwsLambdaFunctionDetails, CvssScore,
        ExploitAvailable, Finding, FixAvailable, PackageManager, PackageVulnerabilityDetails,
        Resource, ResourceDetails, VulnerablePackage,
    },
};

/// The score of NVD among those of a finding.
const NVD: &str = "NVD";

/// Seconds of a day.
const DAY: i64 = 24 * 3_600;

/// A finding, with what its columns are read from.
struct Line<'a> {
    finding: &'a Finding,
    now: Timestamp,
    resource: Option<&'a Resource>,
    details: Option<&'a ResourceDetails>,
    package: Option<&'a PackageVulnerabilityDetails>,
}

/// A column: its title, and what it holds.
type Column = (&'static str, fn(&Line<'_>) -> String);

/// The columns in Inspector's order.
const COLUMNS: [Column; 55] = [
    ("AWS Account Id", |l| l.finding.aws_account_id.clone()),
    ("Severity", |l| l.finding.severity.as_str().to_owned()),
    ("Fix Available", |l| {
        word(l.finding.fix_available.map(FixAvailable::as_str))
    }),
    ("Finding Type", |l| l.finding.r#type.as_str().to_owned()),
    ("Title", |l| text(l.finding.title.as_ref())),
    ("Description", |l| l.finding.description.clone()),
    ("Finding ARN", |l| l.finding.finding_arn.clone()),
    ("First Seen", |l| l.finding.first_observed_at.0.to_string()),
    ("Last Seen", |l| l.finding.last_observed_at.0.to_string()),
    ("Last Updated", |l| moment(l.finding.updated_at)),
    ("Resource ID", |l| text(l.resource.map(|r| &r.id))),
    ("Container Image Tags", |l| {
        list(l.image().and_then(|image| image.image_tags.as_ref()))
    }),
    ("Region", |l| {
        text(l.resource.and_then(|r| r.region.as_ref()))
    }),
    ("Platform", platform),
    ("Resource Tags", tags),
    ("Affected Packages", |l| l.packages(|p| p.name.clone())),
    ("Package Installed Version", |l| l.packages(installed)),
    ("Fixed in Version", |l| {
        l.packages(|p| text(p.fixed_in_version.as_ref()))
    }),
    ("Package Remediation", |l| {
        l.packages(|p| text(p.remediation.as_ref()))
    }),
    ("File Path", |l| l.packages(|p| text(p.file_path.as_ref()))),
    ("Network Paths", path),
    ("Age (Days)", age),
    ("Remediation", |l| {
        let said = l.finding.remediation.recommendation.as_ref();
        text(said.and_then(|said| said.text.as_ref()))
    }),
    ("Inspector Score", |l| number(l.finding.inspector_score)),
    ("Inspector Score Vector", |l| {
        let details = l.finding.inspector_score_details.as_ref();
        text(details.and_then(|d| Some(&d.adjusted_cvss.as_ref()?.scoring_vector)))
    }),
    ("Status", |l| l.finding.status.as_str().to_owned()),
    ("Vulnerability Id", |l| {
        text(l.package.map(|p| &p.vulnerability_id))
    }),
    ("Vendor", |l| text(l.package.map(|p| &p.source))),
    ("Vendor Severity", |l| {
        text(l.package.and_then(|p| p.vendor_severity.as_ref()))
    }),
    ("Vendor Advisory", |l| {
        text(l.package.and_then(|p| p.source_url.as_ref()))
    }),
    ("Vendor Advisory Published", |l| {
        moment(l.package.and_then(|p| p.vendor_created_at))
    }),
    ("NVD CVSS3 Score", |l| l.score(true, "3")),
    ("NVD CVSS3 Vector", |l| l.vector(true, "3")),
    ("NVD CVSS2 Score", |l| l.score(true, "2")),
    ("NVD CVSS2 Vector", |l| l.vector(true, "2")),
    ("Vendor CVSS3 Score", |l| l.score(false, "3")),
    ("Vendor CVSS3 Vector", |l| l.vector(false, "3")),
    ("Vendor CVSS2 Score", |l| l.score(false, "2")),
    ("Vendor CVSS2 Vector", |l| l.vector(false, "2")),
    ("Resource Type", |l| {
        word(l.resource.map(|r| r.r#type.as_str()))
    }),
    ("Ami", |l| {
        text(l.instance().and_then(|i| i.image_id.as_ref()))
    }),
    ("Resource Public Ipv4", |l| l.ipv4(false)),
    ("Resource Private Ipv4", |l| l.ipv4(true)),
    ("Resource Ipv6", |l| {
        list(l.instance().and_then(|i| i.ip_v6_addresses.as_ref()))
    }),
    ("Resource Vpc", |l| {
        text(l.instance().and_then(|i| i.vpc_id.as_ref()))
    }),
    ("Port Range", ports),
    ("Epss Score", |l| {
        number(l.finding.epss.as_ref().and_then(|epss| epss.score))
    }),
    ("Exploit Available", |l| {
        word(l.finding.exploit_available.map(ExploitAvailable::as_str))
    }),
    ("Last Exploited At", |l| {
        let known = l.finding.exploitability_details.as_ref();
        moment(known.and_then(|known| known.last_known_exploit_at))
    }),
    ("Lambda Layers", |l| {
        list(l.function().and_then(|f| f.layers.as_ref()))
    }),
    ("Lambda Package Type", |l| {
        word(l.function().and_then(|f| Some(f.package_type?.as_str())))
    }),
    ("Lambda Last Updated At", |l| {
        moment(l.function().and_then(|f| f.last_modified_at))
    }),
    ("Reference Urls", |l| {
        list(l.package.and_then(|p| p.reference_urls.as_ref()))
    }),
    ("Detector Name", |l| {
        let code = l.finding.code_vulnerability_details.as_ref();
        text(code.map(|code| &code.detector_name))
    }),
    ("Package Manager", |l| {
        l.packages(|p| word(p.package_manager.map(PackageManager::as_str)))
    }),
];

/// The titles of the columns.
pub fn header() -> String {
    line(COLUMNS.iter().map(|(title, _)| (*title).to_owned()))
}

/// A finding, one line.
pub fn row(finding: &Finding, now: Timestamp) -> String {
    let resource = finding.resources.first();
    let of = Line {
        finding,
        now,
        resource,
        details: resource.and_then(|resource| resource.details.as_ref()),
        package: finding.package_vulnerability_details.as_ref(),
    };
    line(COLUMNS.iter().map(|(_, value)| value(&of)))
}

impl<'a> Line<'a> {
    fn instance(&self) -> Option<&'a AwsEc2InstanceDetails> {
        self.details?.aws_ec2_instance.as_ref()
    }

    fn image(&self) -> Option<&'a AwsEcrContainerImageDetails> {
        self.details?.aws_ecr_container_image.as_ref()
    }

    fn function(&self) -> Option<&'a AwsLambdaFunctionDetails> {
        self.details?.aws_lambda_function.as_ref()
    }

    /// Something of each affected package, in their order.
    fn packages(&self, of: impl Fn(&VulnerablePackage) -> String) -> String {
        let packages = self.package.and_then(|p| p.vulnerable_packages.as_ref());
        let parts: Vec<String> = packages.into_iter().flatten().map(of).collect();
        parts.join(",")
    }

    /// The score of NVD or of another publisher in a major version of CVSS.
    fn cvss(&self, of_nvd: bool, major: &str) -> Option<&'a CvssScore> {
        let mut scores = self.package?.cvss.as_ref()?.iter();
        scores.find(|s| (s.source == NVD) == of_nvd && s.version.starts_with(major))
    }

    fn score(&self, of_nvd: bool, major: &str) -> String {
        number(self.cvss(of_nvd, major).map(|score| score.base_score))
    }

    fn vector(&self, of_nvd: bool, major: &str) -> String {
        text(self.cvss(of_nvd, major).map(|score| &score.scoring_vector))
    }

    fn ipv4(&self, private: bool) -> String {
        let known = self.instance().and_then(|i| i.ip_v4_addresses.as_ref());
        let addresses = known.into_iter().flatten();
        let wanted = addresses.filter(|address| {
            let parsed: Option<Ipv4Addr> = address.parse().ok();
            parsed.is_some_and(|parsed| parsed.is_private() == private)
        });
        let wanted: Vec<&str> = wanted.map(String::as_str).collect();
        wanted.join(",")
    }
}

fn platform(line: &Line<'_>) -> String {
    let instance = line.instance().and_then(|i| i.platform.clone());
    let image = || line.image().and_then(|i| i.platform.clone());
    let function = || line.function().map(|f| f.runtime.as_str().to_owned());
    instance
        .or_else(image)
        .or_else(function)
        .unwrap_or_default()
}

fn tags(line: &Line<'_>) -> String {
    let tags = line.resource.and_then(|resource| resource.tags.as_ref());
    let pairs = tags.into_iter().flatten();
    let pairs: Vec<String> = pairs.map(|(key, value)| format!("{key}:{value}")).collect();
    pairs.join(",")
}

fn path(line: &Line<'_>) -> String {
    let network = line.finding.network_reachability_details.as_ref();
    let steps = network.and_then(|network| network.network_path.steps.as_ref());
    let steps = steps.into_iter().flatten();
    let steps: Vec<&str> = steps.map(|step| step.component_id.as_str()).collect();
    steps.join(" -> ")
}

fn ports(line: &Line<'_>) -> String {
    let network = line.finding.network_reachability_details.as_ref();
    let range = network.map(|network| &network.open_port_range);
    range.map_or_else(String::new, |range| {
        format!("{} - {}", range.begin, range.end)
    })
}

fn age(line: &Line<'_>) -> String {
    let seconds = line.now.as_second() - line.finding.first_observed_at.0.as_second();
    (seconds.max(0) / DAY).to_string()
}

/// A version as it is installed: `epoch:version-release`.
fn installed(package: &VulnerablePackage) -> String {
    let epoch = package.epoch.map(|epoch| format!("{epoch}:"));
    let release = package
        .release
        .as_ref()
        .map(|release| format!("-{release}"));
    let (epoch, release) = (epoch.unwrap_or_default(), release.unwrap_or_default());
    format!("{epoch}{}{release}", package.version)
}

fn text(text: Option<&String>) -> String {
    text.cloned().unwrap_or_default()
}

fn word(word: Option<&'static str>) -> String {
    word.unwrap_or_default().to_owned()
}

fn list(texts: Option<&Vec<String>>) -> String {
    texts.map_or_else(String::new, |texts| texts.join(","))
}

fn moment(moment: Option<Epoch>) -> String {
    moment.map_or_else(String::new, |moment| moment.0.to_string())
}

fn number(number: Option<f64>) -> String {
    number.map_or_else(String::new, |number| number.to_string())
}

/// Cells as a line (RFC 4180), all in quotes.
fn line(cells: impl Iterator<Item = String>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            line.push(',');
        }
        line.push('"');
        // What a stranger named must not become a formula in a spreadsheet.
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
            line.push('\'');
        }
        for c in cell.chars() {
            if c == '"' {
                line.push('"');
            }
            line.push(if c == '\n' || c == '\r' { ' ' } else { c });
        }
        line.push('"');
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, header, row};
    use crate::wire::Finding;

    fn finding(more: &serde_json::Value) -> Finding {
        let mut whole = serde_json::json!({
            "awsAccountId": "123456789012",
            "description": "Two\nlines, and a \"quote\"",
            "findingArn": "arn:aws:inspector2:eu-west-1:123456789012:finding/0",
            "firstObservedAt": 0,
            "lastObservedAt": 1_700_000_000,
            "remediation": {},
            "resources": [],
            "severity": "HIGH",
            "status": "ACTIVE",
            "type": "PACKAGE_VULNERABILITY",
        });
        whole
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        serde_json::from_value(whole).unwrap()
    }

    /// The cells of a line that holds no quoted comma but in quotes.
    fn cells(line: &str) -> Vec<String> {
        let inner = line.trim_end().strip_prefix('"').unwrap();
        let inner = inner.strip_suffix('"').unwrap();
        inner.split("\",\"").map(str::to_owned).collect()
    }

    fn check(finding: &Finding, expected: &[(&str, &str)]) {
        let now = "1970-01-03T12:00:00Z".parse().unwrap();
        let found = cells(&row(finding, now));
        assert_eq!(found.len(), COLUMNS.len());
        let titles = cells(&header());
        for (title, value) in expected {
            let place = titles.iter().position(|t| t == title).unwrap();
            assert_eq!(found[place], *value, "{title}");
        }
    }

    #[test]
    fn every_cell_is_quoted_and_harmless() {
        let finding = finding(&serde_json::json!({"title": "=cmd|' /C calc'!A0"}));
        let expected = [
            ("Title", "'=cmd|' /C calc'!A0"),
            ("Description", "Two lines, and a \"\"quote\"\""),
            ("Age (Days)", "2"),
            ("First Seen", "1970-01-01T00:00:00Z"),
            ("Vulnerability Id", ""),
        ];
        check(&finding, &expected);
    }

    #[test]
    fn packages_scores_and_addresses_have_their_columns() {
        let instance = serde_json::json!({
            "ipV4Addresses": ["10.0.0.1", "203.0.113.9"], "imageId": "ami-1", "vpcId": "vpc-1",
            "platform": "DEBIAN_12",
        });
        let cvss = |source: &str, version: &str, score: f64| {
            serde_json::json!({"source": source, "version": version, "baseScore": score,
                "scoringVector": format!("{source} {version}")})
        };
        let finding = finding(&serde_json::json!({
            "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-1", "region": "eu-west-1",
                "tags": {"a": "1", "b": "2"}, "details": {"awsEc2Instance": instance}}],
            "epss": {"score": 0.25},
            "packageVulnerabilityDetails": {
                "vulnerabilityId": "CVE-2024-0001", "source": "DEBIAN_CVE",
                "cvss": [cvss("NVD", "3.1", 9.8), cvss("NVD", "2.0", 7.5), cvss("GHSA", "3.1", 8.1)],
                "vulnerablePackages": [
                    {"name": "libssl3", "version": "3.0.14", "release": "1", "epoch": 0,
                     "fixedInVersion": "0:3.0.15-1", "packageManager": "OS"},
                    {"name": "flask", "version": "1.0"},
                ],
            },
        }));
        let expected = [
            ("Affected Packages", "libssl3,flask"),
            ("Package Installed Version", "0:3.0.14-1,1.0"),
            ("Fixed in Version", "0:3.0.15-1,"),
            ("Package Manager", "OS,"),
            ("NVD CVSS3 Score", "9.8"),
            ("NVD CVSS2 Vector", "NVD 2.0"),
            ("Vendor CVSS3 Score", "8.1"),
            ("Vendor CVSS2 Score", ""),
            ("Resource Public Ipv4", "203.0.113.9"),
            ("Resource Private Ipv4", "10.0.0.1"),
            ("Resource Tags", "a:1,b:2"),
            ("Platform", "DEBIAN_12"),
            ("Epss Score", "0.25"),
        ];
        check(&finding, &expected);
    }
}
