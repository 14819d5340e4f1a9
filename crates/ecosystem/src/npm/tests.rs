//! Rows for the npm extractors.

use super::NPM;
use crate::check::{check_extract, check_wanted, extracted_names};
use crate::damage::check_damaged;

/// Lock files of one project as each tool wrote it: npm 11, yarn 1.22 and 4.5, pnpm 7, 8 and 9,
/// bun 1.2. The project has a workspace, a package under another name, packages in two versions
/// and one with a peer.
const LOCKS: [(&str, &[u8]); 7] = [
    (
        "app/package-lock.json",
        include_bytes!("../../testdata/locks/npm/package-lock.json"),
    ),
    (
        "app/yarn.lock",
        include_bytes!("../../testdata/locks/npm/yarn-1.lock"),
    ),
    (
        "app/yarn.lock",
        include_bytes!("../../testdata/locks/npm/yarn-4.lock"),
    ),
    (
        "app/pnpm-lock.yaml",
        include_bytes!("../../testdata/locks/npm/pnpm-7.yaml"),
    ),
    (
        "app/pnpm-lock.yaml",
        include_bytes!("../../testdata/locks/npm/pnpm-8.yaml"),
    ),
    (
        "app/pnpm-lock.yaml",
        include_bytes!("../../testdata/locks/npm/pnpm-9.yaml"),
    ),
    (
        "app/bun.lock",
        include_bytes!("../../testdata/locks/npm/bun.lock"),
    ),
];

/// `installed.txt` lists every `package.json` in `node_modules` after each tool had installed:
/// the same seven times.
#[test]
fn lock_files_name_what_their_tools_install() {
    let installed: Vec<_> = include_str!("../../testdata/locks/npm/installed.txt")
        .lines()
        .collect();
    for (path, content) in LOCKS {
        assert_eq!(extracted_names(&NPM, path, content), installed, "{path}");
    }
}

#[test]
fn damaged_files_are_survived() {
    check_damaged(&NPM, &LOCKS);
    let package_json =
        br#"{"name":"@s/b","version":"1.2.3","license":"MIT","licenses":[{"type":"ISC"}]}"#;
    let version_1 = br#"{"lockfileVersion":1,"dependencies":{"a":{"version":"1.0.0","dependencies":
        {"@s/b":{"version":"npm:c@2.0.0"}}}}}"#;
    check_damaged(
        &NPM,
        &[
            ("node_modules/@s/b/package.json", package_json),
            ("app/package-lock.json", version_1),
        ],
    );
}

#[test]
fn paths() {
    check_wanted(
        &NPM,
        &[
            ("node_modules/a/package.json", true),
            ("app/node_modules/@s/a/package.json", true),
            (
                "app/node_modules/.pnpm/a@1.0.0/node_modules/a/package.json",
                true,
            ),
            ("app/node_modules/a/lib/esm/package.json", false),
            ("app/node_modules/a/test/fixtures-1.0/package.json", false),
            ("app/node_modules/@s/package.json", false),
            ("app/package.json", false),
            ("package.json", false),
            ("package-lock.json", true),
            ("app/my-package-lock.json", false),
            ("app/node_modules/.package-lock.json", false),
            ("app/node_modules/a/package-lock.json", false),
            ("node_modules/a/yarn.lock", false),
        ],
    );
}

