//! Broken and hostile bytes: every feed's parser and every container must return.

use std::io::Cursor;

use lynkeus_advisory::{FEEDS, Feed, Limits, import};
use proptest::prelude::*;

const LIMITS: Limits = Limits {
    document_bytes: 1 << 20,
    total_bytes: 4 << 20,
    members: 100,
    depth: 3,
    nested_zip_bytes: 1 << 20,
    problems: 10,
};

/// A beginning of each format, as published.
const DOCUMENTS: &[(&str, &str, &str)] = &[
    (
        "ghsa",
        "a.json",
        r#"{"id":"GHSA-x","aliases":["CVE-2023-1"],"severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N"}],"affected":[{"package":{"ecosystem":"npm","name":"a"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"},{"fixed":"1.1.0"}]}],"versions":["1"],"database_specific":{"last_known_affected_version_range":"<= 1"}}],"database_specific":{"cwe_ids":["CWE-352"],"severity":"HIGH"}}"#,
    ),
    (
        "debian-tracker",
        "t.json",
        r#"{"gpac":{"CVE-2023-1":{"description":"x","releases":{"bookworm":{"status":"open","urgency":"low","nodsa_reason":"ignored"},"trixie":{"status":"resolved","fixed_version":"1"}}}},"b":{}}"#,
    ),
    (
        "alpine-secdb",
        "m.json",
        r#"{"distroversion":"v3.11","packages":[{"pkg":{"name":"a","secfixes":{"0":["CVE-2023-1 XSA-1"],"1-r0":["CVE_2023-2"]}}}]}"#,
    ),
    (
        "nvd",
        "n.json",
        r#"{"vulnerabilities":[{"cve":{"id":"CVE-2023-1","published":"2023-01-10T02:15:48.743","vulnStatus":"Analyzed","descriptions":[{"lang":"en","value":"x"}],"metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N"}}]},"references":[{"url":"https://a","tags":["Exploit"]}]}}]}"#,
    ),
    (
        "vulnrichment",
        "CVE-2023-1.json",
        r#"{"cveMetadata":{"cveId":"CVE-2023-1","state":"PUBLISHED"},"containers":{"cna":{"metrics":[{"cvssV3_1":{"vectorString":"CVSS:3.1/AV:N"}}]},"adp":[{"metrics":[{"other":{"type":"ssvc","content":{"options":[{"Exploitation":"poc"},{"Automatable":"no"},{"Technical Impact":"total"}]}}}]}]}}"#,
    ),
    (
        "kev",
        "k.json",
        r#"{"vulnerabilities":[{"cveID":"CVE-2023-1","dateAdded":"2023-01-01","knownRansomwareCampaignUse":"Known"}]}"#,
    ),
    (
        "kev",
        "k.csv",
        "cveID,dateAdded,cwes\nCVE-2023-1,2023-01-01,\"CWE-1, CWE-2\"\n",
    ),
    (
        "epss",
        "e.csv",
        "#model_version:v1\ncve,epss,percentile\nCVE-2023-1,0.1,0.2\n",
    ),
    (
        "rubysec",
        "gems/a/b.yml",
        "---\ngem: a\ncve: 2023-1\nx: &x [1, 2]\ny: *x\npatched_versions:\n- \"~> 1.2, >= 1.2.3\"\n- '> 2'\nunaffected_versions: ['<= 0.9']\n",
    ),
    (
        "friendsofphp",
        "a/b/c.yaml",
        "reference: composer://a/b\ncve: ~\nbranches:\n    1.x:\n        time: ~\n        versions: ['>=1.0', '<1.2']\n",
    ),
    (
        "amazon-updateinfo",
        "amazon/updateinfo.xml",
        include_str!("../../testdata/updateinfo/amazon-2-kernel.xml"),
    ),
    (
        "almalinux-updateinfo",
        "almalinux/updateinfo.xml",
        include_str!("../../testdata/updateinfo/almalinux-9.xml"),
    ),
    (
        "redhat-vex",
        "redhat/cve-2022-38752.json",
        include_str!("../../testdata/csaf/cve-2022-38752.json"),
    ),
    (
        "redhat-csaf",
        "redhat/rhsa-2023_7025.json",
        include_str!("../../testdata/csaf/rhsa-2023_7025.json"),
    ),
    (
        "suse-vex",
        "suse/cve-2023-5568.json",
        include_str!("../../testdata/csaf/suse-cve-2023-5568.json"),
    ),
    (
        "oracle-oval",
        "oracle/com.oracle.elsa-all.xml",
        include_str!("../../testdata/oval/oracle.xml"),
    ),
    (
        "almalinux-oval",
        "almalinux/org.almalinux.alsa-9.xml",
        include_str!("../../testdata/oval/alma-9.xml"),
    ),
    (
        "redhat-oval",
        "redhat/r.oval.xml",
        include_str!("../../testdata/oval/rhel-9.xml"),
    ),
    (
        "debian-oval",
        "debian/oval-definitions-x.xml",
        include_str!("../../testdata/oval/bullseye.xml"),
    ),
];

