//! The RUN that needs a secret without leaving it in its layer.

mod settings;

use super::Destination;
use super::destination::contains;
use super::leak::{Leak, Secret};
use crate::flow::shell::Command;
use crate::flow::workspace::Build;
use crate::model::dockerfile::{Action, Program, Run};
use crate::source::Span;
use crate::syntax::dockerfile::Keyword;

/// A RUN that is written anew.
#[derive(Debug)]
pub struct Rewritten {
    /// The variable that holds the secret.
    pub name: String,
    /// The id under which it is mounted.
    pub id: String,
    /// What it becomes.
    pub to: Instead,
    /// What it does behind the command, or what the next RUN of the stage does.
    pub next: Option<String>,
}

/// What a RUN becomes that leaves a secret in its layer.
#[derive(Debug)]
pub enum Instead {
    /// Commands with the secret mounted. The flag mounts it, if there is one that does.
    Commands(Commands, Option<Span>),
    /// A mount in place of the file that it writes.
    Mount {
        /// The file's name.
        file: String,
        /// Where it is mounted.
        target: String,
        /// Whether the secret is all that the file holds.
        is_whole: bool,
    },
    /// What a program does with it is not known.
    Unknown,
}

/// Commands joined by `&&`.
#[derive(Debug, Default)]
pub struct Commands {
    /// The first ones.
    pub first: Vec<String>,
    /// Whether what comes next follows.
    pub goes_on: bool,
    /// The last one.
    pub last: Option<String>,
}

impl Commands {
    /// These, and no more.
    fn all(first: Vec<String>) -> Self {
        Self {
            first,
            ..Self::default()
        }
    }

    /// One before what comes next.
    fn before_next(first: String) -> Self {
        Self {
            goes_on: true,
            ..Self::all(vec![first])
        }
    }

    /// Whether a text stands in one of them.
    fn contain(&self, text: &str, next: Option<&str>) -> bool {
        let next = next.filter(|_| self.goes_on);
        let mut all = self.first.iter().map(String::as_str).chain(next);
        all.any(|command| command.contains(text))
    }
}

/// Writes the RUN of a leak anew.
pub fn rewritten(build: &Build<'_>, leak: &Leak<'_>) -> Rewritten {
    let rewrite = Rewrite::new(build, leak);
    let next = rewrite.next();
    let to = match leak.destination {
        Destination::File(path) => Instead::Mount {
            file: base(path).to_owned(),
            target: rewrite.absolute(path),
            is_whole: rewrite.is_whole(),
        },
        Destination::Settings(name, tool) => {
            let commands = rewrite.settings(name, tool);
            let flag = rewrite.mounting(&commands, next.as_deref());
            Instead::Commands(commands, flag)
        }
        Destination::Program(_) => Instead::Unknown,
    };
    Rewritten {
        id: rewrite.id(),
        name: rewrite.name,
        to,
        next,
    }
}

/// The text of a RUN behind its keyword, on one line.
pub fn run_text(build: &Build<'_>, step: usize) -> Option<String> {
    let step = build.model.steps.get(step)?;
    let Action::Run(run) = &step.action else {
        return None;
    };
    if step.command.keyword != Keyword::Run || matches!(run.program, Program::Exec(_)) {
        return None;
    }
    let line = &step.instruction.line.text;
    let text = line.get(step.command.keyword_word.end as usize..)?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// What the first RUN behind a step does, in its stage.
fn next_run(build: &Build<'_>, step: usize) -> Option<String> {
    let stage = build.model.steps[step].stage;
    let mut later = step + 1..build.model.stages[stage].steps.end;
    let text = later.find_map(|step| run_text(build, step));
    // Its own mounts would stand behind the one that is told.
    text.filter(|text| !text.starts_with("--"))
}

/// The id of a secret that is named like a variable.
pub fn secret_id(name: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}

/// A RUN that is written anew.
struct Rewrite<'r> {
    build: &'r Build<'r>,
    leak: &'r Leak<'r>,
    script: &'r str,
    command: Option<&'r Command>,
    /// The variable that holds the secret.
    name: String,
    /// The secret as the command has it.
    written: String,
    /// What stands for it in the new command.
    reference: String,
}

impl<'r> Rewrite<'r> {
    fn new(build: &'r Build<'_>, leak: &'r Leak<'_>) -> Self {
        let step = &build.model.steps[leak.step];
        let script = match &step.action {
            Action::Run(run) => script(run),
            _ => "",
        };
        let commands = build.commands.get(leak.step).and_then(Option::as_ref);
        let command = leak
            .command
            .and_then(|at| commands.and_then(|it| it.outcome.commands.get(at)));
        let written = one_line(script.get(leak.span.range()).unwrap_or_default());
        let tool = command.and_then(Command::name).unwrap_or_default();
        let name = match leak.secret {
            Secret::Variable(name) => name.to_owned(),
            Secret::Mounted { name, .. } if name.starts_with('/') => shouted(base(name)),
            Secret::Mounted { name, .. } => name.to_owned(),
            Secret::Literal => format!("{}_TOKEN", shouted(tool)),
        };
        let reference = match leak.secret {
            Secret::Literal => format!("${name}"),
            // The command that reads a file, which stands in brackets.
            _ if !written.starts_with('$') => format!("$({written})"),
            _ => written.clone(),
        };
        Self {
            build,
            leak,
            script,
            command,
            name,
            written,
            reference,
        }
    }

