//! Names of images: `debian:12`, `ghcr.io/owner/app:1.2`, `localhost:5000/app@sha256:…`.

use inventory::image::Digest;

/// Longest name without registry (distribution specification, "Pulling manifests").
const MAX_NAME: usize = 255;
/// Longest tag (idem).
const MAX_TAG: usize = 128;
/// The registry of names without one.
const DOCKER_HUB: &str = "docker.io";

/// Where an image or artifact is, and which of those there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Host and port as the user names them; `docker.io` if the name has none.
    pub registry: String,
    pub repository: String,
    /// `latest` if there is neither a tag nor a digest.
    pub tag: Option<String>,
    pub digest: Option<Digest>,
}

impl Reference {
    /// Reads a name as `docker pull` does; none if it is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("docker://").unwrap_or(text);
        let (text, digest) = match text.split_once('@') {
            Some((text, digest)) => (text, Some(Digest::parse(digest)?)),
            None => (text, None),
        };
        let (name, tag) = match text.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (text, None),
        };
        let (registry, name) = match name.split_once('/') {
            Some((first, rest)) if is_host(first) => (first, rest.to_owned()),
            Some(_) => (DOCKER_HUB, name.to_owned()),
            None => (DOCKER_HUB, format!("library/{name}")),
        };
        let registry = match registry {
            "index.docker.io" | "registry-1.docker.io" => DOCKER_HUB,
            other => other,
        };
        let is_good = name.len() <= MAX_NAME
            && name.split('/').all(is_component)
            && tag.is_none_or(is_tag)
            && is_authority(registry);
        if !is_good {
            return None;
        }
        let tag = match (tag, &digest) {
            (None, None) => Some("latest".to_owned()),
            (tag, _) => tag.map(str::to_owned),
        };
        Some(Self {
            registry: registry.to_owned(),
            repository: name,
            tag,
            digest,
        })
    }

    /// The host that serves the interface.
    pub(crate) fn host(&self) -> &str {
        if self.registry == DOCKER_HUB {
            "registry-1.docker.io"
        } else {
            &self.registry
        }
    }

    /// What follows `manifests/` in a request.
    pub(crate) fn manifest(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, Some(tag)) => tag,
            (None, None) => "latest",
        }
    }

    /// Whether the registry runs on this machine.
    pub(crate) fn is_local(&self) -> bool {
        let host = match self.registry.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => self.registry.split(':').next().unwrap_or_default(),
        };
        host == "localhost"
            || host
                .parse::<std::net::IpAddr>()
                .is_ok_and(|address| address.is_loopback())
    }
}

impl std::fmt::Display for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// What tells a registry from the first part of a name.
fn is_host(first: &str) -> bool {
    first == "localhost" || first.contains(['.', ':'])
}

fn is_authority(host: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && host.chars().all(is_plain)
}

fn is_component(part: &str) -> bool {
    let is_edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
    is_edge(part.chars().next())
        && is_edge(part.chars().next_back())
        && part
            .chars()
            .all(|c| is_edge(Some(c)) || matches!(c, '.' | '_' | '-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    tag.len() <= MAX_TAG
        && tag.starts_with(is_word)
        && tag.chars().all(|c| is_word(c) || matches!(c, '.' | '-'))
}

#[cfg(test)]
mod tests {
    use super::Reference;

    #[test]
    fn names_are_read_as_docker_reads_them() {
        const DIGEST: &str =
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        for (text, expected) in [
            ("debian", "docker.io/library/debian:latest"),
            ("debian:12", "docker.io/library/debian:12"),
            ("grafana/loki:3", "docker.io/grafana/loki:3"),
            ("index.docker.io/a/b", "docker.io/a/b:latest"),
            ("localhost:5000/app", "localhost:5000/app:latest"),
            ("localhost/app:x", "localhost/app:x"),
            ("ghcr.io/o/a/b:v1.0_2", "ghcr.io/o/a/b:v1.0_2"),
            ("docker://quay.io/o/a", "quay.io/o/a:latest"),
            ("[::1]:5000/app", "[::1]:5000/app:latest"),
            ("a@sha256:12", "-"),
            ("Debian", "-"),
            ("../etc/passwd", "-"),
            ("./archive.tar", "-"),
            ("/absolute", "-"),
            ("host.example/a b", "-"),
            ("a:b:c", "-"),
            ("a..b/-x", "-"),
            ("", "-"),
        ] {
            let found = Reference::parse(text).map_or("-".to_owned(), |r| r.to_string());
            assert_eq!(found, expected, "{text}");
        }
        let pinned = Reference::parse(&format!("a/b:1@{DIGEST}")).unwrap();
        assert_eq!(pinned.to_string(), format!("docker.io/a/b:1@{DIGEST}"));
        assert_eq!(pinned.manifest(), DIGEST);
    }

    #[test]
    fn local_registries_are_known() {
        for (text, expected) in [
            ("localhost:5000/a", true),
            ("127.0.0.1:5000/a", true),
            ("127.1.2.3/a", true),
            ("[::1]:5000/a", true),
            ("localhost.example.org/a", false),
            ("192.168.1.1:5000/a", false),
        ] {
            assert_eq!(
                Reference::parse(text).unwrap().is_local(),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn whatever_a_user_writes_never_panics() {
        let target = damage::Target {
            name: "sources/reference",
            samples: &[
                b"ghcr.io/owner/app:1.2",
                b"localhost:5000/a/b@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                b"docker://debian",
                b"oci://quay.io/o/a",
                b"index.docker.io/library/postgres:16-bookworm",
                b"123456789012.dkr.ecr.eu-central-1.amazonaws.com/team/app_a__b--c.d:V1.0_2-x",
                b"[2001:db8::1]:5000/app:latest@sha512:cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
                b"europe-docker.pkg.dev/project/repository/image",
            ],
            tokens: &[
                b"@sha256:",
                b"@sha512:",
                b":",
                b"/",
                b"//",
                b"docker://",
                b"oci://",
                b"[::1]",
                b"localhost/",
                b":65536/",
                b"__",
                b"..",
                b"-",
            ],
            cases: 1000,
        };
        target.check(|bytes| {
            let text = String::from_utf8_lossy(bytes);
            let reference = Reference::parse(&text)?;
            let again = Reference::parse(&reference.to_string());
            assert_eq!(again.as_ref(), Some(&reference), "{text}");
            Some((reference.tag.is_some(), reference.digest.is_some()))
        });
    }
}
