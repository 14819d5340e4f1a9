//! What the dashboard says of the service.

use std::{cmp::Ordering, sync::Arc};

use api::state::Submitted;
use dashboard::{DatabaseState, Feed, Remedy, Sent, Updates};
use findings::finding::{Finding, VulnerablePackage};
use model::Timestamp;
use store::Scope;

use super::{vex, worker::Service};
use crate::pipeline;

/// The running service, for its pages.
#[derive(Debug)]
pub(crate) struct Pages(pub(crate) Arc<Service>);

impl Pages {
    fn updates(&self) -> Option<Updates> {
        let plan = self.0.updates.plan.as_ref()?;
        let progress = self.0.updates.progress();
        let source = plan.source.clone();
        Some(Updates {
            source: source.unwrap_or_else(|| "the publishers".to_owned()),
            every: plan.interval(),
            running: progress.running,
            attempted: progress.attempted,
            failure: progress.failure,
        })
    }
}

impl dashboard::Service for Pages {
    fn database(&self) -> DatabaseState {
        let summary = self.0.database().summary();
        let feeds = summary.feeds.into_iter().map(|feed| Feed {
            name: feed.name,
            publisher: feed.publisher,
            data_date: feed.data_date,
            trouble: feed.trouble,
        });
        DatabaseState {
            digest: summary.digest,
            built: summary.built,
            is_starter: summary.is_starter,
            feeds: feeds.collect(),
            updates: self.updates(),
        }
    }

    fn compare(&self, package: &VulnerablePackage, a: &str, b: &str) -> Ordering {
        pipeline::compare_versions(&package.purl_type, a, b)
    }

    fn remedies(&self, scope: &Scope, instance: &str, finding: &Finding) -> Vec<Remedy> {
        let Service {
            networks, engine, ..
        } = &*self.0;
        let tried = networks.with(engine, scope, |held| held.remedies(instance, finding));
        match tried {
            Ok(remedies) => remedies.unwrap_or_default(),
            Err(error) => {
                self.0.note(format!("{error:#}"));
                Vec::new()
            }
        }
    }

    fn add_vex(&self, sent: &Sent<'_>) -> Result<(), api::Error> {
        let submitted = Submitted {
            scope: sent.scope.clone(),
            query: &[],
            body: sent.content,
            now: sent.now,
        };
        vex::add(&self.0, &submitted, sent.name, &sent.sender).map(drop)
    }

    fn remove_vex(&self, scope: &Scope, id: &str, now: Timestamp) -> Result<(), api::Error> {
        let submitted = Submitted {
            scope: scope.clone(),
            query: &[],
            body: &[],
            now,
        };
        vex::remove(&self.0, &submitted, id).map(drop)
    }
}
