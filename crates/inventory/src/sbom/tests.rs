//! Documents are read as they are meant, written ones give back what was written, and damaged
//! ones end in a problem.

use model::{
    Evidence, Inventory, Layer, Location, OperatingSystem, Package, PurlType, SourcePackage,
    Timestamp,
};
use proptest::prelude::*;

use super::{Names, Subject, SubjectKind, cyclonedx, read, spdx};

/// One line for the system, each package and each problem.
fn lines(inventory: &Inventory) -> Vec<String> {
    let os = inventory
        .os
        .iter()
        .map(|os| format!("os {} {}", os.id, os.version_id));
    let packages = inventory.packages.iter().map(|p| {
        let mut words = vec![p.purl_type.to_string(), p.name.clone(), p.version.clone()];
        if let Some(source) = &p.source {
            words.push(format!("from {} {}", source.name, source.version));
        }
        words.extend(p.licenses.iter().map(|license| format!("[{license}]")));
        for location in &p.locations {
            words.push(format!("@{}", location.path));
            if let Some(layer) = location
                .layer
                .and_then(|l| inventory.layers.get(l as usize))
            {
                words.push(format!("in {}", layer.diff_id.as_deref().unwrap_or("?")));
            }
        }
        if p.evidence == Evidence::Declared {
            words.push("declared".to_owned());
        }
        words.join(" ")
    });
    let problems = inventory.problems.iter().map(|p| format!("! {}", p.what));
    os.chain(packages).chain(problems).collect()
}

#[track_caller]
fn check(document: &str, format: &str, expected: &[&str]) {
    let read = read("bom", document.as_bytes()).expect("a bill of materials");
    assert_eq!(read.format.to_string(), format);
    assert_eq!(lines(&read.inventory), expected);
}

