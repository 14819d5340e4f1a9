//! Rows for the PyPI extractors.

use super::{PYPI, normalize_name};
use crate::check::{check_extract, check_wanted, extracted_names};
use crate::damage::check_damaged;
use crate::zip::tests::archive;

/// Lock files of one project as uv 0.9 (with its exports) and pipenv wrote them. The project
/// has a local directory among its packages.
const LOCKS: [(&str, &[u8]); 4] = [
    (
        "app/Pipfile.lock",
        include_bytes!("../../testdata/locks/pypi/Pipfile.lock"),
    ),
    (
        "app/uv.lock",
        include_bytes!("../../testdata/locks/pypi/uv.lock"),
    ),
    (
        "app/pylock.toml",
        include_bytes!("../../testdata/locks/pypi/pylock.toml"),
    ),
    (
        "app/requirements.txt",
        include_bytes!("../../testdata/locks/pypi/requirements.txt"),
    ),
];

/// The versions are those that `uv pip list` told after installing, and colorama, which only
/// Windows gets and pipenv leaves out on other systems.
#[test]
fn lock_files_name_what_their_tools_install() {
    for (path, content) in LOCKS {
        let mut names = extracted_names(&PYPI, path, content);
        if path != "app/Pipfile.lock" {
            names.retain(|name| name != "colorama 0.4.6");
        }
        let installed = [
            "click 8.1.7",
            "flask 2.0.1",
            "itsdangerous 2.2.0",
            "jinja2 3.1.6",
            "markupsafe 2.1.5",
            "setuptools 84.2.1",
            "werkzeug 2.0.3",
            "zope-event 5.0",
        ];
        assert_eq!(names, installed, "{path}");
    }
}

#[test]
fn damaged_files_are_survived() {
    check_damaged(&PYPI, &LOCKS);
    let metadata = b"Metadata-Version: 2.1\nName: Flask\nVersion: 2.0.1\nLicense: BSD\n  text\n\
          Classifier: License :: OSI Approved :: BSD License\nLicense-Expression: MIT\n\nFlask\n";
    let poetry = b"[[package]]\nname = \"Flask\"\nversion = \"2.0.1\"\n[package.source]\n\
          type = \"directory\"\n\n[[package]]\nname = \"b\"\nversion = \"1\"\n";
    check_damaged(
        &PYPI,
        &[
            ("lib/site-packages/a.dist-info/METADATA", metadata),
            ("app/poetry.lock", poetry),
        ],
    );
}

#[test]
fn names_are_normal() {
    for (name, normal) in [
        ("Flask", "flask"),
        ("zope.interface", "zope-interface"),
        ("a-._-b__C", "a-b-c"),
    ] {
        assert_eq!(normalize_name(name), normal);
    }
}

#[test]
fn paths() {
    check_wanted(
        &PYPI,
        &[
            ("lib/site-packages/a-1.dist-info/METADATA", true),
            ("lib/site-packages/a-1.dist-info/licenses/METADATA", false),
            ("src/a-1/PKG-INFO", false),
            ("conda/conda-meta/a-1-py_0.json", false),
            ("requirements.txt", true),
            ("app/requirements/base.txt", true),
            ("app/dev-requirements.txt", true),
            ("app/requirements.in", false),
            ("app/notes.txt", false),
            ("lib/site-packages/a/requirements.txt", false),
            ("lib/python3/dist-packages/a/poetry.lock", false),
            ("pylock.toml", true),
            ("app/pylock.dev.toml", true),
            ("app/pyproject.toml", false),
            ("app/Cargo.lock", false),
        ],
    );
}

#[test]
fn installed_metadata() {
    check_extract(
        &PYPI,
        "usr/lib/python3.11/site-packages/x-1.dist-info/METADATA",
        &[
            (
                "expression wins over free text and classifiers",
                b"Metadata-Version: 2.4\nName: Zope.Interface\nVersion: 6.0\nLicense: ZPL\n\
                  License-Expression: ZPL-2.1\nClassifier: License :: OSI Approved :: Zope\n\n\
                  Name: not-me\nVersion: 0\n",
                &["zope-interface 6.0 license=ZPL-2.1"],
            ),
            (
                "the text of a licence is no licence",
                b"Name: a\r\nVersion: 1!2.0.post1+local.1\r\nLicense: Copyright 2020\r\n        All rights\r\n\
                  Classifier: License :: OSI Approved :: MIT License\r\n",
                &["a 1!2.0.post1+local.1 license=MIT License"],
            ),
            (
                "unknown licence, fields in another case, not UTF-8",
                b"name: a\nVERSION: 1\nAuthor: J\xf6rg\nLicense: UNKNOWN\n",
                &["a 1"],
            ),
            (
                "no version",
                b"Name: a\n\nVersion: 1\n",
                &["! usr/lib/python3.11/site-packages/x-1.dist-info/METADATA: \"a\" has no version"],
            ),
            (
                "empty",
                b"",
                &["! usr/lib/python3.11/site-packages/x-1.dist-info/METADATA: no Name field"],
            ),
        ],
    );
    for path in [
        "usr/lib/python3/dist-packages/six-1.16.0.egg-info/PKG-INFO",
        "usr/lib/python3/dist-packages/six-1.16.0.egg-info",
        "opt/six-1.16.0-py3.11.egg/EGG-INFO/PKG-INFO",
    ] {
        check_extract(
            &PYPI,
            path,
            &[(
                "setuptools and distutils",
                b"Metadata-Version: 1.0\nName: six\nVersion: 1.16.0\nLicense: MIT\n",
                &["six 1.16.0 license=MIT"],
            )],
        );
    }
}

