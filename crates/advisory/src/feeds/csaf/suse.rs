//! How SUSE names packages and platforms in CSAF documents.

use super::document::Resolved;
use super::{Named, Package};
use crate::feeds::suse::namespace;

/// The RPM package that a product is, with the namespace it belongs to.
///
/// Products have no purls: a package is `name-version-release` in a VEX document, with
/// `.architecture` after it in a bulletin, or a name alone. SUSE's packages have no epochs.
pub(super) fn package(resolved: &Resolved<'_>) -> Named {
    let Some(platform) = resolved.platform else {
        return Named::Other;
    };
    let Some(namespace) = namespace(&platform.name) else {
        return Named::Other;
    };
    let arch = &resolved.component.arch;
    let id = &resolved.component.id;
    let text = match id.strip_suffix(arch.as_str()) {
        Some(rest) if !arch.is_empty() => rest.strip_suffix('.').unwrap_or(id),
        _ => id,
    };
    let (name, version) = match name_and_version(text) {
        Some((name, version)) => (name, Some(version.to_owned())),
        None => (text, None),
    };
    Named::Package(Package {
        name: name.to_owned(),
        version,
        arch: arch.clone(),
        namespaces: vec![namespace],
        ..Package::default()
    })
}

/// `name`, `version-release`; none if the last two parts do not both start with a digit and are
/// not both free of underscores, as those of `libopenssl-1_1-devel` and `java-11-openjdk` are.
fn name_and_version(text: &str) -> Option<(&str, &str)> {
    let (rest, release) = text.rsplit_once('-')?;
    let (name, version) = rest.rsplit_once('-')?;
    let starts_with_digit = |part: &str| part.starts_with(|c: char| c.is_ascii_digit());
    (starts_with_digit(release) && starts_with_digit(version) && release.contains('.'))
        .then(|| (name, text.get(name.len() + 1..).unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::name_and_version;

    #[test]
    fn names_with_and_without_versions() {
        assert_eq!(
            name_and_version("ctdb-4.19.2+git.322.7e9201cef5-1.1"),
            Some(("ctdb", "4.19.2+git.322.7e9201cef5-1.1"))
        );
        for name in ["libopenssl-1_1-devel", "java-11-openjdk", "kernel-default"] {
            assert_eq!(name_and_version(name), None, "{name}");
        }
    }
}
