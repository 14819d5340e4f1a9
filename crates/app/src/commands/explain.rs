//! `lynkeus explain`: everything that a running service knows of one finding.

use std::io::{self, Write};

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use crate::{
    cli::Cli,
    cli_ask::{AnswerFormat, Explain},
    output::{self, grid::printable},
    web::Server,
};

/// Digits of a finding's id.
const DIGITS: usize = 32;

/// Explains.
pub(crate) fn run(cli: &Cli, arguments: &Explain) -> Result<bool> {
    let server = Server::find(cli, &arguments.server)?;
    let arn = arn(&server, &arguments.finding, &arguments.server.region)?;
    let told = server.call("/lynkeus/v1/findings/explain", &json!({"findingArn": arn}))?;
    let file = arguments.output_file.as_deref();
    output::to_file_or_stdout(file, &mut |out| match arguments.output {
        AnswerFormat::Json => output::pretty_json(out, &told),
        AnswerFormat::Table => write(Told(&told), out),
    })?;
    Ok(true)
}

/// The ARN that a finding's id, or the beginning of it, stands for.
fn arn(server: &Server, given: &str, region: &str) -> Result<String> {
    if given.starts_with("arn:") {
        return Ok(given.to_owned());
    }
    let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if given.is_empty() || given.len() > DIGITS || !given.bytes().all(is_digit) {
        bail!("{given}: expected the ARN of a finding, or its id or the beginning of it");
    }
    let states = server.call("/status/batch/get", &json!({}))?;
    let account = states
        .pointer("/accounts/0/accountId")
        .and_then(Value::as_str);
    let account = account.context("the server names no account")?;
    let partition = findings::identity::partition(region);
    let prefix = format!("arn:{partition}:inspector2:{region}:{account}:finding/{given}");
    let wanted = json!([{"comparison": "PREFIX", "value": prefix}]);
    let input = json!({"maxResults": 2, "filterCriteria": {"findingArn": wanted}});
    let found = server.call("/findings/list", &input)?;
    let found = found.get("findings").and_then(Value::as_array);
    match found.map_or(&[][..], Vec::as_slice) {
        [] => bail!(
            "there is no finding {given} at {} in {region}",
            server.address()
        ),
        [one] => {
            let arn = one.get("findingArn").and_then(Value::as_str);
            Ok(arn.context("the finding has no ARN")?.to_owned())
        }
        _ => bail!("several findings begin with {given}: give more of the id"),
    }
}

/// A part of the explanation, read leniently: a newer server may say more.
#[derive(Clone, Copy)]
struct Told<'a>(&'a Value);

impl<'a> Told<'a> {
    fn at(self, pointer: &str) -> Option<Self> {
        let value = self.0.pointer(pointer)?;
        (!value.is_null()).then_some(Self(value))
    }

    fn text(self, pointer: &str) -> Option<String> {
        match self.0.pointer(pointer)? {
            Value::Null => None,
            Value::String(text) => Some(printable(text)),
            other => Some(other.to_string()),
        }
    }

    fn or_dash(self, pointer: &str) -> String {
        self.text(pointer).unwrap_or_else(|| "–".to_owned())
    }

    fn list(self, pointer: &str) -> impl Iterator<Item = Told<'a>> {
        let list = self.0.pointer(pointer).and_then(Value::as_array);
        list.into_iter().flatten().map(Told)
    }

    fn is(self, pointer: &str) -> bool {
        self.0.pointer(pointer) == Some(&Value::Bool(true))
    }

    fn joined(self, pointer: &str) -> String {
        let texts: Vec<String> = self.list(pointer).filter_map(|one| one.text("")).collect();
        texts.join(", ")
    }
}

fn write(told: Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", told.or_dash("/title"))?;
    writeln!(out, "  finding     {}", told.or_dash("/findingArn"))?;
    writeln!(
        out,
        "  severity    {}: {}",
        told.or_dash("/severity"),
        told.or_dash("/severityReason")
    )?;
    writeln!(out, "  status      {}", told.or_dash("/status"))?;
    if let Some(closed) = told.at("/closed") {
        let (at, because) = (closed.or_dash("/at"), closed.or_dash("/because"));
        writeln!(out, "  closed      {at}, {because}")?;
    }
    writeln!(
        out,
        "  resource    {} {}",
        told.or_dash("/resource/type"),
        told.or_dash("/resource/id")
    )?;
    for package in told.list("/packages") {
        one_package(package, out)?;
    }
    if let Some(network) = told.at("/network") {
        path(network, out)?;
    }
    if let Some(score) = told.at("/score") {
        steps(score, out)?;
    }
    if let Some(risk) = told.at("/risk") {
        writeln!(out, "\nRisk {} of 100", risk.or_dash("/rank"))?;
        for step in risk.list("/steps") {
            writeln!(
                out,
                "  {:>3}  {}",
                step.or_dash("/points"),
                step.or_dash("/reason")
            )?;
        }
    }
    if let Some(vulnerability) = told.at("/vulnerability") {
        facts(vulnerability, out)?;
    }
    rules(told, out)?;
    writeln!(out, "\nHistory")?;
    for event in told.list("/history") {
        let fields = event.joined("/fields");
        let fields = if fields.is_empty() {
            fields
        } else {
            format!(": {fields}")
        };
        let (at, kind) = (event.or_dash("/at"), event.or_dash("/kind"));
        writeln!(out, "  {at}  {kind}{fields}")?;
    }
    Ok(())
}

