//! Ruby gems: specifications of installed gems, and Bundler's lock files.
//!
//! Installed is a gem whose specification `RubyGems` wrote into a `specifications` directory. A
//! gem directory's own `NAME.gemspec` is a program and is not read. `Gemfile.lock` declares; its
//! `PATH` section holds the project's own gems, which are no packages of an index. A lock file
//! inside an installed gem served that gem's authors and is not read.

use model::PurlType;

use crate::listing::{Listing, shown};
use crate::{Ecosystem, Extracted, Extractor, FileInfo, Input, version};

/// Packages of rubygems.org.
pub static GEM: Ecosystem = Ecosystem {
    purl_type: PurlType::new("gem"),
    title: "Ruby gems",
    osv_name: Some("RubyGems"),
    normalize_name: str::to_owned,
    scheme: &version::gem::GEM,
    extractors: &[
        Extractor {
            name: "gem/specification",
            version: 1,
            wants: is_specification,
            magic: &[],
            extract: extract_specification,
        },
        Extractor {
            name: "gem/gemfile-lock",
            version: 1,
            wants: is_lock,
            magic: &[],
            extract: extract_lock,
        },
    ],
};

/// Largest specification that is read, in bytes. It lists the gem's files.
const SPECIFICATION_LIMIT: u64 = 4 << 20;

/// Largest lock file that is read, in bytes.
const LOCK_LIMIT: u64 = 16 << 20;

fn is_specification(file: &FileInfo<'_>) -> bool {
    file.path.strip_suffix(".gemspec").is_some_and(|path| {
        let mut components = path.rsplit('/').skip(1);
        match components.next() {
            Some("specifications") => true,
            Some("default") => components.next() == Some("specifications"),
            Some(_) | None => false,
        }
    })
}

fn is_lock(file: &FileInfo<'_>) -> bool {
    (file.is_named("Gemfile.lock") || file.is_named("gems.locked")) && !is_in_gem(file.path)
}

/// Whether a path leads through `gems/NAME-VERSION` or `bundler/gems/NAME-REVISION`.
fn is_in_gem(path: &str) -> bool {
    let mut components = path.split('/');
    let mut parent = "";
    while let Some(component) = components.next() {
        if component == "gems" {
            let gem = components.clone().next().unwrap_or_default();
            let has_version = gem
                .split('-')
                .skip(1)
                .any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
            if has_version || (parent == "bundler" && gem.contains('-')) {
                return true;
            }
        }
        parent = component;
    }
    false
}

fn extract_specification(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(SPECIFICATION_LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::installed(&GEM, input.file.path);
    let gem = Specification::read(&text);
    let (Some(name), Some(version)) = (gem.name, gem.version) else {
        listing.problem_with(|| "no literal name and version".to_owned());
        return listing.finish();
    };
    let platform = gem.platform.filter(|p| *p != "ruby");
    if let Some(package) = listing.add(name, version) {
        package.licenses = gem.licenses.iter().map(|&l| l.to_owned()).collect();
        if let Some(platform) = platform {
            let property = ("platform".to_owned(), platform.to_owned());
            package.properties.push(property);
        }
        let file = input.file.file_name();
        let full_name = match platform {
            Some(platform) => format!("{name}-{version}-{platform}"),
            None => format!("{name}-{version}"),
        };
        if file.strip_suffix(".gemspec") != Some(full_name.as_str()) {
            listing
                .problem_with(|| format!("named otherwise than {full_name}, which it specifies"));
        }
    }
    listing.finish()
}

/// The literals of a specification as `RubyGems` writes it (`Gem::Specification#to_ruby`): one
/// assignment a line.
#[derive(Default)]
struct Specification<'a> {
    name: Option<&'a str>,
    version: Option<&'a str>,
    platform: Option<&'a str>,
    licenses: Vec<&'a str>,
}

