//! Rows for the table of distributions.

use jiff::civil::{Date, date};
use model::OperatingSystem;

use super::{
    DISTRIBUTIONS, end_of_life, last_supported_day, namespace, pro_namespace, unsupported,
};

fn os(id: &str, version_id: &str) -> OperatingSystem {
    OperatingSystem {
        id: id.to_owned(),
        version_id: version_id.to_owned(),
        ..OperatingSystem::default()
    }
}

#[test]
fn each_system_has_the_namespace_that_feeds_use() {
    for (id, version, expected) in [
        ("debian", "12", "Debian:12"),
        ("debian", "", "Debian:sid"),
        ("ubuntu", "22.04", "Ubuntu:22.04:LTS"),
        ("ubuntu", "24.10", "Ubuntu:24.10"),
        ("ubuntu", "25.04", "Ubuntu:25.04"),
        ("alpine", "3.19.1", "Alpine:v3.19"),
        ("alpine", "3.23.0_rc1", "Alpine:v3.23"),
        ("alpine", "3.22.0_alpha20250108", "Alpine:edge"),
        ("wolfi", "20230201", "Wolfi"),
        ("chainguard", "20230214", "Chainguard"),
        ("minimos", "20241031", "MinimOS"),
        ("rhel", "9.4", "Red Hat:9"),
        ("centos", "7", "Red Hat:7"),
        ("almalinux", "8.10", "AlmaLinux:8"),
        ("rocky", "9.3", "Rocky Linux:9"),
        ("ol", "10.0", "Oracle Linux:10"),
        ("fedora", "43", "Fedora:43"),
        ("amzn", "2018.03", "Amazon Linux:1"),
        ("amzn", "2", "Amazon Linux:2"),
        ("amzn", "2023", "Amazon Linux:2023"),
        ("sles", "15", "SUSE:Linux Enterprise Server 15"),
        ("sles", "15.5", "SUSE:Linux Enterprise Server 15 SP5"),
        ("sles", "16.0", "SUSE:Linux Enterprise Server 16.0"),
        ("sle-micro", "5.5", "SUSE:Linux Enterprise Micro 5.5"),
        ("sl-micro", "6.0", "SUSE:Linux Micro 6.0"),
        ("opensuse-leap", "15.6", "openSUSE:Leap 15.6"),
        ("opensuse-tumbleweed", "20250101", "openSUSE:Tumbleweed"),
        ("azurelinux", "3.0", "Azure Linux:3"),
        ("mariner", "2.0", "CBL-Mariner:2.0"),
        ("photon", "5.0", "Photon OS:5.0"),
        ("bottlerocket", "1.19.0", "Bottlerocket"),
    ] {
        assert_eq!(
            namespace(&os(id, version)).as_deref(),
            Some(expected),
            "{id} {version}"
        );
    }
}

#[test]
fn a_release_without_a_number_goes_by_its_codename() {
    let mut testing = os("debian", "");
    testing.codename = Some("forky".to_owned());
    assert_eq!(namespace(&testing).as_deref(), Some("Debian:14"));
}

#[test]
fn a_subscription_has_its_own_namespace() {
    assert_eq!(
        pro_namespace(&os("ubuntu", "18.04")).as_deref(),
        Some("Ubuntu:Pro:18.04:LTS")
    );
    assert_eq!(pro_namespace(&os("ubuntu", "24.10")), None);
    assert_eq!(pro_namespace(&os("debian", "12")), None);
}

#[test]
fn a_derivative_does_not_get_its_parents_advisories() {
    let mut mint = os("linuxmint", "21.3");
    mint.id_like = vec!["ubuntu".to_owned(), "debian".to_owned()];
    mint.pretty_name = "Linux Mint 21.3".to_owned();
    assert_eq!(namespace(&mint), None);
    assert_eq!(
        unsupported(&mint).unwrap().to_string(),
        "operating system: no advisories are known for the packages of Linux Mint 21.3: only \
         language packages and binaries are matched (advisories of ubuntu, debian may not apply \
         to it)"
    );
    assert_eq!(unsupported(&os("debian", "12")), None);
    assert!(unsupported(&os("", "")).is_some());
}

#[test]
fn a_system_is_at_its_end_from_the_day_after_the_last_supported_one() {
    let bullseye = os("debian", "11");
    assert_eq!(end_of_life(&bullseye, date(2026, 8, 31)), None);
    let ended = end_of_life(&bullseye, date(2026, 9, 1)).unwrap();
    assert_eq!(ended.findings_stop(), date(2027, 8, 31));
    assert_eq!(ended.date, date(2026, 8, 31));
    assert_eq!(
        end_of_life(&os("wolfi", "20230201"), date(2099, 1, 1)),
        None
    );
    assert_eq!(
        last_supported_day(&os("sles", "15.6")),
        Some(date(2025, 12, 31))
    );
    let mut stream = os("centos", "8");
    stream.pretty_name = "CentOS Stream 8".to_owned();
    assert_eq!(last_supported_day(&stream), Some(date(2024, 5, 31)));
    assert_eq!(
        last_supported_day(&os("centos", "8")),
        Some(date(2021, 12, 31))
    );
}

#[test]
fn every_date_of_the_table_is_a_date() {
    for distribution in DISTRIBUTIONS {
        for (release, text) in distribution.end_of_life {
            assert!(
                text.parse::<Date>().is_ok(),
                "{} {release}: {text}",
                distribution.id
            );
        }
    }
}
