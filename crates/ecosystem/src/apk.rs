//! Alpine packages: apk's database of installed packages.

use model::{Package, Problem, PurlType, SourcePackage};

use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, OwnedFiles, version};

/// Alpine, Wolfi, Chainguard and everything else that is built on apk.
pub static APK: Ecosystem = Ecosystem {
    purl_type: PurlType::new("apk"),
    title: "Alpine packages",
    osv_name: None,
    normalize_name: str::to_owned,
    scheme: &version::apk::APK,
    extractors: &[Extractor {
        name: "apk/installed",
        version: 1,
        wants: is_installed,
        magic: &[],
        extract,
    }],
};

/// Largest database that is read, in bytes.
const LIMIT: u64 = 64 << 20;
/// Most packages that are taken from one database.
const MAX_PACKAGES: usize = 200_000;

/// `usr/lib` is where merged-usr systems have it (apk-tools 3, Alpine 3.23).
fn is_installed(file: &FileInfo<'_>) -> bool {
    matches!(
        file.path,
        "lib/apk/db/installed" | "usr/lib/apk/db/installed"
    )
}

fn extract(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut extracted = Extracted::default();
    let mut record = Record::default();
    // An empty line after the last one closes the last record.
    for line in text.lines().chain([""]) {
        if !line.is_empty() {
            record.read(line);
            continue;
        }
        if let Err(what) = std::mem::take(&mut record).finish(&mut extracted) {
            extracted.note(input.file.path, || Problem::new(input.file.path, what));
        }
        if extracted.packages.len() + extracted.problems.len() > MAX_PACKAGES {
            extracted.problems.push(Problem::new(
                input.file.path,
                format!("more than {MAX_PACKAGES} packages, the rest is left out"),
            ));
            break;
        }
    }
    extracted
}

/// The fields of one package that matter: a letter, a colon, the value
/// (<https://wiki.alpinelinux.org/wiki/Apk_spec>, "Installed Database").
#[derive(Default)]
struct Record<'a> {
    lines: usize,
    name: Option<&'a str>,
    version: Option<&'a str>,
    arch: Option<&'a str>,
    license: Option<&'a str>,
    origin: Option<&'a str>,
    maintainer: Option<&'a str>,
    /// The directory that the following files are in.
    directory: &'a str,
    paths: Vec<String>,
}

impl<'a> Record<'a> {
    fn read(&mut self, line: &'a str) {
        self.lines += 1;
        let Some((key, value)) = line.split_once(':') else {
            return;
        };
        match key {
            "P" => self.name = Some(value),
            "V" => self.version = Some(value),
            "A" => self.arch = Some(value),
            "L" => self.license = Some(value),
            "o" => self.origin = Some(value),
            "m" => self.maintainer = Some(value),
            "F" => self.directory = value,
            "R" if self.directory.is_empty() => self.paths.push(value.to_owned()),
            "R" => self.paths.push(format!("{}/{value}", self.directory)),
            _ => {}
        }
    }

    fn finish(self, extracted: &mut Extracted) -> Result<(), String> {
        if self.lines == 0 {
            return Ok(());
        }
        let filled = |field: Option<&'a str>| field.filter(|value| !value.is_empty());
        let name = filled(self.name).ok_or("a record has no P (name) line")?;
        let version =
            filled(self.version).ok_or_else(|| format!("{name} has no V (version) line"))?;
        let mut package = Package::new(APK.purl_type.clone(), name, version);
        package.arch = filled(self.arch).map(str::to_owned);
        package.licenses = filled(self.license)
            .map(str::to_owned)
            .into_iter()
            .collect();
        // All packages of one build have the version of their origin.
        package.source = Some(SourcePackage {
            name: filled(self.origin).unwrap_or(name).to_owned(),
            version: version.to_owned(),
        });
        if let Some(maintainer) = filled(self.maintainer) {
            package
                .properties
                .push(("maintainer".to_owned(), maintainer.to_owned()));
        }
        extracted.packages.push(package);
        if !self.paths.is_empty() {
            extracted.owned.push(OwnedFiles {
                package: name.to_owned(),
                paths: self.paths,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::APK;
    use crate::check::check_extract;

    #[test]
    fn records_become_packages() {
        for path in ["lib/apk/db/installed", "usr/lib/apk/db/installed"] {
            check_extract(
                &APK,
                path,
                &[
                    (
                        "two packages of one origin",
                        b"C:Q1abc=\nP:musl\nV:1.2.4_git20230717-r4\nA:x86_64\nS:407278\nI:667648\n\
                          T:the musl c library (libc) implementation\nU:https://musl.libc.org/\n\
                          L:MIT\no:musl\nm:A B <a@example.org>\nt:1\nc:0\np:so:libc.musl-x86_64.so.1=1\n\
                          F:lib\nR:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1x=\nR:libc.musl-x86_64.so.1\n\
                          F:\nR:top\n\n\
                          P:musl-utils\nV:1.2.4_git20230717-r4\nA:x86_64\nL:MIT AND BSD-2-Clause\n\
                          o:musl\nF:sbin\nR:ldconfig\n\n",
                        &[
                            "musl 1.2.4_git20230717-r4 arch=x86_64 \
                             source=musl@1.2.4_git20230717-r4 license=MIT \
                             maintainer=A B <a@example.org>",
                            "musl-utils 1.2.4_git20230717-r4 arch=x86_64 \
                             source=musl@1.2.4_git20230717-r4 license=MIT AND BSD-2-Clause",
                            "owns musl: lib/ld-musl-x86_64.so.1 lib/libc.musl-x86_64.so.1 top",
                            "owns musl-utils: sbin/ldconfig",
                        ],
                    ),
                    (
                        "no origin, no last empty line",
                        b"P:a\nV:1-r0",
                        &["a 1-r0 source=a@1-r0"],
                    ),
                    (
                        "one bad record loses nothing else",
                        b"P:a\n\nV:1\n\nP:b\nV:2-r0\n",
                        &[
                            "b 2-r0 source=b@2-r0",
                            &format!("! {path}: a has no V (version) line"),
                            &format!("! {path}: a record has no P (name) line"),
                        ],
                    ),
                    ("empty", b"", &[]),
                ],
            );
        }
    }
}
