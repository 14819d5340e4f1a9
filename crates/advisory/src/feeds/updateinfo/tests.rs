//! Trimmed documents of each publisher.

use super::{ALMALINUX, AMAZON, BOTTLEROCKET, FEDORA, ORACLE, ROCKY};
use crate::check::check_feed;

macro_rules! document {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/updateinfo/", $name, ".xml"))
    };
}

#[test]
fn amazon() {
    check_feed(
        &AMAZON,
        "amazon/updateinfo_1.xml.gz",
        document!("amazon-1"),
        &[
            "ALAS-2011-1 covers=CVE-2011-3192 severity=medium published=2011-09-27 \
             modified=2014-09-14",
            "  Amazon Linux:1 httpd-devel <2.2.21-1.18.amzn1 arch=i686",
        ],
    );
    check_feed(
        &AMAZON,
        "amazon/updateinfo_2023_nvidia.xml.gz",
        document!("amazon-2023-nvidia"),
        &[
            "ALAS2023NVIDIA-2025-001 covers=CVE-2025-23359 severity=important \
             published=2025-02-14 modified=2025-03-05",
            "  Amazon Linux:2023 libnvidia-container-devel <1.17.4-1 arch=x86_64 \
             platform=amzn2023-nvidia",
            "  Amazon Linux:2023 libnvidia-container-static <1.17.4-1 arch=x86_64 \
             platform=amzn2023-nvidia",
            "  Amazon Linux:2023 libnvidia-container-tools <1.17.4-1 arch=x86_64 \
             platform=amzn2023-nvidia",
            "  Amazon Linux:2023 libnvidia-container1-debuginfo <1.17.4-1 arch=x86_64 \
             platform=amzn2023-nvidia",
        ],
    );
}

#[test]
fn the_bulletins_of_an_amazon_extra_hold_from_the_start_of_its_branch() {
    check_feed(
        &AMAZON,
        "amazon/updateinfo_2_kernel-5.15.xml.gz",
        document!("amazon-2-kernel"),
        &[
            "ALAS2KERNEL-5.15-2022-001 covers=CVE-2022-0500,CVE-2022-1015,CVE-2022-1016,\
             CVE-2022-1158 severity=important published=2022-06-06 modified=2022-11-17",
            "  Amazon Linux:2 kernel >=5.15,<5.15.43-20.123.amzn2 arch=x86_64 \
             platform=amzn2extra-kernel-5.15",
            "  Amazon Linux:2 kernel-debuginfo-common-x86_64 >=5.15,<5.15.43-20.123.amzn2 \
             arch=x86_64 platform=amzn2extra-kernel-5.15",
            "  Amazon Linux:2 kernel-headers >=5.15,<5.15.43-20.123.amzn2 arch=x86_64 \
             platform=amzn2extra-kernel-5.15",
            "  Amazon Linux:2 perf >=5.15,<5.15.43-20.123.amzn2 arch=x86_64 \
             platform=amzn2extra-kernel-5.15",
        ],
    );
}

#[test]
fn rebuilds_of_red_hat() {
    check_feed(
        &ALMALINUX,
        "almalinux/9/BaseOS/x86_64/os/repodata/updateinfo.xml.gz",
        document!("almalinux-9"),
        &[
            "ALSA-2022:4940 covers=CVE-2022-1271 severity=Important published=2022-06-08 \
             modified=2023-03-07",
            "  AlmaLinux:9 xz <5.2.5-8.el9_0 arch=x86_64",
        ],
    );
    check_feed(
        &ALMALINUX,
        "almalinux/9/u.xml",
        document!("almalinux-badid"),
        &["! almalinux/9/u.xml: NOT-A-VALID-ADVISORY-ID: the update's id is not an advisory id"],
    );
    check_feed(
        &ROCKY,
        "rocky/9/AppStream/x86_64/os/repodata/updateinfo.xml.gz",
        document!("rocky-9"),
        &[
            "RLSA-2023:3820 covers=CVE-2022-47015 severity=Moderate published=2023-06-27 \
             modified=2023-06-27",
            "  Rocky Linux:9 mariadb <3:10.5.16-2.module+el9.1.0+13358+56c3b6a3 arch=x86_64",
        ],
    );
}

