//! The Exploit Prediction Scoring System: a score for every CVE, new each day.

use model::{Epss, Facts, Problem};

use crate::feed::precedence;
use crate::{Document, Feed, Item, csv};

/// Scores of one day. If a mirror has several files, the one with the latest date in its name
/// sorts last and should count.
pub static EPSS: Feed = Feed {
    name: "epss",
    publisher: "FIRST Exploit Prediction Scoring System",
    license: "LicenseRef-FIRST-EPSS",
    version: 1,
    urls: &["https://epss.empiricalsecurity.com/epss_scores-current.csv.gz"],
    files: &["epss/epss_scores-*.csv", "epss/epss_scores-*.csv.*"],
    precedence: precedence::FACTS,
    parse,
};

/// Longest line, in bytes.
const LIMIT: usize = 4 << 10;

/// Since 2021-04 `cve,epss`; since 2021-09 `percentile` too; since 2022-02 a line
/// `#model_version:…,score_date:…` before that. A missing percentile is 0.
fn parse(document: &mut Document<'_>, emit: &mut dyn FnMut(Item)) {
    let path = document.path;
    let (mut rows, mut scores) = (0_u64, 0_u64);
    let read = csv::rows(document, LIMIT, &mut |row| {
        let place = || format!("{path}: line {}", row.line);
        let (Some(id), Some(score)) = (row.get("cve"), row.get("epss")) else {
            if rows == 0 {
                let what = "a line without the columns `cve` and `epss`";
                emit(Item::Problem(Problem::new(place(), what)));
            }
            rows += 1;
            return;
        };
        rows += 1;
        let percentile = row.get("percentile").map_or(Some(0.0), share);
        match (share(score), percentile) {
            (Some(score), Some(percentile)) if id.starts_with("CVE-") => {
                scores += 1;
                emit(Item::Facts(Box::new(Facts {
                    id: id.to_owned(),
                    feed: EPSS.name.to_owned(),
                    epss: Some(Epss { score, percentile }),
                    ..Facts::default()
                })));
            }
            _ => {
                let what = format!("`{id}` has no scores from 0 to 1");
                emit(Item::Problem(Problem::new(place(), what)));
            }
        }
    });
    match read {
        Ok(()) if scores == 0 => emit(Item::Cut(Problem::new(path, "no scores"))),
        Ok(()) => {}
        Err(problem) => emit(Item::Cut(problem)),
    }
}

fn share(text: &str) -> Option<f32> {
    let value: f32 = text.parse().ok()?;
    (0.0..=1.0).contains(&value).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::EPSS;
    use crate::check::check_feed;

    /// The first lines of the files of 2021-04-14, 2021-09-01, 2022-02-04 and 2023-03-07.
    #[test]
    fn headers_of_every_generation() {
        for (text, expected) in [
            (
                "cve,epss\nCVE-2020-5902,0.65117\n",
                "facts CVE-2020-5902 epss=0.65117/0",
            ),
            (
                "cve,epss,percentile\nCVE-2020-5902,0.65117,0.9981063485700858\n",
                "facts CVE-2020-5902 epss=0.65117/0.99810636",
            ),
            (
                "#model_version:v2022.01.01,score_date:2022-02-04T00:00:00+0000\n\
                 cve,epss,percentile\nCVE-2020-5902,0.96817,0.99999\n",
                "facts CVE-2020-5902 epss=0.96817/0.99999",
            ),
            (
                "#model_version:v2023.03.01\ncve,epss,percentile\r\nCVE-2020-5902,1,1\r\n",
                "facts CVE-2020-5902 epss=1/1",
            ),
            (
                "#model_version:v2023.03.01\ninvalid,header,format\nCVE-2024-6775,0.1,0.1\n1,2,3\n",
                "! e.csv: line 3: a line without the columns `cve` and `epss`",
            ),
            (
                "cve,epss\nCVE-1,NaN\n",
                "! e.csv: line 2: `CVE-1` has no scores from 0 to 1",
            ),
            ("cve,epss\n", "! e.csv: no scores"),
        ] {
            // A document without a single score is damaged, not empty.
            let mut expected = vec![expected];
            if expected[0].starts_with('!') && !expected.contains(&"! e.csv: no scores") {
                expected.push("! e.csv: no scores");
            }
            check_feed(&EPSS, "e.csv", text.as_bytes(), &expected);
        }
    }
}
