//! Everything that a finding knows of itself.

use findings::{
    finding::{
        Details, Finding, InspectorScore, NetworkDetails, PackageMatch, VulnerabilityFacts,
        VulnerablePackage,
    },
    identity::{finding_arn, finding_arn_prefix},
    risk,
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::{
    Scope, history,
    history::Event,
    keep,
    listing::{self, Listed},
    rules,
    rules::Filter,
};

use super::{SMALL, input};
use crate::{
    errors::Error,
    server::{Asked, Extension},
    state::{State, scope},
};

/// Changes that are told of, the newest.
const EVENTS: usize = 200;

pub(super) fn route() -> Extension<State> {
    Extension {
        path: "/lynkeus/v1/findings/explain",
        most: SMALL,
        reads: true,
        handler: explain,
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Input {
    finding_arn: String,
}

/// A finding with what explains it.
struct Known {
    listed: Listed,
    rules: Vec<Filter>,
    events: Vec<Event>,
}

fn explain(state: &State, asked: &Asked<'_>) -> Result<Value, Error> {
    let input: Input = input(asked)?;
    let scope = scope(asked.caller);
    let prefix = finding_arn_prefix(&scope.account, &scope.region);
    let id = input.finding_arn.strip_prefix(&prefix).unwrap_or_default();
    let known = state.engine.read(|tx| {
        let ids = [id.to_owned()];
        let Some(listed) = listing::by_ids(tx, &scope, &ids)?.pop() else {
            return Ok(None);
        };
        let mut matching = Vec::new();
        for rule in &listed.finding.rules {
            matching.extend(rules::get(tx, &scope, rule)?);
        }
        let events = history::of_finding(tx, &scope, id, EVENTS)?;
        Ok(Some(Known {
            listed,
            rules: matching,
            events,
        }))
    })?;
    let known = known.ok_or_else(|| Error::NotFound("There is no such finding".to_owned()))?;
    Ok(told(&scope, &known))
}

fn told(scope: &Scope, known: &Known) -> Value {
    let Listed {
        finding,
        resource,
        facts,
        epss,
        ..
    } = &known.listed;
    let observed = &finding.observed;
    let rules = known.rules.iter().map(|rule| rule_of(scope, rule));
    let history = known
        .events
        .iter()
        .map(|event| json!({"at": iso(event.at), "kind": event.kind, "fields": event.fields}));
    let mut told = json!({
        "findingArn": finding_arn(&scope.account, &scope.region, &finding.id),
        "type": observed.kind.name(),
        "title": observed.title,
        "status": finding.state.name(),
        "severity": observed.severity.name(),
        "severityReason": observed.severity_reason,
        "firstObservedAt": finding.first_observed.to_string(),
        "lastObservedAt": finding.last_observed.to_string(),
        "updatedAt": finding.updated.to_string(),
        "resource": {
            "type": resource.kind.name(),
            "id": resource.id,
            "tags": resource.tags,
        },
        "packages": observed.packages().iter().map(package).collect::<Vec<_>>(),
        "rules": rules.collect::<Vec<_>>(),
        "history": history.collect::<Vec<_>>(),
    });
    let mut put = |name: &str, value: Option<Value>| {
        if let (Some(value), Value::Object(members)) = (value, &mut told) {
            members.insert(name.to_owned(), value);
        }
    };
    put(
        "closed",
        finding.closed.map(|closed| {
            json!({
                "at": closed.at.to_string(),
                "because": closed_because(finding),
            })
        }),
    );
    put("score", observed.score.as_ref().map(score));
    put(
        "vulnerability",
        facts.as_ref().map(|facts| vulnerability(facts, *epss)),
    );
    put("risk", risk_of(&known.listed));
    if let Details::Network(details) = &observed.details {
        put("network", Some(network(details)));
    }
    told
}

fn iso(milliseconds: i64) -> String {
    keep::timestamp(milliseconds).to_string()
}

fn closed_because(finding: &Finding) -> Value {
    let because = finding.closed.map(|closed| closed.because);
    serde_json::to_value(because).unwrap_or(Value::Null)
}

fn rule_of(scope: &Scope, rule: &Filter) -> Value {
    let definition = &rule.definition;
    json!({
        "arn": rules::arn(scope, &rule.id),
        "name": definition.name,
        "reason": definition.reason,
        "expiresAt": definition.expires_at.map(iso),
        "untilFixed": definition.until_fixed,
    })
}

fn package(package: &VulnerablePackage) -> Value {
    json!({
        "type": package.purl_type,
        "name": package.name,
        "version": package.version,
        "architecture": package.arch,
        "path": package.path,
        "layer": package.layer,
        "ofSystem": package.of_system,
        "fixedVersion": package.fixed_version,
        "fixState": package.fix_state,
        "matches": package.matches.iter().map(matched).collect::<Vec<_>>(),
    })
}

fn matched(one: &PackageMatch) -> Value {
    json!({
        "advisory": one.advisory,
        "feed": one.feed,
        "namespace": one.namespace,
        "name": one.name,
        "version": one.version,
        "viaSource": one.via_source,
        "order": one.scheme,
        "range": one.range,
        "fixedVersion": one.fixed_version,
    })
}

fn score(score: &InspectorScore) -> Value {
    let adjustments = score.adjustments.iter();
    let adjustments = adjustments.map(|a| json!({"metric": a.metric, "reason": a.reason}));
    json!({
        "source": score.source,
        "version": score.version,
        "base": score.base,
        "baseVector": score.base_vector,
        "adjustments": adjustments.collect::<Vec<_>>(),
        "value": score.value,
        "vector": score.vector,
    })
}

/// The risk rank with its steps, none if the finding has none.
pub(super) fn risk_of(listed: &Listed) -> Option<Value> {
    let rank = listed.risk()?;
    let steps = &listed.finding.observed.risk;
    let of_epss = risk::epss_step(listed.epss);
    let told = steps.iter().chain([&of_epss]);
    let told = told.map(|step| json!({"points": step.points, "reason": step.reason}));
    Some(json!({"rank": rank, "steps": told.collect::<Vec<_>>()}))
}

fn vulnerability(facts: &VulnerabilityFacts, epss: Option<f64>) -> Value {
    let assessments = facts.cvss.iter().map(|one| {
        json!({
            "source": one.source,
            "version": one.version,
            "vector": one.vector,
            "base": one.base,
        })
    });
    let exploited = facts.kev.as_ref().map(|kev| {
        json!({
            "added": kev.added,
            "due": kev.due,
            "ransomware": kev.ransomware,
            "action": kev.action,
        })
    });
    let decision = facts.ssvc.as_ref().map(|ssvc| {
        json!({
            "exploitation": ssvc.exploitation,
            "automatable": ssvc.automatable,
            "technicalImpact": ssvc.technical_impact,
        })
    });
    json!({
        "id": facts.id,
        "aliases": facts.aliases,
        "title": facts.title,
        "description": facts.description,
        "publishedAt": facts.published.map(iso),
        "modifiedAt": facts.modified.map(iso),
        "cwes": facts.cwes,
        "references": facts.references,
        "assessments": assessments.collect::<Vec<_>>(),
        "knownExploited": exploited,
        "decision": decision,
        "exploitKnown": facts.exploit_known,
        "epss": epss,
    })
}

fn network(network: &NetworkDetails) -> Value {
    let steps = network.steps.iter();
    let steps = steps.map(|step| json!({"id": step.id, "type": step.kind, "arn": step.arn}));
    json!({
        "protocol": network.protocol,
        "portBegin": network.port_begin,
        "portEnd": network.port_end,
        "description": network.description,
        "steps": steps.collect::<Vec<_>>(),
    })
}
