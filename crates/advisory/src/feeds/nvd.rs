//! NIST's National Vulnerability Database: scores, weaknesses and references.
//!
//! The form is that of the CVE API 2.0 and of the feeds made from it
//! (<https://nvd.nist.gov/developers/vulnerabilities>). Its CPE ranges are not read: a name and
//! vendor guessed from a package matches other products.

use std::borrow::Cow;

use model::{Cvss, Facts, Problem};
use serde::Deserialize;

use crate::feed::precedence;
use crate::feeds::date;
use crate::{Document, Feed, Item, json, text};

/// The yearly feeds and the one of the last eight days.
pub static NVD: Feed = Feed {
    name: "nvd",
    publisher: "NIST National Vulnerability Database",
    license: "LicenseRef-NVD-Public-Domain",
    version: 1,
    urls: &[
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2002.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2003.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2004.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2005.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2006.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2007.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2008.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2009.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2010.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2011.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2012.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2013.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2014.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2015.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2016.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2017.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2018.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2019.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2020.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2021.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2022.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2023.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2025.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2026.json.gz",
        "https://nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-modified.json.gz",
    ],
    files: &["nvd/nvdcve-2.0-*.json", "nvd/nvdcve-2.0-*.json.*"],
    precedence: precedence::FACTS,
    parse,
};

/// Largest record, in bytes; those with long CPE lists have some 2 MB.
const LIMIT: usize = 64 << 20;
/// References kept of one record.
const REFERENCES: usize = 256;

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    cve: Record<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record<'a> {
    id: String,
    #[serde(borrow)]
    published: Cow<'a, str>,
    #[serde(borrow)]
    last_modified: Cow<'a, str>,
    #[serde(borrow)]
    vuln_status: Cow<'a, str>,
    #[serde(borrow)]
    descriptions: Vec<Text<'a>>,
    metrics: Metrics<'a>,
    weaknesses: Vec<Weakness<'a>>,
    references: Vec<Reference<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Text<'a> {
    #[serde(borrow)]
    lang: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

/// From the newest version of CVSS to the oldest.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Metrics<'a> {
    #[serde(borrow, rename = "cvssMetricV40")]
    v4_0: Vec<Metric<'a>>,
    #[serde(rename = "cvssMetricV31")]
    v3_1: Vec<Metric<'a>>,
    #[serde(rename = "cvssMetricV30")]
    v3_0: Vec<Metric<'a>>,
    #[serde(rename = "cvssMetricV2")]
    v2: Vec<Metric<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metric<'a> {
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow)]
    r#type: Cow<'a, str>,
    cvss_data: CvssData,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CvssData {
    vector_string: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Weakness<'a> {
    #[serde(borrow)]
    description: Vec<Text<'a>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Reference<'a> {
    url: String,
    #[serde(borrow)]
    tags: Vec<Tag<'a>>,
}

#[derive(Deserialize)]
struct Tag<'a>(#[serde(borrow)] Cow<'a, str>);

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let read = json::list(document, &["vulnerabilities"], LIMIT, &mut |element| {
        let element = match element {
            Ok(element) => element,
            Err(problem) => return emit(Item::Problem(problem)),
        };
        emit(match serde_json::from_slice::<Entry<'_>>(element.bytes) {
            Ok(entry) if entry.cve.id.is_empty() => {
                Item::Problem(Problem::new(element.place(path), "no id"))
            }
            Ok(entry) => Item::Facts(Box::new(facts(entry.cve))),
            Err(error) => Item::Problem(Problem::new(element.place(path), error.to_string())),
        });
    });
    match read {
        Ok(true) => {}
        Ok(false) => emit(Item::Cut(Problem::new(
            path,
            "no list of `vulnerabilities`",
        ))),
        Err(problem) => emit(Item::Cut(problem)),
    }
}

