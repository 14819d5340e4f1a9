//! `lynkeus network` on configurations of real networks.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::scan::{output, script, skip, tool};

pub(crate) fn samples() -> Option<PathBuf> {
    let shared = env::var_os("LYNKEUS_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let samples = shared.join("network-samples");
    if samples.is_dir() {
        return Some(samples);
    }
    skip("the network samples are not there");
    None
}

fn network(arguments: &[&str], sample: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynkeus"));
    command.arg("network").args(arguments).arg(sample);
    output(&mut command, &[])
}

fn json(arguments: &[&str], sample: &Path) -> Value {
    serde_json::from_str(&network(arguments, sample)).unwrap()
}

/// The open way of a finding: edge, instance, protocol and ports.
fn ways(findings: &Value) -> Vec<(String, String, String, u64, u64)> {
    let findings = findings.as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .map(|finding| {
            let details = &finding["networkReachabilityDetails"];
            let ports = &details["openPortRange"];
            (
                text(&finding["edge"]),
                text(&finding["instance"]),
                text(&details["protocol"]),
                ports["begin"].as_u64().unwrap(),
                ports["end"].as_u64().unwrap(),
            )
        })
        .collect()
}

#[test]
fn a_fix_closes_what_it_promises_and_nothing_is_touched() {
    let Some(samples) = samples() else { return };
    let sample = samples.join("test-public-subnet");
    let report = json(&["scan", "--output", "json", "--fixes"], &sample);
    let open = ways(&report["findings"]);
    assert_eq!(open.len(), 1, "{report:#}");
    let (_, instance, protocol, low, high) = &open[0];
    assert_eq!(instance, "i-06669a407b2ef3ae5");
    assert_eq!((protocol.as_str(), *low, *high), ("TCP", 22, 22));
    let fixes = report["findings"][0]["fixes"].as_array().unwrap();
    let change = |fix: &Value| fix["changes"][0].as_str().unwrap().to_owned();
    assert!(change(&fixes[0]).starts_with("narrow sg-"), "{fixes:#?}");
    let fix = fixes
        .iter()
        .find(|fix| change(fix).starts_with("remove sg-"));
    let fix = fix.unwrap();
    let remove = change(fix).replace("remove ", "");
    assert_eq!(fix["alsoCloses"], json!([]), "{fix:#}");

    let tried = json(
        &["what-if", "--output", "json", "--remove", &remove],
        &sample,
    );
    assert_eq!(ways(&tried["closed"]), open, "the fix that was proposed");
    assert_eq!(ways(&tried["opened"]), []);

    let group = remove.split(',').next().unwrap();
    let rule = format!("{group},ingress,tcp,443,203.0.113.0/24");
    let tried = json(&["what-if", "--output", "json", "--add", &rule], &sample);
    assert_eq!(ways(&tried["closed"]), []);
    let opened = ways(&tried["opened"]);
    assert_eq!(opened.len(), 1, "{tried:#}");
    assert_eq!((opened[0].3, opened[0].4), (443, 443));

    let text = network(&["scan", "--fixes"], &sample);
    assert!(text.contains("    1. narrow sg-"), "{text}");
    assert!(
        text.contains("$ aws ec2 revoke-security-group-ingress"),
        "{text}"
    );

    let text = network(&["what-if", "--add", &rule], &sample);
    assert!(text.starts_with("Closes 0:\nOpens 1:\n"), "{text}");
    assert!(text.contains("from 203.0.113.0/24"), "{text}");
    let again = json(&["scan", "--output", "json"], &sample);
    assert_eq!(ways(&again["findings"]), open);
}

#[test]
fn the_picture_leads_from_the_gateway_to_the_instance() {
    let Some(samples) = samples() else { return };
    let picture = network(
        &["scan", "--output", "dot"],
        &samples.join("test-public-subnet"),
    );
    assert!(picture.starts_with("digraph reachability {"), "{picture}");
    assert!(
        picture.contains("\"igw-0a409e562d251f766\" -> "),
        "{picture}"
    );
    assert!(picture.contains("-> \"i-06669a407b2ef3ae5\""), "{picture}");
}

#[test]
fn what_is_not_there_cannot_be_removed() {
    let Some(samples) = samples() else { return };
    let refused = Command::new(env!("CARGO_BIN_EXE_lynkeus"))
        .args(["network", "what-if", "--remove", "sgr-0123456789abcdef0"])
        .arg(samples.join("test-public-subnet"))
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("sgr-0123456789abcdef0"), "{said}");
}