#[test]
fn eggs() {
    let pkg_info: &[u8] = b"Metadata-Version: 1.2\nName: zope.event\nVersion: 4.0\nLicense: ZPL\n";
    let egg = archive(&[
        ("zope/event.py", false, b"pass"),
        ("EGG-INFO/PKG-INFO", true, pkg_info),
    ]);
    check_extract(
        &PYPI,
        "opt/zope.event-4.0-py3.8.egg",
        &[
            (
                "metadata in the archive",
                &egg,
                &["zope-event 4.0 license=ZPL at=opt/zope.event-4.0-py3.8.egg!/EGG-INFO/PKG-INFO"],
            ),
            (
                "no metadata",
                &archive(&[("a.py", false, b"pass")]),
                &["! opt/zope.event-4.0-py3.8.egg: has no EGG-INFO/PKG-INFO"],
            ),
        ],
    );
    check_damaged(&PYPI, &[("opt/a.egg", &egg)]);
}

#[test]
fn requirements() {
    check_extract(
        &PYPI,
        "app/requirements-dev.txt",
        &[(
            "only pins",
            b"# a==0\n-r other.txt\n--index-url https://x/==1\nDjango==4.2.1  # why\nrequests[socks] == 2.31.0 ; python_version > '3'\n\
              attrs===23.1.0\nidna==3.4 \\\n    --hash=sha256:aa==1 \\\n    --hash=sha256:bb\nurllib3>=1.26\nsix==1.*\n\
              a==1,<2\nb @ https://x/b==1.whl\nc=={{ version }}\nzope.event (==5.0)\nd==1.0 --hash=sha256:aa\n",
            &[
                "django 4.2.1 declared",
                "requests 2.31.0 declared",
                "attrs 23.1.0 declared",
                "idna 3.4 declared",
                "zope-event 5.0 declared",
                "d 1.0 declared",
            ],
        )],
    );
}

#[test]
fn pipfile_lock() {
    check_extract(
        &PYPI,
        "Pipfile.lock",
        &[(
            "sections",
            br#"{"_meta":{"hash":{"sha256":"x"},"requires":{}},
                "default":{"Flask":{"version":"==2.0.1","hashes":[]},"mine":{"path":".","editable":true}},
                "develop":{"pytest":{"version":"==7.0"}},"docs":{"sphinx":{"version":"==6.1"}}}"#,
            &[
                "flask 2.0.1 declared",
                "pytest 7.0 declared",
                "sphinx 6.1 declared",
            ],
        )],
    );
}

#[test]
fn toml_locks() {
    check_extract(
        &PYPI,
        "poetry.lock",
        &[
            (
                "local directories left out",
                b"[[package]]\nname = \"Flask\"\nversion = \"2.0.1\"\noptional = false\n[package.dependencies]\nclick = \">=8\"\n\n\
                  [[package]]\nname = \"mine\"\nversion = \"0\"\n[package.source]\ntype = \"directory\"\nurl = \".\"\n\n\
                  [[package]]\nname = \"fork\"\nversion = \"1\"\n[package.source]\ntype = \"git\"\n\n[metadata]\nlock-version = \"2.0\"\n",
                &["flask 2.0.1 declared", "fork 1 declared"],
            ),
            (
                "odd types",
                b"package = [1, {name = \"a\", version = 1}, {name = \"b\", version = \"1\", source = 1}]\n",
                &["b 1 declared", "! poetry.lock: a package has no name"],
            ),
            (
                "broken",
                b"[[package]]\nname = \"a\nversion = 1\n",
                &["! poetry.lock: not the expected TOML: invalid basic string, expected `\"` at line 2"],
            ),
        ],
    );
    check_extract(
        &PYPI,
        "app/uv.lock",
        &[(
            "project and workspace members left out",
            b"version = 1\n[[package]]\nname = \"app\"\nversion = \"0.1.0\"\nsource = { virtual = \".\" }\n\
              [[package]]\nname = \"idna\"\nversion = \"3.4\"\nsource = { registry = \"https://pypi.org/simple\" }\n\
              [[package]]\nname = \"m\"\nversion = \"1\"\nsource = { editable = \"m\" }\n",
            &["idna 3.4 declared"],
        )],
    );
    check_extract(
        &PYPI,
        "pylock.dev.toml",
        &[(
            "PEP 751",
            b"lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"attrs\"\nversion = \"25.1.0\"\n\
              [[packages]]\nname = \"mine\"\nversion = \"1\"\ndirectory = { path = \".\" }\n[[packages]]\nname = \"dynamic\"\n",
            &["attrs 25.1.0 declared"],
        )],
    );
}
