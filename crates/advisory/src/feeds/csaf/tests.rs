//! Trimmed documents of both publishers.

use super::{REDHAT_ADVISORIES, REDHAT_VEX, SUSE_ADVISORIES, SUSE_VEX};
use crate::check::{check_feed, feed_lines};

macro_rules! document {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/csaf/", $name, ".json"))
    };
}

#[test]
fn fixes_of_support_streams_have_their_platforms() {
    check_feed(
        &REDHAT_VEX,
        "redhat/cve-2023-38545.json",
        document!("cve-2023-38545"),
        &[
            "CVE-2023-38545 severity=Important published=2023-10-11 \
             modified=2025-11-21 cvss=REDHAT_CVE \
             CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H cwes=CWE-119",
            "  Red Hat:6 curl fix=NotAffected arch=src \
             platform=cpe:/o:redhat:enterprise_linux:6",
            "  Red Hat:6 puppet-agent <7.27.0-1.el6sat arch=i686 \
             platform=cpe:/a:redhat:rhel_satellite_client:6::el6",
            "  Red Hat:8 libcurl-minimal fix=NotAffected \
             platform=cpe:/o:redhat:enterprise_linux:8",
            "  Red Hat:9 libcurl <7.76.1-14.el9_0.9 arch=x86_64 \
             platform=cpe:/a:redhat:rhel_eus:9.0::appstream \
             platform=cpe:/o:redhat:rhel_eus:9.0::baseos",
            "  Red Hat:9 libcurl <7.76.1-26.el9_3.2 arch=i686,x86_64 \
             platform=cpe:/a:redhat:enterprise_linux:9::appstream \
             platform=cpe:/o:redhat:enterprise_linux:9::baseos",
        ],
    );
}

#[test]
fn remediations_say_whether_a_fix_will_come() {
    check_feed(
        &REDHAT_VEX,
        "redhat/cve-2022-38752.json",
        document!("cve-2022-38752"),
        &[
            "CVE-2022-38752 severity=moderate published=2022-09-05 modified=2024-08-01 \
             cvss=REDHAT_CVE CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H cwes=CWE-787",
            "  Red Hat:7 snakeyaml * fix=EndOfLife arch=src \
             platform=cpe:/o:redhat:enterprise_linux:7",
        ],
    );
    let text = String::from_utf8_lossy(document!("cve-2022-38752"));
    for (category, details, state) in [
        ("no_fix_planned", "Will not fix", "WillNotFix"),
        ("none_available", "Affected", "NotFixed"),
        ("none_available", "Fix deferred", "Deferred"),
    ] {
        let text = text
            .replace("no_fix_planned", category)
            .replace("Out of support scope", details);
        let lines = feed_lines(&REDHAT_VEX, "cve-2022-38752.json", text.as_bytes());
        assert!(lines[1].contains(&format!("fix={state} ")), "{lines:?}");
    }
}

#[test]
fn components_without_purls() {
    check_feed(
        &REDHAT_VEX,
        "redhat/CVE-2023-20862.json",
        document!("cve-2023-20862"),
        &[
            "CVE-2023-20862 severity=moderate published=2023-04-19 modified=2023-11-14 \
             cvss=REDHAT_CVE CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L cwes=CWE-459",
            "  Red Hat:8 log4j fix=NotAffected arch=src module=log4j:2 \
             platform=cpe:/o:redhat:enterprise_linux:8",
            "  Red Hat:9 log4j fix=NotAffected arch=src \
             platform=cpe:/o:redhat:enterprise_linux:9",
        ],
    );
}

