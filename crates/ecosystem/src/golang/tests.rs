//! Rows for build information and `go.mod`.

use super::{GO, semantic_release};
use crate::check::check_extract;
use crate::executable::tests::elf;

/// Build information as Go 1.18 and later write it.
pub(crate) fn inline(version: &str, modules: &str) -> Vec<u8> {
    let mut bytes = b"\xff Go buildinf:\x08\x02".to_vec();
    bytes.resize(32, 0);
    for text in [version.to_owned(), framed(modules)] {
        let mut length = text.len();
        while length >= 0x80 {
            bytes.push(length.to_le_bytes()[0] | 0x80);
            length >>= 7;
        }
        bytes.push(length.to_le_bytes()[0]);
        bytes.extend_from_slice(text.as_bytes());
    }
    bytes
}

fn framed(modules: &str) -> String {
    format!("0123456789abcdef{modules}fedcba9876543210")
}

fn program(version: &str, modules: &str) -> Vec<u8> {
    elf(&[(".go.buildinfo", &inline(version, modules))])
}

#[test]
fn build_information_becomes_packages() {
    check_extract(
        &GO,
        "usr/bin/prog",
        &[
            (
                "main module, dependency, settings",
                &program(
                    "go1.22.3",
                    "path\texample.com/prog/cmd\nmod\texample.com/prog\tv1.4.0\th1:x=\n\
                     dep\tgithub.com/google/uuid\tv1.3.0\th1:y=\n\
                     build\tCGO_ENABLED=0\nbuild\tGOARCH=arm64\nbuild\tGOOS=linux\n",
                ),
                &[
                    "example.com/prog v1.4.0 main=true",
                    "github.com/google/uuid v1.3.0",
                    "stdlib 1.22.3 cgo=0 goarch=arm64 goos=linux",
                ],
            ),
            (
                "replaced by a fork and by a directory",
                &program(
                    "go1.20",
                    "path\tx\nmod\tx\tv1.0.0\n\
                     dep\ta.com/old\tv1.0.0\n=>\tb.com/new\tv1.0.1\th1:x\n\
                     dep\ta.com/local\tv2.0.0\n=>\t./local\t(devel)\t\n",
                ),
                &[
                    "a.com/local (devel) replacement=./local",
                    "b.com/new v1.0.1 replaces=a.com/old@v1.0.0",
                    "stdlib 1.20.0 toolchain=go1.20",
                    "x v1.0.0 main=true",
                ],
            ),
            (
                "toolchain program without modules",
                &program("go1.26.8", "path\tcmd/gofmt\n"),
                &["stdlib 1.26.8", "toolchain 1.26.8"],
            ),
            (
                "development toolchain, no module text",
                &program("devel go1.23-abc", ""),
                &["stdlib (devel) toolchain=devel go1.23-abc"],
            ),
            (
                "longer than the file",
                &elf(&[(".go.buildinfo", &{
                    let mut bytes = inline("go1.22.3", "path\tx\n");
                    bytes[41..44].copy_from_slice(&[0xff, 0xff, 0x7f]);
                    bytes
                })]),
                &["! usr/bin/prog: damaged Go build information"],
            ),
            (
                "no main module, but a path at a known host and the linker's version",
                &program(
                    "go1.24.3",
                    "path\tgithub.com/docker/cli/cmd/docker\n\
                     build\t-ldflags=\" -X \\\"github.com/docker/cli/cli/version.Version=28.2.2\\\"\"\n",
                ),
                &[
                    "github.com/docker/cli v28.2.2 main=true version-from=ldflags",
                    "stdlib 1.24.3",
                ],
            ),
            (
                "no main module and no version",
                &program("go1.24.3", "path\tgithub.com/docker/cli/cmd/docker\n"),
                &["stdlib 1.24.3"],
            ),
            ("not Go", &elf(&[(".text", b"code")]), &[]),
        ],
    );
}

#[test]
fn modules_need_a_name() {
    check_extract(
        &GO,
        "usr/bin/prog",
        &[(
            "modules without a name or a version",
            &program(
                "go1.24.3",
                "path\tx\ndep\t\tv1.0.0\th1:x=\ndep\ta.com/a\tv1.0.0\n=>\tb.com/b\ndep\tc.com/c\n",
            ),
            &[
                "b.com/b (devel) replaces=a.com/a@v1.0.0",
                "c.com/c (devel)",
                "stdlib 1.24.3",
            ],
        )],
    );
}

