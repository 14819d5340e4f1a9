//! Requests that botocore signed are verified, and nothing else is.

use std::process::Command;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{SignedDuration, Timestamp};
use lynkeus_api::{
    Error,
    scalar::Secret,
    sigv4::{Caller, Credentials, Key, Request, Signer, sign_object, verify},
};
use serde::Deserialize;

use crate::{script, tool};

/// A request as `sign.py` writes it.
#[derive(Clone, Debug, Deserialize)]
struct Signed {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
    secret: String,
    token: Option<String>,
    region: String,
    service: String,
    time: String,
}

/// The one key that exists.
struct One(Key);

impl Credentials for One {
    fn find(&self, access_key_id: &str) -> Result<Option<Key>, Error> {
        Ok((access_key_id == "AKID").then(|| self.0.clone()))
    }
}

impl Signed {
    fn key(&self) -> One {
        One(Key {
            account: "123456789012".to_owned(),
            principal: "arn:aws:iam::123456789012:user/one".to_owned(),
            is_reader: false,
            secret: Secret::from(self.secret.clone()),
            session_token: self.token.clone().map(Secret::from),
            expires: None,
        })
    }

    fn now(&self) -> Timestamp {
        self.time.parse().unwrap()
    }

    fn verified(&self, now: Timestamp, key: &One) -> Result<Caller, (&'static str, String)> {
        let headers: Vec<(&str, &[u8])> = self
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let body = STANDARD.decode(&self.body).unwrap();
        let request = Request {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &headers,
            body: &body,
        };
        verify(&request, &self.service, now, key).map_err(|error| match error {
            Error::Refused { name, message, .. } => (name, message),
            other => panic!("{other:?}"),
        })
    }

    fn header(&mut self, name: &str) -> &mut String {
        let header = self.headers.iter_mut().find(|(n, _)| n == name);
        &mut header.unwrap().1
    }

    /// The request with one byte changed, for every byte that the signature covers.
    fn tampered(&self) -> Vec<Self> {
        let mut all = Vec::new();
        let mut each = |text: &str, put: &dyn Fn(&mut Self, String)| {
            for (index, old) in text.char_indices().filter(|(_, c)| c.is_ascii()) {
                let new = if old == 'x' { 'y' } else { 'x' };
                let mut text = text.to_owned();
                text.replace_range(index..=index, &new.to_string());
                let mut other = self.clone();
                put(&mut other, text);
                all.push(other);
            }
        };
        each(&self.method, &|other, text| other.method = text);
        // What stands before `..` is not part of the canonical path.
        if !self.path.contains("/..") {
            each(&self.path, &|other, text| other.path = text);
        }
        each(&self.query, &|other, text| other.query = text);
        for index in 0..self.headers.len() {
            let value = self.headers[index].1.clone();
            each(value.trim(), &|other, text| other.headers[index].1 = text);
        }
        let body = STANDARD.decode(&self.body).unwrap();
        for index in 0..body.len() {
            let mut body = body.clone();
            body[index] ^= 1;
            let mut other = self.clone();
            other.body = STANDARD.encode(body);
            all.push(other);
        }
        all
    }
}

/// Requests signed by botocore.
fn signed(seed: u32, count: u32) -> Vec<Signed> {
    let Some(python) = tool("python") else {
        return Vec::new();
    };
    let output = Command::new(python)
        .arg(script("sign.py"))
        .args([seed.to_string(), count.to_string()])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let text = String::from_utf8(output.stdout).unwrap();
    let read = |line| serde_json::from_str(line).unwrap();
    text.lines().map(read).collect()
}

#[test]
fn what_botocore_signs_is_verified() {
    let requests = signed(1, 600);
    for request in &requests {
        let caller = request.verified(request.now(), &request.key());
        let caller = caller.unwrap_or_else(|error| panic!("{error:?}\n{request:?}"));
        assert_eq!(caller.region, request.region);
    }
    println!("{} requests", requests.len());
}

#[test]
fn a_request_with_one_byte_changed_is_refused() {
    let mut count = 0;
    for request in signed(2, 60) {
        let (now, key) = (request.now(), request.key());
        for other in request.tampered() {
            let refused = other.verified(now, &key);
            assert_eq!(refused.ok(), None, "{request:?}\n{other:?}");
            count += 1;
        }
    }
    println!("{count} changed requests");
}

/// A request with or without session token.
fn sample(has_token: bool) -> Option<Signed> {
    let mut all = signed(3, 20).into_iter();
    all.find(|r| r.token.is_some() == has_token)
}

const INVALID: &str = "InvalidSignatureException";
const UNKNOWN: &str = "UnrecognizedClientException";
const INCOMPLETE: &str = "IncompleteSignatureException";

fn check(request: &Signed, now: Timestamp, key: &One, name: &str, text: &str) {
    let (found, message) = request.verified(now, key).unwrap_err();
    assert_eq!(found, name, "{message}");
    assert!(message.contains(text), "{message}");
}

#[test]
fn requests_live_five_minutes() {
    let Some(request) = sample(false) else { return };
    let (now, key) = (request.now(), request.key());
    let window = SignedDuration::from_mins(5);
    let second = SignedDuration::from_secs(1);
    for edge in [now + window, now - window] {
        let caller = request.verified(edge, &key).unwrap();
        assert_eq!(caller.account, "123456789012");
    }
    let later = now + window + second;
    check(&request, later, &key, INVALID, "Signature expired: ");
    let earlier = now - window - second;
    check(
        &request,
        earlier,
        &key,
        INVALID,
        "Signature not yet current: ",
    );
}

