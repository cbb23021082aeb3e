//! `docklint completions SHELL`.

use std::io::{self, Write};

use clap::CommandFactory;
use clap_complete::Shell;

use super::Exit;
use super::args::Cli;

pub(super) fn run(shell: Shell) -> io::Result<Exit> {
    // The generator panics where it cannot write, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "docklint", &mut script);
    io::stdout().write_all(&script)?;
    Ok(Exit::Clean)
}