#[test]
fn each_edge_says_why_it_does_not_lead_to_an_instance() {
    let Some(samples) = samples() else { return };
    let sample = samples.join("test-public-subnet");
    let instance = "i-06669a407b2ef3ae5";
    let text = network(&["scan", "--explain", instance, "--port", "23"], &sample);
    assert!(
        text.starts_with("CLOSED  igw-0a409e562d251f766 -> "),
        "{text}"
    );
    assert!(text.contains("ENI_SG_RULES_MISMATCH"), "{text}");
    let told = json(
        &[
            "scan",
            "--explain",
            instance,
            "--port",
            "22",
            "--output",
            "json",
        ],
        &sample,
    );
    assert_eq!(
        told["edges"][0]["edge"], "igw-0a409e562d251f766",
        "{told:#}"
    );
    assert_eq!(told["edges"][0]["verdict"], "OPEN", "{told:#}");
    // An instance without a public address.
    let inside = samples.join("test-nat-gateway");
    let text = network(&["scan", "--explain", "i-0a128d26e59be60f3"], &inside);
    assert!(
        text.contains("IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"),
        "{text}"
    );
}

#[test]
fn the_commands_of_fixes_do_what_was_tried_out() {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(python);
    command.arg(script("fixes.py")).arg(directory.path());
    command.arg(env!("CARGO_BIN_EXE_lynkeus"));
    let told = output(&mut command, &[]);
    assert!(told.ends_with("told\n"), "{told}");
}

/// A network of this repository's own tests, which is always there.
fn own(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../network/tests/samples");
    root.join(name)
}

#[test]
fn a_table_of_ones_own_decides_about_severities() {
    let sample = own("test-public-subnet");
    let severities = |arguments: &[&str]| {
        let report = json(
            &[&["scan", "--output", "json"], arguments].concat(),
            &sample,
        );
        let findings = report["findings"].as_array().unwrap().clone();
        let one = |finding: &Value| {
            let ports = &finding["networkReachabilityDetails"]["openPortRange"];
            format!(
                "{} {} {}",
                finding["severity"], ports["begin"], finding["services"]
            )
        };
        findings.iter().map(one).collect::<Vec<_>>()
    };
    let usual = severities(&[]);
    assert_eq!(usual, ["\"MEDIUM\" 22 [\"SSH\"]"]);
    let directory = tempfile::tempdir().unwrap();
    let table = directory.path().join("severities.csv");
    std::fs::write(
        &table,
        "service,tcp,udp,internet,path\nAdministration,20 21 22 23,,CRITICAL,LOW\n",
    )
    .unwrap();
    let table = table.to_str().unwrap();
    let own = severities(&["--severities", table]);
    assert_eq!(own, ["\"CRITICAL\" 22 [\"Administration\"]"]);
    std::fs::write(
        table,
        "service,tcp,udp,internet,path\nOther,99,,CRITICAL,LOW\n",
    )
    .unwrap();
    let own = severities(&["--severities", table]);
    assert_eq!(own, ["\"INFORMATIONAL\" 22 []"]);
}

#[test]
fn closed_paths_tell_what_would_open_them() {
    let sample = own("test-public-subnet");
    let instance = "i-06669a407b2ef3ae5";
    let way = |more: &[&str]| {
        let arguments = ["path", "8.8.8.8", instance, "--port", "23"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_lynkeus"));
        command
            .arg("network")
            .args(arguments)
            .args(more)
            .arg("--dir");
        output(command.arg(&sample), &[])
    };
    let text = way(&[]);
    assert!(text.contains("  would open: add sg-"), "{text}");
    assert!(
        text.contains("    $ aws ec2 authorize-security-group-ingress"),
        "{text}"
    );
    let told: Value = serde_json::from_str(&way(&["--output", "json"])).unwrap();
    let sets = told["corrections"].as_array().unwrap();
    assert_eq!(sets.len(), 1, "{told:#}");
    let change = sets[0]["changes"][0].as_str().unwrap();
    assert!(change.ends_with(",ingress,tcp,23,8.8.8.8/32"), "{change}");
    assert_eq!(sets[0]["opens"][0]["ports"]["from"], 23);
    let text = network(&["scan", "--near", "--port", "23"], &sample);
    assert!(text.starts_with(&format!("{instance} eni-")), "{text}");
    assert!(text.contains("would open: add sg-"), "{text}");
    let told = json(
        &["scan", "--near", "--port", "22", "--output", "json"],
        &sample,
    );
    assert_eq!(told["interfaces"], json!([]), "{told:#}");
    assert_eq!(told["complete"], true);
}
