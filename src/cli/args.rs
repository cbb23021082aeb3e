//! What was typed. What it means is decided by the commands.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum, ValueHint};
use clap_complete::Shell;

use super::adopt::{BaselineArgs, BaselineCommand};
use super::fix::FixArgs;
use super::place::Place;
use super::schema::Schema;
use super::shell;
use crate::config::Origin;
use crate::finding::Severity;
use crate::flow::{Request, RequestedArg};
use crate::load::CHECKED_KINDS;
use crate::model::dockerfile::Platform;
use crate::report::Format;
use crate::report::trace::TraceFormat;
use crate::rules::Choice;
use crate::source::FileKind;

/// Lints Docker files by working out what every build step will really see
///
/// docklint reports proxy, mirror and secret settings that stop short of where they are needed or
/// travel further than they should. `docklint PATHS` is short for `docklint check PATHS`; a path
/// named like a command is given as `./check`.
#[derive(Debug, Parser)]
#[command(
    name = "docklint",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "`docklint` alone lints everything below the current folder. `docklint explain RULE` says more about a finding.\n\n\
        Exit codes: 0 nothing at or above the fail level, 1 findings, 2 the run failed in part or whole."
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Lint files and folders (the default)
    Check(Box<CheckArgs>),
    /// Record what is found now, so that only new findings are told
    Baseline(Box<BaselineCommand>),
    /// Show what build steps see, what a compose project is, what the daemon gets, and where it comes from
    Resolve(Box<ResolveArgs>),
    /// Show where a variable is set, how it travels and where it stops
    Trace(Box<TraceArgs>),
    /// Explain a rule: what it finds, why it matters, how to fix it
    Explain {
        /// The rule
        rule: String,
        /// Whether to use colours
        #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
        color: Color,
    },
    /// List the rules
    Rules {
        /// How to print them
        #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
        format: ListFormat,
        /// Whether to use colours
        #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
        color: Color,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    Man {
        /// Write this page and one for each command into a folder instead
        #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
        out: Option<PathBuf>,
    },
    /// Write a docklint.toml with comments, fitted to the files that are there
    Init(InitArgs),
    /// Print a JSON schema
    Schema {
        /// What it describes
        #[arg(value_name = "SCHEMA", value_enum, default_value_t)]
        of: Schema,
    },
}

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The folder that the file is for
    #[arg(value_name = "FOLDER", default_value = ".", value_hint = ValueHint::DirPath)]
    pub folder: PathBuf,

    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,

    /// Print it instead
    #[arg(long)]
    pub stdout: bool,
}

#[derive(Debug, Default, Args)]
pub(super) struct CheckArgs {
    /// Files and folders to lint; `-` is standard input
    ///
    /// Folders are searched for files that docklint knows, hidden ones included, leaving out what
    /// a `.gitignore` lists (`--no-respect-gitignore` takes that in). A file that is named is linted
    /// though a `.gitignore` lists it, but not if `exclude` in the configuration does.
    #[arg(value_name = "PATHS", value_hint = ValueHint::AnyPath)]
    pub paths: Vec<PathBuf>,

    /// How to print the findings [default: human]
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    pub format: Option<Format>,

    /// Also write the findings to a file in another format, `-` for standard output; may be repeated
    #[arg(long, value_name = "FORMAT=FILE", value_parser = output)]
    pub output: Vec<(Format, PathBuf)>,

    #[command(flatten)]
    pub rules: RuleArgs,

    /// The least severity that makes the exit code 1 [default: warning]
    #[arg(long, value_name = "LEVEL", value_parser = severity_parser(), help_heading = "Rules")]
    pub fail_level: Option<Severity>,

    /// Report what suppression comments would hide
    #[arg(long, help_heading = "Rules")]
    pub no_ignores: bool,

    #[command(flatten)]
    pub fix: FixArgs,

    #[command(flatten)]
    pub baseline: BaselineArgs,

    #[command(flatten)]
    pub build: BuildArgs,

    #[command(flatten)]
    pub configuration: ConfigurationArgs,

    #[command(flatten)]
    pub search: SearchArgs,

    /// The name that standard input goes by
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Files")]
    pub stdin_filename: Option<PathBuf>,