#[test]
fn a_bulletin_of_a_module() {
    check_feed(
        &REDHAT_ADVISORIES,
        "redhat/rhsa-2023_7025.json",
        document!("rhsa-2023_7025"),
        &[
            "RHSA-2023:7025 \
             covers=CVE-2021-33621,CVE-2022-28739,CVE-2023-28755,CVE-2023-28756 \
             severity=Moderate published=2023-11-14 modified=2025-09-10",
            "  Red Hat:8 ruby <2.5.9-111.module+el8.9.0+19193+435404ae arch=i686 \
             module=ruby:2.5 platform=cpe:/a:redhat:enterprise_linux:8::appstream",
            "  Red Hat:8 ruby-irb <2.5.9-111.module+el8.9.0+19193+435404ae arch=noarch \
             module=ruby:2.5 platform=cpe:/a:redhat:enterprise_linux:8::appstream",
            "  Red Hat:8 ruby-libs <2.5.9-111.module+el8.9.0+19193+435404ae \
             arch=aarch64,i686,ppc64le,s390x,x86_64 module=ruby:2.5 \
             platform=cpe:/a:redhat:enterprise_linux:8::appstream",
        ],
    );
}

#[test]
fn suse() {
    check_feed(
        &SUSE_VEX,
        "suse/csaf-vex/cve-2023-5568.json",
        document!("suse-cve-2023-5568"),
        &[
            "CVE-2023-5568 severity=moderate published=2023-10-20 modified=2024-07-26 \
             cvss=SUSE CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:N/A:H",
            "  SUSE:Linux Enterprise Micro 6.0 samba-client-libs \
             <4.19.4+git.339.acf1ccaa02-1.22",
            "  SUSE:Linux Enterprise Server 12 SP2 libdcerpc-binding0-32bit \
             fix=NotAffected",
            "  SUSE:Linux Enterprise Server 12 SP4 libdcerpc-binding0-32bit \
             fix=NotAffected",
            "  SUSE:Linux Enterprise Server 12 SP5 ctdb fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP1 ctdb fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP1 libdcerpc-binding0-32bit \
             fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP2 ctdb fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP2 libdcerpc-binding0-32bit \
             fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP3 ctdb fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP4 ctdb fix=NotAffected",
            "  SUSE:Linux Enterprise Server 15 SP5 ctdb fix=NotAffected",
            "  openSUSE:Tumbleweed ctdb <4.19.2+git.322.7e9201cef5-1.1",
        ],
    );
    check_feed(
        &SUSE_ADVISORIES,
        "suse/csaf/suse-su-2015_0011-2.json",
        document!("suse-su-2015_0011-2"),
        &[
            "SUSE-SU-2015:0011-2 covers=CVE-2012-1667,CVE-2012-3817 severity=moderate \
             published=2014-01-27 modified=2014-01-27",
            "  SUSE:Linux Enterprise Server 11 SP2 bind-devel <9.9.6P1-0.5.5 \
             arch=i586,s390x,x86_64",
            "  SUSE:Linux Enterprise Server 11 SP2 bind-libs-32bit <9.9.4P2-0.6.1 \
             arch=ppc64,s390x,x86_64",
        ],
    );
}

#[test]
fn each_feed_reads_its_own_documents() {
    let document = document!("cve-2023-20862");
    check_feed(
        &REDHAT_ADVISORIES,
        "redhat/cve-2023-20862.json",
        document,
        &[],
    );
    check_feed(&REDHAT_VEX, "redhat/cve-2023-20862.json.asc", document, &[]);
    check_feed(&REDHAT_VEX, "redhat/index.json", document, &[]);
    check_feed(
        &REDHAT_VEX,
        "cve-1.json",
        b"{\"document\": {\"tracking\": {\"id\": 1}}}",
        &[
            "! cve-1.json: is not CSAF: invalid type: integer `1`, expected a string at line 1 \
           column 34",
        ],
    );
    let broken = String::from_utf8_lossy(document).replace(
        "\"product_id\": \"red_hat_enterprise_linux_9\"",
        "\"product_id\": \"x\"",
    );
    check_feed(
        &REDHAT_VEX,
        "cve-1.json",
        broken.as_bytes(),
        &[
            "! cve-1.json: product red_hat_enterprise_linux_9:log4j is not in the product tree",
            "CVE-2023-20862 severity=moderate published=2023-04-19 modified=2023-11-14 \
             cvss=REDHAT_CVE CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:L/I:L/A:L cwes=CWE-459",
            "  Red Hat:8 log4j fix=NotAffected arch=src module=log4j:2 \
             platform=cpe:/o:redhat:enterprise_linux:8",
        ],
    );
}