const CYCLONEDX: &str = r#"{"bomFormat": "CycloneDX", "specVersion": "1.5", "metadata": {
  "tools": {"components": [{"type": "application", "name": "tool", "version": "1"}]},
  "component": {"type": "container", "name": "image", "purl": "pkg:oci/image@sha256:1", "properties": [
    {"name": "aquasecurity:trivy:DiffID", "value": "sha256:a"},
    {"name": "aquasecurity:trivy:DiffID", "value": "sha256:b"}]}},
 "components": [
  {"type": "operating-system", "name": "redhat", "version": "9.4"},
  {"type": "library", "name": "openssl", "version": "1:3.0.7-1.el9", "purl": "pkg:rpm/redhat/openssl@3.0.7-1.el9?arch=x86_64&epoch=1&distro=redhat-9.4",
   "licenses": [{"license": {"id": "Apache-2.0"}}, {"license": {"name": "Other"}}],
   "properties": [{"name": "aquasecurity:trivy:SrcName", "value": "openssl"},
    {"name": "aquasecurity:trivy:SrcVersion", "value": "3.0.7"}, {"name": "aquasecurity:trivy:SrcRelease", "value": "1.el9"},
    {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"}, {"name": "aquasecurity:trivy:LayerDiffID", "value": "sha256:b"}]},
  {"type": "application", "name": "app/package-lock.json", "components": [
    {"type": "library", "name": "core", "group": "@babel", "version": "7.0.0", "purl": "pkg:npm/%40babel/core@7.0.0",
     "licenses": [{"expression": "MIT OR Apache-2.0"}],
     "properties": [{"name": "syft:location:0:path", "value": "/app/package-lock.json"}, {"name": "syft:location:0:layerID", "value": "sha256:c"}]}]},
  {"type": "library", "name": "mystery", "version": "2"},
  {"type": "library", "name": "wrong", "version": "2", "purl": "wrong@2"},
  {"type": "file", "name": "etc/passwd"},
  7,
  {"type": "library", "name": "tool", "version": "1:2.3", "purl": "pkg:deb/debian/tool@2.3?upstream=tools"}
 ]}"#;

#[test]
fn cyclonedx_json_is_read() {
    check(
        CYCLONEDX,
        "CycloneDX 1.5 (JSON)",
        &[
            "os rhel 9.4",
            "deb tool 1:2.3 from tools 1:2.3 @bom",
            "npm @babel/core 7.0.0 [MIT OR Apache-2.0] @app/package-lock.json in sha256:c",
            "rpm openssl 1:3.0.7-1.el9 from openssl 1:3.0.7-1.el9 [Apache-2.0] [Other] @bom in sha256:b",
            "! mystery 2 has no package URL",
            "! wrong 2: wrong@2 is no package URL: missing scheme",
        ],
    );
}

const CYCLONEDX_XML: &str = r#"<?xml version="1.0"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1"><metadata>
 <tools><components><component type="library"><name>tool</name></component></components></tools>
 <component type="file"><name>dir</name></component>
 <properties><property name="lynkeus:complete">false</property></properties></metadata>
<components>
 <component type="operating-system"><name>debian</name><version>12</version></component>
 <component type="library"><name>zlib1g</name><version>1:1.2</version><licenses><license><id>Zlib</id></license></licenses>
  <purl>pkg:deb/debian/zlib1g@1:1.2?arch=amd64&amp;distro=debian-12&#x26;upstream=zlib</purl>
  <components><component type="library"><name>inner</name><version>3</version><purl>pkg:cargo/inner@3</purl></component></components>
  <properties><property name="syft:location:0:path">/var/lib/dpkg/status</property></properties>
 </component>
 <component type="library"><name>mystery</name><version>2</version>
  <pedigree><ancestors><component type="library"><name>old</name><purl>pkg:cargo/old@1</purl></component></ancestors></pedigree>
 </component>
</components></bom>"#;

#[test]
fn cyclonedx_xml_is_read() {
    check(
        CYCLONEDX_XML,
        "CycloneDX 1.4 (XML)",
        &[
            "os debian 12",
            "cargo inner 3 @bom",
            "deb zlib1g 1:1.2 from zlib 1:1.2 [Zlib] @var/lib/dpkg/status",
            "! mystery 2 has no package URL",
        ],
    );
    let read = read("bom", CYCLONEDX_XML.as_bytes()).unwrap();
    assert!(!read.inventory.complete, "the document says so");
}

const SPDX: &str = r#"{"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "packages": [
  {"SPDXID": "SPDXRef-OperatingSystem-1", "name": "debian", "versionInfo": "12.15"},
  {"SPDXID": "SPDXRef-root", "name": "image"},
  {"SPDXID": "SPDXRef-1", "name": "bsdutils", "versionInfo": "1:2.38.1-5", "sourceInfo": "built package from: util-linux 2.38.1-5",
   "licenseDeclared": "MIT AND LicenseRef-1 AND (Zlib OR X11)",
   "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:deb/debian/bsdutils@2.38.1-5?epoch=1"}],
   "annotations": [{"comment": "LayerDiffID: sha256:a"}]},
  {"SPDXID": "SPDXRef-2", "name": "six", "versionInfo": "1.16", "licenseConcluded": "MIT", "licenseDeclared": "NOASSERTION",
   "sourceInfo": "acquired package info from installed python package manifest file: /usr/lib/six/METADATA, /usr/lib/six/RECORD",
   "externalRefs": [{"referenceCategory": "PACKAGE_MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/six@1.16"}]},
  {"SPDXID": "SPDXRef-3", "name": "mystery"}],
 "hasExtractedLicensingInfos": [{"licenseId": "LicenseRef-1", "name": "Beerware-ish", "extractedText": "x"}],
 "relationships": [{"spdxElementId": "SPDXRef-DOCUMENT", "relationshipType": "DESCRIBES", "relatedSpdxElement": "SPDXRef-root"}]}"#;

