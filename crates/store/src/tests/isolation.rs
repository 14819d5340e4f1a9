//! No account and no Region sees another's rows, whatever it asks for.

use std::{collections::BTreeMap, fs, path::Path};

use findings::criteria::Criteria;

use super::random::{Random, fill};
use crate::{
    Engine, Scope, StoreError, Tx, accounts, aggregate,
    coverage::{self, CoverageCriteria},
    history, jobs,
    listing::{self, Query, Sort, SortField},
    resources::{self, Covered},
    rules::{self, Action, Definition, Wanted},
    settings, tags,
    testing::each_engine,
    usage,
};

/// Everything that a scope may ask, with what it is told.
fn answers(tx: &mut Tx<'_>, scope: &Scope) -> Result<Vec<String>, StoreError> {
    let mut told = Vec::new();
    let all = Criteria::default();
    let orders = SortField::all().flat_map(|field| [(field, true), (field, false)]);
    let orders = orders.map(|(field, descending)| Some(Sort { field, descending }));
    for sort in orders.chain([None]) {
        let query = Query {
            criteria: &all,
            sort,
        };
        let page = listing::list(tx, scope, query, None, 1_000)?.findings;
        told.push(format!("{sort:?} {page:?}"));
        for listed in page.iter().take(20) {
            let events = history::of_finding(tx, scope, listed.finding.id.as_str(), 9)?;
            told.push(format!("{events:?}"));
        }
    }
    told.push(format!("{}", listing::count(tx, scope, &all)?));
    told.push(format!(
        "{}",
        listing::count_up_to(tx, scope, &all, 10_000)?
    ));
    for kind in aggregate::Kind::all() {
        let request = aggregate::Request::new(kind);
        let page = aggregate::aggregate(tx, scope, &request, &[], None, 1_000)?;
        told.push(format!("{kind:?} {:?}", page.groups));
    }
    let covered = CoverageCriteria::default();
    told.push(format!(
        "{:?}",
        coverage::list(tx, scope, &covered, None, 1_000)?
    ));
    told.push(format!("{}", coverage::count(tx, scope, &covered)?));
    for key in [
        "SCAN_STATUS_CODE",
        "ACCOUNT_ID",
        "RESOURCE_TYPE",
        "ECR_REPOSITORY_NAME",
    ] {
        told.push(format!(
            "{:?}",
            coverage::counts_by(tx, scope, &covered, key)?
        ));
    }
    let filters = rules::list(tx, scope, Wanted::default())?;
    let names = filters.iter().map(|filter| &filter.definition.name);
    told.push(format!("{:?}", names.collect::<Vec<_>>()));
    told.push(format!(
        "{:?}",
        rules::hiding(tx, scope)?.into_values().collect::<Vec<_>>()
    ));
    told.push(format!(
        "{:?}",
        rules::preview(tx, scope, &all, false, 1_000)?
    ));
    told.push(format!(
        "{:?}",
        tags::list(tx, scope, "arn:aws:same:for:all")?
    ));
    told.push(format!("{:?}", settings::get(tx, scope, "name")?));
    told.push(format!("{:?}", accounts::scan_states(tx, scope)?));
    told.push(format!("{:?}", usage::totals(tx, scope, 0)?));
    told.push(format!("{}", resources::count(tx, scope)?));
    told.push(format!("{:?}", jobs::parked(tx, scope, 100)?));
    Ok(told)
}

/// Fills a scope with what a service writes; the same for each but for the scope.
fn populate(engine: &Engine, scope: &Scope) {
    engine
        .write(|tx| {
            let made = fill(tx, &mut Random(5), scope, 8)?;
            for (id, resource) in &made {
                let stored = resources::find(tx, scope, resource.kind.name(), id)?;
                let covered = Covered {
                    scan_type: "PACKAGE",
                    active: true,
                    reason: "SUCCESSFUL",
                    detail: None,
                    scan_mode: None,
                    scanned_at: Some(1),
                };
                resources::set_coverage(tx, scope, stored.expect("it").number, &covered)?;
            }
            let definition = Definition {
                name: "rule".to_owned(),
                action: Action::Suppress,
                criteria: Criteria::from_json(&serde_json::json!({
                    "severity": [{"comparison": "EQUALS", "value": "CRITICAL"}],
                }))
                .expect("criteria"),
                description: None,
                reason: None,
                expires_at: None,
                until_fixed: false,
            };
            rules::create(tx, scope, &definition, &BTreeMap::new(), 1)?;
            settings::set(tx, scope, "name", "text")?;
            accounts::set_scan(tx, scope, "EC2", true, 1)?;
            usage::add(tx, scope, "ECR_RESCAN", 1.0, 1)?;
            let job = jobs::NewJob {
                kind: "poison",
                subject: &format!("{scope:?}"),
                payload: "",
                place: None,
                priority: 1,
                run_at: 0,
            };
            jobs::enqueue(tx, scope, &job, 0)
        })
        .expect("fill");
    for attempt in 0..=jobs::MOST_ATTEMPTS {
        engine
            .write(|tx| jobs::claim(tx, "w", &[], attempt * 10, 1))
            .expect("claim");
    }
}

