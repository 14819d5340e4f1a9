//! Verifies AWS Signature Version 4 in its header form.
//!
//! Source of the rules: AWS's "Signature Version 4 signing process", as `botocore` applies them to
//! a `rest-json` service: the path is encoded twice, the payload is always signed.
//!
//! A signature may be used again inside the window: it has a resolution of one second, `botocore`
//! signs none of its per-attempt headers, so that an honest retry or two equal calls within a second
//! carry the same signature. After the window every replay is refused.

mod canonical;

use hmac::{Hmac, Mac as _};
use jiff::{SignedDuration, fmt::rfc2822};
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{errors::Error, scalar::Secret};

/// How far a request's time may be from the server's.
const WINDOW: SignedDuration = SignedDuration::from_mins(5);

/// The only algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// Longest access key identifier that is looked up; AWS documents 128.
const LONGEST_KEY_ID: usize = 128;

/// Where access keys are known.
pub trait Credentials: Send + Sync {
    /// The key of an identifier, none if there is no such key.
    fn find(&self, access_key_id: &str) -> Result<Option<Key>, Error>;
}

/// An access key.
#[derive(Clone, Debug)]
pub struct Key {
    /// The account of twelve digits.
    pub account: String,
    /// ARN of the user or role.
    pub principal: String,
    /// Whether it may only call operations that change nothing.
    pub is_reader: bool,
    pub secret: Secret,
    /// Of a temporary key.
    pub session_token: Option<Secret>,
    /// When a temporary key ends.
    pub expires: Option<Timestamp>,
}

/// Who sent a request, and for which Region.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Caller {
    pub account: String,
    pub principal: String,
    pub access_key_id: String,
    /// Whether only operations that change nothing are open to it.
    pub is_reader: bool,
    /// From the credential scope.
    pub region: String,
}

/// A request as it came over the wire.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Not decoded.
    pub path: &'a str,
    /// Not decoded; empty if there is none.
    pub query: &'a str,
    /// Names in lower case, in the order of the wire.
    pub headers: &'a [(&'a str, &'a [u8])],
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.headers
            .iter()
            .filter(move |(n, _)| *n == name)
            .map(|(_, value)| *value)
    }

    /// The value of a header that may occur once.
    fn one(&self, name: &str) -> Result<Option<&'a str>, Error> {
        let mut values = self.values(name);
        let Some(value) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(incomplete(format!("Header '{name}' may occur once.")));
        }
        let text = str::from_utf8(value);
        let text = text.map_err(|_why| incomplete(format!("Header '{name}' is not text.")))?;
        Ok(Some(text.trim()))
    }
}

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    access_key_id: &'a str,
    date: &'a str,
    region: &'a str,
    service: &'a str,
    signed: Vec<&'a str>,
    signature: &'a str,
}

/// The sender of a request whose signature is right, valid at `now`, and made for `service`.
pub fn verify(
    request: &Request<'_>,
    service: &str,
    now: Timestamp,
    credentials: &dyn Credentials,
) -> Result<Caller, Error> {
    let header = request.one("authorization")?.ok_or_else(|| {
        refused(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        )
    })?;
    let authorization = parse(header)?;
    let time = time(request)?;
    scope(&authorization, service, time)?;
    headers(request, &authorization)?;
    fresh(time, now)?;
    let payload = payload(request)?;
    let key = credentials
        .find(authorization.access_key_id)?
        .ok_or_else(invalid_token)?;
    session(request, &key, now)?;
    let canonical = canonical::request(request, &authorization.signed, &payload);
    let expected = signature(&authorization, time, key.secret.expose(), &canonical);
    let is_right = expected.is_some_and(|expected| {
        bool::from(
            expected
                .as_bytes()
                .ct_eq(authorization.signature.as_bytes()),
        )
    });
    if !is_right {
        return Err(mismatch());
    }
    Ok(Caller {
        account: key.account,
        principal: key.principal,
        is_reader: key.is_reader,
        access_key_id: authorization.access_key_id.to_owned(),
        region: authorization.region.to_owned(),
    })
}

/// With which key, and for what, a request is signed.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    pub access_key_id: &'a str,
    pub secret: &'a Secret,
    pub region: &'a str,
    pub service: &'a str,
}

/// The `Authorization` header of a request, all of whose headers are signed; `host` and
/// `x-amz-date` are among them.
pub fn sign(request: &Request<'_>, signer: &Signer<'_>) -> Result<String, Error> {
    let signed = names(request);
    let canonical = canonical::request(request, &signed, &payload(request)?);
    signer.authorization(request, signed, &canonical)
}