const SPDX_LINES: &[&str] = &[
    "os debian 12.15",
    "deb bsdutils 1:2.38.1-5 from util-linux 2.38.1-5 [MIT] [Beerware-ish] [Zlib OR X11] @bom in sha256:a",
    "pypi six 1.16 [MIT] @usr/lib/six/METADATA @usr/lib/six/RECORD",
    "! mystery has no package URL",
];

#[test]
fn spdx_json_is_read() {
    check(SPDX, "SPDX 2.3 (JSON)", SPDX_LINES);
}

const SPDX_TAGS: &str = "SPDXVersion: SPDX-2.3
SPDXID: SPDXRef-DOCUMENT
PackageName: debian
SPDXID: SPDXRef-OperatingSystem-1
PackageVersion: 12.15
PackageName: image
SPDXID: SPDXRef-root
PackageName: bsdutils
SPDXID: SPDXRef-1
PackageVersion: 1:2.38.1-5
PackageSourceInfo: <text>built package from: util-linux 2.38.1-5</text>
PackageComment: <text>
PackageName: not this
</text>
PackageLicenseDeclared: MIT AND LicenseRef-1 AND (Zlib OR X11)
ExternalRef: PACKAGE-MANAGER purl pkg:deb/debian/bsdutils@2.38.1-5?epoch=1
FileName: ./x
SPDXID: SPDXRef-File
PackageName: six
SPDXID: SPDXRef-2
PackageVersion: 1.16
PackageLicenseDeclared: NOASSERTION
PackageLicenseConcluded: MIT
PackageSourceInfo: acquired package info from installed python package manifest file: /usr/lib/six/METADATA, /usr/lib/six/RECORD
ExternalRef: PACKAGE-MANAGER purl pkg:pypi/six@1.16
PackageName: mystery
SPDXID: SPDXRef-3
LicenseID: LicenseRef-1
ExtractedText: <text>x</text>
LicenseName: Beerware-ish
Relationship: SPDXRef-DOCUMENT DESCRIBES SPDXRef-root
Annotator: Tool: trivy
AnnotationComment: <text>LayerDiffID: sha256:a</text>
SPDXREF: SPDXRef-1
";

#[test]
fn spdx_tags_are_read() {
    check(SPDX_TAGS, "SPDX 2.3 (tag-value)", SPDX_LINES);
}

const SPDX3: &str = r#"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
 {"type": "CreationInfo", "@id": "_:1", "specVersion": "3.0.1"},
 {"type": "software_Sbom", "spdxId": "s", "rootElement": ["root"]},
 {"type": "software_Package", "spdxId": "root", "name": "image"},
 {"type": "software_Package", "spdxId": "o", "name": "alpine", "software_packageVersion": "3.19.1", "software_primaryPurpose": "operatingSystem"},
 {"type": "software_Package", "spdxId": "p", "name": "musl", "software_packageVersion": "1.2.4-r2", "software_packageUrl": "pkg:apk/alpine/musl@1.2.4-r2"},
 {"type": "software_Package", "spdxId": "q", "name": "serde", "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:cargo/serde@1.0.1"}]},
 {"type": "software_Package", "spdxId": "r", "name": "mystery", "software_packageVersion": "9"},
 {"type": "simplelicensing_LicenseExpression", "spdxId": "l", "simplelicensing_licenseExpression": "MIT AND Zlib"},
 {"type": "Relationship", "relationshipType": "hasDeclaredLicense", "from": "p", "to": ["l"]}]}"#;

#[test]
fn spdx_3_is_read() {
    check(
        SPDX3,
        "SPDX 3.0.1 (JSON-LD)",
        &[
            "os alpine 3.19.1",
            "apk musl 1.2.4-r2 from musl 1.2.4-r2 [MIT] [Zlib] @bom",
            "cargo serde 1.0.1 @bom",
            "! mystery 9 has no package URL",
        ],
    );
}

