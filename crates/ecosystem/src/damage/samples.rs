//! One file for every extractor, as the tool that makes such files writes it, shortened.

use crate::{cargo, executable, golang, zip};

/// An extractor's name, a path that it wants, and content.
pub(super) type Sample = (&'static str, &'static str, Vec<u8>);

/// At least one sample of every extractor.
pub(super) fn samples() -> Vec<Sample> {
    let texts = SYSTEM
        .iter()
        .chain(LANGUAGES)
        .chain(LOCKS)
        .chain(DATABASES)
        .map(|(name, path, content)| (*name, *path, content.to_vec()));
    texts.chain(archives()).collect()
}

/// Files in containers of their own.
fn archives() -> Vec<Sample> {
    let record: &[u8] =
        b"version=2.14.1\ngroupId=org.apache.logging.log4j\nartifactId=log4j-core\n";
    let member = "META-INF/maven/org.apache.logging.log4j/log4j-core/pom.properties";
    let manifest: &[u8] = b"Manifest-Version: 1.0\nImplementation-Version: 2.14.1\n";
    let jar = zip::tests::archive(&[
        ("META-INF/MANIFEST.MF", true, manifest),
        (member, true, record),
    ]);
    let war = zip::tests::archive(&[
        ("WEB-INF/lib/log4j-core-2.14.1.jar", false, &jar),
        ("WEB-INF/lib/b-1.0.war", true, &jar),
    ]);
    let info: &[u8] = b"Metadata-Version: 1.2\nName: zope.event\nVersion: 4.0\nLicense: ZPL\n";
    let egg = zip::tests::archive(&[("EGG-INFO/PKG-INFO", true, info)]);
    let crates = r#"{"packages":[{"name":"app","version":"0.1.0","source":"local","root":true},
        {"name":"serde","version":"1.0.1","source":"crates.io","kind":"runtime"}]}"#;
    let modules = "path\texample.com/prog\nmod\texample.com/prog\tv1.4.0\th1:x=\n\
                   dep\tgithub.com/google/uuid\tv1.3.0\th1:y=\n=>\tb.com/new\tv1.0.1\th1:x\n\
                   build\tGOOS=linux\n";
    let go = golang::tests::inline("go1.22.3", modules);
    let rust = cargo::tests::compressed(crates);
    let programs = executable::tests::elf(&[(".go.buildinfo", &go), (".dep-v0", &rust)]);
    vec![
        ("maven/archive", "lib/log4j-core-2.14.1.jar", jar),
        ("maven/archive", "opt/app.war", war),
        ("pypi/egg", "opt/zope.event-4.0-py3.8.egg", egg),
        ("executable/build-info", "usr/bin/prog", programs),
    ]
}

type Bytes = (&'static str, &'static str, &'static [u8]);

const SYSTEM: &[Bytes] = &[
    (
        "os/release",
        "etc/os-release",
        b"PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME='Debian'\nID=debian\n\
          ID_LIKE=\"a b\"\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nCPE_NAME=\"cpe:/o:x\"\n",
    ),
    (
        "deb/status",
        "var/lib/dpkg/status",
        b"Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nMulti-Arch: same\n\
          Source: glibc (2.36-9)\nVersion: 1:2.36-9+b1\nDescription: first\n more\n .\n\n\
          Package: a\nStatus: hold ok installed\nVersion: 1\n",
    ),
    (
        "deb/list",
        "var/lib/dpkg/info/libc6:amd64.list",
        b"/.\n/lib\n/lib/x\n/lib/x/libc.so.6\n/usr/share/doc/libc6\n",
    ),
    (
        "deb/md5sums",
        "var/lib/dpkg/status.d/tzdata.md5sums",
        b"d41d8cd98f00b204e9800998ecf8427e  usr/share/zoneinfo/UTC\n\
          d41d8cd98f00b204e9800998ecf8427e  ./usr/share/doc/tzdata/a file\n",
    ),
    (
        "apk/installed",
        "lib/apk/db/installed",
        b"C:Q1abc=\nP:musl\nV:1.2.4-r4\nA:x86_64\nL:MIT\no:musl\nF:lib\nR:ld.so\nZ:Q1=\n\n\
          P:busybox\nV:1.36.1-r5\no:busybox\nF:bin\nR:sh\n\n",
    ),
    (
        "rpm/container-manifest",
        "var/lib/rpmmanifest/container-manifest-2",
        b"bind-libs\t9.16-1.cm2\t1\t1\tMicrosoft Corporation\t(none)\t1\tx86_64\t32\t\
          bind-9.16-1.cm2.src.rpm\n",
    ),
    (
        "rpm/bottlerocket",
        "usr/share/bottlerocket/application-inventory.json",
        br#"{"Content": [{"Name": "kernel-6.1", "Publisher": "Bottlerocket",
            "ApplicationType": "Unspecified", "Architecture": "x86_64", "Version": "6.1.66",
            "Release": "1.1.br1", "Epoch": "(none)"}]}"#,
    ),
];

