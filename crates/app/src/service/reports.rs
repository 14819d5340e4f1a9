//! Writes the reports that were asked for, page by page, and puts them where they are to go.

use std::{
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Seek as _, Write},
};

use anyhow::{Context as _, Result, anyhow};
use api::{csv, inspector2, wire::Destination};
use findings::criteria::Criteria;
use serde_json::{Value, json};
use store::{
    StoreError,
    jobs::Job,
    listing::{self, Query},
    reports::{self, Failure, Kind, Report, Status},
};

use super::{places::Put, reports_sbom, worker::Service};
use crate::clock;

/// How often a report that meets trouble is begun again.
const MOST_ATTEMPTS: i64 = 5;

/// Findings read at once.
const PAGE: usize = 500;

/// How long a report may take, in milliseconds (Inspector user guide, "Exporting findings reports":
/// 12 hours).
pub(crate) const LONGEST: i64 = 12 * 3_600_000;

/// Why a report is not written.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nobody wants it any more.
    Cancelled,
    /// Another attempt would not help.
    Failed(Failure),
    /// Another attempt may help.
    Passing(anyhow::Error),
}

impl Trouble {
    /// A failure with a `ReportingErrorCode`.
    pub(crate) fn failed(code: &str, message: impl Into<String>) -> Self {
        Self::Failed(Failure {
            code: code.to_owned(),
            message: message.into(),
        })
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        Self::Passing(error.into())
    }
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Passing(anyhow::Error::new(error).context("write the report"))
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Self {
        Self::Passing(error)
    }
}

/// Writes the report of a job. It ends in success, in failure that the client sees, or is tried
/// again.
pub(crate) fn run(service: &Service, job: &Job) -> Result<()> {
    let engine = &service.engine;
    let Some(report) = engine.read(|tx| reports::in_progress(tx, &job.subject))? else {
        return Ok(());
    };
    let end = |status, failure: Option<&Failure>| {
        let now = clock::milliseconds();
        engine.write(|tx| reports::end(tx, &report.id, status, failure, now))
    };
    let spent = job.attempts > MOST_ATTEMPTS;
    let written = if spent {
        Err(Trouble::Passing(anyhow!(
            "the server ended while it was being written"
        )))
    } else {
        Work::new(service, &report).and_then(Work::write)
    };
    match written {
        Ok(work) => {
            if !end(Status::Succeeded, None)? {
                work.withdraw()?;
            }
        }
        Err(Trouble::Cancelled) => {}
        Err(Trouble::Failed(failure)) => {
            end(Status::Failed, Some(&failure))?;
        }
        Err(Trouble::Passing(error)) if job.attempts < MOST_ATTEMPTS => return Err(error),
        Err(Trouble::Passing(error)) => {
            tracing::error!(
                report = report.id,
                error = format!("{error:#}"),
                "report failed"
            );
            let failure = Failure {
                code: "INTERNAL_ERROR".to_owned(),
                message: "The report could not be written".to_owned(),
            };
            end(Status::Failed, Some(&failure))?;
        }
    }
    Ok(())
}

/// A report in the making.
pub(crate) struct Work<'a> {
    pub(crate) service: &'a Service,
    pub(crate) report: &'a Report,
    destination: Destination,
    keys: Keys,
}

/// The keys that were put so far, one on a line of a file: an export has as many as resources.
struct Keys(BufWriter<File>);

impl Keys {
    fn new() -> Result<Self, Trouble> {
        Ok(Self(BufWriter::new(Work::scratch()?)))
    }

    fn note(&mut self, key: &str) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, key)?;
        self.0.write_all(b"\n")
    }

    fn each(self, mut visit: impl FnMut(&str)) -> io::Result<()> {
        let mut file = self
            .0
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        for line in BufReader::new(file).lines() {
            visit(&serde_json::from_str::<String>(&line?)?);
        }
        Ok(())
    }
}

