//! `docklint man`.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory;

use super::args::Cli;
use super::{Exit, complain};
use crate::secrets::Names;
use crate::source::slashed;

/// Prints the page of the program, or writes it and those of the commands to a folder.
pub(super) fn run(out: Option<&Path>) -> io::Result<Exit> {
    // `docklint help` has no page that could be referred to.
    let command = Cli::command().disable_help_subcommand(true);
    let Some(folder) = out else {
        clap_mangen::Man::new(command).render(&mut io::stdout())?;
        return Ok(Exit::Clean);
    };
    let written =
        fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    if let Err(error) = written {
        complain(&Names::BUILT_IN, Some(&slashed(folder)), &error.to_string());
        return Ok(Exit::Failed);
    }
    Ok(Exit::Clean)
}
