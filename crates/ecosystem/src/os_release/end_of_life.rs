//! The last day of each release's ordinary support.
//!
//! A release without a row never ends here: no finding says that its support has. Rolling systems
//! have none. SLE Micro, SL Micro and Leap Micro have dates for each minor release (four years, two
//! from Leap Micro 16 on; <https://www.suse.com/lifecycle>, <https://en.opensuse.org/Lifetime>) that
//! were not at hand, and Bottlerocket's variants end one by one with what they run
//! (<https://github.com/bottlerocket-os/bottlerocket>, "Variants").

/// End of Debian LTS, which is free to every user (distro-info-data 0.58+deb12u7, `debian.csv`,
/// column `eol-lts`; <https://wiki.debian.org/LTS>).
pub(super) const DEBIAN: &[(&str, &str)] = &[
    ("4", "2010-02-15"),
    ("5", "2012-02-06"),
    ("6", "2016-02-29"),
    ("7", "2018-05-31"),
    ("8", "2020-06-30"),
    ("9", "2022-06-30"),
    ("10", "2024-06-30"),
    ("11", "2026-08-31"),
    ("12", "2028-06-30"),
    ("13", "2030-06-30"),
];

/// End of standard security maintenance (distro-info-data 0.58+deb12u7, `ubuntu.csv`, column
/// `eol`); Ubuntu Pro is an extension that needs a subscription.
pub(super) const UBUNTU: &[(&str, &str)] = &[
    ("12.04:LTS", "2017-04-28"),
    ("12.10", "2014-05-16"),
    ("13.04", "2014-01-27"),
    ("13.10", "2014-07-17"),
    ("14.04:LTS", "2019-04-25"),
    ("14.10", "2015-07-23"),
    ("15.04", "2016-02-04"),
    ("15.10", "2016-07-28"),
    ("16.04:LTS", "2021-04-30"),
    ("16.10", "2017-07-20"),
    ("17.04", "2018-01-13"),
    ("17.10", "2018-07-19"),
    ("18.04:LTS", "2023-05-31"),
    ("18.10", "2019-07-18"),
    ("19.04", "2020-01-23"),
    ("19.10", "2020-07-17"),
    ("20.04:LTS", "2025-05-29"),
    ("20.10", "2021-07-22"),
    ("21.04", "2022-01-20"),
    ("21.10", "2022-07-14"),
    ("22.04:LTS", "2027-06-01"),
    ("22.10", "2023-07-20"),
    ("23.04", "2024-01-25"),
    ("23.10", "2024-07-11"),
    ("24.04:LTS", "2029-05-31"),
    ("24.10", "2025-07-10"),
    ("25.04", "2026-01-15"),
    ("25.10", "2026-07-09"),
    ("26.04:LTS", "2031-05-29"),
    ("26.10", "2027-07-15"),
];

/// End of support of each branch (<https://alpinelinux.org/releases/>).
pub(super) const ALPINE: &[(&str, &str)] = &[
    ("v3.0", "2016-05-01"),
    ("v3.1", "2016-11-01"),
    ("v3.2", "2017-05-01"),
    ("v3.3", "2017-11-01"),
    ("v3.4", "2018-05-01"),
    ("v3.5", "2018-11-01"),
    ("v3.6", "2019-05-01"),
    ("v3.7", "2019-11-01"),
    ("v3.8", "2020-05-01"),
    ("v3.9", "2020-11-01"),
    ("v3.10", "2021-05-01"),
    ("v3.11", "2021-11-01"),
    ("v3.12", "2022-05-01"),
    ("v3.13", "2022-11-01"),
    ("v3.14", "2023-05-01"),
    ("v3.15", "2023-11-01"),
    ("v3.16", "2024-05-23"),
    ("v3.17", "2024-11-22"),
    ("v3.18", "2025-05-09"),
    ("v3.19", "2025-11-01"),
    ("v3.20", "2026-04-01"),
    ("v3.21", "2026-11-01"),
    ("v3.22", "2027-05-01"),
    ("v3.23", "2027-11-01"),
];

/// End of maintenance support; the extended life cycle is an add-on
/// (<https://access.redhat.com/support/policy/updates/errata>).
pub(super) const RHEL: &[(&str, &str)] = &[
    ("4", "2012-02-29"),
    ("5", "2017-03-31"),
    ("6", "2020-11-30"),
    ("7", "2024-06-30"),
    ("8", "2029-05-31"),
    ("9", "2032-05-31"),
    ("10", "2035-05-31"),
];

/// <https://wiki.centos.org/About/Product>; CentOS Linux 8 ended early.
pub(super) const CENTOS: &[(&str, &str)] = &[
    ("5", "2017-03-31"),
    ("6", "2020-11-30"),
    ("7", "2024-06-30"),
    ("8", "2021-12-31"),
];

/// <https://www.centos.org/cl-vs-cs/>: until the RHEL of the same number leaves full support.
pub(super) const CENTOS_STREAM: &[(&str, &str)] = &[
    ("8", "2024-05-31"),
    ("9", "2027-05-31"),
    ("10", "2030-01-01"),
];

/// End of security support (<https://wiki.almalinux.org/release-notes/>).
pub(super) const ALMA: &[(&str, &str)] = &[
    ("8", "2029-03-01"),
    ("9", "2032-05-31"),
    ("10", "2035-05-31"),
];

/// <https://wiki.rockylinux.org/rocky/version/>.
pub(super) const ROCKY: &[(&str, &str)] = &[
    ("8", "2029-05-31"),
    ("9", "2032-05-31"),
    ("10", "2035-05-31"),
];

