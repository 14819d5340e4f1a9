//! Configurations are kept by document, and the last one counts.

use crate::{
    Scope,
    networks::{Document, digest_of, documents, kept, put, scopes},
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
