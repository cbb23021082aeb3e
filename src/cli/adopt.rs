//! `docklint baseline`, and what a baseline does in other runs.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueHint};
use hashbrown::HashSet;

use super::args::{BuildArgs, CheckArgs, ConfigurationArgs, RuleArgs, SearchArgs};
use super::loading::say_errors;
use super::{Exit, check, complain};
use crate::check::{Outcome, RunError};
use crate::finding::baseline::{Baseline, Entry, FILE_NAME, Unusable};
use crate::fix::{Round, replace};
use crate::load::Edited;
use crate::report::{baseline_entries, baseline_text};
use crate::rules::Level;
use crate::source::{self, Cause, read_below, read_named};

/// Which baseline is used.
#[derive(Debug, Default, Args)]
pub(super) struct BaselineArgs {
    /// Hide what this file knows, instead of .docklint-baseline.json in the project root
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Rules")]
    pub baseline: Option<PathBuf>,

    /// Report what a baseline would hide
    #[arg(long, conflicts_with = "baseline", help_heading = "Rules")]
    pub no_baseline: bool,
}

/// `docklint baseline`.
#[derive(Debug, Args)]
pub(super) struct BaselineCommand {
    /// Files and folders to lint; what the baseline knows of others stays [default: all below the current folder]
    #[arg(value_name = "PATHS", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// The file to write [default: .docklint-baseline.json in the project root]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub output: Option<PathBuf>,

    #[command(flatten)]
    pub rules: RuleArgs,

    #[command(flatten)]
    pub build: BuildArgs,

    #[command(flatten)]
    pub configuration: ConfigurationArgs,

    #[command(flatten)]
    pub search: SearchArgs,

    /// Print nothing but why a run failed
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say on standard error which files are read or skipped
    #[arg(short, long)]
    pub verbose: bool,
}

/// Writes the baseline of what is found now.
pub(super) fn run(command: BaselineCommand) -> io::Result<Exit> {
    let args = CheckArgs {
        paths: command.paths,
        rules: command.rules,
        build: command.build,
        configuration: command.configuration,
        search: command.search,
        quiet: command.quiet,
        verbose: command.verbose,
        baseline: BaselineArgs {
            no_baseline: true,
            ..BaselineArgs::default()
        },
        ..CheckArgs::default()
    };
    let round = match check::lint(&args, &Edited::default(), &mut io::stdin())? {
        Ok(round) => round,
        Err(exit) => return Ok(exit),
    };
    let names = &round.outcome.names;
    say_errors(names, &round.outcome.errors, &round.outcome.sources);
    let is_default = command.output.is_none();
    let output = command
        .output
        .unwrap_or_else(|| round.root.folder().join(FILE_NAME));
    let shown = source::slashed(&output);
    let refuse = |message: &str| {
        complain(names, Some(&shown), message);
        Ok(Exit::Failed)
    };
    // Whoever made the project may have made the link, and let it lead anywhere.
    if is_default && output.is_symlink() {
        return refuse("is a symbolic link: name the file it leads to with --output");
    }
    let old = match read_old(&output) {
        Ok(old) => old,
        Err(message) => return refuse(&message),
    };
    let found = baseline_entries(&round.outcome);
    let kept = old.missing(&found);
    let (kept, gone): (Vec<&Entry>, Vec<&Entry>) = kept
        .into_iter()
        .partition(|entry| !was_looked_for(entry, &round));
    let count = found.len();
    let known = old
        .known(&found)
        .into_iter()
        .filter(|is_known| *is_known)
        .count();
    let text = baseline_text(&Baseline::new(
        found.into_iter().chain(kept.into_iter().cloned()).collect(),
    ));
    if let Err(error) = replace(&output, text.as_bytes()) {
        return refuse(&format!("cannot write it: {error}"));
    }
    let message = format!(
        "{count} recorded, {} of them new; {} removed",
        count - known,
        gone.len()
    );
    if !args.quiet {
        complain(names, Some(&shown), &message);
    }
    Ok(match round.outcome.errors.is_empty() {
        true => Exit::Clean,
        false => Exit::Failed,
    })
}

