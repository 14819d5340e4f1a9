//! Scenarios: inventory lines and advisory lines in, matches out.

use std::collections::BTreeMap;

use ecosystem::by_namespace;
use model::{
    Candidate, CandidateRange, CandidateSource, FixState, Inventory, KeyEnd, Keyed,
    OperatingSystem, Package, PurlType, Qualifiers, SourcePackage,
};

use crate::{Options, packages};

/// An advisory statement that owns its keys.
struct Statement {
    id: String,
    versions: Vec<(Vec<u8>, String)>,
    introduced: Option<usize>,
    end: Option<(char, usize)>,
    listed: Vec<usize>,
    fix: FixState,
    qualifiers: Qualifiers,
}

#[derive(Default)]
struct Statements(BTreeMap<(String, String), Vec<(u32, Statement)>>);

impl CandidateSource for Statements {
    fn candidates<'k>(
        &self,
        namespace: &str,
        name: &str,
        _: &dyn Fn() -> Option<&'k [u8]>,
        visit: &mut dyn FnMut(&Candidate<'_>),
    ) {
        let key = (namespace.to_owned(), name.to_owned());
        for (number, statement) in self.0.get(&key).into_iter().flatten() {
            visit(&statement.candidate(*number));
        }
    }
}

impl Statement {
    fn keyed(&self, index: usize) -> Keyed<'_> {
        let (key, text) = &self.versions[index];
        Keyed { key, text }
    }

    fn candidate(&self, advisory: u32) -> Candidate<'_> {
        let end = self.end.map_or(KeyEnd::Open, |(kind, index)| match kind {
            '<' => KeyEnd::Fixed(self.keyed(index)),
            _ => KeyEnd::LastAffected(self.keyed(index)),
        });
        let introduced = self.introduced.map(|index| self.keyed(index));
        let ranges = if self.listed.is_empty() {
            vec![CandidateRange { introduced, end }]
        } else {
            Vec::new()
        };
        Candidate {
            advisory,
            ranges,
            versions: self.listed.iter().map(|index| self.keyed(*index)).collect(),
            fix: self.fix,
            severity: None,
            qualifiers: self.qualifiers.clone(),
        }
    }

    /// `ID namespace name [>=v] [<v|<=v] [=v] [module=m] [arch=a] [platform=p] [state]`.
    fn parse(line: &str) -> (String, String, Self) {
        let mut words = line.split_whitespace();
        let id = words.next().unwrap().to_owned();
        let namespace = words.next().unwrap().replace('_', " ");
        let name = words.next().unwrap().to_owned();
        let scheme = by_namespace(&namespace).expect("a known namespace").scheme;
        let mut statement = Self {
            id,
            versions: Vec::new(),
            introduced: None,
            end: None,
            listed: Vec::new(),
            fix: FixState::FromRanges,
            qualifiers: Qualifiers::default(),
        };
        for word in words {
            let mut version = |text: &str| {
                let key = (scheme.key)(text).unwrap_or_default();
                statement.versions.push((key, text.to_owned()));
                statement.versions.len() - 1
            };
            if let Some(v) = word.strip_prefix(">=") {
                statement.introduced = Some(version(v));
            } else if let Some(v) = word.strip_prefix("<=") {
                statement.end = Some(('=', version(v)));
            } else if let Some(v) = word.strip_prefix('<') {
                statement.end = Some(('<', version(v)));
            } else if let Some(v) = word.strip_prefix('=') {
                let index = version(v);
                statement.listed.push(index);
            } else if let Some(module) = word.strip_prefix("module=") {
                statement.qualifiers.module = Some(module.to_owned());
            } else if let Some(arch) = word.strip_prefix("arch=") {
                statement.qualifiers.arches.push(arch.to_owned());
            } else if let Some(platform) = word.strip_prefix("platform=") {
                statement.qualifiers.platforms.push(platform.to_owned());
            } else if word == "any" {
            } else {
                statement.fix = match word {
                    "wontfix" => FixState::WillNotFix,
                    "notaffected" => FixState::NotAffected,
                    other => panic!("unknown word {other}"),
                };
            }
        }
        (namespace, name, statement)
    }
}