/// No Oracle sample has this form; the elements are those of the other publishers.
#[test]
fn oracle() {
    check_feed(
        &ORACLE,
        "oracle/OL8/baseos/x86_64/repodata/updateinfo.xml.gz",
        b"<updates><update type='security'><id>ELSA-2023-12206</id>\
          <severity>Important</severity>\
          <references><reference type='cve' id='CVE-2022-2196'/></references>\
          <pkglist><collection short='ol8_x86_64_UEKR7'><name>Oracle Linux 8</name>\
          <module name='virt' stream='kvm_utils' version='1' context='c' arch='x86_64'/>\
          <package name='kernel-uek' epoch='0' version='5.15.0' release='8.91.4.1.el8uek' \
          arch='x86_64'/>\
          <package name='kernel-uek' epoch='0' version='5.15.0' release='8.91.4.1.el8uek' \
          arch='aarch64'/>\
          <package name='kernel-uek' epoch='0' version='5.15.0' release='8.91.4.1.el8uek' \
          arch='src'/><package name='x'/>\
          </collection></pkglist></update></updates>",
        &[
            "! oracle/OL8/baseos/x86_64/repodata/updateinfo.xml.gz: ELSA-2023-12206: a package \
             has no name or no version",
            "ELSA-2023-12206 covers=CVE-2022-2196 severity=Important",
            "  Oracle Linux:8 kernel-uek >=5.15,<5.15.0-8.91.4.1.el8uek arch=aarch64,x86_64 \
             module=virt:kvm_utils",
        ],
    );
}

#[test]
fn fedora_and_epel() {
    check_feed(
        &FEDORA,
        "fedora/linux/updates/38/Modular/x86_64/repodata/updateinfo.xml.xz",
        document!("fedora-38-modular"),
        &[
            "! fedora/linux/updates/38/Modular/x86_64/repodata/updateinfo.xml.xz: \
             FEDORA-MODULAR-2024-deafa21e1d: the update lists no packages",
        ],
    );
    check_feed(
        &FEDORA,
        "epel/6/updateinfo.xml.bz2",
        document!("epel-6"),
        &[],
    );
    let epel = String::from_utf8_lossy(document!("epel-6"))
        .replace("type=\"bugfix\"", "type=\"security\"");
    check_feed(
        &FEDORA,
        "epel/6/updateinfo.xml.bz2",
        epel.as_bytes(),
        &[
            "FEDORA-EPEL-2018-abe0e978c0 severity=None published=2018-10-12 modified=2019-05-29",
            "  AlmaLinux:6 zabbix22-agent <2.2.23-1.el6 arch=i686 platform=epel",
            "  AlmaLinux:6 zabbix22-proxy-pgsql <2.2.23-1.el6 arch=i686 platform=epel",
            "  Oracle Linux:6 zabbix22-agent <2.2.23-1.el6 arch=i686 platform=epel",
            "  Oracle Linux:6 zabbix22-proxy-pgsql <2.2.23-1.el6 arch=i686 platform=epel",
            "  Red Hat:6 zabbix22-agent <2.2.23-1.el6 arch=i686 platform=epel",
            "  Red Hat:6 zabbix22-proxy-pgsql <2.2.23-1.el6 arch=i686 platform=epel",
            "  Rocky Linux:6 zabbix22-agent <2.2.23-1.el6 arch=i686 platform=epel",
            "  Rocky Linux:6 zabbix22-proxy-pgsql <2.2.23-1.el6 arch=i686 platform=epel",
        ],
    );
}

#[test]
fn bottlerocket() {
    check_feed(
        &BOTTLEROCKET,
        "bottlerocket/updateinfo.xml.gz",
        document!("bottlerocket"),
        &[
            "GHSA-mgxf-pj6m-9494 covers=CVE-2020-10711 severity=medium published=2020-05-14 \
             modified=2020-05-14",
            "  Bottlerocket kernel <0.3.3-b7d91846 arch=aarch64,x86_64",
        ],
    );
}
