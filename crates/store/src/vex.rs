//! VEX documents that an account gave: what they say, and of which findings.

use std::collections::{BTreeMap, BTreeSet};

use findings::finding::vex_rule;
use model::{Timestamp, VexProduct, VexStatement, VexStatus};
use serde::{Deserialize, Serialize};

use crate::{
    Row, Scope, StoreError, Tx, Value,
    digest::digest,
    engine::{MOST_KEYS, list_of},
    records::{decode, encode},
};

/// The most documents of an account in a Region.
pub const MOST_DOCUMENTS: i64 = 1_000;

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// 16 lower-case hexadecimal digits, the same for the same document's next version.
    pub id: String,
    pub name: String,
    pub author: String,
    /// What of it could not be read.
    pub problems: Vec<String>,
    /// Milliseconds since 1970.
    pub added_at: i64,
    /// None of a document from before it was kept.
    pub added_by: Option<Sender>,
}

/// Who added a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sender {
    /// ARN of the role.
    pub principal: String,
    /// Id of the access key with which it asked, or signed in to the dashboard.
    pub access_key: String,
}

/// A document as it is handed in.
#[derive(Debug, Clone, Copy)]
pub struct New<'a> {
    pub name: &'a str,
    pub statements: &'a [VexStatement],
    /// What of it could not be read.
    pub problems: &'a [String],
    pub sender: &'a Sender,
}

/// What a statement does to the findings that are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    pub statement: VexStatement,
    /// Findings about its vulnerability.
    pub about: i64,
    /// Those of them that its document hides.
    pub hides: i64,
}

/// Keeps a document, in place of an earlier version of it; its statements say that id as their
/// document. Returns the id and every vulnerability that either version speaks of, none if there
/// are too many documents.
pub fn put(
    tx: &mut Tx<'_>,
    scope: &Scope,
    new: &New<'_>,
    now: i64,
) -> Result<Option<(String, BTreeSet<String>)>, StoreError> {
    tx.hold_exclusively(scope)?;
    let New {
        name,
        statements,
        problems,
        sender,
    } = *new;
    let own = statements.first();
    let known_as = own.map_or(name, |first| match first.document.as_str() {
        "" => name,
        document => document,
    });
    let mut id = String::with_capacity(16);
    let hash = digest([scope.account.as_str(), &scope.region, known_as]);
    for byte in hash.iter().take(8) {
        for half in [byte >> 4, byte & 15] {
            id.extend(char::from_digit(half.into(), 16));
        }
    }
    let mut spoken = spoken_of(tx, &id)?;
    tx.execute(
        "DELETE FROM vex_documents WHERE id = ?1",
        &[Value::from(&id)],
    )?;
    let count = tx.first(
        "SELECT COUNT(*) FROM vex_documents WHERE account = ?1 AND region = ?2",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    if count.map_or(Ok(0), |row| row.int(0))? >= MOST_DOCUMENTS {
        return Ok(None);
    }
    tx.execute(
        "INSERT INTO vex_documents (id, account, region, name, author, problems, added_at, \
         principal, access_key) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        &[
            Value::from(&id),
            Value::from(&scope.account),
            Value::from(&scope.region),
            name.into(),
            own.map_or("", |first| first.author.as_str()).into(),
            encode("problems", &problems)?.into(),
            now.into(),
            Value::from(&sender.principal),
            Value::from(&sender.access_key),
        ],
    )?;
    let mut rows = Vec::with_capacity(statements.len());
    for (position, statement) in statements.iter().enumerate() {
        spoken.extend(statement.vulnerabilities.iter().cloned());
        let position = i64::try_from(position).unwrap_or(i64::MAX);
        let body = encode("a VEX statement", &Record::from(statement))?;
        rows.push(vec![Value::from(&id), position.into(), body.into()]);
    }
    tx.insert_many(
        "INSERT INTO vex_statements (document, position, body)",
        &rows,
        "",
    )?;
    Ok(Some((id, spoken)))
}

/// Removes a document; returns the vulnerabilities it spoke of, none if it was not there.
pub fn remove(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: &str,
) -> Result<Option<BTreeSet<String>>, StoreError> {
    tx.hold_exclusively(scope)?;
    let spoken = spoken_of(tx, id)?;
    let removed = tx.execute(
        "DELETE FROM vex_documents WHERE id = ?1 AND account = ?2 AND region = ?3",
        &[
            id.into(),
            Value::from(&scope.account),
            Value::from(&scope.region),
        ],
    )?;
    Ok((removed > 0).then_some(spoken))
}

fn spoken_of(tx: &mut Tx<'_>, id: &str) -> Result<BTreeSet<String>, StoreError> {
    let mut spoken = BTreeSet::new();
    for statement in of_document(tx, id)? {
        spoken.extend(statement.vulnerabilities);
    }
    Ok(spoken)
}

