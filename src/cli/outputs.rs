//! Where the reports of a check go: to files, and one to standard output.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use super::args::CheckArgs;
use super::output::Stdout;
use super::{Exit, adopt, complain};
use crate::check::Outcome;
use crate::finding::redact::Door;
use crate::report::{self, Format, RenderOptions, escape};
use crate::source;

/// What goes to standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stream(Format);

impl Stream {
    /// The format that it has.
    pub fn format(self) -> Format {
        self.0
    }
}

/// Whether an output is standard output.
fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// What goes to standard output; what is wrong if two reports would go to one place.
pub(super) fn stream(args: &CheckArgs) -> Result<Stream, String> {
    let mut places: Vec<PathBuf> = Vec::new();
    let mut stream = args.format;
    for (format, path) in &args.output {
        let to_stdout = is_stdout(path);
        if to_stdout && stream.is_some() {
            return Err(
                "two reports would go to standard output: give --format or one --output FORMAT=-"
                    .to_owned(),
            );
        }
        if to_stdout {
            stream = Some(*format);
            continue;
        }
        // The same file may have several names; what is not there yet has only its path.
        let place = path.canonicalize().or_else(|_| std::path::absolute(path));
        let place = place.unwrap_or_else(|_| path.clone());
        if places.contains(&place) {
            let path = source::slashed(path);
            return Err(format!("two reports would go to {path}"));
        }
        places.push(place);
    }
    Ok(Stream(stream.unwrap_or_default()))
}

/// The files to write.
fn files(args: &CheckArgs) -> impl Iterator<Item = &(Format, PathBuf)> {
    args.output.iter().filter(|(_, path)| !is_stdout(path))
}

/// What became of the reports that go to files.
pub(super) struct Written<'a> {
    /// How writing ended.
    pub exit: Exit,
    /// Those that were written.
    pub files: Vec<&'a (Format, PathBuf)>,
}

/// Writes the reports that go to files. One that cannot be written does not stop the others.
pub(super) fn write_files<'a>(args: &'a CheckArgs, outcome: &Outcome) -> Written<'a> {
    let options = RenderOptions {
        statistics: args.statistics,
        ..RenderOptions::default()
    };
    let mut written = Written {
        exit: Exit::Clean,
        files: Vec::new(),
    };
    for output in files(args) {
        let (format, path) = output;
        let message = match is_source(path, outcome) {
            true => "not written: it is one of the files that were checked".to_owned(),
            false => match write_file(*format, path, outcome, &options) {
                Ok(()) => {
                    written.files.push(output);
                    continue;
                }
                Err(error) => format!("cannot write it: {error}"),
            },
        };
        complain(&outcome.names, Some(&source::slashed(path)), &message);
        written.exit = Exit::Failed;
    }
    written
}

/// Whether a path leads to a file that was read, under whatever name.
fn is_source(path: &Path, outcome: &Outcome) -> bool {
    let Ok(place) = path.canonicalize() else {
        return false;
    };
    let mut on_disk = outcome.sources.iter().filter(|source| !source.is_part());
    on_disk.any(|source| {
        let location = source.location();
        // As locations are written: with a `/` before a drive.
        let location = match cfg!(windows) {
            true => location.trim_start_matches('/'),
            false => location,
        };
        Path::new(location)
            .canonicalize()
            .is_ok_and(|it| it == place)
    })
}

fn write_file(
    format: Format,
    path: &Path,
    outcome: &Outcome,
    options: &RenderOptions,
) -> io::Result<()> {
    let mut out = BufWriter::new(File::create(path)?);
    report::render(format, outcome, options, &mut out)?;
    out.flush()
}

/// Prints the report for standard output; where files were written, also the run in figures for who
/// is watching.
pub(super) fn print(
    args: &CheckArgs,
    stream: Stream,
    outcome: &Outcome,
    written: &[&(Format, PathBuf)],
) -> io::Result<()> {
    let format = stream.format();
    Stdout::new(args.color).render(|options, out| {
        let options = RenderOptions {
            statistics: args.statistics,
            ..*options
        };
        report::render(format, outcome, &options, out)
    })?;
    adopt::say_stale(outcome);
    let door = Door::new(&outcome.names);
    let name = |path: &Path| {
        let path = door.path(&source::slashed(path));
        escape::line(path.as_str()).into_owned()
    };
    let written: Vec<String> = written
        .iter()
        .map(|(format, path)| format!("{} ({})", name(path), format.name()))
        .collect();
    match (written.is_empty(), format) {
        (true, _) => Ok(()),
        (false, Format::Human) => writeln!(io::stdout(), "Reports: {}", written.join(", ")),
        (false, _) => {
            let figures = report::figures(outcome);
            writeln!(io::stderr(), "docklint: {figures}")?;
            writeln!(io::stderr(), "docklint: reports: {}", written.join(", "))
        }
    }
}
