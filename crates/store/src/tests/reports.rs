//! Reports and scans on demand: one at a time, ended once.

use crate::{
    Scope,
    on_demand::{self, Started, Wanted},
    reports::{self, Failure, Kind, NewReport, Status},
    testing::each_engine,
};

const MINUTE: i64 = 60_000;

fn report(id: &str, kind: Kind) -> NewReport<'_> {
    NewReport {
        id,
        kind,
        format: "CSV",
        destination: "{}",
        criteria: "{}",
    }
}

#[test]
fn one_report_of_a_kind_is_written_at_a_time() {
    each_engine(|_, engine| {
        let (here, there) = (Scope::new("1", "r"), Scope::new("2", "r"));
        let create = |scope: &Scope, id: &str, kind, now| {
            let report = report(id, kind);
            let created = engine.write(|tx| reports::create(tx, scope, &report, now));
            created.expect("create")
        };
        let end = |id: &str, status, failure: Option<&Failure>| {
            let ended = engine.write(|tx| reports::end(tx, id, status, failure, 9));
            ended.expect("end")
        };
        assert!(create(&here, "a", Kind::Findings, 1));
        assert!(!create(&here, "b", Kind::Findings, 2), "a is being written");
        assert!(create(&here, "c", Kind::Sbom, 2), "of another kind");
        assert!(create(&there, "d", Kind::Findings, 2), "in another account");
        let latest = |scope: &Scope| {
            let latest = engine.read(|tx| reports::latest(tx, scope, Kind::Findings));
            latest.expect("read").expect("a report").id
        };
        assert_eq!(latest(&here), "a");
        let failure = Failure {
            code: "BUCKET_NOT_FOUND".to_owned(),
            message: "why".to_owned(),
        };
        assert!(end("a", Status::Failed, Some(&failure)));
        assert!(!end("a", Status::Succeeded, None), "it has ended");
        assert!(create(&here, "b", Kind::Findings, 3));
        assert_eq!(latest(&here), "b");
        let get = |scope: &Scope| engine.read(|tx| reports::get(tx, scope, Kind::Findings, "a"));
        let kept = get(&here).expect("read").expect("a");
        assert_eq!((kept.status, kept.failure), (Status::Failed, Some(failure)));
        assert_eq!(get(&there).expect("read"), None, "of another account");
        let timed_out = engine
            .write(|tx| reports::time_out(tx, 3, 10))
            .expect("time out");
        assert_eq!(timed_out, 2, "c and d");
        assert!(create(&there, "e", Kind::Findings, 11));
    });
}

#[test]
fn one_scan_of_a_resource_runs_at_a_time() {
    each_engine(|_, engine| {
        let scope = Scope::new("1", "r");
        let start = |id: &str, resource: &str, token: Option<&str>, now| {
            let started =
                engine.write(|tx| on_demand::start(tx, &scope, (id, resource), token, now));
            started.expect("start")
        };
        assert_eq!(start("a", "i-1", Some("t"), 1), Started::New);
        assert_eq!(
            start("b", "i-1", Some("t"), 2),
            Started::Known("a".to_owned())
        );
        assert_eq!(start("b", "i-1", None, 2), Started::Running("a".to_owned()));
        assert_eq!(
            start("b", "i-1", Some("u"), 2),
            Started::Running("a".to_owned())
        );
        assert_eq!(start("b", "i-2", Some("t"), 2), Started::TokenTaken);
        assert_eq!(start("b", "i-2", Some("u"), 2), Started::New);
        let end = |id: &str, failure| {
            let ended = engine.write(|tx| on_demand::end(tx, id, failure, 5));
            ended.expect("end")
        };
        assert!(end("a", None));
        assert!(!end("a", Some("INTERNAL_ERROR")), "it has ended");
        assert_eq!(start("c", "i-1", None, 6), Started::New);
        let list = |after| {
            let wanted = Wanted {
                resource: "i-1",
                since: 0,
                after,
                limit: 1,
            };
            let listed = engine.read(|tx| on_demand::list(tx, &scope, wanted));
            let mut listed = listed.expect("list");
            listed.pop().map(|scan| (scan.id, scan.status))
        };
        assert_eq!(list(None), Some(("c".to_owned(), "IN_PROGRESS".to_owned())));
        assert_eq!(
            list(Some((6, "c"))),
            Some(("a".to_owned(), "SUCCESSFUL".to_owned()))
        );
        assert_eq!(list(Some((1, "a"))), None);
        let later = on_demand::REMEMBERED + 2 * MINUTE;
        engine
            .write(|tx| on_demand::time_out(tx, MINUTE, later))
            .expect("time out");
        let failed = engine.read(|tx| on_demand::get(tx, &scope, "i-1", "c"));
        assert_eq!(failed.expect("read"), None, "forgotten once it had failed");
    });
}
