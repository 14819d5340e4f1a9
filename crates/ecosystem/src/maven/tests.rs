//! Rows for archives, their nesting, and build files.

use super::MAVEN;
use super::file_name::split;
use crate::check::check_extract;
use crate::zip::tests::archive;

const LOG4J: (&str, bool, &[u8]) = (
    "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties",
    true,
    b"#Created by Maven\nversion=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n",
);
const GUAVA: (&str, bool, &[u8]) = (
    "META-INF/maven/com.google.guava/guava/pom.properties",
    true,
    b"version=11.0.2\r\ngroupId=com.google.guava\r\nartifactId=guava\r\n",
);

fn manifest(text: &'static str) -> (&'static str, bool, &'static [u8]) {
    ("META-INF/MANIFEST.MF", true, text.as_bytes())
}

#[test]
fn records_name_the_archive_and_what_is_shaded_into_it() {
    let own = "org.apache.logging.log4j:log4j-core 2.14.1";
    let shaded = "com.google.guava:guava 11.0.2 \
                  at=lib/JAR!/META-INF/maven/com.google.guava/guava/pom.properties shaded=true";
    let rows: [(&str, Vec<u8>, &[&str]); 7] = [
        ("log4j-core-2.14.1.jar", archive(&[LOG4J]), &[own]),
        ("logging.jar", archive(&[LOG4J]), &[own]),
        (
            "log4j-core-2.14.1.jar",
            archive(&[GUAVA, LOG4J]),
            &[own, shaded],
        ),
        (
            "tool-3.0.jar",
            archive(&[GUAVA, manifest("Implementation-Vendor-Id: com.acme\n")]),
            &["com.acme:tool 3.0", shaded],
        ),
        (
            "all-in-one.jar",
            archive(&[
                LOG4J,
                GUAVA,
                manifest("Bundle-SymbolicName: org.apache.logging.log4j.core\n"),
            ]),
            &[own, shaded],
        ),
        (
            "all.jar",
            archive(&[LOG4J, GUAVA]),
            &[
                shaded,
                "org.apache.logging.log4j:log4j-core 2.14.1 at=lib/JAR!/META-INF/maven/\
                 org.apache.logging.log4j/log4j-core/pom.properties shaded=true",
            ],
        ),
        (
            "x.jar",
            archive(&[(
                "META-INF/maven/g/x/pom.xml",
                true,
                b"<project><parent><groupId>org.g</groupId><version>2.0</version></parent>\
                  <artifactId>x</artifactId><version>${revision}</version>\
                  <properties><revision>2.1</revision></properties></project>",
            )]),
            &["org.g:x 2.1"],
        ),
    ];
    for (file, content, expected) in rows {
        let expected: Vec<_> = expected.iter().map(|l| l.replace("JAR", file)).collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check_extract(
            &MAVEN,
            &format!("lib/{file}"),
            &[(file, &content, &expected)],
        );
    }
}

