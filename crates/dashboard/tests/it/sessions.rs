//! Signing in and out, forged forms, failed attempts, links that work once.

use std::sync::atomic::Ordering::Relaxed;

use axum::http::StatusCode;
use store::testing::each_engine;

use crate::stock::{NOW, Stock};

/// Twelve hours in milliseconds.
const SESSION: i64 = 12 * 60 * 60 * 1000;

const PAGES: [&str; 8] = [
    "/",
    "/findings",
    "/findings/by/package",
    "/finding/00000000000000000000000000000000",
    "/coverage",
    "/rules",
    "/rules/new",
    "/regions",
];

#[test]
fn nothing_is_shown_to_strangers() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut stranger = stock.stranger();
        for page in PAGES {
            let shown = stranger.get(page);
            assert_eq!(shown.status, StatusCode::SEE_OTHER, "{page}");
            assert!(shown.location().starts_with("/sign-in"), "{page}");
            assert_eq!(shown.text, "", "{page}");
        }
        for form in ["/rules/new", "/rules/preview", "/region", "/sign-out"] {
            assert_eq!(stranger.post(form, &[]).location(), "/sign-in", "{form}");
        }
        let part = stranger.part("/rules/preview", &[]);
        assert_eq!(part.status, StatusCode::UNAUTHORIZED);
    });
}

#[test]
fn a_key_signs_in_and_out() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.stranger();
        let page = browser.get("/findings?severity=high");
        assert_eq!(page.location(), "/sign-in?next=/findings%3Fseverity%3Dhigh");
        let form = browser.get(page.location());
        assert!(form.text.contains("value=\"/findings?severity=high\""));
        for header in [
            "content-security-policy",
            "x-content-type-options",
            "x-frame-options",
            "referrer-policy",
        ] {
            assert!(form.headers.contains_key(header), "{header}");
        }
        let (key, token) = (&stock.admin, form.token());
        let rows = [
            (key.id.as_str(), "wrong"),
            ("LYNKUNKNOWN", key.secret.as_str()),
            (key.id.as_str(), stock.reader.secret.as_str()),
            ("", ""),
            ("LYNKUNKNOWN", "unknown"),
        ];
        for (id, secret) in rows {
            let form = [("form", token.as_str()), ("key", id), ("secret", secret)];
            // Each form that comes back replaces the cookie, so the first token is too old.
            let shown = browser.post("/sign-in", &form);
            assert_eq!(shown.status, StatusCode::FORBIDDEN, "{id} {secret}");
            let shown = browser.sign_in(id, secret);
            assert_eq!(shown.status, StatusCode::FORBIDDEN, "{id} {secret}");
            assert!(shown.text.contains("There is no such access key"));
        }
        let token = browser.get("/sign-in").token();
        let form = [
            ("form", token.as_str()),
            ("key", &key.id),
            ("secret", &key.secret),
            ("next", "//example.org"),
        ];
        assert_eq!(browser.post("/sign-in", &form).location(), "/");
        assert_eq!(browser.get("/").status, StatusCode::OK);

        let kept = browser.cookie("lynkeus_session").clone();
        let token = browser.token();
        let left = browser.post("/sign-out", &[("form", &token)]);
        assert_eq!(left.location(), "/sign-in");
        assert_eq!(browser.get("/").status, StatusCode::SEE_OTHER);
        *browser.cookie("lynkeus_session") = kept;
        assert_eq!(browser.get("/").status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn sessions_end_and_cannot_be_made_up() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let cookie = browser.cookie("lynkeus_session").clone();
        for position in (0..cookie.len()).step_by(7) {
            let mut changed = cookie.clone().into_bytes();
            changed[position] = if changed[position] == b'A' {
                b'B'
            } else {
                b'A'
            };
            *browser.cookie("lynkeus_session") = String::from_utf8(changed).unwrap();
            assert_eq!(browser.get("/").status, StatusCode::SEE_OTHER, "{position}");
        }
        *browser.cookie("lynkeus_session") = cookie;
        stock.clock.store(NOW + SESSION - 1, Relaxed);
        assert_eq!(browser.get("/").status, StatusCode::OK);
        stock.clock.store(NOW + SESSION, Relaxed);
        assert_eq!(browser.get("/").status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn forms_of_others_are_refused() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let mut other = stock.browser(&stock.admin);
        let (own, foreign) = (browser.token(), other.token());
        assert_ne!(own, foreign);
        for token in ["", "x", foreign.as_str()] {
            for form in ["/rules/new", "/rules/0123456789abcdef/delete", "/sign-out"] {
                let shown = browser.post(form, &[("form", token), ("name", "x")]);
                assert_eq!(shown.status, StatusCode::FORBIDDEN, "{form} {token}");
            }
        }
        assert_eq!(browser.get("/").status, StatusCode::OK);
        assert!(
            browser
                .get("/rules")
                .text
                .contains("There is no suppression rule")
        );
        let long = "x".repeat(70 << 10);
        let shown = browser.post("/rules/new", &[("form", &own), ("name", &long)]);
        assert_eq!(shown.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn many_failures_must_wait() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.stranger();
        for _ in 0..10 {
            let shown = browser.sign_in(&stock.admin.id, "wrong");
            assert_eq!(shown.status, StatusCode::FORBIDDEN);
        }
        let shown = browser.sign_in(&stock.admin.id, &stock.admin.secret);
        assert_eq!(shown.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(shown.headers.contains_key("retry-after"));
        browser.from = "192.0.2.2".parse().unwrap();
        let shown = browser.sign_in(&stock.admin.id, &stock.admin.secret);
        assert_eq!(shown.location(), "/");
    });
}

#[test]
fn a_link_signs_in_once_and_soon() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let link = || format!("/sign-in?token={}", stock.dashboard.invite(&stock.admin.id));
        let first = link();
        let mut browser = stock.stranger();
        let shown = browser.get(&first);
        assert!(shown.text.contains("You are signed in"), "{}", shown.text);
        assert_eq!(browser.get("/").status, StatusCode::OK);
        let late = link();
        stock.clock.store(NOW + 15 * 60 * 1000, Relaxed);
        for link in [first.as_str(), &late, "/sign-in?token=x"] {
            let mut browser = stock.stranger();
            let shown = browser.get(link);
            assert_eq!(shown.status, StatusCode::FORBIDDEN, "{link}");
            assert_eq!(browser.get("/").status, StatusCode::SEE_OTHER, "{link}");
        }
    });
}

#[test]
fn a_disabled_key_is_signed_out() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.stranger();
        let link = format!(
            "/sign-in?token={}",
            stock.dashboard.invite(&stock.reader.id)
        );
        stock
            .engine
            .write(|tx| store::keys::disable(tx, &stock.reader.id, NOW))
            .unwrap();
        browser.get(&link);
        assert_eq!(browser.get("/").status, StatusCode::SEE_OTHER);
    });
}

#[test]
fn another_region_is_shown_when_chosen() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.reader);
        let page = browser.get("/regions");
        assert!(page.text.contains("value=\"eu-west-1\""));
        let token = page.token();
        let form = [("form", token.as_str()), ("region", "us-east-1")];
        assert_eq!(browser.post("/region", &form).location(), "/");
        assert!(browser.get("/findings").text.contains("No findings here"));
        for wrong in ["", "<x>", "EU"] {
            let shown = browser.post("/region", &[("form", &token), ("region", wrong)]);
            assert_eq!(shown.status, StatusCode::BAD_REQUEST, "{wrong}");
        }
    });
}
