//! `docklint check`.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use clap::CommandFactory;

use super::args::{CheckArgs, Cli};
use super::loading::{say_errors, say_hidden};
use super::outputs::{self, Stream};
use super::progress::Progress;
use super::{Exit, adopt, complain, fix, verbose};
use crate::check::{self, Outcome, RunError};
use crate::config::closest;
use crate::finding::Severity;
use crate::fix::Round;
use crate::flow::Rounds;
use crate::load::{CHECKED_KINDS, Edited, LoadRequest, load};
use crate::rules::Selection;
use crate::secrets::Names;
use crate::source::{self, Request};

pub(super) fn run(args: CheckArgs) -> io::Result<Exit> {
    let stream = match outputs::stream(&args) {
        Ok(stream) => stream,
        Err(message) => return Ok(wrong_usage(&message)),
    };
    if args.fix.is_asked_for() {
        return fix::run(&args, stream);
    }
    match lint(&args, &Edited::default(), &mut io::stdin())? {
        Ok(round) => tell(&args, stream, &round),
        Err(exit) => Ok(exit),
    }
}

/// Lints as the arguments say, as if some files had been written already; or how the run ends if they
/// are wrong.
pub(super) fn lint(
    args: &CheckArgs,
    edited: &Edited,
    stdin: &mut dyn io::Read,
) -> io::Result<Result<Round, Exit>> {
    let choice = args.rules.choice();
    let paths = match paths(args) {
        Ok(paths) => paths,
        Err(message) => return Ok(Err(wrong_usage(message))),
    };
    if let Err(unknown) = Selection::new(&choice) {
        return Ok(Err(wrong_usage(&unknown.to_string())));
    }
    let files = Request {
        paths: &paths,
        stdin_name: args.stdin_filename.as_deref(),
        kind: args.kind,
        kinds: CHECKED_KINDS,
        around: true,
        respect_gitignore: args.search.respect_gitignore(),
    };
    let progress = match args.quiet || args.verbose {
        true => Progress::default(),
        false => Progress::on_terminal(),
    };
    progress.now("reading files");
    let begun = Instant::now();
    let rounds = Rounds::default();
    let wanted = LoadRequest {
        files,
        origin: args.configuration.origin(),
        choice,
        builds: args.build.request(),
        host: args.build.host.clone(),
        edited,
    };
    let loaded = load(&rounds, wanted, stdin)?;
    let read = begun.elapsed();
    progress.now(format!("checking {} files", loaded.sources.len()));
    if edited.is_empty() && !args.quiet {
        say_hidden(&loaded);
    }
    if args.verbose && edited.is_empty() {
        verbose::say_what_is_read(&loaded)?;
    }
    let options = check::Options {
        selections: loaded.selections,
        no_ignores: args.no_ignores,
        request: loaded.request,
    };
    let mut outcome = check::check_projects(loaded.sources, loaded.projects, &options);
    outcome.errors.extend(loaded.errors);
    if let Some(first) = args.paths.first() {
        hint_at_command(&source::slashed(first), &mut outcome.errors);
    }
    outcome.skipped.extend(loaded.skipped);
    outcome.times.read = read;
    let mut round = Round {
        outcome,
        root: loaded.root,
        selections: options.selections,
        request: options.request,
        fail_levels: loaded.fail_levels,
        stdin: loaded.stdin,
    };
    adopt::hide(&args.baseline, &mut round);
    Ok(Ok(round))
}

/// A first path that is not there may be a slip of a command.
fn hint_at_command(path: &str, errors: &mut [RunError]) {
    let is_it = |error: &&mut RunError| error.kind == "not-found" && error.path == path;
    let Some(error) = errors.iter_mut().find(is_it) else {
        return;
    };
    let program = Cli::command();
    let commands = program.get_subcommands().map(|command| command.get_name());
    if let Some(command) = closest(path, commands) {
        let hint = format!("; did you mean `docklint {command}`?");
        error.message.push_str(&hint);
    }
}