#[test]
fn a_scope_among_others_is_told_what_it_is_told_alone() {
    let scope = |account: &str, region: &str| Scope::new(account, region);
    let own = scope("111111111111", "eu-west-1");
    let others = [
        scope("222222222222", "eu-west-1"),
        scope("111111111111", "eu-central-1"),
    ];
    each_engine(|_, engine| {
        let read = |who: &Scope| engine.read(|tx| answers(tx, who)).expect("read");
        let nothing = read(&others[0]);
        populate(engine, &own);
        assert_eq!(read(&others[0]), nothing, "another account of a full store");
        assert_eq!(read(&others[1]), nothing, "another Region of a full store");
        let alone = read(&own);
        assert_ne!(alone, nothing);
        for other in &others {
            populate(engine, other);
        }
        for (among, alone) in read(&own).iter().zip(&alone) {
            assert_eq!(among, alone);
        }
    });
}

/// Functions that are about no account, or about all: for the machinery alone, none of whose
/// answers reach a client but under a scope that was checked before.
const UNSCOPED: [(&str, &str); 17] = [
    ("content", "what is installed is a fact about content"),
    (
        "jobs",
        "workers take jobs of all accounts; `parked` is scoped",
    ),
    (
        "pending",
        "evaluations of resources, which know their scope",
    ),
    (
        "exposure",
        "by the number of a resource, which knows its scope",
    ),
    (
        "keep",
        "by the number of a resource, and facts of vulnerabilities",
    ),
    (
        "reports",
        "workers end what a job of an account began, by its id",
    ),
    ("on_demand", "likewise"),
    ("listeners::get", "by the number of a resource"),
    ("listeners::set", "by the number of a resource"),
    (
        "leaving",
        "by the number of a resource, which knows its scope",
    ),
    ("expiry", "what is over is deleted in all accounts"),
    ("keys", "a key is how an account is found"),
    (
        "listing/rows",
        "`facts_of` a vulnerability, which belong to nobody",
    ),
    ("networks", "`scopes` says which there are"),
    (
        "resources",
        "by the number of a resource, which knows its scope",
    ),
    ("rules/apply", "which rules of all scopes are due"),
    ("usage", "`add_covered_hours` counts for all"),
];

#[test]
fn functions_about_rows_of_an_account_take_a_scope() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut complaints = Vec::new();
    let mut seen = 0;
    for directory in ["", "aggregate", "listing", "rules"] {
        for entry in fs::read_dir(source.join(directory)).expect("sources") {
            let path = entry.expect("an entry").path();
            let name = path
                .strip_prefix(&source)
                .expect("a source")
                .with_extension("");
            let name = name.display().to_string();
            let is_exempt = |name: &str| UNSCOPED.iter().any(|(known, _)| *known == name);
            if is_exempt(&name) || path.is_dir() || ["schema", "testing"].contains(&name.as_str()) {
                continue;
            }
            let text = fs::read_to_string(&path).expect("a source");
            for function in text.split("\npub fn ").skip(1) {
                let head = function.split(" {\n").next().unwrap_or_default();
                seen += 1;
                let called = head.split(['(', '<']).next().unwrap_or_default();
                let exempt = is_exempt(&format!("{name}::{called}"));
                if head.contains("Tx<") && !head.contains("&Scope") && !exempt {
                    complaints.push(format!("{name}: {head}"));
                }
            }
        }
    }
    assert!(seen > 20, "{seen} functions");
    assert_eq!(complaints, [""; 0], "functions without a scope");
}