impl<'a> Specification<'a> {
    fn read(text: &'a str) -> Self {
        let mut gem = Self::default();
        let mut stub = None;
        for line in text.lines().map(str::trim) {
            // `# stub: NAME VERSION PLATFORM PATHS` is what RubyGems itself reads first.
            if let Some(words) = line.strip_prefix("# stub: ") {
                stub = stub.or(Some(words));
                continue;
            }
            let Some((target, value)) = line.split_once(" = ") else {
                continue;
            };
            let field = target.trim_end().rsplit('.').next().unwrap_or(target);
            if target.split('.').count() != 2 {
                continue;
            }
            let mut literals = Literals(value);
            match field {
                "name" => gem.name = gem.name.or_else(|| literals.next()),
                "version" => gem.version = gem.version.or_else(|| literals.next()),
                "platform" => gem.platform = gem.platform.or_else(|| literals.next()),
                "license" | "licenses" if gem.licenses.is_empty() => {
                    gem.licenses = literals.take(MAX_LICENSES).collect();
                }
                _ => {}
            }
        }
        if let Some(words) = stub {
            let mut words = words.split(' ');
            if let (Some(name), Some(version), Some(platform)) =
                (words.next(), words.next(), words.next())
            {
                gem.name = Some(name);
                gem.version = Some(version);
                gem.platform = Some(platform);
            }
        }
        gem
    }
}

const MAX_LICENSES: usize = 64;

/// The quoted strings of a Ruby expression without escapes.
struct Literals<'a>(&'a str);

impl<'a> Iterator for Literals<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let start = self.0.find(['"', '\''])?;
        let quote = self.0.get(start..start + 1)?;
        let (literal, rest) = self.0.get(start + 1..)?.split_once(quote)?;
        self.0 = rest;
        Some(literal)
    }
}

/// Sections `GEM`, `GIT`, `PATH` and `PLUGIN SOURCE` hold `specs:` with a gem four blanks deep
/// and its requirements six deep (Bundler, `lockfile_parser`).
fn extract_lock(input: &mut Input<'_>) -> Extracted {
    let text = match input.text(LOCK_LIMIT) {
        Ok(text) => text,
        Err(problem) => return Extracted::problem(problem),
    };
    let mut listing = Listing::declared(&GEM, input.file.path);
    let mut in_specs = false;
    let mut is_read = false;
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        match line.len() - content.len() {
            0 => {
                is_read = matches!(content.trim_end(), "GEM" | "GIT" | "PLUGIN SOURCE");
                in_specs = false;
            }
            2 => in_specs = content.trim_end() == "specs:",
            4 if is_read && in_specs => match locked(content) {
                Some((name, version)) => {
                    listing.add(name, version);
                }
                None => listing.problem_with(|| format!("not a gem: {}", shown(content))),
            },
            _ => {}
        }
    }
    listing.finish()
}

/// The name and version of `NAME (VERSION)` or `NAME (VERSION-PLATFORM)`; no gem version has a
/// dash (`Gem::Version::VERSION_PATTERN` allows one, which Bundler writes as `.pre.`).
fn locked(spec: &str) -> Option<(&str, &str)> {
    let (name, rest) = spec.trim_end().strip_suffix(')')?.split_once(" (")?;
    Some((name, rest.split('-').next().unwrap_or(rest)))
}

#[cfg(test)]
mod tests {
    use super::GEM;
    use crate::check::check_extract;
    use crate::damage::check_damaged;

    #[test]
    fn damaged_files_are_survived() {
        let specification = b"# stub: a 1.0 x86_64-linux lib\n\nGem::Specification.new do |s|\n  \
              s.name = \"a\".freeze\n  s.version = \"1.0\"\n  s.licenses = [\"MIT\".freeze, 'BSD']\nend\n";
        let lock = b"GIT\n  remote: x\n  specs:\n    fork (1.2.0)\n      rack (>= 2)\n\nGEM\n  \
              specs:\n    nokogiri (1.15.4-x86_64-linux)\n\nPLATFORMS\n  ruby\n";
        check_damaged(
            &GEM,
            &[
                (
                    "gems/specifications/a-1.0-x86_64-linux.gemspec",
                    specification,
                ),
                ("app/Gemfile.lock", lock),
            ],
        );
    }

