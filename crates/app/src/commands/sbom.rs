//! `lynkeus sbom`: a target in, a bill of materials out.

use anyhow::Result;
use inventory::sbom::{Names, cyclonedx, spdx};

use crate::{
    cli::{Cli, Sbom, SbomFormat},
    clock, config, output, target,
};

/// Reads the target and writes what is in it.
pub(crate) fn run(cli: &Cli, arguments: &Sbom) -> Result<bool> {
    let data_dir = config::data_dir(cli.data_dir.as_deref())?;
    let read = target::scan(&arguments.target, &data_dir)?;
    let subject = read.target.subject(clock::now());
    let inventory = &read.inventory;
    let names = &Names::of(inventory);
    let subject = &subject;
    output::to_file_or_stdout(
        arguments.output_file.as_deref(),
        &mut |out| match arguments.output {
            SbomFormat::Cyclonedx => output::pretty_json(
                out,
                &cyclonedx::Document {
                    inventory,
                    names,
                    subject,
                    version: arguments.spec_version.into(),
                    about: &[],
                },
            ),
            SbomFormat::Spdx => output::pretty_json(
                out,
                &spdx::Document {
                    inventory,
                    names,
                    subject,
                    security: &[],
                },
            ),
        },
    )?;
    for problem in &inventory.problems {
        output::note(problem);
    }
    Ok(true)
}
