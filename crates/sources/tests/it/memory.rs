//! The memory that a scan of large layers takes.

use std::io::Write as _;
use std::process::Command;

use inventory::extractors::Extractors;
use lynkeus_sources::files::{Options, scan_path};

use crate::parts::{Layout, gzip};

/// Names the image in the process that scans it alone.
const IMAGE: &str = "LYNKEUS_TEST_IMAGE";
const LIMIT_KB: u64 = 100_000;
const MB: usize = 1 << 20;

/// A layer with an executable and a lock file that are wanted and large, and with ballast.
fn large_layer(seed: u8) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, head, size) in [
        ("usr/bin/tool", b"\x7fELF\x02\x01\x01".as_slice(), 60 * MB),
        ("srv/package-lock.json", b"{".as_slice(), 40 * MB),
        ("srv/ballast", b"x".as_slice(), 50 * MB),
    ] {
        let mut content = Vec::with_capacity(size);
        content.write_all(head).unwrap();
        content.resize(size, seed);
        let mut header = tar::Header::new_gnu();
        header.set_size(size as u64);
        header.set_mode(0o755);
        tar.append_data(&mut header, path, content.as_slice())
            .unwrap();
    }
    tar.into_inner().unwrap()
}

fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn two_large_layers_at_once_take_less_than_100_mb() {
    if let Some(image) = std::env::var_os(IMAGE) {
        let extractors = Extractors::all();
        let mut options = Options::new(&extractors);
        options.threads = 2;
        let scanned = scan_path(image.as_ref(), &options).unwrap();
        assert_eq!(scanned.inventory.layers.len(), 2);
        let peak = peak_kb();
        assert!(peak < LIMIT_KB, "took {peak} kB");
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let layout = Layout(directory.path());
    let mut stored = Vec::new();
    let mut layers = Vec::new();
    for seed in [b'a', b'b'] {
        let layer = large_layer(seed);
        stored.push(layout.blob("application/vnd.oci.image.layer.v1.tar+gzip", &gzip(&layer)));
        layers.push(layer);
    }
    let image = layout.image("amd64", &layers, &stored);
    layout.index(&[image]);
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "memory::two_large_layers_at_once_take_less_than_100_mb",
        ])
        .env(IMAGE, directory.path())
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}",
        String::from_utf8_lossy(&child.stdout)
    );
}
