//! CISA's catalog of Known Exploited Vulnerabilities, as JSON or CSV.

use model::{Facts, Kev, Problem};
use serde::Deserialize;

use crate::feed::precedence;
use crate::feeds::date;
use crate::{Document, Feed, Item, csv, json, text};

/// The catalog.
pub static KEV: Feed = Feed {
    name: "kev",
    publisher: "CISA Known Exploited Vulnerabilities Catalog",
    license: "CC0-1.0",
    version: 1,
    urls: &["https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json"],
    files: &[
        "kev/known_exploited_vulnerabilities.json",
        "kev/known_exploited_vulnerabilities*.csv",
    ],
    precedence: precedence::FACTS,
    parse,
};

/// Largest entry, in bytes.
const LIMIT: usize = 1 << 20;

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Entry {
    #[serde(rename = "cveID")]
    cve_id: String,
    vulnerability_name: Option<String>,
    date_added: String,
    short_description: Option<String>,
    required_action: Option<String>,
    due_date: Option<String>,
    known_ransomware_campaign_use: Option<String>,
    cwes: Option<Vec<String>>,
}

fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    if document.starts_with(b"{") {
        parse_json(document, emit);
    } else {
        parse_csv(document, emit);
    }
}

fn parse_json(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let mut entries = 0;
    let read = json::list(document, &["vulnerabilities"], LIMIT, &mut |element| {
        let element = match element {
            Ok(element) => element,
            Err(problem) => return emit(Item::Problem(problem)),
        };
        entries += 1;
        let entry = serde_json::from_slice(element.bytes).map_err(|error| error.to_string());
        emit(item(&element.place(path), entry));
    });
    match read {
        Ok(_) if entries == 0 => emit(Item::Cut(Problem::new(path, "no entry of the catalog"))),
        Ok(_) => {}
        Err(problem) => emit(Item::Cut(problem)),
    }
}

/// The columns have the names of the JSON members; CWEs are separated by commas.
fn parse_csv(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let mut entries = 0;
    let rows = csv::rows(document, LIMIT, &mut |row| {
        let column = |name: &str| row.get(name).filter(|v| !v.is_empty()).map(str::to_owned);
        let entry = Entry {
            cve_id: column("cveID").unwrap_or_default(),
            vulnerability_name: column("vulnerabilityName"),
            date_added: column("dateAdded").unwrap_or_default(),
            short_description: column("shortDescription"),
            required_action: column("requiredAction"),
            due_date: column("dueDate"),
            known_ransomware_campaign_use: column("knownRansomwareCampaignUse"),
            cwes: column("cwes").map(|list| list.split(',').map(|c| c.trim().to_owned()).collect()),
        };
        let item = item(&format!("{path}: line {}", row.line), Ok(entry));
        entries += u32::from(matches!(item, Item::Facts(_)));
        emit(item);
    });
    match rows {
        // Bytes of any other kind have lines, too.
        Ok(()) if entries == 0 => emit(Item::Cut(Problem::new(path, "no entry of the catalog"))),
        Ok(()) => {}
        Err(problem) => emit(Item::Cut(problem)),
    }
}

fn item(place: &str, entry: Result<Entry, String>) -> Item {
    let entry = match entry {
        Ok(entry) => entry,
        Err(what) => return Item::Problem(Problem::new(place, what)),
    };
    if entry.cve_id.is_empty() || date::parse(&entry.date_added).is_none() {
        let what = format!("`{}` without an id or a date", entry.cve_id);
        return Item::Problem(Problem::new(place, what));
    }
    let ransomware = entry.known_ransomware_campaign_use.as_deref() == Some("Known");
    Item::Facts(Box::new(Facts {
        id: entry.cve_id,
        feed: KEV.name.to_owned(),
        title: entry.vulnerability_name.as_deref().and_then(text::title),
        details: entry.short_description.as_deref().and_then(text::details),
        cwes: entry.cwes.unwrap_or_default(),
        kev: Some(Kev {
            date_added: entry.date_added,
            due_date: entry.due_date.filter(|date| !date.is_empty()),
            ransomware,
            required_action: entry.required_action.as_deref().and_then(text::details),
        }),
        // Exploited in the wild, so there is an exploit, though perhaps not a public one.
        exploit_known: true,
        ..Facts::default()
    }))
}