/// The documents of the account, by name.
pub fn list(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<Document>, StoreError> {
    let rows = tx.query(
        "SELECT id, name, author, problems, added_at, principal, access_key FROM vex_documents \
         WHERE account = ?1 AND region = ?2 ORDER BY name, id",
        &[Value::from(&scope.account), Value::from(&scope.region)],
    )?;
    let document = |row: &Row| {
        Ok(Document {
            id: row.text(0)?.to_owned(),
            name: row.text(1)?.to_owned(),
            author: row.text(2)?.to_owned(),
            problems: decode("problems", row.text(3)?)?,
            added_at: row.int(4)?,
            added_by: match (row.optional_text(5)?, row.optional_text(6)?) {
                (Some(principal), Some(access_key)) => Some(Sender {
                    principal: principal.to_owned(),
                    access_key: access_key.to_owned(),
                }),
                _ => None,
            },
        })
    };
    rows.iter().map(document).collect()
}

fn of_document(tx: &mut Tx<'_>, id: &str) -> Result<Vec<VexStatement>, StoreError> {
    let rows = tx.query(
        "SELECT body FROM vex_statements WHERE document = ?1 ORDER BY position",
        &[id.into()],
    )?;
    rows.iter().map(|row| statement(id, row.text(0)?)).collect()
}

fn statement(document: &str, body: &str) -> Result<VexStatement, StoreError> {
    let record: Record = decode("a VEX statement", body)?;
    record.statement(document)
}

/// Every statement of the account by the ids of its vulnerability, in upper case.
pub type Statements = BTreeMap<String, Vec<VexStatement>>;

/// What all documents of the account say; the documents stay as they are until the transaction
/// ends.
pub(crate) fn statements(tx: &mut Tx<'_>, scope: &Scope) -> Result<Statements, StoreError> {
    let mut all = Statements::new();
    tx.each(
        "SELECT d.id, s.body FROM vex_documents d JOIN vex_statements s ON s.document = d.id \
         WHERE d.account = ?1 AND d.region = ?2 ORDER BY d.id, s.position",
        &[Value::from(&scope.account), Value::from(&scope.region)],
        |row| {
            let read = statement(row.text(0)?, row.text(1)?)?;
            for id in &read.vulnerabilities {
                all.entry(id.to_uppercase()).or_default().push(read.clone());
            }
            Ok(())
        },
    )?;
    Ok(all)
}

/// What each statement of a document does.
pub fn effects(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> Result<Vec<Effect>, StoreError> {
    let statements = of_document(tx, id)?;
    let spoken = statements.iter().flat_map(|one| &one.vulnerabilities);
    let known = known_as(tx, spoken)?;
    let counts = counts(tx, scope, &vex_rule(id), known.values().flatten())?;
    let effect = |statement: VexStatement| {
        let spoken = statement.vulnerabilities.iter();
        let ids: BTreeSet<&String> = spoken
            .filter_map(|id| known.get(&id.to_uppercase()))
            .flatten()
            .collect();
        let (mut about, mut hides) = (0, 0);
        for (findings, hidden) in ids.into_iter().filter_map(|id| counts.get(id)) {
            about += findings;
            hides += hidden;
        }
        Effect {
            statement,
            about,
            hides,
        }
    };
    Ok(statements.into_iter().map(effect).collect())
}

/// How many open findings there are about each vulnerability, and how many of them a rule hides.
fn counts<'a>(
    tx: &mut Tx<'_>,
    scope: &Scope,
    rule: &str,
    ids: impl Iterator<Item = &'a String>,
) -> Result<BTreeMap<String, (i64, i64)>, StoreError> {
    let ids: BTreeSet<&String> = ids.collect();
    let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    let mut counts = BTreeMap::new();
    for chunk in ids.chunks(MOST_KEYS) {
        let sql = format!(
            "SELECT f.vulnerability, COUNT(*), COUNT(r.rule) FROM findings f \
             LEFT JOIN finding_rules r ON r.finding = f.id AND r.rule = ?3 \
             WHERE f.vulnerability IN ({}) AND f.account = ?1 AND f.region = ?2 \
             AND f.status <> 'CLOSED' GROUP BY f.vulnerability",
            list_of(4, chunk.len())
        );
        let mut parameters = vec![
            Value::from(&scope.account),
            Value::from(&scope.region),
            rule.into(),
        ];
        parameters.extend_from_slice(chunk);
        tx.each(&sql, &parameters, |row| {
            counts.insert(row.text(0)?.to_owned(), (row.int(1)?, row.int(2)?));
            Ok(())
        })?;
    }
    Ok(counts)
}

/// The ids under which vulnerabilities with these ids or aliases are known here, by the id or alias
/// in upper case.
fn known_as<'a>(
    tx: &mut Tx<'_>,
    ids: impl Iterator<Item = &'a String>,
) -> Result<BTreeMap<String, BTreeSet<String>>, StoreError> {
    let ids: BTreeSet<String> = ids.map(|id| id.to_uppercase()).collect();
    let ids: Vec<Value> = ids.iter().map(Value::from).collect();
    let mut known: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for chunk in ids.chunks(MOST_KEYS) {
        let list = list_of(1, chunk.len());
        let sql = format!(
            "SELECT UPPER(id), id FROM vulnerabilities WHERE UPPER(id) IN ({list}) \
             UNION SELECT UPPER(alias), vulnerability FROM vulnerability_aliases \
             WHERE UPPER(alias) IN ({list})"
        );
        tx.each(&sql, chunk, |row| {
            let of = known.entry(row.text(0)?.to_owned()).or_default();
            of.insert(row.text(1)?.to_owned());
            Ok(())
        })?;
    }
    Ok(known)
}

