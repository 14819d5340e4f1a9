//! Excerpts of each publisher's file.

use super::{ALMALINUX, DEBIAN, ORACLE, REDHAT, SUSE};
use crate::check::check_feed;

macro_rules! document {
    ($name:literal) => {
        include_bytes!(concat!("../../../testdata/oval/", $name, ".xml"))
    };
}

#[test]
fn red_hat() {
    check_feed(
        &REDHAT,
        "redhat/rhel-9.oval.xml",
        document!("rhel-9"),
        &[
            "CVE-2005-2541 severity=Moderate modified=2021-06-28 cvss=REDHAT_CVE \
             CVSS:3.1/AV:L/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H",
            "  Red Hat:9 tar * fix=WillNotFix \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
            "CVE-2002-0059 severity=Moderate modified=2022-01-10 cvss=REDHAT_CVE \
             CVSS:3.1/AV:L/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H cwes=CWE-416",
            "  Red Hat:9 zlib fix=NotAffected \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
            "  Red Hat:9 zlib-debugsource fix=NotAffected \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
            "  Red Hat:9 zlib-devel fix=NotAffected \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
            "  Red Hat:9 zlib-static fix=NotAffected \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
            "RHSA-2022:4765 covers=CVE-2022-1529,CVE-2022-1802 severity=Critical \
             published=2022-05-27 modified=2022-05-27",
            "  Red Hat:9 firefox <91.9.1-1.el9_0 arch=aarch64,ppc64le,s390x,x86_64 \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
            "RHSA-2022:4772 covers=CVE-2022-1529,CVE-2022-1802 severity=Critical \
             published=2022-05-27 modified=2022-05-27",
            "  Red Hat:9 thunderbird <91.9.1-1.el9_0 arch=aarch64,ppc64le,s390x,x86_64 \
             platform=cpe:/a:redhat:enterprise_linux:9 \
             platform=cpe:/o:redhat:enterprise_linux:9",
        ],
    );
}

#[test]
fn oracle_writes_a_tree_for_each_architecture() {
    check_feed(
        &ORACLE,
        "oracle/com.oracle.elsa-all.xml",
        document!("oracle"),
        &[
            "ELSA-2007-0057 covers=CVE-2007-0493,CVE-2007-0494 severity=MODERATE \
             published=2007-06-26",
            "  Oracle Linux:5 bind <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 bind-chroot <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 bind-devel <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 bind-libbind-devel <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 bind-libs <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 bind-sdb <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 bind-utils <30:9.3.3-8.el5 arch=i386,x86_64",
            "  Oracle Linux:5 caching-nameserver <30:9.3.3-8.el5 arch=i386,x86_64",
            "ELSA-2023-12342 covers=CVE-2022-4144,CVE-2023-0664 severity=IMPORTANT \
             published=2023-05-15",
            "  Oracle Linux:8 hivex <1.3.18-21.module+el8.7.0+21037+8ee66348 \
             arch=aarch64 module=virt:kvm_utils",
        ],
    );
}

#[test]
fn suse_and_almalinux() {
    check_feed(
        &SUSE,
        "suse/opensuse.leap.micro.5.2.xml",
        document!("leap-micro"),
        &[
            "SUSE-CU-2022:1385-1 covers=CVE-2015-20107 severity=Important \
             published=2022-08-07 modified=2023-03-18 cvss=SUSE \
             CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:L",
            "  openSUSE:Leap Micro 5.2 libpython3_6m1_0 <3.6.15-150300.10.27.1 \
             arch=aarch64,x86_64",
            "  openSUSE:Leap Micro 5.2 python3 <3.6.15-150300.10.27.1 \
             arch=aarch64,x86_64",
            "  openSUSE:Leap Micro 5.2 python3-base <3.6.15-150300.10.27.1 \
             arch=aarch64,x86_64",
        ],
    );
    check_feed(
        &ALMALINUX,
        "almalinux/org.almalinux.alsa-9.xml",
        document!("alma-9"),
        &[
            "ALSA-2022:7071 \
             covers=CVE-2022-42927,CVE-2022-42928,CVE-2022-42929,CVE-2022-42932 \
             severity=Important published=2022-10-20 modified=2022-10-20",
            "  AlmaLinux:9 firefox <102.4.0-1.el9_0.alma \
             arch=aarch64,ppc64le,s390x,x86_64",
            "ALSA-2023:5363 \
             covers=CVE-2022-25883,CVE-2023-32002,CVE-2023-32006,CVE-2023-32559 \
             severity=Important published=2023-09-26 modified=2023-09-26",
            "  AlmaLinux:9 nodejs <1:18.17.1-1.module_el9.2.0+36+853e48f5 \
             arch=aarch64,ppc64le,s390x,x86_64 module=nodejs:18",
            "  AlmaLinux:9 nodejs-devel <1:18.17.1-1.module_el9.2.0+36+853e48f5 \
             arch=aarch64,ppc64le,s390x,x86_64 module=nodejs:18",
            "  AlmaLinux:9 nodejs-docs <1:18.17.1-1.module_el9.2.0+36+853e48f5 \
             module=nodejs:18",
            "  AlmaLinux:9 nodejs-full-i18n <1:18.17.1-1.module_el9.2.0+36+853e48f5 \
             arch=aarch64,ppc64le,s390x,x86_64 module=nodejs:18",
            "  AlmaLinux:9 nodejs-nodemon <3.0.1-1.module_el9.2.0+36+853e48f5 \
             module=nodejs:18",
            "  AlmaLinux:9 nodejs-packaging <2021.06-4.module_el9.1.0+13+d9a595ea \
             module=nodejs:18",
            "  AlmaLinux:9 nodejs-packaging-bundler \
             <2021.06-4.module_el9.1.0+13+d9a595ea module=nodejs:18",
            "  AlmaLinux:9 npm <1:9.6.7-1.18.17.1.1.module_el8.8.0+3613+1ed8c91d \
             arch=aarch64,ppc64le,s390x,x86_64 module=nodejs:18",
        ],
    );
}

#[test]
fn debian() {
    check_feed(
        &DEBIAN,
        "debian/oval-definitions-bullseye.xml",
        document!("bullseye"),
        &[
            "CVE-2016-5405",
            "  Debian:11 389-ds-base <1.3.5.15-1",
            "CVE-2016-5416",
            "  Debian:11 389-ds-base <0",
            "CVE-2022-31625",
            "  Debian:11 php7.4 <7.4.30-1+deb11u1",
            "DSA-5179-1 covers=CVE-2022-31625,CVE-2022-31626",
            "  Debian:11 php7.4 <7.4.30-1+deb11u1",
        ],
    );
}