    /// `path` as a mount takes it.
    fn absolute(&self, path: &str) -> String {
        let path = path.replace(['"', '\''], "");
        for home in ["~/", "$HOME/", "${HOME}/"] {
            if let Some(rest) = path.strip_prefix(home) {
                return match self.is_root() {
                    true => format!("/root/{rest}"),
                    // Where the user's home is, and who they are, the image says.
                    false => format!("…/{rest},mode=0444"),
                };
            }
        }
        let workdir = self.step_run().and_then(|run| run.workdir.as_known());
        match workdir {
            Some(folder) if !path.starts_with(['/', '$']) => {
                let path = path.trim_start_matches("./");
                format!("{}/{path}", folder.trim_end_matches('/'))
            }
            _ => path,
        }
    }

    /// The model of the RUN.
    fn step_run(&self) -> Option<&'r Run<'r>> {
        match &self.build.model.steps[self.leak.step].action {
            Action::Run(run) => Some(run),
            _ => None,
        }
    }

    /// Whether no USER stands above the RUN but root.
    fn is_root(&self) -> bool {
        let user = self.step_run().and_then(|run| run.user.as_ref());
        user.is_none_or(|user| {
            let name = user.as_known().and_then(|user| user.split(':').next());
            matches!(name, Some("root" | "0"))
        })
    }

    /// Whether the secret is all that the file holds.
    fn is_whole(&self) -> bool {
        let Some(command) = self.command.filter(|_| !self.is_literal()) else {
            return false;
        };
        if command.span == self.leak.span {
            return true;
        }
        let words: Vec<String> = command
            .argv
            .iter()
            .skip(1)
            .map(|word| one_line(self.script.get(word.span.range()).unwrap_or_default()))
            .filter(|word| !word.starts_with('-') && !is_format(word))
            .collect();
        matches!(words.as_slice(), [word] if word.trim_matches(['"', '\'']) == self.written)
    }

    /// The flag that mounts the secret, if nothing else is needed. What the shell sets from the file may
    /// as well be mounted as a variable, which is what npm's placeholder needs.
    fn mounting(&self, commands: &Commands, next: Option<&str>) -> Option<Span> {
        match self.leak.secret {
            Secret::Mounted {
                flag, set: None, ..
            } => (!commands.contain(&self.variable(), next)).then_some(flag),
            _ => None,
        }
    }

    /// `${NAME}`
    fn variable(&self) -> String {
        format!("${{{}}}", self.name)
    }

    fn is_literal(&self) -> bool {
        matches!(self.leak.secret, Secret::Literal)
    }

    fn id(&self) -> String {
        match self.leak.secret {
            Secret::Mounted { flag, .. } => {
                let mounts = self.step_run().map(|run| run.mounts.as_slice());
                let mut mounts = mounts.unwrap_or_default().iter();
                let mount = mounts.find(|(_, at)| *at == flag).map(|(mount, _)| mount);
                let id = mount.and_then(|it| it.id.as_ref().or(it.source.as_ref())?.as_known());
                id.map_or_else(|| secret_id(&self.name), str::to_owned)
            }
            _ => secret_id(&self.name),
        }
    }

    /// The command's text on one line, with `reference` where it has the secret.
    fn with_reference(&self, reference: &str) -> String {
        let span = self.command.map(|it| it.span).unwrap_or_default();
        self.replaced(span, reference)
    }

    /// The command's text up to the next one that runs when it is done.
    fn statement(&self) -> String {
        let start = self.command.map_or(0, |it| it.span.start as usize);
        let (end, _) = self.behind();
        self.replaced(Span::new(start, end), &self.reference)
    }

    /// Where the command's pipeline ends, and what its RUN does behind it.
    fn behind(&self) -> (usize, Behind<'r>) {
        let whole = self.script.len();
        let Some(command) = self.command else {
            return (whole, Behind::Nothing);
        };
        let (start, end) = (command.span.start as usize, command.span.end as usize);
        let rest = self.script.get(end..).unwrap_or_default();
        let mut marks = rest.match_indices(MARKS).map(|(at, _)| end + at);
        let first = marks.by_ref().take(MOST_MARKS);
        let mut outside = first.filter(|&at| !self.is_inside(at));
        let Some((at, joint)) = outside.find_map(|at| Some((at, joint(self.script, at)?))) else {
            return match marks.next() {
                None => (whole, Behind::Nothing),
                Some(_) => (whole, Behind::Unclear),
            };
        };
        let is_fed = self
            .script
            .get(start..at)
            .is_some_and(|text| text.contains("<<"));
        match joint {
            Joint::Mark("\n") if is_fed => (whole, Behind::Unclear),
            Joint::Mark(mark) => {
                let text = self.script.get(at + mark.len()..).unwrap_or_default();
                match text.trim().is_empty() {
                    true => (at, Behind::Nothing),
                    false => (at, Behind::Text(text)),
                }
            }
            Joint::Unclear => (at, Behind::Unclear),
        }
    }

