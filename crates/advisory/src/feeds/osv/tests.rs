//! Real records, cut down to what a rule needs.

use super::{ALMALINUX, GHSA, GO_VULNDB, JULIA, OSV_DEBIAN, PYPA, R, RUSTSEC};
use crate::check::check_feed;

/// GHSA-2ccf-ffrj-m4qw of 2023-04-24: an interval in each of two statements.
#[test]
fn statements_about_one_package_become_one() {
    check_feed(
        &GHSA,
        "osv/npm/all.zip!/GHSA-2ccf-ffrj-m4qw.json",
        br#"{"schema_version":"1.4.0","id":"GHSA-2ccf-ffrj-m4qw","modified":"2023-04-24T15:56:27Z",
         "published":"2023-04-21T22:32:47Z","aliases":["CVE-2023-29020"],"summary":"CSRF",
         "severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:H/A:N"}],
         "affected":[
          {"package":{"ecosystem":"npm","name":"@fastify/passport"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"1.1.0"}]}]},
          {"package":{"ecosystem":"npm","name":"@fastify/passport"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"2.0.0"},{"fixed":"2.3.0"}]}]}],
         "database_specific":{"cwe_ids":["CWE-352"],"severity":"MODERATE"}}"#,
        &[
            "GHSA-2ccf-ffrj-m4qw aliases=CVE-2023-29020 severity=MODERATE published=2023-04-21 \
             modified=2023-04-24 cvss=GITHUB CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:N/I:H/A:N \
             cwes=CWE-352",
            "  npm @fastify/passport <1.1.0 >=2.0.0,<2.3.0",
        ],
    );
}

/// The form of GHSA-29qj-rvv6-qrmv: no fix, but a last version known to be affected.
#[test]
fn the_last_version_known_to_be_affected_ends_a_range_without_a_fix() {
    for (bound, expected) in [
        ("<= 2.14.2", "  Maven g:a <=2.14.2 fix=NotFixed"),
        ("< 2.15", "  Maven g:a <2.15 fix=NotFixed"),
        ("all", "  Maven g:a *"),
    ] {
        let document = format!(
            r#"{{"id":"GHSA-29qj-rvv6-qrmv","affected":[{{"package":{{"ecosystem":"Maven","name":"g:a"}},
             "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}}]}}],
             "database_specific":{{"last_known_affected_version_range":"{bound}"}}}}]}}"#
        );
        check_feed(
            &GHSA,
            "a.json",
            document.as_bytes(),
            &["GHSA-29qj-rvv6-qrmv", expected],
        );
    }
}

/// The bounds of GHSA-3h52-269p-cp9r, where GitHub left out a number.
#[test]
fn numbers_that_bounds_of_npm_leave_out_are_zeros() {
    for (ecosystem, expected) in [
        ("npm", "  npm next >=13.0.0,<15.0.0"),
        ("PyPI", "  PyPI next >=13.0,<15"),
    ] {
        let document = format!(
            r#"{{"id":"GHSA-3h52-269p-cp9r","affected":[{{"package":{{"ecosystem":"{ecosystem}","name":"next"}},
             "ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"13.0"}},{{"fixed":"15"}}]}}]}}]}}"#
        );
        check_feed(
            &GHSA,
            "a.json",
            document.as_bytes(),
            &["GHSA-3h52-269p-cp9r", expected],
        );
    }
}

/// RUSTSEC-2020-0016 of 2020-10-02 and RUSTSEC-2021-0079, shortened.
#[test]
fn informational_advisories_of_rust_are_told_apart() {
    check_feed(
        &RUSTSEC,
        "osv/crates.io/all.zip!/RUSTSEC-2020-0016.json",
        br#"{"id":"RUSTSEC-2020-0016","aliases":[],"related":["CVE-1999-0001"],"severity":[],
         "affected":[{"package":{"ecosystem":"crates.io","name":"net2","purl":"pkg:cargo/net2"},
          "ecosystem_specific":{"affects":{"arch":[],"os":[],"functions":[]},"affected_functions":null},
          "database_specific":{"categories":[],"cvss":null,"informational":"unmaintained"},
          "ranges":[{"type":"SEMVER","events":[{"introduced":"0.0.0-0"}]}],"versions":[]}]}"#,
        &[
            "RUSTSEC-2020-0016 severity=unmaintained",
            "  crates.io net2 *",
        ],
    );
}

/// RUSTSEC-2022-0012, shortened: its last interval ends where it begins.
#[test]
fn an_interval_that_is_empty_affects_nothing() {
    check_feed(
        &RUSTSEC,
        "osv/crates.io/all.zip!/RUSTSEC-2022-0012.json",
        br#"{"id":"RUSTSEC-2022-0012","affected":[{"package":{"ecosystem":"crates.io","name":"arrow2"},
          "ranges":[{"type":"SEMVER","events":[{"introduced":"0.0.0-0"},{"fixed":"0.7.1"},
           {"introduced":"0.9.0"},{"fixed":"0.9.2"},{"introduced":"0.10.0"},{"fixed":"0.10.0"}]}]}]}"#,
        &["RUSTSEC-2022-0012", "  crates.io arrow2 <0.7.1 >=0.9.0,<0.9.2"],
    );
}

