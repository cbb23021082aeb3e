//! `docklint check`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::args::{CheckArgs, Color};
use super::output::Stdout;
use super::{Exit, adopt, complain, fix};
use crate::check::{self, Outcome};
use crate::config::Origin;
use crate::finding::Severity;
use crate::finding::redact::Door;
use crate::fix::Round;
use crate::load::{CHECKED_KINDS, Edited, Loaded, load_edited};
use crate::report::{self, Format, RenderOptions, escape};
use crate::rules::{Choice, Selection};
use crate::secrets::Names;
use crate::source::{self, Request};

pub(super) fn run(args: CheckArgs) -> io::Result<Exit> {
    if args.fix.is_asked_for() {
        return fix::run(&args);
    }
    match lint(&args, &Edited::default(), &mut io::stdin())? {
        Ok(round) => tell(&args, &round),
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
    let choice = Choice {
        pedantic: args.pedantic,
        select: args.select.clone(),
        ignore: args.ignore.clone(),
        ..Choice::default()
    };
    let paths = match paths(args) {
        Ok(paths) => paths,
        Err(message) => return Ok(Err(wrong_usage(message))),
    };
    if let Err(unknown) = Selection::new(&choice) {
        return Ok(Err(wrong_usage(&unknown.to_string())));
    }
    let request = Request {
        paths: &paths,
        stdin_name: args.stdin_filename.as_deref(),
        kind: args.kind,
        kinds: CHECKED_KINDS,
    };
    let loaded = load_edited(
        &request,
        origin(args),
        &choice,
        args.build.request(),
        args.build.host.clone(),
        stdin,
        edited,
    )?;
    if args.verbose && edited.is_empty() {
        say_what_is_read(&loaded)?;
    }
    let options = check::Options {
        selections: loaded.selections,
        no_ignores: args.no_ignores,
        request: loaded.request,
    };
    let mut outcome = check::check(loaded.sources, &options);
    outcome.errors.extend(loaded.errors);
    outcome.skipped.extend(loaded.skipped);
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

/// Prints and writes the reports.
pub(super) fn tell(args: &CheckArgs, round: &Round) -> io::Result<Exit> {
    let outcome = &round.outcome;
    let exit = exit(outcome, args.fail_level, &round.fail_levels);
    let written = write_files(&args.output, outcome);
    if !args.quiet {
        print(args.format, args.color, outcome)?;
    }
    Ok(exit.max(written))
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

pub(super) fn wrong_usage(message: &str) -> Exit {
    complain(&Names::BUILT_IN, None, message);
    Exit::Failed
}

fn say_what_is_read(loaded: &Loaded) -> io::Result<()> {
    let mut out = io::stderr().lock();
    let names = loaded.request.masked_names();
    let shown = |path: &str| {
        let path = Door::new(&names).path(path);
        escape::line(path.as_str()).into_owned()
    };
    let root = source::slashed(loaded.root.folder());
    writeln!(out, "docklint: project root {}", shown(&root))?;
    for source in loaded.sources.iter().filter(|file| !file.is_part()) {
        let path = shown(source.path());
        let template = match (source.is_template(), source.is_context()) {
            (true, _) => " template",
            (false, true) => ", referred to",
            (false, false) => "",
        };
        writeln!(out, "docklint: {path} ({}{template})", source.kind().name())?;
    }
    Ok(())
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

/// Writes the reports that go to files. One that cannot be written does not stop the others.
pub(super) fn write_files(outputs: &[(Format, PathBuf)], outcome: &Outcome) -> Exit {
    let mut exit = Exit::Clean;
    for (format, path) in outputs {
        if let Err(error) = write_file(*format, path, outcome) {
            let path = source::slashed(path);
            complain(
                &outcome.names,
                Some(&path),
                &format!("cannot write it: {error}"),
            );
            exit = Exit::Failed;
        }
    }
    exit
}

fn write_file(format: Format, path: &Path, outcome: &Outcome) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    report::render(format, outcome, &RenderOptions::default(), &mut out)?;
    out.flush()
}

fn print(format: Format, color: Color, outcome: &Outcome) -> io::Result<()> {
    Stdout::new(color).render(|options, out| report::render(format, outcome, options, out))
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
        });
        assert_eq!(exit(&outcome, None, &[]), Exit::Failed);
    }
}
