//! What is known of a vulnerability apart from which packages it affects.

use crate::Timestamp;

/// A CVSS assessment by one source.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Cvss {
    /// Who assessed: `NVD`, a CNA's name, `DEBIAN`, `REDHAT_CVE`, `GITHUB`, …
    pub source: String,
    /// The vector as published, prefix included for 3.x and 4.0 (`CVSS:3.1/AV:N/…`).
    pub vector: String,
}

/// Exploit Prediction Scoring System.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epss {
    /// Probability of exploitation in the next 30 days, 0 to 1.
    pub score: f32,
    /// Share of vulnerabilities that score the same or lower, 0 to 1.
    pub percentile: f32,
}

/// An entry of CISA's Known Exploited Vulnerabilities catalog. Dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kev {
    pub date_added: String,
    pub due_date: Option<String>,
    pub ransomware: bool,
    pub required_action: Option<String>,
}

/// CISA's Stakeholder-Specific Vulnerability Categorization, as `vulnrichment` gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ssvc {
    /// `none`, `poc` or `active`.
    pub exploitation: String,
    /// `yes` or `no`.
    pub automatable: String,
    /// `partial` or `total`.
    pub technical_impact: String,
}

/// Facts about one vulnerability from one feed; merged by id when a database is built.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Facts {
    /// Usually a CVE id.
    pub id: String,
    pub feed: String,
    pub title: Option<String>,
    pub details: Option<String>,
    pub published: Option<Timestamp>,
    pub modified: Option<Timestamp>,
    /// The id was withdrawn or rejected.
    pub rejected: bool,
    pub cvss: Vec<Cvss>,
    pub cwes: Vec<String>,
    pub references: Vec<String>,
    pub epss: Option<Epss>,
    pub kev: Option<Kev>,
    pub ssvc: Option<Ssvc>,
    /// A public exploit is known (reference tagged as exploit, SSVC `poc` or `active`, KEV).
    pub exploit_known: bool,
}