impl<'a> Work<'a> {
    fn new(service: &'a Service, report: &'a Report) -> Result<Self, Trouble> {
        let destination = serde_json::from_str(&report.destination);
        Ok(Self {
            service,
            report,
            destination: destination.context("read the destination")?,
            keys: Keys::new()?,
        })
    }

    fn write(mut self) -> Result<Self, Trouble> {
        self.service
            .exports
            .begin(&self.report.id, &self.destination)?;
        match self.report.kind {
            Kind::Findings => self.findings()?,
            Kind::Sbom => reports_sbom::write(&mut self)?,
        }
        Ok(self)
    }

    /// A file without a name, which is gone when the process is.
    pub(crate) fn scratch() -> Result<File, Trouble> {
        Ok(tempfile::tempfile().context("create a temporary file")?)
    }

    /// Refuses to go on when the report was cancelled or the service stops.
    pub(crate) fn is_wanted(&self) -> Result<(), Trouble> {
        if self.service.is_stopping() {
            return Err(anyhow!("the service stops").into());
        }
        let engine = &self.service.engine;
        let wanted = engine.read(|tx| reports::in_progress(tx, &self.report.id))?;
        wanted.map(|_| ()).ok_or(Trouble::Cancelled)
    }

    /// Puts a file at the end of the destination's prefix.
    pub(crate) fn put(&mut self, name: &str, media: &str, mut file: File) -> Result<(), Trouble> {
        let prefix = self.destination.key_prefix.as_deref().unwrap_or_default();
        let key = match prefix.trim_end_matches('/') {
            "" => name.to_owned(),
            prefix => format!("{prefix}/{name}"),
        };
        file.rewind()?;
        self.service.exports.put(
            &Put {
                scope: &self.report.scope,
                destination: &self.destination,
                key: &key,
                media,
                report: &self.report.id,
            },
            &mut file,
        )?;
        self.keys.note(&key)?;
        Ok(())
    }

    /// Takes back what was put for a report that was cancelled at the last moment.
    fn withdraw(self) -> Result<()> {
        let (exports, scope) = (&self.service.exports, &self.report.scope);
        let destination = &self.destination;
        self.keys
            .each(|key| exports.remove(scope, destination, key))
            .context("read which files of a cancelled report are to be removed")
    }

