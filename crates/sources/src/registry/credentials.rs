//! Who we are to a registry: Docker's configuration and its credential helpers.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use thiserror::Error;

use super::Reference;

/// Largest configuration and largest answer of a helper, in bytes.
const LIMIT: u64 = 1 << 20;
/// The name under which Docker keeps what it knows of Docker Hub.
const DOCKER_HUB: &str = "https://index.docker.io/v1/";
/// The user name that marks a secret as an identity token.
const TOKEN_USER: &str = "<token>";

/// Why credentials could not be had.
#[derive(Debug, Error)]
pub enum CredentialError {
    #[error("cannot read the registry configuration {}: {source}", path.display())]
    Read {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the registry configuration {} is not understood: {source}", path.display())]
    Parse {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("the credential helper {helper} {what}")]
    Helper { helper: String, what: String },
}

/// What proves who we are.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Credential {
    #[default]
    Anonymous,
    Password {
        user: String,
        password: String,
    },
    /// Exchanged for a bearer token.
    IdentityToken(String),
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Anonymous => "Anonymous",
            Self::Password { .. } => "Password",
            Self::IdentityToken(_) => "IdentityToken",
        })
    }
}

impl Credential {
    /// The value of `Authorization` (RFC 7617), if there is a password.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Self::Password { user, password } => Some(format!(
                "Basic {}",
                STANDARD.encode(format!("{user}:{password}"))
            )),
            Self::Anonymous | Self::IdentityToken(_) => None,
        }
    }
}

/// What is used of `config.json` (docker-login, "Credential stores"); Podman's `auth.json` has
/// the same form.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Entry>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
    identitytoken: Option<String>,
}

/// What a helper answers (docker-credential-helpers, "Usage").
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    username: String,
    secret: String,
}

/// What the first of `files` that knows the registry says; files that are not there do not count.
pub(super) fn find(
    files: &[PathBuf],
    reference: &Reference,
) -> Result<Credential, CredentialError> {
    for path in files {
        let Some(config) = read(path)? else {
            continue;
        };
        let credential = in_config(&config, reference)?;
        if credential != Credential::Anonymous {
            return Ok(credential);
        }
    }
    Ok(Credential::Anonymous)
}

fn read(path: &Path) -> Result<Option<Config>, CredentialError> {
    let at = |source| CredentialError::Read {
        path: path.to_owned(),
        source,
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(error)),
    };
    let mut text = Vec::new();
    file.take(LIMIT).read_to_end(&mut text).map_err(at)?;
    match serde_json::from_slice(&text) {
        Ok(config) => Ok(Some(config)),
        Err(source) => Err(CredentialError::Parse {
            path: path.to_owned(),
            source,
        }),
    }
}

fn in_config(config: &Config, reference: &Reference) -> Result<Credential, CredentialError> {
    let names = names(reference);
    let helper = names
        .iter()
        .find_map(|name| config.cred_helpers.get(name))
        .or(config.creds_store.as_ref());
    if let Some(helper) = helper {
        let server = match names.first() {
            Some(_) if reference.registry == "docker.io" => DOCKER_HUB,
            _ => &reference.registry,
        };
        let credential = ask(helper, server)?;
        if credential != Credential::Anonymous {
            return Ok(credential);
        }
    }
    let known = |name: &String| {
        let entry = config.auths.iter().find(|(key, _)| plain(key) == name)?;
        entry.1.credential()
    };
    Ok(names.iter().find_map(known).unwrap_or_default())
}

/// The names under which a configuration may know a registry, the narrowest first: Podman keeps
/// credentials for parts of a registry.
fn names(reference: &Reference) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = format!("{}/{}", reference.registry, reference.repository);
    loop {
        names.push(name.clone());
        match name.rsplit_once('/') {
            Some((before, _)) => name.truncate(before.len()),
            None => break,
        }
    }
    if reference.registry == "docker.io" {
        names.extend(["index.docker.io", "registry-1.docker.io"].map(str::to_owned));
    }
    names
}

/// A key of `auths` without scheme and version.
fn plain(key: &str) -> &str {
    let key = key
        .strip_prefix("https://")
        .or_else(|| key.strip_prefix("http://"))
        .unwrap_or(key)
        .trim_end_matches('/');
    key.strip_suffix("/v1")
        .or_else(|| key.strip_suffix("/v2"))
        .unwrap_or(key)
}

impl Entry {
    fn credential(&self) -> Option<Credential> {
        if let Some(token) = self
            .identitytoken
            .as_ref()
            .filter(|token| !token.is_empty())
        {
            return Some(Credential::IdentityToken(token.clone()));
        }
        if let Some(auth) = self.auth.as_ref().filter(|auth| !auth.is_empty()) {
            let bytes = STANDARD.decode(auth.trim()).ok()?;
            let text = String::from_utf8(bytes).ok()?;
            let (user, password) = text.trim_end_matches('\0').split_once(':')?;
            return Some(Credential::Password {
                user: user.to_owned(),
                password: password.to_owned(),
            });
        }
        match (&self.username, &self.password) {
            (Some(user), Some(password)) => Some(Credential::Password {
                user: user.clone(),
                password: password.clone(),
            }),
            _ => None,
        }
    }
}

