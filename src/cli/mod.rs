//! Arguments and commands of the `docklint` program.

pub mod explain;
pub mod rules;

use std::process::ExitCode;

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    ExitCode::SUCCESS
}
