//! `lynkeus submit`: a target is read here, and its inventory or its networks sent to a server.

use std::{
    io::{self, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
use api::{scalar::Secret, sigv4};
use inventory::sbom::{
    Names,
    cyclonedx::{Document, Version},
};

use crate::{
    cli::Cli,
    cli_up::Submit,
    clock,
    commands::reachability,
    config,
    target::{self, Read},
};

/// Bytes of an answer.
const MOST: u64 = 16 << 20;

/// Sends the target and prints what it changed.
pub(crate) fn run(cli: &Cli, arguments: &Submit) -> Result<bool> {
    let data_dir = config::data_dir(cli.data_dir.as_deref())?;
    let message = if arguments.is_network {
        Message {
            path: "/lynkeus/v1/network",
            query: String::new(),
            kind: "application/x-tar",
            body: archive(Path::new(&arguments.target.target))?,
        }
    } else {
        let read = target::scan(&arguments.target, &data_dir)?;
        let body = serde_json::to_vec(&Document {
            inventory: &read.inventory,
            names: &Names::of(&read.inventory),
            subject: &read.target.subject(clock::now()),
            version: Version::V1_6,
        });
        Message {
            path: "/lynkeus/v1/submit",
            query: query(arguments, &read)?,
            kind: "application/vnd.cyclonedx+json",
            body: body.context("write the inventory")?,
        }
    };
    let text = send(&data_dir, arguments, &message)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{text}").context("write to standard output")?;
    Ok(true)
}

/// What is sent.
struct Message {
    path: &'static str,
    query: String,
    kind: &'static str,
    body: Vec<u8>,
}

/// Signs a message, sends it and reads the answer.
fn send(data_dir: &Path, arguments: &Submit, message: &Message) -> Result<String> {
    let key = config::access_key().or_else(|| config::stored_access_key(data_dir));
    let (id, secret) = key.with_context(|| {
        "no access key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
    })?;
    let server = arguments.server.trim_end_matches('/');
    let (_, host) = server
        .split_once("://")
        .context("--server: expected http://HOST:PORT")?;
    ensure!(!host.contains('/'), "--server: expected no path");
    let Message {
        path, query, body, ..
    } = message;
    let date = clock::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let request = sigv4::Request {
        method: "POST",
        path,
        query,
        headers: &[("host", host.as_bytes()), ("x-amz-date", date.as_bytes())],
        body,
    };
    let secret = Secret::from(secret);
    let signature = sigv4::sign(&request, &id, &secret, &arguments.region, "inspector2")?;
    let configuration = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build();
    let agent = ureq::Agent::new_with_config(configuration);
    let sent = agent
        .post(format!("{server}{path}?{query}"))
        .header("host", host)
        .header("x-amz-date", &date)
        .header("authorization", &signature)
        .header("content-type", message.kind)
        .send(body);
    let mut answer = sent.with_context(|| format!("send to {server}"))?;
    let status = answer.status();
    let text = answer.body_mut().with_config().limit(MOST);
    let text = text.read_to_string().context("read the answer")?;
    if !status.is_success() {
        bail!("{server} answered {status}: {text}");
    }
    Ok(text)
}

/// The documents of a directory as a tar archive.
fn archive(directory: &Path) -> Result<Vec<u8>> {
    let (files, problems) = reachability::documents(directory)?;
    for problem in problems {
        eprintln!("warning: {problem}");
    }
    ensure!(!files.is_empty(), "{} holds no JSON", directory.display());
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len().try_into()?);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, &file.name, file.bytes.as_slice())
            .with_context(|| format!("pack {}", file.name))?;
    }
    archive.into_inner().context("pack the documents")
}

/// What the inventory is of; only characters that need no encoding are sent as they are.
fn query(arguments: &Submit, read: &Read) -> Result<String> {
    let mut pairs: Vec<(&str, &str)> = Vec::new();
    if let Some(repository) = &arguments.repository {
        pairs.extend([("kind", "image"), ("repository", repository.as_str())]);
        pairs.extend(arguments.tag.iter().map(|tag| ("tag", tag.as_str())));
        let image = read.target.image.as_ref();
        let digest =
            image.and_then(|i| i.manifest_digest.as_deref().or(i.config_digest.as_deref()));
        pairs.extend(digest.map(|digest| ("digest", digest)));
        let platform = image.and_then(|image| image.platform.as_deref());
        let architecture = platform.and_then(|platform| platform.split('/').nth(1));
        pairs.extend(architecture.map(|name| ("architecture", name)));
    } else if let Some(host) = &arguments.host {
        pairs.extend([("kind", "host"), ("name", host.as_str())]);
    } else {
        bail!("give --repository NAME for an image or --host NAME for a machine");
    }
    let pairs = pairs.iter();
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    Ok(pairs.join("&"))
}

/// Percent-encoded but for the unreserved characters (RFC 3986 §2.3).
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            for half in [byte >> 4, byte & 15] {
                let digit = char::from_digit(half.into(), 16).unwrap_or('0');
                encoded.push(digit.to_ascii_uppercase());
            }
        }
    }
    encoded
}
