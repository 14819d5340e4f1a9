//! Access keys keep their secrets to themselves.

use crate::{
    Scope, accounts,
    keys::{self, MasterKey, Role},
    testing::each_engine,
};

#[test]
fn a_secret_opens_with_its_master_key_alone() {
    each_engine(|_, engine| {
        let master = MasterKey::generate();
        let key = engine
            .write(|tx| keys::create(tx, &master, "123456789012", Role::Reader, 5))
            .expect("create");
        let again = MasterKey::from_hex(&master.to_hex()).expect("hexadecimal digits");
        let found = engine.read(|tx| keys::find(tx, &again, &key.id));
        let (found, secret) = found.expect("find").expect("a key");
        assert_eq!((secret.as_str(), secret.len()), (key.secret.as_str(), 40));
        assert_eq!((found.role, found.created_at), (Role::Reader, 5));
        let other = MasterKey::generate();
        let refused = engine.read(|tx| keys::find(tx, &other, &key.id));
        assert!(refused.is_err(), "another master key");
        // A secret that was moved to another identifier does not open.
        engine
            .write(|tx| tx.execute("UPDATE access_keys SET id = 'LYNK'", &[]))
            .expect("update");
        let refused = engine.read(|tx| keys::find(tx, &master, "LYNK"));
        assert!(refused.is_err(), "another identifier");
        let kept = engine.read(|tx| tx.query("SELECT secret FROM access_keys", &[]));
        let kept = kept.expect("select");
        let kept = kept[0].blob(0).expect("bytes");
        let plain = key.secret.as_bytes();
        assert!(!kept.windows(plain.len()).any(|bytes| bytes == plain));
    });
}

#[test]
fn a_disabled_key_is_listed_and_not_found() {
    each_engine(|_, engine| {
        let master = MasterKey::generate();
        let create = |account: &str| {
            engine
                .write(|tx| keys::create(tx, &master, account, Role::Admin, 1))
                .expect("create")
        };
        let (one, two) = (create("1"), create("2"));
        let disable = |id: &str, now| {
            engine
                .write(|tx| keys::disable(tx, id, now))
                .expect("disable")
        };
        assert!(disable(&one.id, 7));
        assert!(!disable(&one.id, 8), "it is disabled already");
        let find = |id: &str| engine.read(|tx| keys::find(tx, &master, id)).expect("find");
        assert_eq!(find(&one.id), None);
        assert!(find(&two.id).is_some());
        let list = |account| engine.read(|tx| keys::list(tx, account)).expect("list");
        assert_eq!(list(None).len(), 2);
        assert_eq!(list(Some("1"))[0].disabled_at, Some(7));
    });
}

#[test]
fn a_scan_that_is_switched_twice_keeps_its_first_day() {
    each_engine(|_, engine| {
        let scope = Scope::new("1", "r");
        let set = |enabled, now| {
            engine
                .write(|tx| accounts::set_scan(tx, &scope, "EC2", enabled, now))
                .expect("set");
        };
        set(true, 1);
        set(true, 2);
        let state = || {
            let states = engine.read(|tx| accounts::scan_states(tx, &scope));
            let states = states.expect("states");
            (
                states[0].enabled,
                states[0].changed_at,
                states[0].trial_from,
            )
        };
        assert_eq!(state(), (true, 1, Some(1)));
        set(false, 3);
        set(true, 4);
        assert_eq!(state(), (true, 4, Some(1)));
    });
}
