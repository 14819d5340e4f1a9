//! What the pages show.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use store::testing::each_engine;

use crate::{
    browser::Browser,
    stock::{self, EVIL, Stock},
};

/// Every finding of a list, page by page.
fn all(browser: &mut Browser, address: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut next = Some(address.to_owned());
    while let Some(address) = next {
        let page = browser.get(&address);
        assert_eq!(page.status, StatusCode::OK, "{address}");
        found.extend(page.findings());
        let link = page.text.split_once("rel=\"next\" href=\"");
        next = link.map(|(_, rest)| rest.split_once('"').unwrap().0.replace("&amp;", "&"));
    }
    found
}

#[test]
fn lists_are_filtered_and_sorted() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.reader);
        // The severity of finding n is n modulo 6, its package n modulo 4: see `stock`.
        let rows = [
            ("", 181),
            ("severity=critical", 30),
            ("severity=critical&severity=high", 60),
            ("package=openssl", 45),
            ("package=open*&severity=untriaged", 15),
            ("package=!openssl", 135),
            ("vulnerability=CVE-2024-0003", 2),
            ("repository=team/app", 120),
            ("image-tag=v2", 60),
            ("resource=i-0123456789abcdef0", 61),
            ("tag=Name", 61),
            ("type=network", 1),
            ("port=22", 1),
            ("port=23", 0),
            ("fix=yes", 90),
            ("exploit=yes", 36),
            ("min-score=9", 10),
            ("min-epss=0.55", 10),
            ("since=2026-01-31", 0),
            ("until=2026-01-31", 181),
            ("status=closed", 1),
            ("status=suppressed", 0),
        ];
        for (query, expected) in rows {
            let found = all(&mut browser, &format!("/findings?{query}"));
            let distinct: BTreeSet<&String> = found.iter().collect();
            assert_eq!(found.len(), expected, "{query}");
            assert_eq!(distinct.len(), expected, "{query}");
        }
        for sort in [
            "severity",
            "score",
            "epss",
            "first-seen",
            "last-seen",
            "vulnerability",
        ] {
            let up = all(
                &mut browser,
                &format!("/findings?sort={sort}&severity=high"),
            );
            let down = all(
                &mut browser,
                &format!("/findings?sort=-{sort}&severity=high"),
            );
            assert_eq!(up, down.into_iter().rev().collect::<Vec<_>>(), "{sort}");
        }
        for query in ["severity=bad", "min-score=x", "sort=nothing"] {
            let shown = browser.get(&format!("/findings?{query}"));
            assert_eq!(shown.status, StatusCode::BAD_REQUEST, "{query}");
            assert!(shown.text.contains("role=\"alert\""), "{query}");
        }
        let shown = browser.get("/findings?colour=red");
        assert!(shown.text.contains("There is no filter called “colour”"));
        for token in ["x", "AAAA"] {
            let shown = browser.get(&format!("/findings?after={token}"));
            assert_eq!(shown.status, StatusCode::BAD_REQUEST);
        }
    });
}

#[test]
fn a_value_alone_is_understood() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.reader);
        let rows = [
            ("cve-2024-1", "vulnerability=cve-2024-1"),
            ("i-012", "resource=i-012"),
            ("openssl", "package=openssl"),
            ("team/app", "repository=team/app"),
            ("@babel/core", "package=@babel/core"),
        ];
        for (value, expected) in rows {
            let shown = browser.get(&format!("/findings?fix=yes&add=&value={value}"));
            assert_eq!(shown.location(), format!("/findings?fix=yes&{expected}"));
        }
        let shown = browser.get("/findings?add=title&value=a+b");
        assert_eq!(shown.location(), "/findings?title=a%20b");
    });
}

