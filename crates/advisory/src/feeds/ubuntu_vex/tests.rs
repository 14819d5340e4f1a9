//! Real documents, cut down to what a rule needs.

use jiff::Timestamp;
use model::{Candidate, FixState, KeyEnd, RangeEnd};

use super::{UBUNTU_VEX, UBUNTU_VEX_NOT_AFFECTED};
use crate::Item;
use crate::check::{check_feed, feed_items};
use crate::database::{BuildOptions, Builder, Database};
use crate::feeds::osv::OSV_UBUNTU;

/// Checks the advisories of a document, `feed id` and the severity's word, and below each its packages
/// with what is said of them; what is affected is so in all versions.
fn check_states(document: &str, expected: &[&str]) {
    let mut lines = Vec::new();
    for item in feed_items(&UBUNTU_VEX, "a.json", document.as_bytes()) {
        let Item::Advisory(advisory) = item else {
            panic!("{item:?}")
        };
        let word = advisory
            .severity
            .map(|severity| format!(" {}", severity.word));
        let head = format!("{} {}", advisory.feed, advisory.id);
        lines.push(head + &word.unwrap_or_default());
        for affected in advisory.affected {
            let ends: Vec<_> = affected.ranges.iter().map(|range| &range.end).collect();
            let open: &[_] = match affected.fix {
                FixState::NotAffected => &[],
                _ => &[&RangeEnd::Open],
            };
            assert_eq!(ends, open);
            lines.push(format!(
                "  {} {} {:?}",
                affected.namespace, affected.name, affected.fix
            ));
        }
    }
    assert_eq!(lines, expected);
}

/// CVE-2025-0167 of 2025-02-06, with one binary of each release.
#[test]
fn what_is_said_of_source_packages_counts() {
    check_states(
        r#"{"metadata":{"@context":"https://openvex.dev/ns/v0.2.0",
          "@id":"https://github.com/canonical/ubuntu-security-notices/blob/main/vex/cve/2025/CVE-2025-0167",
          "author":"Canonical Ltd.","timestamp":"2025-02-06T16:37:20.173026","version":1},
         "statements":[
          {"vulnerability":{"@id":"https://nvd.nist.gov/vuln/detail/CVE-2025-0167","name":"CVE-2025-0167",
            "description":"When asked to use a `.netrc` file","aliases":["https://curl.se/docs/CVE-2025-0167.html"]},
           "timestamp":"2025-02-05","status":"not_affected","justification":"vulnerable_code_not_present",
           "impact_statement":"This package (for the given release), while related to the CVE in some way, is not affected by the issue.",
           "products":[
            {"@id":"pkg:deb/ubuntu/curl@7.35.0-1ubuntu2.20+esm18?arch=source&distro=esm-infra-legacy/trusty"},
            {"@id":"pkg:deb/ubuntu/libcurl3@7.35.0-1ubuntu2.20+esm18?arch=amd64"},
            {"@id":"pkg:deb/ubuntu/curl@7.68.0-1ubuntu2.25?arch=source&distro=focal"},
            {"@id":"pkg:deb/ubuntu/curl@7.68.0-1ubuntu2.25?arch=amd64"}]},
          {"vulnerability":{"@id":"https://nvd.nist.gov/vuln/detail/CVE-2025-0167","name":"CVE-2025-0167"},
           "timestamp":"2025-02-05","status":"affected",
           "action_statement":"This package (for the given release) is vulnerable to the CVE and needs fixing.",
           "products":[
            {"@id":"pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.20?arch=source&distro=jammy"},
            {"@id":"pkg:deb/ubuntu/curl@8.9.1-2ubuntu2.2?arch=source&distro=oracular"}]}]}"#,
        &[
            "ubuntu-vex CVE-2025-0167",
            "  Ubuntu:22.04:LTS curl NotFixed",
            "  Ubuntu:24.10 curl NotFixed",
            "ubuntu-vex-not-affected CVE-2025-0167",
            "  Ubuntu:Pro:14.04:LTS curl NotAffected",
            "  Ubuntu:20.04:LTS curl NotAffected",
        ],
    );
}