/// Asks for the evaluation of the account's open findings about these vulnerabilities; says of how
/// many.
pub fn evaluate_again(
    tx: &mut Tx<'_>,
    scope: &Scope,
    vulnerabilities: &BTreeSet<String>,
) -> Result<u64, StoreError> {
    let known = known_as(tx, vulnerabilities.iter())?;
    let ids: BTreeSet<&String> = known.values().flatten().collect();
    let ids: Vec<Value> = ids.into_iter().map(Value::from).collect();
    let mut noted = 0;
    for chunk in ids.chunks(MOST_KEYS) {
        let mut parameters = vec![Value::from(&scope.account), Value::from(&scope.region)];
        parameters.extend_from_slice(chunk);
        let sql = format!(
            "INSERT INTO pending_evaluations (resource, vulnerability) \
             SELECT DISTINCT f.resource, f.vulnerability FROM findings f \
             WHERE f.vulnerability IN ({}) AND f.account = ?1 AND f.region = ?2 \
             AND f.status <> 'CLOSED' ON CONFLICT DO NOTHING",
            list_of(3, chunk.len())
        );
        noted += tx.execute(&sql, &parameters)?;
    }
    Ok(noted)
}

/// How a statement is written into the database.
#[derive(Debug, Serialize, Deserialize)]
struct Record {
    vulnerabilities: Vec<String>,
    products: Vec<(Vec<String>, Vec<String>)>,
    status: String,
    justification: Option<String>,
    impact: Option<String>,
    action: Option<String>,
    /// Milliseconds since 1970.
    timestamp: Option<i64>,
    author: String,
    place: String,
}

const STATUSES: [(VexStatus, &str); 4] = [
    (VexStatus::NotAffected, "not_affected"),
    (VexStatus::Affected, "affected"),
    (VexStatus::Fixed, "fixed"),
    (VexStatus::UnderInvestigation, "under_investigation"),
];

/// The word for a status, as OpenVEX has it.
pub fn status_name(status: VexStatus) -> &'static str {
    let mut known = STATUSES.iter();
    known
        .find_map(|(one, name)| (*one == status).then_some(*name))
        .unwrap_or_default()
}

impl From<&VexStatement> for Record {
    fn from(statement: &VexStatement) -> Self {
        let products = statement.products.iter();
        Self {
            vulnerabilities: statement.vulnerabilities.clone(),
            products: products
                .map(|product| (product.identifiers.clone(), product.subcomponents.clone()))
                .collect(),
            status: status_name(statement.status).to_owned(),
            justification: statement.justification.clone(),
            impact: statement.impact.clone(),
            action: statement.action.clone(),
            timestamp: statement.timestamp.map(Timestamp::as_millisecond),
            author: statement.author.clone(),
            place: statement.place.clone(),
        }
    }
}

impl Record {
    fn statement(self, document: &str) -> Result<VexStatement, StoreError> {
        let mut known = STATUSES.iter();
        let status = known.find_map(|(one, name)| (*name == self.status).then_some(*one));
        let status = status.ok_or_else(|| StoreError::Corrupt {
            what: "a VEX statement",
            reason: format!("there is no status `{}`", self.status),
        })?;
        let products = self.products.into_iter();
        Ok(VexStatement {
            vulnerabilities: self.vulnerabilities,
            products: products
                .map(|(identifiers, subcomponents)| VexProduct {
                    identifiers,
                    subcomponents,
                })
                .collect(),
            status,
            justification: self.justification,
            impact: self.impact,
            action: self.action,
            timestamp: self.timestamp.map(crate::keep::timestamp),
            author: self.author,
            document: document.to_owned(),
            place: self.place,
        })
    }
}
