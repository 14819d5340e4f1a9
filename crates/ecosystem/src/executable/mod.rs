//! Packages that compilers record inside executables: ELF, PE and Mach-O files.
//!
//! A file's headers are read once for all languages. Reading is by position and bounded; the
//! bulk of a binary is never touched.

mod elf;
mod macho;
mod pe;
mod region;

use model::Problem;

use crate::{Content, Extracted, Extractor, FileInfo, Input, cargo, golang};

pub(crate) use region::{Endian, Region, Regions, read_at};

/// The extractor, listed by the Go ecosystem; packages carry the purl type of their own.
pub(crate) const EXTRACTOR: Extractor = Extractor {
    name: "executable/build-info",
    version: 2,
    wants: is_candidate,
    magic: &[
        elf::MAGIC,
        pe::MAGIC,
        macho::MAGIC_64_LITTLE,
        macho::MAGIC_32_LITTLE,
        macho::MAGIC_64_BIG,
        macho::MAGIC_32_BIG,
        macho::MAGIC_FAT,
    ],
    extract,
};

/// Smaller files hold no Go runtime and no linked Rust program.
const SMALLEST: u64 = 4096;

/// Extensions of files that are loaded although their execute bit may be missing.
const EXTENSIONS: [&str; 6] = [".exe", ".dll", ".so", ".dylib", ".node", ".bin"];

/// A file with an execute bit, a known extension or a version after `.so.`; and one without
/// any extension, since archives and copies lose the execute bit.
fn is_candidate(file: &FileInfo<'_>) -> bool {
    if file.size < SMALLEST {
        return false;
    }
    let name = file.file_name();
    file.is_executable()
        || !name.contains('.')
        || EXTENSIONS.iter().any(|e| name.ends_with(e))
        || name.contains(".so.")
}

fn extract(input: &mut Input<'_>) -> Extracted {
    let path = input.file.path;
    let mut extracted = Extracted::default();
    let regions = match regions(input.content) {
        Ok(regions) => regions,
        Err(what) => return Extracted::problem(Problem::new(path, what)),
    };
    for program in &regions {
        if let Some(read) = golang::read(input.content, program) {
            match read {
                Ok(packages) => extracted.packages.extend(packages),
                Err(what) => extracted.problems.push(Problem::new(path, what)),
            }
        }
        if let Some(read) = cargo::read_auditable(input.content, program) {
            match read {
                Ok(packages) => extracted.packages.extend(packages),
                Err(what) => extracted.problems.push(Problem::new(path, what)),
            }
        }
    }
    // Each architecture of a universal binary tells the same.
    extracted.packages.sort();
    extracted.packages.dedup();
    extracted
}

/// The programs of a file: one, or one for each architecture of a universal binary. None if
/// the headers are of no use, which is common for data that begins like an executable.
fn regions(content: &mut dyn Content) -> Result<Vec<Regions>, String> {
    let head = read_at(content, 0, 64).map_err(|error| format!("cannot be read: {error}"))?;
    let programs = if head.starts_with(elf::MAGIC) {
        elf::regions(content, &head).into_iter().collect()
    } else if head.starts_with(pe::MAGIC) {
        pe::regions(content, &head).into_iter().collect()
    } else {
        macho::regions(content, &head)
    };
    Ok(programs)
}

#[cfg(test)]
pub(crate) mod tests;
