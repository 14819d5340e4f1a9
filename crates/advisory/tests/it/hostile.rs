//! Broken and hostile bytes: every feed's parser and every container must return.

use std::io::Cursor;

use damage::Target;
use lynkeus_advisory::{FEEDS, Feed, Limits, import};

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
        "photon",
        "photon/cve_data_photon5.0.json",
        r#"[{"cve_id":"CVE-2023-5115","pkg":"ansible","cve_score":6.3,"res_ver":"2.14.12-1.ph5","status":"Fixed"},{"cve_id":"CVE-2023-1","pkg":"a","res_ver":"NA","status":"Not Fixed"}]"#,
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
        "ubuntu-vex",
        "ubuntu/vex/cve/2025/CVE-2025-0167.json",
        r#"{"metadata":{"@context":"https://openvex.dev/ns/v0.2.0","@id":"x","author":"Canonical Ltd.","timestamp":"2025-02-06T16:37:20.173026","version":1},"statements":[{"vulnerability":{"@id":"https://nvd.nist.gov/vuln/detail/CVE-2025-0167","name":"CVE-2025-0167","description":"d","aliases":["https://curl.se/a"]},"timestamp":"2025-02-05","products":[{"@id":"pkg:deb/ubuntu/curl@7.35.0-1ubuntu2.20+esm18?arch=source&distro=esm-infra-legacy/trusty"},{"@id":"pkg:deb/ubuntu/curl@7.35.0-1ubuntu2.20+esm18?arch=amd64"}],"status":"not_affected","justification":"vulnerable_code_not_present"},{"vulnerability":{"name":"CVE-2025-0167"},"products":[{"@id":"pkg:deb/ubuntu/curl@7.81.0-1ubuntu1.20?arch=source&distro=jammy"}],"status":"affected","action_statement":"decided to not fix it"},{"vulnerability":{"name":"USN-7372-1","aliases":["CVE-2022-45060"]},"timestamp":"2025-03-26 02:44:10.025070","products":[{"@id":"pkg:deb/ubuntu/varnish@5.2.1-1ubuntu0.1+esm1?arch=source&distro=esm-apps/bionic"}],"status":"fixed","status_notes":"classified this CVE as of Medium priority."}]}"#,
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

fn feed(name: &str) -> &'static Feed {
    FEEDS
        .iter()
        .copied()
        .find(|feed| feed.name == name)
        .unwrap_or_else(|| panic!("no feed {name}"))
}

/// How much was read, and what could not be.
fn read(feed: &'static Feed, path: &str, bytes: &[u8]) -> (u64, bool, Vec<String>) {
    let mut items = 0;
    let imported = import(feed, path, &mut Cursor::new(bytes), &LIMITS, &mut |_| {
        items += 1;
    });
    assert_eq!(items, imported.advisories + imported.facts);
    assert!(imported.problems.len() <= LIMITS.problems + 1);
    let problems = imported.problems.into_iter().take(5).map(|p| p.what);
    (items.min(3), imported.complete, problems.collect())
}

#[test]
fn the_documents_are_read_before_they_are_changed() {
    for (name, path, document) in DOCUMENTS {
        assert!(
            read(feed(name), path, document.as_bytes()).0 > 0,
            "{name} {path}"
        );
    }
}

/// Documents in the format that a feed reads: its own, else those of another publisher's.
fn format_of(feed: &Feed) -> Vec<&'static (&'static str, &'static str, &'static str)> {
    let own = |name: &str| -> Vec<_> { DOCUMENTS.iter().filter(|row| row.0 == name).collect() };
    let mut documents = own(feed.name);
    if documents.is_empty() {
        let kind = feed.name.rsplit_once('-').map_or("", |(_, kind)| kind);
        let same = |row: &&(&str, &str, &str)| row.0.rsplit_once('-').is_some_and(|r| r.1 == kind);
        documents = DOCUMENTS.iter().filter(same).collect();
    }
    if feed.name == "cve-list" {
        documents = own("vulnrichment");
    }
    if documents.is_empty() {
        documents = own("ghsa");
    }
    documents
}

/// A path at which the feed looks for documents.
fn place(feed: &Feed, written: &str) -> String {
    let pattern = feed.files.first().copied().unwrap_or(written);
    let extension = written.rsplit_once('.').map_or("json", |(_, end)| end);
    let path = pattern.replace("**", "a").replace('*', "a");
    match path.rsplit_once('.') {
        Some((stem, "zip" | "gz" | "zst" | "tar" | "bz2" | "xz")) => format!("{stem}.{extension}"),
        _ => path,
    }
}

