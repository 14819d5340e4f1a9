//! What a store holds, without times and numbers, so that two can be compared.

use std::collections::BTreeMap;

use store::{Engine, Row, Value, settings};

/// Lines by what they are about.
#[derive(Debug, PartialEq)]
pub(crate) struct State(BTreeMap<&'static str, Vec<String>>);

/// Each table with the rows that must agree; the order of rows of one subject matters.
const TABLES: [(&str, &str); 12] = [
    (
        "finding",
        "SELECT f.id, f.resource_id, f.status, f.severity, f.title, f.closed_because, \
         (SELECT MIN(s.name) FROM finding_rules r JOIN filters s ON s.id = r.rule \
         WHERE r.finding = f.id AND f.status <> 'CLOSED'), f.body FROM findings f ORDER BY f.id",
    ),
    (
        "package",
        "SELECT finding, position, name, version, release FROM finding_packages \
         ORDER BY finding, position",
    ),
    (
        "count",
        "SELECT resource_id, kind, total, critical, high, medium, low, informational, untriaged, \
         exploits, fixes FROM resource_counts WHERE total <> 0 ORDER BY resource_id, kind",
    ),
    (
        "layer",
        "SELECT resource_id, layer, total, critical, high, medium, low, informational, untriaged, \
         exploits, fixes FROM layer_counts ORDER BY resource_id, layer",
    ),
    (
        "group",
        "SELECT counted_by, name, vulnerability, resource_type, kind, severity, fix_available, \
         exploit_available, CAST(SUM(amount) AS BIGINT) FROM \
         (SELECT counted_by, name, vulnerability, resource_type, kind, severity, fix_available, \
         exploit_available, amount FROM group_counts UNION ALL \
         SELECT counted_by, name, vulnerability, resource_type, kind, severity, fix_available, \
         exploit_available, amount FROM group_changes) g GROUP BY counted_by, name, \
         vulnerability, resource_type, kind, severity, fix_available, exploit_available \
         HAVING SUM(amount) <> 0 ORDER BY counted_by, name, vulnerability, resource_type, kind, \
         severity, fix_available, exploit_available",
    ),
    (
        "history",
        "SELECT finding, kind, fields, status, severity, score FROM finding_history \
         ORDER BY finding, id",
    ),
    (
        "outbox",
        "SELECT subject, kind, payload FROM outbox ORDER BY subject, id",
    ),
    (
        "match",
        "SELECT v.name, v.version, m.vulnerability, m.digest FROM version_matches m \
         JOIN package_versions v ON v.id = m.version ORDER BY v.name, v.version, m.vulnerability",
    ),
    (
        "coverage",
        "SELECT r.resource_id, c.scan_type, c.status, c.reason, c.detail FROM coverage c \
         JOIN resources r ON r.id = c.resource ORDER BY r.resource_id",
    ),
    (
        "usage",
        "SELECT usage_type, SUM(amount) FROM usage_hours WHERE usage_type LIKE 'ECR%' \
         GROUP BY usage_type ORDER BY usage_type",
    ),
    (
        "filter",
        "SELECT name, action, criteria FROM filters ORDER BY name",
    ),
    (
        "score",
        "SELECT id, epss, digest FROM vulnerabilities ORDER BY id",
    ),
];

impl State {
    pub(crate) fn read(engine: &Engine) -> Self {
        let mut state = BTreeMap::new();
        for (name, sql) in TABLES {
            let rows = engine.read(|tx| tx.query(sql, &[])).unwrap();
            state.insert(name, rows.iter().map(line).collect());
        }
        Self(state)
    }

    pub(crate) fn count(&self, table: &str) -> usize {
        self.0[table].len()
    }

    /// Fails with the first lines that differ.
    pub(crate) fn compare(&self, expected: &Self) {
        for (name, _) in TABLES {
            let (ours, theirs) = (&self.0[name], &expected.0[name]);
            let place = (0..ours.len().max(theirs.len())).find(|n| ours.get(*n) != theirs.get(*n));
            if let Some(place) = place {
                let near = |lines: &[String]| {
                    let from = place.saturating_sub(2).min(lines.len());
                    lines[from..lines.len().min(place + 3)].join("\n")
                };
                panic!(
                    "{name}: {} rows after kills, {} without; near the first difference:\n{}\n--\n{}",
                    ours.len(),
                    theirs.len(),
                    near(ours),
                    near(theirs)
                );
            }
        }
        let subjects = |table: &str, columns: usize| {
            let lines = self.0[table].iter();
            let lines = lines.map(|line| line.split('\t').take(columns).collect::<Vec<_>>());
            lines.collect::<Vec<_>>()
        };
        assert_eq!(
            subjects("history", 3),
            subjects("outbox", 3),
            "each change has its event"
        );
    }
}

fn line(row: &Row) -> String {
    let mut words = Vec::new();
    for column in 0.. {
        match row.value(column) {
            // A sum of whole numbers is one on one engine and a fraction on the other.
            Ok(Value::Real(number)) => words.push(format!("{number:.3}")),
            Ok(Value::Text(text)) => words.push(text.clone()),
            Ok(other) => words.push(format!("{other:?}")),
            Err(_) => break,
        }
    }
    words.join("\t")
}

fn first(engine: &Engine, sql: &str, parameters: &[Value]) -> Option<Row> {
    engine.read(|tx| tx.first(sql, parameters)).unwrap()
}

/// The id of the filter with this name.
pub(crate) fn filter(engine: &Engine, name: &str) -> Option<String> {
    let row = first(
        engine,
        "SELECT id FROM filters WHERE name = ?1",
        &[name.into()],
    )?;
    Some(row.text(0).unwrap().to_owned())
}

/// Whether all of the store was matched with an advisory database.
pub(crate) fn agrees(engine: &Engine, digest: &str) -> bool {
    let service = settings::service();
    let matched = engine.read(|tx| settings::get(tx, &service, "advisory-generation-matched"));
    matched.unwrap().as_deref() == Some(digest) && is_settled(engine)
}

/// What waits: evaluations, and jobs that are held, wait or were given up.
pub(crate) fn waiting(engine: &Engine) -> Vec<String> {
    let rows = engine.read(|tx| {
        tx.query(
            "SELECT kind, worker, failure FROM jobs UNION ALL \
             SELECT 'evaluation', vulnerability, NULL FROM pending_evaluations",
            &[],
        )
    });
    rows.unwrap().iter().map(line).collect()
}

/// How many notes wait to be added to the counts of findings.
pub(crate) fn notes(engine: &Engine) -> i64 {
    let notes = first(engine, "SELECT COUNT(*) FROM group_changes", &[]);
    notes.unwrap().int(0).unwrap()
}

pub(crate) fn is_settled(engine: &Engine) -> bool {
    waiting(engine).is_empty()
}