/// CVE-2024-6387 of 2026-09-16: jammy's openssh was fixed in 1:8.9p1-3ubuntu0.10.
#[test]
fn the_version_of_what_is_fixed_is_no_fix() {
    check_feed(
        &UBUNTU_VEX_NOT_AFFECTED,
        "ubuntu/vex/cve/2024/CVE-2024-6387.json",
        br#"{"@context":"https://openvex.dev/ns/v0.2.0","author":"Canonical Ltd.",
         "timestamp":"2026-09-16T11:19:31.597681Z","version":14,"statements":[
          {"vulnerability":{"name":"CVE-2024-6387"},"timestamp":"2024-07-01T00:00:00Z","status":"fixed",
           "status_notes":"This package (for the given release) was vulnerable, but an update has been uploaded and published.",
           "products":[
            {"@id":"pkg:deb/ubuntu/openssh@1:8.9p1-3ubuntu0.17?arch=source&distro=jammy"},
            {"@id":"pkg:deb/ubuntu/openssh@1:9.6p1-3ubuntu13.18+Fips1?arch=source&distro=fips-updates/noble"}]},
          {"vulnerability":{"name":"CVE-2024-6387"},"timestamp":"2024-07-01T00:00:00Z","status":"not_affected",
           "justification":"vulnerable_code_not_present","products":[
            {"@id":"pkg:deb/ubuntu/openssh@1:6.6p1-2ubuntu2.13+esm3?arch=source&distro=esm-infra-legacy/trusty"}]}]}"#,
        &[
            "CVE-2024-6387 published=2024-07-01 modified=2026-09-16",
            "  Ubuntu:Pro:14.04:LTS openssh fix=NotAffected",
        ],
    );
    check_feed(
        &UBUNTU_VEX,
        "ubuntu/vex/cve/2026/CVE-2026-0602.json",
        br#"{"timestamp":"2026-03-18T05:53:52.803674Z","version":1,"statements":[]}"#,
        &[],
    );
}

/// USN-6859-1 of 2024-07-01 and USN-7372-1 of 2025-03-26.
#[test]
fn notices_say_which_version_has_the_fix() {
    check_feed(
        &UBUNTU_VEX,
        "ubuntu/vex/vex-all.tar.xz!/vex/usn/USN-6859-1.json",
        br#"{"timestamp":"2026-04-24T08:06:55.497955Z","version":2,"statements":[
          {"vulnerability":{"@id":"https://ubuntu.com/security/notices/USN-6859-1","name":"USN-6859-1",
            "aliases":["CVE-2024-6387"]},
           "timestamp":"2024-07-01T09:06:31Z","status":"fixed","products":[
            {"@id":"pkg:deb/ubuntu/openssh@1:8.9p1-3ubuntu0.10?arch=source&distro=jammy"},
            {"@id":"pkg:deb/ubuntu/openssh-client@1:8.9p1-3ubuntu0.10?arch=amd64&distro=jammy"},
            {"@id":"pkg:deb/ubuntu/openssh@1:9.6p1-3ubuntu13.3?arch=source&distro=noble"}]}]}"#,
        &[
            "USN-6859-1 covers=CVE-2024-6387 published=2024-07-01 modified=2026-04-24",
            "  Ubuntu:22.04:LTS openssh <1:8.9p1-3ubuntu0.10",
            "  Ubuntu:24.04:LTS openssh <1:9.6p1-3ubuntu13.3",
        ],
    );
    check_feed(
        &UBUNTU_VEX,
        "ubuntu/vex/vex-all.tar.xz!/vex-all/vex/usn/USN-7372-1.json",
        br#"{"metadata":{"timestamp":"2025-03-26T17:08:28.810633"},"statements":[
          {"vulnerability":{"name":"USN-7372-1","aliases":["CVE-2022-45060","https://launchpad.net/bugs/1"]},
           "timestamp":"2025-03-26 02:44:10.025070","status":"fixed",
           "status_notes":"Varnish could allow unintended access to network services. Available with Ubuntu Pro.",
           "products":[
            {"@id":"pkg:deb/ubuntu/varnish@5.2.1-1ubuntu0.1+esm1?arch=source&distro=esm-apps/bionic"},
            {"@id":"pkg:deb/ubuntu/varnish@5.2.1-1ubuntu0.1+esm1?arch=source&distro=esm-infra/bionic"},
            {"@id":"pkg:deb/ubuntu/varnish@6.6.1-1ubuntu0.2+esm1?arch=source&distro=esm-apps/jammy"}]}]}"#,
        &[
            "USN-7372-1 covers=CVE-2022-45060 published=2025-03-26 modified=2025-03-26",
            "  Ubuntu:Pro:18.04:LTS varnish <5.2.1-1ubuntu0.1+esm1",
            "  Ubuntu:Pro:22.04:LTS varnish <6.6.1-1ubuntu0.2+esm1",
        ],
    );
}

