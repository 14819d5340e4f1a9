//! `lynkeus submit`: a target is read here, and its inventory or its networks sent to a server.

use std::{
    io::{self, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail, ensure};
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
    service::host,
    target::{self, Read},
    web::{Server, encoded},
};

/// Sends the target and prints what it changed.
pub(crate) fn run(cli: &Cli, arguments: &Submit) -> Result<bool> {
    let server = Server::find(cli, &arguments.server)?;
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
            about: &[],
        });
        Message {
            path: "/lynkeus/v1/submit",
            query: query(arguments, &read)?,
            kind: "application/vnd.cyclonedx+json",
            body: body.context("write the inventory")?,
        }
    };
    let Message {
        path,
        query,
        kind,
        body,
    } = &message;
    let text = server.post(path, query, kind, body)?;
    if let Some(name) = &arguments.host
        && arguments.target.target == "host"
    {
        let heard = host::listening()?;
        let body = serde_json::to_vec(&heard).context("write who listens")?;
        let query = format!("name={}", encoded(name));
        server.post("/lynkeus/v1/listening", &query, "application/json", &body)?;
    }
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
