//! `lynkeus network path`: one way through a network, and pictures of ways.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, anyhow};
use dashboard::picture::{self, Node, Picture};
use findings::reach::Hop as KeptHop;
use network::{
    corrections::{MOST_EDITS, corrections},
    filters::Protocol,
    finding::Finding,
    path::{
        Answer, Blocker, End, Header, Hop, Path, Query, Verdict, edges_before, find, words::meaning,
    },
    region::Ports,
    snapshot::Snapshot,
};
use serde_json::{Value, json};
use store::Scope;

use crate::{
    cli_network::{NetworkFormat, NetworkScan, PathArguments, PathFormat},
    commands::{near, reachability},
    service::network::details,
};

/// Paths that are shown of an answer; the first says most.
const SHOWN: usize = 5;
/// Findings that are drawn.
const DRAWN: usize = 50;

/// Looks for a way and shows it; the exit code tells whether it is open.
pub(crate) fn run(arguments: &PathArguments) -> Result<bool> {
    let (snapshot, problems) = reachability::snapshot(&arguments.dir)?;
    for problem in &problems {
        eprintln!("warning: {problem}");
    }
    let end = |text: &str| {
        End::parse(text).with_context(|| {
            format!("{text} is no instance, interface, gateway, accelerator, address or block")
        })
    };
    let query = Query {
        from: end(&arguments.from)?,
        to: end(&arguments.to)?,
        protocol: protocol(&arguments.protocol)?,
        ports: ports(arguments.port.as_deref())?,
    };
    let answer = find(&snapshot, &query).map_err(|reason| anyhow!(reason))?;
    let is_closed = matches!(answer.verdict(), Some(Verdict::Closed(_)));
    let corrections = (is_closed && arguments.output != PathFormat::Svg)
        .then(|| corrections(&snapshot, &query, &answer, MOST_EDITS));
    let text = match arguments.output {
        PathFormat::Table => {
            let ends = (arguments.from.as_str(), arguments.to.as_str());
            let mut text = table(ends, &answer).context("write the table")?;
            text.extend(corrections.as_ref().map(near::table));
            text
        }
        PathFormat::Json => {
            let mut told = document(&answer);
            if let (Some(members), Some(corrections)) = (told.as_object_mut(), &corrections) {
                members.insert("corrections".to_owned(), near::documents(&corrections.sets));
                let is_complete = json!(corrections.is_complete);
                members.insert("correctionsComplete".to_owned(), is_complete);
            }
            let mut text = serde_json::to_string_pretty(&told)?;
            text.push('\n');
            text
        }
        PathFormat::Svg => {
            let first = answer.paths.first();
            first.map_or_else(String::new, |path| drawing(arguments, path))
        }
    };
    reachability::print(&text)
}

/// One port, or the first and last of a range.
pub(crate) fn ports(text: Option<&str>) -> Result<Ports> {
    let Some(text) = text else {
        return Ok(Ports::all());
    };
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let number = |text: &str| {
        text.parse::<u16>()
            .with_context(|| format!("{text} is no port"))
    };
    Ok(Ports::range(number(low)?, number(high)?))
}

/// What becomes of packets to an instance or interface from each edge of its VPC.
pub(crate) fn from_edges(arguments: &NetworkScan, id: &str, snapshot: &Snapshot) -> Result<String> {
    let to = End::parse(id).with_context(|| format!("{id} is no instance or interface"))?;
    let edges = edges_before(snapshot, &to).map_err(|reason| anyhow!(reason))?;
    let protocol = protocol(&arguments.protocol)?;
    let ports = ports(arguments.port.as_deref())?;
    let mut text = String::new();
    let mut documents = Vec::new();
    for edge in &edges {
        let query = Query {
            from: edge.clone(),
            to: to.clone(),
            protocol,
            ports: ports.clone(),
        };
        let answer = find(snapshot, &query).map_err(|reason| anyhow!(reason))?;
        let edge = edge.text();
        text.push_str(&table((&edge, id), &answer).context("write the table")?);
        let mut told = document(&answer);
        if let Some(members) = told.as_object_mut() {
            members.insert("edge".to_owned(), json!(edge));
        }
        documents.push(told);
    }
    if matches!(arguments.output, NetworkFormat::Json) {
        text = serde_json::to_string_pretty(&json!({"instance": id, "edges": documents}))?;
        text.push('\n');
    } else if edges.is_empty() {
        text = format!("The network of {id} has no edge.\n");
    }
    Ok(text)
}

pub(crate) fn protocol(text: &str) -> Result<Protocol> {
    Protocol::parse(text).with_context(|| format!("{text} is no protocol"))
}

