//! A store that an older version made is brought up to date and everything is found again.
//!
//! `testdata/schema-N.sql` holds rows that the program wrote while N was the newest schema.

use findings::{
    criteria::Criteria,
    finding::{FindingType, State},
};

use super::aggregate::kept_and_counted;
use crate::{
    Engine, Scope, Tx, Value,
    content::{self, Wanted},
    coverage::{self, CoverageCriteria},
    history, jobs, keep, keys,
    listing::{self, Query, Sort, SortField},
    pending, resources, rules,
    schema::{MIGRATIONS, step},
    testing::postgres_database,
    usage,
};

/// Schemas that stores exist of, each with rows.
const ROWS: [(usize, &str); 1] = [(1, include_str!("../../testdata/schema-0001.sql"))];

/// Makes a store with an old schema and rows.
fn make(address: &str, version: usize, rows: &str) {
    let engine = Engine::open(address).expect("open");
    for _ in 0..version {
        engine
            .write(|tx| step(tx, &MIGRATIONS[..version]))
            .expect("an old schema");
    }
    engine.write(|tx| insert(tx, rows)).expect("rows");
}

fn insert(tx: &mut Tx<'_>, rows: &str) -> Result<(), crate::StoreError> {
    let postgres = tx.is_postgres();
    let blob = if postgres { "'\\x" } else { "X'" };
    tx.batch(&rows.replace("@x'", blob))?;
    if postgres {
        // Rows with numbers of their own leave the sequences behind.
        for table in [
            "systems",
            "package_versions",
            "package_sets",
            "inventories",
            "resources",
            "finding_history",
            "outbox",
        ] {
            tx.batch(&format!(
                "SELECT setval(pg_get_serial_sequence('{table}', 'id'), MAX(id)) FROM {table}"
            ))?;
        }
    }
    Ok(())
}

#[test]
fn a_store_of_each_older_schema_is_found_again() {
    for (version, rows) in ROWS {
        let directory = tempfile::tempdir().expect("a directory");
        let file = format!("sqlite:{}", directory.path().join("old.db").display());
        for address in [Some(file), postgres_database()].into_iter().flatten() {
            make(&address, version, rows);
            let engine = crate::open(&address).expect("the upgrade");
            let row = engine.read(|tx| tx.first("SELECT version FROM schema_version", &[]));
            let now = row
                .expect("select")
                .expect("a row")
                .int(0)
                .expect("a number");
            assert_eq!(usize::try_from(now).expect("a version"), MIGRATIONS.len());
            engine.read(check_state).expect("read");
            check_counts(&engine);
            check_that_it_goes_on(&engine);
            check_counts(&engine);
        }
    }
}

/// What the rows say, asked through today's functions.
fn check_state(tx: &mut Tx<'_>) -> Result<(), crate::StoreError> {
    let scope = Scope::new("000000000000", "eu-west-1");
    let criteria = Criteria::default();
    let query = Query {
        criteria: &criteria,
        sort: Some(Sort {
            field: SortField::Severity,
            descending: true,
        }),
    };
    let page = listing::list(tx, &scope, query, None, 100)?;
    let mut told: Vec<String> = Vec::new();
    for listed in &page.findings {
        let finding = &listed.finding;
        let events = history::of_finding(tx, &scope, finding.id.as_str(), 10)?;
        let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        let facts = listed.facts.as_ref().expect("facts");
        assert_eq!(Some(facts.id.as_str()), finding.observed.vulnerability());
        assert_eq!(finding.observed.packages().len(), 1);
        told.push(format!("{:?} {}", finding.state, kinds.join(" ")));
    }
    told.sort();
    let count = |text: &str| told.iter().filter(|line| *line == text).count();
    assert_eq!(told.len(), 12);
    assert_eq!(count("Active CREATED"), 4, "{told:?}");
    assert_eq!(count("Closed CREATED CLOSED"), 2, "{told:?}");
    assert_eq!(count("Suppressed CREATED SUPPRESSED"), 4, "{told:?}");
    assert_eq!(
        count("Suppressed CREATED CHANGED SUPPRESSED"),
        2,
        "{told:?}"
    );

    let wanted = rules::Wanted::default();
    let filters = rules::list(tx, &scope, wanted)?;
    let names: Vec<&str> = filters.iter().map(|f| f.definition.name.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let hosts = filters.iter().find(|f| f.definition.name == "hosts");
    assert_eq!(hosts.expect("the rule").tags["team"], "blue");
    let covered = CoverageCriteria::default();
    assert_eq!(coverage::count(tx, &scope, &covered)?, 3);
    assert_eq!(keys::list(tx, Some("000000000000"))?.len(), 1);
    assert_eq!(resources::count(tx, &scope)?, 3);
    let inventory = content::inventory(tx, 1, Wanted::All)?;
    let names: Vec<&str> = inventory.packages.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["bash", "libssl3", "zlib1g"]);
    let day = usage::totals(
        tx,
        &scope,
        page.findings[0].finding.updated.as_millisecond(),
    )?;
    assert!(
        day.iter()
            .any(|used| used.usage_type == "ECR_INITIAL_SCAN" && used.amount >= 1.0)
    );
    // The second migration asks for ranks of everything that is open.
    assert_eq!(pending::count(tx)?, 10);
    Ok(())
}

/// What migrations counted is what there is, and what writers add fits.
fn check_counts(engine: &Engine) {
    let mut some = 0;
    for [kept, counted] in kept_and_counted(engine) {
        assert_eq!(kept, counted);
        some += usize::from(!kept.is_empty());
    }
    assert!(some >= 4, "resources, titles and packages are counted");
}

/// Today's writers find the old rows where they look for them.
fn check_that_it_goes_on(engine: &Engine) {
    let scope = Scope::new("000000000000", "eu-west-1");
    engine
        .write(|tx| {
            let filter = rules::list(tx, &scope, rules::Wanted::default())?;
            let rule = filter.iter().find(|f| f.definition.name == "hosts");
            rules::delete(tx, &scope, &rule.expect("the rule").id, 2_000_000_000_000)?;
            let (_, stored) = resources::lock(tx, 1)?.expect("the first machine");
            let kind = FindingType::PackageVulnerability;
            let findings = keep::of_resource(tx, stored.number, kind, None)?;
            assert_eq!(findings.len(), 4);
            assert!(findings.iter().all(|f| f.state != State::Suppressed));
            let again = resources::put(tx, &scope, &stored.resource, 1)?;
            assert_eq!(again.number, stored.number);
            let job = jobs::NewJob {
                kind: "scan",
                subject: "",
                payload: "",
                place: None,
                priority: 1,
                run_at: 0,
            };
            jobs::enqueue(tx, &scope, &job, 0)?;
            assert!(jobs::claim(tx, "w", &[], 1, 1)?.is_some());
            let row = tx.first("SELECT COUNT(*) FROM outbox WHERE kind = 'RELEASED'", &[])?;
            assert_eq!(row.expect("a row").value(0)?, &Value::Int(6));
            Ok(())
        })
        .expect("write");
}