fn facts(record: Record<'_>) -> Facts {
    let exploit = |reference: &Reference<'_>| reference.tags.iter().any(|tag| tag.0 == "Exploit");
    let english = |texts: &[Text<'_>]| {
        let found = texts.iter().find(|text| text.lang.starts_with("en"));
        found.and_then(|found| text::details(&found.value))
    };
    Facts {
        feed: NVD.name.to_owned(),
        details: english(&record.descriptions),
        published: date::parse(&record.published),
        modified: date::parse(&record.last_modified),
        rejected: record.vuln_status == "Rejected",
        cvss: scores(record.metrics),
        cwes: weaknesses(&record.weaknesses),
        exploit_known: record.references.iter().any(exploit),
        references: record
            .references
            .into_iter()
            .take(REFERENCES)
            .map(|reference| reference.url)
            .collect(),
        id: record.id,
        ..Facts::default()
    }
}

/// Primary assessments first within a version of CVSS.
fn scores(metrics: Metrics<'_>) -> Vec<Cvss> {
    let mut scores = Vec::new();
    for mut metrics in [metrics.v4_0, metrics.v3_1, metrics.v3_0, metrics.v2] {
        metrics.sort_by_key(|metric| metric.r#type != "Primary");
        for metric in metrics {
            let source = match &*metric.source {
                "nvd@nist.gov" => "NVD",
                source => source,
            };
            if !metric.cvss_data.vector_string.is_empty() {
                scores.push(Cvss {
                    source: source.to_owned(),
                    vector: metric.cvss_data.vector_string,
                });
            }
        }
    }
    scores
}

/// The CWE ids; `NVD-CWE-noinfo` and `NVD-CWE-Other` say nothing.
fn weaknesses(weaknesses: &[Weakness<'_>]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for text in weaknesses.iter().flat_map(|weakness| &weakness.description) {
        if text.value.starts_with("CWE-") && !ids.iter().any(|id| *id == text.value) {
            ids.push(text.value.to_string());
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::NVD;
    use crate::check::check_feed;

    /// Records of nvdcve-2.0-2026.json as of 2026-03-14, shortened.
    #[test]
    fn scores_come_with_their_sources() {
        check_feed(
            &NVD,
            "nvd.json",
            br#"{"resultsPerPage":7346,"format":"NVD_CVE","version":"2.0","vulnerabilities":[
             {"cve":{"id":"CVE-2026-22600","sourceIdentifier":"security-advisories@github.com",
              "published":"2026-01-10T02:15:48.743","lastModified":"2026-01-14T22:25:56.047",
              "vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"a \"quoted\" word"}],
              "metrics":{"cvssMetricV31":[
               {"source":"security-advisories@github.com","type":"Secondary","cvssData":{"version":"3.1","vectorString":"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:L"}},
               {"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:N"}}],
               "cvssMetricV2":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"AV:N/AC:L/Au:N/C:P/I:P/A:P"}}]},
              "weaknesses":[{"description":[{"lang":"en","value":"CWE-200"}]},{"description":[{"lang":"en","value":"NVD-CWE-noinfo"},{"lang":"en","value":"CWE-200"}]}],
              "references":[{"url":"https://example.org/\"a","tags":["Exploit","Patch"]}]}},
             {"cve":{"id":"CVE-2026-1","vulnStatus":"Rejected","metrics":{}}},
             {"cve":{"id":["CVE-2026-2"]}},
             {"cve":{"id":"CVE-2026-3","metrics":{"cvssMetricV40":[{"source":"x@y","type":"Secondary","cvssData":{"vectorString":"CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}}]}}}]}"#,
            &[
                "facts CVE-2026-22600 published=2026-01-10 modified=2026-01-14 \
                 cvss=NVD CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:N \
                 cvss=security-advisories@github.com CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:L/A:L \
                 cvss=NVD AV:N/AC:L/Au:N/C:P/I:P/A:P cwes=CWE-200 exploit",
                "facts CVE-2026-1 rejected",
                "! nvd.json: byte 1202: invalid type: sequence, expected a string at line 1 column 13",
                "facts CVE-2026-3 \
                 cvss=x@y CVSS:4.0/AV:L/AC:L/AT:N/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N",
            ],
        );
        check_feed(
            &NVD,
            "1.1.json",
            br#"{"CVE_Items":[]}"#,
            &["! 1.1.json: no list of `vulnerabilities`"],
        );
    }
}