#[test]
fn installed_package_json() {
    check_extract(
        &NPM,
        "app/node_modules/a/node_modules/@s/b/package.json",
        &[
            (
                "expression",
                br#"{"name":"@s/b","version":"1.2.3","license":"(MIT OR Apache-2.0)"}"#,
                &["@s/b 1.2.3 license=(MIT OR Apache-2.0)"],
            ),
            (
                "list of objects, as in old packages",
                br#"{"name":"b","version":"1.0.0","licenses":[{"type":"MIT","url":"u"},{"type":"GPL-2.0"}]}"#,
                &["b 1.0.0 license=MIT license=GPL-2.0"],
            ),
            (
                "installed under another name",
                br#"{"name":"real","version":"2.0.0","license":{"type":"ISC"}}"#,
                &["real 2.0.0 license=ISC"],
            ),
            (
                "a member twice, fields of odd types, byte order mark",
                b"\xef\xbb\xbf{\"name\":\"b\",\"version\":1,\"version\":\"1.0.0\",\"license\":7}",
                &["b 1.0.0"],
            ),
            ("marker without a name", br#"{"type":"module"}"#, &[]),
            (
                "cut off",
                br#"{"name":"b","ver"#,
                &["! app/node_modules/a/node_modules/@s/b/package.json: not the expected JSON: \
                   EOF while parsing a string at line 1 column 16"],
            ),
        ],
    );
    check_extract(
        &NPM,
        "opt/yarn-v1.22.22/package.json",
        &[
            (
                "release archive",
                br#"{"name":"yarn","version":"1.22.22"}"#,
                &["yarn 1.22.22"],
            ),
            (
                "another package's directory",
                br#"{"name":"app","version":"1.22.22"}"#,
                &[],
            ),
        ],
    );
    check_extract(
        &NPM,
        "root/.cache/node/corepack/v1/pnpm/9.1.0/package.json",
        &[(
            "corepack",
            br#"{"name":"pnpm","version":"9.1.0"}"#,
            &["pnpm 9.1.0"],
        )],
    );
}

/// The JSON reader's own limit is 128 levels; npm nests far less.
#[test]
fn deep_nesting_is_refused() {
    let deep = |levels: usize| {
        let open =
            "{\"dependencies\":{\"a\":{\"version\":\"1.0.0\",\"x\":0,\"dependencies\":{\"b\":"
                .repeat(levels);
        format!("{open}{{}}{}", "}}}}".repeat(levels))
    };
    check_extract(
        &NPM,
        "package-lock.json",
        &[
            ("20 levels", deep(20).as_bytes(), &["a 1.0.0 declared"]),
            (
                "10,000 levels",
                deep(10_000).as_bytes(),
                &[
                    "! package-lock.json: not the expected JSON: recursion limit exceeded at line 1 column 2108",
                ],
            ),
        ],
    );
}

#[test]
fn package_lock() {
    check_extract(
        &NPM,
        "app/package-lock.json",
        &[
            (
                "version 3 with root, workspace, link, alias and nesting",
                br#"{"lockfileVersion":3,"packages":{
                    "":{"name":"app","version":"1.0.0"},
                    "packages/w":{"name":"w","version":"1.0.0"},
                    "node_modules/w":{"resolved":"packages/w","link":true},
                    "node_modules/a":{"version":"1.0.0","license":"MIT"},
                    "node_modules/a/node_modules/@s/b":{"version":"2.0.0"},
                    "node_modules/alias":{"name":"real","version":"3.0.0"},
                    "node_modules/c/node_modules/a":{"version":"1.0.0"},
                    "node_modules/odd":7}}"#,
                &[
                    "a 1.0.0 declared license=MIT",
                    "@s/b 2.0.0 declared",
                    "real 3.0.0 declared",
                    "! app/package-lock.json: the entry \"node_modules/odd\" is not an object",
                ],
            ),
            (
                "version 1",
                br#"{"lockfileVersion":1,"dependencies":{
                    "a":{"version":"1.0.0","dependencies":{"@s/b":{"version":"2.0.0"}}},
                    "alias":{"version":"npm:@s/real@3.0.0"},
                    "git":{"version":"git+ssh://git@host/a.git#0123"},
                    "local":{"version":"file:../local"}}}"#,
                &[
                    "a 1.0.0 declared",
                    "@s/b 2.0.0 declared",
                    "@s/real 3.0.0 declared",
                ],
            ),
            (
                "version 2 tells everything twice",
                br#"{"lockfileVersion":2,"packages":{"node_modules/a":{"version":"1.0.0"}},
                    "dependencies":{"a":{"version":"1.0.0"}}}"#,
                &["a 1.0.0 declared"],
            ),
        ],
    );
}

