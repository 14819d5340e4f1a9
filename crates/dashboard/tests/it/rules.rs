//! Suppression rules by the form: what a preview says, a rule then does.

use axum::http::StatusCode;
use findings::criteria::Criteria;
use serde_json::json;
use store::{
    Engine, listing,
    rules::{self, Wanted},
    testing::each_engine,
};

use crate::{
    browser::Browser,
    stock::{NOW, Stock, scope},
};

fn suppressed(engine: &Engine) -> i64 {
    let status = json!({ "findingStatus": [{ "comparison": "EQUALS", "value": "SUPPRESSED" }] });
    let criteria = Criteria::from_json(&status).unwrap();
    engine
        .read(|tx| listing::count(tx, &scope(), &criteria))
        .unwrap()
}

fn only_rule(engine: &Engine) -> rules::Filter {
    let mut rules = engine
        .read(|tx| rules::list(tx, &scope(), Wanted::default()))
        .unwrap();
    assert_eq!(rules.len(), 1);
    rules.remove(0)
}

/// What a form's preview says it would hide, asked by the script and without one.
fn preview(browser: &mut Browser, form: &[(&str, &str)]) -> i64 {
    let part = browser.part("/rules/preview", form);
    assert!(!part.text.contains("<html"), "{}", part.text);
    let page = browser.post("/rules/preview", form);
    assert_eq!(page.status, StatusCode::OK);
    let number = |shown: &crate::browser::Shown| shown.between("<b id=\"hides\">", "<").to_owned();
    assert_eq!(number(&part), number(&page));
    number(&part).parse().unwrap()
}

#[test]
fn a_preview_says_what_the_rule_does() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let token = browser.token();
        let json = r#"{ "componentId": [{ "comparison": "EQUALS", "value": "igw-1" }] }"#;
        let rows: [(&[(&str, &str)], i64); 8] = [
            (&[("severity", "low")], 30),
            (&[("severity", "low"), ("severity", "high")], 60),
            (
                &[("package", "openssl, curl"), ("repository", "team/app")],
                60,
            ),
            (&[("vulnerability", "CVE-2024-001*")], 20),
            (&[("package", "zlib1g"), ("until-fixed", "yes")], 45),
            (&[("package", "openssl"), ("until-fixed", "yes")], 0),
            (&[("more", json)], 1),
            (&[("tag", "Name"), ("max-score", "1")], 11),
        ];
        for (conditions, expected) in rows {
            let mut form = vec![("form", token.as_str()), ("name", "a rule")];
            form.extend(conditions);
            assert_eq!(preview(&mut browser, &form), expected, "{conditions:?}");
            assert_eq!(suppressed(&stock.engine), 0, "a preview changes nothing");
            let made = browser.post("/rules/new", &form);
            assert_eq!(made.location(), "/rules", "{}", made.text);
            assert_eq!(suppressed(&stock.engine), expected, "{conditions:?}");
            let rule = only_rule(&stock.engine);
            let list = browser.get("/rules");
            let hidden = list.between("data-label=\"Hidden\">", "<");
            assert_eq!(hidden, expected.to_string());
            let edit = browser.get(&format!("/rules/{}", rule.id));
            assert_eq!(edit.between("<b id=\"hides\">", "<"), "0");
            let deleted = format!("/rules/{}/delete", rule.id);
            browser.post(&deleted, &[("form", &token)]);
            assert_eq!(suppressed(&stock.engine), 0, "{conditions:?}");
        }
    });
}

#[test]
fn a_rule_is_changed_and_nothing_is_lost() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let token = browser.token();
        let json = r#"{ "componentId": [{ "comparison": "NOT_EQUALS", "value": "x" }] }"#;
        let form = [
            ("form", token.as_str()),
            ("name", "first"),
            ("reason", "because <b>"),
            ("severity", "low"),
            ("package", "openssl, curl*"),
            ("min-epss", "0.1"),
            ("since", "2026-01-01"),
            ("last-day", "2026-02-28"),
            ("until-fixed", "yes"),
            ("more", json),
        ];
        assert_eq!(browser.post("/rules/new", &form).location(), "/rules");
        let rule = only_rule(&stock.engine);
        assert_eq!(rule.definition.expires_at, Some(1_772_323_200_000));
        // Sending the form as it is filled in changes nothing.
        let address = format!("/rules/{}", rule.id);
        let page = browser.get(&address);
        let sent = filled(&page.text);
        let sent: Vec<(&str, &str)> = sent.iter().map(|(n, v)| (&**n, &**v)).collect();
        assert_eq!(browser.post(&address, &sent).location(), "/rules");
        assert_eq!(only_rule(&stock.engine).definition, rule.definition);
        // One thing is changed.
        let mut changed = sent.clone();
        changed.retain(|(name, _)| *name != "last-day");
        assert_eq!(browser.post(&address, &changed).location(), "/rules");
        let after = only_rule(&stock.engine);
        assert_eq!(after.id, rule.id);
        let expected = rules::Definition {
            expires_at: None,
            ..rule.definition
        };
        assert_eq!(after.definition, expected);
    });
}

