//! The finding about a system that gets no more security updates.

use model::{OperatingSystem, Severity};

use crate::vulnerability::{Status, Vulnerability};

/// Inspector's id of the finding (user guide, "Discontinued operating systems").
pub const END_OF_LIFE_ID: &str = "IN-DISCONTINUED-001";

/// The finding that `os` has had no security support since `since` (`YYYY-MM-DD`).
pub fn end_of_life(os: &OperatingSystem, since: &str) -> Vulnerability {
    Vulnerability {
        id: END_OF_LIFE_ID.to_owned(),
        aliases: Vec::new(),
        title: Some("Platform End Of Life".to_owned()),
        details: Some(format!(
            "{} has received no security updates since {since}; findings for its packages may \
             be incomplete.",
            os.pretty_name,
        )),
        published: None,
        modified: None,
        severity: Severity::Critical,
        severity_reason: format!(
            "the vendor's support of {} ended on {since}",
            os.pretty_name
        ),
        score: None,
        cvss: Vec::new(),
        cwes: Vec::new(),
        references: Vec::new(),
        epss: None,
        kev: None,
        ssvc: None,
        exploit_known: false,
        packages: Vec::new(),
        status: Status::Active,
    }
}