#[test]
fn without_records_names_and_manifest_decide() {
    let spring = ("org/springframework/core/X.class", false, b"".as_slice());
    let rows: [(&str, &'static str, &str); 15] = [
        (
            "m2/repository/org/acme/lib/1.2/lib-1.2.jar",
            "",
            "org.acme:lib 1.2",
        ),
        (
            ".gradle/caches/modules-2/files-2.1/org.acme/lib/1.2/0a1b/lib-1.2.jar",
            "",
            "org.acme:lib 1.2",
        ),
        (
            "usr/share/maven-repo/org/acme/lib/debian/lib-debian.jar",
            "",
            "",
        ),
        ("lib-1.2.jar", "", "lib 1.2 group=unknown"),
        (
            "lib.jar",
            "Implementation-Version: 1.2\n",
            "lib 1.2 group=unknown",
        ),
        (
            "lib.jar",
            "Implementation-Version: ${project.version}\n",
            "",
        ),
        (
            "app.jar",
            "Implementation-Title: my-app\nImplementation-Version: 1.2\n",
            "my-app 1.2 group=unknown",
        ),
        (
            "lib-1.2.jar",
            "Implementation-Title: com.acme#lib;1.2\n",
            "com.acme:lib 1.2",
        ),
        (
            "lib-1.2.jar",
            "Implementation-Vendor-Id: Acme Inc\nBundle-SymbolicName: com.acme.lib;singleton:=true\n",
            "com.acme:lib 1.2",
        ),
        (
            "maven-core-3.0.jar",
            "Bundle-SymbolicName: org.apache.maven.core\n",
            "org.apache.maven:maven-core 3.0",
        ),
        (
            "git.hpi",
            "Group-Id: org.jenkins-ci.plugins\nShort-Name: git\nPlugin-Version: 4.11.3\n",
            "org.jenkins-ci.plugins:git 4.11.3",
        ),
        (
            "tomcat/lib/catalina.jar",
            "Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.50\n",
            "org.apache.tomcat:tomcat-catalina 9.0.50",
        ),
        (
            "spring-core-5.3.9.jar",
            "",
            "org.springframework:spring-core 5.3.9",
        ),
        (
            "spring-boot-2.5.3.jar",
            "",
            "org.springframework.boot:spring-boot 2.5.3",
        ),
        ("notes.jar", "", ""),
    ];
    for (path, text, expected) in rows {
        let content = archive(&[manifest(text), spring]);
        let expected: &[&str] = if expected.is_empty() {
            &[]
        } else {
            &[expected]
        };
        check_extract(&MAVEN, path, &[(text, &content, expected)]);
    }
}

/// Debian's packages put the major version into the names of Tomcat's archives.
#[test]
fn archives_of_tomcat_are_named_as_in_the_repository() {
    for path in ["tomcat9-coyote-9.0.70.jar", "tomcat-coyote.jar"] {
        let text = "Implementation-Title: Apache Tomcat\nImplementation-Version: 9.0.70\n";
        let content = archive(&[manifest(text)]);
        let expected = ["org.apache.tomcat:tomcat-coyote 9.0.70"];
        check_extract(&MAVEN, path, &[(path, &content, &expected)]);
    }
}

/// Debian's own `guice.jar` has one record, that of a library copied into it.
#[test]
fn the_only_record_may_be_of_a_copied_library() {
    let guava = "com.google.guava:guava 11.0.2";
    let copied = format!(
        "{guava} at=lib/JAR!/META-INF/maven/com.google.guava/guava/pom.properties shaded=true"
    );
    let rows: [(&'static str, &[&str]); 5] = [
        (
            "Bundle-Version: 4.2.3\n",
            &["tool 4.2.3 group=unknown", &copied],
        ),
        (
            "Bundle-Version: 11.0.3\n",
            &["tool 11.0.3 group=unknown", &copied],
        ),
        ("Bundle-Version: 11.0.2.v2011\n", &[guava]),
        ("Implementation-Version: build 7\n", &[guava]),
        (
            "Bundle-Version: 4.2.3\nBundle-SymbolicName: com.google.guava\n",
            &[guava],
        ),
    ];
    for (text, expected) in rows {
        let content = archive(&[GUAVA, manifest(text)]);
        let expected: Vec<_> = expected
            .iter()
            .map(|e| e.replace("JAR", "tool.jar"))
            .collect();
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        check_extract(&MAVEN, "lib/tool.jar", &[(text, &content, &expected)]);
    }
}

/// Debian writes dashes where the artifact has underscores, and its own marks in versions.
#[test]
fn names_of_debian_are_understood() {
    let record = (
        "META-INF/maven/org.apache.geronimo.specs/geronimo-interceptor_3.0_spec/pom.properties",
        true,
        b"groupId=org.apache.geronimo.specs\nartifactId=geronimo-interceptor_3.0_spec\nversion=1.0.1\n"
            .as_slice(),
    );
    let content = archive(&[record]);
    let expected = ["org.apache.geronimo.specs:geronimo-interceptor_3.0_spec 1.0.1"];
    let path = "geronimo-interceptor-3.0-spec.jar";
    check_extract(&MAVEN, path, &[("dashes", &content, &expected)]);
    let plain = archive(&[manifest("")]);
    let expected = ["jsr305 0.1~+svn49 group=unknown"];
    let path = "jsr305-0.1~+svn49.jar";
    check_extract(&MAVEN, path, &[("tilde", &plain, &expected)]);
}

/// The name of a module is no group beside a bundle's name that says another.
#[test]
fn bundle_and_module_must_not_disagree_about_the_group() {
    let text = "Bundle-SymbolicName: com.google.inject\nAutomatic-Module-Name: com.google.guice\n";
    let content = archive(&[manifest(text)]);
    let expected = ["guice 4.2.3 group=unknown"];
    check_extract(
        &MAVEN,
        "guice-4.2.3.jar",
        &[("bundle", &content, &expected)],
    );
}

/// The same name without the classes is another maker's.
#[test]
fn a_known_name_needs_the_known_classes() {
    let content = archive(&[manifest("")]);
    let expected = ["spring-core 5.3.9 group=unknown"];
    check_extract(
        &MAVEN,
        "spring-core-5.3.9.jar",
        &[("classes", &content, &expected)],
    );
}

#[test]
fn archives_in_archives_are_read() {
    let library = archive(&[LOG4J]);
    let own = (
        "META-INF/maven/com.acme/app/pom.properties",
        false,
        b"groupId=com.acme\nartifactId=app\nversion=1.0\n".as_slice(),
    );
    let war = archive(&[own, ("WEB-INF/lib/log4j-core-2.14.1.jar", true, &library)]);
    let broken = archive(&[("BOOT-INF/lib/broken-1.0.jar", false, b"PK\x03\x04")]);
    let ear = archive(&[
        ("app.war", false, &war),
        ("lib/a-1.0-sources.jar", false, &library),
    ]);
    let script = [b"#!/bin/bash\n".as_slice(), &war].concat();
    let log4j = "org.apache.logging.log4j:log4j-core 2.14.1 at=";
    check_extract(
        &MAVEN,
        "opt/app.jar",
        &[
            (
                "compressed inside",
                &war,
                &[
                    "com.acme:app 1.0",
                    &format!("{log4j}opt/app.jar!/WEB-INF/lib/log4j-core-2.14.1.jar"),
                ],
            ),
            (
                "behind a script",
                &script,
                &[
                    "com.acme:app 1.0",
                    &format!("{log4j}opt/app.jar!/WEB-INF/lib/log4j-core-2.14.1.jar"),
                ],
            ),
            (
                "two deep, sources left out",
                &ear,
                &[
                    "com.acme:app 1.0 at=opt/app.jar!/app.war",
                    &format!("{log4j}opt/app.jar!/app.war!/WEB-INF/lib/log4j-core-2.14.1.jar"),
                ],
            ),
            (
                "broken inside",
                &broken,
                &[
                    "! opt/app.jar!/BOOT-INF/lib/broken-1.0.jar: not a ZIP archive: it has no end record",
                ],
            ),
        ],
    );
}

/// An archive that contains itself would have no end.
#[test]
fn depth_is_limited() {
    let mut file = archive(&[LOG4J]);
    for _ in 0..10 {
        file = archive(&[("a.jar", false, &file)]);
    }
    let place = format!("a.jar{}", "!/a.jar".repeat(7));
    let expected = format!("! {place}: too many archives inside one another");
    check_extract(&MAVEN, "a.jar", &[("ten deep", &file, &[&expected])]);
}

#[test]
fn file_names_split_before_the_version() {
    let rows = [
        ("commons-lang3-3.12.0", "commons-lang3", Some("3.12.0")),
        ("log4j-1.2-api-2.14.1", "log4j-1.2-api", Some("2.14.1")),
        ("guava-31.1-jre", "guava", Some("31.1-jre")),
        (
            "lib-1.0-20200101.120000-3",
            "lib",
            Some("1.0-20200101.120000-3"),
        ),
        ("lib-1.0-rc-1", "lib", Some("1.0-rc-1")),
        ("lib-1.0-SNAPSHOT", "lib", Some("1.0-SNAPSHOT")),
        (
            "netty-transport-native-epoll-4.1.72.Final-linux-x86_64",
            "netty-transport-native-epoll",
            Some("4.1.72.Final"),
        ),
        ("kafka_2.12-3.2.0", "kafka_2.12", Some("3.2.0")),
        (
            "org.eclipse.osgi_3.17.0",
            "org.eclipse.osgi",
            Some("3.17.0"),
        ),
        ("jsr305", "jsr305", None),
        ("1.0", "1.0", None),
        ("lib-", "lib-", None),
        ("", "", None),
    ];
    for (stem, name, version) in rows {
        assert_eq!(split(stem), (name, version), "{stem}");
    }
}

#[test]
fn build_files_declare() {
    check_extract(
        &MAVEN,
        "app/pom.xml",
        &[
            (
                "literal, property, managed, range, test",
                b"<?xml version=\"1.0\"?><project><groupId>g.g</groupId><version>1</version>\
                  <properties><v>2.14.1</v><loop>${loop}</loop></properties>\
                  <dependencyManagement><dependencies><dependency><groupId>m.m</groupId>\
                  <artifactId>m</artifactId><version>[3.0]</version></dependency></dependencies>\
                  </dependencyManagement><dependencies>\
                  <dependency><groupId>a.a</groupId><artifactId>a</artifactId><version>1.0</version></dependency>\
                  <dependency><groupId>${project.groupId}</groupId><artifactId>b</artifactId><version>${v}</version></dependency>\
                  <dependency><groupId>m.m</groupId><artifactId>m</artifactId></dependency>\
                  <dependency><groupId>r.r</groupId><artifactId>r</artifactId><version>[1,2)</version></dependency>\
                  <dependency><groupId>l.l</groupId><artifactId>l</artifactId><version>${loop}</version></dependency>\
                  <dependency><groupId>t.t</groupId><artifactId>t</artifactId><version>1</version><scope>test</scope></dependency>\
                  </dependencies></project>",
                &["a.a:a 1.0 declared", "g.g:b 2.14.1 declared", "m.m:m 3.0 declared"],
            ),
            (
                "not well-formed",
                b"<project><dependencies><dependency><groupId>a.a</groupId><artifactId>a</artifactId>\
                  <version>1.0</version></dependency></project>",
                &[
                    "a.a:a 1.0 declared",
                    "! app/pom.xml: not well-formed: ill-formed document: expected `</dependencies>`, \
                     but `</project>` was found",
                ],
            ),
        ],
    );
    check_extract(
        &MAVEN,
        "app/gradle.lockfile",
        &[(
            "comment, entries, end",
            b"# This is a Gradle generated file.\ncom.acme:lib:1.2=runtimeClasspath\nodd\nempty=\n",
            &[
                "com.acme:lib 1.2 declared",
                "! app/gradle.lockfile:3: not a module with group, artifact and version",
            ],
        )],
    );
    check_extract(
        &MAVEN,
        "tomcat/webapps/app/META-INF/maven/com.acme/app/pom.properties",
        &[("unpacked", GUAVA.2, &["com.google.guava:guava 11.0.2"])],
    );
}