    #[test]
    fn specification() {
        check_extract(
            &GEM,
            "usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.15.4-x86_64-linux.gemspec",
            &[
                (
                    "with a platform",
                    b"# -*- encoding: utf-8 -*-\n# stub: nokogiri 1.15.4 x86_64-linux lib\n\nGem::Specification.new do |s|\n  \
                      s.name = \"nokogiri\".freeze\n  s.version = \"1.15.4\"\n  s.platform = \"x86_64-linux\".freeze\n  \
                      s.metadata = { \"a\" => \"b\" } if s.respond_to? :metadata=\n  s.licenses = [\"MIT\".freeze, \"BSD\".freeze]\nend\n",
                    &["nokogiri 1.15.4 license=MIT license=BSD platform=x86_64-linux"],
                ),
                (
                    "named after another version",
                    b"Gem::Specification.new do |s|\n  s.name = %q<x>\n  s.name = 'nokogiri'\n  \
                      s.version = Gem::Version.new(\"1.15.5\")\n  s.license = 'MIT'\nend\n",
                    &[
                        "nokogiri 1.15.5 license=MIT",
                        "! usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.15.4-x86_64-linux.gemspec: \
                         named otherwise than nokogiri-1.15.5, which it specifies",
                    ],
                ),
                (
                    "a program",
                    b"Gem::Specification.new do |s|\n  s.name = NAME\n  s.version = Nokogiri::VERSION\nend\n",
                    &["! usr/lib/ruby/gems/3.1.0/specifications/nokogiri-1.15.4-x86_64-linux.gemspec: \
                       no literal name and version"],
                ),
            ],
        );
        check_extract(
            &GEM,
            "usr/lib/ruby/gems/3.1.0/specifications/default/json-2.6.1.gemspec",
            &[(
                "default gem",
                b"# stub: json 2.6.1 ruby lib\n# stub: ext/json/extconf.rb\n",
                &["json 2.6.1"],
            )],
        );
    }

    #[test]
    fn lock_files_of_installed_gems_are_left_out() {
        for (path, left_out) in [
            (
                "usr/lib/ruby/gems/3.1.0/gems/rbs-2.1.0/steep/Gemfile.lock",
                true,
            ),
            (
                "app/vendor/bundle/ruby/3.1.0/bundler/gems/fork-a1b2c3/Gemfile.lock",
                true,
            ),
            ("srv/gems/my-app/Gemfile.lock", false),
            ("gems/Gemfile.lock", false),
        ] {
            assert_eq!(super::is_in_gem(path), left_out, "{path}");
        }
    }

    #[test]
    fn gemfile_lock() {
        check_extract(
            &GEM,
            "app/Gemfile.lock",
            &[(
                "all sections",
                b"GIT\n  remote: https://github.com/u/fork.git\n  revision: 0123\n  specs:\n    fork (1.2.0)\n      rack (>= 2)\n\n\
                  PATH\n  remote: .\n  specs:\n    mine (0.1.0)\n\n\
                  GEM\n  remote: https://rubygems.org/\n  specs:\n    nokogiri (1.15.4)\n    nokogiri (1.15.4-x86_64-linux)\n      racc (~> 1.4)\n    \
                  rack (3.0.0.beta1)\n    odd\n\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n  rack (= 3.0.0.beta1)\n\nBUNDLED WITH\n   2.4.1\n",
                &[
                    "fork 1.2.0 declared",
                    "nokogiri 1.15.4 declared",
                    "rack 3.0.0.beta1 declared",
                    "! app/Gemfile.lock: not a gem: \"odd\"",
                ],
            )],
        );
    }
}