/// The sentences of CVE-2026-10050 and of the documentation's table of statuses.
#[test]
fn decisions_and_priorities_stand_in_sentences() {
    let statement = |status: &str, sentence: &str, source: &str| {
        format!(
            r#"{{"vulnerability":{{"name":"CVE-2026-10050"}},"status":"{status}",{sentence},
             "products":[{{"@id":"pkg:deb/ubuntu/{source}@1?arch=source&distro=noble"}}]}}"#
        )
    };
    let statements = [
        statement(
            "affected",
            r#""action_statement":"This package (for the given release) is vulnerable to the CVE, the problem is understood, but the Ubuntu Security Team decided to not fix it. CVE Notes / justification: ""#,
            "a",
        ),
        statement(
            "affected",
            r#""action_statement":"This package (for the given release) is no longer supported. ""#,
            "b",
        ),
        statement(
            "affected",
            r#""status_notes":"Ubuntu Security Team classified this CVE as of Medium priority.""#,
            "c",
        ),
        statement(
            "under_investigation",
            r#""status_notes":"The vulnerability is known but remediation is deferred.""#,
            "d",
        ),
        statement(
            "under_investigation",
            r#""status_notes":"Vulnerability assessment is pending.""#,
            "e",
        ),
        // In another product of the same namespace, `a` is affected.
        statement(
            "not_affected",
            r#""justification":"component_not_present""#,
            "a",
        ),
        statement(
            "not_affected",
            r#""justification":"component_not_present""#,
            "f",
        ),
    ];
    let document = format!(r#"{{"statements":[{}]}}"#, statements.join(","));
    check_states(
        &document,
        &[
            "ubuntu-vex CVE-2026-10050 Medium",
            "  Ubuntu:24.04:LTS a WillNotFix",
            "  Ubuntu:24.04:LTS b EndOfLife",
            "  Ubuntu:24.04:LTS c NotFixed",
            "  Ubuntu:24.04:LTS d Deferred",
            "  Ubuntu:24.04:LTS e UnderInvestigation",
            "ubuntu-vex-not-affected CVE-2026-10050 Medium",
            "  Ubuntu:24.04:LTS f NotAffected",
        ],
    );
}

/// Each `distro` that the tracker's list of products has, with OSV's name for it.
#[test]
fn products_have_the_namespaces_of_osv() {
    for (distro, expected) in [
        ("jammy", Some("Ubuntu:22.04:LTS")),
        ("questing", Some("Ubuntu:25.10")),
        ("stonking", Some("Ubuntu:26.10")),
        ("trusty/esm", Some("Ubuntu:Pro:14.04:LTS")),
        ("esm-infra-legacy/trusty", Some("Ubuntu:Pro:14.04:LTS")),
        ("esm-apps-legacy/xenial", Some("Ubuntu:Pro:16.04:LTS")),
        ("esm-infra/focal", Some("Ubuntu:Pro:20.04:LTS")),
        ("esm-apps/resolute", Some("Ubuntu:Pro:26.04:LTS")),
        ("fips/bionic", Some("Ubuntu:Pro:FIPS:18.04:LTS")),
        (
            "fips-updates/noble",
            Some("Ubuntu:Pro:FIPS-updates:24.04:LTS"),
        ),
        (
            "fips-preview/jammy",
            Some("Ubuntu:Pro:FIPS-preview:22.04:LTS"),
        ),
        ("realtime/noble", Some("Ubuntu:Pro:Realtime:24.04:LTS")),
        ("bluefield/jammy", Some("Ubuntu:Nvidia-BlueField:22.04:LTS")),
        ("ros-esm/foxy", None),
        ("other/jammy", None),
        ("hoary", None),
        ("", None),
    ] {
        assert_eq!(super::namespace(distro).as_deref(), expected, "{distro}");
    }
}

#[test]
fn what_is_no_statement_is_a_problem() {
    let path = "ubuntu/vex/cve/2026/a.json";
    let document = |statement: &str| format!(r#"{{"statements":[{statement}]}}"#);
    for (document, expected) in [
        ("{}".to_owned(), "no statements"),
        (
            r#"{"statements":{}}"#.to_owned(),
            "not an OpenVEX document: invalid type: map, expected a sequence at line 1 column 14",
        ),
        (
            document("{}"),
            "statement 1: a vulnerability without a name",
        ),
        (
            document(r#"{"vulnerability":{"name":"CVE-1-1"},"status":"Fixed"}"#),
            "statement 1: `Fixed` is not a status",
        ),
        (
            document(
                r#"{"vulnerability":{"name":"CVE-1-1"},"status":"affected","products":[
                 {"@id":"pkg:deb/ubuntu/a@1?arch=source&distro=hoary"},
                 {"@id":"pkg:deb/ubuntu/b@1?arch=source&distro=hoary"}]}"#,
            ),
            "statement 1: `hoary` is no release of Ubuntu that is known",
        ),
        (
            document(
                r#"{"vulnerability":{"name":"USN-1-1"},"status":"fixed","products":[
                 {"@id":"pkg:deb/ubuntu/a?arch=source&distro=jammy"}]}"#,
            ),
            "statement 1: Ubuntu:22.04:LTS: a: fixed without a version",
        ),
        (
            document(
                r#"{"vulnerability":{"name":"CVE-1-1"},"status":"affected","products":[{"@id":"arch=source"}]}"#,
            ),
            "statement 1: arch=source is not the purl of a package",
        ),
    ] {
        let expected = format!("! {path}: {expected}");
        check_feed(&UBUNTU_VEX, path, document.as_bytes(), &[&expected]);
    }
    check_feed(&UBUNTU_VEX, "ubuntu/vex/README.md", b"x", &[]);
}