const DATABASES: &[Bytes] = &[
    (
        "rpm/sqlite",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        include_bytes!("../../testdata/rpm/rpmdb.sqlite"),
    ),
    (
        "rpm/ndb",
        "usr/lib/sysimage/rpm/Packages.db",
        include_bytes!("../../testdata/rpm/Packages.db"),
    ),
    (
        "rpm/bdb",
        "var/lib/rpm/Packages",
        include_bytes!("../../testdata/rpm/Packages"),
    ),
    (
        "rpm/sqlite-wal",
        "var/lib/rpm/rpmdb.sqlite-wal",
        include_bytes!("../../testdata/rpm/logged.sqlite-wal"),
    ),
];

const LANGUAGES: &[Bytes] = &[
    (
        "pypi/metadata",
        "lib/site-packages/a.dist-info/METADATA",
        b"Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\nLicense: BSD\n  text\n\
          Classifier: License :: OSI Approved :: BSD License\nLicense-Expression: MIT\n\nFlask\n",
    ),
    (
        "npm/package-json",
        "node_modules/@s/b/package.json",
        br#"{"name":"@s/b","version":"1.2.3","license":"MIT","licenses":[{"type":"ISC"}]}"#,
    ),
    (
        "gem/specification",
        "gems/specifications/a-1.0-x86_64-linux.gemspec",
        b"# stub: a 1.0 x86_64-linux lib\n\nGem::Specification.new do |s|\n  \
          s.name = \"a\".freeze\n  s.version = \"1.0\"\n  s.licenses = [\"MIT\".freeze, 'BSD']\nend\n",
    ),
    (
        "composer/installed",
        "app/vendor/composer/installed.json",
        br#"{"packages":[{"name":"a/b","version":"v1.0.2","license":["MIT","BSD"]}],"dev":true}"#,
    ),
    (
        "nuget/deps-json",
        "shared/F/8.0.4/F.deps.json",
        br#"{"runtimeTarget":{"name":".NETCoreApp,Version=v8.0/linux-x64"},"targets":{"t":{
            "A/1.0.0":{"runtime":{"A.dll":{}}}}},"libraries":{"A/1.0.0":{"type":"package"}}}"#,
    ),
    (
        "maven/pom.properties",
        "app/META-INF/maven/com.google.guava/guava/pom.properties",
        b"#Created by Maven\nversion=11.0.2\r\ngroupId=com.google.guava\r\nartifactId=guava\r\n",
    ),
    (
        "maven/pom.xml",
        "app/pom.xml",
        b"<?xml version=\"1.0\"?><project><parent><groupId>g.g</groupId><version>1</version></parent>\
          <artifactId>a</artifactId><properties><v>2.14.1</v><w>${v}</w></properties>\
          <dependencyManagement><dependencies><dependency><groupId>m.m</groupId>\
          <artifactId>m</artifactId><version>[3.0]</version></dependency></dependencies>\
          </dependencyManagement><dependencies><dependency><groupId>m.m</groupId>\
          <artifactId>m</artifactId></dependency><dependency><groupId>${project.groupId}</groupId>\
          <artifactId>b</artifactId><version>${w}</version><scope>test</scope></dependency>\
          </dependencies></project>",
    ),
    (
        "bitnami/spdx",
        "opt/bitnami/postgresql/.spdx-postgresql.spdx",
        br#"{"spdxVersion":"SPDX-2.3","packages":[{"SPDXID":"SPDXRef-postgresql",
            "name":"PostgreSQL","versionInfo":"15.3.0-2","licenseDeclared":"PostgreSQL",
            "externalRefs":[{"referenceCategory":"PACKAGE-MANAGER","referenceType":"purl",
            "referenceLocator":"pkg:bitnami/postgresql@15.3.0-2?arch=amd64&distro=debian-12"}]}]}"#,
    ),
    (
        "cran/description",
        "usr/lib/R/site-library/gh/DESCRIPTION",
        b"Package: gh\nTitle: 'GitHub' 'API'\nVersion: 1.4.0\nDescription: Minimal\n    \
          client: Version: 9\nLicense: MIT + file LICENSE\nBuilt: R 4.2.2; ; 2023-01-01\n",
    ),
];

