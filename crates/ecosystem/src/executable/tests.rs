//! Small executables made for tests, and which files are looked at.

use super::is_candidate;
use crate::FileInfo;

/// A little-endian 64-bit ELF file with these sections, each also a loaded segment at
/// `0x10000 * (index + 1)`.
pub(crate) fn elf(sections: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = vec![0; 64];
    let mut names = vec![0];
    let mut headers = vec![[0u8; 64]];
    let mut segments = Vec::new();
    for (index, (name, bytes)) in sections.iter().enumerate() {
        file.resize(file.len().next_multiple_of(16), 0);
        let address = 0x10000 * (index as u64 + 1);
        headers.push(section(names.len(), address, file.len(), bytes.len()));
        segments.push(segment(address, file.len(), bytes.len()));
        file.extend_from_slice(bytes);
        names.extend_from_slice(name.as_bytes());
        names.push(0);
    }
    headers.push(section(0, 0, file.len(), names.len()));
    file.extend_from_slice(&names);
    let (phoff, phnum) = (file.len() as u64, segments.len());
    file.extend(segments.concat());
    let (shoff, shnum) = (file.len() as u64, headers.len());
    file.extend(headers.concat());
    file.resize(file.len().max(8192), 0);
    file[..6].copy_from_slice(b"\x7fELF\x02\x01");
    file[32..40].copy_from_slice(&phoff.to_le_bytes());
    file[40..48].copy_from_slice(&shoff.to_le_bytes());
    let counts = [56, phnum, 64, shnum, shnum - 1];
    for (index, count) in counts.into_iter().enumerate() {
        file[54 + 2 * index..56 + 2 * index].copy_from_slice(&count.to_le_bytes()[..2]);
    }
    file
}

fn section(name: usize, address: u64, offset: usize, size: usize) -> [u8; 64] {
    let mut header = [0; 64];
    header[..4].copy_from_slice(&name.to_le_bytes()[..4]);
    header[4] = 1;
    header[16..24].copy_from_slice(&address.to_le_bytes());
    header[24..32].copy_from_slice(&(offset as u64).to_le_bytes());
    header[32..40].copy_from_slice(&(size as u64).to_le_bytes());
    header
}

fn segment(address: u64, offset: usize, size: usize) -> [u8; 56] {
    let mut header = [0; 56];
    header[0] = 1;
    header[4] = 6;
    header[8..16].copy_from_slice(&(offset as u64).to_le_bytes());
    header[16..24].copy_from_slice(&address.to_le_bytes());
    header[32..40].copy_from_slice(&(size as u64).to_le_bytes());
    header
}

#[test]
fn files_that_can_be_executed_are_looked_at() {
    let wanted = |path: &str, size, mode| is_candidate(&FileInfo { path, size, mode });
    let rows = [
        ("usr/bin/prog", 1 << 20, 0o755, true),
        ("usr/bin/prog", 1 << 20, 0o644, true),
        ("usr/bin/tiny", 100, 0o755, false),
        ("opt/prog.exe", 1 << 20, 0o644, true),
        ("usr/lib/libx.so.1.2", 1 << 20, 0o644, true),
        ("usr/share/doc/x.txt", 1 << 20, 0o644, false),
    ];
    for (path, size, mode, expected) in rows {
        assert_eq!(wanted(path, size, mode), expected, "{path} {size} {mode:o}");
    }
}
