//! What the commands of a RUN see: its shell, run forward from the step's environment.

use std::borrow::Cow;
use std::cell::Cell;

use hashbrown::HashMap;

use super::shell::{self, Interpreter, Options, Outcome, StartVariable};
use crate::model::base_images::{self, Shell};
use crate::model::dockerfile::{self, Action, Lookup, Program, Run, Stage, Step};
use crate::model::{HopId, Unknown, Value};
use crate::source::{FileId, Location, Span, TextMap};
use crate::syntax::shell::{Dialect, MAX_SIZE, parse_up_to};

/// The commands of a RUN.
#[derive(Debug)]
pub struct StepCommands {
    /// What the shell does; spans lie in the text it was given.
    pub outcome: Outcome,
    /// From that text to the Dockerfile.
    map: TextMap,
    /// The hops of the outcome's assignments.
    hops: Vec<HopId>,
    file: FileId,
}

impl StepCommands {
    /// Where a span of the shell's text stands in the Dockerfile.
    pub fn locate(&self, span: Span) -> Location {
        Location {
            file: self.file,
            span: self.map.span(span.start as usize, span.end as usize),
        }
    }

    /// The assignments of the shell, each with its hop.
    pub fn assignments(&self) -> impl Iterator<Item = (&shell::Assignment, HopId)> {
        self.outcome
            .assignments
            .iter()
            .zip(self.hops.iter().copied())
    }

    /// The hop of an origin.
    pub fn hop(&self, origin: shell::Origin) -> Option<HopId> {
        Outcome::hop(origin, &self.hops)
    }
}

/// Bytes of values that the shells of a file's builds may copy: far more than anything that somebody
/// wrote.
const ROOM: usize = 16 << 20;

/// What the shells of a build may cost: its part of what is spent on the file.
struct Budget {
    /// Bytes of values that may be copied.
    room: Cell<usize>,
    /// How much may be run, as [`Script::size`](crate::syntax::shell::Script::size) counts it.
    size: usize,
}

impl Budget {
    /// What `text` does; nothing is run any more once something was too much.
    fn simulate<'s>(
        &'s mut self,
        text: &str,
        (dialect, options): (Dialect, Options),
        start: &'s shell::Start<'s>,
    ) -> Outcome {
        if self.size == 0 && !text.is_empty() {
            return Outcome::cut();
        }
        let script = parse_up_to(self.size, text, dialect);
        let outcome = shell::simulate(&script, dialect, options, start, &self.room);
        self.size = match outcome.is_cut {
            true => 0,
            false => self.size - script.size,
        };
        outcome
    }
}

/// Runs the shells of all RUNs, in one of so many builds of the file. The hops of their assignments
/// join the build's.
pub(super) fn run_shells(
    build: &mut dockerfile::Build<'_>,
    builds_of_file: usize,
) -> Vec<Option<StepCommands>> {
    let builds = builds_of_file.max(1);
    let mut budget = Budget {
        room: Cell::new(ROOM / builds),
        size: MAX_SIZE / builds,
    };
    let mut commands = Vec::with_capacity(build.steps.len());
    for index in 0..build.steps.len() {
        commands.push(run_shell(build, index, &mut budget));
    }
    commands
}

fn run_shell(
    build: &mut dockerfile::Build<'_>,
    index: usize,
    budget: &mut Budget,
) -> Option<StepCommands> {
    let step = &build.steps[index];
    let Action::Run(run) = &step.action else {
        return None;
    };
    let stage = &build.stages[step.stage];
    let (text, map, interpreter) = script(run, stage);
    let mut outcome = Outcome::default();
    if let Interpreter::Shell(dialect, options) = interpreter {
        let start = Start::new(build, step, run);
        outcome = budget.simulate(&text, (dialect, options), &|name| start.variable(name));
    }
    let file = build.file;
    let locate = |span: Span| Location {
        file,
        span: map.span(span.start as usize, span.end as usize),
    };
    let hops = outcome.add_hops(&mut build.provenance, locate);
    Some(StepCommands {
        outcome,
        map,
        hops,
        file,
    })
}

