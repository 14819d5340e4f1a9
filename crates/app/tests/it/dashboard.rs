//! The dashboard of a running service in a real browser.

use std::{fs, path::Path, process::Command};

use crate::{
    scan::{output, script, skip, tool},
    service::{CRITICALS, lynkeus, start_with},
};

const BROWSER: &str = "/usr/bin/chromium";

/// A Debian with two old packages.
fn image(root: &Path) {
    let package = |name: &str, version: &str| {
        format!(
            "Package: {name}\nStatus: install ok installed\nArchitecture: amd64\n\
             Version: {version}\nMaintainer: nobody\nDescription: a test\n\n"
        )
    };
    let status = package("openssl", "3.0.11-1") + &package("zlib1g", "1:1.2.13.dfsg-1");
    let status = status.replace("Package: zlib1g\n", "Package: zlib1g\nSource: zlib\n");
    fs::create_dir_all(root.join("var/lib/dpkg")).unwrap();
    fs::create_dir_all(root.join("etc")).unwrap();
    fs::write(root.join("var/lib/dpkg/status"), status).unwrap();
    fs::write(
        root.join("etc/os-release"),
        "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=\"Debian 12\"\n",
    )
    .unwrap();
}

#[test]
fn people_use_the_dashboard() {
    let Some(python) = tool("bin/python3") else {
        return;
    };
    if !Path::new(BROWSER).exists() {
        skip("Chromium is not installed: run `cargo xtask setup`");
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let store = format!("sqlite:{}", data.path().join("lynkeus.db").display());
    let running = start_with(data.path(), &store, &CRITICALS);
    let (address, link) = (running.address.as_str(), running.link.as_str());
    let root = data.path().join("image");
    image(&root);
    let credentials = fs::read_to_string(data.path().join("credentials")).unwrap();
    let key = |name: &str| {
        let line = credentials.lines().find_map(|l| l.strip_prefix(name));
        line.unwrap().trim_start_matches(" = ").to_owned()
    };
    let submitted = output(
        lynkeus(data.path())
            .arg("submit")
            .arg(&root)
            .args([
                "--server",
                address,
                "--repository",
                "team/app",
                "--tag",
                "v1",
            ])
            .env("AWS_ACCESS_KEY_ID", key("aws_access_key_id"))
            .env("AWS_SECRET_ACCESS_KEY", key("aws_secret_access_key")),
        &[],
    );
    assert!(submitted.contains("\"CREATED\":3"), "{submitted}");
    let told = output(
        Command::new(python)
            .arg(script("dashboard.py"))
            .args([BROWSER, address, link])
            .arg(data.path().join("profile"))
            .arg(env!("CARGO_BIN_EXE_lynkeus"))
            .arg(&root)
            .args(std::env::var_os("LYNKEUS_SCREENSHOTS")),
        &[],
    );
    assert!(told.ends_with("used\n"), "{told}");
}