#[test]
fn damaged_documents_never_panic() {
    for feed in FEEDS {
        let documents = format_of(feed);
        let samples: Vec<&[u8]> = documents.iter().map(|row| row.2.as_bytes()).collect();
        let own = documents.iter().find(|row| row.0 == feed.name);
        let path = own.map_or_else(|| place(feed, documents[0].1), |row| row.1.to_owned());
        let target = Target {
            name: &format!("advisory/{}", feed.name),
            samples: &samples,
            tokens: &[
                b"CVE-2023-1",
                b"fixed",
                b"introduced",
                b"<test ",
                b"<criteria operator=\"AND\">",
            ],
            cases: 24,
        };
        target.check(|bytes| read(feed, &path, bytes));
    }
}

/// The text `cveID,dateAdded` and a row, as `xz` writes it.
const XZ: &[u8] = &[
    253, 55, 122, 88, 90, 0, 0, 4, 230, 214, 180, 70, 2, 0, 33, 1, 22, 0, 0, 0, 116, 47, 229, 163,
    1, 0, 37, 99, 118, 101, 73, 68, 44, 100, 97, 116, 101, 65, 100, 100, 101, 100, 10, 67, 86, 69,
    45, 50, 48, 50, 51, 45, 49, 44, 50, 48, 50, 51, 45, 48, 49, 45, 48, 49, 10, 0, 0, 0, 227, 213,
    194, 205, 18, 23, 89, 34, 0, 1, 62, 38, 171, 43, 78, 179, 31, 182, 243, 125, 1, 0, 0, 0, 0, 4,
    89, 90,
];

#[test]
fn damaged_containers_never_panic() {
    let (name, path, document) = DOCUMENTS.first().unwrap_or(&("", "", ""));
    let names = ["gzip", "zstd", "bzip2", "zip", "tar", "xz"];
    for (kind, container) in (0..).zip(names) {
        let sample = if container == "xz" {
            XZ.to_vec()
        } else {
            packed(kind, document.as_bytes())
        };
        let target = Target {
            name: &format!("advisory/container-{container}"),
            samples: &[&sample],
            tokens: &[
                b"PK\x01\x02",
                b"PK\x05\x06",
                b"ustar\0",
                b"BZh9",
                b"\xfd7zXZ\0",
            ],
            cases: 150,
        };
        let feed = feed(if container == "xz" { "kev" } else { name });
        let path = if container == "xz" { "k.csv" } else { path };
        assert!(read(feed, path, &sample).0 > 0, "{container}");
        target.check(|bytes| read(feed, path, bytes));
    }
}