/// End of premier support; Oracle gives the month, so its last day
/// (<https://www.oracle.com/a/ocom/docs/elsp-lifetime-069338.pdf>).
pub(super) const ORACLE: &[(&str, &str)] = &[
    ("5", "2017-06-30"),
    ("6", "2021-03-31"),
    ("7", "2024-12-31"),
    ("8", "2029-07-31"),
    ("9", "2032-06-30"),
    ("10", "2035-06-30"),
];

/// <https://docs.fedoraproject.org/en-US/releases/eol/>; supported ones from the schedules at
/// <https://fedorapeople.org/groups/schedule/>.
pub(super) const FEDORA: &[(&str, &str)] = &[
    ("20", "2015-06-23"),
    ("21", "2015-12-01"),
    ("22", "2016-07-19"),
    ("23", "2016-12-20"),
    ("24", "2017-08-08"),
    ("25", "2017-12-12"),
    ("26", "2018-05-29"),
    ("27", "2018-11-30"),
    ("28", "2019-05-28"),
    ("29", "2019-11-26"),
    ("30", "2020-05-26"),
    ("31", "2020-11-24"),
    ("32", "2021-05-25"),
    ("33", "2021-11-30"),
    ("34", "2022-06-07"),
    ("35", "2022-12-13"),
    ("36", "2023-05-16"),
    ("37", "2023-12-05"),
    ("38", "2024-05-21"),
    ("39", "2024-11-26"),
    ("40", "2025-05-13"),
    ("41", "2025-12-15"),
    ("42", "2026-05-13"),
    ("43", "2026-12-09"),
];

/// The first generation's maintenance support
/// (<https://aws.amazon.com/blogs/aws/update-on-amazon-linux-ami-end-of-life/>), the others'
/// support (<https://aws.amazon.com/amazon-linux-2/faqs/>,
/// <https://aws.amazon.com/linux/amazon-linux-2023/faqs/>). 2022 was a preview of 2023.
pub(super) const AMAZON: &[(&str, &str)] = &[
    ("1", "2023-12-31"),
    ("2", "2026-06-30"),
    ("2022", "2023-03-15"),
    ("2023", "2029-06-30"),
];

/// End of general support; long-term service pack support is an extension
/// (<https://www.suse.com/lifecycle>).
pub(super) const SLES: &[(&str, &str)] = &[
    ("Linux Enterprise Server 11", "2010-12-31"),
    ("Linux Enterprise Server 11 SP1", "2012-08-31"),
    ("Linux Enterprise Server 11 SP2", "2014-01-31"),
    ("Linux Enterprise Server 11 SP3", "2016-01-31"),
    ("Linux Enterprise Server 11 SP4", "2019-03-31"),
    ("Linux Enterprise Server 12", "2016-06-30"),
    ("Linux Enterprise Server 12 SP1", "2017-05-31"),
    ("Linux Enterprise Server 12 SP2", "2018-03-31"),
    ("Linux Enterprise Server 12 SP3", "2019-06-30"),
    ("Linux Enterprise Server 12 SP4", "2020-06-30"),
    ("Linux Enterprise Server 12 SP5", "2024-10-31"),
    ("Linux Enterprise Server 15", "2019-12-31"),
    ("Linux Enterprise Server 15 SP1", "2021-01-31"),
    ("Linux Enterprise Server 15 SP2", "2021-12-31"),
    ("Linux Enterprise Server 15 SP3", "2022-12-31"),
    ("Linux Enterprise Server 15 SP4", "2023-12-31"),
    ("Linux Enterprise Server 15 SP5", "2024-12-31"),
    ("Linux Enterprise Server 15 SP6", "2025-12-31"),
    ("Linux Enterprise Server 15 SP7", "2031-07-31"),
    ("Linux Enterprise Server 16.0", "2027-11-30"),
];

/// <https://en.opensuse.org/Lifetime>.
pub(super) const LEAP: &[(&str, &str)] = &[
    ("Leap 42.1", "2017-05-17"),
    ("Leap 42.2", "2018-01-26"),
    ("Leap 42.3", "2019-07-01"),
    ("Leap 15.0", "2019-12-03"),
    ("Leap 15.1", "2021-02-02"),
    ("Leap 15.2", "2022-01-04"),
    ("Leap 15.3", "2022-12-31"),
    ("Leap 15.4", "2023-12-07"),
    ("Leap 15.5", "2024-12-31"),
    ("Leap 15.6", "2026-04-30"),
    ("Leap 16.0", "2027-10-31"),
];

/// <https://learn.microsoft.com/azure/azure-linux/release-cadence-lifecycle>.
pub(super) const AZURE: &[(&str, &str)] = &[("3", "2027-08-31")];

/// Same source as Azure Linux, under its former name.
pub(super) const MARINER: &[(&str, &str)] = &[("1.0", "2023-08-31"), ("2.0", "2025-07-31")];

/// <https://github.com/vmware/photon/wiki> and the dates that endoflife.date gives for it.
///
/// 5.0 is open: its announcement names no date. By its maintainers it is supported as long as
/// Broadcom's Cloud Foundation 9, as 3.0 and 4.0 were with vSphere 7 and 8
/// (<https://github.com/endoflife-date/endoflife.date/pull/9025>).
pub(super) const PHOTON: &[(&str, &str)] = &[
    ("1.0", "2022-02-28"),
    ("2.0", "2022-12-01"),
    ("3.0", "2025-10-02"),
    ("4.0", "2027-10-11"),
];