fn table((from, to): (&str, &str), answer: &Answer) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for path in answer.paths.iter().take(SHOWN) {
        writeln!(out, "{:<7} {from} -> {to}", path.verdict.name())?;
        for hop in &path.hops {
            let way = if hop.is_reply { "<-" } else { "->" };
            let kind = picture::kind_words(hop.kind);
            writeln!(out, "  {way} {:<26} {kind}", hop.component)?;
            for rule in &hop.rules {
                writeln!(out, "       {rule}")?;
            }
            let (before, after) = (&hop.before, &hop.after);
            for (what, old, new) in [
                ("source", &before.sources, &after.sources),
                ("destination", &before.destinations, &after.destinations),
            ] {
                if let ([old], [new]) = (old.as_slice(), new.as_slice())
                    && old != new
                {
                    writeln!(out, "       {what} {old} becomes {new}")?;
                }
            }
        }
        match &path.verdict {
            Verdict::Open => {
                for ((low, high), blocks) in &path.open {
                    writeln!(out, "  open: ports {low}-{high}, {}", blocks.join(" "))?;
                }
            }
            Verdict::Closed(by) => {
                let what = if by.is_reply {
                    "the answer"
                } else {
                    "the request"
                };
                writeln!(
                    out,
                    "  stopped: {what} at {}, {}: {}",
                    by.component,
                    by.code,
                    meaning(by.code)
                )?;
            }
            Verdict::Unknown(reasons) => writeln!(out, "  because {}", reasons.join("; "))?,
        }
    }
    Ok(out)
}

fn document(answer: &Answer) -> Value {
    let paths: Vec<Value> = answer.paths.iter().map(path_document).collect();
    json!({
        "verdict": answer.verdict().map(Verdict::name),
        "paths": paths,
    })
}

fn path_document(path: &Path) -> Value {
    let (reasons, blocked) = match &path.verdict {
        Verdict::Open => (Vec::new(), Value::Null),
        Verdict::Unknown(reasons) => (reasons.clone(), Value::Null),
        Verdict::Closed(by) => (Vec::new(), blocked(by)),
    };
    let open = path.open.iter().map(
        |((low, high), blocks)| json!({"ports": {"from": low, "to": high}, "addresses": blocks}),
    );
    json!({
        "verdict": path.verdict.name(),
        "reasons": reasons,
        "explanation": blocked,
        "open": open.collect::<Vec<_>>(),
        "components": path.hops.iter().map(hop_document).collect::<Vec<_>>(),
    })
}

fn blocked(by: &Blocker) -> Value {
    json!({
        "component": by.component,
        "componentType": by.kind,
        "explanationCode": by.code,
        "meaning": meaning(by.code),
        "direction": if by.is_reply { "reply" } else { "request" },
        "rules": by.rules,
    })
}

/// As a `PathComponent` of Reachability Analyzer, with its headers.
fn hop_document(hop: &Hop) -> Value {
    json!({
        "component": hop.component,
        "componentType": hop.kind,
        "direction": if hop.is_reply { "reply" } else { "request" },
        "rules": hop.rules,
        "inboundHeader": header(&hop.before),
        "outboundHeader": header(&hop.after),
    })
}

fn header(header: &Header) -> Value {
    let ranges = |ports: &[(u16, u16)]| -> Vec<Value> {
        let ports = ports.iter();
        ports
            .map(|(from, to)| json!({"from": from, "to": to}))
            .collect()
    };
    json!({
        "sourceAddresses": header.sources,
        "sourcePortRanges": ranges(&header.source_ports),
        "destinationAddresses": header.destinations,
        "destinationPortRanges": ranges(&header.destination_ports),
    })
}

fn drawing(arguments: &PathArguments, path: &Path) -> String {
    let node = |hop: &Hop| Node {
        kind: hop.kind.to_owned(),
        id: hop.component.clone(),
        rules: hop.rules.clone(),
        blocks: false,
    };
    let mut request: Vec<Node> = path.hops.iter().filter(|h| !h.is_reply).map(node).collect();
    let mut reply: Vec<Node> = path.hops.iter().filter(|h| h.is_reply).map(node).collect();
    if let Verdict::Closed(by) = &path.verdict {
        let hops = if by.is_reply {
            &mut reply
        } else {
            &mut request
        };
        let last = hops.iter_mut().rfind(|node| node.id == by.component);
        if let Some(last) = last {
            last.blocks = true;
            last.rules
                .push(format!("{}: {}", by.code, meaning(by.code)));
        }
        if !by.is_reply {
            reply.clear();
        }
    }
    let PathArguments { from, to, .. } = arguments;
    let picture = Picture {
        title: format!("{} from {from} to {to}", path.verdict.name()),
        request,
        reply,
    };
    let mut text = picture::file(&[picture]).into_string();
    text.push('\n');
    text
}

/// Pictures of open paths.
pub(crate) fn pictures(findings: &[Finding], snapshot: &Snapshot) -> String {
    let scope = Scope::new("000000000000", "");
    let mut drawn = Vec::new();
    for finding in findings.iter().take(DRAWN) {
        let kept = details(&scope, snapshot, finding, &[]);
        let node = |hop: &KeptHop| Node {
            kind: hop.kind.clone(),
            id: hop.id.clone(),
            rules: hop.rules.clone(),
            blocks: false,
        };
        let explained = kept.explained.unwrap_or_default();
        drawn.push(Picture {
            title: format!("{}: {}", finding.instance, finding.title()),
            request: explained.request.iter().map(node).collect(),
            reply: explained.reply.iter().map(node).collect(),
        });
    }
    let mut text = picture::file(&drawn).into_string();
    text.push('\n');
    text
}
