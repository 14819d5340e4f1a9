//! Real programs, jars and package databases, cut and changed: extractors return, and quickly.

use lynkeus_ecosystem::apk::APK;
use lynkeus_ecosystem::deb::DEB;
use lynkeus_ecosystem::golang::GO;
use lynkeus_ecosystem::maven::MAVEN;
use lynkeus_ecosystem::{Ecosystem, Extracted};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use crate::extraction::extract;

/// Headers and directories stand at the ends, so most changes are made there.
fn damage(
    ecosystem: &'static Ecosystem,
    path: &'static str,
    content: &[u8],
    ends: (usize, usize),
) -> Result<(), String> {
    let length = content.len();
    let place = prop_oneof![
        0..ends.0.min(length),
        length.saturating_sub(ends.1.max(1))..length
    ];
    let cut = prop_oneof![Just(length), 0..length];
    let bytes = prop_oneof![
        proptest::collection::vec(any::<u8>(), 1..8),
        Just(vec![0xff; 8]),
        Just(vec![0; 8]),
    ];
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 300,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&(place, 1usize..4, bytes, cut), |(at, step, bytes, cut)| {
        let mut changed = content.to_vec();
        for (target, byte) in changed.iter_mut().skip(at).step_by(step).zip(bytes) {
            *target = byte;
        }
        changed.truncate(cut);
        let Extracted {
            packages, problems, ..
        } = extract(ecosystem, path, &changed);
        prop_assert!(packages.len() + problems.len() < 1000);
        Ok(())
    });
    result.map_err(|error| error.to_string())
}

#[test]
fn damaged_programs_are_survived() {
    let Some(program) = crate::golang::small_program() else {
        return;
    };
    let headers = (4096, 8192);
    assert_eq!(damage(&GO, "prog", &program, headers), Ok(()));
}

#[test]
fn damaged_jars_are_survived() {
    let Some(jar) = crate::maven::nested_jar() else {
        return;
    };
    assert_eq!(damage(&MAVEN, "a.jar", &jar, (100, 2000)), Ok(()));
}

#[test]
fn damaged_package_databases_are_survived() {
    let Ok(status) = std::fs::read("/var/lib/dpkg/status") else {
        return crate::tool::missing("dpkg");
    };
    let status = status.get(..20_000).unwrap_or(&status);
    let everywhere = (usize::MAX, 0);
    assert_eq!(
        damage(&DEB, "var/lib/dpkg/status", status, everywhere),
        Ok(())
    );
    let installed = b"P:musl\nV:1.2.4-r4\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld.so\n\n".repeat(20);
    let path = "lib/apk/db/installed";
    assert_eq!(damage(&APK, path, &installed, everywhere), Ok(()));
}
