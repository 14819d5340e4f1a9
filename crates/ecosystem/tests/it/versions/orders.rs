//! One comparison with a real tool for each order that has one.

use std::cmp::Ordering;
use std::fs;
use std::path::Path;
use std::process::Command;

use lynkeus_ecosystem::version;

use super::neighbours::{Pieces, Random, family};
use super::oracle::{check, check_pairs, program};
use crate::tool;

/// Caught when planted: `~` after letters; `+` and `.` before letters.
#[test]
fn deb_as_dpkg() {
    if tool::output(Command::new("dpkg").arg("--version")).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &["1", "0", "1:1", "2.0", "0:0", "a", "~", "1.0-1", "1.53t"],
        more: &[
            "0", "1", "9", "10", "00", "01", "a", "b", "z", "A", "~", "~~", "+", "-", "-0", ".",
            ":", "rc", ".0", "~0",
        ],
        most: 4,
    };
    check(
        &version::deb::DEB,
        &pieces,
        400,
        Command::new("sh").arg(program("dpkg.sh")),
    );
}

/// Caught when planted: `^` equal to the end; leading zeros that count.
#[test]
fn rpm_as_rpm() {
    if tool::output(Command::new("rpm").arg("--version")).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &["1", "0", "1:1", "2.0", "a", "~1", "1-1", "1^"],
        more: &[
            "0", "1", "9", "10", "00", "01", "a", "b", "z", "A", "~", "~~", "^", "+", "-", ".",
            "_", "rc", ".el9", "..",
        ],
        most: 4,
    };
    let lua = fs::read_to_string(program("rpm.lua")).unwrap();
    check(
        &version::rpm::RPM,
        &pieces,
        4000,
        Command::new("rpm")
            .arg("--eval")
            .arg(format!("%{{lua:{lua}}}")),
    );
}

/// Caught when planted: a development release of a post-release before pre-releases; local
/// words after numbers; trailing zeros that count.
#[test]
fn pep440_as_packaging() {
    if tool::output(Command::new("python3").args(["-c", "import packaging.version"])).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &["1", "0", "1!1", "v2.0", "1.0", "01", "1.0a1", "1.0.post1"],
        more: &[
            "0", "1", "9", "10", ".0", ".1", ".00", "a", "b1", "rc", "c2", "alpha", "preview",
            "pre", "beta", ".post", "post1", "-1", "rev", "r2", ".dev", "dev3", "-", "_", "+a",
            "+1", "+a.1", "+B_02", "A1",
        ],
        most: 2,
    };
    check(
        &version::pep440::PEP440,
        &pieces,
        6000,
        Command::new("python3").arg(program("pep440.py")),
    );
}

/// Caught when planted: the fourth number of `1.2.34.5` refused; a release before its
/// pre-releases.
#[test]
fn npm_as_semver() {
    let Some(root) = tool::output(Command::new("npm").args(["root", "-g"])) else {
        return;
    };
    if tool::output(Command::new("node").arg("--version")).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &["1.0.0", "v1.2.3", "=1.0.10", "0.0.0-", "1.0.0-a", "1.2"],
        more: &[
            "0",
            "1",
            "9",
            "10",
            "01",
            ".0",
            ".1",
            "-",
            "--",
            "a",
            "A",
            "rc",
            ".a",
            "-rc.1",
            "+b",
            "+",
            "99999999999",
            "-0",
        ],
        most: 4,
    };
    check(
        &version::npm::NPM,
        &pieces,
        6000,
        Command::new("node").arg(program("npm.js")).arg(root.trim()),
    );
}

/// Caught when planted: `a` as `alpha` without a digit; a qualifier behind a dot in its own
/// list even if that is empty; a list that always precedes nothing.
#[test]
fn maven_as_comparable_version() {
    let jar = Path::new("/usr/share/java/maven3-artifact.jar");
    if !jar.exists() {
        tool::missing("Debian's libmaven3-core-java");
        return;
    }
    if tool::output(Command::new("java").arg("-version")).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &["1", "0", "1.0", "a", "-", ".", "1-", "1.0.0-0", "2.0-rc"],
        more: &[
            "0",
            "1",
            "9",
            "10",
            "01",
            ".",
            "-",
            ".0",
            "-0",
            "a",
            "b",
            "m",
            "x",
            "alpha",
            "beta",
            "rc",
            "cr",
            "SNAPSHOT",
            "-sp",
            "ga",
            ".final",
            "release",
            "milestone",
            "RC1",
            "_",
            "+",
            "99999999999999999999",
            "--",
            "..",
        ],
        most: 4,
    };
    check(
        &version::maven::MAVEN,
        &pieces,
        8000,
        Command::new("java")
            .args(["-XX:TieredStopAtLevel=1", "-cp"])
            .arg(jar)
            .arg(program("Maven.java")),
    );
}

/// Caught when planted: fewer zeros before a number sort first; zeros before a word kept.
#[test]
fn gem_as_rubygems() {
    if tool::output(Command::new("ruby").arg("--version")).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &["1", "0", "1.0", "1.0.0.0", "1.a", "1-", "0.a.0", "2.0.0.rc"],
        more: &[
            "0", "1", "9", "10", "00", "01", ".0", ".1", ".0.0", "a", "b", "Z", ".a", ".rc", ".",
            "-", "-1", "-a", ".pre",
        ],
        most: 4,
    };
    check(
        &version::gem::GEM,
        &pieces,
        6000,
        Command::new("ruby").arg(program("gem.rb")),
    );
}

