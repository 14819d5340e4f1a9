//! `lynkeus sbom`: a target in, a bill of materials out.

use anyhow::Result;
use inventory::sbom::{cyclonedx, spdx};

use crate::{
    cli::{Cli, Sbom, SbomFormat},
    clock, config, output, target,
};

/// Reads the target and writes what is in it.
pub(crate) fn run(cli: &Cli, arguments: &Sbom) -> Result<bool> {
    let data_dir = config::data_dir(cli.data_dir.as_deref())?;
    let read = target::scan(&arguments.target, &data_dir)?;
    let subject = read.target.subject(clock::now());
    let document = match arguments.output {
        SbomFormat::Cyclonedx => {
            cyclonedx::write(&read.inventory, &subject, arguments.spec_version.into())
        }
        SbomFormat::Spdx => spdx::write(&read.inventory, &subject, &[]),
    };
    output::to_file_or_stdout(arguments.output_file.as_deref(), &mut |out| {
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    })?;
    for problem in &read.inventory.problems {
        output::note(problem);
    }
    Ok(true)
}
