//! CVE records in format 5: the numbering authority's words and those of CISA as an authorized
//! data publisher (SSVC, and CVSS and CWE where the authority gave none).
//!
//! The form is the CVE JSON record format 5.1 (<https://cveproject.github.io/cve-schema/>). The
//! affected products are not read: most have no package name.

use model::{Cvss, Facts, Problem, Ssvc};
use serde::Deserialize;
use serde_json::Value;

use crate::feed::precedence;
use crate::feeds::date;
use crate::{Document, Feed, Item, text};

/// The CVE list.
pub static CVE_LIST: Feed = Feed {
    name: "cve-list",
    publisher: "CVE Program",
    license: "LicenseRef-CVE-Terms-of-Use",
    version: 1,
    urls: &["https://github.com/CVEProject/cvelistV5/archive/refs/heads/main.zip"],
    files: &["cve5/cvelistV5*"],
    precedence: precedence::FACTS,
    parse: |document, emit| parse(document, CVE_LIST.name, emit),
};

/// Records to which CISA added its assessment.
pub static VULNRICHMENT: Feed = Feed {
    name: "vulnrichment",
    publisher: "CISA Vulnrichment",
    license: "CC0-1.0",
    version: 1,
    urls: &["https://github.com/cisagov/vulnrichment/archive/refs/heads/develop.zip"],
    files: &["cve5/vulnrichment*"],
    precedence: precedence::FACTS,
    parse: |document, emit| parse(document, VULNRICHMENT.name, emit),
};

