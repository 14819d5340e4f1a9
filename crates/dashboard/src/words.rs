//! Numbers, moments, severities and names as pages show them.

use findings::resource::{Resource, ResourceDetails, ResourceType};
use maud::{Markup, html};
use model::Severity;
use store::keep::timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A whole number with its thousands apart.
pub(crate) fn count(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 {
        text.insert(0, '-');
    }
    text
}

/// `1 finding`, `2 findings`.
pub(crate) fn counted(number: i64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// A length of time in its greatest unit: `3 hours`.
pub(crate) fn duration(seconds: i64) -> String {
    let units = [
        (365 * DAY, "year", "years"),
        (30 * DAY, "month", "months"),
        (DAY, "day", "days"),
        (HOUR, "hour", "hours"),
        (MINUTE, "minute", "minutes"),
    ];
    let seconds = seconds.max(0);
    let found = units.iter().find(|(unit, ..)| seconds >= *unit);
    match found {
        Some((unit, one, many)) => counted(seconds / unit, one, many),
        None => counted(seconds, "second", "seconds"),
    }
}

/// A moment of milliseconds since 1970, as how long ago it was.
pub(crate) fn ago(at: i64, now: i64) -> Markup {
    let moment = timestamp(at);
    let seconds = (now - at) / 1000;
    let words = if seconds <= -MINUTE {
        format!("in {}", duration(-seconds))
    } else if seconds < MINUTE {
        "just now".to_owned()
    } else {
        format!("{} ago", duration(seconds))
    };
    let exact = moment.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    html! { time datetime=(moment) title=(exact) { (words) } }
}

/// A moment of milliseconds since 1970, as day and hour.
pub(crate) fn exactly(at: i64) -> Markup {
    let moment = timestamp(at);
    html! {
        time datetime=(moment) { (moment.strftime("%Y-%m-%d %H:%M UTC").to_string()) }
    }
}

/// The day of a moment.
pub(crate) fn day(at: i64) -> Markup {
    let moment = timestamp(at);
    html! { time datetime=(moment) { (moment.strftime("%Y-%m-%d").to_string()) } }
}

/// The name of a severity for people.
pub(crate) const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Untriaged => "Untriaged",
        Severity::Informational => "Informational",
        Severity::Low => "Low",
        Severity::Medium => "Medium",
        Severity::High => "High",
        Severity::Critical => "Critical",
    }
}

/// A severity as a colored label.
pub(crate) fn badge(of: Severity) -> Markup {
    let class = of.name().to_lowercase();
    html! { span class={ "badge " (class) } { (severity(of)) } }
}

/// A score with one decimal.
pub(crate) fn score(score: f64) -> String {
    format!("{score:.1}")
}

/// A probability as a percentage.
pub(crate) fn percent(part: f64) -> String {
    let percent = part * 100.0;
    match percent {
        p if p > 0.0 && p < 0.1 => "<0.1 %".to_owned(),
        p if p < 10.0 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// An address as a link, if a browser may be sent there.
pub(crate) fn link(url: &str, text: &str) -> Markup {
    let web = url.starts_with("https://") || url.starts_with("http://");
    html! {
        @if web { a href=(url) rel="noreferrer noopener" { (text) } }
        @else { (text) }
    }
}

/// A word of the API for people: `SCAN_ELIGIBILITY_EXPIRED` is `Scan eligibility expired`.
pub(crate) fn plain(word: &str) -> String {
    let text = word.replace('_', " ").to_lowercase();
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => text,
    }
}

/// What a type of resource is called.
pub(crate) const fn kind(kind: ResourceType) -> &'static str {
    match kind {
        ResourceType::AwsEc2Instance => "Instance",
        ResourceType::AwsEcrContainerImage => "Image",
        ResourceType::AwsEcrRepository => "Repository",
        ResourceType::AwsLambdaFunction => "Function",
        ResourceType::CodeRepository => "Code repository",
        ResourceType::MachineImage => "Machine image",
    }
}

/// The same by the type's name in the API.
pub(crate) fn resource_type(name: &str) -> String {
    ResourceType::parse(name).map_or_else(|| plain(name), |known| kind(known).to_owned())
}

/// The first digits of a digest; other texts as they are.
pub(crate) fn short(digest: &str) -> &str {
    let cut = digest.split_once(':').map_or(0, |(kind, _)| kind.len() + 1) + 12;
    let is_digest = digest.starts_with("sha256:") || digest.starts_with("sha512:");
    digest.get(..cut).filter(|_| is_digest).unwrap_or(digest)
}

/// What people call a resource.
pub(crate) fn name(resource: &Resource) -> String {
    match &resource.details {
        ResourceDetails::Instance(instance) => {
            let names = [resource.tags.get("Name"), instance.hostname.as_ref()];
            let mut names = names.into_iter().flatten().filter(|name| !name.is_empty());
            names.next().unwrap_or(&resource.id).clone()
        }
        ResourceDetails::Image(image) => match image.tags.first() {
            Some(tag) => format!("{}:{tag}", image.repository),
            None => format!("{}@{}", image.repository, short(&image.digest)),
        },
        ResourceDetails::Function(function) => function.name.clone(),
        ResourceDetails::None => resource.id.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::{count, duration, link, percent, plain, short};

    #[test]
    fn words_are_for_people() {
        let rows = [
            (count(0), "0"),
            (count(999), "999"),
            (count(1_234_567), "1,234,567"),
            (count(-1_000), "-1,000"),
            (duration(-5), "0 seconds"),
            (duration(61), "1 minute"),
            (duration(7_200), "2 hours"),
            (duration(86_400 * 400), "1 year"),
            (percent(0.000_01), "<0.1 %"),
            (percent(0.05), "5.0 %"),
            (percent(0.97), "97 %"),
            (plain("NO_RESOURCES_FOUND"), "No resources found"),
            (
                short("sha256:0123456789abcdef").to_owned(),
                "sha256:0123456789ab",
            ),
            (short("sha256:é").to_owned(), "sha256:é"),
            (
                link("javascript:alert(1)", "<x>").into_string(),
                "&lt;x&gt;",
            ),
        ];
        for (found, expected) in rows {
            assert_eq!(found, expected);
        }
    }
}
