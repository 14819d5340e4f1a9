//! The least that any scan of an image must do, as a yardstick for speed.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use inventory::image::{Image, ImageLayer, LayerTree};
use inventory::section::Section;
use inventory::tree::FileTree;

use super::Options;

/// Decompresses the layers and walks their headers with as many threads as a scan, looking at
/// nothing; returns the number of entries.
pub fn walk_image(image: &Image, options: &Options<'_>) -> u64 {
    let mut layers: Vec<&ImageLayer> = image.layers.iter().collect();
    layers.sort_by_key(|layer| std::cmp::Reverse(layer.content.as_ref().map(Section::len)));
    let next = AtomicUsize::new(0);
    let entries = AtomicU64::new(0);
    let work = || {
        while let Some(layer) = layers.get(next.fetch_add(1, Ordering::Relaxed)) {
            let Some(content) = layer.content.clone() else {
                continue;
            };
            let mut count = 0;
            LayerTree::new(content, options.expansion, None).walk(&mut |_| count += 1);
            entries.fetch_add(count, Ordering::Relaxed);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..options.threads.min(layers.len()) {
            scope.spawn(work);
        }
        work();
    });
    entries.into_inner()
}