fn one_package(package: Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nPackage {} {} ({})",
        package.or_dash("/name"),
        package.or_dash("/version"),
        package.or_dash("/type")
    )?;
    for (title, pointer) in [
        ("file", "/path"),
        ("layer", "/layer"),
        ("arch", "/architecture"),
    ] {
        if let Some(text) = package.text(pointer) {
            writeln!(out, "  {title:<11} {text}")?;
        }
    }
    let fix = match package.text("/fixedVersion") {
        Some(version) => format!("fixed in {version}"),
        None => package.or_dash("/fixState"),
    };
    writeln!(out, "  fix         {fix}")?;
    for one in package.list("/matches") {
        let what = if one.is("/viaSource") {
            "source package"
        } else {
            "package"
        };
        writeln!(
            out,
            "  advisory    {} of {}\n    looked up {what} {} in {}\n    {} is in {} ({} order)",
            one.or_dash("/advisory"),
            one.or_dash("/feed"),
            one.or_dash("/name"),
            one.or_dash("/namespace"),
            one.or_dash("/version"),
            one.or_dash("/range"),
            one.or_dash("/order")
        )?;
    }
    Ok(())
}

fn path(network: Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nNetwork path, {} ports {}-{}\n  {}",
        network.or_dash("/protocol"),
        network.or_dash("/portBegin"),
        network.or_dash("/portEnd"),
        network.or_dash("/description")
    )?;
    for step in network.list("/steps") {
        writeln!(out, "  {} {}", step.or_dash("/type"), step.or_dash("/id"))?;
    }
    Ok(())
}

fn steps(score: Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "\nScore\n  {} is the base score of CVSS {} by {}: {}",
        score.or_dash("/base"),
        score.or_dash("/version"),
        score.or_dash("/source"),
        score.or_dash("/baseVector")
    )?;
    let mut changed = false;
    for adjustment in score.list("/adjustments") {
        changed = true;
        let (metric, reason) = (adjustment.or_dash("/metric"), adjustment.or_dash("/reason"));
        writeln!(out, "  {metric} is changed: {reason}")?;
    }
    let value = score.or_dash("/value");
    if changed {
        let vector = score.or_dash("/vector");
        writeln!(out, "  {value} is the score in this environment: {vector}")
    } else {
        writeln!(out, "  nothing of the environment changes it: {value}")
    }
}

fn facts(vulnerability: Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nVulnerability {}", vulnerability.or_dash("/id"))?;
    let mut line = |title: &str, text: Option<String>| match text {
        Some(text) if !text.is_empty() => writeln!(out, "  {title:<11} {text}"),
        _ => Ok(()),
    };
    line("title", vulnerability.text("/title"))?;
    line("also", Some(vulnerability.joined("/aliases")))?;
    line("published", vulnerability.text("/publishedAt"))?;
    line("weaknesses", Some(vulnerability.joined("/cwes")))?;
    line("EPSS", vulnerability.text("/epss"))?;
    let exploited = vulnerability.at("/knownExploited").map(|kev| {
        let due = kev.text("/due").map(|due| format!(", due {due}"));
        format!("since {}{}", kev.or_dash("/added"), due.unwrap_or_default())
    });
    line("exploited", exploited)?;
    let decision = vulnerability.at("/decision").map(|ssvc| {
        format!(
            "exploitation {}, automatable {}, technical impact {}",
            ssvc.or_dash("/exploitation"),
            ssvc.or_dash("/automatable"),
            ssvc.or_dash("/technicalImpact")
        )
    });
    line("SSVC", decision)?;
    for one in vulnerability.list("/assessments") {
        let score = format!(
            "{} CVSS {} by {}: {}",
            one.or_dash("/base"),
            one.or_dash("/version"),
            one.or_dash("/source"),
            one.or_dash("/vector")
        );
        line("assessed", Some(score))?;
    }
    for url in vulnerability.list("/references").take(10) {
        line("reference", url.text(""))?;
    }
    Ok(())
}

fn rules(told: Told<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut rules = told.list("/rules").peekable();
    if rules.peek().is_none() {
        return Ok(());
    }
    writeln!(out, "\nSuppressed by")?;
    for rule in rules {
        let reason = rule.text("/reason").map(|reason| format!(": {reason}"));
        let until = rule.text("/expiresAt").map(|at| format!(", until {at}"));
        let fixed = if rule.is("/untilFixed") {
            ", until there is a fix"
        } else {
            ""
        };
        writeln!(
            out,
            "  {}{}{}{fixed}",
            rule.or_dash("/name"),
            reason.unwrap_or_default(),
            until.unwrap_or_default()
        )?;
    }
    Ok(())
}