/// What a browser would send of the form of a rule.
fn filled(page: &str) -> Vec<(String, String)> {
    let form = page.split_once("<form class=\"rule\"").unwrap().1;
    let form = form.split_once("</form>").unwrap().0;
    let text = |text: &str| {
        let text = text.replace("&quot;", "\"").replace("&lt;", "<");
        text.replace("&gt;", ">").replace("&amp;", "&")
    };
    let attribute = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
        Some(text(rest.split_once('"')?.0))
    };
    let mut pairs = Vec::new();
    for tag in form.split("<input").skip(1) {
        let tag = tag.split_once('>').unwrap().0;
        let value = attribute(tag, "value").unwrap_or_default();
        if !tag.contains("checkbox") || tag.contains(" checked") {
            pairs.push((attribute(tag, "name").unwrap(), value));
        }
    }
    for select in form.split("<select").skip(1) {
        let select = select.split_once("</select>").unwrap().0;
        let chosen = select
            .split("<option")
            .skip(1)
            .find(|o| o.contains(" selected"));
        let value = chosen.and_then(|option| attribute(option, "value"));
        pairs.push((
            attribute(select, "name").unwrap(),
            value.unwrap_or_default(),
        ));
    }
    let area = form.split_once("<textarea").unwrap().1;
    let area = area
        .split_once('>')
        .unwrap()
        .1
        .split_once("</textarea>")
        .unwrap()
        .0;
    pairs.push(("more".to_owned(), text(area)));
    pairs
}

#[test]
fn wrong_forms_come_back_with_what_is_wrong() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let token = browser.token();
        let rows: [(&[(&str, &str)], &str); 7] = [
            (&[("severity", "low")], "Name: 1 to 128 characters"),
            (&[("name", "x")], "without a condition a rule hides all"),
            (&[("name", "x"), ("more", "{}")], "without a condition"),
            (
                &[("name", "x"), ("more", "[")],
                "More conditions are no JSON",
            ),
            (
                &[("name", "x"), ("more", "{\"bad\": []}")],
                "there is no such member",
            ),
            (&[("name", "x"), ("min-score", "high")], "expected a number"),
            (
                &[("name", "x"), ("severity", "low"), ("last-day", "soon")],
                "Last day: expected a day",
            ),
        ];
        for (form, expected) in rows {
            let mut form = form.to_vec();
            form.push(("form", &token));
            let shown = browser.post("/rules/new", &form);
            assert_eq!(shown.status, StatusCode::BAD_REQUEST, "{form:?}");
            assert!(shown.text.contains(expected), "{expected}: {}", shown.text);
        }
        let form = [
            ("form", token.as_str()),
            ("name", "twice"),
            ("severity", "low"),
        ];
        assert_eq!(browser.post("/rules/new", &form).location(), "/rules");
        let shown = browser.post("/rules/new", &form);
        assert!(shown.text.contains("Another rule or view has this name"));
    });
}

#[test]
fn readers_see_rules_and_change_none() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut admin = stock.browser(&stock.admin);
        let token = admin.token();
        let form = [("form", token.as_str()), ("name", "a"), ("severity", "low")];
        admin.post("/rules/new", &form);
        let rule = only_rule(&stock.engine);
        let mut reader = stock.browser(&stock.reader);
        let token = reader.token();
        let form = [
            ("form", token.as_str()),
            ("name", "b"),
            ("severity", "high"),
        ];
        for address in [
            "/rules/new".to_owned(),
            format!("/rules/{}", rule.id),
            format!("/rules/{}/delete", rule.id),
        ] {
            let shown = reader.post(&address, &form);
            assert_eq!(shown.status, StatusCode::FORBIDDEN, "{address}");
        }
        assert_eq!(only_rule(&stock.engine), rule);
        let page = reader.get(&format!("/rules/{}", rule.id));
        assert!(page.text.contains("<fieldset disabled>"));
        assert!(!page.text.contains("/delete"));
        assert_eq!(preview(&mut reader, &form), 30);
    });
}

#[test]
fn a_hidden_finding_names_its_rule() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let page = browser.get("/findings?vulnerability=CVE-2024-0001");
        assert!(
            page.text
                .contains("href=\"/rules/new?vulnerability=CVE-2024-0001\"")
        );
        let new = browser.get("/rules/new?vulnerability=CVE-2024-0001");
        assert_eq!(new.between("<b id=\"hides\">", "<"), "2");
        let token = browser.token();
        let form = [
            ("form", token.as_str()),
            ("name", "accepted"),
            ("reason", "not reachable"),
            ("vulnerability", "CVE-2024-0001"),
        ];
        browser.post("/rules/new", &form);
        let page = browser.get("/findings?vulnerability=CVE-2024-0001&status=suppressed");
        let ids = page.findings();
        assert_eq!(ids.len(), 2);
        let rule = only_rule(&stock.engine);
        assert_eq!((rule.created_at, rule.updated_at), (NOW, NOW));
        let page = browser.get(&format!("/finding/{}", ids[0]));
        assert!(page.text.contains(&format!("href=\"/rules/{}\"", rule.id)));
        assert!(page.text.contains("not reachable"));
    });
}