/// `type name version [source=n@v] [module=m] [arch=a] [vendor=v] [owned=p] [declared]`;
/// `_` stands for a space in vendors, `-` for a version of no text.
fn package(line: &str) -> Package {
    let mut words = line.split_whitespace();
    let mut next = || words.next().unwrap().to_owned();
    let mut package = Package::new(PurlType::from_string(next()), next(), next());
    if package.version == "-" {
        package.version.clear();
    }
    for word in words {
        if let Some((name, version)) = word.strip_prefix("source=").and_then(|s| s.split_once('@'))
        {
            package.source = Some(SourcePackage {
                name: name.to_owned(),
                version: version.to_owned(),
            });
        } else if let Some(module) = word.strip_prefix("module=") {
            package.module = Some(module.to_owned());
        } else if let Some(arch) = word.strip_prefix("arch=") {
            package.arch = Some(arch.to_owned());
        } else if let Some(vendor) = word.strip_prefix("vendor=") {
            let vendor = ("vendor".to_owned(), vendor.replace('_', " "));
            package.properties.push(vendor);
        } else if let Some(owner) = word.strip_prefix("owned=") {
            package.owned_by = Some(owner.to_owned());
        } else {
            assert_eq!(word, "declared");
            package.evidence = model::Evidence::Declared;
        }
    }
    package
}

const OPTIONS: Options = Options {
    declared: false,
    container: false,
    idle_kernels: false,
};