/// The statements about a source package in jammy when OSV's record, the document of the CVE and
/// that of the notice are in one database: `advisory [feed] ranges or state`.
fn joined(osv: &str, vex: &str, notice: &str) -> Vec<String> {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::UNIX_EPOCH,
    });
    for (feed, document) in [
        (&OSV_UBUNTU, osv),
        (&UBUNTU_VEX, vex),
        (&UBUNTU_VEX, notice),
    ] {
        for item in feed_items(feed, "a.json", document.as_bytes()) {
            builder.add(item);
        }
    }
    let database = Database::open(builder.finish().unwrap()).unwrap();
    assert_eq!(database.vulnerability_count(), 1);
    let statements = database.statements("Ubuntu:22.04:LTS", "rabbitmq-server");
    let line = |candidate: &Candidate<'_>| {
        let advisory = database.advisory(candidate.advisory).unwrap();
        let ends = candidate.ranges.iter().map(|range| match range.end {
            KeyEnd::Fixed(end) => format!("<{}", end.text),
            KeyEnd::LastAffected(end) => format!("<={}", end.text),
            KeyEnd::Open => "*".to_owned(),
        });
        let ends: Vec<_> = ends.collect();
        format!(
            "{} [{}] {}{:?}",
            advisory.id,
            advisory.feed,
            ends.join(","),
            candidate.fix
        )
    };
    statements.iter().map(|s| line(&s.candidate)).collect()
}

/// UBUNTU-CVE-2024-51988 of 2025-06-02, and the document of the same CVE of 2025-07-01, which says
/// that jammy's package never was affected; the other states and the notice are made up.
#[test]
fn what_is_said_twice_joins_and_only_what_is_not_affected_counts_before_the_rest() {
    let osv = r#"{"id":"UBUNTU-CVE-2024-51988","upstream":["CVE-2024-51988"],"affected":[
         {"package":{"ecosystem":"Ubuntu:22.04:LTS","name":"rabbitmq-server"},
          "ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"3.9.27-0ubuntu0.1"}]}]}]}"#;
    let notice = r#"{"statements":[{"vulnerability":{"name":"USN-1-1","aliases":["CVE-2024-51988"]},"status":"fixed",
         "products":[{"@id":"pkg:deb/ubuntu/rabbitmq-server@3.9.27-0ubuntu0.1?arch=source&distro=jammy"}]}]}"#;
    let vex = |distro: &str, status: &str| {
        format!(
            r#"{{"statements":[{{"vulnerability":{{"name":"CVE-2024-51988"}},"status":"{status}",
             "products":[{{"@id":"pkg:deb/ubuntu/rabbitmq-server@3.9.27-0ubuntu0.2?arch=source&distro={distro}"}}]}}]}}"#
        )
    };
    let fixed = [
        "UBUNTU-CVE-2024-51988 [osv-ubuntu] <3.9.27-0ubuntu0.1FromRanges",
        "USN-1-1 [ubuntu-vex] <3.9.27-0ubuntu0.1FromRanges",
    ];
    for (distro, status, expected) in [
        (
            "jammy",
            "not_affected",
            &["CVE-2024-51988 [ubuntu-vex-not-affected] NotAffected"][..],
        ),
        (
            "jammy",
            "under_investigation",
            &[
                "CVE-2024-51988 [ubuntu-vex] *UnderInvestigation",
                fixed[0],
                fixed[1],
            ],
        ),
        (
            "jammy",
            "affected",
            &["CVE-2024-51988 [ubuntu-vex] *NotFixed", fixed[0], fixed[1]],
        ),
        ("jammy", "fixed", &fixed),
        // What is sold, and other releases, are not this one.
        ("esm-apps/jammy", "not_affected", &fixed),
        ("noble", "not_affected", &fixed),
    ] {
        let found = joined(osv, &vex(distro, status), notice);
        assert_eq!(found, expected, "{distro} {status}");
    }
}
