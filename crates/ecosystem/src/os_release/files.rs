//! The files in which a system says what it is.

use model::{OperatingSystem, Problem};

use crate::{Extracted, Extractor, FileInfo, Input};

/// The extractor for every file that names the operating system.
pub const OS_RELEASE: Extractor = Extractor {
    name: "os/release",
    version: 1,
    wants: is_release_file,
    magic: &[],
    extract,
};

/// Largest release file that is read, in bytes.
const LIMIT: u64 = 64 << 10;

type Parse = fn(&str) -> Option<OperatingSystem>;

/// Which file wins when several are there: `os-release` as `os-release(5)` orders its places,
/// then the vendors' own files, the most specific first. Bottlerocket keeps its root file system
/// under the name of its target.
const FILES: &[(&str, Parse)] = &[
    ("etc/os-release", parse_os_release),
    ("usr/lib/os-release", parse_os_release),
    (
        "x86_64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release",
        parse_os_release,
    ),
    (
        "aarch64-bottlerocket-linux-gnu/sys-root/usr/lib/os-release",
        parse_os_release,
    ),
    ("etc/alpine-release", parse_alpine),
    ("etc/SuSE-release", parse_suse),
    ("etc/oracle-release", parse_sentence),
    ("etc/centos-release", parse_sentence),
    ("etc/rocky-release", parse_sentence),
    ("etc/almalinux-release", parse_sentence),
    ("etc/fedora-release", parse_sentence),
    ("etc/redhat-release", parse_sentence),
    ("etc/system-release", parse_sentence),
    ("etc/lsb-release", parse_lsb),
    ("etc/arch-release", parse_arch),
    // Last, because derivatives of Debian have it too.
    ("etc/debian_version", parse_debian),
];

/// The order in which files that name the system are believed, lowest first; `u8::MAX` for
/// files that do not.
pub fn preference(path: &str) -> u8 {
    FILES
        .iter()
        .position(|(name, _)| *name == path)
        .and_then(|position| u8::try_from(position).ok())
        .unwrap_or(u8::MAX)
}

fn is_release_file(file: &FileInfo<'_>) -> bool {
    preference(file.path) != u8::MAX
}

fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let Some((_, parse)) = FILES.iter().find(|(name, _)| *name == input.file.path) else {
        return Extracted::default();
    };
    match parse(&text) {
        Some(os) => Extracted {
            os: Some(os),
            ..Extracted::default()
        },
        None => Extracted::problem(Problem::new(
            input.file.path,
            "does not say which operating system this is",
        )),
    }
}

/// Assignments in shell syntax, one a line (`os-release(5)`).
fn assignments(text: &str) -> impl DoubleEndedIterator<Item = (&str, String)> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(key, value)| (key.trim(), unquote(value.trim())))
}

/// Strips one pair of quotes, and the backslashes that quoting with `"` or without quotes needs.
fn unquote(value: &str) -> String {
    if let Some(literal) = value.strip_prefix('\'').and_then(|v| v.strip_suffix('\'')) {
        return literal.to_owned();
    }
    let inner = value
        .strip_prefix('"')
        .and_then(|v| v.strip_suffix('"'))
        .unwrap_or(value);
    let mut text = String::with_capacity(inner.len());
    let mut escaped = false;
    for c in inner.chars() {
        if c == '\\' && !escaped {
            escaped = true;
        } else {
            text.push(c);
            escaped = false;
        }
    }
    text
}

fn parse_os_release(text: &str) -> Option<OperatingSystem> {
    let mut os = OperatingSystem::default();
    let (mut name, mut version) = (String::new(), String::new());
    // Later assignments win, as in a shell.
    for (key, value) in assignments(text) {
        match key {
            "ID" => os.id = value.to_lowercase(),
            "ID_LIKE" => {
                os.id_like = value.split_whitespace().map(str::to_lowercase).collect();
            }
            "VERSION_ID" => os.version_id = value,
            "VERSION_CODENAME" => os.codename = Some(value).filter(|v| !v.is_empty()),
            "PRETTY_NAME" => os.pretty_name = value,
            "NAME" => name = value,
            "VERSION" => version = value,
            "VARIANT_ID" => os.variant = Some(value).filter(|v| !v.is_empty()),
            "CPE_NAME" => os.cpe = Some(value).filter(|v| !v.is_empty()),
            _ => {}
        }
    }
    if os.id.is_empty() && name.is_empty() {
        return None;
    }
    if os.id.is_empty() {
        // The default of `os-release(5)`.
        "linux".clone_into(&mut os.id);
    }
    if os.pretty_name.is_empty() {
        format!("{name} {version}")
            .trim()
            .clone_into(&mut os.pretty_name);
    }
    Some(os)
}

