//! Random resources, findings and criteria from a seed.

use std::collections::BTreeMap;

use findings::{
    criteria::{
        Comparison, Conditions, Criteria, DateRange, Kind, MEMBERS, Member, NumberRange,
        PackageCondition, PortRange, TagCondition, TextCondition,
    },
    finding::{
        Details, Finding, FindingType, FixAvailable, InspectorScore, NetworkDetails, Observation,
        PackageDetails, PackageMatch, PathStep, VulnerabilityFacts, VulnerablePackage,
    },
    lifecycle::{Coverage, Evaluation, reconcile},
    resource::{Function, Image, Instance, Resource, ResourceDetails, ResourceType},
};
use model::Severity;

use crate::{Scope, StoreError, Tx, keep, listing::Listed, resources};

/// `SplitMix64`.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below the end")
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        self.chance(70).then_some(value)
    }

    fn moment(&mut self) -> i64 {
        i64::try_from(self.below(5)).expect("small") * 1_000_500
    }
}

const WORDS: [&str; 8] = ["a", "ab", "abc", "b", "A", "é", "zlib%", "a_c"];

fn word(random: &mut Random) -> String {
    (*random.pick(&WORDS)).to_owned()
}

pub(crate) fn resource(random: &mut Random, number: usize) -> Resource {
    let (kind, details) = match random.below(4) {
        0 => (
            ResourceType::AwsEc2Instance,
            ResourceDetails::Instance(Instance {
                image_id: Some(format!("ami-{}", random.below(3))),
                vpc: Some(word(random)).filter(|_| number.is_multiple_of(2)),
                subnet: Some(word(random)),
                platform: Some(format!("DEBIAN_{}", random.below(3))),
                ..Instance::default()
            }),
        ),
        1 | 2 => (
            ResourceType::AwsEcrContainerImage,
            ResourceDetails::Image(Image {
                repository: word(random),
                registry: "123456789012".to_owned(),
                digest: format!("sha256:{number}"),
                tags: (0..random.below(3)).map(|_| word(random)).collect(),
                architecture: random.pick(&[None, Some("amd64".to_owned())]).clone(),
                pushed_at: random.pick(&[None, Some(1_000), Some(2_000)]).to_owned(),
                last_in_use_at: random.pick(&[None, Some(1_000), Some(2_000)]).to_owned(),
                in_use_count: random.pick(&[None, Some(0), Some(3)]).to_owned(),
                ..Image::default()
            }),
        ),
        _ => (
            ResourceType::AwsLambdaFunction,
            ResourceDetails::Function(Function {
                name: word(random),
                runtime: word(random),
                role: word(random),
                layers: (0..random.below(3)).map(|_| word(random)).collect(),
                modified_at: random.pick(&[None, Some(1_000), Some(2_000)]).to_owned(),
                ..Function::default()
            }),
        ),
    };
    Resource {
        kind,
        id: format!("{}-{number}", word(random)),
        tags: (0..random.below(3))
            .map(|_| (word(random), word(random)))
            .collect(),
        details,
    }
}

fn package(random: &mut Random, vulnerability: &str) -> VulnerablePackage {
    let advisory = (*random.pick(&[vulnerability, "DSA-1", "USN-2"])).to_owned();
    VulnerablePackage {
        purl_type: (*random.pick(&["deb", "npm"])).to_owned(),
        name: word(random),
        version: (*random.pick(&["1:2.0-1", "2.0-1ubuntu1", "3", "0:1"])).to_owned(),
        arch: random
            .pick(&[None, Some("amd64".to_owned()), Some("s390x".to_owned())])
            .clone(),
        path: random
            .pick(&[None, Some("usr/lib/x".to_owned()), Some("usr".to_owned())])
            .clone(),
        layer: random.pick(&[None, Some("sha256:1".to_owned())]).clone(),
        of_system: true,
        fixed_version: None,
        fix_state: "not fixed".to_owned(),
        matches: vec![PackageMatch {
            advisory,
            feed: (*random.pick(&["debian-tracker", "nvd"])).to_owned(),
            namespace: "Debian:12".to_owned(),
            name: "a".to_owned(),
            version: "1".to_owned(),
            via_source: false,
            scheme: "deb".to_owned(),
            range: "< 2".to_owned(),
            fixed_version: None,
        }],
    }
}

