//! How far a long command is: bars on a terminal, nothing elsewhere.

use std::collections::HashMap;
use std::io::IsTerminal as _;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use sources::mirror::Step;
use sources::update::Event;

/// Standard error if somebody looks at it.
fn target() -> ProgressDrawTarget {
    if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    let bar = ProgressBar::with_draw_target(Some(length), target());
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// The progress of reading and compiling a mirror.
#[derive(Debug)]
pub(crate) struct BuildProgress {
    bar: ProgressBar,
}

impl BuildProgress {
    pub(crate) fn start() -> Self {
        Self {
            bar: bar(0, "{bar:30} {bytes}/{total_bytes} {wide_msg}"),
        }
    }

    pub(crate) fn step(&mut self, step: &Step<'_>) {
        match step {
            Step::Files(files) => {
                let bytes = files.iter().map(|file| file.bytes).sum();
                self.bar.set_length(bytes);
            }
            Step::Read(file) => {
                self.bar.inc(file.bytes);
                self.bar.set_message(file.path.clone());
            }
            Step::Compiling => self.bar.set_message("compiling"),
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// The progress of fetching several files.
#[derive(Debug)]
pub(crate) struct DownloadProgress {
    all: MultiProgress,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl DownloadProgress {
    pub(crate) fn start() -> Self {
        let all = MultiProgress::with_draw_target(target());
        Self {
            all,
            bars: Mutex::default(),
        }
    }

    pub(crate) fn event(&self, path: &str, event: &Event<'_>) {
        let mut bars = self.bars.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            Event::Started => {}
            Event::Receiving(bytes) => {
                let bar = bars.entry(path.to_owned()).or_insert_with(|| {
                    let bar = bar(
                        0,
                        "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {wide_msg}",
                    );
                    bar.set_message(path.to_owned());
                    self.all.add(bar)
                });
                bar.set_length(bytes.total.unwrap_or(bytes.done));
                bar.set_position(bytes.done);
            }
            Event::Done(_) => {
                if let Some(bar) = bars.remove(path) {
                    bar.finish_and_clear();
                }
            }
        }
    }

    pub(crate) fn finish(&self) {
        // What cannot be cleared from a screen does no harm there.
        drop(self.all.clear());
    }
}