    /// The kind of the files named, if their names do not say it
    #[arg(long, value_name = "KIND", value_parser = kind_parser(), help_heading = "Files")]
    pub kind: Option<FileKind>,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub color: Color,

    /// Print how many findings each rule has instead of the findings; in JSON, besides
    #[arg(long)]
    pub statistics: bool,

    /// Print nothing but why a run failed: the exit code tells
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say on standard error which files are read or skipped, and how long each phase takes
    #[arg(short, long)]
    pub verbose: bool,
}

/// Which rules run.
#[derive(Debug, Default, Args)]
pub(super) struct RuleArgs {
    /// Run only these rules or groups of rules (`docklint rules` lists both)
    #[arg(
        long,
        value_name = "RULE|GROUP",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub select: Vec<String>,

    /// Do not run these rules or groups of rules
    #[arg(
        long,
        value_name = "RULE|GROUP",
        value_delimiter = ',',
        help_heading = "Rules"
    )]
    pub ignore: Vec<String>,

    /// Also run the rules that are off because they are often a matter of taste
    #[arg(long, help_heading = "Rules")]
    pub pedantic: bool,
}

impl RuleArgs {
    /// The choice they make.
    pub fn choice(&self) -> Choice {
        Choice {
            pedantic: self.pedantic,
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            ..Choice::default()
        }
    }
}

/// What is found in folders.
#[derive(Debug, Default, Args)]
pub(super) struct SearchArgs {
    /// Search folders for what a `.gitignore` lists, too
    #[arg(long, overrides_with = "respect_gitignore", help_heading = "Files")]
    no_respect_gitignore: bool,

    /// Leave out what a `.gitignore` lists, though the configuration says otherwise
    #[arg(long, overrides_with = "no_respect_gitignore", help_heading = "Files")]
    respect_gitignore: bool,
}

impl SearchArgs {
    /// Whether what a `.gitignore` lists is left out, if that is said.
    pub fn respect_gitignore(&self) -> Option<bool> {
        let is_said = self.respect_gitignore || self.no_respect_gitignore;
        is_said.then_some(self.respect_gitignore)
    }
}

/// Which configuration holds.
#[derive(Debug, Default, Args)]
pub(super) struct ConfigurationArgs {
    /// Use this configuration file instead of any docklint.toml
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Configuration")]
    pub config: Option<PathBuf>,

    /// Use no configuration file
    #[arg(long, conflicts_with = "config", help_heading = "Configuration")]
    pub isolated: bool,
}

impl ConfigurationArgs {
    /// Where the configuration comes from.
    pub fn origin(&self) -> Origin<'_> {
        match &self.config {
            Some(file) => Origin::File(file),
            None if self.isolated => Origin::Isolated,
            None => Origin::Nearest,
        }
    }
}

/// What a build is asked for.
#[derive(Debug, Default, Args)]
pub(super) struct BuildArgs {
    /// A build argument given to every Dockerfile; without a value: given, but not told here
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = RequestedArg::parse, help_heading = "Builds")]
    pub build_arg: Vec<RequestedArg>,

    /// The stage to build [default: the last one]
    #[arg(long, value_name = "STAGE", help_heading = "Builds")]
    pub target: Option<String>,

    /// A file that Compose takes variables from instead of .env; may be repeated
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath, help_heading = "Builds")]
    pub env_file: Vec<String>,

    /// A variable of the shell that Compose or `docker build` is called from; without a value, docklint's own; may be repeated
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = RequestedArg::parse, help_heading = "Builds")]
    pub env: Vec<RequestedArg>,

    /// Take docklint's own environment for that shell's: otherwise nothing is known of it
    #[arg(long, help_heading = "Builds")]
    pub use_shell_env: bool,

    /// Also look at this machine's units, drop-ins, daemon.json and users' config.json, or those below ROOT
    #[arg(long, value_name = "ROOT", num_args = 0..=1, require_equals = true, default_missing_value = "/", value_parser = folder, value_hint = ValueHint::DirPath, help_heading = "Builds")]
    pub host: Option<PathBuf>,

    /// A Compose profile that is active; may be repeated
    #[arg(long, value_name = "NAME", help_heading = "Builds")]
    pub profile: Vec<String>,

    /// The platform to build for [default: linux/amd64]
    #[arg(long, value_name = "OS/ARCH", value_parser = platform, help_heading = "Builds")]
    pub platform: Option<Platform>,
}