/// Largest record, in bytes; those of the kernel have some 1 MB.
const LIMIT: u64 = 16 << 20;
/// References kept of one record.
const REFERENCES: usize = 256;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Record {
    cve_metadata: Metadata,
    containers: Containers,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    cve_id: String,
    state: String,
    date_published: Option<String>,
    date_updated: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Containers {
    cna: Container,
    adp: Vec<Container>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Container {
    provider_metadata: Provider,
    title: Option<String>,
    descriptions: Vec<Description>,
    metrics: Vec<Metric>,
    problem_types: Vec<ProblemType>,
    references: Vec<Reference>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Provider {
    short_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Description {
    lang: String,
    value: String,
    cwe_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Metric {
    #[serde(rename = "cvssV4_0")]
    v4_0: Option<CvssData>,
    #[serde(rename = "cvssV3_1")]
    v3_1: Option<CvssData>,
    #[serde(rename = "cvssV3_0")]
    v3_0: Option<CvssData>,
    #[serde(rename = "cvssV2_0")]
    v2_0: Option<CvssData>,
    other: Option<Other>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct CvssData {
    vector_string: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Other {
    r#type: String,
    content: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ProblemType {
    descriptions: Vec<Description>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Reference {
    url: String,
    tags: Vec<String>,
}

/// Archives of the repositories hold lists of changes and schemas beside the records.
fn is_record(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with("CVE-")
}

fn parse(document: &mut Document<'_>, feed: &'static str, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    if !is_record(path) {
        return;
    }
    let bytes = match document.bytes(LIMIT) {
        Ok(bytes) => bytes,
        Err(problem) => return emit(Item::Problem(problem)),
    };
    emit(match serde_json::from_slice::<Record>(&bytes) {
        Ok(record) if record.cve_metadata.cve_id.is_empty() => {
            Item::Problem(Problem::new(path, "no CVE id"))
        }
        Ok(record) => Item::Facts(Box::new(facts(record, feed))),
        Err(error) => Item::Problem(Problem::new(path, format!("not a CVE record: {error}"))),
    });
}

fn facts(record: Record, feed: &str) -> Facts {
    let Metadata {
        cve_id,
        state,
        date_published,
        date_updated,
    } = record.cve_metadata;
    let Containers { cna, adp } = record.containers;
    let mut facts = Facts {
        id: cve_id,
        feed: feed.to_owned(),
        title: cna.title.as_deref().and_then(text::title),
        details: cna
            .descriptions
            .iter()
            .find(|description| description.lang.starts_with("en"))
            .and_then(|description| text::details(&description.value)),
        published: date_published.as_deref().and_then(date::parse),
        modified: date_updated.as_deref().and_then(date::parse),
        rejected: state == "REJECTED",
        ..Facts::default()
    };
    for container in std::iter::once(cna).chain(adp) {
        add(&mut facts, container);
    }
    facts
}

fn add(facts: &mut Facts, container: Container) {
    let source = container.provider_metadata.short_name.unwrap_or_default();
    for metric in container.metrics {
        let versions = [metric.v4_0, metric.v3_1, metric.v3_0, metric.v2_0];
        let vectors = versions.into_iter().flatten();
        facts.cvss.extend(
            vectors
                .filter_map(|data| data.vector_string)
                .filter(|vector| !vector.is_empty())
                .map(|vector| Cvss {
                    source: source.clone(),
                    vector,
                }),
        );
        if let Some(ssvc) = metric.other.as_ref().and_then(ssvc) {
            facts.exploit_known |= ssvc.exploitation != "none";
            facts.ssvc = Some(ssvc);
        }
    }
    let weaknesses = container.problem_types.into_iter();
    for weakness in weaknesses.flat_map(|types| types.descriptions) {
        if let Some(id) = weakness.cwe_id.filter(|id| id.starts_with("CWE-"))
            && !facts.cwes.contains(&id)
        {
            facts.cwes.push(id);
        }
    }
    for reference in container.references {
        facts.exploit_known |= reference.tags.iter().any(|tag| tag == "exploit");
        if facts.references.len() < REFERENCES && !facts.references.contains(&reference.url) {
            facts.references.push(reference.url);
        }
    }
}

/// CISA's decision points, each an object with one member.
fn ssvc(other: &Other) -> Option<Ssvc> {
    if other.r#type != "ssvc" {
        return None;
    }
    let options = other.content.get("options")?.as_array()?;
    let point = |name: &str| {
        let value = options.iter().find_map(|option| option.get(name)?.as_str());
        value.map(str::to_lowercase)
    };
    Some(Ssvc {
        exploitation: point("Exploitation")?,
        automatable: point("Automatable")?,
        technical_impact: point("Technical Impact")?,
    })
}

#[cfg(test)]
mod tests {
    use super::VULNRICHMENT;
    use crate::check::check_feed;

    /// CVE-2024-4040 and others as vulnrichment had them on 2024-10-24, shortened.
    #[test]
    fn authorities_and_cisa_both_count() {
        check_feed(
            &VULNRICHMENT,
            "v.zip!/2024/4xxx/CVE-2024-4040.json",
            br#"{"dataType":"CVE_RECORD","dataVersion":"5.1",
             "cveMetadata":{"cveId":"CVE-2024-4040","state":"PUBLISHED","assignerShortName":"directcyber",
              "datePublished":"2024-04-22T19:21:47.720Z","dateUpdated":"2024-08-01T20:26:57.359Z"},
             "containers":{"cna":{"providerMetadata":{"shortName":"directcyber"},"title":"t",
               "descriptions":[{"lang":"en","value":"d"}],
               "problemTypes":[{"descriptions":[{"lang":"en","type":"CWE","cweId":"CWE-1336","description":"CWE-1336"},{"lang":"en","type":"text","description":"n/a"}]}],
               "metrics":[{"format":"CVSS","cvssV3_1":{"vectorString":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}}],
               "references":[{"url":"https://example.org","tags":["exploit"]}]},
              "adp":[{"title":"CISA ADP Vulnrichment","providerMetadata":{"shortName":"CISA-ADP"},
               "metrics":[{"other":{"type":"kev","content":{"dateAdded":"2024-04-24"}}},
                {"other":{"type":"ssvc","content":{"options":[{"Exploitation":"active"},{"Automatable":"yes"},{"Technical Impact":"total"}]}}}]}]}}"#,
            &["facts CVE-2024-4040 published=2024-04-22 modified=2024-08-01 \
               cvss=directcyber CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H cwes=CWE-1336 \
               ssvc=active/yes/total exploit"],
        );
        check_feed(
            &VULNRICHMENT,
            "CVE-2023-1.json",
            br#"{"cveMetadata":{"cveId":"CVE-2023-1","state":"REJECTED"},"containers":{"cna":{}}}"#,
            &["facts CVE-2023-1 rejected"],
        );
        check_feed(&VULNRICHMENT, "v.zip!/delta.json", b"[]", &[]);
        check_feed(
            &VULNRICHMENT,
            "CVE-2023-2.json",
            b"{}",
            &["! CVE-2023-2.json: no CVE id"],
        );
    }
}