/// Prints and writes the reports.
pub(super) fn tell(args: &CheckArgs, stream: Stream, round: &Round) -> io::Result<Exit> {
    let outcome = &round.outcome;
    let exit = exit(outcome, args.fail_level, &round.fail_levels);
    let begun = Instant::now();
    let written = outputs::write_files(args, outcome);
    match args.quiet {
        true => say_errors(&outcome.names, &outcome.errors, &outcome.sources),
        false => outputs::print(args, stream, outcome, &written.files)?,
    }
    if args.verbose {
        verbose::say_what_it_took(begun.elapsed(), outcome)?;
    }
    Ok(exit.max(written.exit))
}

/// Whether standard input is to be looked at.
pub(super) fn asks_for_stdin(args: &CheckArgs) -> bool {
    match args.paths.is_empty() {
        true => args.stdin_filename.is_some(),
        false => args.paths.iter().any(|path| path.as_os_str() == "-"),
    }
}

/// What to look at: standard input if only its name is given, the current folder if nothing is.
fn paths(args: &CheckArgs) -> Result<Vec<PathBuf>, &'static str> {
    match (args.paths.is_empty(), &args.stdin_filename) {
        (true, None) => Ok(vec![PathBuf::from(".")]),
        (true, Some(_)) => Ok(vec![PathBuf::from("-")]),
        (false, Some(_)) if !asks_for_stdin(args) => {
            Err("--stdin-filename names standard input: add `-` to the paths")
        }
        (false, _) => Ok(args.paths.clone()),
    }
}

pub(super) fn wrong_usage(message: &str) -> Exit {
    complain(&Names::BUILT_IN, None, message);
    Exit::Failed
}

pub(super) fn exit(outcome: &Outcome, asked: Option<Severity>, of_file: &[Severity]) -> Exit {
    let fails = outcome.findings.iter().any(|finding| {
        let file = finding.primary().map(|at| at.file.0 as usize);
        let configured = file.and_then(|file| of_file.get(file)).copied();
        finding.severity >= asked.or(configured).unwrap_or(Severity::Warning)
    });
    match (outcome.errors.is_empty(), fails) {
        (false, _) => Exit::Failed,
        (true, true) => Exit::Findings,
        (true, false) => Exit::Clean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Finding;
    use crate::source::{FileId, Location, Span};

    fn outcome(severities: &[Severity]) -> Outcome {
        let location = Location {
            file: FileId(0),
            span: Span::default(),
        };
        Outcome {
            findings: severities
                .iter()
                .map(|&severity| Finding::new("x", severity, location, "", ""))
                .collect(),
            ..Outcome::default()
        }
    }

    #[test]
    fn the_fail_level_decides_between_0_and_1() {
        let info = outcome(&[Severity::Info]);
        assert_eq!(exit(&info, None, &[Severity::Warning]), Exit::Clean);
        assert_eq!(exit(&info, None, &[Severity::Info]), Exit::Findings);
        let asked = Some(Severity::Error);
        let warning = outcome(&[Severity::Info, Severity::Warning]);
        assert_eq!(exit(&warning, asked, &[Severity::Info]), Exit::Clean);
        assert_eq!(exit(&warning, None, &[]), Exit::Findings);
    }

    #[test]
    fn a_finding_without_a_place_counts() {
        let mut outcome = outcome(&[Severity::Warning]);
        outcome.findings[0].labels.clear();
        assert_eq!(exit(&outcome, None, &[Severity::Error]), Exit::Findings);
    }

    #[test]
    fn a_failed_run_wins() {
        let mut outcome = outcome(&[Severity::Error]);
        outcome.errors.push(RunError {
            path: "x".into(),
            kind: "not-found",
            message: String::new(),
            at: None,
        });
        assert_eq!(exit(&outcome, None, &[]), Exit::Failed);
    }
}
