//! Arguments and commands of the `docklint` program.

mod adopt;
mod args;
mod check;
mod completions;
pub mod explain;
mod fix;
mod init;
mod loading;
mod man;
mod output;
mod outputs;
pub mod place;
mod progress;
mod resolve;
mod resolve_machine;
pub mod rules;
mod schema;
mod shell;
mod trace;
mod verbose;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::finding::redact::Door;
use crate::report::escape;
use crate::secrets::Names;
use args::{Cli, Command};

/// How a run ended: 2 wins over 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Nothing at or above the fail level.
    Clean,
    /// Findings.
    Findings,
    /// The run itself failed, in part or whole.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
        })
    }
}

/// Runs the program on the process's arguments.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match run(cli) {
        Ok(exit) => exit.into(),
        // Whoever reads our output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Clean.into(),
        Err(error) => {
            complain(&Names::BUILT_IN, None, &error.to_string());
            Exit::Failed.into()
        }
    }
}

fn run(cli: Cli) -> io::Result<Exit> {
    match cli.command {
        None => check::run(cli.check),
        Some(Command::Check(args)) => check::run(*args),
        Some(Command::Baseline(args)) => adopt::run(*args),
        Some(Command::Completions { shell }) => completions::run(shell),
        Some(Command::Resolve(args)) => resolve::run(&args),
        Some(Command::Trace(args)) => trace::run(&args),
        Some(Command::Explain { rule, color }) => explain::run(&rule, color),
        Some(Command::Rules { format, color }) => rules::run(format, color),
        Some(Command::Man { out }) => man::run(out.as_deref()),
        Some(Command::Init(args)) => init::run(&args),
        Some(Command::Schema { of }) => schema::run(of),
    }
}

/// Prints clap's answer: help and version on standard output, anything else is a usage error.
fn usage(error: &clap::Error) -> ExitCode {
    let text = error.render().to_string();
    let names = Names::BUILT_IN;
    let shown = Door::new(&names).text(&text);
    // Nobody is left to tell if this fails.
    let _ = match shown.as_str() == text {
        true => error.print(),
        // clap quotes what was typed.
        false => write!(io::stderr(), "{shown}"),
    };
    match error.use_stderr() {
        true => Exit::Failed.into(),
        false => Exit::Clean.into(),
    }
}

/// Says on standard error why the run failed, and of which file. `names` are those of the
/// configuration, `BUILT_IN` before there is one.
fn complain(names: &Names, path: Option<&str>, message: &str) {
    let door = Door::new(names);
    let path = path.map_or_else(String::new, |path| format!("{}: ", door.path(path)));
    let message = format!("{path}{}", door.text(message));
    // As above.
    let _ = writeln!(io::stderr(), "docklint: {}", escape::line(&message));
}