#[derive(Debug, Clone)]
enum Change {
    Cut(usize),
    Set(usize, u8),
    Insert(usize, String),
    Repeat(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let at = 0_usize..30_000;
    prop_oneof![
        at.clone().prop_map(Change::Cut),
        (at.clone(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (at.clone(), "[\\[\\]{}\",:\\\\0-9a-e.~<>=*&# \\n-]{1,6}")
            .prop_map(|(at, text)| Change::Insert(at, text)),
        (at, 1_usize..200, 2_usize..50)
            .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
    ]
}

fn changed(mut bytes: Vec<u8>, changes: &[Change]) -> Vec<u8> {
    for change in changes {
        let place = |at: usize| at % (bytes.len() + 1);
        match change {
            Change::Cut(at) => bytes.truncate(place(*at)),
            Change::Set(at, byte) => {
                let at = place(*at);
                if let Some(slot) = bytes.get_mut(at) {
                    *slot = *byte;
                }
            }
            Change::Insert(at, text) => {
                let at = place(*at);
                bytes.splice(at..at, text.bytes());
            }
            Change::Repeat(at, length, times) => {
                let at = place(*at);
                let end = (at + length).min(bytes.len());
                let piece = bytes.get(at..end).unwrap_or_default().repeat(*times);
                bytes.splice(at..at, piece);
            }
        }
    }
    bytes
}

fn feed(name: &str) -> &'static Feed {
    FEEDS
        .iter()
        .copied()
        .find(|feed| feed.name == name)
        .unwrap_or_else(|| panic!("no feed {name}"))
}

fn read(feed: &'static Feed, path: &str, bytes: &[u8]) -> u64 {
    let mut items = 0;
    let imported = import(feed, path, &mut Cursor::new(bytes), &LIMITS, &mut |_| {
        items += 1;
    });
    assert_eq!(items, imported.advisories + imported.facts);
    items
}

#[test]
fn the_documents_are_read_before_they_are_changed() {
    for (name, path, document) in DOCUMENTS {
        assert!(
            read(feed(name), path, document.as_bytes()) > 0,
            "{name} {path}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_documents_never_panic(
        which in 0..DOCUMENTS.len(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let (name, path, document) = DOCUMENTS.iter().cycle().nth(which).unwrap_or(&("", "", ""));
        read(feed(name), path, &changed(document.as_bytes().to_vec(), &changes));
    }

    #[test]
    fn damaged_containers_never_panic(
        kind in 0..4,
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let (name, path, document) = DOCUMENTS.first().unwrap_or(&("", "", ""));
        let packed = packed(kind, document.as_bytes());
        read(feed(name), path, &changed(packed, &changes));
    }
}

/// VEX documents as users hand them over.
const STATEMENTS: &[&str] = &[
    r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://a/1","author":"a","timestamp":"2024-01-01T00:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2023-1","aliases":["GHSA-x"]},"products":[{"@id":"pkg:oci/app@sha256%3Aaa","subcomponents":[{"@id":"pkg:deb/debian/bash@5.2"}]}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"},{"vulnerability":{"name":"CVE-2023-2"},"products":["pkg:npm/a@1"],"status":"fixed"}]}"#,
    r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","title":"t","publisher":{"name":"p"},"tracking":{"id":"1"}},"product_tree":{"branches":[{"category":"vendor","name":"v","branches":[{"category":"product_version","name":"1","product":{"name":"a 1","product_id":"P1","product_identification_helper":{"purl":"pkg:npm/a@1"}}}]}],"relationships":[{"category":"default_component_of","product_reference":"P1","relates_to_product_reference":"P2","full_product_name":{"name":"x","product_id":"P3"}}]},"vulnerabilities":[{"cve":"CVE-2023-1","product_status":{"known_not_affected":["P1","P3"]},"flags":[{"label":"component_not_present","product_ids":["P1"]}]}]}"#,
];

#[test]
fn vex_documents_are_read_before_they_are_changed() {
    for document in STATEMENTS {
        let read = lynkeus_advisory::vex::read("v.json", &mut document.as_bytes());
        assert!(!read.statements.is_empty(), "{:?}", read.problems);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn damaged_vex_documents_never_panic(
        which in 0..STATEMENTS.len(),
        changes in prop::collection::vec(change(), 1..4),
    ) {
        let document = STATEMENTS.get(which).copied().unwrap_or_default();
        let bytes = changed(document.as_bytes().to_vec(), &changes);
        let read = lynkeus_advisory::vex::read("v.json", &mut bytes.as_slice());
        prop_assert!(read.statements.len() <= bytes.len());
    }
}

fn packed(kind: i32, bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    match kind {
        0 => {
            let mut encoder =
                flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder
                .write_all(bytes)
                .map_or_else(|e| panic!("{e}"), |()| ());
            encoder.finish().unwrap_or_else(|e| panic!("{e}"))
        }
        1 => zstd::encode_all(bytes, 1).unwrap_or_else(|e| panic!("{e}")),
        2 => {
            let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            encoder
                .write_all(bytes)
                .map_or_else(|e| panic!("{e}"), |()| ());
            encoder.finish().unwrap_or_else(|e| panic!("{e}"))
        }
        _ => {
            let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
            let options = zip::write::SimpleFileOptions::default();
            writer
                .start_file("a.json", options)
                .unwrap_or_else(|e| panic!("{e}"));
            writer.write_all(bytes).unwrap_or_else(|e| panic!("{e}"));
            writer
                .finish()
                .unwrap_or_else(|e| panic!("{e}"))
                .into_inner()
        }
    }
}

/// Documents of many records, which lose records without a word if their end is missing.
#[test]
fn a_document_that_ends_early_is_incomplete() {
    let many = [
        "debian-tracker",
        "alpine-secdb",
        "nvd",
        "amazon-updateinfo",
        "almalinux-updateinfo",
        "oracle-oval",
        "almalinux-oval",
        "redhat-oval",
        "debian-oval",
    ];
    let documents = DOCUMENTS.iter().filter(|(name, ..)| many.contains(name));
    let mut seen = 0;
    for (name, path, document) in documents {
        let imported = |length: usize| {
            let bytes = document.as_bytes().get(..length).unwrap_or_default();
            import(
                feed(name),
                path,
                &mut Cursor::new(bytes),
                &LIMITS,
                &mut |_| {},
            )
        };
        assert!(imported(document.len()).complete, "{name} whole");
        for share in [3, 2] {
            let cut = imported(document.len() * (share - 1) / share);
            assert!(!cut.complete, "{name} cut: {:?}", cut.problems);
        }
        seen += 1;
    }
    assert_eq!(seen, many.len());
}
