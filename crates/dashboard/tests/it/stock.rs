//! A store with findings, keys, and the dashboard over it.

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering::Relaxed},
    },
};

use api::{keys::StoredKeys, token::Sealer};
use findings::{
    finding::{
        Adjustment, Assessment, Details, Finding, FindingType, FixAvailable, InspectorScore,
        KnownExploited, NetworkDetails, Observation, PackageDetails, PackageMatch, PathStep,
        VulnerabilityFacts, VulnerablePackage,
    },
    lifecycle::{Coverage, Evaluation, reconcile},
    reach::{Explained, Hop, Listener},
    resource::{Image, Instance, Resource, ResourceDetails, ResourceType},
};
use lynkeus_dashboard::{Dashboard, DatabaseState, Feed, Remedy, Sent, Service, Settings, router};
use model::{Severity, Timestamp, VexProduct, VexStatement, VexStatus};
use store::{
    Engine, Scope,
    keep::{self, timestamp},
    keys::{self, MasterKey, NewKey, Role},
    resources::{self, Covered},
    vex,
};

use crate::browser::Browser;

pub(crate) const ACCOUNT: &str = "123456789012";
pub(crate) const REGION: &str = "eu-west-1";

/// A name that would be a script if it were not escaped.
pub(crate) const EVIL: &str = "<script>alert(1)</script>\"'&";

/// 2026-01-31, noon.
pub(crate) const NOW: i64 = 1_769_860_800_000;

pub(crate) fn scope() -> Scope {
    Scope::new(ACCOUNT, REGION)
}

struct Answers(Arc<Engine>);

impl Service for Answers {
    fn database(&self) -> DatabaseState {
        DatabaseState {
            digest: "sha256:0".to_owned(),
            built: timestamp(NOW - 3_600_000),
            is_starter: false,
            updates: None,
            feeds: vec![Feed {
                name: "debian-tracker".to_owned(),
                publisher: "Debian".to_owned(),
                data_date: None,
                trouble: Some(EVIL.to_owned()),
            }],
        }
    }

    fn remedies(&self, _: &Scope, instance: &str, _: &Finding) -> Vec<Remedy> {
        vec![Remedy {
            changes: vec![format!("sg-1,ingress,tcp,22,0.0.0.0/0 {EVIL}")],
            commands: vec!["aws ec2 revoke-security-group-ingress".to_owned()],
            remains: vec![format!("Port 22 from 203.0.113.0/24 {EVIL}")],
            also_closes: vec![format!("{instance}: Port 23 {EVIL}")],
            shared_with: vec!["eni-2".to_owned()],
        }]
    }

    fn compare(&self, _: &VulnerablePackage, a: &str, b: &str) -> Ordering {
        a.cmp(b)
    }

    /// A document says the id of a vulnerability; one of markup is refused.
    fn add_vex(&self, sent: &Sent<'_>) -> Result<(), api::Error> {
        let id = String::from_utf8(sent.content.to_vec()).unwrap();
        if id.contains('<') {
            return Err(api::Error::invalid(id));
        }
        let statement = VexStatement {
            vulnerabilities: vec![id],
            products: vec![VexProduct::default()],
            status: VexStatus::NotAffected,
            justification: Some("component_not_present".to_owned()),
            impact: Some(EVIL.to_owned()),
            action: None,
            timestamp: None,
            author: EVIL.to_owned(),
            document: sent.name.to_owned(),
            place: "1".to_owned(),
        };
        let now = sent.now.as_millisecond();
        let statements = std::slice::from_ref(&statement);
        let kept = self.0.write(|tx| {
            let new = vex::New {
                name: sent.name,
                statements,
                problems: &[],
                sender: &sent.sender,
            };
            vex::put(tx, sent.scope, &new, now)
        })?;
        kept.map(drop).ok_or_else(|| api::Error::invalid("full"))
    }

    fn remove_vex(&self, scope: &Scope, id: &str, _: Timestamp) -> Result<(), api::Error> {
        let removed = self.0.write(|tx| vex::remove(tx, scope, id))?;
        let missing = || api::Error::NotFound("There is no such document".to_owned());
        removed.map(|_| ()).ok_or_else(missing)
    }
}

/// A dashboard with a clock that tests set.
pub(crate) struct Stock {
    pub(crate) engine: Arc<Engine>,
    pub(crate) dashboard: Arc<Dashboard>,
    pub(crate) admin: NewKey,
    pub(crate) reader: NewKey,
    pub(crate) clock: Arc<AtomicI64>,
}

impl Stock {
    /// A dashboard over the database at an address, filled.
    pub(crate) fn new(address: &str) -> Self {
        let engine = Arc::new(store::open(address).unwrap());
        let master = MasterKey::generate();
        let create = |role| engine.write(|tx| keys::create(tx, &master, ACCOUNT, role, NOW));
        let (admin, reader) = (create(Role::Admin).unwrap(), create(Role::Reader).unwrap());
        fill(&engine);
        let clock = Arc::new(AtomicI64::new(NOW));
        let time = Arc::clone(&clock);
        let dashboard = Dashboard::new(Settings {
            engine: Arc::clone(&engine),
            credentials: Box::new(StoredKeys::new(Arc::clone(&engine), master)),
            sealer: Sealer::new(vec![7; 32]),
            service: Box::new(Answers(Arc::clone(&engine))),
            region: REGION.to_owned(),
            now: Box::new(move || timestamp(time.load(Relaxed))),
        });
        Self {
            engine,
            dashboard: Arc::new(dashboard),
            admin,
            reader,
            clock,
        }
    }

