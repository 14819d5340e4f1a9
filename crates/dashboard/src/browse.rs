//! What every list of findings has in common: the filter, the ways to look at it, and the status.

use findings::{criteria::Criteria, finding::State};
use maud::{Markup, html};
use serde_json::{Map, json};

use crate::{
    address::Address,
    answer::{Asked, Reply},
    filter::{Filter, Kind, PARAMETERS, criteria_of},
    words,
};

/// Ways to look at findings: path and name.
const VIEWS: [(&str, &str); 7] = [
    ("/findings", "All"),
    ("/findings/by/vulnerability", "Vulnerabilities"),
    ("/findings/by/package", "Packages"),
    ("/findings/by/instance", "Instances"),
    ("/findings/by/image", "Images"),
    ("/findings/by/repository", "Repositories"),
    ("/findings/by/account", "Accounts"),
];

/// Parameters that belong to one page of one list.
const OF_PAGE: [&str; 3] = ["after", "add", "value"];

/// Parameters of lists beside those of the filter.
const OF_LIST: [&str; 5] = ["after", "add", "value", "sort", "status"];

/// What the address says.
pub(crate) struct Browse {
    pub(crate) filter: Filter,
    pub(crate) status: State,
    /// The address of the first page.
    pub(crate) address: Address,
    /// Names in the address that nothing knows.
    unknown: Vec<String>,
}

impl Browse {
    pub(crate) fn read(asked: &Asked<'_>) -> Self {
        let filter = Filter::read(&asked.query);
        let mut address = Address::new(asked.path).and_all(asked.query.iter().cloned());
        for name in OF_PAGE {
            address = address.without(name);
        }
        let status = asked.first("status").map(str::to_uppercase);
        let names = asked.query.iter().map(|(name, _)| name);
        let mut unknown: Vec<String> = names
            .filter(|name| !OF_LIST.contains(&name.as_str()))
            .filter(|name| PARAMETERS.iter().all(|p| p.name != name.as_str()))
            .cloned()
            .collect();
        unknown.sort();
        unknown.dedup();
        Self {
            filter,
            status: status
                .and_then(|name| State::parse(&name))
                .unwrap_or(State::Active),
            address,
            unknown,
        }
    }

    /// If the form that adds a condition was sent, where the list with it is.
    pub(crate) fn added(&self, asked: &Asked<'_>) -> Option<Reply> {
        let value = asked.first("value")?.trim();
        let name = asked.first("add").unwrap_or_default();
        let known = PARAMETERS.iter().find(|p| p.name == name);
        let name = known.map_or_else(|| guessed(value), |p| p.name);
        Some(Reply::to(&self.address.clone().and(name, value)))
    }

    /// The criteria of the findings in the list.
    pub(crate) fn criteria(&self) -> Result<Criteria, String> {
        self.criteria_in(self.status)
    }

    fn criteria_in(&self, status: State) -> Result<Criteria, String> {
        let status = json!([{ "comparison": "EQUALS", "value": status.name() }]);
        let mut more = Map::new();
        more.insert("findingStatus".to_owned(), status);
        self.filter.criteria(&more)
    }

    /// The criteria of the findings that could be in the list in another status.
    pub(crate) fn each_status(&self) -> Result<Vec<(State, Criteria)>, String> {
        let states = State::ALL.into_iter();
        states
            .map(|state| Ok((state, self.criteria_in(state)?)))
            .collect()
    }

    /// The criteria without a status.
    pub(crate) fn of_any_status(&self) -> Result<Criteria, String> {
        criteria_of(self.filter.members()?)
    }

    /// The page of a path with the same filter.
    pub(crate) fn filtered(&self, path: &str) -> Address {
        Address::new(path).and_all(self.filter.pairs())
    }

    /// The head of the page.
    pub(crate) fn head(&self, trouble: Option<&str>) -> Markup {
        let path = self.address.path();
        html! {
            div.title { h1 { "Findings" } (self.search()) }
            nav.views aria-label="Findings by" {
                @for (address, name) in VIEWS {
                    a href=(self.filtered(address))
                        aria-current=[(path == address).then_some("page")] { (name) }
                }
            }
            (self.quick())
            (self.chips())
            @for name in &self.unknown {
                p.notice role="status" { "There is no filter called “" (name) "”; it was left out." }
            }
            @if let Some(trouble) = trouble { p.notice.bad role="alert" { (trouble) } }
        }
    }

    fn search(&self) -> Markup {
        html! {
            form.search role="search" method="get" action=(self.address.path()) {
                @for (name, value) in self.address.pairs() {
                    input type="hidden" name=(name) value=(value);
                }
                label.unseen for="add" { "What to filter by" }
                select #add name="add" {
                    option value="" { "Find" }
                    @for parameter in &PARAMETERS {
                        @if !matches!(parameter.kind, Kind::Choice(_)) {
                            option value=(parameter.name) { (parameter.label) }
                        }
                    }
                }
                label.unseen for="value" { "Value" }
                input #value name="value" type="search" required spellcheck="false"
                    autocapitalize="off" placeholder="CVE, package, resource"
                    title="* at the end: whatever begins so. ! in front: everything else.";
                button { "Filter" }
            }
        }
    }

    /// Switches for what is asked most.
    fn quick(&self) -> Markup {
        let switch = |name: &str, value: &str, label: &str| {
            let on = self.address.has(name, value);
            let address = self.address.clone().toggled(name, value);
            html! {
                a.switch.(value) href=(address) aria-pressed=(on) role="button" { (label) }
            }
        };
        let choices = PARAMETERS.iter().find(|p| p.name == "severity");
        let choices = match choices.map(|p| p.kind) {
            Some(Kind::Choice(choices)) => choices,
            _ => &[],
        };
        html! {
            div.switches role="group" aria-label="Quick filters" {
                @for (word, _) in choices { (switch("severity", word, &words::plain(word))) }
                span.gap {}
                (switch("fix", "yes", "Fix available"))
                (switch("exploit", "yes", "Exploit known"))
            }
        }
    }

    /// The conditions that hold, each with a way to drop it.
    fn chips(&self) -> Markup {
        let shown = |name: &str, value: &str| {
            name != "severity"
                && (name, value) != ("fix", "yes")
                && (name, value) != ("exploit", "yes")
        };
        let chips: Vec<_> = self
            .filter
            .0
            .iter()
            .filter(|(p, value)| shown(p.name, value))
            .collect();
        html! {
            @if !self.filter.is_empty() {
                ul.chips aria-label="Filters" {
                    @for (parameter, value) in chips {
                        li {
                            span { (parameter.label) ": " b { (value) } }
                            a href=(self.address.clone().without_pair(parameter.name, value))
                                aria-label={ "Remove " (parameter.label) " " (value) } { "×" }
                        }
                    }
                    li.plain { a href=(Address::new(self.address.path())) { "Clear all" } }
                    li.plain {
                        a href=(self.filtered("/rules/new")) { "Suppress these" }
                    }
                }
            }
        }
    }
}

/// What someone means who only gives a value.
fn guessed(value: &str) -> &'static str {
    let value = value.trim_start_matches('!');
    let starts = |prefixes: &[&str]| {
        let upper = value.to_uppercase();
        prefixes.iter().any(|prefix| upper.starts_with(prefix))
    };
    if starts(&["CVE-", "GHSA-", "GO-", "RUSTSEC-", "PYSEC-"]) {
        "vulnerability"
    } else if starts(&["I-", "ARN:"]) {
        "resource"
    } else if value.contains('/') && !value.starts_with('@') && !value.contains('.') {
        "repository"
    } else {
        "package"
    }
}
