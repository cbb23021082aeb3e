//! `docklint check` with `--fix`, `--fix-suggested`, `--diff` or `--add-suppressions`.

use std::io::{self, Read, Write};

use clap::Args;

use super::args::CheckArgs;
use super::loading::say_errors;
use super::output::Stdout;
use super::outputs::{self, Stream};
use super::{Exit, check, complain};
use crate::check::{FixedFile, Outcome};
use crate::finding::redact::Door;
use crate::fix::{self, Change, Mended, Round, Suppressing};
use crate::load::Edited;
use crate::report::{self, FileDiff, Format, RenderOptions, escape};

/// What to change.
#[derive(Debug, Default, Args)]
pub(super) struct FixArgs {
    /// Mend what can be mended without changing anything else
    #[arg(long, help_heading = "Fixes")]
    pub fix: bool,

    /// Also apply fixes that may change more: look at `--diff` first
    #[arg(long, help_heading = "Fixes")]
    pub fix_suggested: bool,

    /// Show what would change instead of changing it; the exit code is 1 if anything would
    #[arg(
        long,
        conflicts_with_all = ["format", "output", "statistics", "fail_level"],
        help_heading = "Fixes"
    )]
    pub diff: bool,

    /// Write a suppression comment for everything that is found, with a reason if one is given
    #[arg(
        long,
        value_name = "REASON",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        conflicts_with_all = ["fix", "fix_suggested", "no_ignores"],
        help_heading = "Fixes"
    )]
    pub add_suppressions: Option<String>,
}

impl FixArgs {
    /// Whether anything is to be changed or previewed.
    pub fn is_asked_for(&self) -> bool {
        self.fix || self.fix_suggested || self.diff || self.add_suppressions.is_some()
    }

    /// What is done to a finding.
    fn verb(&self) -> &'static str {
        match (self.add_suppressions.is_some(), self.diff) {
            (false, false) => "fixed",
            (false, true) => "would fix",
            (true, false) => "suppressed",
            (true, true) => "would suppress",
        }
    }
}

pub(super) fn run(args: &CheckArgs, stream: Stream) -> io::Result<Exit> {
    let mut typed = Typed::default();
    let told = mend(args, stream, &mut typed);
    // Whoever pipes a text through puts what comes out in its place.
    if !args.fix.diff && check::asks_for_stdin(args) && !typed.is_passed_on {
        typed.pass_on_unchanged()?;
    }
    told
}

fn mend(args: &CheckArgs, stream: Stream, typed: &mut Typed) -> io::Result<Exit> {
    let reason = args.fix.add_suppressions.clone().unwrap_or_default();
    if reason.contains(['\n', '\r']) {
        return Ok(check::wrong_usage(
            "the reason of a suppression is one line",
        ));
    }
    let mut suppressing = Suppressing::new(reason);
    let mut wrong = None;
    let lint = |edited: &Edited| match check::lint(args, edited, &mut typed.reader())? {
        Ok(round) => Ok(round),
        Err(exit) => {
            wrong = Some(exit);
            Err(io::Error::other("wrong usage"))
        }
    };
    let pick = |round: &Round| -> Vec<Change> {
        match args.fix.add_suppressions {
            Some(_) => suppressing.changes(round),
            None => fix::of_findings(round, args.fix.fix_suggested),
        }
    };
    let mended = fix::in_rounds(lint, pick);
    if let Some(exit) = wrong {
        return Ok(exit);
    }
    let mut mended = mended?;
    let told = match args.fix.diff {
        true => preview(args, &mended),
        false => apply(args, stream, &mut mended, typed),
    }?;
    let names = &mended.last.outcome.names;
    for path in &mended.beside {
        let message = "not changed, although a fix asks for it: with standard input nothing else is; run docklint on the files";
        complain(names, Some(path), message);
    }
    for (path, rule) in &mended.in_vain {
        let message = format!("a fix of `{rule}` did not help, so it is not made again");
        complain(names, Some(path), &message);
    }
    if let Some(stop) = mended.stop {
        complain(names, None, &stop.to_string());
    }
    for (path, rule) in &suppressing.impossible {
        let message = format!(
            "a file of this kind holds no comments: turn `{rule}` off for it in docklint.toml, or record it with `docklint baseline`"
        );
        complain(names, Some(path), &message);
    }
    for (path, rule) in &suppressing.left {
        let message = format!(
            "no comment hides this finding of `{rule}` alone: `# docklint: ignore-file[{rule}]` hides it in the whole file, `docklint baseline` records it"
        );
        complain(names, Some(path), &message);
    }
    Ok(told)
}