/// `3.19.1`.
fn parse_alpine(text: &str) -> Option<OperatingSystem> {
    let version = first_line(text)?;
    Some(OperatingSystem {
        id: "alpine".to_owned(),
        version_id: version.to_owned(),
        pretty_name: format!("Alpine Linux {version}"),
        ..OperatingSystem::default()
    })
}

/// `12.5`, or `trixie/sid` before a release.
fn parse_debian(text: &str) -> Option<OperatingSystem> {
    let line = first_line(text)?;
    let mut os = OperatingSystem {
        id: "debian".to_owned(),
        pretty_name: format!("Debian GNU/Linux {line}"),
        ..OperatingSystem::default()
    };
    if line.starts_with(|c: char| c.is_ascii_digit()) {
        line.split('.').next()?.clone_into(&mut os.version_id);
    } else {
        os.codename = line.split('/').next().map(str::to_owned);
    }
    Some(os)
}

/// An empty file.
#[expect(clippy::unnecessary_wraps, reason = "the others are not sure")]
fn parse_arch(_: &str) -> Option<OperatingSystem> {
    Some(OperatingSystem {
        id: "arch".to_owned(),
        pretty_name: "Arch Linux".to_owned(),
        ..OperatingSystem::default()
    })
}

/// Names in the sentence `NAME release VERSION (CODENAME)` of Red Hat's family, longest first
/// where one begins with another.
const SENTENCES: &[(&str, &str)] = &[
    ("Red Hat Enterprise Linux", "rhel"),
    ("CentOS", "centos"),
    ("AlmaLinux", "almalinux"),
    ("Rocky Linux", "rocky"),
    ("Oracle Linux", "ol"),
    ("Enterprise Linux Enterprise Linux", "ol"),
    ("Fedora", "fedora"),
    ("Amazon Linux", "amzn"),
];

fn parse_sentence(text: &str) -> Option<OperatingSystem> {
    let line = first_line(text)?;
    let (_, id) = SENTENCES.iter().find(|(name, _)| line.starts_with(name))?;
    let (_, rest) = line.split_once(" release ")?;
    let version = rest.split_whitespace().next()?;
    Some(OperatingSystem {
        id: (*id).to_owned(),
        version_id: version.to_owned(),
        pretty_name: line.to_owned(),
        ..OperatingSystem::default()
    })
}

/// A sentence, then `VERSION = 11` and `PATCHLEVEL = 4`.
fn parse_suse(text: &str) -> Option<OperatingSystem> {
    let line = first_line(text)?;
    let value = |name: &str| {
        assignments(text)
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value)
    };
    let mut version = value("VERSION")?;
    let id = if line.starts_with("SUSE Linux Enterprise") {
        if let Some(level) = value("PATCHLEVEL").filter(|level| level != "0") {
            version = format!("{version}.{level}");
        }
        "sles"
    } else if line.starts_with("openSUSE") {
        "opensuse-leap"
    } else {
        return None;
    };
    Some(OperatingSystem {
        id: id.to_owned(),
        version_id: version,
        pretty_name: line.split(" (").next()?.to_owned(),
        ..OperatingSystem::default()
    })
}

/// The Linux Standard Base's file, which Ubuntu had before `os-release`.
fn parse_lsb(text: &str) -> Option<OperatingSystem> {
    let mut os = OperatingSystem::default();
    for (key, value) in assignments(text) {
        match key {
            "DISTRIB_ID" => os.id = value.to_lowercase(),
            "DISTRIB_RELEASE" => os.version_id = value,
            "DISTRIB_CODENAME" => os.codename = Some(value).filter(|v| !v.is_empty()),
            "DISTRIB_DESCRIPTION" => os.pretty_name = value,
            _ => {}
        }
    }
    (!os.id.is_empty()).then_some(os)
}

