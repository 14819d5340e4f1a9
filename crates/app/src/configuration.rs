//! The configuration of `lynkeus up`: a TOML file, and the command line before it.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use api::scalar::Secret;
use findings::environment::Follows;
use serde::Deserialize;
use store::expiry::Retention;

use crate::{
    cli::Cli,
    cli_up::{self, Up},
    config,
    credentials::AccessKey,
    service::{places::Settings, updates::Plan},
};

/// How often advisories are updated where nothing is said: publishers write several times a day.
const EVERY: Duration = Duration::from_hours(6);

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// What the service runs with.
#[derive(Debug)]
pub(crate) struct Configuration {
    pub(crate) data_dir: PathBuf,
    pub(crate) store: String,
    pub(crate) listen: SocketAddr,
    pub(crate) account: String,
    pub(crate) region: String,
    pub(crate) workers: usize,
    pub(crate) scans_host: bool,
    pub(crate) db: Option<PathBuf>,
    pub(crate) follows: Follows,
    /// None if advisories are updated by hand.
    pub(crate) update: Option<Plan>,
    pub(crate) retention: Retention,
    pub(crate) exports: Settings,
    /// How long a job is held before another process may take it over.
    pub(crate) lease: Duration,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Document {
    listen: Option<SocketAddr>,
    store: Option<String>,
    data_dir: Option<PathBuf>,
    account: Option<String>,
    region: Option<String>,
    workers: Option<usize>,
    scan_host: Option<bool>,
    severity: Severity,
    update: Update,
    retention: Kept,
    exports: Exports,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Severity {
    #[default]
    Adjusted,
    Base,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Update {
    source: Option<String>,
    every: Option<String>,
    feeds: Vec<String>,
    partial: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Kept {
    remediated_days: Option<u32>,
    gone_days: Option<u32>,
    disabled_hours: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Exports {
    to: Option<String>,
    region: Option<String>,
    encrypted: Option<bool>,
    access_key_id: Option<String>,
    secret_access_key: Option<String>,
    session_token: Option<String>,
}

impl Exports {
    /// What holds with the command line before it.
    fn settings(self, arguments: &cli_up::Exports) -> Result<Settings> {
        let key = match (self.access_key_id, self.secret_access_key) {
            (Some(id), Some(secret)) => Some(AccessKey {
                id,
                secret: Secret::from(secret),
                session_token: self.session_token.map(Secret::from),
            }),
            (None, None) if self.session_token.is_none() => None,
            _ => bail!("exports: access-key-id and secret-access-key are given together"),
        };
        Ok(Settings {
            place: arguments.place.clone().or(self.to),
            region: arguments.region.clone().or(self.region),
            encrypts: !arguments.unencrypted && self.encrypted.unwrap_or(true),
            key,
        })
    }
}

impl Configuration {
    /// Reads the file that is named, if one is, and what the command line says against it.
    pub(crate) fn read(cli: &Cli, arguments: &Up) -> Result<Self> {
        let document = match &arguments.config {
            Some(path) => document(path)?,
            None => Document::default(),
        };
        let data_dir = cli.data_dir.as_deref().or(document.data_dir.as_deref());
        let data_dir = config::data_dir(data_dir)?;
        let store = arguments.store.as_deref().or(document.store.as_deref());
        let account = arguments.account.clone().or(document.account);
        let account = account.unwrap_or_else(|| "000000000000".to_owned());
        cli_up::account(&account).map_err(|why| anyhow::anyhow!("account: {why}"))?;
        let region = arguments.region.clone().or(document.region);
        let source = arguments.update_from.clone().or(document.update.source);
        let every = arguments
            .update_every
            .as_deref()
            .or(document.update.every.as_deref());
        let every = every.map_or(Ok(Some(EVERY)), interval)?;
        let kept = &document.retention;
        let usual = Retention::default();
        let seconds = |number: Option<u32>, unit: i64, usual: i64| {
            number.map_or(usual, |number| i64::from(number) * unit)
        };
        Ok(Self {
            store: config::store_address(store, &data_dir)
                .with_context(|| config::unusable(&data_dir))?,
            data_dir,
            listen: arguments
                .listen
                .or(document.listen)
                .unwrap_or_else(|| SocketAddr::from((Ipv4Addr::LOCALHOST, 8080))),
            account,
            region: region.unwrap_or_else(|| "eu-west-1".to_owned()),
            workers: arguments.workers.or(document.workers).unwrap_or(2).max(1),
            scans_host: !arguments.no_host && document.scan_host.unwrap_or(true),
            db: arguments.db.clone(),
            follows: match document.severity {
                Severity::Adjusted => Follows::Adjusted,
                Severity::Base => Follows::Base,
            },
            // A database that is named is the one that is used.
            update: every.filter(|_| arguments.db.is_none()).map(|every| Plan {
                source: source.filter(|source| source != "publishers"),
                every,
                feeds: document.update.feeds,
                partial: document.update.partial,
            }),
            lease: Duration::from_secs(arguments.lease),
            exports: document.exports.settings(&arguments.exports)?,
            retention: Retention {
                remediated: seconds(kept.remediated_days, DAY, usual.remediated),
                gone: seconds(kept.gone_days, DAY, usual.gone),
                disabled: seconds(kept.disabled_hours, HOUR, usual.disabled),
            },
        })
    }
}

fn document(path: &Path) -> Result<Document> {
    let text = std::fs::read_to_string(path);
    let text = text.with_context(|| format!("read the configuration {}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("the configuration {}", path.display()))
}

/// `90s`, `30m`, `6h` or `1d`; none if it is `off`.
fn interval(text: &str) -> Result<Option<Duration>> {
    if text == "off" {
        return Ok(None);
    }
    let unit = text.chars().last().unwrap_or_default();
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3_600,
        'd' => 86_400,
        _ => bail!("`{text}` is no interval: expected 30m, 6h, 1d or off"),
    };
    let number = text.strip_suffix(unit).and_then(|n| n.parse::<u32>().ok());
    let number = number.with_context(|| format!("`{text}` is no interval: expected 30m or 6h"))?;
    ensure!(
        number > 0,
        "an interval of `{text}` has no end: expected off"
    );
    Ok(Some(Duration::from_secs(u64::from(number) * seconds)))
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use clap::Parser as _;
    use findings::environment::Follows;

    use super::{Configuration, interval};
    use crate::cli::{Cli, Command};

    fn read(arguments: &[&str]) -> anyhow::Result<Configuration> {
        let all = ["lynkeus", "--data-dir", "/tmp/lynkeus-test", "up"];
        let cli = Cli::parse_from(all.iter().chain(arguments));
        let Command::Up(up) = &cli.command else {
            panic!("another command");
        };
        Configuration::read(&cli, up)
    }

    #[test]
    fn the_example_says_what_holds_anyway() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../lynkeus.example.toml");
        let text = fs::read_to_string(path).expect("the example");
        // Lines that are commented out are keys with what holds without them.
        let all: Vec<&str> = text
            .lines()
            .map(|line| line.strip_prefix("#: ").unwrap_or(line))
            .collect();
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("all.toml");
        fs::write(&file, all.join("\n")).expect("write");
        let from = |path: &str| format!("{:?}", read(&["--config", path]).expect("read"));
        let nothing = format!("{:?}", read(&[]).expect("read"));
        assert_eq!(from(path), nothing);
        assert_eq!(from(&file.display().to_string()), nothing);
    }

    #[test]
    fn every_key_changes_what_the_service_runs_with() {
        let rows = [
            ("listen = \"127.0.0.2:1\"", "listen: 127.0.0.2:1"),
            ("store = \"sqlite:x\"", "store: \"sqlite:x\""),
            ("account = \"123456789012\"", "123456789012"),
            ("region = \"us-east-1\"", "us-east-1"),
            ("workers = 7", "workers: 7"),
            ("scan-host = false", "scans_host: false"),
            ("severity = \"base\"", "follows: Base"),
            ("update.source = \"oci://r/x\"", "oci://r/x"),
            ("update.every = \"off\"", "update: None"),
            ("update.every = \"1d\"", "every: 86400s"),
            ("update.feeds = [\"nvd\"]", "feeds: [\"nvd\"]"),
            ("update.partial = true", "partial: true"),
            ("retention.remediated-days = 90", "remediated: 7776000"),
            ("retention.gone-days = 7", "gone: 604800"),
            ("retention.disabled-hours = 48", "disabled: 172800"),
            (
                "exports.to = \"/srv/reports\"",
                "place: Some(\"/srv/reports\")",
            ),
            ("exports.region = \"eu-north-1\"", "Some(\"eu-north-1\")"),
            ("exports.encrypted = false", "encrypts: false"),
            (
                "exports.access-key-id = \"AKIA\"\nexports.secret-access-key = \"S3CR3T\"",
                "id: \"AKIA\", secret: Secret(..), session_token: None",
            ),
            (
                "exports = { access-key-id = \"A\", secret-access-key = \"S\", session-token = \"T\" }",
                "session_token: Some(Secret(..))",
            ),
        ];
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("one.toml");
        let path = file.display().to_string();
        for (line, expected) in rows {
            fs::write(&file, line).expect("write");
            let got = format!("{:?}", read(&["--config", &path]).expect("read"));
            assert!(got.contains(expected), "{line}: {got}");
        }
        for line in ["listne = \"x\"", "update.form = 1", "severity = \"low\""] {
            fs::write(&file, line).expect("write");
            let refused = read(&["--config", &path]).expect_err(line);
            assert!(format!("{refused:#}").contains(&path), "{refused:#}");
        }
        fs::write(&file, "exports.access-key-id = \"AKIA\"").expect("write");
        let refused = read(&["--config", &path]).expect_err("half a key");
        assert!(format!("{refused:#}").contains("together"), "{refused:#}");
        fs::write(&file, "workers = 7\nseverity = \"base\"").expect("write");
        let read = read(&["--config", &path, "--workers", "3"]).expect("read");
        assert_eq!((read.workers, read.follows), (3, Follows::Base));
    }

    #[test]
    fn intervals_are_read() {
        let hours = |hours| Some(Duration::from_hours(hours));
        assert_eq!(interval("6h").expect("read"), hours(6));
        assert_eq!(interval("120m").expect("read"), hours(2));
        assert_eq!(interval("off").expect("read"), None);
        for text in ["", "6", "h", "0s", "-1h", "1w", "6 h", "ö"] {
            assert!(interval(text).is_err(), "{text} is no interval");
        }
    }
}