/// The baseline that is to be replaced. What is none is not replaced by accident.
fn read_old(path: &Path) -> Result<Baseline, String> {
    match read_named(path) {
        Ok(bytes) => match Baseline::parse(&String::from_utf8_lossy(&bytes)) {
            Err(Unusable::Version(_)) => Ok(Baseline::default()),
            parsed => parsed.map_err(|why| why.to_string()),
        },
        Err(Cause::NotFound) => Ok(Baseline::default()),
        Err(cause) => Err(cause.to_string()),
    }
}

/// Hides what the baseline knows.
pub(super) fn hide(args: &BaselineArgs, round: &mut Round) {
    let (path, read) = match &args.baseline {
        _ if args.no_baseline => return,
        Some(path) => (path.clone(), read_named(path)),
        None => {
            let path = round.root.folder().join(FILE_NAME);
            let read = read_below(&round.root, &path);
            (path, read)
        }
    };
    let baseline = match read {
        Err(Cause::NotFound) if args.baseline.is_none() => return,
        Err(cause) => Err(cause.to_string()),
        Ok(bytes) => {
            Baseline::parse(&String::from_utf8_lossy(&bytes)).map_err(|why| why.to_string())
        }
    };
    let baseline = match baseline {
        Ok(baseline) => baseline,
        Err(message) => {
            round.outcome.errors.push(RunError {
                at: None,
                path: round.root.shown(&path),
                kind: "invalid-baseline",
                message,
            });
            return;
        }
    };
    let found = baseline_entries(&round.outcome);
    let mut known = baseline.known(&found).into_iter();
    round.outcome.stale = stale(&baseline, &found, round);
    let outcome = &mut round.outcome;
    let before = outcome.findings.len();
    outcome
        .findings
        .retain(|_| !known.next().unwrap_or_default());
    outcome.baselined = before - outcome.findings.len();
}

/// Says how many entries hide nothing any more: on standard error, for most formats of a report have no
/// place for it.
pub(super) fn say_stale(outcome: &Outcome) {
    let message = match outcome.stale {
        0 => return,
        1 => {
            "1 entry of the baseline hides nothing any more: `docklint baseline` removes it".into()
        }
        many => format!(
            "{many} entries of the baseline hide nothing any more: `docklint baseline` removes them"
        ),
    };
    complain(&outcome.names, None, &message);
}

/// How many entries hide nothing any more. Only a run that looks at all that the baseline knows can
/// tell: a finding may need files that were left out.
fn stale(baseline: &Baseline, found: &[Entry], round: &Round) -> usize {
    let missing = baseline.missing(found);
    if missing.is_empty() {
        return 0;
    }
    let files: HashSet<&str> = baseline
        .entries()
        .iter()
        .map(|entry| &*entry.file)
        .collect();
    let is_seen = |file: &&str| is_checked(file, round) || is_gone(file, round);
    if !files.iter().all(is_seen) {
        return 0;
    }
    let stale = missing
        .into_iter()
        .filter(|entry| was_looked_for(entry, round));
    stale.count()
}

/// Whether an entry's finding would have been found, were it still there.
fn was_looked_for(entry: &Entry, round: &Round) -> bool {
    if is_gone(&entry.file, round) {
        return true;
    }
    let outcome = &round.outcome;
    let sources = outcome
        .sources
        .iter()
        .filter(|source| source.is_asked_for());
    let mut files = sources.filter(|source| source.path_below(&outcome.root) == entry.file);
    files.any(|source| round.selections.of(source.id()).of(&entry.rule) != Level::Off)
}

fn is_checked(file: &str, round: &Round) -> bool {
    let outcome = &round.outcome;
    let mut sources = outcome
        .sources
        .iter()
        .filter(|source| source.is_asked_for());
    sources.any(|source| source.path_below(&outcome.root) == file)
}

fn is_gone(file: &str, round: &Round) -> bool {
    !round.root.folder().join(file).exists()
}