/// The text a shell runs, where it stands, and which shell it is.
fn script<'r>(run: &'r Run<'_>, stage: &Stage<'_>) -> (Cow<'r, str>, TextMap, Interpreter) {
    match &run.program {
        Program::Shell { shell, script } => {
            let interpreter = interpreter(shell, stage);
            (
                Cow::Borrowed(&*script.text),
                script.map.clone(),
                interpreter,
            )
        }
        Program::File { script, .. } => {
            let interpreter = Interpreter::from_shebang(&script.text).unwrap_or_default();
            (
                Cow::Borrowed(&*script.text),
                script.map.clone(),
                interpreter,
            )
        }
        Program::Exec(arguments) => {
            let (text, map) = quoted(arguments);
            (Cow::Owned(text), map, Interpreter::default())
        }
    }
}

/// The shell of a RUN. What `/bin/sh` is depends on the image: bash reads more than dash does
/// (`facts/shell.md` 1).
fn interpreter(argv: &[String], stage: &Stage<'_>) -> Interpreter {
    let interpreter = Interpreter::from_argv(argv.iter().map(String::as_str));
    let image = stage
        .root_image
        .as_deref()
        .map(dockerfile::Reference::familiar);
    let sh = image.and_then(|image| base_images::shell(&image));
    match (interpreter, sh) {
        (Interpreter::Shell(Dialect::Sh, options), Some(Shell::Bash)) => {
            Interpreter::Shell(Dialect::Bash, options)
        }
        _ => interpreter,
    }
}

/// The JSON form as shell text that stands for the same words. Quotes stand where the JSON has
/// its own, so that spans fit.
fn quoted(arguments: &[(String, Span)]) -> (String, TextMap) {
    let mut text = String::new();
    let mut map = TextMap::default();
    for (argument, span) in arguments {
        if !text.is_empty() {
            text.push(' ');
        }
        map.push(text.len(), (span.start as usize).saturating_sub(1));
        text.push('\'');
        text.push_str(&argument.replace('\'', "'\\''"));
        text.push('\'');
    }
    (text, map)
}

/// The environment a RUN starts with, looked up by name.
pub(super) struct Start<'b> {
    build: &'b dockerfile::Build<'b>,
    step: &'b Step<'b>,
    stage: &'b Stage<'b>,
    home: &'static Value<'static>,
    /// Of two secrets in one variable the later one counts.
    secrets: HashMap<&'b str, HopId>,
}

static SECRET: Value<'static> = Value::Unknown(Unknown::Secret);
static OF_BASE_IMAGE: Value<'static> = Value::Unknown(Unknown::BaseImage);
static HOME_OF_ROOT: Value<'static> = Value::Known(Cow::Borrowed("/root"));

impl<'b> Start<'b> {
    pub(super) fn new(
        build: &'b dockerfile::Build<'b>,
        step: &'b Step<'b>,
        run: &'b Run<'b>,
    ) -> Self {
        let user = run.user.as_ref().map_or(Some("root"), Value::as_known);
        let home = match user {
            Some("" | "0" | "root" | "0:0" | "root:root") => &HOME_OF_ROOT,
            _ => &OF_BASE_IMAGE,
        };
        let secrets = run.secret_variables.iter();
        Self {
            build,
            step,
            stage: &build.stages[step.stage],
            home,
            secrets: secrets.map(|(name, hop)| (name.as_str(), *hop)).collect(),
        }
    }

    /// Secrets win over proxies, and those over `ENV` and `ARG` (`facts/buildkit.md` 2).
    pub(super) fn variable(&self, name: &str) -> Option<StartVariable<'b>> {
        if let Some(&hop) = self.secrets.get(name) {
            return Some(StartVariable {
                value: &SECRET,
                hop,
            });
        }
        if let Some((value, hop)) = self.build.inherited_variable(self.step, name) {
            return Some(StartVariable { value, hop });
        }
        let of_image = |value| StartVariable {
            value,
            hop: self.stage.root_hop,
        };
        if name == "HOME" {
            return Some(of_image(self.home));
        }
        match self.stage.root.lookup(name) {
            Lookup::Unknown(_) => Some(of_image(&OF_BASE_IMAGE)),
            Lookup::Unset | Lookup::Set(..) => None,
        }
    }
}