    /// Whether a byte of the script belongs to a word of a command, but for those around this one, or
    /// to what is redirected.
    fn is_inside(&self, at: usize) -> bool {
        let commands = self.build.commands.get(self.leak.step);
        let commands = commands.and_then(Option::as_ref);
        let mut commands = commands.iter().flat_map(|it| &it.outcome.commands);
        let is_in = |span: Span| span.range().contains(&at);
        let is_around =
            |other: &Command| self.command.is_some_and(|it| contains(other.span, it.span));
        commands.any(|other| {
            let mut texts = other.redirections.iter();
            texts.any(|it| is_in(it.span) || is_in(it.target.span))
                || is_in(other.span) && !is_around(other)
        })
    }

    /// A part of the script on one line, with `reference` where it has the secret.
    fn replaced(&self, span: Span, reference: &str) -> String {
        let text = one_line(self.script.get(span.range()).unwrap_or_default());
        let substitution = format!("$({})", self.written);
        let written = match text.contains(&substitution) {
            true => &substitution,
            false => &self.written,
        };
        match written.is_empty() {
            true => text,
            false => text.replace(written, reference),
        }
    }

    /// What the RUN does next, or the next RUN of the stage if it does nothing more.
    fn next(&self) -> Option<String> {
        match self.behind().1 {
            Behind::Nothing => next_run(self.build, self.leak.step),
            Behind::Text(text) => {
                let text = joined_lines(text);
                let is_whole = !text.trim().contains('\n') && is_balanced(&text);
                is_whole.then(|| one_line(&text))
            }
            Behind::Unclear => None,
        }
    }
}

/// What stands behind a command.
enum Behind<'r> {
    /// It is the last one.
    Nothing,
    /// This, joined by a mark.
    Text(&'r str),
    /// Something that cannot be taken apart.
    Unclear,
}

/// What joins two commands.
enum Joint {
    /// The second runs when the first is done.
    Mark(&'static str),
    /// It may be otherwise.
    Unclear,
}

/// The bytes with which a pipeline may end, or the text around it.
const MARKS: [char; 10] = ['&', '|', ';', '\n', '(', ')', '#', '`', '"', '\''];

/// So many of them are looked at behind a command.
const MOST_MARKS: usize = 64;

/// What a mark outside of all words joins; none if the pipeline goes on.
fn joint(script: &str, at: usize) -> Option<Joint> {
    let before = script.get(..at)?;
    let rest = script.get(at..)?;
    Some(match rest.as_bytes() {
        [b'&', b'&', ..] => Joint::Mark("&&"),
        [b'\n', ..] if before.ends_with('\\') => return None,
        [b'\n', ..] => Joint::Mark("\n"),
        [b';', b';', ..] => Joint::Unclear,
        [b';', ..] => Joint::Mark(";"),
        [b'|', b'|', ..] => Joint::Unclear,
        [b'|', ..] => return None,
        [b'&', ..] if before.ends_with('|') => return None,
        _ => Joint::Unclear,
    })
}

fn script<'r>(run: &'r Run<'_>) -> &'r str {
    match &run.program {
        Program::Shell { script, .. } | Program::File { script, .. } => &script.text,
        Program::Exec(_) => "",
    }
}

/// A text without the marks that continue a line.
fn joined_lines(text: &str) -> String {
    text.replace("\\\n", " ")
}

/// A text on one line.
fn one_line(text: &str) -> String {
    let text = joined_lines(text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a piece of a script can stand alone.
fn is_balanced(text: &str) -> bool {
    let count = |c: char| text.matches(c).count();
    let ends_block = text
        .split([' ', ';'])
        .any(|word| matches!(word, "fi" | "done" | "esac" | "else"));
    let quotes = count('"') % 2 == 0 && count('\'') % 2 == 0;
    count('(') == count(')') && count('{') == count('}') && quotes && !ends_block
}

/// The format of `printf`.
fn is_format(word: &str) -> bool {
    word.trim_matches(['"', '\'']).starts_with('%')
}

/// `NPM_TOKEN` of `npm-token`.
fn shouted(name: &str) -> String {
    secret_id(name).to_ascii_uppercase()
}

/// The last part of a path.
fn base(path: &str) -> &str {
    let path = path.trim_matches(['"', '\'']);
    path.rsplit('/').next().unwrap_or(path)
}