/// Checks that the packages on a system, `id version [running kernel]`, give exactly the expected
/// `package version: ADVISORY range -> fix` lines.
fn check(system: &str, inventory: &[&str], advisories: &[&str], expected: &[&str]) {
    let mut words = system.split_whitespace().map(str::to_owned);
    let os = words.next().map(|id| OperatingSystem {
        id,
        version_id: words.next().unwrap_or_default(),
        running_kernel: words.next(),
        ..OperatingSystem::default()
    });
    let inventory = Inventory {
        os,
        packages: inventory.iter().map(|line| package(line)).collect(),
        complete: true,
        ..Inventory::default()
    };
    let mut statements = Statements::default();
    let mut ids = Vec::new();
    for line in advisories {
        let (namespace, name, statement) = Statement::parse(line);
        let number = u32::try_from(ids.len()).unwrap();
        ids.push(statement.id.clone());
        statements
            .0
            .entry((namespace, name))
            .or_default()
            .push((number, statement));
    }
    let found: Vec<_> = packages(&inventory, &statements, OPTIONS)
        .into_iter()
        .map(|d| {
            let package = &inventory.packages[d.package];
            let fix = d.fixed_version.unwrap_or_else(|| format!("{:?}", d.fix));
            let id = &ids[d.advisory as usize];
            format!(
                "{} {}: {id} {} -> {fix}",
                package.name, package.version, d.reason.range
            )
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn a_debian_package_is_matched_by_its_source() {
    check(
        "debian 12",
        &[
            "deb libc6 2.36-9+deb12u4 source=glibc@2.36-9+deb12u4",
            "deb libc-bin 2.36-9+deb12u7 source=glibc@2.36-9+deb12u7",
            "deb tool 1.0+b2 source=tool@1.0",
        ],
        &[
            "CVE-1 Debian:12 glibc <2.36-9+deb12u7",
            "CVE-2 Debian:11 glibc <9",
            "CVE-3 Debian:12 libc6 <9",
            "CVE-4 Debian:12 tool <1.0+b1",
            "CVE-5 Debian:12 glibc wontfix",
        ],
        &[
            "libc6 2.36-9+deb12u4: CVE-1 < 2.36-9+deb12u7 -> 2.36-9+deb12u7",
            "libc6 2.36-9+deb12u4: CVE-5 all versions -> WillNotFix",
            "libc-bin 2.36-9+deb12u7: CVE-5 all versions -> WillNotFix",
            "tool 1.0+b2: CVE-4 < 1.0+b1 -> 1.0+b1",
        ],
    );
}

#[test]
fn only_the_running_kernel_is_matched_and_by_the_kernel_s_source() {
    let packages = [
        "deb linux-image-6.1.0-18-amd64 6.1.76-1 source=linux-signed-amd64@6.1.76+1",
        "deb linux-image-6.1.0-17-amd64 6.1.69-1 source=linux-signed-amd64@6.1.69+1",
        "deb linux-libc-dev 6.1.76-1 source=linux@6.1.76-1",
    ];
    let advisories = ["CVE-1 Debian:12 linux <6.1.90-1"];
    let running = "linux-image-6.1.0-18-amd64 6.1.76-1: CVE-1 < 6.1.90-1 -> 6.1.90-1";
    let other = "linux-image-6.1.0-17-amd64 6.1.69-1: CVE-1 < 6.1.90-1 -> 6.1.90-1";
    // Headers are of the same source, and none of their code runs.
    check(
        "debian 12 6.1.0-18-amd64",
        &packages,
        &advisories,
        &[running],
    );
    // A disk does not say which kernel it boots.
    check("debian 12", &packages, &advisories, &[running, other]);
}

#[test]
fn a_stated_not_affected_is_no_match() {
    check(
        "debian 12",
        &["deb a 1 source=a@1"],
        &["CVE-1 Debian:12 a notaffected", "CVE-2 Debian:12 a >=2"],
        &[],
    );
}

#[test]
fn a_source_statement_of_red_hat_reaches_every_binary_of_that_source() {
    check(
        "rhel 9.4",
        &[
            "rpm openssl-libs 1:3.0.7-1.el9 arch=x86_64 source=openssl@1:3.0.7-1.el9",
            "rpm openssl 1:3.0.7-1.el9 arch=x86_64 source=openssl@1:3.0.7-1.el9",
            "rpm tzdata 1-1.el9 arch=noarch source=tzdata@1-1.el9",
            "rpm openssl-doc 1-1.el9 arch=noarch source=docs@1-1.el9",
            "rpm docs 1-1.el9 arch=noarch source=other@1-1.el9",
            "rpm orphan 1-1.el9 arch=x86_64",
        ],
        &[
            "CVE-1 Red_Hat:9 openssl arch=src wontfix",
            "CVE-2 Red_Hat:9 openssl-libs arch=x86_64 <1:3.0.7-2.el9",
            // Binary statements say nothing of other binaries of the source of that name.
            "CVE-3 Red_Hat:9 openssl arch=x86_64 <1:3.0.7-2.el9",
            // A source is no binary of that name, whatever the binary's architecture.
            "CVE-4 Red_Hat:9 docs arch=src any",
            "CVE-5 Red_Hat:9 orphan arch=src any",
            "CVE-6 Red_Hat:9 tzdata arch=noarch any",
        ],
        &[
            "openssl-libs 1:3.0.7-1.el9: CVE-2 < 1:3.0.7-2.el9 -> 1:3.0.7-2.el9",
            "openssl-libs 1:3.0.7-1.el9: CVE-1 all versions -> WillNotFix",
            "openssl 1:3.0.7-1.el9: CVE-3 < 1:3.0.7-2.el9 -> 1:3.0.7-2.el9",
            "openssl 1:3.0.7-1.el9: CVE-1 all versions -> WillNotFix",
            "tzdata 1-1.el9: CVE-6 all versions -> NotFixed",
            "openssl-doc 1-1.el9: CVE-4 all versions -> NotFixed",
        ],
    );
}

#[test]
fn a_platform_must_be_the_system_s() {
    let packages = ["rpm bash 5.1-1.el9 arch=x86_64"];
    let advisories = [
        "CVE-1 Red_Hat:9 bash platform=cpe:/o:redhat:enterprise_linux:9::baseos any",
        "CVE-2 Red_Hat:9 bash platform=cpe:/a:redhat:enterprise_linux:9::appstream any",
        "CVE-3 Red_Hat:9 bash platform=cpe:/o:redhat:rhel_eus:9.0::baseos any",
        "CVE-4 Red_Hat:9 bash platform=cpe:/a:redhat:openshift:4.13::el9 any",
        "CVE-5 Red_Hat:9 bash platform=amzn2extra-bash any",
    ];
    for system in ["rhel 9.4", "centos 9", "centos 9.4.2111"] {
        check(
            system,
            &packages,
            &advisories,
            &[
                "bash 5.1-1.el9: CVE-1 all versions -> NotFixed",
                "bash 5.1-1.el9: CVE-2 all versions -> NotFixed",
                "bash 5.1-1.el9: CVE-5 all versions -> NotFixed",
            ],
        );
    }
}

#[test]
fn epel_speaks_of_fedora_s_packages_only() {
    check(
        "rhel 9.4",
        &[
            "rpm a 1-1.el9 vendor=Fedora_Project",
            "rpm a 1-2.el9 vendor=Red_Hat,_Inc.",
            "rpm a 1-3.el9",
        ],
        &["CVE-1 Red_Hat:9 a <2 platform=epel"],
        &["a 1-1.el9: CVE-1 < 2 -> 2", "a 1-3.el9: CVE-1 < 2 -> 2"],
    );
}

#[test]
fn fixes_sold_with_ubuntu_pro_are_not_asked_of_others() {
    check(
        "ubuntu 22.04",
        &["deb a 1 source=a@1"],
        &[
            "CVE-1 Ubuntu:22.04:LTS a <2",
            "CVE-2 Ubuntu:Pro:22.04:LTS a <3",
        ],
        &["a 1: CVE-1 < 2 -> 2"],
    );
}

#[test]
fn a_version_that_is_none_matches_letter_by_letter_only() {
    check(
        "",
        &[
            "golang example.org/m (devel)",
            "golang example.org/m -",
            "npm n not.a.version",
            "npm n -",
            "pypi p -",
            "pypi p 1.0-what",
        ],
        &[
            "G-1 Go example.org/m any",
            "G-2 Go example.org/m <1.2.3",
            "G-3 Go example.org/m =(devel)",
            "N-1 npm n any",
            "N-2 npm n =not.a.version",
            "P-1 PyPI p any",
            "P-2 PyPI p =1.0-what =2",
        ],
        &[
            "example.org/m (devel): G-3 = (devel) -> NotFixed",
            "n not.a.version: N-2 = not.a.version -> NotFixed",
            "p 1.0-what: P-2 = 1.0-what -> NotFixed",
        ],
    );
}

#[test]
fn a_module_s_packages_are_told_from_the_rest() {
    check(
        "rhel 8.9",
        &[
            "rpm nodejs 1:18.1-1.module+el8.9 arch=x86_64 module=nodejs:18:8090:abc:x86_64",
            "rpm nodejs 1:20.1-1.module+el8.9 arch=x86_64 module=nodejs:20:8090:abc:x86_64",
            "rpm nodejs 1:10.1-1.el8 arch=x86_64",
        ],
        &[
            "CVE-1 Red_Hat:8 nodejs <1:18.9-1.module+el8.9 module=nodejs:18",
            "CVE-2 Red_Hat:8 nodejs <1:30-1 module=",
            "CVE-3 Red_Hat:8 nodejs <1:30-1.module+el8",
        ],
        &[
            "nodejs 1:18.1-1.module+el8.9: CVE-1 < 1:18.9-1.module+el8.9 -> 1:18.9-1.module+el8.9",
            "nodejs 1:18.1-1.module+el8.9: CVE-3 < 1:30-1.module+el8 -> 1:30-1.module+el8",
            "nodejs 1:20.1-1.module+el8.9: CVE-3 < 1:30-1.module+el8 -> 1:30-1.module+el8",
            "nodejs 1:10.1-1.el8: CVE-2 < 1:30-1 -> 1:30-1",
        ],
    );
}
