//! Jars of Maven Central against their place there, and against `unzip`.
//!
//! A jar's path in the repository is its true name. Only the file's name is given to the
//! extractor.

use std::path::{Path, PathBuf};
use std::process::Command;

use lynkeus_ecosystem::Extracted;
use lynkeus_ecosystem::maven::MAVEN;
use model::Package;

use crate::extraction::{extract, names};
use crate::tool;

/// Small ones of each kind: with Maven's record, shaded, with a classifier, built by Gradle,
/// Ant and Ivy without a record.
const JARS: [(&str, &str, &str, &str); 9] = [
    ("org.slf4j", "slf4j-api", "1.7.30", ""),
    ("org.apache.htrace", "htrace-core4", "4.1.0-incubating", ""),
    (
        "io.netty",
        "netty-transport-native-epoll",
        "4.1.72.Final",
        "-linux-x86_64",
    ),
    ("org.apache.logging.log4j", "log4j-1.2-api", "2.14.1", ""),
    ("org.springframework", "spring-tx", "5.3.9", ""),
    ("com.squareup.okio", "okio", "1.14.0", ""),
    ("commons-httpclient", "commons-httpclient", "3.1", ""),
    ("dom4j", "dom4j", "1.6.1", ""),
    ("com.google.guava", "failureaccess", "1.0.1", ""),
];

/// The jars, downloaded once.
fn jars(directory: &Path) -> Option<Vec<(String, PathBuf)>> {
    let mut jars = Vec::new();
    for (group, artifact, version, classifier) in JARS {
        let file = format!("{artifact}-{version}{classifier}.jar");
        let path = directory.join(&file);
        if !path.exists() {
            let group = group.replace('.', "/");
            let url = format!("https://repo1.maven.org/maven2/{group}/{artifact}/{version}/{file}");
            let part = directory.join(format!("{file}.{:?}", std::thread::current().id()));
            let curl = [
                "--silent",
                "--show-error",
                "--fail",
                "--max-time",
                "60",
                "--output",
            ];
            tool::output(Command::new("curl").args(curl).arg(&part).arg(url))?;
            std::fs::rename(part, &path).ok()?;
        }
        jars.push((format!("{group}:{artifact} {version}"), path));
    }
    Some(jars)
}

/// The coordinates in the records that `unzip` finds.
fn recorded(jar: &Path) -> Option<Vec<String>> {
    let listing = tool::output(Command::new("unzip").arg("-Z1").arg(jar))?;
    let mut found = Vec::new();
    for member in listing.lines().filter(|l| l.ends_with("/pom.properties")) {
        let text = tool::output(Command::new("unzip").arg("-p").arg(jar).arg(member))?;
        let value = |key: &str| {
            let line = text.lines().find(|l| l.starts_with(key))?;
            Some(line.split_once('=')?.1.trim().to_owned())
        };
        let (group, artifact) = (value("groupId")?, value("artifactId")?);
        found.push(format!("{group}:{artifact} {}", value("version")?));
    }
    found.sort();
    Some(found)
}

fn is_shaded(package: &Package) -> bool {
    package.property("shaded").is_some()
}

fn own(extracted: &Extracted) -> Vec<String> {
    let own = extracted.packages.iter().filter(|p| !is_shaded(p));
    names(&own.cloned().collect::<Vec<_>>())
}

#[test]
fn jars_are_what_the_repository_says() {
    let directory = tool::directory("maven");
    let Some(jars) = jars(&directory) else {
        return;
    };
    for (truth, path) in jars {
        let file = path.file_name().unwrap().to_str().unwrap();
        let extracted = extract(&MAVEN, file, &std::fs::read(&path).unwrap());
        assert_eq!(extracted.problems, [], "{file}");
        assert_eq!(own(&extracted), [truth.as_str()], "{file}");
        let Some(mut expected) = recorded(&path) else {
            return;
        };
        expected.retain(|name| *name != truth);
        let shaded = extracted.packages.iter().filter(|p| is_shaded(p));
        assert_eq!(
            names(&shaded.cloned().collect::<Vec<_>>()),
            expected,
            "{file}"
        );
        assert_eq!(expected.is_empty(), !file.starts_with("htrace"), "{file}");
    }
}

/// A small jar with two small jars inside.
pub(crate) fn nested_jar() -> Option<Vec<u8>> {
    let directory = tool::directory("maven-small");
    let library = directory.join("lib");
    std::fs::create_dir_all(&library).ok()?;
    let cached = jars(&tool::directory("maven"))?;
    for (_, path) in cached {
        let name = path.file_name()?.to_str()?;
        if name.starts_with("netty") || name.starts_with("failureaccess") {
            std::fs::copy(&path, library.join(name)).ok()?;
        }
    }
    let application = directory.join("application.jar");
    let mut jar = Command::new("jar");
    jar.current_dir(&directory)
        .arg("c0fM")
        .arg(&application)
        .arg("lib");
    tool::output(&mut jar)?;
    std::fs::read(application).ok()
}

/// As Spring Boot packs them (stored, `jar -0`) and as web applications are (deflated).
#[test]
fn jars_in_an_application_are_the_same_as_alone() {
    let directory = tool::directory("maven-nested");
    let library = directory.join("BOOT-INF/lib");
    std::fs::create_dir_all(&library).unwrap();
    let Some(jars) = jars(&library) else {
        return;
    };
    let mut truth: Vec<_> = jars.into_iter().map(|(truth, _)| truth).collect();
    truth.sort();
    for flags in ["c0fM", "cfM"] {
        let application = directory.join("application.jar");
        let built = tool::output(
            Command::new("jar")
                .current_dir(&directory)
                .arg(flags)
                .arg(&application)
                .arg("BOOT-INF"),
        );
        if built.is_none() {
            return;
        }
        let content = std::fs::read(&application).unwrap();
        let extracted = extract(&MAVEN, "app.jar", &content);
        assert_eq!(extracted.problems, [], "{flags}");
        assert_eq!(own(&extracted), truth, "{flags}");
        let nested = "app.jar!/BOOT-INF/lib/";
        let mut places = extracted.packages.iter().flat_map(|p| &p.locations);
        assert!(places.all(|l| l.path.starts_with(nested)), "{flags}");
    }
}
