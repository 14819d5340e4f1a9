//! Findings: lists of them, what is known beside them, and vulnerabilities without them.

use findings::{
    criteria::Criteria,
    finding::{KnownExploited, VulnerabilityFacts},
    identity::finding_arn_prefix,
};
use store::listing::{self, Cursor, Listed, Query, Sort, SortField};

use super::{
    render::{self, day, references, source_url},
    resources::epoch,
};
use crate::{
    errors::Error,
    registry::Context,
    state::{Known, State, scope},
    wire::{
        self, BatchGetFindingDetailsRequest, BatchGetFindingDetailsResponse, FilterCriteria,
        FindingDetail, FindingDetailsError, FindingDetailsErrorCode, ListFindingsRequest,
        ListFindingsResponse, SearchVulnerabilitiesRequest, SearchVulnerabilitiesResponse,
        SortOrder, Vulnerability,
    },
};

/// The model's most findings in an answer, although clients may ask for 100.
const PAGE: usize = 25;

/// Most texts of a list in an answer about one vulnerability (service model).
const MOST_TEXTS: usize = 100;

/// The size of a page: what the client asks for, if it is less than the most.
pub(crate) fn page(asked: Option<i64>, most: usize) -> usize {
    let asked = asked.and_then(|asked| usize::try_from(asked).ok());
    asked.map_or(most, |asked| asked.clamp(1, most))
}

/// Criteria on the wire as the store knows them.
pub(crate) fn criteria(criteria: Option<&FilterCriteria>) -> Result<Criteria, Error> {
    let Some(criteria) = criteria else {
        return Ok(Criteria::default());
    };
    let value = serde_json::to_value(criteria);
    let value = value.map_err(|error| Error::Internal(format!("write criteria: {error}")))?;
    Criteria::from_json(&value).map_err(|error| {
        Error::invalid_field(format!("filterCriteria.{}", error.path), error.message)
    })
}

pub(super) fn list(
    context: &Context<'_, State>,
    input: ListFindingsRequest,
) -> Result<ListFindingsResponse, Error> {
    let scope = scope(context.caller);
    let criteria = criteria(input.filter_criteria.as_ref())?;
    let sort = input.sort_criteria.as_ref().and_then(|sort| {
        Some(Sort {
            field: SortField::parse(sort.field.as_str())?,
            descending: sort.sort_order == SortOrder::Desc,
        })
    });
    let query = Query {
        criteria: &criteria,
        sort,
    };
    let cursor: Option<Cursor> = context.open(input.next_token.as_deref())?;
    let size = page(input.max_results, PAGE);
    let page = context
        .state
        .engine
        .read(|tx| listing::list(tx, &scope, query, cursor.as_ref(), size))?;
    let findings = page.findings.iter();
    Ok(ListFindingsResponse {
        findings: Some(
            findings
                .map(|listed| render::finding(&scope, listed))
                .collect(),
        ),
        next_token: page.next.map(|next| context.seal(&next)).transpose()?,
    })
}

pub(super) fn details(
    context: &Context<'_, State>,
    input: BatchGetFindingDetailsRequest,
) -> Result<BatchGetFindingDetailsResponse, Error> {
    let scope = scope(context.caller);
    let prefix = finding_arn_prefix(&scope.account, &scope.region);
    let ids = input.finding_arns.iter();
    let ids: Vec<String> = ids
        .filter_map(|arn| Some(arn.strip_prefix(&prefix)?.to_owned()))
        .collect();
    let engine = &context.state.engine;
    let found = engine.read(|tx| listing::by_ids(tx, &scope, &ids))?;
    let (mut details, mut errors) = (Vec::new(), Vec::new());
    for arn in input.finding_arns {
        let id = arn.strip_prefix(&prefix);
        let listed = found.iter().find(|l| Some(l.finding.id.as_str()) == id);
        match listed {
            Some(listed) => details.push(detail(arn, listed)),
            None => errors.push(FindingDetailsError {
                error_code: FindingDetailsErrorCode::FindingDetailsNotFound,
                error_message: "There is no such finding".to_owned(),
                finding_arn: arn,
            }),
        }
    }
    Ok(BatchGetFindingDetailsResponse {
        errors: Some(errors),
        finding_details: Some(details),
    })
}