/// VEX documents as users hand them over: OpenVEX, CSAF, CycloneDX.
const STATEMENTS: &[(&str, &str)] = &[
    (
        "openvex",
        r#"{"@context":"https://openvex.dev/ns/v0.2.0","@id":"https://a/1","author":"a","timestamp":"2024-01-01T00:00:00Z","version":1,"statements":[{"vulnerability":{"name":"CVE-2023-1","aliases":["GHSA-x"]},"products":[{"@id":"pkg:oci/app@sha256%3Aaa","subcomponents":[{"@id":"pkg:deb/debian/bash@5.2"}]}],"status":"not_affected","justification":"vulnerable_code_not_in_execute_path"},{"vulnerability":{"name":"CVE-2023-2"},"products":["pkg:npm/a@1"],"status":"fixed"}]}"#,
    ),
    (
        "openvex",
        r#"{"@context":"https://openvex.dev/ns","@id":"x","author":"A","role":"Vendor","timestamp":"2023-01-08T18:02:03.647787998-06:00","version":"1","tooling":"t","statements":[{"vulnerability":"CVE-2023-12345","status":"under_investigation","status_notes":"n","products":["pkg:apk/wolfi/git@2.39.0-r1?arch=x86_64"],"subcomponents":["pkg:golang/x@1"]},{"vulnerability":{"@id":"https://a/CVE-2023-3","name":"CVE-2023-3"},"products":[{"@id":"pkg:deb/ubuntu/a@1?arch=source&distro=noble","identifiers":{"cpe23":"cpe:2.3:a:b:c:1"},"hashes":{"sha-256":"aa"}}],"status":"affected","action_statement":"update","action_statement_timestamp":"2024-01-01T00:00:00Z"},{"vulnerability":{"name":"CVE-2023-4"},"timestamp":"2024-02-30T00:00:00Z","last_updated":"2024-03-01T00:00:00Z","products":[{"@id":"p"}],"status":"not_affected","impact_statement":"removed"}]}"#,
    ),
    (
        "csaf",
        r#"{"document":{"category":"csaf_vex","csaf_version":"2.0","title":"t","publisher":{"name":"p"},"tracking":{"id":"1"}},"product_tree":{"branches":[{"category":"vendor","name":"v","branches":[{"category":"product_version","name":"1","product":{"name":"a 1","product_id":"P1","product_identification_helper":{"purl":"pkg:npm/a@1"}}}]}],"relationships":[{"category":"default_component_of","product_reference":"P1","relates_to_product_reference":"P2","full_product_name":{"name":"x","product_id":"P3"}}]},"vulnerabilities":[{"cve":"CVE-2023-1","product_status":{"known_not_affected":["P1","P3"]},"flags":[{"label":"component_not_present","product_ids":["P1"]}]}]}"#,
    ),
    (
        "csaf",
        include_str!("../../testdata/csaf/cve-2023-38545.json"),
    ),
    (
        "csaf",
        include_str!("../../testdata/csaf/cve-2022-38752.json"),
    ),
    (
        "csaf",
        include_str!("../../testdata/csaf/suse-cve-2023-5568.json"),
    ),
    (
        "cyclonedx",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"bom-ref":"a","name":"a","purl":"pkg:npm/a@1","components":[{"bom-ref":"b","purl":"pkg:npm/b@2"}]}],"vulnerabilities":[{"id":"CVE-2023-1","source":{"name":"NVD"},"references":[{"id":"GHSA-x"}],"analysis":{"state":"not_affected","justification":"code_not_reachable","detail":"x"},"affects":[{"ref":"a"},{"ref":"urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#b"}]}]}"#,
    ),
    (
        "cyclonedx",
        r#"{"bomFormat":"CycloneDX","specVersion":"1.6","serialNumber":"urn:uuid:f08a6ccd-4dce-4759-bd84-c626675d60a7","version":2,"metadata":{"timestamp":"2022-03-03T00:00:00Z","authors":[{"name":"Ann"}],"component":{"bom-ref":"app","type":"container","name":"app","purl":"pkg:oci/app@sha256:aa"}},"vulnerabilities":[{"bom-ref":"1","id":"SNYK-1","references":[{"id":"CVE-2020-25649","source":{"url":"https://a"}}],"analysis":{"state":"exploitable","response":["will_not_fix","update"],"firstIssued":"2022-01-01T00:00:00Z","lastUpdated":"2022-02-01T00:00:00+01:00"},"affects":[{"ref":"app","versions":[{"range":"vers:npm/<2","status":"affected"},{"version":"2","status":"unaffected"}]}]},{"id":"CVE-2020-2","analysis":{"state":"false_positive"},"affects":[{"ref":"urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/2#pkg:npm/c@1"}]},{"id":"CVE-2020-3","analysis":{"state":"resolved_with_pedigree"},"affects":[{"ref":"nobody"}]}]}"#,
    ),
];

#[test]
fn vex_documents_are_read_before_they_are_changed() {
    for (_, document) in STATEMENTS {
        let read = lynkeus_advisory::vex::read("v.json", &mut document.as_bytes());
        assert!(!read.statements.is_empty(), "{:?}", read.problems);
    }
}