#[test]
fn yarn_lock() {
    check_extract(
        &NPM,
        "app/yarn.lock",
        &[
            (
                "yarn 1",
                b"# yarn lockfile v1\n\n\n\"@s/a@^1.0.0\", \"@s/a@>= 1\":\n  version \"1.2.3\"\n  \
                  resolved \"https://registry.yarnpkg.com/@s/a/-/a-1.2.3.tgz#01\"\n  \
                  dependencies:\n    version \"^9.0.0\"\n\nalias@npm:real@^2:\n  version \"2.0.0\"\n\n\
                  local@file:./local:\n  version \"0.0.0\"\n\nb@^3.0.0, b@~3.0.1:\n  version \"3.0.1\"\n",
                &["@s/a 1.2.3 declared", "real 2.0.0 declared", "b 3.0.1 declared"],
            ),
            (
                "yarn 4",
                b"__metadata:\n  version: 8\n  cacheKey: 10c0\n\n\"@s/a@npm:^1.0.0, @s/a@npm:>=1\":\n  \
                  version: 1.2.3\n  resolution: \"@s/a@npm:1.2.3\"\n  dependencies:\n    b: \"npm:^3\"\n\n\
                  \"app@workspace:.\":\n  version: 0.0.0-use.local\n  resolution: \"app@workspace:.\"\n\n\
                  \"alias@npm:real@^2\":\n  version: 2.0.0\n  resolution: \"real@npm:2.0.0\"\n\n\
                  \"c@patch:c@npm%3A1.0.0#./c.patch\":\n  version: 1.0.0\n  \
                  resolution: \"c@patch:c@npm%3A1.0.0#./c.patch::version=1.0.0&hash=1\"\n",
                &["@s/a 1.2.3 declared", "real 2.0.0 declared", "c 1.0.0 declared"],
            ),
        ],
    );
}

#[test]
fn pnpm_lock() {
    check_extract(
        &NPM,
        "app/pnpm-lock.yaml",
        &[
            (
                "version 5",
                b"lockfileVersion: 5.4\n\nspecifiers:\n  a: ^1.0.0\n\npackages:\n\n  \
                  /@s/a/1.0.0_react@17.0.2:\n    resolution: {integrity: sha512-x}\n    dev: true\n\n  \
                  /b/2.0.0-rc.1:\n    resolution: {integrity: sha512-x}\n    dependencies:\n      version: 9.0.0\n\n  \
                  github.com/u/c/0123abc:\n    resolution: {tarball: https://x/c}\n    name: c\n    version: 3.0.0\n",
                &["@s/a 1.0.0 declared", "b 2.0.0-rc.1 declared", "c 3.0.0 declared"],
            ),
            (
                "version 6",
                b"lockfileVersion: '6.0'\n\npackages:\n\n  /@s/a@1.0.0(react@17.0.2)(b@2.0.0):\n    \
                  resolution: {integrity: sha512-x}\n\n  /b@2.0.0:\n    resolution: {integrity: sha512-x}\n\n  \
                  file:local:\n    resolution: {directory: local, type: directory}\n    name: local\n    version: 1.0.0\n",
                &["@s/a 1.0.0 declared", "b 2.0.0 declared"],
            ),
            (
                "version 9",
                b"lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        version: 1.0.0\n\n\
                  packages:\n\n  '@s/a@1.0.0':\n    resolution: {integrity: sha512-x}\n    engines: {node: '>=6'}\n\n  \
                  b@https://codeload.github.com/u/b/tar.gz/01:\n    resolution: {tarball: https://x}\n    version: 2.0.0\n\n\
                  snapshots:\n\n  '@s/a@1.0.0(x@1.0.0)': {}\n",
                &["@s/a 1.0.0 declared", "b 2.0.0 declared"],
            ),
            (
                "not a lock file",
                b"packages:\n  - 'a/*'\n",
                &[
                    "! app/pnpm-lock.yaml: not a package key: \"- 'a/*'\"",
                    "! app/pnpm-lock.yaml: no lockfileVersion",
                ],
            ),
        ],
    );
}

#[test]
fn bun_lock() {
    check_extract(
        &NPM,
        "app/bun.lock",
        &[(
            "trailing commas and comments",
            br#"{
  // written by bun
  "lockfileVersion": 1,
  "workspaces": {"": {"name": "app", "dependencies": {"a": "^1",},},},
  "packages": {
    "@s/a": ["@s/a@1.0.0", "", {"dependencies": {"b": "^2"}}, "sha512-x"],
    "@s/a/b": ["b@2.0.0", "", {}, "sha512-,]/*x*/",], /* nested */
    "w": ["w@workspace:packages/w"],
    "g": ["g@github:u/g#01", {}, "u-g-01"],
    "odd": {},
  }
}"#,
            &[
                "@s/a 1.0.0 declared",
                "b 2.0.0 declared",
                "! app/bun.lock: not a package: \"odd\"",
            ],
        )],
    );
}