fn first_line(text: &str) -> Option<&str> {
    text.lines().map(str::trim).find(|line| !line.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{FILES, OS_RELEASE, preference};
    use crate::check::{Row, check_extractors};

    fn check(path: &str, rows: &[Row<'_>]) {
        check_extractors(&[OS_RELEASE], path, rows);
    }

    #[test]
    fn os_release_is_read_as_a_shell_would() {
        check(
            "etc/os-release",
            &[
                (
                    "quoted and bare",
                    b"NAME=\"Red Hat Enterprise Linux\"\nVERSION=\"9.4 (Plow)\"\nID=\"rhel\"\n\
                      ID_LIKE=\"fedora\"\nVERSION_ID='9.4'\nPRETTY_NAME=\"A \\\"B\\\" \\$c\"\n\
                      CPE_NAME=\"cpe:/o:redhat:enterprise_linux:9::baseos\"\n",
                    &["os rhel 9.4 'A \"B\" $c' like=fedora \
                       cpe=cpe:/o:redhat:enterprise_linux:9::baseos"],
                ),
                (
                    "later wins, comments and blank lines",
                    b"# ID=no\n\nID=Debian\nID=debian\nVERSION_CODENAME=forky\nVARIANT_ID=x\nNAME=D\n",
                    &["os debian  'D' codename=forky variant=x"],
                ),
                ("only a name", b"NAME=Mine\nVERSION=1\n", &["os linux  'Mine 1'"]),
                (
                    "nothing",
                    b"HOME_URL=x\n",
                    &["! etc/os-release: does not say which operating system this is"],
                ),
            ],
        );
    }

    #[test]
    fn older_systems_have_files_of_their_own() {
        let rows: &[(&str, &[u8], &str)] = &[
            (
                "etc/alpine-release",
                b"3.19.1\n",
                "os alpine 3.19.1 'Alpine Linux 3.19.1'",
            ),
            (
                "etc/debian_version",
                b"7.11\n",
                "os debian 7 'Debian GNU/Linux 7.11'",
            ),
            (
                "etc/debian_version",
                b"forky/sid\n",
                "os debian  'Debian GNU/Linux forky/sid' codename=forky",
            ),
            (
                "etc/redhat-release",
                b"Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
                "os rhel 6.10 'Red Hat Enterprise Linux Server release 6.10 (Santiago)'",
            ),
            (
                "etc/centos-release",
                b"CentOS Linux release 7.9.2009 (Core)\n",
                "os centos 7.9.2009 'CentOS Linux release 7.9.2009 (Core)'",
            ),
            (
                "etc/system-release",
                b"Amazon Linux AMI release 2018.03\n",
                "os amzn 2018.03 'Amazon Linux AMI release 2018.03'",
            ),
            (
                "etc/SuSE-release",
                b"SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
                "os sles 11.4 'SUSE Linux Enterprise Server 11'",
            ),
            (
                "etc/lsb-release",
                b"DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=10.04\nDISTRIB_CODENAME=lucid\n\
                  DISTRIB_DESCRIPTION=\"Ubuntu 10.04 LTS\"\n",
                "os ubuntu 10.04 'Ubuntu 10.04 LTS' codename=lucid",
            ),
            ("etc/arch-release", b"", "os arch  'Arch Linux'"),
        ];
        for (path, content, expected) in rows {
            check(path, &[("older", content, &[*expected])]);
        }
    }

    #[test]
    fn os_release_is_believed_first() {
        assert_eq!(preference("etc/os-release"), 0);
        assert_eq!(preference("usr/lib/os-release"), 1);
        assert!(preference("etc/redhat-release") < preference("etc/debian_version"));
        assert_eq!(preference("etc/passwd"), u8::MAX);
        assert!(FILES.len() < usize::from(u8::MAX));
    }
}