/// GO-2021-0067 and the custom ranges of GO-2024-3312, shortened.
#[test]
fn several_intervals_of_a_go_module() {
    check_feed(
        &GO_VULNDB,
        "a.json",
        br#"{"schema_version":"1.3.1","id":"GO-2021-0067","modified":"0001-01-01T00:00:00Z",
         "published":"2021-04-14T20:04:52Z","aliases":["CVE-2021-27919"],
         "affected":[{"package":{"name":"stdlib","ecosystem":"Go"},"ranges":[{"type":"SEMVER",
           "events":[{"introduced":"1.16.0-0"},{"fixed":"1.16.1"},{"introduced":"0"},{"fixed":"1.15.9"}]}],
           "ecosystem_specific":{"imports":[{"path":"archive/zip","symbols":["toValidName"]}]}}]}"#,
        &[
            "GO-2021-0067 aliases=CVE-2021-27919 published=2021-04-14",
            "  Go stdlib <1.15.9 >=1.16.0-0,<1.16.1",
        ],
    );
}

/// PYSEC-2021-98 and others, shortened: names are not normal, commits are no versions, a second
/// fix on another branch does not reopen the range.
#[test]
fn python_packages_have_names_ranges_and_versions() {
    check_feed(
        &PYPA,
        "a.json",
        br#"{"id":"PYSEC-2021-98","withdrawn":"2024-11-22T04:37:04Z","aliases":["CVE-2021-32052"],
         "affected":[{"package":{"ecosystem":"PyPI","name":"Django.Ext_x","purl":"pkg:pypi/x"},
           "ranges":[{"type":"GIT","repo":"https://example.org","events":[{"introduced":"0"},{"fixed":"e1e2"}]},
            {"type":"ECOSYSTEM","events":[{"introduced":"3.2"},{"fixed":"3.2.2"},{"fixed":"3.10"},{"introduced":"0"},{"last_affected":"2.2.22"},{"limit":"9"}]}],
           "versions":["2.2","2.2","2.2.1"]},
          {"ranges":[{"type":"GIT","events":[]}]},
          {"package":{"ecosystem":"PyPI","name":""}},
          {"package":{"ecosystem":"PyPI","name":"nothing"},"ranges":[]}]}"#,
        &[
            "! a.json: PYSEC-2021-98: an affected package without name or ecosystem",
            "PYSEC-2021-98 aliases=CVE-2021-32052 withdrawn",
            "  PyPI django-ext-x <=2.2.22 >=3.2,<3.2.2 versions=2.2,2.2.1",
        ],
    );
}

/// ALSA-2023:5259, ALBA-2019:0973, RSEC-2023-8, JLSEC-2025-1 and DSA-5380-1, shortened.
#[test]
fn bulletins_cover_what_records_are_called() {
    let package = |namespace: &str| {
        format!(
            r#"[{{"package":{{"ecosystem":"{namespace}","name":"x"}},"ranges":[{{"type":"ECOSYSTEM","events":[{{"introduced":"0"}},{{"fixed":"2"}}]}}]}}]"#
        )
    };
    let alma = package("AlmaLinux:8");
    for (feed, namespace, names, expected) in [
        (
            &ALMALINUX,
            "AlmaLinux:8",
            r#""id":"ALSA-2023:5259","summary":"Important: mariadb:10.3 security update","related":["CVE-2022-32081","CVE-2022-32082","CVE-2022-32081"]"#,
            "ALSA-2023:5259 covers=CVE-2022-32081,CVE-2022-32082 severity=Important",
        ),
        (
            &R,
            "CRAN",
            r#""id":"RSEC-2023-8","upstream":["CVE-2023-37463","CVE-2023-26485"]"#,
            "RSEC-2023-8 covers=CVE-2023-37463,CVE-2023-26485",
        ),
        (
            &JULIA,
            "Julia",
            r#""id":"JLSEC-2025-1","upstream":["CVE-2023-1","GHSA-xxxx"],"aliases":null"#,
            "JLSEC-2025-1 aliases=CVE-2023-1,GHSA-xxxx",
        ),
        (
            &OSV_DEBIAN,
            "Debian:6",
            r#""id":"DSA-5380-1","upstream":["CVE-2023-1393"]"#,
            "DSA-5380-1 covers=CVE-2023-1393",
        ),
        (
            &OSV_DEBIAN,
            "Debian:6",
            r#""id":"DEBIAN-CVE-2023-1393","upstream":["CVE-2023-1393"]"#,
            "DEBIAN-CVE-2023-1393 aliases=CVE-2023-1393",
        ),
    ] {
        let document = format!(r#"{{{names},"affected":{}}}"#, package(namespace));
        let statement = format!("  {namespace} x <2");
        check_feed(feed, "a.json", document.as_bytes(), &[expected, &statement]);
    }
    let bug_fix = format!(r#"{{"id":"ALBA-2019:0973","related":[],"affected":{alma}}}"#);
    check_feed(&ALMALINUX, "a.json", bug_fix.as_bytes(), &[]);
    let old = format!(r#"{{"id":"DSA-2-1","affected":{}}}"#, package("Debian:6.0"));
    check_feed(
        &OSV_DEBIAN,
        "a.json",
        old.as_bytes(),
        &["DSA-2-1", "  Debian:6 x <2"],
    );
}

#[test]
fn what_is_no_record_is_a_problem() {
    check_feed(&GHSA, "a.json", b"{}", &["! a.json: no id"]);
    check_feed(
        &GHSA,
        "a.json",
        b"{\"id\":1}",
        &[
            "! a.json: not an OSV record: invalid type: integer `1`, expected a string at line 1 column 7",
        ],
    );
    check_feed(&GHSA, "README.md", b"x", &[]);
}
