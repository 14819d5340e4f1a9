//! Objects in the buckets of an S3-compatible store, put with requests that are signed here.

use std::{
    fs::File,
    io::{self, Read, Seek as _},
    thread,
    time::Duration,
};

use anyhow::{Context as _, Result, anyhow, bail};
use api::{
    sigv4::{self, Signer},
    wire::Destination,
};
use sha2::{Digest as _, Sha256};
use store::Scope;
use ureq::{Agent, Body, SendBody, http::Response};

use super::{places::Put, reports::Trouble};
use crate::{
    clock,
    credentials::AccessKey,
    web::{encoded, hexadecimal},
};

/// The most bytes of one `PUT` (Amazon S3 user guide, "Uploading objects").
const MOST: u64 = 5 << 30;

/// How often a request is sent, and the pause after the first failure; it doubles.
const ATTEMPTS: u32 = 3;
const PAUSE: Duration = Duration::from_millis(300);

/// The digest of no bytes.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// A store as it is reached.
#[derive(Debug)]
pub(crate) struct ObjectStore {
    agent: Agent,
    /// `https://HOST[:PORT]`, without a path.
    endpoint: String,
    key: AccessKey,
    /// The Region for which requests are signed; without one, the report's.
    region: Option<String>,
    /// Whether objects are to be encrypted with the KMS key that the client names.
    encrypts: bool,
}

/// How to reach a store.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) endpoint: String,
    pub(crate) key: AccessKey,
    pub(crate) region: Option<String>,
    pub(crate) encrypts: bool,
}

/// A request about one object.
struct Object<'a> {
    scope: &'a Scope,
    destination: &'a Destination,
    key: &'a str,
    /// Of the body.
    digest: &'a str,
    headers: Vec<(&'static str, String)>,
}

impl ObjectStore {
    pub(crate) fn new(options: Options) -> Result<Self> {
        let endpoint = options.endpoint.trim_end_matches('/').to_owned();
        match endpoint.split_once("://") {
            Some(("http" | "https", host)) if !host.is_empty() && !host.contains(['/', '?']) => {}
            _ => bail!("{endpoint}: expected http://HOST[:PORT] or https://HOST[:PORT]"),
        }
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_recv_response(Some(Duration::from_mins(2)))
            .timeout_per_read(Some(Duration::from_mins(1)))
            .timeout_per_write(Some(Duration::from_mins(1)))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            endpoint,
            key: options.key,
            region: options.region,
            encrypts: options.encrypts,
        })
    }

    /// Puts an object.
    pub(crate) fn put(&self, put: &Put<'_>, content: &mut File) -> Result<(), Trouble> {
        let mut digest = Sha256::new();
        let length = io::copy(content, &mut digest)?;
        if length > MOST {
            return Err(Trouble::failed(
                "INTERNAL_ERROR",
                "The report has more than 5 GiB: narrow its criteria",
            ));
        }
        let digest = hexadecimal(&digest.finalize());
        let mut headers = vec![
            ("content-length", length.to_string()),
            ("content-type", put.media.to_owned()),
        ];
        if self.encrypts {
            let key = put.destination.kms_key_arn.clone();
            headers.push(("x-amz-server-side-encryption", "aws:kms".to_owned()));
            headers.push(("x-amz-server-side-encryption-aws-kms-key-id", key));
        }
        let object = Object {
            scope: put.scope,
            destination: put.destination,
            key: put.key,
            digest: &digest,
            headers,
        };
        let mut pause = PAUSE;
        for attempt in 1.. {
            content.rewind()?;
            match self.send("PUT", &object, Some(content)) {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                Ok(answer) if answer.status().is_client_error() => return Err(refusal(answer)),
                Ok(answer) if answer.status().is_redirection() => return Err(refusal(answer)),
                Ok(answer) if attempt >= ATTEMPTS => {
                    return Err(anyhow!("the store answers {}", answer.status()).into());
                }
                Err(error) if attempt >= ATTEMPTS => return Err(error.into()),
                Ok(_) | Err(_) => thread::sleep(pause),
            }
            pause = pause.saturating_mul(2);
        }
        Ok(())
    }

    /// Removes an object.
    pub(crate) fn remove(&self, scope: &Scope, destination: &Destination, key: &str) -> Result<()> {
        let object = Object {
            scope,
            destination,
            key,
            digest: EMPTY,
            headers: Vec::new(),
        };
        let answer = self.send("DELETE", &object, None)?;
        if !answer.status().is_success() {
            bail!("the store answers {}", answer.status());
        }
        Ok(())
    }

    fn send(
        &self,
        method: &str,
        object: &Object<'_>,
        body: Option<&mut File>,
    ) -> Result<Response<Body>> {
        let (_, host) = self.endpoint.split_once("://").unwrap_or_default();
        let parts: Vec<String> = object.key.split('/').map(encoded).collect();
        let path = format!("/{}/{}", object.destination.bucket_name, parts.join("/"));
        let mut headers = object.headers.clone();
        headers.extend([
            ("host", host.to_owned()),
            ("x-amz-content-sha256", object.digest.to_owned()),
            (
                "x-amz-date",
                clock::now().strftime("%Y%m%dT%H%M%SZ").to_string(),
            ),
        ]);
        let owner = object.destination.expected_bucket_owner.as_ref();
        headers.extend(owner.map(|owner| ("x-amz-expected-bucket-owner", owner.clone())));
        let token = self.key.session_token.as_ref();
        headers.extend(token.map(|token| ("x-amz-security-token", token.expose().to_owned())));
        let signed: Vec<(&str, &[u8])> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let request = sigv4::Request {
            method,
            path: &path,
            query: "",
            headers: &signed,
            body: &[],
        };
        let signer = Signer {
            access_key_id: &self.key.id,
            secret: &self.key.secret,
            region: self.region.as_deref().unwrap_or(&object.scope.region),
            service: "s3",
        };
        let authorization = sigv4::sign_object(&request, &signer)?;
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.endpoint))
            .header("authorization", authorization);
        for (name, value) in &headers {
            request = request.header(*name, value);
        }
        let answer = match body {
            Some(body) => self.agent.run(request.body(SendBody::from_reader(body))?),
            None => self.agent.run(request.body(())?),
        };
        answer.with_context(|| format!("reach {}", self.endpoint))
    }
}

