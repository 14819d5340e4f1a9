//! Signed requests to a running service, and what its refusals mean to whoever asked.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use api::sigv4::{self, Signer};
use clap::Args;
use model::Timestamp;
use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{HeaderMap, Response},
};

use crate::{cli::Cli, clock, config, credentials, credentials::AccessKey};

/// Bytes of an answer.
const MOST: u64 = 64 << 20;

/// Which server is asked, and as whom.
#[derive(Debug, Args)]
pub(crate) struct ServerArguments {
    /// The server.
    #[arg(
        long,
        env = "LYNKEUS_SERVER",
        default_value = "http://127.0.0.1:8080",
        value_name = "URL"
    )]
    pub(crate) server: String,
    /// The Region that is asked about.
    #[arg(
        long,
        env = "LYNKEUS_REGION",
        default_value = "eu-west-1",
        value_name = "REGION"
    )]
    pub(crate) region: String,
    /// Sign with the access key of this profile of the shared credentials file.
    #[arg(long, value_name = "NAME")]
    pub(crate) profile: Option<String>,
}

/// A server with the key to ask it.
#[derive(Debug)]
pub(crate) struct Server {
    agent: Agent,
    address: String,
    region: String,
    key: AccessKey,
}

impl Server {
    /// The server and key that the arguments and the environment name.
    pub(crate) fn find(cli: &Cli, arguments: &ServerArguments) -> Result<Self> {
        let data_dir = config::data_dir(cli.data_dir.as_deref()).ok();
        let key = credentials::find(arguments.profile.as_deref(), data_dir.as_deref())?;
        let address = arguments.server.trim_end_matches('/').to_owned();
        let host = address
            .split_once("://")
            .filter(|(scheme, _)| matches!(*scheme, "http" | "https"));
        let (_, host) = host.context("--server: expected http://HOST:PORT")?;
        ensure!(!host.contains('/'), "--server: expected no path");
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(20)))
            .build()
            .new_agent();
        Ok(Self {
            agent,
            address,
            region: arguments.region.clone(),
            key,
        })
    }

    /// Where the server is.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Calls an operation of Inspector's, by its path.
    pub(crate) fn call(&self, path: &str, input: &Value) -> Result<Value> {
        let body = input.to_string();
        let text = self.post(path, "", "application/json", body.as_bytes())?;
        serde_json::from_str(&text).with_context(|| format!("{} answers no JSON", self.address))
    }

    /// Every item of an operation that answers page by page, at most `most` of them; and whether
    /// there are more.
    pub(crate) fn pages(
        &self,
        path: &str,
        mut input: Value,
        items: &str,
        most: usize,
    ) -> Result<(Vec<Value>, bool)> {
        let mut all = Vec::new();
        loop {
            let mut answer = self.call(path, &input)?;
            if let Some(Value::Array(page)) = answer.get_mut(items).map(Value::take) {
                all.extend(page);
            }
            let next = answer.get("nextToken").filter(|token| !token.is_null());
            if all.len() > most || (next.is_some() && all.len() == most) {
                all.truncate(most);
                return Ok((all, true));
            }
            let Some(next) = next else {
                return Ok((all, false));
            };
            if let Value::Object(members) = &mut input {
                members.insert("nextToken".to_owned(), next.clone());
            }
        }
    }

    /// Posts a body and returns the answer.
    pub(crate) fn post(&self, path: &str, query: &str, media: &str, body: &[u8]) -> Result<String> {
        let (_, host) = self.address.split_once("://").unwrap_or_default();
        let sent_at = clock::now();
        let date = sent_at.strftime("%Y%m%dT%H%M%SZ").to_string();
        let token = self.key.session_token.as_ref();
        let mut headers = vec![("host", host), ("x-amz-date", date.as_str())];
        headers.extend(token.map(|token| ("x-amz-security-token", token.expose())));
        let signed: Vec<(&str, &[u8])> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        let request = sigv4::Request {
            method: "POST",
            path,
            query,
            headers: &signed,
            body,
        };
        let signer = Signer {
            access_key_id: &self.key.id,
            secret: &self.key.secret,
            region: &self.region,
            service: "inspector2",
        };
        let authorization = sigv4::sign(&request, &signer)?;
        let separator = if query.is_empty() { "" } else { "?" };
        let mut request = self
            .agent
            .post(format!("{}{path}{separator}{query}", self.address))
            .header("authorization", authorization)
            .header("content-type", media);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let answer = request
            .send(body)
            .map_err(|error| self.unreachable(error))?;
        self.text(answer, sent_at)
    }

    fn unreachable(&self, error: ureq::Error) -> anyhow::Error {
        let address = &self.address;
        let nobody = matches!(&error, ureq::Error::ConnectionFailed)
            || matches!(&error, ureq::Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused);
        if nobody {
            return anyhow!(
                "no server listens at {address}: start one with `lynkeus up`, or name another with \
                 --server"
            );
        }
        anyhow::Error::new(error).context(format!("reach {address}"))
    }

    /// The text of an answer, or what its refusal means.
    fn text(&self, mut answer: Response<Body>, sent_at: Timestamp) -> Result<String> {
        let status = answer.status();
        let headers = answer.headers().clone();
        let body = answer.body_mut().with_config().limit(MOST);
        let text = body.read_to_string().context("read the answer")?;
        if status.is_success() {
            return Ok(text);
        }
        let said: Option<Value> = serde_json::from_str(&text).ok();
        let message = said.as_ref().and_then(|said| said.get("message")?.as_str());
        let message = message.unwrap_or_default();
        let name = header(&headers, "x-amzn-errortype").unwrap_or_default();
        let address = &self.address;
        if message.starts_with("Signature expired") || message.starts_with("Signature not yet") {
            let ahead = ahead(message, &headers, sent_at);
            let told = match ahead {
                None | Some(0) => "differ".to_owned(),
                Some(seconds) if seconds > 0 => {
                    format!("differ: this machine's is {seconds} seconds ahead")
                }
                Some(seconds) => {
                    let seconds = seconds.unsigned_abs();
                    format!("differ: this machine's is {seconds} seconds behind")
                }
            };
            bail!(
                "the clocks of this machine and of {address} {told}. Set the one that is wrong, \
                 best by a time service (`timedatectl set-ntp true`), and ask again: {message}"
            );
        }
        let hint = match name {
            "UnrecognizedClientException" => ": the server does not know the access key",
            "InvalidSignatureException" => ": the secret of the access key is not right",
            "" => "",
            _ => return Err(anyhow!("{address} refuses: {message} ({name})")),
        };
        bail!("{address} answers {status}{hint}: {message}")
    }
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// By how many seconds this machine's clock is ahead of the server's, which a refusal names in
/// brackets, `(20261128T120000Z - 5 min.)`, and every answer in its date.
fn ahead(message: &str, headers: &HeaderMap, sent_at: Timestamp) -> Option<i64> {
    let named = message.rsplit_once('(').and_then(|(_, rest)| {
        let (time, _) = rest.split_once(' ')?;
        let time = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", time).ok()?;
        Some(jiff::tz::Offset::UTC.to_timestamp(time).ok()?.as_second())
    });
    let theirs = named.or_else(|| {
        let date = jiff::fmt::rfc2822::parse(header(headers, "date")?);
        Some(date.ok()?.timestamp().as_second())
    })?;
    Some(sent_at.as_second() - theirs)
}

/// Percent-encoded but for the unreserved characters (RFC 3986 §2.3).
pub(crate) fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hexadecimal(&[byte]).to_ascii_uppercase());
        }
    }
    encoded
}

/// Lower-case hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}