#[test]
fn a_main_module_has_a_version_only_if_one_is_known() {
    let main = |version: &str, settings: &str| {
        program(
            "go1.24.0",
            &format!("path\tg.com/o/app\nmod\tg.com/o/app\t{version}\n{settings}"),
        )
    };
    let flags = |flags: &str| format!("build\t-ldflags=\"{flags}\"\n");
    let rows = [
        ("(devel)", String::new(), "(devel) main=true"),
        ("v1.2.3+dirty", String::new(), "v1.2.3+dirty main=true"),
        (
            "(devel)",
            flags("-s -w -X main.version=1.4.2 -X main.commit=abc"),
            "v1.4.2 main=true version-from=ldflags",
        ),
        (
            "(devel)",
            flags("-X 'g.com/o/app/internal.Version=v2.0.0-rc1'"),
            "v2.0.0-rc1 main=true version-from=ldflags",
        ),
        (
            "(devel)",
            flags("-X g.com/other/lib.Version=v2.0.0"),
            "(devel) main=true",
        ),
        (
            "(devel)",
            flags("-X g.com/o/a.Version=v2.0.0 -X g.com/o/b.Version=v3.0.0"),
            "(devel) main=true",
        ),
        ("(devel)", flags("-X main.version=dev"), "(devel) main=true"),
        (
            "v0.0.0-20240102030405-0123456789ab",
            "build\tvcs.revision=0123456789ab\n".to_owned(),
            "(devel) main=true stamped=v0.0.0-20240102030405-0123456789ab \
             vcs.revision=0123456789ab",
        ),
        ("v1.9.0", flags("-X main.version=1.4.2"), "v1.9.0 main=true"),
    ];
    for (version, settings, expected) in rows {
        check_extract(
            &GO,
            "app",
            &[(
                &format!("{version} {settings}"),
                &main(version, &settings),
                &[&format!("g.com/o/app {expected}"), "stdlib 1.24.0"],
            )],
        );
    }
}

/// Strings by pointer, as before Go 1.18: header, then string headers, then texts.
#[test]
fn pointers_lead_to_the_texts() {
    let modules = framed("path\tx\nmod\tx\tv1.0.0\n");
    let mut data = b"\xff Go buildinf:\x08\x00".to_vec();
    for number in [0x20020, 0x20030, 0x10000, 8, 0x10008, modules.len() as u64] {
        data.extend_from_slice(&u64::to_le_bytes(number));
    }
    let texts = format!("go1.16.5{modules}");
    let file = elf(&[(".rodata", texts.as_bytes()), (".go.buildinfo", &data)]);
    let expected = ["stdlib 1.16.5", "x v1.0.0 main=true"];
    check_extract(&GO, "prog", &[("pointers", &file, &expected)]);
    // Go 1.17's own tools point to a module list that was never set: it has no bytes in the file.
    let mut unset = data.clone();
    unset[24..32].copy_from_slice(&0x70000_u64.to_le_bytes());
    let file = elf(&[(".rodata", texts.as_bytes()), (".go.buildinfo", &unset)]);
    check_extract(&GO, "prog", &[("unset", &file, &["stdlib 1.16.5"])]);
    // The same without section headers: the first writable segment is searched.
    let mut bare = elf(&[(
        ".go.buildinfo",
        &inline("go1.16.5", "path\tx\nmod\tx\tv1.0.0\n"),
    )]);
    bare[40..48].fill(0);
    bare[60..64].fill(0);
    check_extract(&GO, "prog", &[("no sections", &bare, &expected)]);
}

#[test]
fn go_versions_become_semantic_versions() {
    let rows = [
        ("go1.22.3", Some("1.22.3")),
        ("go1.22", Some("1.22.0")),
        ("go1.22rc1", Some("1.22.0-rc.1")),
        ("go1.22-rc1", Some("1.22.0-rc.1")),
        ("go1.22.3 X:boringcrypto", Some("1.22.3")),
        ("go1.21.13 (Red Hat 1.21.13-2.el9)", Some("1.21.13")),
        ("go1.24.1-microsoft", Some("1.24.1")),
        ("go1.18beta2", Some("1.18.0-beta.2")),
        ("devel go1.23-abc", None),
        ("go1.22-20231128-RC02", None),
        ("unknown", None),
    ];
    for (text, expected) in rows {
        assert_eq!(semantic_release(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn go_mod_requirements_are_declared() {
    check_extract(
        &GO,
        "src/go.mod",
        &[
            (
                "blocks, comments, replacements",
                b"module example.com/prog // ours\n\ngo 1.21\n\ntoolchain go1.22.3\n\n\
                  require github.com/google/uuid v1.3.0\n\
                  require (\n\ta.com/old v1.0.0 // indirect\n\ta.com/local v1.1.0\n\
                  \t\"a.com/pinned\" v1.2.0\n)\n\
                  replace a.com/old => b.com/new v1.0.1\n\
                  replace (\n\ta.com/local => ../local\n\ta.com/pinned v9.0.0 => c.com/c v1.0.0\n)\n\
                  exclude a.com/bad v0.1.0\nretract v1.0.0\n",
                &[
                    "github.com/google/uuid v1.3.0 declared",
                    "b.com/new v1.0.1 declared indirect=true replaces=a.com/old@v1.0.0",
                    "a.com/pinned v1.2.0 declared",
                ],
            ),
            (
                "incomplete line",
                b"require github.com/google/uuid\nrequire a.com/a v1.0.0\n",
                &[
                    "a.com/a v1.0.0 declared",
                    "! src/go.mod:1: require line is not understood",
                ],
            ),
        ],
    );
}
