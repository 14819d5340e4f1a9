//! What is known of a resource's surroundings changes exactly its own findings, on both engines.

use findings::{
    environment::Follows,
    exposure::{Exposure, Ports, Reach},
};
use store::{Engine, exposure, jobs, pending, testing::each_engine};

use super::{HIGH, LOW, at, database, submit};
use crate::service::{ends, rematch::evaluate_pending};

const CRITICAL: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";

/// `vulnerability severity score risk` of every finding, with what last happened to it.
fn judged(engine: &Engine) -> Vec<String> {
    let sql = "SELECT f.vulnerability, f.severity, f.score, f.risk, \
               (SELECT h.kind || ' ' || h.fields FROM finding_history h WHERE h.finding = f.id \
               ORDER BY h.id DESC LIMIT 1) FROM findings f ORDER BY f.resource, f.vulnerability";
    let rows = engine.read(|tx| tx.query(sql, &[])).expect("select");
    rows.iter()
        .map(|row| {
            format!(
                "{} {} {:.1} {} {}",
                row.text(0).expect("an id"),
                row.int(1).expect("a rank"),
                row.optional_real(2).expect("a score").unwrap_or_default(),
                row.int(3).expect("a rank"),
                row.text(4).expect("history"),
            )
        })
        .collect()
}

fn set(engine: &Engine, number: i64, to: &Exposure) -> u64 {
    engine
        .write(|tx| exposure::set(tx, number, to, 1))
        .expect("set")
}

#[test]
fn a_change_of_exposure_judges_exactly_the_findings_of_its_resource_again() {
    each_engine(|_, engine| {
        let database = database(
            &[("CVE-1", "openssl", "3.0.2"), ("CVE-2", "bash", "6")],
            &[("CVE-1", CRITICAL, 0.5), ("CVE-2", LOW, 0.0)],
        );
        let old = [("openssl", "openssl", "3.0.1"), ("bash", "bash", "5")];
        for id in ["i-1", "i-2"] {
            assert_eq!(submit(engine, id, &old, &database, 1), "CREATED 2");
        }
        let other = ["CVE-1 5 9.8 54 CREATED []", "CVE-2 2 2.2 14 CREATED []"];
        assert_eq!(judged(engine)[2..], other);

        let hidden = Exposure::by_paths([]);
        assert_eq!(set(engine, 1, &hidden), 2);
        assert_eq!(set(engine, 1, &hidden), 0, "nothing new is no work");
        let job = engine.write(|tx| jobs::claim(tx, "w", &[], 2, 60_000));
        let job = job.expect("claim").expect("a job");
        assert_eq!(job.kind, jobs::EVALUATE);
        assert_eq!(
            evaluate_pending(engine, &database, at(2)).expect("evaluate"),
            2
        );
        let changed = "CHANGED [\"severity\",\"inspectorScore\",\"riskScore\"]";
        let risk = "CHANGED [\"riskScore\"]";
        assert_eq!(judged(engine)[0], format!("CVE-1 4 8.4 44 {changed}"));
        assert_eq!(judged(engine)[1], format!("CVE-2 2 2.2 9 {risk}"));
        assert_eq!(judged(engine)[2..], other, "the other resource");

        let web = Ports {
            protocol: "TCP".to_owned(),
            first: 443,
            last: 443,
        };
        set(engine, 1, &Exposure::by_paths([(Reach::Internet, web)]));
        evaluate_pending(engine, &database, at(3)).expect("evaluate");
        assert_eq!(judged(engine)[0], format!("CVE-1 5 9.8 59 {changed}"));
        assert_eq!(engine.read(pending::count).expect("count"), 0);
    });
}

#[test]
fn severities_follow_the_score_that_the_configuration_says() {
    each_engine(|_, engine| {
        let database = database(&[("CVE-1", "openssl", "3.0.2")], &[("CVE-1", HIGH, 0.0)]);
        let old = [("openssl", "openssl", "3.0.1")];
        submit(engine, "i-1", &old, &database, 1);
        submit(engine, "i-2", &old, &database, 1);
        set(engine, 1, &Exposure::by_paths([]));
        let follow = |wanted| {
            let noted = engine.write(|tx| exposure::set_follows(tx, wanted, 1));
            evaluate_pending(engine, &database, at(2)).expect("evaluate");
            let severity = judged(engine)[0].chars().nth(6).expect("a severity");
            (noted.expect("set"), severity)
        };
        assert_eq!(follow(Follows::Adjusted), (0, '3'));
        assert_eq!(follow(Follows::Base), (1, '4'));
        assert_eq!(follow(Follows::Base), (0, '4'));
        assert_eq!(follow(Follows::Adjusted), (1, '3'));
    });
}