const LOCKS: &[Bytes] = &[
    (
        "pypi/requirements",
        "app/requirements.txt",
        include_bytes!("../../testdata/locks/pypi/requirements.txt"),
    ),
    (
        "pypi/pipfile-lock",
        "app/Pipfile.lock",
        include_bytes!("../../testdata/locks/pypi/Pipfile.lock"),
    ),
    (
        "pypi/toml-lock",
        "app/uv.lock",
        include_bytes!("../../testdata/locks/pypi/uv.lock"),
    ),
    (
        "npm/package-lock",
        "app/package-lock.json",
        include_bytes!("../../testdata/locks/npm/package-lock.json"),
    ),
    (
        "npm/yarn-lock",
        "app/yarn.lock",
        include_bytes!("../../testdata/locks/npm/yarn-1.lock"),
    ),
    (
        "npm/yarn-lock",
        "app/yarn.lock",
        include_bytes!("../../testdata/locks/npm/yarn-4.lock"),
    ),
    (
        "npm/pnpm-lock",
        "app/pnpm-lock.yaml",
        include_bytes!("../../testdata/locks/npm/pnpm-9.yaml"),
    ),
    (
        "npm/bun-lock",
        "app/bun.lock",
        include_bytes!("../../testdata/locks/npm/bun.lock"),
    ),
    (
        "gem/gemfile-lock",
        "app/Gemfile.lock",
        b"GIT\n  remote: x\n  specs:\n    fork (1.2.0)\n      rack (>= 2)\n\nGEM\n  \
          specs:\n    nokogiri (1.15.4-x86_64-linux)\n\nPLATFORMS\n  ruby\n",
    ),
    (
        "composer/lock",
        "composer.lock",
        br#"{"packages":[{"name":"a/b","version":"1"}],"packages-dev":[{"name":"c/d","version":"dev-x"}]}"#,
    ),
    (
        "nuget/packages-lock",
        "app/packages.lock.json",
        br#"{"version":1,"dependencies":{"net6.0":{"A":{"type":"Direct","resolved":"3.0.1"}}}}"#,
    ),
    (
        "nuget/project-assets",
        "app/obj/project.assets.json",
        br#"{"libraries":{"A/1.0.0":{"type":"package","files":["a"]}}}"#,
    ),
    (
        "nuget/packages-config",
        "app/packages.config",
        b"<?xml version=\"1.0\"?><packages><package id=\"A\" version=\"6.4.4\"/></packages>",
    ),
    (
        "maven/gradle.lockfile",
        "app/gradle.lockfile",
        b"# This is a Gradle generated file.\ncom.acme:lib:1.2=runtimeClasspath\nempty=\n",
    ),
    (
        "golang/go.mod",
        "src/go.mod",
        b"module example.com/prog // ours\n\ngo 1.21\n\ntoolchain go1.22.3\n\n\
          require github.com/google/uuid v1.3.0\nrequire (\n\ta.com/old v1.0.0 // indirect\n\
          \t\"a.com/pinned\" v1.2.0\n)\nreplace a.com/old => b.com/new v1.0.1\n\
          replace (\n\ta.com/local => ../local\n)\nexclude a.com/bad v0.1.0\nretract v1.0.0\n",
    ),
    (
        "cargo/lock",
        "app/Cargo.lock",
        b"version = 3\n\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"serde\",\n]\n\n\
          [[package]]\nname = \"serde\"\nversion = \"1.0.1\"\n\
          source = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"00\"\n",
    ),
    (
        "hackage/cabal.project.freeze",
        "cabal.project.freeze",
        b"active-repositories: hackage.haskell.org:merge\n\
          constraints: any.aeson ==2.0.3.0,\n             aeson -cffi +ordered-keymap,\n\
          \x20            any.base ==4.16.0.0\nindex-state: 2022-01-01T00:00:00Z\n",
    ),
    (
        "hackage/stack.yaml.lock",
        "stack.yaml.lock",
        b"packages:\n- completed:\n    hackage: acme-missiles-0.3@sha256:2ba6,613\n    \
          pantry-tree:\n      size: 226\n  original:\n    hackage: acme-missiles-0.3\n\
          snapshots:\n- completed:\n    size: 1\n  original: lts-14.25\n",
    ),
    (
        "julia/manifest",
        "app/Manifest.toml",
        b"julia_version = \"1.9.0\"\nmanifest_format = \"2.0\"\n\n\
          [[deps.HTTP]]\ngit-tree-sha1 = \"00\"\nuuid = \"cd3eb016\"\nversion = \"1.9.1\"\n\
          [deps.HTTP.extensions]\nX = \"Y\"\n",
    ),
];
