//! What each instruction does to a stage (upstream: `dispatchStages`, `dispatch` in
//! `dockerfile2llb/convert.go`).

mod copy;
mod run;
mod variables;

use super::build::{Action, Base, Root, Stage, Step};
use super::checks;
use super::error::{BuildError, Scope};
use super::expand::{Lookup, Refusal};
use super::simulate::{Origin, Settings, Simulation, Trigger};
use super::structure::{self, Structure, words};
use crate::model::{HopId, Mechanism, Piece, Unknown, Value};
use crate::source::Span;
use crate::syntax::dockerfile::word::Lexer;
use crate::syntax::dockerfile::{Arguments, Command, Instruction, Keyword, Word};

const DEFAULT_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// An error with the bytes it is about.
type Failed = (Span, Refusal);

/// The stage that runs, and how far it is.
struct Running<'f> {
    index: usize,
    settings: Settings<'f>,
    /// Bytes that are not UTF-8 were met in a place that a build must marshal.
    invalid: Option<Span>,
    /// Such bytes stand in an `ARG` or `ENV`; they matter once something runs.
    invalid_in_environment: Option<Span>,
}

impl<'f> Simulation<'f, '_> {
    /// Runs a stage whose base has been run.
    pub(super) fn run_stage(&mut self, index: usize, structure: &Structure<'f>) {
        let text = &structure.stages[index];
        let settings = self.begin(index);
        let mut running = Running {
            index,
            settings,
            invalid: None,
            invalid_in_environment: None,
        };
        let start = self.environment.now();
        let image_start = self.image.now();
        let triggers = std::mem::take(&mut self.planned[index].triggers);
        let mut steps = Vec::with_capacity(triggers.len() + text.instructions.len());
        for Trigger {
            instruction,
            command,
            is_foreign,
        } in triggers
        {
            if let Err((_, message)) = structure::check(instruction, command) {
                self.error_in(Scope::Stage(index), text.from, text.from.span, message);
            }
            let first_hop = self.provenance.len();
            let mut step = self.step(&mut running, instruction, command, Some(text.from));
            if is_foreign {
                self.relocate(&mut step, first_hop, text.from.span);
            }
            steps.push(step);
        }
        for &instruction in &text.instructions {
            steps.push(self.step(&mut running, instruction, &instruction.command, None));
        }
        if let Some(span) = running.invalid {
            let message = "these bytes are not UTF-8, and BuildKit cannot pass them on";
            let error = BuildError::unlocated(Scope::Output(index), span, message);
            self.errors.push(error);
        }
        let planned = &mut self.planned[index];
        planned.stage = Some(Stage {
            name: text.name.clone(),
            from: text.from,
            base: std::mem::replace(&mut planned.base, Base::Scratch),
            base_span: planned.base_span,
            from_uses: planned.from_uses.clone(),
            platform: running.settings.platform.clone(),
            needs: std::mem::take(&mut planned.needs),
            steps: 0..0,
            start,
            end: self.environment.now(),
            image_start,
            image_end: self.image.now(),
            root: running.settings.root,
            root_hop: running.settings.root_hop,
            root_image: running.settings.root_image.clone(),
        });
        planned.settings = Some(running.settings);
        planned.steps = steps;
    }

    /// Takes over what the base has.
    fn begin(&mut self, index: usize) -> Settings<'f> {
        let planned = &self.planned[index];
        let platform = planned.platform.clone();
        if let Base::Stage(parent) = planned.base
            && let Some(settings) = self.planned[parent].settings.clone()
        {
            return self.begin_from(settings);
        }
        let is_scratch = planned.base == Base::Scratch;
        let platform = match platform {
            Some(platform) if !is_scratch => platform,
            _ => self.target_platform.clone(),
        };
        let root_image = match &planned.base {
            Base::Image(reference) => reference.clone(),
            Base::Scratch | Base::Stage(_) => None,
        };
        let at = self.location(planned.base_span);
        let config = std::mem::take(&mut self.planned[index].image);
        let root_hop = self.provenance.add(Mechanism::BaseImage, at, &[]);
        for (name, value) in config.env {
            self.environment.set(&name, value.clone(), root_hop);
            self.image.set(&name, value, root_hop);
        }
        if self.environment.get("PATH").is_none() && platform.os != "windows" {
            let (how, value) = if config.is_complete {
                (Mechanism::ImageDefault, Value::known(DEFAULT_PATH))
            } else {
                (Mechanism::BaseImage, Value::Unknown(Unknown::BaseImage))
            };
            let hop = self.provenance.add(how, at, &[]);
            self.environment.set("PATH", value.clone(), hop);
            self.image.set("PATH", value, hop);
        }
        Settings {
            workdir: match config.workdir {
                Some(workdir) => Value::known(workdir),
                None if config.is_complete => Value::known("/"),
                None => Value::Unknown(Unknown::BaseImage),
            },
            user: config.user.map(Value::known),
            shell: config.shell,
            platform,
            root: match (config.is_complete, config.is_public) {
                (true, _) => Root::Complete,
                (false, true) => Root::Public,
                (false, false) => Root::Foreign,
            },
            root_hop,
            root_image,
            overridden: Vec::new(),
        }
    }

    /// A child sets its parent image's environment anew, so what an `ARG` had overridden in the
    /// parent is the image's again (upstream: "initialize base metadata from image conf").
    fn begin_from(&mut self, mut parent: Settings<'f>) -> Settings<'f> {
        for name in parent.overridden.drain(..) {
            if let Some(kept) = self.image.get(&name) {
                let (value, hop) = (kept.value.clone(), kept.hop);
                self.environment.set(&name, value, hop);
            }
        }
        parent
    }

    fn step(
        &mut self,
        running: &mut Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
        triggered_by: Option<&'f Instruction<'f>>,
    ) -> Step<'f> {
        let start = self.environment.now();
        let first_use = self.uses.len();
        self.note_invalid(running, instruction, command);
        let action = match self.dispatch(running, instruction, command) {
            Ok(action) => action,
            Err((span, refusal)) => {
                let scope = Scope::Stage(running.index);
                let shown = triggered_by.unwrap_or(instruction);
                self.error_in(scope, shown, span, refusal);
                Action::Other
            }
        };
        Step {
            stage: running.index,
            instruction,
            command,
            triggered_by,
            start,
            uses: first_use..self.uses.len(),
            action,
        }
    }

    /// Shows everything of a step whose text stands in another file at `span` instead.
    fn relocate(&mut self, step: &mut Step<'f>, first_hop: usize, span: Span) {
        self.provenance.relocate(first_hop, self.location(span));
        for used in &mut self.uses[step.uses.clone()] {
            used.span = span;
        }
        match &mut step.action {
            Action::Arg(declarations) => {
                for declaration in declarations {
                    declaration.name_span = span;
                    declaration.default_span = declaration.default_span.map(|_| span);
                }
            }
            Action::Env(assignments) => {
                for assignment in assignments {
                    assignment.name_span = span;
                    assignment.value_span = span;
                }
            }
            Action::Run(run) => {
                for (_, mount_span) in &mut run.mounts {
                    *mount_span = span;
                }
            }
            Action::Copy(copied) => {
                for source in &mut copied.sources {
                    source.span = span;
                }
            }
            Action::Other => {}
        }
    }

    /// Notes bytes that are not UTF-8 where they keep a build from being put together.
    fn note_invalid(
        &self,
        running: &mut Running<'f>,
        instruction: &Instruction<'_>,
        command: &Command,
    ) {
        if self.invalid.is_empty() {
            return;
        }
        let span = instruction.span;
        let first = self.invalid.partition_point(|&at| at < span.start);
        let here = self
            .invalid
            .get(first)
            .filter(|&&at| at < span.end)
            .map(|&at| Span::new(at as usize, at as usize + 1));
        match command.keyword {
            Keyword::Run | Keyword::Copy | Keyword::Add | Keyword::Workdir | Keyword::User => {
                running.invalid = running.invalid.or(here).or(running.invalid_in_environment);
            }
            Keyword::Env | Keyword::Arg => {
                running.invalid_in_environment = running.invalid_in_environment.or(here);
            }
            _ => {}
        }
    }

    fn dispatch(
        &mut self,
        running: &mut Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Action<'f>, Failed> {
        let mut words = words(command).iter();
        match command.keyword {
            Keyword::Arg => return self.arg(running, instruction, command).map(Action::Arg),
            Keyword::Env => return self.env(running, instruction, command).map(Action::Env),
            Keyword::Run => {
                let run = self.run(running, instruction, command)?;
                return Ok(Action::Run(Box::new(run)));
            }
            Keyword::Add | Keyword::Copy => {
                let copied = self.copy(running, instruction, command)?;
                return Ok(Action::Copy(Box::new(copied)));
            }
            Keyword::Label => {
                if let Arguments::Pairs(pairs) = &command.arguments {
                    for pair in pairs {
                        self.word(running, instruction, &pair.key)?;
                        self.word(running, instruction, &pair.value)?;
                    }
                }
            }
            Keyword::Workdir => {
                if let Some(word) = words.next() {
                    let (value, _) = self.word(running, instruction, word)?;
                    running.settings.workdir = joined(&running.settings.workdir, value);
                }
            }
            Keyword::User => {
                if let Some(word) = words.next() {
                    let (value, _) = self.word(running, instruction, word)?;
                    running.settings.user = Some(value);
                }
            }
            Keyword::Volume => {
                for word in words {
                    let (value, _) = self.word(running, instruction, word)?;
                    if value.is_empty() {
                        let span = instruction.span_of(word);
                        return Err((span, "a VOLUME cannot be empty".into()));
                    }
                }
            }
            Keyword::StopSignal => {
                if let Some(word) = words.next() {
                    let (value, _) = self.word(running, instruction, word)?;
                    if let Some(text) = value.as_known().filter(|text| !checks::is_signal(text)) {
                        let span = instruction.span_of(word);
                        return Err((span, format!("`{text}` is no signal").into()));
                    }
                }
            }
            Keyword::Expose => {
                for word in words {
                    let (value, _) = self.word(running, instruction, word)?;
                    for port in value.as_known().unwrap_or_default().split_whitespace() {
                        checks::port(port)
                            .map_err(|message| (instruction.span_of(word), message.into()))?;
                    }
                }
            }
            Keyword::Shell => {
                let text = |word| instruction.text(word).to_owned();
                running.settings.shell = Some(words.map(text).collect());
            }
            _ => {}
        }
        Ok(Action::Other)
    }

    /// Expands a word of an instruction with the environment as it is.
    fn word(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        word: &'f Word,
    ) -> Result<(Value<'f>, Vec<HopId>), Failed> {
        let origin = Self::origin(instruction, word);
        self.text(
            running,
            instruction,
            instruction.text(word),
            origin,
            self.lexer,
        )
        .map_err(|refusal| (instruction.span_of(word), refusal))
    }

    fn text(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        text: &'f str,
        origin: Origin,
        lexer: Lexer,
    ) -> Result<(Value<'f>, Vec<HopId>), Refusal> {
        let root = running.settings.root;
        self.expand(
            instruction,
            text,
            origin,
            lexer,
            |simulation, name| match simulation.environment.get(name) {
                Some(change) => Lookup::Set(change.value.clone(), change.hop),
                None => root.lookup(name),
            },
        )
    }
}

/// A path seen from a working directory, cleaned (upstream: `system.NormalizePath`).
fn joined<'v>(workdir: &Value<'v>, path: Value<'v>) -> Value<'v> {
    match &path {
        Value::Known(text) if text.starts_with('/') => Value::known(clean(text)),
        Value::Known(text) => match workdir {
            Value::Known(base) => Value::known(clean(&format!("{base}/{text}"))),
            Value::Partly(_) | Value::Unknown(_) => Value::from_pieces(vec![
                Piece::Unknown(Unknown::BaseImage),
                Piece::Text(format!("/{text}").into()),
            ]),
        },
        Value::Partly(_) | Value::Unknown(_) => path,
    }
}

/// Removes `.`, `..` and doubled slashes of an absolute path.
fn clean(path: &str) -> String {
    let mut clean = String::with_capacity(path.len());
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => clean.truncate(clean.rfind('/').unwrap_or(0)),
            part => {
                clean.push('/');
                clean.push_str(part);
            }
        }
    }
    match clean.is_empty() {
        true => "/".to_owned(),
        false => clean,
    }
}