pub(crate) fn observation(random: &mut Random, number: usize) -> Observation {
    let vulnerability = format!("CVE-2024-{number}");
    let network = random.chance(20);
    let details = if network {
        let begin = u16::try_from(random.below(100)).expect("small");
        Details::Network(NetworkDetails {
            protocol: (*random.pick(&["TCP", "UDP"])).to_owned(),
            port_begin: begin,
            port_end: begin + u16::try_from(random.below(50)).expect("small"),
            steps: (0..random.below(3))
                .map(|_| PathStep {
                    id: word(random),
                    kind: (*random.pick(&["AWS::EC2::VPC", "AWS::EC2::Instance"])).to_owned(),
                    arn: None,
                })
                .collect(),
            explained: None,
            description: String::new(),
        })
    } else {
        Details::Package(PackageDetails {
            packages: (0..=random.below(3))
                .map(|_| package(random, &vulnerability))
                .collect(),
            vulnerability: vulnerability.clone(),
        })
    };
    let score = f64::from(u32::try_from(random.below(100)).expect("small")) / 10.0;
    Observation {
        key: vulnerability.clone(),
        kind: if network {
            FindingType::NetworkReachability
        } else {
            FindingType::PackageVulnerability
        },
        title: format!("{vulnerability} - {}", word(random)),
        severity: *random.pick(&Severity::ALL),
        severity_reason: "a test".to_owned(),
        risk: Vec::new(),
        vex: Vec::new(),
        score: random.maybe(InspectorScore {
            value: score,
            vector: String::new(),
            version: "3.1".to_owned(),
            source: "NVD".to_owned(),
            base: score,
            base_vector: String::new(),
            adjustments: Vec::new(),
        }),
        fix: random
            .pick(&[None, Some(FixAvailable::Yes), Some(FixAvailable::No)])
            .to_owned(),
        exploit_available: random.pick(&[None, Some(true), Some(false)]).to_owned(),
        vendor_severity: random.pick(&[None, Some("medium".to_owned())]).clone(),
        details,
    }
}

pub(crate) fn facts(random: &mut Random, number: usize) -> (VulnerabilityFacts, Option<f64>) {
    let facts = VulnerabilityFacts {
        id: format!("CVE-2024-{number}"),
        aliases: (0..random.below(3)).map(|_| word(random)).collect(),
        ..VulnerabilityFacts::default()
    };
    (
        facts,
        *random.pick(&[None, Some(0.25), Some(0.5), Some(0.75)]),
    )
}

/// Evaluates a resource, seeing exactly these observations.
pub(crate) fn evaluate(
    tx: &mut Tx<'_>,
    scope: &Scope,
    resource: &Resource,
    seen: &[Observation],
    rules: &[&str],
    now: i64,
) -> Result<(), StoreError> {
    let stored = resources::put(tx, scope, resource, now)?;
    let mut current = Vec::new();
    for kind in FindingType::ALL {
        current.extend(keep::of_resource(tx, stored.number, kind, None)?);
    }
    let rules = |_: &Finding| rules.iter().map(|rule| (*rule).to_owned()).collect();
    let evaluation = Evaluation {
        account: &scope.account,
        region: &scope.region,
        resource: &resource.id,
        coverage: Coverage::Complete(&FindingType::ALL),
        now: keep::timestamp(now),
        rules: &rules,
    };
    let changes = reconcile(current, seen.to_vec(), &evaluation);
    keep::save(tx, scope, &stored, &changes)
}

