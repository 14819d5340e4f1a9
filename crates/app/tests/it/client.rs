//! The service as processes that may be killed, and a client that signs its requests.

use std::{
    fs::File,
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use api::{
    scalar::Secret,
    sigv4::{self, Signer},
};
use model::Timestamp;

pub(crate) const ACCOUNT: &str = "000000000000";
pub(crate) const REGION: &str = "eu-west-1";

/// A running `lynkeus up`, killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    /// `127.0.0.1:PORT`.
    pub(crate) host: String,
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `lynkeus up` on a store, without the scan of this machine.
pub(crate) fn up(data: &Path, store: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lynkeus"));
    command.arg("--data-dir").arg(data).args([
        "up",
        "--listen",
        "127.0.0.1:0",
        "--no-host",
        "--lease",
        "1",
        "--store",
        store,
    ]);
    let log = File::options()
        .create(true)
        .append(true)
        .open(data.join("log"));
    command.stdout(Stdio::piped()).stderr(log.unwrap());
    command
}

impl Process {
    /// Starts and waits until it listens.
    pub(crate) fn start(data: &Path, store: &str) -> Self {
        let listening = Self::listening(up(data, store).spawn().unwrap());
        listening.unwrap_or_else(|| {
            let log = std::fs::read_to_string(data.join("log")).unwrap();
            panic!("the service ended: {log}")
        })
    }

    /// Waits until a process listens; none if it ends before.
    pub(crate) fn listening(mut child: Child) -> Option<Self> {
        let out = child.stdout.take().unwrap();
        let mut running = Self {
            child,
            host: String::new(),
        };
        let first = BufReader::new(out).lines().next()?.ok()?;
        running.host = first.strip_prefix("Lynkeus listens at http://")?.to_owned();
        Some(running)
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The measures of the process.
    pub(crate) fn metrics(&self) -> String {
        let mut answer = ureq::get(format!("http://{}/metrics", self.host))
            .call()
            .unwrap();
        answer.body_mut().read_to_string().unwrap()
    }
}

/// The first access key of a data directory.
#[derive(Clone)]
pub(crate) struct Key {
    id: String,
    secret: String,
}

impl Key {
    pub(crate) fn read(data: &Path) -> Self {
        let text = std::fs::read_to_string(data.join("credentials")).unwrap();
        let value = |name: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once(" = "));
            lines.find(|(key, _)| *key == name).unwrap().1.to_owned()
        };
        Self {
            id: value("aws_access_key_id"),
            secret: value("aws_secret_access_key"),
        }
    }

    /// Status and text of an answer; none if there was none.
    pub(crate) fn post(
        &self,
        host: &str,
        path: &str,
        query: &str,
        body: &[u8],
    ) -> Option<(u16, String)> {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let now = Timestamp::from_second(i64::try_from(now).unwrap()).unwrap();
        let date = now.strftime("%Y%m%dT%H%M%SZ").to_string();
        let request = sigv4::Request {
            method: "POST",
            path,
            query,
            headers: &[("host", host.as_bytes()), ("x-amz-date", date.as_bytes())],
            body,
        };
        let secret = Secret::from(self.secret.clone());
        let signer = Signer {
            access_key_id: &self.id,
            secret: &secret,
            region: REGION,
            service: "inspector2",
        };
        let signature = sigv4::sign(&request, &signer).unwrap();
        let configuration = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(20)))
            .build();
        let mut answer = ureq::Agent::new_with_config(configuration)
            .post(format!("http://{host}{path}?{query}"))
            .header("host", host)
            .header("x-amz-date", &date)
            .header("authorization", &signature)
            .header("content-type", "application/json")
            .send(body)
            .ok()?;
        let text = answer.body_mut().read_to_string().ok()?;
        Some((answer.status().as_u16(), text))
    }
}
