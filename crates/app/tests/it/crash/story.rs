//! A story in groups of steps that may happen at the same time, the same for the same seed.

use advisory::{
    database::{BuildOptions, Builder, Database},
    feed::Item,
};
use model::{Advisory, Affected, Cvss, Epss, Facts, Range, RangeEnd, Timestamp};
use serde_json::{Value, json};

use crate::client::{ACCOUNT, REGION};

/// Groups that are told at least, so that each kind of step occurs.
pub(crate) const LEAST: usize = 16;

const PACKAGES: u64 = 10;
const VERSIONS: u64 = 6;
const HOSTS: u64 = 6;
const IMAGES: u64 = 6;

/// Numbers that follow from a seed (splitmix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// One thing that happens to the service.
#[derive(Debug)]
pub(crate) enum Step {
    Submit { query: String, document: String },
    Generation(Generation),
    Create(String, Value),
    Update(String, Value),
    Delete(String),
}

/// An advisory database.
pub(crate) struct Generation {
    pub(crate) digest: String,
    pub(crate) bytes: Vec<u8>,
}

impl std::fmt::Debug for Generation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.digest)
    }
}

/// The steps of a group. Those of one group concern different resources or are alone, so that their
/// order does not matter.
pub(crate) fn group(seed: u64, number: usize) -> Vec<Step> {
    let number = number as u64;
    let mut random = Random(seed.wrapping_mul(1_000_003).wrapping_add(number));
    match number % 8 {
        0 | 4 => vec![Step::Generation(generation(number, &mut random))],
        2 => vec![rule(number, &mut random)],
        _ => {
            let mut steps = Vec::new();
            let (host, image) = (random.below(HOSTS), random.below(IMAGES));
            for offset in 0..3 {
                let host = (host + offset) % HOSTS;
                let query = format!("kind=host&name=host-{host}");
                steps.push(submit(query, &mut random));
                let image = (image + offset) % IMAGES;
                let query = format!(
                    "digest=sha256%3A{image:064x}&kind=image&repository=team%2Fapp-{image}&tag=v1"
                );
                steps.push(submit(query, &mut random));
            }
            steps
        }
    }
}

pub(crate) fn submit(query: String, random: &mut Random) -> Step {
    let mut components = vec![json!({
        "type": "operating-system", "name": "debian", "version": "12",
    })];
    for package in 0..PACKAGES {
        if random.below(4) == 0 {
            continue;
        }
        let version = random.below(VERSIONS);
        let name = format!("lib{package}");
        components.push(json!({
            "type": "library", "name": name, "version": format!("1.{version}"),
            "bom-ref": name,
            "purl": format!("pkg:deb/debian/{name}@1.{version}?arch=amd64&distro=debian-12"),
        }));
    }
    let document = json!({
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components,
    });
    Step::Submit {
        query,
        document: document.to_string(),
    }
}

const VECTORS: [&str; 3] = [
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
    "CVSS:3.1/AV:L/AC:H/PR:L/UI:R/S:U/C:L/I:N/A:N",
];

/// Some advisories, of which each generation has others, with other scores.
pub(crate) fn generation(number: u64, random: &mut Random) -> Generation {
    let mut builder = Builder::new(BuildOptions {
        prose: true,
        only_referenced: false,
        built: Timestamp::from_second(1_700_000_000 + i64::try_from(number).unwrap()).unwrap(),
    });
    for package in 0..PACKAGES {
        for nth in 0..2 {
            if random.below(5) == 0 {
                continue;
            }
            let id = format!("CVE-2024-{}", 1_000 + package * 10 + nth);
            builder.add(Item::Advisory(Box::new(Advisory {
                id: id.clone(),
                feed: "debian-tracker".to_owned(),
                affected: vec![Affected {
                    namespace: "Debian:12".to_owned(),
                    name: format!("lib{package}"),
                    ranges: vec![Range {
                        introduced: None,
                        end: RangeEnd::Fixed(format!("1.{}", random.below(VERSIONS + 1))),
                    }],
                    ..Affected::default()
                }],
                ..Advisory::default()
            })));
            let vector = VECTORS[usize::try_from(random.below(3)).unwrap()];
            builder.add(Item::Facts(Box::new(Facts {
                id,
                feed: "nvd".to_owned(),
                cvss: vec![Cvss {
                    source: "NVD".to_owned(),
                    vector: vector.to_owned(),
                }],
                epss: Some(Epss {
                    score: if random.below(2) == 0 { 0.25 } else { 0.75 },
                    percentile: 0.5,
                }),
                ..Facts::default()
            })));
        }
    }
    let bytes = builder.finish().unwrap();
    let digest = Database::open(&bytes[..]).unwrap().digest();
    Generation { digest, bytes }
}

/// Three rules come, change and go in turn.
fn rule(number: u64, random: &mut Random) -> Step {
    let turn = number / 8;
    let name = format!("rule-{}", turn / 3 % 3);
    let criteria = match random.below(4) {
        0 => json!({"severity": [{"comparison": "EQUALS", "value": "CRITICAL"}]}),
        1 => json!({"epssScore": [{"upperInclusive": 0.5}]}),
        2 => json!({"title": [{"comparison": "PREFIX", "value": "CVE-2024-10"}]}),
        _ => json!({"resourceType": [{"comparison": "EQUALS", "value": "AWS_EC2_INSTANCE"}]}),
    };
    match turn % 3 {
        0 => Step::Create(name, criteria),
        1 => Step::Update(name, criteria),
        _ => Step::Delete(name),
    }
}

pub(crate) fn creation(name: &str, criteria: &Value) -> String {
    json!({"name": name, "action": "SUPPRESS", "filterCriteria": criteria}).to_string()
}

pub(crate) fn update(id: &str, criteria: &Value) -> String {
    json!({"filterArn": arn(id), "filterCriteria": criteria}).to_string()
}

pub(crate) fn deletion(id: &str) -> String {
    json!({"arn": arn(id)}).to_string()
}

fn arn(id: &str) -> String {
    format!("arn:aws:inspector2:{REGION}:{ACCOUNT}:owner/{ACCOUNT}/filter/{id}")
}
