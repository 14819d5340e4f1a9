//! Damaged descriptions of networks: each is read and judged, or a problem says why not.

use std::sync::Arc;

use damage::Target;
use lynkeus_network::engine::Engine;
use lynkeus_network::finding::{Options, scan};
use lynkeus_network::snapshot::{File, read};
use serde_json::Value;

use super::elements::wide;
use super::files;

/// A directory as one text: for each document a line with its path, a tab and its content.
fn packed(files: &[(String, Value)]) -> Vec<u8> {
    let lines = files
        .iter()
        .map(|(name, value)| format!("{name}\t{value}\n"));
    lines.collect::<String>().into_bytes()
}

/// The documents of such a text.
fn unpacked(bytes: &[u8]) -> Vec<File> {
    let lines = bytes.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let mut parts = line.splitn(2, |byte| *byte == b'\t');
            let name = parts.next().unwrap_or_default();
            File {
                name: String::from_utf8_lossy(name).into_owned(),
                bytes: parts.next().unwrap_or_default().to_vec(),
            }
        })
        .collect()
}

/// A sample network with the paths of its documents.
fn sample(name: &str) -> Vec<u8> {
    let documents = files(name).into_iter().map(|file| {
        let base = file.name.rsplit('/').next().unwrap_or_default();
        let value = serde_json::from_slice(&file.bytes).expect("a document");
        (format!("1234/us-east-2/{base}"), value)
    });
    packed(&documents.collect::<Vec<_>>())
}

/// A network with all kinds of elements, each list in a document of its own.
fn random(seed: u64) -> Vec<u8> {
    let Value::Object(lists) = wide(seed) else {
        panic!("not an object");
    };
    let documents = lists.into_iter().map(|(list, items)| {
        let document = serde_json::json!({ list.as_str(): items });
        (format!("{list}.json"), document)
    });
    packed(&documents.collect::<Vec<_>>())
}

/// What was read and found, and the kinds of what was not understood.
fn judged(files: &[File]) -> (usize, usize, Vec<String>) {
    let (snapshot, problems) = read(files);
    let mut engine = Engine::new(Arc::new(snapshot));
    let findings = scan(&mut engine, &Options::default());
    for finding in &findings {
        assert!(!finding.steps(engine.snapshot()).is_empty(), "{finding:?}");
        assert!(finding.ports.0 <= finding.ports.1, "{finding:?}");
        assert!(!finding.title().is_empty() && !finding.description().is_empty());
    }
    let known = engine.snapshot().described.len();
    let what = problems.into_iter().take(3).map(|problem| problem.what);
    (known, findings.len(), what.collect())
}

#[test]
fn damaged_networks_are_survived() {
    let samples = [
        sample("test-nat-gateway"),
        sample("test-public-subnet"),
        sample("test-vpc-peering"),
        random(1),
        random(2),
        random(3),
    ];
    let target = Target {
        name: "network/snapshot",
        samples: &samples.each_ref().map(Vec::as_slice),
        tokens: &[
            b"0.0.0.0/0",
            b"::/0",
            b"10.1.0.0/33",
            b"\"FromPort\":-1,",
            b"\"ToPort\":65536,",
            b"\"IpProtocol\":\"-1\",",
            b"\"State\":\"blackhole\",",
            b"vpc-1",
            b"vpc-2",
            b"a.json\t{\"Vpcs\":[]}\n",
            b"b.json\t",
            b"{\"Reservations\":[{\"Instances\":null}]}",
        ],
        cases: 200,
    };
    for text in &samples {
        let (snapshot, problems) = read(&unpacked(text));
        assert!(problems.is_empty() && !snapshot.interfaces.is_empty());
    }
    target.check(|bytes| judged(&unpacked(bytes)));
}

#[test]
fn damaged_documents_of_networks_are_survived() {
    let whole: Vec<Vec<u8>> = (4..10)
        .map(|seed| wide(seed).to_string().into_bytes())
        .collect();
    let samples: Vec<&[u8]> = whole.iter().map(Vec::as_slice).collect();
    let target = Target {
        name: "network/document",
        samples: &samples,
        tokens: &[
            b"null",
            b"\"\"",
            b"{}",
            b"\"CidrBlock\":\"10.0.0.0/0\",",
            b"\"DestinationCidrBlock\":\"::/0\",",
            b"\"RuleNumber\":32767,",
            b"\"PortRange\":{\"From\":9,\"To\":1},",
            b"[{\"TransitGateways\":[]},",
            b"pass tcp any any -> any any (sid:1;)\\n",
        ],
        cases: 200,
    };
    target.check(|bytes| {
        judged(&[File {
            name: "1234/us-east-2/network.json".to_owned(),
            bytes: bytes.to_vec(),
        }])
    });
}
