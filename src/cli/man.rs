//! `docklint man`.

use std::io;

use clap::CommandFactory;

use super::Exit;
use super::args::Cli;

pub(super) fn run() -> io::Result<Exit> {
    clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?;
    Ok(Exit::Clean)
}