    pub(crate) fn stranger(&self) -> Browser {
        Browser::new(router(Arc::clone(&self.dashboard)))
    }

    /// Someone who is signed in with a key.
    pub(crate) fn browser(&self, key: &NewKey) -> Browser {
        let mut browser = self.stranger();
        let shown = browser.sign_in(&key.id, &key.secret);
        assert_eq!(shown.location(), "/", "{}", shown.text);
        browser
    }
}

fn package(name: &str, number: usize) -> VulnerablePackage {
    VulnerablePackage {
        purl_type: "deb".to_owned(),
        name: name.to_owned(),
        version: "3.0.11-1".to_owned(),
        arch: Some("amd64".to_owned()),
        path: Some("var/lib/dpkg/status".to_owned()),
        layer: None,
        of_system: true,
        fixed_version: number
            .is_multiple_of(2)
            .then(|| format!("3.0.{}-1", 12 + number % 4)),
        fix_state: "not fixed".to_owned(),
        matches: vec![PackageMatch {
            advisory: format!("DSA-{number}"),
            feed: "debian-tracker".to_owned(),
            namespace: "Debian:12".to_owned(),
            name: format!("{name}-source"),
            version: "3.0.11-1".to_owned(),
            via_source: true,
            scheme: "deb".to_owned(),
            range: "< 3.0.15-1".to_owned(),
            fixed_version: None,
        }],
    }
}

/// Names of packages by the number of the finding.
pub(crate) fn name(number: usize) -> &'static str {
    match number % 4 {
        0 => "openssl",
        1 => "zlib1g",
        2 => "curl",
        _ => EVIL,
    }
}

fn severity(number: usize) -> Severity {
    Severity::ALL[number % Severity::ALL.len()]
}

fn observation(number: usize) -> Observation {
    let vulnerability = format!("CVE-2024-{number:04}");
    let package = package(name(number), number);
    let base = f64::from(u32::try_from(number % 100).unwrap()) / 10.0;
    Observation {
        key: vulnerability.clone(),
        kind: FindingType::PackageVulnerability,
        title: format!("{vulnerability} - {}", name(number)),
        severity: severity(number),
        severity_reason: "by the score of NVD".to_owned(),
        risk: Vec::new(),
        vex: Vec::new(),
        score: Some(InspectorScore {
            value: base,
            vector: "CVSS:3.1/AV:L".to_owned(),
            version: "3.1".to_owned(),
            source: "NVD".to_owned(),
            base,
            base_vector: "CVSS:3.1/AV:N".to_owned(),
            adjustments: vec![Adjustment {
                metric: "AV".to_owned(),
                reason: "no path from the internet".to_owned(),
            }],
        }),
        fix: Some(if package.fixed_version.is_some() {
            FixAvailable::Yes
        } else {
            FixAvailable::No
        }),
        exploit_available: Some(number.is_multiple_of(5)),
        vendor_severity: Some("important".to_owned()),
        details: Details::Package(PackageDetails {
            vulnerability,
            packages: vec![package],
        }),
    }
}

fn facts(number: usize) -> (VulnerabilityFacts, Option<f64>) {
    let facts = VulnerabilityFacts {
        id: format!("CVE-2024-{number:04}"),
        aliases: vec![format!("GHSA-{number:04}")],
        description: Some(format!("A flaw {EVIL}")),
        cvss: vec![Assessment {
            source: "NVD".to_owned(),
            version: "3.1".to_owned(),
            vector: "CVSS:3.1/AV:N".to_owned(),
            base: 9.8,
        }],
        cwes: vec!["CWE-787".to_owned(), EVIL.to_owned()],
        references: vec![
            "https://example.org/advisory".to_owned(),
            "javascript:alert(1)".to_owned(),
            format!("https://example.org/\"onclick=\"{EVIL}"),
        ],
        kev: number.is_multiple_of(5).then(|| KnownExploited {
            added: "2024-05-01".to_owned(),
            due: Some("2024-05-22".to_owned()),
            ransomware: true,
            action: Some(EVIL.to_owned()),
        }),
        exploit_known: number.is_multiple_of(5),
        ..VulnerabilityFacts::default()
    };
    (
        facts,
        Some(f64::from(u32::try_from(number).unwrap()) / 200.0),
    )
}