/// What a refused request means for the report.
fn refusal(answer: Response<Body>) -> Trouble {
    let status = answer.status().as_u16();
    let mut said = Vec::new();
    let mut reader = answer.into_body().into_reader().take(16 << 10);
    if let Err(error) = reader.read_to_end(&mut said) {
        tracing::debug!(%error, "read a refusal");
    }
    let said = String::from_utf8_lossy(&said);
    let code = said
        .split_once("<Code>")
        .and_then(|(_, rest)| Some(rest.split_once("</Code>")?.0))
        .unwrap_or_default();
    let (ours, message) = meaning(status, code);
    Trouble::failed(ours, format!("{message} ({status} {code})"))
}

/// The `ReportingErrorCode` of a refusal, in words too (Amazon S3 API reference, "Error
/// responses").
fn meaning(status: u16, code: &str) -> (&'static str, &'static str) {
    match (status, code) {
        (
            _,
            "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException"
            | "PermanentRedirect",
        )
        | (301 | 307 | 308, _) => (
            "INCOMPATIBLE_BUCKET_REGION",
            "The bucket is in another Region than the report",
        ),
        (_, code) if code.starts_with("KMS") => (
            "MALFORMED_KMS_KEY",
            "The store does not encrypt with the KMS key",
        ),
        (404, _) => ("BUCKET_NOT_FOUND", "The bucket does not exist"),
        (401 | 403, _) => (
            "INVALID_PERMISSIONS",
            "The server may not write into the bucket",
        ),
        _ => ("INTERNAL_ERROR", "The store refused the report"),
    }
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn refusals_of_a_store_are_told_in_the_words_of_reports() {
        let rows = [
            (404, "NoSuchBucket", "BUCKET_NOT_FOUND"),
            (403, "AccessDenied", "INVALID_PERMISSIONS"),
            (403, "InvalidAccessKeyId", "INVALID_PERMISSIONS"),
            (301, "PermanentRedirect", "INCOMPATIBLE_BUCKET_REGION"),
            (
                400,
                "AuthorizationHeaderMalformed",
                "INCOMPATIBLE_BUCKET_REGION",
            ),
            (400, "KMS.NotFoundException", "MALFORMED_KMS_KEY"),
            (403, "KMS.DisabledException", "MALFORMED_KMS_KEY"),
            (400, "EntityTooLarge", "INTERNAL_ERROR"),
            (400, "", "INTERNAL_ERROR"),
        ];
        for (status, code, expected) in rows {
            assert_eq!(meaning(status, code).0, expected, "{status} {code}");
        }
    }
}