#[test]
fn a_changed_authorization_is_refused_in_the_words_of_aws() {
    let Some(request) = sample(false) else { return };
    let region = request.region.as_str();
    let rows = [
        (
            "AWS4-HMAC",
            "AWS3-HMAC",
            INCOMPLETE,
            "Unsupported AWS 'algorithm'",
        ),
        ("Signature=", "Sig=", INCOMPLETE, "unknown parameter"),
        (
            ", SignedHeaders",
            ", Credential=x, SignedHeaders",
            INCOMPLETE,
            "two 'Credential'",
        ),
        (
            "/aws4_request",
            "",
            INCOMPLETE,
            "5 slash-delimited elements",
        ),
        ("aws4_request", "aws5_request", INVALID, "valid terminator"),
        (region, "moon-1", INVALID, "valid region"),
        ("/inspector", "/inspectors", INVALID, "correct service: "),
        (
            "AKID",
            "AKIE",
            UNKNOWN,
            "token included in the request is invalid",
        ),
        (
            "AKID",
            "",
            UNKNOWN,
            "token included in the request is invalid",
        ),
        ("host", "hots", INVALID, "'Host' must be a 'SignedHeader'"),
        (
            ";x-amz-date",
            "",
            INVALID,
            "'x-amz-date' must be a 'SignedHeader'",
        ),
    ];
    for (old, new, name, text) in rows {
        let mut other = request.clone();
        let header = other.header("authorization");
        *header = header.replace(old, new);
        check(&other, request.now(), &request.key(), name, text);
    }
}

#[test]
fn changed_headers_are_refused_in_the_words_of_aws() {
    let Some(request) = sample(false) else { return };
    let unsigned = "UNSIGNED-PAYLOAD";
    let rows = [
        (
            "authorization",
            None,
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ),
        ("x-amz-date", None, INCOMPLETE, "'X-Amz-Date' or a 'Date'"),
        (
            "x-amz-date",
            Some("2020-01-01"),
            INCOMPLETE,
            "'basic format'",
        ),
        (
            "x-amz-date",
            Some("20200101T000000Z"),
            INVALID,
            "Date in Credential scope",
        ),
        (
            "x-amz-content-sha256",
            Some(unsigned),
            INVALID,
            "must be a 'SignedHeader'",
        ),
        (
            "x-amz-security-token",
            Some("x"),
            INVALID,
            "must be a 'SignedHeader'",
        ),
    ];
    for (header, value, name, text) in rows {
        let mut other = request.clone();
        other.headers.retain(|(n, _)| n != header);
        let pair = value.map(|value| (header.to_owned(), value.to_owned()));
        other.headers.extend(pair);
        check(&other, request.now(), &request.key(), name, text);
    }
    let mut twice = request.clone();
    let second = twice.header("authorization").clone();
    twice.headers.push(("authorization".to_owned(), second));
    check(
        &twice,
        request.now(),
        &request.key(),
        INCOMPLETE,
        "may occur once",
    );
}

#[test]
fn an_unsigned_payload_is_refused_though_it_is_declared_so() {
    let declared = |r: &Signed| r.headers.iter().any(|(n, _)| n == "x-amz-content-sha256");
    let Some(mut request) = signed(4, 60).into_iter().find(declared) else {
        return;
    };
    "UNSIGNED-PAYLOAD".clone_into(request.header("x-amz-content-sha256"));
    check(
        &request,
        request.now(),
        &request.key(),
        INVALID,
        "does not match",
    );
}

#[test]
fn session_tokens_belong_to_their_keys() {
    let Some(request) = sample(true) else { return };
    let (now, key) = (request.now(), request.key());
    let mut other = request.clone();
    other.header("x-amz-security-token").push('x');
    check(&other, now, &key, UNKNOWN, "is invalid");
    other
        .headers
        .retain(|(name, _)| name != "x-amz-security-token");
    check(&other, now, &key, UNKNOWN, "is invalid");
    let mut expired = request.key();
    expired.0.expires = Some(now);
    check(
        &request,
        now,
        &expired,
        "ExpiredTokenException",
        "is expired",
    );
}

/// A request to Amazon S3 as `sign_object.py` writes it.
#[derive(Debug, Deserialize)]
struct Object {
    path: String,
    headers: Vec<(String, String)>,
    secret: String,
    region: String,
    authorization: String,
}

#[test]
fn objects_are_signed_as_botocore_signs_them() {
    let Some(python) = tool("python") else { return };
    let output = Command::new(python)
        .arg(script("sign_object.py"))
        .args(["7", "300"])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut compared = 0;
    for line in text.lines() {
        let object: Object = serde_json::from_str(line).unwrap();
        let headers: Vec<(&str, &[u8])> = object
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_bytes()))
            .collect();
        let request = Request {
            method: "PUT",
            path: &object.path,
            query: "",
            headers: &headers,
            body: &[],
        };
        let signer = Signer {
            access_key_id: "AKID",
            secret: &Secret::from(object.secret.clone()),
            region: &object.region,
            service: "s3",
        };
        let signed = sign_object(&request, &signer).unwrap();
        assert_eq!(signed, object.authorization, "{object:?}");
        compared += 1;
    }
    assert_eq!(compared, 300, "{}", String::from_utf8_lossy(&output.stderr));
}
