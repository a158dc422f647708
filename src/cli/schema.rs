//! `wiremap schema`: JSON Schemas of what users write and read.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use schemars::generate::SchemaSettings;
use schemars::schema_for;

use super::{Outcome, Stop};
use crate::config::RawConfig;
use crate::report::Report;
use crate::rules::raw::RawRules;

#[derive(Debug, Args)]
pub(super) struct SchemaArgs {
    /// Of what.
    #[arg(value_enum)]
    of: Of,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// Project files, `wiremap.toml`.
    Config,
    /// Rules files.
    Rules,
    /// Reports, `check --format json`.
    Report,
}

pub(super) fn run(args: &SchemaArgs) -> Result<Outcome, Stop> {
    let schema = match args.of {
        Of::Config => schema_for!(RawConfig),
        Of::Rules => schema_for!(RawRules),
        // What is written, not what would be read: a field that may be left out is not required.
        Of::Report => SchemaSettings::draft2020_12()
            .for_serialize()
            .into_generator()
            .into_root_schema_for::<Report>(),
    };
    let mut out = io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, &schema).map_err(io::Error::from)?;
    writeln!(out)?;
    Ok(Outcome::Passed)
}
