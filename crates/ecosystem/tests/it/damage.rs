//! Real programs, jars and package databases, cut and changed: extractors return, and quickly.

use damage::Target;
use lynkeus_ecosystem::apk::APK;
use lynkeus_ecosystem::deb::DEB;
use lynkeus_ecosystem::golang::GO;
use lynkeus_ecosystem::maven::MAVEN;
use lynkeus_ecosystem::{Ecosystem, Extracted};

use crate::extraction::extract;

fn check(name: &str, ecosystem: &'static Ecosystem, path: &str, content: &[u8]) {
    let target = Target {
        name,
        samples: &[content],
        tokens: &[],
        cases: 200,
    };
    target.check(|bytes| {
        let Extracted {
            packages, problems, ..
        } = extract(ecosystem, path, bytes);
        assert!(packages.len() < 200_000 && problems.len() < 1000);
        let problems: Vec<_> = problems.into_iter().take(5).map(|p| p.what).collect();
        (usize::BITS - packages.len().leading_zeros(), problems)
    });
}

#[test]
fn damaged_programs_are_survived() {
    let Some(program) = crate::golang::small_program() else {
        return;
    };
    check("ecosystem/real program", &GO, "prog", &program);
}

#[test]
fn damaged_jars_are_survived() {
    let Some(jar) = crate::maven::nested_jar() else {
        return;
    };
    check("ecosystem/real archive", &MAVEN, "a.jar", &jar);
}

#[test]
fn damaged_package_databases_are_survived() {
    let Ok(status) = std::fs::read("/var/lib/dpkg/status") else {
        return crate::tool::missing("dpkg");
    };
    let status = status.get(..20_000).unwrap_or(&status);
    check("ecosystem/real status", &DEB, "var/lib/dpkg/status", status);
    let installed = b"P:musl\nV:1.2.4-r4\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld.so\n\n".repeat(20);
    let path = "lib/apk/db/installed";
    check("ecosystem/apk database", &APK, path, &installed);
}