/// Like [`sign`], for Amazon S3: the path is signed as it is sent, and the digest of the payload
/// stands in `x-amz-content-sha256`, so that the body need not be in memory.
pub fn sign_object(request: &Request<'_>, signer: &Signer<'_>) -> Result<String, Error> {
    let digest = request.one("x-amz-content-sha256")?.unwrap_or_default();
    let signed = names(request);
    let canonical = canonical::object(request, &signed, digest);
    signer.authorization(request, signed, &canonical)
}

/// The names of a request's headers in their order.
fn names<'a>(request: &Request<'a>) -> Vec<&'a str> {
    let mut names: Vec<&str> = request.headers.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names
}

impl Signer<'_> {
    fn authorization(
        &self,
        request: &Request<'_>,
        signed: Vec<&str>,
        canonical: &[u8],
    ) -> Result<String, Error> {
        let time = time(request)?;
        let stamp = stamp(time);
        let date = stamp.get(..8).unwrap_or_default();
        let Self {
            access_key_id,
            secret,
            region,
            service,
        } = *self;
        let authorization = Authorization {
            access_key_id,
            date,
            region,
            service,
            signed,
            signature: "",
        };
        let signature = signature(&authorization, time, secret.expose(), canonical);
        Ok(format!(
            "{ALGORITHM} Credential={access_key_id}/{date}/{region}/{service}/aws4_request, \
             SignedHeaders={}, Signature={}",
            authorization.signed.join(";"),
            signature.unwrap_or_default()
        ))
    }
}

fn parse(header: &str) -> Result<Authorization<'_>, Error> {
    let (algorithm, rest) = header.split_once(' ').unwrap_or((header, ""));
    if algorithm != ALGORITHM {
        return Err(incomplete(format!(
            "Unsupported AWS 'algorithm': '{}'.",
            algorithm.escape_debug()
        )));
    }
    let (mut credential, mut signed, mut signature) = (None, None, None);
    for part in rest.split(',') {
        let (name, value) = part.trim().split_once('=').unwrap_or_default();
        let slot = match name {
            "Credential" => &mut credential,
            "SignedHeaders" => &mut signed,
            "Signature" => &mut signature,
            _ => return Err(incomplete("Authorization header has an unknown parameter.")),
        };
        if slot.replace(value).is_some() {
            return Err(incomplete(format!(
                "Authorization header has two '{name}' parameters."
            )));
        }
    }
    let mut missing = String::new();
    for (name, value) in [
        ("Credential", credential),
        ("Signature", signature),
        ("SignedHeaders", signed),
    ] {
        if value.is_none_or(str::is_empty) {
            missing.extend(["Authorization header requires '", name, "' parameter. "]);
        }
    }
    let (Some(credential), Some(signed), Some(signature), true) =
        (credential, signed, signature, missing.is_empty())
    else {
        return Err(incomplete(missing.trim_end()));
    };
    let parts: Vec<&str> = credential.split('/').collect();
    let [access_key_id, date, region, service, terminator] = parts.as_slice() else {
        return Err(incomplete(format!(
            "Credential must have exactly 5 slash-delimited elements, e.g. \
             keyid/date/region/service/term, got '{}'",
            credential.escape_debug()
        )));
    };
    if *terminator != "aws4_request" {
        return Err(invalid(
            "Credential should be scoped with a valid terminator: 'aws4_request'.",
        ));
    }
    if access_key_id.is_empty() || access_key_id.len() > LONGEST_KEY_ID {
        return Err(invalid_token());
    }
    Ok(Authorization {
        access_key_id,
        date,
        region,
        service,
        signed: signed.split(';').collect(),
        signature,
    })
}

/// The time of a request, from `X-Amz-Date` or else `Date`.
fn time(request: &Request<'_>) -> Result<Timestamp, Error> {
    if let Some(text) = request.one("x-amz-date")? {
        return basic(text).ok_or_else(|| {
            incomplete("Date must be in ISO-8601 'basic format', e.g. 20260131T120000Z.")
        });
    }
    let Some(text) = request.one("date")? else {
        return Err(incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.",
        ));
    };
    let parsed = rfc2822::parse(text).map(|zoned| zoned.timestamp()).ok();
    parsed
        .or_else(|| basic(text))
        .ok_or_else(|| incomplete("Header 'Date' is not a date."))
}

/// A moment written as `20260131T120000Z`.
fn basic(text: &str) -> Option<Timestamp> {
    let is_basic = text.len() == 16
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 => byte == b'T',
            15 => byte == b'Z',
            _ => byte.is_ascii_digit(),
        });
    text.parse().ok().filter(|_| is_basic)
}

