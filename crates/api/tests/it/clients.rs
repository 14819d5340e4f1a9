//! boto3, the `aws` command and the checkers of answers against a running service.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{script, service::with_service, tool};

/// The output of a client that must succeed.
fn run(program: &Path, arguments: &[&str]) -> String {
    let output = Command::new(program)
        .args(arguments)
        .env("AWS_ACCESS_KEY_ID", "GOOD")
        .env("AWS_SECRET_ACCESS_KEY", "SECRET")
        .env_remove("AWS_SESSION_TOKEN")
        .env_remove("AWS_PROFILE")
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{arguments:?}\n{text}\n{said}");
    text
}

#[test]
fn boto3_finds_nothing_outside_the_model() {
    let Some(python) = tool("python") else { return };
    let script = script("strict.py");
    let said = with_service(|address| {
        let endpoint = format!("http://{address}");
        run(&python, &[&script.to_string_lossy(), &endpoint])
    });
    assert!(said.ends_with(" answers, 0 violations\n"), "{said}");
    println!("{said}");
}

#[test]
fn the_aws_command_shows_findings_as_a_table() {
    let Some(aws) = tool("aws") else { return };
    with_service(|address| {
        let endpoint = format!("http://{address}");
        let arguments = [
            "inspector2",
            "--endpoint-url",
            &endpoint,
            "--region",
            "us-east-1",
        ];
        let with = |more: &[&str]| run(&aws, &[arguments.as_slice(), more].concat());
        let table = with(&["list-findings", "--output", "table"]);
        assert!(table.contains("CVE-2024-0001 - openssl"), "{table}");
        let names = with(&[
            "list-filters",
            "--page-size",
            "1",
            "--query",
            "filters[].name",
            "--output",
            "text",
        ]);
        assert_eq!(
            names.split_whitespace().collect::<Vec<_>>(),
            ["one", "two", "three"]
        );
        let enabled = with(&["enable", "--resource-types", "EC2", "ECR"]);
        assert!(enabled.contains("\"ENABLED\""), "{enabled}");
    });
}

#[test]
fn a_client_that_sends_no_request_is_given_up() {
    let rest = with_service(|address| {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .write_all(b"POST /findings/list HTTP/1.1\r\nHost")
            .unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        rest
    });
    assert!(!rest.starts_with(b"HTTP/1.1 200"), "{rest:?}");
}

/// A second checker of answers, where it is: in `$LYNKEUS_SHARED/tools`, or in `shared/tools` beside
/// the repository.
#[test]
fn the_outside_checker_agrees() {
    let shared = std::env::var_os("LYNKEUS_SHARED").map(PathBuf::from);
    let shared =
        shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"));
    let checker = shared.join("tools/strict_boto.py");
    let Some(python) = tool("python").filter(|_| checker.exists()) else {
        println!("skipped: no strict_boto.py");
        return;
    };
    let said = with_service(|address| {
        let endpoint = format!("http://{address}");
        run(
            &python,
            &[&checker.to_string_lossy(), "--endpoint", &endpoint],
        )
    });
    assert!(said.contains(" 0 failed"), "{said}");
    println!("{said}");
}
