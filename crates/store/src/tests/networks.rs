//! Configurations are kept by document, and the last one counts.

use super::random::{self, Random};
use crate::{
    Engine, Scope,
    jobs::{self, NewJob},
    networks::{Document, digest_of, documents, give_up, kept, put, scopes, touch},
    resources::{self, Covered},
    testing::each_engine,
};

fn document(name: &str, body: &str) -> Document {
    Document {
        name: name.to_owned(),
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn the_last_configuration_is_kept() {
    each_engine(|_, engine| {
        let scope = Scope::new("123456789012", "eu-west-1");
        let other = Scope::new("123456789012", "us-east-1");
        let read = |scope: &Scope| {
            let read = engine.read(|tx| Ok((kept(tx, scope)?, documents(tx, scope)?)));
            read.expect("read")
        };
        assert_eq!(read(&scope), (None, Vec::new()));
        let first = [document("a", "1"), document("b", "2")];
        let second = [document("a", "1"), document("c", "\u{0}")];
        for (at, all) in [(1, &first), (2, &second)] {
            engine.write(|tx| put(tx, &scope, all, at)).expect("write");
            let (known, found) = read(&scope);
            let known = known.expect("kept");
            assert_eq!((known.digest, known.taken_at), (digest_of(all), at));
            assert_eq!(found, all);
        }
        engine
            .write(|tx| put(tx, &other, &first, 3))
            .expect("write");
        assert_eq!(read(&scope).1, second, "another Region has its own");
        assert_eq!(engine.read(scopes).expect("read"), [scope, other]);
    });
    let turned = [document("b", "2"), document("a", "1")];
    assert_eq!(
        digest_of(&turned),
        digest_of(&[document("a", "1"), document("b", "2")])
    );
    assert_ne!(
        digest_of(&turned),
        digest_of(&[document("b", "1"), document("a", "2")])
    );
}

/// Stores a resource that two kinds of scan cover, and returns its number.
fn covered(engine: &Engine, scope: &Scope, number: usize) -> i64 {
    let resource = random::resource(&mut Random(number as u64), number);
    let stored = engine.write(|tx| {
        let stored = resources::put(tx, scope, &resource, 1)?;
        for scan_type in ["NETWORK", "PACKAGE"] {
            let covered = Covered {
                scan_type,
                active: true,
                reason: "SUCCESSFUL",
                detail: None,
                scan_mode: None,
                scanned_at: Some(1),
            };
            resources::set_coverage(tx, scope, stored.number, &covered)?;
        }
        Ok(stored.number)
    });
    stored.expect("store")
}

/// What coverage says of a resource: for each kind of scan its status, reason and words.
fn said(engine: &Engine, number: i64) -> Vec<String> {
    let sql = "SELECT scan_type, status, reason, COALESCE(detail, '') FROM coverage \
               WHERE resource = ?1 ORDER BY scan_type";
    let rows = engine.read(|tx| tx.query(sql, &[number.into()]));
    let words = |row: &crate::Row| {
        (0..4)
            .map(|i| row.text(i).expect("text").to_owned())
            .collect()
    };
    let rows: Vec<Vec<String>> = rows.expect("read").iter().map(words).collect();
    rows.iter().map(|row| row.join(" ")).collect()
}

#[test]
fn an_evaluation_that_was_given_up_is_told_of_its_own_scope_until_one_succeeds() {
    const FINE: [&str; 2] = ["NETWORK ACTIVE SUCCESSFUL ", "PACKAGE ACTIVE SUCCESSFUL "];
    each_engine(|_, engine| {
        let scope = Scope::new("123456789012", "eu-west-1");
        let other = Scope::new("123456789012", "us-east-1");
        let (here, there) = (covered(engine, &scope, 1), covered(engine, &other, 2));
        let tell = || engine.write(|tx| give_up(tx, "network")).expect("write");
        let job = NewJob {
            kind: "network",
            subject: "here",
            payload: "{}",
            place: None,
            priority: 1,
            run_at: 0,
        };
        engine
            .write(|tx| jobs::enqueue(tx, &scope, &job, 0))
            .expect("enqueue");
        assert_eq!(
            (tell(), said(engine, here)),
            (0, FINE.map(String::from).to_vec())
        );
        let mut now = 10;
        while let Some(job) = engine
            .write(|tx| jobs::claim(tx, "w", &[], now, 100))
            .expect("claim")
        {
            engine
                .write(|tx| jobs::fail(tx, &job, "w", "it exploded", now))
                .expect("fail");
            now += 1_000_000;
        }
        assert_eq!((tell(), tell()), (1, 0), "told once");
        let failed = ["NETWORK INACTIVE INTERNAL_ERROR it exploded", FINE[1]];
        assert_eq!(said(engine, here), failed);
        assert_eq!(said(engine, there), FINE, "another Region's");
        engine.write(|tx| touch(tx, &scope, now)).expect("write");
        assert_eq!(said(engine, here), FINE, "the next one succeeded");
    });
}
