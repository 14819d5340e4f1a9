//! Requests to one repository of a registry, with whatever it takes to be let in.

use std::sync::{Mutex, PoisonError};

use inventory::image::Digest;
use serde::Deserialize;
use ureq::Body;
use ureq::http::{Response, StatusCode};

use super::challenge::Challenge;
use super::credentials::{self, Credential};
use super::{Access, Reference, RegistryError};
use crate::http::{self, Client, HttpError, Request};

/// Kinds of manifest that are understood (OCI image specification, media-types.md; Docker's
/// image manifest version 2, schema 2).
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// What is done with a repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Pull,
    Push,
}

/// One repository.
#[derive(Debug)]
pub(super) struct Repository {
    pub(super) client: Client,
    /// `https://registry-1.docker.io`
    origin: String,
    is_secure: bool,
    name: String,
    action: Action,
    credential: Credential,
    /// The value of `Authorization` that was last good.
    authorization: Mutex<Option<String>>,
}

/// A manifest as it was served.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) bytes: Vec<u8>,
    pub(super) digest: Digest,
}

/// The answer of a token server.
#[derive(Deserialize)]
struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Repository {
    pub(super) fn open(
        reference: &Reference,
        action: Action,
        access: &Access,
    ) -> Result<Self, RegistryError> {
        let is_insecure = reference.is_local() || access.insecure.contains(&reference.registry);
        let scheme = if is_insecure { "http" } else { "https" };
        let host = reference.host();
        Ok(Self {
            client: access.client.clone(),
            origin: format!("{scheme}://{host}"),
            is_secure: !is_insecure,
            name: reference.repository.clone(),
            action,
            credential: credentials::find(&access.configurations, reference)?,
            authorization: Mutex::new(None),
        })
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}/v2/{}/{path}", self.origin, self.name)
    }

    /// The URL that a `Location` means.
    pub(super) fn resolve(&self, location: &str) -> String {
        if location.starts_with('/') {
            format!("{}{location}", self.origin)
        } else {
            location.to_owned()
        }
    }

    /// Sends a request, after proving who we are if the registry asks.
    pub(super) fn send(&self, request: &Request<'_>) -> Result<Response<Body>, HttpError> {
        let answer = self.authorized(request, self.authorization())?;
        if answer.status() != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // There may be several; the first that we can meet is met.
        let challenge = answer
            .headers()
            .get_all("www-authenticate")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .find_map(Challenge::parse);
        let Some(authorization) = self.meet(challenge.as_ref())? else {
            return Ok(answer);
        };
        *self.lock() = Some(authorization.clone());
        self.authorized(request, Some(authorization))
    }

    /// The whole of an answer that must be a success.
    pub(super) fn document(&self, request: &Request<'_>) -> Result<Vec<u8>, HttpError> {
        let answer = self.send(request)?;
        if answer.status().is_success() {
            http::body(request.url, answer)
        } else {
            Err(http::refusal(request.url, answer))
        }
    }

    /// The manifest or index under a tag or digest, with its digest; `expected` is compared.
    pub(super) fn manifest(
        &self,
        name: &str,
        expected: Option<&Digest>,
    ) -> Result<Served, HttpError> {
        let url = self.url(&format!("manifests/{name}"));
        let request = Request::get(&url).header("accept", MANIFESTS);
        let answer = self.send(&request)?;
        if !answer.status().is_success() {
            return Err(http::refusal(&url, answer));
        }
        let stated = http::text(answer.headers(), "docker-content-digest").and_then(Digest::parse);
        let bytes = http::body(&url, answer)?;
        let known = expected.or(stated.as_ref());
        if let Some(known) = known.filter(|known| !known.is_of(&bytes)) {
            return Err(HttpError::Other {
                url,
                what: format!("answers something else than {known}"),
            });
        }
        let digest = known.cloned().unwrap_or_else(|| Digest::sha256(&bytes));
        Ok(Served { bytes, digest })
    }

    fn authorized(
        &self,
        request: &Request<'_>,
        authorization: Option<String>,
    ) -> Result<Response<Body>, HttpError> {
        let mut request = request.clone();
        // A registry may send us elsewhere; what it gave us is for itself.
        let is_own = request
            .url
            .strip_prefix(&self.origin)
            .is_some_and(|rest| rest.starts_with('/'));
        if let Some(authorization) = authorization.filter(|_| is_own) {
            request = request.header("authorization", authorization);
        }
        self.client.send(&request)
    }

    fn authorization(&self) -> Option<String> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.authorization
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The value of `Authorization` that meets a challenge; none if there is nothing to show.
    fn meet(&self, challenge: Option<&Challenge>) -> Result<Option<String>, HttpError> {
        match challenge {
            None => Ok(None),
            Some(Challenge::Basic) => Ok(self.credential.basic()),
            Some(Challenge::Bearer {
                realm,
                service,
                scope,
            }) => {
                let actions = match self.action {
                    Action::Pull => "pull",
                    Action::Push => "pull,push",
                };
                let scope = match scope {
                    Some(scope) => scope.clone(),
                    None => format!("repository:{}:{actions}", self.name),
                };
                self.token(realm, service.as_deref(), &scope).map(Some)
            }
        }
    }

    /// Gets a bearer token (distribution's token specification; OAuth 2 for identity tokens).
    fn token(&self, realm: &str, service: Option<&str>, scope: &str) -> Result<String, HttpError> {
        let has_secret = self.credential != Credential::Anonymous;
        if !realm.starts_with("https://") && (self.is_secure || !realm.starts_with("http://")) {
            return Err(HttpError::Other {
                url: realm.to_owned(),
                what: "is where the registry wants to be asked for a token, without encryption"
                    .to_owned(),
            });
        }
        let mut query = format!("scope={}", encoded(scope));
        if let Some(service) = service {
            query = format!("service={}&{query}", encoded(service));
        }
        let bytes = if let Credential::IdentityToken(token) = &self.credential {
            let form = format!(
                "grant_type=refresh_token&client_id=lynkeus&refresh_token={}&{query}",
                encoded(token)
            );
            let request = Request {
                method: "POST",
                url: realm,
                body: Some(form.as_bytes()),
                ..Request::default()
            };
            self.client
                .document(&request.header("content-type", "application/x-www-form-urlencoded"))?
        } else {
            let separator = if realm.contains('?') { '&' } else { '?' };
            let url = format!("{realm}{separator}{query}");
            let mut request = Request::get(&url);
            if let Some(basic) = self.credential.basic().filter(|_| has_secret) {
                request = request.header("authorization", basic);
            }
            self.client.document(&request)?
        };
        let token: Option<Token> = serde_json::from_slice(&bytes).ok();
        let token = token.and_then(|token| token.token.or(token.access_token));
        match token {
            Some(token) => Ok(format!("Bearer {token}")),
            None => Err(HttpError::Other {
                url: realm.to_owned(),
                what: "gives no token".to_owned(),
            }),
        }
    }
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub(crate) fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for half in [byte >> 4, byte & 15] {
                out.extend(char::from_digit(u32::from(half), 16).map(|c| c.to_ascii_uppercase()));
            }
        }
    }
    out
}