fn stamp(time: Timestamp) -> String {
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// The credential scope must be of the request's day, of a Region, and of this service.
fn scope(authorization: &Authorization<'_>, service: &str, time: Timestamp) -> Result<(), Error> {
    let stamp = stamp(time);
    if !stamp.starts_with(authorization.date) || authorization.date.len() != 8 {
        let date = authorization.date.escape_debug();
        return Err(invalid(format!(
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from \
             HTTP: '{date}', from '{stamp}'."
        )));
    }
    if !is_region(authorization.region) {
        return Err(invalid("Credential should be scoped to a valid region."));
    }
    if authorization.service != service {
        return Err(invalid(format!(
            "Credential should be scoped to correct service: '{service}'."
        )));
    }
    Ok(())
}

/// Whether a Region can stand in the ARN of a finding (`FindingArn` of the service model).
fn is_region(region: &str) -> bool {
    let mut parts: Vec<&str> = region.split('-').collect();
    if parts.get(1) == Some(&"gov") {
        parts.remove(1);
    }
    let is_lower = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase());
    match parts.as_slice() {
        [area, name, number] => {
            area.len() == 2
                && is_lower(area)
                && is_lower(name)
                && name.len() <= 16
                && number.len() == 1
                && number.bytes().all(|b| b.is_ascii_digit())
        }
        _ => false,
    }
}

/// `host` and every `x-amz-` header must be signed.
fn headers(request: &Request<'_>, authorization: &Authorization<'_>) -> Result<(), Error> {
    let is_signed = |name: &str| authorization.signed.contains(&name);
    if !is_signed("host") {
        return Err(invalid(
            "'Host' must be a 'SignedHeader' in the AWS Authorization.",
        ));
    }
    let unsigned = request
        .headers
        .iter()
        .map(|(name, _)| *name)
        .find(|name| name.starts_with("x-amz-") && !is_signed(name));
    match unsigned {
        Some(name) => Err(invalid(format!(
            "'{name}' must be a 'SignedHeader' in the AWS Authorization."
        ))),
        None => Ok(()),
    }
}

fn fresh(time: Timestamp, now: Timestamp) -> Result<(), Error> {
    let age = now.duration_since(time);
    if age > WINDOW {
        let limit = stamp(now - WINDOW);
        let (time, now) = (stamp(time), stamp(now));
        return Err(invalid(format!(
            "Signature expired: {time} is now earlier than {limit} ({now} - 5 min.)"
        )));
    }
    if age < -WINDOW {
        let limit = stamp(now + WINDOW);
        let (time, now) = (stamp(time), stamp(now));
        return Err(invalid(format!(
            "Signature not yet current: {time} is still later than {limit} ({now} + 5 min.)"
        )));
    }
    Ok(())
}

/// The digest of the body, with which a declared digest must agree.
fn payload(request: &Request<'_>) -> Result<String, Error> {
    let digest = hex(&Sha256::digest(request.body));
    match request.one("x-amz-content-sha256")? {
        Some(declared) if declared != digest => Err(mismatch()),
        _ => Ok(digest),
    }
}

fn session(request: &Request<'_>, key: &Key, now: Timestamp) -> Result<(), Error> {
    let token = request.one("x-amz-security-token")?.unwrap_or_default();
    let expected = key.session_token.as_ref().map_or("", Secret::expose);
    if !bool::from(token.as_bytes().ct_eq(expected.as_bytes())) {
        return Err(invalid_token());
    }
    if key.expires.is_some_and(|end| end <= now) {
        return Err(refused(
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ));
    }
    Ok(())
}

fn signature(
    authorization: &Authorization<'_>,
    time: Timestamp,
    secret: &str,
    canonical: &[u8],
) -> Option<String> {
    let Authorization {
        date,
        region,
        service,
        ..
    } = authorization;
    let digest = hex(&Sha256::digest(canonical));
    let time = stamp(time);
    let text = format!("{ALGORITHM}\n{time}\n{date}/{region}/{service}/aws4_request\n{digest}");
    let mut key = mac(format!("AWS4{secret}").as_bytes(), date.as_bytes())?;
    for part in [region, service, "aws4_request", &text] {
        key = mac(&key, part.as_bytes())?;
    }
    Some(hex(&key))
}

/// HMAC-SHA-256; none never happens, a key may have any length.
pub(crate) fn mac(key: &[u8], data: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(data);
    Some(mac.finalize().into_bytes().into())
}

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .flatten()
        .collect()
}

fn refused(name: &'static str, message: impl Into<String>) -> Error {
    Error::Refused {
        name,
        status: 403,
        message: message.into(),
    }
}

fn incomplete(message: impl Into<String>) -> Error {
    refused("IncompleteSignatureException", message)
}

fn invalid(message: impl Into<String>) -> Error {
    refused("InvalidSignatureException", message)
}

fn invalid_token() -> Error {
    refused(
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
    )
}

fn mismatch() -> Error {
    invalid(
        "The request signature we calculated does not match the signature you provided. Check your \
         AWS Secret Access Key and signing method. Consult the service documentation for details.",
    )
}