/// Asks `docker-credential-NAME get` for a server.
fn ask(name: &str, server: &str) -> Result<Credential, CredentialError> {
    let helper = format!("docker-credential-{name}");
    let failed = |what: String| CredentialError::Helper {
        helper: helper.clone(),
        what,
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || !name.chars().all(is_plain) {
        return Err(failed("does not have the name of one".to_owned()));
    }
    let run = || -> io::Result<(bool, Vec<u8>)> {
        let mut child = Command::new(&helper)
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(server.as_bytes())?;
        }
        let mut answer = Vec::new();
        if let Some(output) = child.stdout.take() {
            output.take(LIMIT).read_to_end(&mut answer)?;
        }
        Ok((child.wait()?.success(), answer))
    };
    let (success, answer) = run().map_err(|error| failed(format!("cannot be run: {error}")))?;
    if !success {
        let said = String::from_utf8_lossy(&answer);
        // The words are those of the helpers' protocol for a server that they do not know.
        if said.contains("credentials not found") {
            return Ok(Credential::Anonymous);
        }
        let said: String = said
            .trim()
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect();
        return Err(failed(format!("failed: {said}")));
    }
    let Ok(answer) = serde_json::from_slice::<Answer>(&answer) else {
        // The answer holds a secret, so it is not shown.
        return Err(failed("gives an answer that is not understood".to_owned()));
    };
    Ok(if answer.username == TOKEN_USER {
        Credential::IdentityToken(answer.secret)
    } else {
        Credential::Password {
            user: answer.username,
            password: answer.secret,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::{Config, Credential, in_config};
    use crate::registry::Reference;

    fn check(config: &str, reference: &str, expected: &str) {
        let config: Config = serde_json::from_str(config).unwrap();
        let reference = Reference::parse(reference).unwrap();
        let found = match in_config(&config, &reference) {
            Ok(Credential::Anonymous) => "-".to_owned(),
            Ok(Credential::Password { user, password }) => format!("{user}:{password}"),
            Ok(Credential::IdentityToken(token)) => format!("token {token}"),
            Err(error) => error.to_string(),
        };
        assert_eq!(found, expected, "{reference}");
    }

    #[test]
    fn the_entry_of_the_registry_counts() {
        // `dTpwOng=` is `u:p:x`, `bjpt` is `n:m`.
        let config = r#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "dTpwOng="},
            "localhost:5000": {"username": "a", "password": "b"},
            "quay.io": {"auth": "dTpwOng="},
            "quay.io/team": {"auth": "bjpt"},
            "https://token.example": {"identitytoken": "t", "auth": "dTpwOng="},
            "bad.example": {"auth": "%"},
            "empty.example": {}
        }}"#;
        for (reference, expected) in [
            ("debian", "u:p:x"),
            ("someone/app", "u:p:x"),
            ("localhost:5000/app", "a:b"),
            ("localhost:5001/app", "-"),
            ("quay.io/other/app", "u:p:x"),
            ("quay.io/team/app", "n:m"),
            ("token.example/app", "token t"),
            ("bad.example/app", "-"),
            ("empty.example/app", "-"),
        ] {
            check(config, reference, expected);
        }
        check("{}", "debian", "-");
    }

    #[test]
    fn helpers_without_a_sane_name_are_not_run() {
        check(
            r#"{"credHelpers": {"localhost:5000": "../x"}}"#,
            "localhost:5000/app",
            "the credential helper docker-credential-../x does not have the name of one",
        );
    }

    #[test]
    fn damaged_configurations_are_survived() {
        let samples: [&[u8]; 4] = [
            br#"{"auths":{"https://index.docker.io/v1/":{"auth":"dTpwOng="},
            "quay.io":{"username":"a","password":"b"},"quay.io/team":{"identitytoken":"t"}}}"#,
            br#"{"auths":{"quay.io/team/app":{"auth":"bjpt"},"quay.io":{}},"currentContext":"x",
            "HttpHeaders":{"User-Agent":"Docker-Client/27.1 (linux)"},"plugins":{"-x":{"hooks":"a"}}}"#,
            br#"{"credsStore":"secretservice","credHelpers":{"quay.io":"ecr-login","gcr.io":""},
            "auths":{"http://quay.io/v2/":{"auth":"dTpwOng=","email":""},"quay.io:443":{}}}"#,
            br#"{"auths":{"quay.io/team":{"registrytoken":"r","identitytoken":"",
            "auth":"PHRva2VuPjo="},"https://quay.io":{"auth":null,"password":""}}}"#,
        ];
        let target = damage::Target {
            name: "sources/credentials",
            samples: &samples,
            tokens: &[
                b"\"auth\":\"Og==\"",
                b"\"auth\":\"OjpiOmM\"",
                b"\"identitytoken\":\"t\",",
                b"quay.io",
                b"quay.io/team/app",
                b"https://",
                b"/v1/",
                b"dTpw",
            ],
            cases: 1000,
        };
        let reference = Reference::parse("quay.io/team/app").unwrap();
        target.check(|bytes| {
            let mut config: Config = serde_json::from_slice(bytes).ok()?;
            // No program is run, whatever the damage makes of its name.
            config.creds_store = None;
            config.cred_helpers.clear();
            Some(in_config(&config, &reference).is_ok_and(|c| c.basic().is_some()))
        });
    }
}
