//! Gives extractors damaged copies of real files: they must return, and within limits.

use std::io::Cursor;

use damage::Target;

use crate::listing::MAX_PACKAGES;
use crate::{ECOSYSTEMS, Ecosystem, Extractor, FileInfo, Input, SYSTEM_EXTRACTORS, purl};

mod samples;

/// Damages each sample, a path with its content.
pub(crate) fn check_damaged(ecosystem: &Ecosystem, samples: &[(&str, &[u8])]) {
    for (path, sample) in samples {
        let (file, wanted) = wanted(ecosystem.extractors, path, sample);
        assert!(
            !wanted.is_empty(),
            "{} does not want {path}",
            ecosystem.title
        );
        let name = format!("ecosystem/{} {path}", ecosystem.purl_type);
        check(&name, &wanted, file.path, &[sample], 128);
    }
}

/// Damages the content of one row of a table in a few cases; the samples have long runs.
pub(crate) fn check_row(extractors: &[Extractor], path: &str, content: &[u8]) {
    // What is large is given many cases elsewhere.
    if content.len() < 100_000 && !damage::is_long() {
        let wanted = wanted(extractors, path, content).1;
        check(path, &wanted, path, &[content], 16);
    }
}

fn wanted<'a, 'b>(
    extractors: &'a [Extractor],
    path: &'b str,
    content: &[u8],
) -> (FileInfo<'b>, Vec<&'a Extractor>) {
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o755,
    };
    (
        file,
        extractors.iter().filter(|e| (e.wants)(&file)).collect(),
    )
}

/// Gives damaged content to extractors.
fn check(name: &str, extractors: &[&Extractor], path: &str, samples: &[&[u8]], cases: u32) {
    let target = Target {
        name,
        samples,
        tokens: &[],
        cases,
    };
    target.check(|bytes| {
        let found = extractors.iter().map(|e| extract(e, path, bytes));
        found.collect::<Vec<_>>()
    });
}

/// How many things an extractor found, which must be within the limits of any file, and its problems.
fn extract(extractor: &Extractor, path: &str, content: &[u8]) -> (u32, Vec<String>) {
    if !extractor.magic.is_empty() && !extractor.magic.iter().any(|m| content.starts_with(m)) {
        return (0, Vec::new());
    }
    let file = FileInfo {
        path,
        size: content.len() as u64,
        mode: 0o755,
    };
    let extracted = (extractor.extract)(&mut Input {
        file,
        content: &mut Cursor::new(content),
    });
    assert!(extracted.packages.len() <= MAX_PACKAGES);
    assert!(extracted.problems.len() <= 101, "{path}");
    for package in &extracted.packages {
        assert!(!package.name.is_empty() && !package.version.is_empty());
        let ecosystem = crate::by_purl_type(package.purl_type.as_str());
        let normal = ecosystem.map(|e| (e.normalize_name)(&package.name));
        assert_eq!(normal.as_ref(), Some(&package.name), "{path}");
    }
    let found = extracted.packages.len() + extracted.owned.len();
    let found = found + usize::from(extracted.os.is_some());
    let problems = extracted.problems.into_iter().take(5).map(|p| p.what);
    // Few and many are different ways to behave, two and three are not.
    (usize::BITS - found.leading_zeros(), problems.collect())
}

#[test]
fn every_extractor_survives_damage() {
    let samples = samples::samples();
    let extractors = ECOSYSTEMS.iter().flat_map(|e| e.extractors);
    for extractor in extractors.chain(SYSTEM_EXTRACTORS) {
        let own: Vec<_> = samples.iter().filter(|s| s.0 == extractor.name).collect();
        assert!(!own.is_empty(), "{extractor:?} needs a sample");
        let mut paths: Vec<&str> = own.iter().map(|sample| sample.1).collect();
        paths.dedup();
        for path in paths {
            let contents = own.iter().filter(|sample| sample.1 == path);
            let contents: Vec<&[u8]> = contents.map(|sample| &*sample.2).collect();
            for content in &contents {
                let (file, wanted) = wanted(std::slice::from_ref(extractor), path, content);
                assert_eq!(wanted.len(), 1, "{extractor:?} does not want {}", file.path);
                let (found, problems) = extract(extractor, path, content);
                assert!(found > 0 || !problems.is_empty(), "{extractor:?}: {path}");
            }
            let name = format!("ecosystem/{} {path}", extractor.name);
            check(&name, &[extractor], path, &contents, 128);
        }
    }
}

/// Package URLs as documents have them.
const PURLS: &[&[u8]] = &[
    b"pkg:deb/debian/libc6@2.36-9%2Bdeb12u3?arch=amd64&distro=debian-12&upstream=glibc%402.36",
    b"pkg:npm/%40scope/name@1.2.3-beta.1+build#sub/path",
    b"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar",
    b"pkg:golang/github.com/Google/uuid@v1.3.0",
    b"pkg:rpm/redhat/openssl@3.0.7-1.el9?epoch=1&arch=x86_64&upstream=openssl-3.0.7-1.el9.src.rpm",
];

#[test]
fn package_urls_survive_damage() {
    let target = Target {
        name: "ecosystem/purl",
        samples: PURLS,
        tokens: &[b"%", b"?", b"#", b"@", b"pkg:", b"&distro=", b"upstream="],
        cases: 2000,
    };
    target.check(|bytes| {
        let text = String::from_utf8_lossy(bytes);
        let covers = purl::covers(&text, "pkg:npm/%40scope/name@1.2.3?arch=x");
        match purl::from_purl(&text) {
            Ok((package, os)) => {
                let kind = package.purl_type.to_string();
                (covers, kind, purl::to_purl(&package, os.as_ref()).is_some())
            }
            Err(error) => (covers, error.to_string(), false),
        }
    });
}

/// Versions of every kind, two to a sample.
const VERSIONS: &[&[u8]] = &[
    b"1:2.36-9+deb12u3~bpo1\n1:2.36-9",
    b"1.2.3-beta.1+build.5\n1.2.3",
    b"2.14.1-SNAPSHOT\n2.14.1.Final",
    b"1!2.0.post1.dev3+local.7\n2.0rc1",
    b"v0.0.0-20210101000000-abcdefabcdef\nv1.0.0+incompatible",
    b"1.36.1_p2-r5\n1.36.1_alpha3-r0",
    b"3.0.7^git1-25.el9_2\n3.0.7~rc1-1",
    b"1.15.4-x86_64-linux\n1.15.4.pre",
    b"dev-master\n1.0.x-dev",
];

#[test]
fn version_orders_survive_damage() {
    for ecosystem in ECOSYSTEMS {
        let target = Target {
            name: &format!("ecosystem/version {}", ecosystem.purl_type),
            samples: VERSIONS,
            tokens: &[
                b".",
                b"-",
                b"~",
                b"^",
                b"+",
                b"rc",
                b"alpha",
                b"9999999999999999999999",
            ],
            cases: 300,
        };
        target.check(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            let (one, two) = text.split_once('\n').unwrap_or((&text, "1.0"));
            let key = |text| (ecosystem.scheme.key)(text);
            let again = (key(one), key(two));
            let order = key(one).cmp(&key(two));
            assert_eq!(again.1.cmp(&again.0).reverse(), order);
            order
        });
    }
}