impl BuildArgs {
    /// The request they make.
    pub fn request(&self) -> Request {
        Request {
            build_args: self.build_arg.clone(),
            target: self.target.clone(),
            platform: self.platform.clone(),
            env_files: self.env_file.clone(),
            process: shell::environment(&self.env, self.use_shell_env),
            profiles: self.profile.clone(),
            ..Request::default()
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct ResolveArgs {
    /// A Dockerfile, a compose file (with a line, only the step or service that stands there), or a
    /// unit, drop-in, daemon.json or config.json. With --host it can be left out: the machine's own
    /// daemons and clients
    #[arg(value_name = "PATH[:LINE]", value_hint = ValueHint::FilePath, required_unless_present = "host")]
    pub place: Option<Place>,

    #[command(flatten)]
    pub build: BuildArgs,

    #[command(flatten)]
    pub search: SearchArgs,

    /// How to print it
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    pub format: ListFormat,

    /// The kind of the file, if its name does not say it
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    pub kind: Option<FileKind>,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub color: Color,
}

#[derive(Debug, Args)]
pub(super) struct TraceArgs {
    /// The variable; of a proxy both spellings are followed
    pub variable: String,

    /// A file or a folder; with a line, only what concerns the instruction there
    #[arg(value_name = "PATH[:LINE]", default_value = ".", value_hint = ValueHint::AnyPath)]
    pub place: Place,

    #[command(flatten)]
    pub build: BuildArgs,

    #[command(flatten)]
    pub search: SearchArgs,

    /// How to show it
    #[arg(long, value_name = "FORMAT", default_value = "human", value_parser = trace_format_parser())]
    pub format: TraceFormat,

    /// The kind of the file, if its name does not say it
    #[arg(long, value_name = "KIND", value_parser = kind_parser())]
    pub kind: Option<FileKind>,

    /// Whether to use colours
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub color: Color,
}

/// How lists are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// If standard output is a terminal, subject to NO_COLOR and CLICOLOR_FORCE
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name))
        .map(|name| Format::parse(&name).unwrap_or_default())
}

fn trace_format_parser() -> impl TypedValueParser<Value = TraceFormat> {
    PossibleValuesParser::new(
        TraceFormat::ALL.map(|format| PossibleValue::new(format.name()).help(format.what())),
    )
    .map(|name| TraceFormat::parse(&name).unwrap_or_default())
}

fn severity_parser() -> impl TypedValueParser<Value = Severity> {
    PossibleValuesParser::new(["info", "warning", "error"])
        .map(|name| Severity::parse(&name).unwrap_or(Severity::Warning))
}

fn kind_parser() -> impl TypedValueParser<Value = FileKind> {
    PossibleValuesParser::new(CHECKED_KINDS.iter().map(|kind| kind.name()))
        .try_map(|name| FileKind::from_name(&name).ok_or("no such kind"))
}

fn platform(text: &str) -> Result<Platform, &'static str> {
    Platform::parse(text).ok_or("write OS/ARCH, such as linux/arm64")
}

fn folder(text: &str) -> Result<PathBuf, &'static str> {
    let folder = PathBuf::from(text);
    match folder.is_dir() {
        true => Ok(folder),
        false => Err("no such folder"),
    }
}

fn output(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or("write FORMAT=FILE, such as sarif=docklint.sarif")?;
    let format = Format::parse(format).ok_or_else(|| {
        let known = Format::ALL.map(Format::name).join(", ");
        format!("there is no format `{format}`; there is {known}")
    })?;
    Ok((format, file.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_path_named_like_a_command_is_given_with_its_folder() {
        let parse = |args: &[&str]| Cli::try_parse_from(args).unwrap();
        assert!(matches!(
            parse(&["docklint", "man"]).command,
            Some(Command::Man { out: None })
        ));
        let cli = parse(&["docklint", "./man", "x"]);
        assert!(cli.command.is_none());
        assert_eq!(
            cli.check.paths,
            [PathBuf::from("./man"), PathBuf::from("x")]
        );
    }
}
