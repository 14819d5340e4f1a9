//! What a suppression rule would hide if it were there.

use std::collections::BTreeMap;

use findings::criteria::Criteria;

use super::only_unfixed;
use crate::{
    Scope, StoreError, Tx, Value,
    listing::{
        self, Listed,
        condition::{Parameters, suppression},
    },
};

/// What a rule would hide.
#[derive(Debug)]
pub struct Preview {
    /// Findings that are active and would be suppressed.
    pub hides: i64,
    /// Findings that it matches and another rule hides already.
    pub hidden: i64,
    /// Some of those that it would hide, the most severe first.
    pub first: Vec<Listed>,
}

/// What a rule with these criteria would do to the findings that exist.
pub fn preview(
    tx: &mut Tx<'_>,
    scope: &Scope,
    criteria: &Criteria,
    until_fixed: bool,
    size: usize,
) -> Result<Preview, StoreError> {
    let mut to = Parameters::default();
    let condition = suppression(scope, criteria, &mut to);
    let condition = format!("{condition}{}", only_unfixed(until_fixed));
    let counts = tx.query(
        &format!(
            "SELECT f.status, COUNT(*) FROM findings f WHERE {condition} \
             AND f.status <> 'CLOSED' GROUP BY f.status"
        ),
        &to.0,
    )?;
    let mut preview = Preview {
        hides: 0,
        hidden: 0,
        first: Vec::new(),
    };
    for row in &counts {
        let count = row.int(1)?;
        match row.text(0)? {
            "ACTIVE" => preview.hides = count,
            _ => preview.hidden += count,
        }
    }
    let limit = to.add(i64::try_from(size).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT f.id FROM findings f WHERE {condition} AND f.status = 'ACTIVE' \
         ORDER BY f.severity DESC, f.id DESC LIMIT {limit}"
    );
    let rows = tx.query(&sql, &to.0)?;
    let ids = rows.iter().map(|row| Ok(row.text(0)?.to_owned()));
    let ids = ids.collect::<Result<Vec<_>, StoreError>>()?;
    preview.first = listing::by_ids(tx, scope, &ids)?;
    Ok(preview)
}

/// How many findings each rule of the scope hides; rules that hide none are left out.
pub fn hiding(tx: &mut Tx<'_>, scope: &Scope) -> Result<BTreeMap<String, i64>, StoreError> {
    let rows = tx.query(
        "SELECT r.rule, COUNT(*) FROM filters s JOIN finding_rules r ON r.rule = s.id \
         JOIN findings f ON f.id = r.finding WHERE s.account = ?1 AND s.region = ?2 \
         AND f.status = 'SUPPRESSED' GROUP BY r.rule",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    rows.iter()
        .map(|row| Ok((row.text(0)?.to_owned(), row.int(1)?)))
        .collect()
}