#[test]
fn groups_lead_to_their_findings() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.reader);
        let rows = [
            ("vulnerability", 121),
            ("package", 4),
            ("instance", 1),
            ("image", 2),
            ("repository", 1),
            ("account", 1),
        ];
        for (word, expected) in rows {
            let mut groups = 0;
            let mut findings = 0;
            let mut next = Some(format!("/findings/by/{word}?sort=all"));
            while let Some(address) = next {
                let page = browser.get(&address);
                assert_eq!(page.status, StatusCode::OK, "{address}");
                let rows: Vec<&str> = page.text.split("<td class=\"what\">").skip(1).collect();
                groups += rows.len();
                for row in &rows {
                    let all = row.split_once("data-label=\"All\">").unwrap().1;
                    findings += all.split_once('<').unwrap().0.parse::<usize>().unwrap();
                }
                let first = rows[0].split_once("href=\"").unwrap().1;
                let link = first.split_once('"').unwrap().0.replace("&amp;", "&");
                let all_of_first = rows[0].split_once("data-label=\"All\">").unwrap().1;
                let expected = all_of_first.split_once('<').unwrap().0;
                let found = all(&mut browser, &link);
                assert_eq!(found.len().to_string(), expected, "{word} {link}");
                let link = page.text.split_once("rel=\"next\" href=\"");
                next = link.map(|(_, rest)| rest.split_once('"').unwrap().0.replace("&amp;", "&"));
            }
            assert_eq!(groups, expected, "{word}");
            let whole = match word {
                "instance" => 61,
                "image" | "repository" => 120,
                "package" => 180,
                _ => 181,
            };
            assert_eq!(findings, whole, "{word}");
        }
        let shown = browser.get("/findings/by/nothing");
        assert_eq!(shown.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_finding_explains_itself() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.reader);
        let id = &all(&mut browser, "/findings?vulnerability=CVE-2024-0000")[0];
        let page = browser.get(&format!("/finding/{id}"));
        for text in [
            "CVE-2024-0000",
            "by the score of NVD",
            "openssl-source",
            "&lt; 3.0.15-1",
            "in the version order of deb",
            "DSA-0",
            "debian-tracker",
            "/var/lib/dpkg/status",
            "3.0.12-1",
            "apt-get install --only-upgrade openssl",
            "no path from the internet",
            "CVSS:3.1/AV:N",
            "CVSS:3.1/AV:L",
            "added to CISA",
            "used by ransomware",
            "GHSA-0000",
            "https://cwe.mitre.org/data/definitions/787.html",
            "href=\"https://example.org/advisory\"",
            "Created",
            &format!(":finding/{id}"),
        ] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        assert!(!page.text.contains("href=\"javascript:"));
        let id = &all(&mut browser, "/findings?port=22")[0];
        let page = browser.get(&format!("/finding/{id}"));
        for text in ["TCP 22", "igw-1", "Internet gateway"] {
            assert!(page.text.contains(text), "{text}");
        }
        let id = &all(&mut browser, "/findings?status=closed")[0];
        let page = browser.get(&format!("/finding/{id}"));
        assert!(
            page.text
                .contains("A complete scan did not find it any more")
        );
        // A finding of another account is not there.
        let other = findings::identity::FindingId::derive(
            "999999999999",
            stock::REGION,
            &format!(
                "arn:aws:ecr:eu-west-1:123456789012:repository/team/app/sha256:{:064}",
                9
            ),
            findings::finding::FindingType::PackageVulnerability,
            "CVE-2024-0000",
            0,
        );
        let theirs = store::Scope::new("999999999999", stock::REGION);
        let ids = [other.to_string()];
        let there = stock
            .engine
            .read(|tx| store::listing::by_ids(tx, &theirs, &ids))
            .unwrap();
        assert_eq!(there.len(), 1);
        for id in [other.as_str(), "x", "00000000000000000000000000000000"] {
            let page = browser.get(&format!("/finding/{id}"));
            assert_eq!(page.status, StatusCode::NOT_FOUND, "{id}");
        }
    });
}

#[test]
fn the_summary_counts() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.reader);
        let page = browser.get("/");
        let number = |severity: &str| {
            page.between(&format!("href=\"/findings?severity={severity}\"><b>"), "<")
        };
        assert_eq!(number("critical"), "30");
        // The path that is open is the 31st.
        assert_eq!(number("medium"), "31");
        assert_eq!(page.findings().len(), 8);
        for text in [
            "<b>3</b> of 4 covered",
            "Unsupported os",
            "openssl-source",
            "2026-01-31 11:00 UTC",
            "1 feed is",
        ] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        // Of the even numbers, whose findings have a fix, none is critical: 5 modulo 6 is odd.
        let first = page.between("<ol class=\"remedies\">", "</li>");
        assert!(first.contains("openssl-source") || first.contains("curl-source"));
        assert!(first.contains("45 findings on 3 resources"), "{first}");
        let coverage = browser.get("/coverage?status=not-covered");
        assert!(coverage.text.contains("team/app:v3"));
        assert!(!coverage.text.contains("team/app:v1"));
        let coverage = browser.get("/coverage?reason=SUCCESSFUL&type=AWS_EC2_INSTANCE");
        assert!(coverage.text.contains("i-0123456789abcdef0"));
        assert!(!coverage.text.contains("team/app:v1"));
    });
}

#[test]
fn names_of_strangers_stay_text() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut browser = stock.browser(&stock.admin);
        let evil = crate::browser::encoded(EVIL);
        let id = &all(&mut browser, &format!("/findings?package={evil}"))[0];
        let finding = format!("/finding/{id}");
        let pages = [
            "/".to_owned(),
            "/findings".to_owned(),
            format!("/findings?package={evil}&{evil}={evil}&severity={evil}"),
            format!("/findings?package={evil}"),
            "/findings/by/package".to_owned(),
            "/findings/by/vulnerability".to_owned(),
            "/findings/by/instance".to_owned(),
            format!("/findings/by/image?package={evil}"),
            finding,
            "/coverage".to_owned(),
            format!("/coverage?resource={evil}"),
            format!("/rules/new?package={evil}&title={evil}"),
        ];
        for address in pages {
            let page = browser.get(&address);
            let lower = page.text.to_lowercase();
            assert!(!lower.contains("<script>"), "{address}");
            assert!(lower.contains("&lt;script&gt;"), "{address}");
            assert!(!lower.contains("onclick=\""), "{address}");
        }
        let shown = browser.get(&format!("/sign-in?next=/{evil}"));
        assert!(!shown.text.contains("<script>"));
        let policy = shown.headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    });
}

#[test]
fn files_are_kept_by_browsers() {
    each_engine(|address, _| {
        let stock = Stock::new(address);
        let mut stranger = stock.stranger();
        let page = stranger.get("/sign-in");
        let style = page.between("rel=\"stylesheet\" href=\"", "\"").to_owned();
        let style = stranger.get(&style);
        assert_eq!(style.headers["content-type"], "text/css; charset=utf-8");
        assert!(
            style.headers["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
        assert!(style.text.contains("prefers-color-scheme: dark"));
    });
}
