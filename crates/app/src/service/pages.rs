//! What the dashboard says of the service.

use std::{cmp::Ordering, sync::Arc};

use dashboard::{DatabaseState, Feed};
use findings::finding::VulnerablePackage;

use super::worker::Service;
use crate::pipeline;

/// The running service, for its pages.
#[derive(Debug)]
pub(crate) struct Pages(pub(crate) Arc<Service>);

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
        }
    }

    fn compare(&self, package: &VulnerablePackage, a: &str, b: &str) -> Ordering {
        pipeline::compare_versions(&package.purl_type, a, b)
    }
}
