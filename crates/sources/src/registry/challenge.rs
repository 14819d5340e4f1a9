//! What a registry wants to see before it answers: the `WWW-Authenticate` header.

/// A challenge (RFC 9110, section 11.6.1; distribution's token specification for `Bearer`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Challenge {
    Basic,
    Bearer {
        realm: String,
        service: Option<String>,
        scope: Option<String>,
    },
}

impl Challenge {
    /// Reads a header; none if it asks for something else.
    pub(super) fn parse(header: &str) -> Option<Self> {
        let (scheme, rest) = header.trim().split_once(' ').unwrap_or((header.trim(), ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Self::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let (mut realm, mut service, mut scope) = (None, None, None);
        for (name, value) in parameters(rest) {
            match name.to_ascii_lowercase().as_str() {
                "realm" => realm = Some(value),
                "service" => service = Some(value),
                "scope" => scope = Some(value),
                _ => {}
            }
        }
        Some(Self::Bearer {
            realm: realm.filter(|realm| !realm.is_empty())?,
            service,
            scope,
        })
    }
}

/// `name=value` and `name="va\"lue"`, separated by commas.
fn parameters(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    loop {
        while rest.next_if(|c| c.is_whitespace() || *c == ',').is_some() {}
        let mut name = String::new();
        while let Some(c) = rest.next_if(|c| *c != '=' && *c != ',') {
            name.push(c);
        }
        if rest.next_if_eq(&'=').is_none() {
            if name.is_empty() {
                return found;
            }
            continue;
        }
        let mut value = String::new();
        if rest.next_if_eq(&'"').is_some() {
            while let Some(c) = rest.next() {
                match c {
                    '"' => break,
                    '\\' => value.extend(rest.next()),
                    c => value.push(c),
                }
            }
        } else {
            while let Some(c) = rest.next_if(|c| *c != ',') {
                value.push(c);
            }
        }
        found.push((name.trim().to_owned(), value));
    }
}

#[cfg(test)]
mod tests {
    use super::Challenge;

    #[test]
    fn challenges_of_real_registries() {
        let bearer = |realm: &str, service: Option<&str>, scope: Option<&str>| {
            Some(Challenge::Bearer {
                realm: realm.to_owned(),
                service: service.map(str::to_owned),
                scope: scope.map(str::to_owned),
            })
        };
        for (header, expected) in [
            (
                r#"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/debian:pull""#,
                bearer(
                    "https://auth.docker.io/token",
                    Some("registry.docker.io"),
                    Some("repository:library/debian:pull"),
                ),
            ),
            (
                r#"bearer service=x, realm="https://a/b?c=\"d\",e" , error="insufficient_scope""#,
                bearer("https://a/b?c=\"d\",e", Some("x"), None),
            ),
            (r#"Basic realm="Registry Realm""#, Some(Challenge::Basic)),
            ("Basic", Some(Challenge::Basic)),
            ("Bearer", None),
            ("Bearer realm=", None),
            ("Bearer scope=,=,,\"", None),
            ("Negotiate", None),
            ("", None),
        ] {
            assert_eq!(Challenge::parse(header), expected, "{header}");
        }
    }

    #[test]
    fn whatever_a_server_says_never_panics() {
        let target = damage::Target {
            name: "sources/challenge",
            samples: &[
                b"Bearer realm=\"https://a.b/token\",service=\"a.b\",scope=\"repository:a:pull\"",
                b"basic realm = x , Digest qop=\"auth, auth-int\"",
                b"Bearer realm=\"https://ghcr.io/token\",service=\"ghcr.io\",scope=\"repository:o/a:pull\",error=\"invalid_token\"",
                b"Basic realm=\"https://123456789012.dkr.ecr.us-east-1.amazonaws.com/\",service=\"ecr.amazonaws.com\"",
                b"Negotiate, Basic realm=\"Registry \\\"Realm\\\"\", Bearer realm=https://a/b?c=d,scope=\"a:b:pull,push c:d:*\"",
                b"Bearer  realm = \"https://gitlab.example/jwt/auth\" , service=container_registry\t",
                b"NTLM TlRMTVNTUAABAAAA==, Bearer realm=\"https://[::1]:5001/auth\"",
            ],
            tokens: &[
                b"realm=",
                b"service=",
                b"scope=",
                b"\\\"",
                b"\"",
                b", ",
                b"=",
                b"Bearer ",
                b"Basic ",
                b"Negotiate",
                b"\t",
                b"https://",
            ],
            cases: 1000,
        };
        target.check(|bytes| {
            let header = String::from_utf8_lossy(bytes);
            let challenge = Challenge::parse(&header)?;
            if let Challenge::Bearer { realm, .. } = &challenge {
                assert!(!realm.is_empty(), "{header}");
            }
            Some(matches!(challenge, Challenge::Basic))
        });
    }
}
