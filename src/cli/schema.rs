//! `docklint schema`: the JSON schemas of what docklint reads and writes.

use std::io;

use clap::ValueEnum;

use super::Exit;
use super::args::Color;
use super::output::Stdout;

/// A published schema.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Schema {
    /// docklint.toml
    #[default]
    Config,
    /// What `docklint baseline` writes
    Baseline,
    /// `docklint check --format json`
    Output,
    /// `docklint resolve --format json` of a Dockerfile
    Resolve,
    /// `docklint resolve --format json` of a compose file
    ResolveCompose,
    /// `docklint resolve --format json` of what configures a daemon or client
    ResolveMachine,
    /// `docklint trace --format json`
    Trace,
}

impl Schema {
    fn text(self) -> &'static str {
        match self {
            Self::Config => include_str!("../../docklint.schema.json"),
            Self::Baseline => include_str!("../../docklint-baseline.schema.json"),
            Self::Output => include_str!("../../docklint-output.schema.json"),
            Self::Resolve => include_str!("../../docklint-resolve.schema.json"),
            Self::ResolveCompose => include_str!("../../docklint-resolve-compose.schema.json"),
            Self::ResolveMachine => include_str!("../../docklint-resolve-machine.schema.json"),
            Self::Trace => include_str!("../../docklint-trace.schema.json"),
        }
    }
}

pub(super) fn run(schema: Schema) -> io::Result<Exit> {
    let text = schema.text().replace("\r\n", "\n");
    Stdout::new(Color::Never).print(&text)?;
    Ok(Exit::Clean)
}