/// Shows what would change.
fn preview(args: &CheckArgs, mended: &Mended) -> io::Result<Exit> {
    let first = mended.first.as_ref().unwrap_or(&mended.last.outcome);
    if !args.quiet {
        let others = report::travelling(first);
        let files = mended.files.values();
        let diffs =
            files.map(|file| FileDiff::new(&first.names, &others, &file.before, &file.changed()));
        let diffs: Vec<FileDiff> = diffs.collect();
        let show = |options: &RenderOptions, out: &mut dyn Write| {
            let mut diffs = diffs.iter();
            diffs.try_for_each(|diff| diff.render(options.color, out))
        };
        Stdout::new(args.color).render(show)?;
        say(args, &mended.fixed(), &mended.last.outcome);
        if mended.files.is_empty() {
            complain(&mended.last.outcome.names, None, "nothing would change");
        }
        offer(args, &mended.last);
    }
    let outcome = &mended.last.outcome;
    let refused = mended.refused();
    for error in outcome.errors.iter().chain(&refused) {
        complain(&outcome.names, Some(&error.path), &error.message);
    }
    Ok(match outcome.errors.is_empty() && refused.is_empty() {
        false => Exit::Failed,
        true if mended.files.is_empty() => Exit::Clean,
        true => Exit::Findings,
    })
}

/// Says how many fixes there would be with `--fix-suggested`.
fn offer(args: &CheckArgs, left: &Round) {
    if args.fix.fix_suggested || args.fix.add_suppressions.is_some() {
        return;
    }
    let message = match fix::of_findings(left, true).len() {
        0 => return,
        1 => "1 more fix is suggested: see it with --fix-suggested".to_owned(),
        count => format!("{count} more fixes are suggested: see them with --fix-suggested"),
    };
    complain(&left.outcome.names, None, &message);
}

/// Writes what changed, and tells what is left.
fn apply(
    args: &CheckArgs,
    stream: Stream,
    mended: &mut Mended,
    typed: &mut Typed,
) -> io::Result<Exit> {
    if !mended.write() {
        // What is left is what is on disk.
        let edited = mended.typed();
        if let Ok(round) = check::lint(args, &edited, &mut typed.reader())? {
            mended.last = round;
        }
    }
    let fixed = mended.fixed();
    let refused = mended.refused();
    let outcome = &mut mended.last.outcome;
    outcome.errors.extend(refused);
    outcome.errors.sort();
    if args.fix.add_suppressions.is_none() {
        outcome.fixed = fixed.clone();
    }
    let outcome = &mended.last.outcome;
    if !check::asks_for_stdin(args) {
        if !args.quiet && (stream.format() != Format::Human || args.fix.add_suppressions.is_some())
        {
            say(args, &fixed, outcome);
        }
        return check::tell(args, stream, &mended.last);
    }
    // Standard output is for the text, whatever became of it.
    match mended.last.stdin {
        Some(file) => typed.pass_on(&outcome.sources[file.0 as usize].bytes())?,
        None => typed.pass_on_unchanged()?,
    }
    let exit = check::exit(outcome, args.fail_level, &mended.last.fail_levels);
    let written = outputs::write_files(args, outcome);
    if args.quiet {
        say_errors(&outcome.names, &outcome.errors, &outcome.sources);
    } else {
        let options = RenderOptions {
            statistics: args.statistics,
            ..RenderOptions::default()
        };
        report::render(stream.format(), outcome, &options, &mut io::stderr().lock())?;
    }
    Ok(exit.max(written.exit))
}

/// Says on standard error what was done in which file.
fn say(args: &CheckArgs, fixed: &[FixedFile], outcome: &Outcome) {
    let door = Door::new(&outcome.names);
    for FixedFile { path, rules } in fixed {
        let rules: Vec<String> = rules
            .iter()
            .map(|(rule, count)| format!("{count} × {rule}"))
            .collect();
        let path = door.path(path);
        let line = format!("{path}: {} {}", args.fix.verb(), rules.join(", "));
        // Nobody is left to tell if this fails.
        let _ = writeln!(io::stderr(), "docklint: {}", escape::line(&line));
    }
}

/// Standard input, which can be read only once but is needed for each round.
#[derive(Default)]
struct Typed {
    bytes: Vec<u8>,
    is_read: bool,
    /// Whether standard output has the text.
    is_passed_on: bool,
}

impl Typed {
    /// Writes what becomes of the text to standard output.
    fn pass_on(&mut self, text: &[u8]) -> io::Result<()> {
        self.is_passed_on = true;
        let mut out = io::stdout().lock();
        out.write_all(text)?;
        out.flush()
    }

    /// Writes the text as it came, with what is too much for linting. All of it is read first: whoever
    /// writes it may read nothing before they are done.
    fn pass_on_unchanged(&mut self) -> io::Result<()> {
        let mut text = std::mem::take(&mut self.bytes);
        io::stdin().read_to_end(&mut text)?;
        self.pass_on(&text)
    }

    fn reader(&mut self) -> TypedReader<'_> {
        TypedReader { typed: self, at: 0 }
    }
}

/// Reads standard input when it is first asked for, as loading does only if it was named.
struct TypedReader<'t> {
    typed: &'t mut Typed,
    at: usize,
}

impl Read for TypedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.typed.is_read {
            // As much as a file may have, and one byte more for loading to see.
            io::stdin()
                .take(crate::source::SIZE_LIMIT + 1)
                .read_to_end(&mut self.typed.bytes)?;
            self.typed.is_read = true;
        }
        let mut rest = self.typed.bytes.get(self.at..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.at += count;
        Ok(count)
    }
}