#[test]
fn other_documents_are_not_taken_for_bills_of_materials() {
    for document in [
        "",
        "{}",
        "[]",
        "{\"name\": \"app\", \"lockfileVersion\": 3, \"bomFormat\": \"x\"}",
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"/>",
        "Package: bash\nVersion: 5\n",
        "\u{7f}ELF",
    ] {
        assert!(read("file", document.as_bytes()).is_none(), "{document}");
    }
}

#[test]
fn the_system_is_the_one_that_most_packages_name() {
    let component = |name: &str, os: &str| {
        format!(
            r#"{{"type": "library", "name": "{name}", "purl": "pkg:rpm/{os}/{name}@1-1?distro={os}-9"}}"#
        )
    };
    let components = [
        component("a", "fedora"),
        component("b", "alma"),
        component("c", "alma"),
    ];
    let document = format!(
        r#"{{"bomFormat": "CycloneDX", "components": [{}]}}"#,
        components.join(",")
    );
    check(
        &document,
        "CycloneDX  (JSON)",
        &[
            "os almalinux 9",
            "rpm a 1-1 @bom",
            "rpm b 1-1 @bom",
            "rpm c 1-1 @bom",
        ],
    );
}

fn subject() -> Subject {
    Subject {
        name: "image:1".to_owned(),
        kind: SubjectKind::Image,
        digest: Some("sha256:0123".to_owned()),
        created: Timestamp::UNIX_EPOCH,
    }
}

/// An inventory with every field set somewhere.
fn inventory() -> Inventory {
    let layer = |digest: &str| Layer {
        digest: Some(digest.to_owned()),
        diff_id: Some(format!("{digest}0")),
        created_by: Some("RUN x".to_owned()),
    };
    let at = |layer, path: &str| Location {
        layer,
        path: path.to_owned(),
    };
    let package = |purl_type: &'static str, name: &str, version: &str| {
        let mut package = Package::new(PurlType::new(purl_type), name, version);
        package.locations.push(at(Some(1), "var/lib/db"));
        package
    };
    let mut bash = package("deb", "bash", "5.2-1+b1");
    bash.arch = Some("amd64".to_owned());
    bash.source = Some(SourcePackage {
        name: "bash".to_owned(),
        version: "5.2-1".to_owned(),
    });
    bash.licenses = vec![
        "GPL-3.0-or-later".to_owned(),
        "Own words, long".to_owned(),
        "MIT OR Zlib".to_owned(),
    ];
    bash.locations.push(at(None, "var/lib/dpkg/status"));
    bash.properties = vec![("maintainer".to_owned(), "Somebody <a@b.c>".to_owned())];
    let mut rpm = package("rpm", "openssl", "1:3.0-1");
    rpm.source = Some(SourcePackage {
        name: "openssl".to_owned(),
        version: "1:3.0-1".to_owned(),
    });
    rpm.module = Some("a:1:2:c:x".to_owned());
    rpm.licenses = vec!["MIT AND Zlib".to_owned()];
    let mut maven = package("maven", "org.x:y", "1");
    maven.evidence = Evidence::Declared;
    let mut owned = package("pypi", "six", "1.16");
    owned.owned_by = Some("python3-six".to_owned());
    let mut twin = owned.clone();
    twin.owned_by = None;
    let packages = vec![
        bash,
        package("golang", "github.com/A/b", "v1.0.0+incompatible"),
        maven,
        package("npm", "@babel/core", "7"),
        twin,
        owned,
        rpm,
        package("x", "", "1"),
    ];
    Inventory {
        os: Some(OperatingSystem {
            id: "debian".to_owned(),
            id_like: vec!["a".to_owned(), "b".to_owned()],
            version_id: "12".to_owned(),
            codename: Some("bookworm".to_owned()),
            pretty_name: "Debian GNU/Linux 12".to_owned(),
            variant: Some("server".to_owned()),
            cpe: Some("cpe:/o:debian:debian_linux:12".to_owned()),
            arch: Some("amd64".to_owned()),
            running_kernel: Some("6.1.0".to_owned()),
        }),
        layers: vec![layer("sha256:a"), Layer::default(), layer("sha256:a")],
        packages,
        problems: Vec::new(),
        complete: false,
    }
}