/// Caught when planted: `b` as alpha; `patch` before the release; a first number of more than
/// five digits.
#[test]
fn composer_as_composer_semver() {
    let mut probe = Command::new("php");
    probe.args([
        "-r",
        "require '/usr/share/php/Composer/Semver/autoload.php';",
    ]);
    if tool::output(&mut probe).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &[
            "1", "0", "v1.0", "1.0.0.0", "2010", "20100102", "2010-01", "1.x", "dev-", "123456",
            "1.0-rc",
        ],
        more: &[
            "0",
            "1",
            "9",
            "01",
            ".0",
            ".1",
            "-01",
            ":02",
            "10",
            "a",
            "b",
            "p",
            "pl",
            "alpha",
            "beta",
            "RC",
            "patch",
            "stable",
            "dev",
            "-dev",
            "-",
            ".",
            "_",
            "+b",
            "@dev",
            ".99999999999999999999",
            ".x",
            "-a",
            "-beta1",
            " as 2.0",
        ],
        most: 2,
    };
    check(
        &version::composer::COMPOSER,
        &pieces,
        8000,
        Command::new("php").arg(program("composer.php")),
    );
}

/// Caught when planted: `v1` as `v1.1`; leading zeros that count.
#[test]
fn go_as_go() {
    let Some(root) = tool::output(Command::new("go").args(["env", "GOROOT"])) else {
        return;
    };
    let semver = Path::new(root.trim()).join("src/cmd/vendor/golang.org/x/mod/semver/semver.go");
    let module = tool::directory("go-order");
    fs::create_dir_all(module.join("semver")).unwrap();
    fs::copy(semver, module.join("semver/semver.go")).unwrap();
    fs::copy(program("golang.go"), module.join("main.go")).unwrap();
    fs::write(module.join("go.mod"), "module oracle\n\ngo 1.22\n").unwrap();
    let modules = Pieces {
        first: &[
            "v1.0.0", "v1.2.3", "v0.0.0-", "v1.0.0-a", "v1.2", "v1", "v1.0.1-0",
        ],
        more: &[
            "0",
            "1",
            "9",
            "10",
            "01",
            ".0",
            ".1",
            "-",
            "--",
            "a",
            "A",
            "rc",
            ".a",
            "-rc.1",
            "+b",
            "+",
            "99999999999999999999",
            ".20210101000000-abcdefabcdef",
            "+incompatible",
        ],
        most: 2,
    };
    let releases = Pieces {
        first: &[
            "go1.20",
            "go1.9",
            "go1.21.0",
            "go1.21rc1",
            "go1.4beta1",
            "go1.10",
        ],
        more: &[".1", ".0", ".10", "rc1", "beta2", "-x"],
        most: 1,
    };
    for pieces in [modules, releases] {
        check(
            &version::golang::GO,
            &pieces,
            4000,
            Command::new("go")
                .args(["run", "."])
                .env("GOFLAGS", "-mod=mod")
                .env("GOTOOLCHAIN", "local")
                .env("GOWORK", "off")
                .current_dir(&module),
        );
    }
}

/// Only where the port, which is of apk-tools 2, must say what apk-tools 3 says: of versions that
/// are valid (the port takes more), without `~hash` and without zeros at the beginning of a number
/// behind a dot, which it reads as fractions.
///
/// Caught when planted: `_p` before the release; a letter behind a further number.
#[test]
fn apk_as_its_port_to_go() {
    if tool::output(Command::new("go").arg("version")).is_none() {
        return;
    }
    let pieces = Pieces {
        first: &[
            "1",
            "0",
            "10.2",
            "1.1a",
            "2.1_rc",
            "1.3_p1",
            "1.1-r1",
            "20.3_alpha1",
            "1.2",
        ],
        more: &[
            "1",
            "9",
            "10",
            ".1",
            ".2",
            ".10",
            "a",
            "b",
            "z",
            "_alpha",
            "_beta2",
            "_pre",
            "_rc1",
            "_cvs",
            "_svn1",
            "_git20210101",
            "_hg",
            "_p",
            "_p1",
            "_p10",
            "-r0",
            "-r1",
            "-r10",
        ],
        most: 3,
    };
    let mut random = Random::new(1);
    let pairs = (0..40_000).map(|_| family(&pieces, &mut random, 2));
    let is_valid = |version: &String| (version::apk::APK.key)(version).is_some();
    let pairs: Vec<_> = pairs.filter(|pair| pair.iter().all(is_valid)).collect();
    let refused = check_pairs(
        &version::apk::APK,
        &pairs,
        Command::new("go")
            .args(["run", "."])
            .env("GOFLAGS", "-mod=readonly")
            .env("GOWORK", "off")
            .current_dir(program("apk")),
    );
    assert_eq!(refused, 0);
    assert!(pairs.len() > 8000, "only {} pairs", pairs.len());
}

#[test]
fn semver_as_cargo() {
    let pieces = Pieces {
        first: &["1.0.0", "1.2.3", "0.0.0-", "1.0.0-a", "1.2", "1.0.10-0"],
        more: &[
            "0",
            "1",
            "9",
            "10",
            "01",
            ".0",
            ".1",
            "-",
            "--",
            "a",
            "A",
            "rc",
            ".a",
            "-rc.1",
            "+b",
            "+",
            ".99999999999999999999",
        ],
        most: 4,
    };
    let mut random = Random::new(1);
    let mut compared = 0;
    for _ in 0..6000 {
        let pair = family(&pieces, &mut random, 2);
        let (a, b) = (
            semver::Version::parse(&pair[0]),
            semver::Version::parse(&pair[1]),
        );
        let theirs: Option<Ordering> = a.ok().zip(b.ok()).map(|(a, b)| a.cmp_precedence(&b));
        compared += usize::from(theirs.is_some());
        assert_eq!(
            version::semver::SEMVER.compare_text(&pair[0], &pair[1]),
            theirs,
            "{pair:?}"
        );
    }
    assert!(compared > 1500, "only {compared} pairs were compared");
}