#[test]
fn damaged_vex_documents_never_panic() {
    for name in ["openvex", "csaf", "cyclonedx"] {
        let rows = STATEMENTS.iter().filter(|row| row.0 == name);
        let samples: Vec<&[u8]> = rows.map(|row| row.1.as_bytes()).collect();
        let target = Target {
            name: &format!("advisory/vex-{name}"),
            samples: &samples,
            tokens: &[
                b"pkg:npm/a@1",
                b"\"status\":\"fixed\"",
                b"\"status\":\"not_affected\",",
                b"\"timestamp\":\"9999-12-31T23:59:60Z\",",
                b"\"products\":[],",
                b"product_id",
                b"\"branches\":[{",
                b"urn:cdx:",
            ],
            cases: 200,
        };
        target.check(|bytes| {
            let read = lynkeus_advisory::vex::read("v.json", &mut &*bytes);
            assert!(read.statements.len() <= bytes.len());
            let problems = read.problems.into_iter().take(5).map(|p| p.what);
            (read.statements.len().min(3), problems.collect::<Vec<_>>())
        });
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
        3 => {
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
        _ => {
            let mut tar = vec![0; 512];
            let mut field = |at: usize, text: &[u8]| {
                tar.splice(at..at + text.len(), text.iter().copied());
            };
            field(0, b"a.json");
            field(100, b"0000644\0");
            field(124, format!("{:011o}\0", bytes.len()).as_bytes());
            field(148, b"        0ustar\0");
            field(156, b"0");
            field(257, b"ustar\x0000");
            let sum: u32 = tar.iter().map(|byte| u32::from(*byte)).sum();
            tar.splice(148..156, format!("{sum:06o}\0 ").into_bytes());
            tar.extend_from_slice(bytes);
            tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
            tar
        }
    }
}

/// What is no document of the feed at all must not look like one that says nothing.
#[test]
fn bytes_of_another_kind_are_incomplete() {
    let noise: Vec<u8> = (0..40_000_u32)
        .map(|n| (n * n / 7 % 251) as u8 | 1)
        .collect();
    for (name, path) in [
        ("kev", "kev/known_exploited_vulnerabilities.json"),
        ("kev", "kev/known_exploited_vulnerabilities.csv"),
        ("epss", "epss/epss.csv"),
        ("debian-tracker", "debian/tracker.json"),
        ("photon", "photon/cve_data_photon5.0.json"),
        ("alpine-secdb", "alpine/main.json"),
        ("nvd", "nvd/nvdcve-2.0-2024.json"),
        ("amazon-updateinfo", "amazon/updateinfo.xml"),
        ("oracle-oval", "oracle/com.oracle.elsa-all.xml"),
    ] {
        let (items, is_complete, problems) = read(feed(name), path, &noise);
        assert!(
            items == 0 && !is_complete,
            "{name} {path}: {items} {problems:?}"
        );
    }
}

/// What is read of a feed's whole files, each at a path at which a publisher serves it.
const WHOLE: &[&str] = &[
    "osv/npm/all.zip",
    "osv/crates.io/all.zip",
    "osv/Ubuntu/all.zip",
    "redhat/csaf_vex_2024-08-04.tar.zst",
    "suse/csaf-vex.tar.bz2",
    "ubuntu/vex/vex-all.tar.xz",
    "rubysec/ruby-advisory-db/archive/master.zip",
    "friendsofphp/master.zip",
    "cve5/cvelistV5-main.zip",
    "cve5/vulnrichment-develop.zip",
    "debian/tracker.json",
    "photon/cve_data_photon5.0.json",
    "alpine/v3.19/main.json",
    "wolfi/security.json",
    "chainguard/security.json",
    "nvd/nvdcve-2.0-2024.json.gz",
    "kev/known_exploited_vulnerabilities.json",
    "kev/known_exploited_vulnerabilities.csv",
    "epss/epss_scores-current.csv.gz",
    "amazon/2/updateinfo.xml.gz",
    "fedora/updateinfo.xml",
    "oracle/com.oracle.elsa-all.xml.bz2",
    "redhat/rhel-9.oval.xml.bz2",
    "azurelinux/azurelinux-3.0-oval.xml",
];

/// Small documents that are well-formed and not what any feed serves: an empty answer, an error
/// page, the wrong kind of container.
#[test]
fn a_whole_file_that_says_nothing_is_incomplete() {
    let mut wrong = Vec::new();
    for path in WHOLE {
        let feed = lynkeus_advisory::feeds_for(path).next();
        let feed = feed.unwrap_or_else(|| panic!("no feed reads {path}"));
        let mut documents = vec![
            "{}",
            "[]",
            "null",
            "<html><body>none</body></html>",
            r#"{"vulnerabilities":{},"packages":{},"updates":[]}"#,
            r#"{"error":"busy"}"#,
        ];
        if path.starts_with("photon") {
            // An empty list is one.
            documents.retain(|document| *document != "[]");
        }
        for document in documents {
            let (items, is_complete, problems) = read(feed, path, document.as_bytes());
            if items != 0 || is_complete || problems.is_empty() {
                wrong.push(format!("{} {path} {document}: {problems:?}", feed.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
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
