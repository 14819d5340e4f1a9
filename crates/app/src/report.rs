//! Everything that one scan found, before it is written in some format.

use std::{collections::BTreeMap, time::Duration};

use detect::Skipped;
use findings::{Vulnerability, remedy::Upgrade};
use inventory::sbom::{Subject, SubjectKind};
use model::{Inventory, Severity, Timestamp};

/// The result of one scan.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) target: Target,
    pub(crate) inventory: Inventory,
    /// Most severe first; suppressed ones included.
    pub(crate) vulnerabilities: Vec<Vulnerability>,
    /// Best first.
    pub(crate) upgrades: Vec<Upgrade>,
    /// Packages for which the database has advisories of their system or ecosystem.
    pub(crate) looked_up: usize,
    /// Packages for which it has none, or which are of no known system or ecosystem.
    pub(crate) unknown: usize,
    /// How many packages were not matched, and why.
    pub(crate) skipped: BTreeMap<Skipped, usize>,
    pub(crate) database: DatabaseSummary,
    pub(crate) scanned: Timestamp,
    pub(crate) elapsed: Duration,
}

/// What was scanned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    /// As the user wrote it.
    pub(crate) name: String,
    /// `image`, `directory`, `host`, `disk`, `file`, `sbom`.
    pub(crate) kind: &'static str,
    pub(crate) image: Option<Image>,
}

impl Target {
    /// What a bill of materials says of it.
    pub(crate) fn subject(&self, created: Timestamp) -> Subject {
        let image = self.image.as_ref();
        let digest = image.and_then(|i| i.manifest_digest.as_ref().or(i.config_digest.as_ref()));
        Subject {
            name: self.name.clone(),
            kind: match self.kind {
                "image" => SubjectKind::Image,
                "host" => SubjectKind::Host,
                _ => SubjectKind::Files,
            },
            digest: digest.cloned(),
            created,
        }
    }
}

/// What identifies an image.
#[derive(Debug, Clone, Default)]
pub(crate) struct Image {
    pub(crate) config_digest: Option<String>,
    pub(crate) manifest_digest: Option<String>,
    pub(crate) tags: Vec<String>,
    pub(crate) platform: Option<String>,
}

/// Which advisories the scan used.
#[derive(Debug, Clone)]
pub(crate) struct DatabaseSummary {
    pub(crate) digest: String,
    pub(crate) built: Timestamp,
    /// When an update last found that it is what its feeds say.
    pub(crate) checked: Option<Timestamp>,
    /// The later of the two.
    pub(crate) fresh: Timestamp,
    pub(crate) is_starter: bool,
    /// Feeds that matter to a reader: name, date of the newest record, state.
    pub(crate) feeds: Vec<FeedSummary>,
}

/// One feed's age and state.
#[derive(Debug, Clone)]
pub(crate) struct FeedSummary {
    pub(crate) name: String,
    pub(crate) publisher: String,
    pub(crate) data_date: Option<Timestamp>,
    /// None if all is well.
    pub(crate) trouble: Option<String>,
}

impl Report {
    /// Active vulnerabilities by severity, from critical down to untriaged.
    pub(crate) fn counts(&self) -> Vec<(Severity, usize)> {
        let count = |severity| {
            let same = |v: &&Vulnerability| v.is_active() && v.severity == severity;
            self.vulnerabilities.iter().filter(same).count()
        };
        Severity::ALL
            .into_iter()
            .rev()
            .map(|severity| (severity, count(severity)))
            .collect()
    }

    /// Active vulnerabilities that are at least this severe.
    pub(crate) fn at_least(&self, severity: Severity) -> usize {
        self.vulnerabilities
            .iter()
            .filter(|v| v.is_active() && v.severity >= severity)
            .count()
    }

    /// Vulnerabilities that VEX or an ignore rule takes out.
    pub(crate) fn suppressed(&self) -> usize {
        self.vulnerabilities
            .iter()
            .filter(|v| !v.is_active())
            .count()
    }

    /// How many whole days ago the database was built, or last found to be what its feeds say.
    pub(crate) fn database_age_days(&self) -> i64 {
        (self.scanned.as_second() - self.database.fresh.as_second()) / 86_400
    }
}
