//! Scans the layers of an image on several threads and stacks them in order.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use inventory::image::{Digest, Image, ImageLayer, check_digest, scan_layer};
use inventory::layers::Stack;
use inventory::scan::TreeScan;
use inventory::section::Section;
use model::{Inventory, Problem};

use super::Options;

/// How far a scan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub layers_done: usize,
    pub layers: usize,
}

/// What a thread takes on next.
#[derive(Debug, Clone, Copy)]
enum Task {
    Scan(usize),
    /// Hashing, apart from scanning: short tasks at the end leave no thread without work.
    Check(usize),
}

/// Layers that are scanned and wait for those below them.
struct Waiting {
    stack: Stack,
    next: usize,
    scans: Vec<Option<TreeScan>>,
    done: usize,
    /// Layers that are not what their digests name.
    unlike: Vec<(usize, Problem)>,
}

/// Scans every layer, the largest first, and returns the inventory of the image.
///
/// The result does not depend on the threads: layers are stacked in their own order.
pub fn scan_image(image: Image, options: &Options<'_>) -> Inventory {
    let Image {
        layers, problems, ..
    } = image;
    let mut order: Vec<usize> = (0..layers.len()).collect();
    order.sort_by_key(|&i| {
        let content = layers.get(i).and_then(|layer| layer.content.as_ref());
        std::cmp::Reverse(content.map_or(0, Section::len))
    });
    let checks = order
        .iter()
        .filter(|&&i| layers.get(i).is_some_and(|l| checked_apart(l).is_some()));
    let tasks: Vec<Task> = order
        .iter()
        .map(|&i| Task::Scan(i))
        .chain(checks.map(|&i| Task::Check(i)))
        .collect();
    let next = AtomicUsize::new(0);
    let waiting = Mutex::new(Waiting {
        stack: Stack::default(),
        next: 0,
        scans: layers.iter().map(|_| None).collect(),
        done: 0,
        unlike: Vec::new(),
    });
    let work = || {
        while let Some(&task) = tasks.get(next.fetch_add(1, Ordering::Relaxed)) {
            match task {
                Task::Scan(i) => {
                    if let Some(layer) = layers.get(i) {
                        finish(&waiting, i, scan(layer, options), options);
                    }
                }
                Task::Check(i) => {
                    let checked = layers.get(i).and_then(checked_apart);
                    if let Some(problem) = checked.and_then(|(c, digest)| check_digest(c, &digest))
                    {
                        let mut state = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                        state.unlike.push((i, problem));
                    }
                }
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..options.threads.min(tasks.len()) {
            scope.spawn(work);
        }
        work();
    });
    let Waiting {
        stack, mut unlike, ..
    } = waiting.into_inner().unwrap_or_else(PoisonError::into_inner);
    let layers = layers.into_iter().map(|layer| layer.layer).collect();
    let mut inventory = stack.finish(layers);
    unlike.sort_unstable_by_key(|(i, _)| *i);
    inventory.complete &= unlike.is_empty();
    let unlike = unlike
        .into_iter()
        .map(|(i, problem)| problem.within(&format!("layer {i}")));
    inventory
        .problems
        .splice(0..0, problems.into_iter().chain(unlike));
    inventory
}

/// A layer that can be read twice at no great cost, and its digest.
fn checked_apart(layer: &ImageLayer) -> Option<(&Section, Digest)> {
    let content = layer.content.as_ref().filter(|c| !c.is_sequential())?;
    Some((content, Digest::parse(layer.layer.digest.as_deref()?)?))
}

fn finish(waiting: &Mutex<Waiting>, i: usize, scan: TreeScan, options: &Options<'_>) {
    let mut guard = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let state = &mut *guard;
    if let Some(slot) = state.scans.get_mut(i) {
        *slot = Some(scan);
    }
    while let Some(scan) = state.scans.get_mut(state.next).and_then(Option::take) {
        state.stack.push(scan, u32::try_from(state.next).ok());
        state.next += 1;
    }
    state.done += 1;
    if let Some(progress) = options.progress {
        progress(Progress {
            layers_done: state.done,
            layers: state.scans.len(),
        });
    }
}

/// Scans one layer; a layer that cannot be read gives a problem and nothing else.
fn scan(layer: &ImageLayer, options: &Options<'_>) -> TreeScan {
    let Some(content) = &layer.content else {
        // What is missing has been said where the layer was looked for.
        return TreeScan::default();
    };
    let run = || {
        let walk = options.walk(true);
        if !content.is_sequential() {
            return scan_layer(content, None, options.expansion, &walk).0;
        }
        let expected = layer.layer.digest.as_deref().and_then(Digest::parse);
        let (scan, is_verified) = scan_layer(content, expected, options.expansion, &walk);
        if is_verified {
            return scan;
        }
        // What came from elsewhere and is not what the manifest names counts for nothing.
        TreeScan {
            problems: scan.problems,
            ..TreeScan::default()
        }
    };
    // A bug in a parser must cost one layer's content and say so, not the whole scan.
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| TreeScan {
        problems: vec![Problem::new("", "the scan of this layer failed")],
        ..TreeScan::default()
    })
}
