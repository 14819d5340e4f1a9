//! The store's behaviour, each on both engines.

mod aggregate;
mod content;
mod coverage;
mod findings;
mod isolation;
mod jobs;
mod keys;
mod listeners;
mod listing;
mod networks;
mod random;
mod reports;
mod rules;
mod upgrade;
mod usage;

use crate::{Value, testing::each_engine};

#[test]
fn values_come_back_as_they_went_in() {
    each_engine(|_, engine| {
        engine
            .write(|tx| {
                tx.execute(
                    "INSERT INTO settings (account, region, name, body) VALUES (?1, ?2, ?3, ?4)",
                    &["1".into(), "r".into(), "a\0b".into(), "ü".into()],
                )
            })
            .expect("insert");
        let rows = engine
            .read(|tx| {
                tx.query(
                    "SELECT name, body FROM settings WHERE name = ?1",
                    &[Value::from("a\0b")],
                )
            })
            .expect("select");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].text(0).expect("text"), "a\u{fffd}b");
        assert_eq!(rows[0].text(1).expect("text"), "ü");
    });
}

#[test]
fn a_failed_transaction_leaves_nothing() {
    each_engine(|_, engine| {
        let failed = engine.write(|tx| {
            tx.execute(
                "INSERT INTO settings (account, region, name, body) VALUES ('1', 'r', 'n', 'b')",
                &[],
            )?;
            tx.execute("INSERT INTO settings (account) VALUES ('1')", &[])
        });
        assert!(failed.is_err(), "a row without its other columns");
        let rows = engine.read(|tx| tx.query("SELECT name FROM settings", &[]));
        assert_eq!(rows.expect("select").len(), 0);
        let written = engine.read(|tx| {
            tx.execute(
                "INSERT INTO settings (account, region, name, body) VALUES ('1', 'r', 'n', 'b')",
                &[],
            )
        });
        assert!(written.is_err(), "a read transaction wrote");
    });
}

#[test]
fn opening_again_migrates_nothing_and_a_newer_schema_is_refused() {
    each_engine(|address, engine| {
        crate::open(address).expect("open again");
        engine
            .write(|tx| tx.execute("UPDATE schema_version SET version = 999", &[]))
            .expect("update");
        let refused = crate::open(address).expect_err("a schema from the future");
        assert!(refused.to_string().contains("schema 999"), "{refused}");
    });
}
