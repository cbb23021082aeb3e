//! `docklint check`.

use std::io;
use std::path::PathBuf;
use std::time::Instant;

use super::args::CheckArgs;
use super::outputs::{self, Stream};
use super::progress::Progress;
use super::verbose::{self, Times};
use super::{Exit, complain};
use crate::check::{self, Outcome};
use crate::config::Origin;
use crate::finding::Severity;
use crate::flow::Rounds;
use crate::load::{CHECKED_KINDS, load};
use crate::rules::{Choice, Selection};
use crate::secrets::Names;
use crate::source::Request;

pub(super) fn run(args: CheckArgs) -> io::Result<Exit> {
    let choice = Choice {
        pedantic: args.pedantic,
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        ..Choice::default()
    };
    let paths = match paths(&args) {
        Ok(paths) => paths,
        Err(message) => return Ok(wrong_usage(message)),
    };
    if let Err(unknown) = Selection::new(&choice) {
        return Ok(wrong_usage(&unknown.to_string()));
    }
    let stream = match outputs::stream(&args) {
        Ok(stream) => stream,
        Err(message) => return Ok(wrong_usage(&message)),
    };
    let request = Request {
        paths: &paths,
        stdin_name: args.stdin_filename.as_deref(),
        kind: args.kind,
        kinds: CHECKED_KINDS,
        around: true,
    };
    let progress = match args.quiet || args.verbose {
        true => Progress::default(),
        false => Progress::on_terminal(),
    };
    progress.now("reading files");
    let begun = Instant::now();
    let rounds = Rounds::default();
    let loaded = load(
        &rounds,
        &request,
        origin(&args),
        &choice,
        args.build.request(),
        args.build.host.clone(),
        io::stdin(),
    )?;
    let read = begun.elapsed();
    progress.now(format!("checking {} files", loaded.sources.len()));
    if args.verbose {
        verbose::say_what_is_read(&loaded)?;
    }
    let options = check::Options {
        selections: loaded.selections,
        no_ignores: args.no_ignores,
        request: loaded.request,
    };
    let mut outcome = check::check_projects(loaded.sources, loaded.projects, &options);
    outcome.errors.extend(loaded.errors);
    outcome.skipped.extend(loaded.skipped);
    progress.now("writing reports");
    let exit = exit(&outcome, args.fail_level, &loaded.fail_levels);
    let begun = Instant::now();
    let written = outputs::write_files(&args, &outcome);
    drop(progress);
    report(&args, &stream, &outcome)?;
    if args.verbose {
        let report = begun.elapsed();
        verbose::say_what_it_took(&Times { read, report }, &outcome)?;
    }
    Ok(exit.max(written))
}

fn report(args: &CheckArgs, stream: &Stream, outcome: &Outcome) -> io::Result<()> {
    match args.quiet {
        true => Ok(()),
        false => outputs::print(args, stream, outcome),
    }
}

/// What to look at: standard input if only its name is given, the current folder if nothing is.
fn paths(args: &CheckArgs) -> Result<Vec<PathBuf>, &'static str> {
    let has_stdin = args.paths.iter().any(|path| path.as_os_str() == "-");
    match (args.paths.is_empty(), &args.stdin_filename) {
        (true, None) => Ok(vec![PathBuf::from(".")]),
        (true, Some(_)) => Ok(vec![PathBuf::from("-")]),
        (false, Some(_)) if !has_stdin => {
            Err("--stdin-filename names standard input: add `-` to the paths")
        }
        (false, _) => Ok(args.paths.clone()),
    }
}

fn origin(args: &CheckArgs) -> Origin<'_> {
    match &args.config {
        Some(file) => Origin::File(file),
        None if args.isolated => Origin::Isolated,
        None => Origin::Nearest,
    }
}

fn wrong_usage(message: &str) -> Exit {
    complain(&Names::BUILT_IN, None, message);
    Exit::Failed
}

fn exit(outcome: &Outcome, asked: Option<Severity>, of_file: &[Severity]) -> Exit {
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
    use crate::check::RunError;
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
