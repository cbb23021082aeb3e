//! The `docklint` program: parse arguments, run, map the outcome to an exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    docklint::cli::main()
}