fn network() -> Observation {
    Observation {
        key: "eni-1/22".to_owned(),
        kind: FindingType::NetworkReachability,
        title: "Port 22 is reachable from an Internet Gateway - TCP".to_owned(),
        severity: Severity::Medium,
        severity_reason: "SSH".to_owned(),
        score: None,
        risk: Vec::new(),
        vex: Vec::new(),
        fix: None,
        exploit_available: None,
        vendor_severity: None,
        details: Details::Network(NetworkDetails {
            protocol: "TCP".to_owned(),
            port_begin: 22,
            port_end: 22,
            steps: vec![PathStep {
                id: "igw-1".to_owned(),
                kind: "AWS::EC2::InternetGateway".to_owned(),
                arn: None,
            }],
            explained: Some(Box::new(explained())),
            description: "Port 22 is open to the internet".to_owned(),
        }),
    }
}

/// A path whose every text is hostile.
fn explained() -> Explained {
    let hop = |id: &str, kind: &str| Hop {
        id: format!("{id} {EVIL}"),
        kind: kind.to_owned(),
        rules: vec![format!("rule {EVIL}")],
    };
    Explained {
        interface: "eni-1".to_owned(),
        edge: "igw-1".to_owned(),
        sources: vec![EVIL.to_owned()],
        request: vec![
            hop("igw-1", "AWS::EC2::InternetGateway"),
            hop("sg-1", "AWS::EC2::SecurityGroup"),
            hop("i-1", "AWS::EC2::Instance"),
        ],
        reply: vec![hop("rtb-1", "AWS::EC2::RouteTable")],
        listening: vec![Listener {
            protocol: "TCP".to_owned(),
            port: 22,
            address: "0.0.0.0".to_owned(),
            process: format!("sshd {EVIL}"),
            package: Some(format!("openssh-server {EVIL}")),
        }],
        ..Explained::default()
    }
}

pub(crate) fn instance() -> Resource {
    Resource {
        kind: ResourceType::AwsEc2Instance,
        id: "i-0123456789abcdef0".to_owned(),
        tags: BTreeMap::from([("Name".to_owned(), format!("web {EVIL}"))]),
        details: ResourceDetails::Instance(Instance {
            platform: Some("DEBIAN_12".to_owned()),
            ..Instance::default()
        }),
    }
}

fn image(number: usize) -> Resource {
    let digest = format!("sha256:{number:064}");
    Resource {
        kind: ResourceType::AwsEcrContainerImage,
        id: format!("arn:aws:ecr:{REGION}:{ACCOUNT}:repository/team/app/{digest}"),
        tags: BTreeMap::new(),
        details: ResourceDetails::Image(Image {
            repository: "team/app".to_owned(),
            registry: ACCOUNT.to_owned(),
            digest,
            tags: vec![format!("v{number}")],
            ..Image::default()
        }),
    }
}

/// Observes things of a resource, completely.
pub(crate) fn observe(
    engine: &Engine,
    scope: &Scope,
    resource: &Resource,
    observations: &[Observation],
    now: i64,
) {
    let kinds = [
        FindingType::PackageVulnerability,
        FindingType::NetworkReachability,
    ];
    let written = engine.write(|tx| {
        let stored = resources::put(tx, scope, resource, now)?;
        let mut current: Vec<Finding> = Vec::new();
        for kind in kinds {
            current.extend(keep::of_resource(tx, stored.number, kind, None)?);
        }
        let rules = |_: &Finding| Vec::new();
        let evaluation = Evaluation {
            account: &scope.account,
            region: &scope.region,
            resource: &resource.id,
            coverage: Coverage::Complete(&kinds),
            now: timestamp(now),
            rules: &rules,
        };
        let changes = reconcile(current, observations.to_vec(), &evaluation);
        keep::save(tx, scope, &stored, &changes)?;
        let covered = Covered {
            scan_type: "PACKAGE",
            active: true,
            reason: "SUCCESSFUL",
            detail: Some(EVIL),
            scan_mode: None,
            scanned_at: Some(now),
        };
        resources::set_coverage(tx, scope, stored.number, &covered)
    });
    written.unwrap();
}

/// 180 active findings on three resources and one in the network, one closed, one in an account
/// that nobody here may see, one resource that is not covered.
fn fill(engine: &Engine) {
    let at: Timestamp = timestamp(NOW - 86_400_000);
    let at = at.as_millisecond();
    let all: Vec<_> = (0..120).map(facts).collect();
    engine.write(|tx| keep::put_facts(tx, &all)).unwrap();
    let some = |range: std::ops::Range<usize>| range.map(observation).collect::<Vec<_>>();
    let mut host = some(0..61);
    observe(engine, &scope(), &instance(), &host, at - 1000);
    host.pop();
    host.push(network());
    observe(engine, &scope(), &instance(), &host, at);
    observe(engine, &scope(), &image(1), &some(0..60), at);
    observe(engine, &scope(), &image(2), &some(60..120), at);
    let other = Scope::new("999999999999", REGION);
    observe(engine, &other, &image(9), &some(0..1), at);
    let uncovered = Covered {
        scan_type: "PACKAGE",
        active: false,
        reason: "UNSUPPORTED_OS",
        detail: None,
        scan_mode: None,
        scanned_at: None,
    };
    let written = engine.write(|tx| {
        let stored = resources::put(tx, &scope(), &image(3), at)?;
        resources::set_coverage(tx, &scope(), stored.number, &uncovered)
    });
    written.unwrap();
}