/// Fills a scope with resources and findings in all states.
pub(crate) fn fill(
    tx: &mut Tx<'_>,
    random: &mut Random,
    scope: &Scope,
    resources: usize,
) -> Result<BTreeMap<String, Resource>, StoreError> {
    let facts: Vec<_> = (0..12).map(|number| facts(random, number)).collect();
    keep::put_facts(tx, &facts)?;
    let mut made = BTreeMap::new();
    for number in 0..resources {
        let resource = resource(random, number);
        let mut seen: Vec<_> = (0..15)
            .filter(|_| random.chance(70))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|number| observation(random, number))
            .collect();
        let now = random.moment();
        let rules: &[&str] = if random.chance(30) { &["rule"] } else { &[] };
        evaluate(tx, scope, &resource, &seen, rules, now)?;
        seen.truncate(8);
        if random.chance(50) {
            evaluate(tx, scope, &resource, &seen, rules, now + random.moment())?;
        }
        made.insert(resource.id.clone(), resource);
    }
    Ok(made)
}

fn text(random: &mut Random, pool: &[String]) -> TextCondition {
    let value = if pool.is_empty() || random.chance(10) {
        word(random)
    } else {
        random.pick(pool).clone()
    };
    let comparison = *random.pick(&Comparison::ALL);
    let value = if comparison == Comparison::Prefix {
        let most = value.chars().count().max(1);
        value.chars().take(1 + random.below(most)).collect()
    } else {
        value
    };
    TextCondition { comparison, value }
}

fn some<T>(random: &mut Random, mut make: impl FnMut(&mut Random) -> T) -> Vec<T> {
    (0..=random.below(3)).map(|_| make(random)).collect()
}

fn number(random: &mut Random) -> NumberRange {
    let ends = [None, Some(0.0), Some(0.25), Some(0.5), Some(3.0), Some(7.5)];
    NumberRange {
        lower: *random.pick(&ends),
        upper: *random.pick(&ends),
    }
}

fn date(random: &mut Random) -> DateRange {
    let ends = [
        None,
        Some(0),
        Some(1_000),
        Some(1_500),
        Some(1_000_500),
        Some(2_001_000),
    ];
    DateRange {
        start: *random.pick(&ends),
        end: *random.pick(&ends),
    }
}

fn of_package(random: &mut Random) -> PackageCondition {
    let mut condition = PackageCondition::default();
    let pools: [(&str, &[&str]); 7] = [
        ("name", &WORDS),
        ("version", &["2.0", "3", "1"]),
        ("release", &["1", "1ubuntu1"]),
        ("architecture", &["X86_64", "s390x"]),
        ("sourceLayerHash", &["sha256:1"]),
        ("sourceLambdaLayerArn", &["arn"]),
        ("filePath", &["usr/lib/x", "usr"]),
    ];
    for (name, pool) in pools {
        if random.chance(25) {
            let pool: Vec<String> = pool.iter().map(|text| (*text).to_owned()).collect();
            *condition.text_mut(name).expect("a name") = Some(text(random, &pool));
        }
    }
    condition.epoch = random.chance(20).then(|| number(random));
    condition
}

/// Criteria about what some of the findings have.
pub(crate) fn criteria(random: &mut Random, scope: &Scope, population: &[Listed]) -> Criteria {
    let mut criteria = Criteria::default();
    for _ in 0..=random.below(2) {
        let member: &'static Member = random.pick(&MEMBERS);
        let conditions = match member.kind {
            Kind::Text => {
                let mut pool = Vec::new();
                for listed in population {
                    let attributes = listed.resource.attributes();
                    let subject = listed.subject(scope, &attributes);
                    pool.extend(
                        subject
                            .values(member)
                            .into_iter()
                            .map(std::borrow::Cow::into_owned),
                    );
                }
                Conditions::Text(some(random, |random| text(random, &pool)))
            }
            Kind::Date => Conditions::Date(some(random, date)),
            Kind::Number => Conditions::Number(some(random, number)),
            Kind::Map => Conditions::Tags(some(random, |random| TagCondition {
                key: word(random),
                value: random.chance(50).then(|| word(random)),
            })),
            Kind::Ports => Conditions::Ports(some(random, |random| PortRange {
                begin: *random.pick(&[None, Some(0), Some(30), Some(90)]),
                end: *random.pick(&[None, Some(0), Some(30), Some(90)]),
            })),
            Kind::Packages => Conditions::Packages(some(random, of_package)),
        };
        criteria.members.push((member, conditions));
    }
    criteria
}