    fn findings(&mut self) -> Result<(), Trouble> {
        let is_csv = self.report.format == "CSV";
        let criteria = criteria(&self.report.criteria)?;
        let mut out = BufWriter::new(Self::scratch()?);
        let opening = if is_csv {
            csv::header()
        } else {
            "{\"findings\":[".to_owned()
        };
        out.write_all(opening.as_bytes())?;
        let (mut cursor, mut count) = (None, 0_u64);
        loop {
            let query = Query {
                criteria: &criteria,
                sort: None,
            };
            let scope = &self.report.scope;
            let engine = &self.service.engine;
            let page = engine.read(|tx| listing::list(tx, scope, query, cursor.as_ref(), PAGE))?;
            for listed in &page.findings {
                let finding = inspector2::shown(scope, listed);
                if is_csv {
                    out.write_all(csv::row(&finding, clock::now()).as_bytes())?;
                } else {
                    out.write_all(if count == 0 { b"\n" } else { b",\n" })?;
                    serde_json::to_writer(&mut out, &finding).context("write a finding")?;
                }
                count += 1;
            }
            self.is_wanted()?;
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if count == 0 {
            return Err(Trouble::failed(
                "NO_FINDINGS_FOUND",
                "No finding satisfies the criteria of the report",
            ));
        }
        if !is_csv {
            out.write_all(b"\n]}\n")?;
        }
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        let (extension, media) = if is_csv {
            ("csv", "text/csv; charset=utf-8")
        } else {
            ("json", "application/json")
        };
        self.put(&format!("{}.{extension}", self.report.id), media, file)
    }
}

/// What a findings report is about: active findings unless it says otherwise.
fn criteria(asked: &str) -> Result<Criteria> {
    let mut asked: Value = serde_json::from_str(asked).context("read the criteria")?;
    if let Value::Object(members) = &mut asked {
        let active = json!([{"comparison": "EQUALS", "value": "ACTIVE"}]);
        members.entry("findingStatus").or_insert(active);
    }
    let criteria = Criteria::from_json(&asked);
    criteria.map_err(|error| anyhow!("{}: {}", error.path, error.message))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use store::{
        Engine, Scope,
        coverage::{self, CoverageCriteria},
        jobs::{self, Job},
        reports::{self, Kind, NewReport, Report, Status},
        testing::each_engine,
    };

    use super::{Work, run};
    use crate::{
        clock,
        service::{
            given_up, host,
            ingest::Submission,
            tests::{database, service, submit},
        },
    };

    const ID: &str = "00000000-0000-4000-8000-000000000001";
    const KEY: &str = "arn:aws:kms:eu-west-1:123456789012:key/1";

    fn scope() -> Scope {
        Scope::new("123456789012", "eu-west-1")
    }

    fn ask(engine: &Engine) {
        let destination = format!(r#"{{"bucketName":"bucket","kmsKeyArn":"{KEY}"}}"#);
        let report = NewReport {
            id: ID,
            kind: Kind::Findings,
            format: "CSV",
            destination: &destination,
            criteria: "{}",
        };
        let now = clock::milliseconds();
        let added = engine.write(|tx| reports::create(tx, &scope(), &report, now));
        assert!(added.unwrap());
    }

    /// Takes the job as a worker at a moment from now, in milliseconds.
    fn claim(engine: &Engine, worker: &str, later: i64) -> Option<Job> {
        let now = clock::milliseconds() + later;
        engine
            .write(|tx| jobs::claim(tx, worker, &[], now, 60_000))
            .unwrap()
    }

    fn kept(engine: &Engine) -> Report {
        let kept = engine.read(|tx| reports::get(tx, &scope(), Kind::Findings, ID));
        kept.unwrap().unwrap()
    }

    #[test]
    fn a_report_whose_writer_died_is_written_by_the_next() {
        each_engine(|address, engine| {
            let data = tempfile::tempdir().unwrap();
            let advisories = database(&[("CVE-2024-0001", "openssl", "3.0.15-1")], &[]);
            submit(
                engine,
                "i-1",
                &[("libssl3", "openssl", "3.0.14-1")],
                &advisories,
                1,
            );
            ask(engine);
            assert!(claim(engine, "one that dies", 0).is_some());
            assert_eq!(claim(engine, "another", 1_000), None, "the lease holds");
            let bucket = data.path().join("exports/123456789012/bucket");
            let staging = data.path().join("exports/.lynkeus-partial");
            fs::create_dir_all(&staging).unwrap();
            let unfinished = staging.join(format!("{ID}-1"));
            fs::write(&unfinished, "half").unwrap();
            let job = claim(engine, "another", 61_000).unwrap();
            let service = service(address, data.path());
            run(&service, &job).unwrap();
            assert_eq!(kept(engine).status, Status::Succeeded);
            let text = fs::read_to_string(bucket.join(format!("{ID}.csv"))).unwrap();
            assert_eq!(text.lines().count(), 2, "{text}");
            assert!(text.contains("CVE-2024-0001"), "{text}");
            assert!(!unfinished.exists());
        });
    }

    #[test]
    fn a_report_that_always_meets_trouble_fails_visibly() {
        each_engine(|address, engine| {
            let data = tempfile::tempdir().unwrap();
            let advisories = database(&[("CVE-2024-0001", "openssl", "3.0.15-1")], &[]);
            submit(
                engine,
                "i-1",
                &[("libssl3", "openssl", "3.0.14-1")],
                &advisories,
                1,
            );
            ask(engine);
            // A file stands where the directory of exports must be.
            fs::write(data.path().join("exports"), "").unwrap();
            let service = service(address, data.path());
            let mut job = claim(engine, "a worker", 0).unwrap();
            let refused = run(&service, &job).unwrap_err();
            assert!(format!("{refused:#}").contains("exports"), "{refused:#}");
            assert_eq!(kept(engine).status, Status::InProgress, "it is tried again");
            job.attempts = super::MOST_ATTEMPTS;
            run(&service, &job).unwrap();
            let failed = kept(engine);
            assert_eq!(failed.status, Status::Failed);
            assert_eq!(failed.failure.unwrap().code, "INTERNAL_ERROR");
        });
    }

    #[test]
    fn a_report_whose_writers_all_die_fails_visibly() {
        each_engine(|_, engine| {
            ask(engine);
            let tell = || engine.write(|tx| given_up::tell(tx, 1)).unwrap();
            let mut later = 0;
            while claim(engine, "a worker", later).is_some() {
                tell();
                assert_eq!(kept(engine).status, Status::InProgress);
                later += 61_000;
            }
            assert_eq!(later, jobs::MOST_DEATHS * 61_000);
            tell();
            let failed = kept(engine);
            assert_eq!(failed.status, Status::Failed);
            assert_eq!(failed.failure.unwrap().code, "INTERNAL_ERROR");
        });
    }

    #[test]
    fn a_machine_that_cannot_be_scanned_is_covered_with_the_reason() {
        each_engine(|address, engine| {
            let data = tempfile::tempdir().unwrap();
            let service = service(address, data.path());
            let told = || {
                let all = CoverageCriteria::default();
                let rows = engine.read(|tx| coverage::list(tx, &scope(), &all, None, 9));
                let rows = rows.unwrap().0.into_iter();
                rows.map(|row| (row.active, row.reason, row.detail))
                    .collect::<Vec<_>>()
            };
            let failed = |why: &str| given_up::host_failed(&service, &scope(), why).unwrap();
            failed("no such file");
            failed("permission denied");
            let why = Some("permission denied".to_owned());
            assert_eq!(told(), [(false, "INTERNAL_ERROR".to_owned(), why)]);
            // The next inventory ends it.
            let resource = host::resource(&model::Inventory::default()).unwrap();
            let submission = Submission {
                resource: &resource,
                inventory: &model::Inventory::default(),
                declared: false,
                scan_mode: None,
            };
            service
                .take_in(&scope(), &submission, clock::now())
                .unwrap();
            assert_eq!(told(), [(true, "SUCCESSFUL".to_owned(), None)]);
        });
    }

    #[test]
    fn a_report_that_is_cancelled_at_the_last_moment_is_taken_back() {
        each_engine(|address, engine| {
            let data = tempfile::tempdir().unwrap();
            let advisories = database(&[("CVE-2024-0001", "openssl", "3.0.15-1")], &[]);
            let packages = [("libssl3", "openssl", "3.0.14-1")];
            submit(engine, "i-1", &packages, &advisories, 1);
            ask(engine);
            let (service, report) = (service(address, data.path()), kept(engine));
            let mut work = Work::new(&service, &report).unwrap().write().unwrap();
            for name in ["a/\u{e9} \"b\".json", "a/c.json"] {
                let empty = Work::scratch().unwrap();
                work.put(name, "application/json", empty).unwrap();
            }
            let bucket = data.path().join("exports/123456789012/bucket");
            let files = || {
                let all = fs::read_dir(&bucket).unwrap();
                let nested = fs::read_dir(bucket.join("a")).unwrap();
                let all = all.chain(nested).map(|entry| entry.unwrap().path());
                all.filter(|path| path.is_file()).count()
            };
            assert_eq!(files(), 3);
            work.withdraw().unwrap();
            assert_eq!(files(), 0);
        });
    }

    #[test]
    fn a_cancelled_report_is_not_written() {
        each_engine(|address, engine| {
            let data = tempfile::tempdir().unwrap();
            ask(engine);
            let job = claim(engine, "a worker", 0).unwrap();
            let now = clock::milliseconds();
            let end = engine.write(|tx| reports::end(tx, ID, Status::Cancelled, None, now));
            assert!(end.unwrap());
            let service = service(address, data.path());
            run(&service, &job).unwrap();
            assert_eq!(kept(engine).status, Status::Cancelled);
            assert!(!data.path().join("exports").exists());
        });
    }
}