fn cyclonedx(inventory: &Inventory, subject: &Subject, version: cyclonedx::Version) -> String {
    let document = cyclonedx::Document {
        inventory,
        names: &Names::of(inventory),
        subject,
        version,
        about: &[],
    };
    serde_json::to_string(&document).unwrap()
}

fn spdx(inventory: &Inventory) -> String {
    let document = spdx::Document {
        inventory,
        names: &Names::of(inventory),
        subject: &subject(),
        security: &[],
    };
    serde_json::to_string(&document).unwrap()
}

#[test]
fn what_is_written_is_read_back() {
    let inventory = inventory();
    let versions = [
        cyclonedx::Version::V1_4,
        cyclonedx::Version::V1_5,
        cyclonedx::Version::V1_6,
    ];
    let documents = versions
        .map(|version| cyclonedx(&inventory, &subject(), version))
        .into_iter()
        .chain([spdx(&inventory)]);
    for text in documents {
        let back = read("bom", text.as_bytes()).unwrap();
        assert_eq!(back.inventory, inventory, "{}", back.format);
    }
}

#[test]
fn serial_numbers_follow_from_the_content() {
    let serial = |inventory: &Inventory, subject: &Subject| {
        let document = cyclonedx(inventory, subject, cyclonedx::Version::V1_6);
        let document: serde_json::Value = serde_json::from_str(&document).unwrap();
        document["serialNumber"].to_string()
    };
    let later = Subject {
        created: Timestamp::MAX,
        ..subject()
    };
    let inventory = inventory();
    let first = serial(&inventory, &subject());
    assert_eq!(serial(&inventory, &later), first);
    let mut other = inventory;
    other.packages.pop();
    assert_ne!(serial(&other, &subject()), first);
}

/// Texts that purls fold, quote or cannot hold.
fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9._+~:/@%# -]{1,12}"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_name_survives(
        kind in proptest::sample::select(&["deb", "rpm", "npm", "pypi", "maven", "golang", "composer", "nuget", "x"][..]),
        name in name(),
        version in name(),
    ) {
        let mut package = Package::new(PurlType::new(kind), name, version);
        package.source = Some(SourcePackage { name: "s".to_owned(), version: "1".to_owned() });
        package.locations.push(Location { layer: None, path: "p".to_owned() });
        let inventory = Inventory { packages: vec![package], complete: true, ..Inventory::default() };
        for document in [
            cyclonedx(&inventory, &subject(), cyclonedx::Version::V1_6),
            spdx(&inventory),
        ] {
            let back = read("bom", document.as_bytes()).unwrap();
            prop_assert_eq!(&back.inventory.packages, &inventory.packages);
        }
    }
}

#[test]
fn damaged_documents_are_read_as_far_as_they_go() {
    for (name, sample) in [
        ("inventory/cyclonedx", CYCLONEDX),
        ("inventory/cyclonedx-xml", CYCLONEDX_XML),
        ("inventory/spdx", SPDX),
        ("inventory/spdx-tag-value", SPDX_TAGS),
        ("inventory/spdx3", SPDX3),
    ] {
        let target = damage::Target {
            name,
            samples: &[sample.as_bytes()],
            tokens: &[
                b"pkg:deb/debian/a@1",
                b"SPDXRef-",
                b"<text>",
                b"</text>",
                b"]]>",
            ],
            cases: 150,
        };
        target.check(|bytes| {
            let read = read("bom", bytes)?;
            let packages = read.inventory.packages;
            assert!(packages.iter().all(|p| !p.locations.is_empty()));
            assert!(read.inventory.problems.len() <= 1001);
            let problems = read.inventory.problems.into_iter().take(5);
            let problems: Vec<_> = problems.map(|p| p.what).collect();
            Some((packages.len().min(3), read.inventory.complete, problems))
        });
    }
}