fn detail(arn: String, listed: &Listed) -> FindingDetail {
    let facts = listed.facts.as_ref();
    let kev = facts.and_then(|facts| facts.kev.as_ref());
    let list = |texts: &Vec<String>| texts.iter().take(MOST_TEXTS).cloned().collect();
    FindingDetail {
        cisa_data: kev.map(cisa),
        cwes: Some(facts.map(|facts| list(&facts.cwes)).unwrap_or_default()),
        epss_score: listed.epss,
        evidences: Some(evidences(listed)),
        exploit_observed: kev.and_then(observed),
        finding_arn: Some(arn),
        reference_urls: Some(
            facts
                .map(|facts| list(&references(facts)))
                .unwrap_or_default(),
        ),
        risk_score: listed.risk(),
        tools: Some(Vec::new()),
        ttps: Some(Vec::new()),
    }
}

/// What matched, so that a finding can be followed back to its advisory.
fn evidences(listed: &Listed) -> Vec<wire::Evidence> {
    let observed = &listed.finding.observed;
    let packages = observed.packages().iter();
    let matches = packages.flat_map(|package| package.matches.iter().map(move |m| (package, m)));
    matches
        .map(|(package, one)| wire::Evidence {
            evidence_detail: Some(format!(
                "{} {}{}: {} holds {} ({} order)",
                package.name,
                package.version,
                package
                    .path
                    .as_ref()
                    .map(|path| format!(" in {path}"))
                    .unwrap_or_default(),
                one.range,
                one.version,
                one.scheme
            )),
            evidence_rule: Some(format!("{} of {}", one.advisory, one.feed)),
            severity: Some(observed.severity.name().to_owned()),
        })
        .collect()
}

fn cisa(kev: &KnownExploited) -> wire::CisaData {
    wire::CisaData {
        action: kev.action.clone(),
        date_added: day(&kev.added),
        date_due: kev.due.as_deref().and_then(day),
    }
}

fn observed(kev: &KnownExploited) -> Option<wire::ExploitObserved> {
    let added = day(&kev.added)?;
    Some(wire::ExploitObserved {
        first_seen: Some(added),
        last_seen: Some(added),
    })
}

pub(super) fn search(
    context: &Context<'_, State>,
    input: SearchVulnerabilitiesRequest,
) -> Result<SearchVulnerabilitiesResponse, Error> {
    let ids = input.filter_criteria.vulnerability_ids;
    let mut found = Vec::new();
    if let Some(id) = ids.first() {
        let known = context.state.advisories.find(id)?;
        found.extend(known.as_ref().map(vulnerability));
    }
    Ok(SearchVulnerabilitiesResponse {
        next_token: None,
        vulnerabilities: found,
    })
}

/// The first score of a major version with its vector.
fn score(facts: &VulnerabilityFacts, major: &str) -> Option<(Option<f64>, Option<String>)> {
    let mut scores = facts.cvss.iter();
    let score = scores.find(|score| score.version.starts_with(major))?;
    Some((Some(score.base), Some(score.vector.clone())))
}

fn vulnerability((facts, epss): &Known) -> Vulnerability {
    let list = |texts: &Vec<String>| texts.iter().take(MOST_TEXTS).cloned().collect();
    Vulnerability {
        atig_data: None,
        cisa_data: facts.kev.as_ref().map(cisa),
        cvss2: score(facts, "2").map(|(base_score, scoring_vector)| wire::Cvss2 {
            base_score,
            scoring_vector,
        }),
        cvss3: score(facts, "3").map(|(base_score, scoring_vector)| wire::Cvss3 {
            base_score,
            scoring_vector,
        }),
        cvss4: score(facts, "4").map(|(base_score, scoring_vector)| wire::Cvss4 {
            base_score,
            scoring_vector,
        }),
        cwes: Some(list(&facts.cwes)),
        description: facts.description.clone().or_else(|| facts.title.clone()),
        detection_platforms: None,
        epss: epss.map(|score| wire::Epss { score: Some(score) }),
        exploit_observed: facts.kev.as_ref().and_then(observed),
        id: facts.id.clone(),
        reference_urls: Some(list(&facts.references)),
        related_vulnerabilities: Some(list(&facts.aliases)),
        source: Some(wire::VulnerabilitySource::Nvd),
        source_url: source_url("NVD", &facts.id),
        vendor_created_at: facts.published.map(epoch),
        vendor_severity: None,
        vendor_updated_at: facts.modified.map(epoch),
    }
}