#[test]
fn ranks_move_with_epss_scores_without_an_evaluation() {
    each_engine(|_, engine| {
        let advisories = [("CVE-1", "openssl", "3.0.2")];
        let first = database(&advisories, &[("CVE-1", HIGH, 0.0)]);
        let old = [("openssl", "openssl", "3.0.1")];
        submit(engine, "i-1", &old, &first, 1);
        assert_eq!(judged(engine), ["CVE-1 4 7.5 35 CREATED []"]);
        let second = database(&advisories, &[("CVE-1", HIGH, 1.0)]);
        let done = super::rematch(engine, Some(&first), &second, at(2)).expect("rematch");
        assert_eq!((done.pairs, done.changes), (0, 0));
        assert_eq!(judged(engine), ["CVE-1 4 7.5 55 CREATED []"]);
    });
}

#[test]
fn the_end_of_a_system_is_found_on_its_day() {
    each_engine(|_, engine| {
        // Debian 12 is supported through 2028-06-30.
        let last = 21_365;
        let database = database(&[("CVE-1", "openssl", "3.0.2")], &[("CVE-1", LOW, 0.0)]);
        let old = [("openssl", "openssl", "3.0.1")];
        let note = |day| ends::note(engine, at(day)).expect("note");
        assert_eq!(
            submit(engine, "i-1", &old, &database, last - 9),
            "CREATED 1"
        );
        assert_eq!((note(last - 9), note(last), note(last)), (0, 0, 0));
        assert_eq!((note(last + 3), note(last + 3)), (1, 0));
        let changed = evaluate_pending(engine, &database, at(last + 3)).expect("evaluate");
        assert_eq!(changed, 1);
        assert_eq!(judged(engine)[1], "IN-DISCONTINUED-001 5 0.0 43 CREATED []");
        assert_eq!(note(last + 4), 0, "it was found");
    });
}

#[test]
fn findings_of_a_system_stop_a_year_after_its_end() {
    each_engine(|_, engine| {
        // Debian 12 is supported through 2028-06-30; findings stop on 2029-06-30.
        let (last, stop) = (21_365, 21_730);
        let advisories = [("CVE-1", "openssl", "3.0.2"), ("CVE-2", "zlib", "1.3")];
        let database = database(&advisories, &[]);
        let (openssl, zlib) = (("openssl", "openssl", "3.0.1"), ("zlib1g", "zlib", "1.2"));
        let note = |day| ends::note(engine, at(day)).expect("note");
        submit(engine, "i-1", &[openssl], &database, last);
        note(last + 1);
        evaluate_pending(engine, &database, at(last + 1)).expect("evaluate");
        let open = [
            "CVE-1 - openssl ACTIVE",
            "IN-DISCONTINUED-001 - Platform End Of Life ACTIVE",
        ];
        assert_eq!(super::findings(engine, 1), open);
        assert_eq!(note(stop - 1), 0);
        // What comes until then is found.
        let both = [openssl, zlib];
        assert_eq!(
            submit(engine, "i-2", &both, &database, stop - 1),
            "CREATED 3"
        );
        // Each of the three findings on two resources is looked at, once.
        assert_eq!((note(stop), note(stop)), (5, 0));
        let changed = evaluate_pending(engine, &database, at(stop)).expect("evaluate");
        assert_eq!(changed, 3);
        let closed = [
            "CVE-1 - openssl CLOSED",
            "IN-DISCONTINUED-001 - Platform End Of Life ACTIVE",
        ];
        assert_eq!(super::findings(engine, 1), closed);
        // What comes later is not, but for the end of the system itself.
        assert_eq!(submit(engine, "i-3", &both, &database, stop), "CREATED 1");
        assert_eq!(
            super::findings(engine, 3),
            ["IN-DISCONTINUED-001 - Platform End Of Life ACTIVE"]
        );
    });
}
