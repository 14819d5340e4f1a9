//! VEX documents by the form: sent by those who may, listed with what they do, taken back.

use axum::http::StatusCode;
use store::{Engine, testing::each_engine, vex};

use crate::{
    browser::Browser,
    stock::{Stock, scope},
};

fn documents(engine: &Engine) -> Vec<String> {
    let listed = engine.read(|tx| vex::list(tx, &scope())).unwrap();
    listed.into_iter().map(|document| document.id).collect()
}

#[test]
fn documents_come_and_go() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let token = browser.token();
        let sent = browser.upload("/vex", &token, ("a<b>.json", "CVE-2024-0001"));
        assert_eq!(
            (sent.status, sent.location()),
            (StatusCode::SEE_OTHER, "/vex")
        );
        let known = documents(&stock.engine);
        let page = browser.get("/vex");
        for expected in [
            "<h2>a&lt;b&gt;.json</h2>",
            "CVE-2024-0001",
            "component_not_present",
        ] {
            assert!(page.text.contains(expected), "{expected}: {}", page.text);
        }
        assert!(!page.text.contains("<script>alert"), "{}", page.text);
        let by = format!(
            "by arn:aws:iam::{}:role/lynkeus-admin with key <code>{}</code>",
            scope().account,
            stock.admin.id
        );
        assert!(page.text.contains(&by), "{by}: {}", page.text);
        // The same document again takes the place of the first.
        browser.upload("/vex", &token, ("a<b>.json", "CVE-2024-0001"));
        assert_eq!(documents(&stock.engine), known);

        let refused = browser.upload("/vex", &token, ("bad.json", "<b>"));
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let why = "bad.json was not added. &lt;b&gt;";
        assert!(refused.text.contains(why), "{}", refused.text);
        let nothing = browser.upload("/vex", &token, ("", ""));
        assert_eq!(nothing.status, StatusCode::BAD_REQUEST);
        let long = browser.upload("/vex", &token, ("long.json", &"x".repeat(33 << 20)));
        assert_eq!(long.status, StatusCode::BAD_REQUEST);
        let plain = browser.post("/vex", &[("form", &token), ("document", "CVE-2024-0002")]);
        assert_eq!(plain.status, StatusCode::BAD_REQUEST);
        assert_eq!(documents(&stock.engine), known);

        let remove = format!("/vex/{}/remove", known[0]);
        assert!(page.text.contains(&remove));
        let removed = browser.post(&remove, &[("form", &token)]);
        assert_eq!(removed.location(), "/vex", "{}", removed.text);
        assert!(documents(&stock.engine).is_empty());
        let again = browser.post(&remove, &[("form", &token)]);
        assert_eq!(again.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn nobody_else_sends_or_removes_documents() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let file = ("a.json", "CVE-2024-0001");
        let mut admin = stock.browser(&stock.admin);
        let good = admin.token();
        admin.upload("/vex", &good, file);
        let known = documents(&stock.engine);
        let remove = format!("/vex/{}/remove", known[0]);

        let mut reader = stock.browser(&stock.reader);
        let token = reader.token();
        let page = reader.get("/vex");
        assert!(page.text.contains("CVE-2024-0001") && !page.text.contains("/remove"));
        let check = |browser: &mut Browser, token: &str, expected| {
            let sent = browser.upload("/vex", token, ("b.json", "CVE-2024-0002"));
            assert_eq!(sent.status, expected, "{token}");
            let removed = browser.post(&remove, &[("form", token)]);
            assert_eq!(removed.status, expected, "{token}");
        };
        check(&mut reader, &token, StatusCode::FORBIDDEN);
        check(&mut admin, "", StatusCode::FORBIDDEN);
        check(&mut admin, &token, StatusCode::FORBIDDEN);
        check(&mut stock.stranger(), &good, StatusCode::SEE_OTHER);
        assert_eq!(documents(&stock.engine), known);
    });
}
