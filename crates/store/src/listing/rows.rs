//! Findings with what is known beside them: resource, vulnerability, EPSS score.

use std::collections::BTreeMap;

use findings::{
    criteria::Subject,
    finding::{Finding, VulnerabilityFacts},
    resource::{Attribute, Resource},
    risk,
};

use crate::{
    Scope, StoreError, Tx, Value,
    engine::{MOST_KEYS, list_of},
    keep,
    records::decode,
};

/// A finding as a listing shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub finding: Finding,
    pub resource: Resource,
    /// The resource's number in this database.
    pub resource_number: i64,
    /// What is known of the vulnerability, if it is about one.
    pub facts: Option<VulnerabilityFacts>,
    pub epss: Option<f64>,
}

/// The findings with these ids that are the scope's, in this order.
pub fn by_ids(tx: &mut Tx<'_>, scope: &Scope, ids: &[String]) -> Result<Vec<Listed>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT {}, f.resource, r.body, v.body, v.epss FROM findings f \
             JOIN resources r ON r.id = f.resource \
             LEFT JOIN vulnerabilities v ON v.id = f.vulnerability \
             WHERE f.account = ?1 AND f.region = ?2 AND f.id IN ({})",
            keep::COLUMNS,
            list_of(3, chunk.len())
        );
        let mut parameters = vec![Value::from(&scope.account), Value::from(&scope.region)];
        parameters.extend(chunk.iter().map(Value::from));
        tx.each(&sql, &parameters, |row| {
            let facts = row.optional_text(11)?;
            let listed = Listed {
                finding: keep::finding(&row)?,
                resource_number: row.int(9)?,
                resource: decode("a resource", row.text(10)?)?,
                facts: facts
                    .map(|body| decode("a vulnerability", body))
                    .transpose()?,
                epss: row.optional_real(12)?,
            };
            found.insert(listed.finding.id.to_string(), listed);
            Ok(())
        })?;
    }
    Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
}

/// What is known of a vulnerability, with its EPSS score.
pub fn facts_of(
    tx: &mut Tx<'_>,
    id: &str,
) -> Result<Option<(VulnerabilityFacts, Option<f64>)>, StoreError> {
    let row = tx.first(
        "SELECT body, epss FROM vulnerabilities WHERE id = ?1",
        &[id.into()],
    )?;
    row.map(|row| {
        Ok((
            decode("a vulnerability", row.text(0)?)?,
            row.optional_real(1)?,
        ))
    })
    .transpose()
}

impl Listed {
    /// The risk rank, 0 to 100; none if the finding has none.
    pub fn risk(&self) -> Option<i64> {
        let steps = &self.finding.observed.risk;
        (!steps.is_empty()).then(|| risk::rank(steps, self.epss))
    }

    /// What criteria are asked about; `attributes` are those of the resource.
    pub fn subject<'a>(&'a self, scope: &'a Scope, attributes: &'a [Attribute]) -> Subject<'a> {
        Subject {
            account: &scope.account,
            region: &scope.region,
            finding: &self.finding,
            resource: &self.resource,
            attributes,
            aliases: self.facts.as_ref().map_or(&[], |facts| &facts.aliases),
            epss: self.epss,
        }
    }
}
