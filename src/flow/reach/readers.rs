//! The commands that read the variable, and which setting each of them sees.

use hashbrown::{HashMap, HashSet};

use super::family::Family;
use super::focus::Focus;
use super::reading::{Reading, Tool};
use super::{Means, Reader, Reads, SettingIndex, Stop, Stopped, Story, TracedSetting};
use crate::flow::shell::{self, Command, Seen};
use crate::flow::{Build, StepCommands};
use crate::model::dockerfile::{Action, Lookup, Program, Step};
use crate::model::{HopId, Value};
use crate::source::{Location, Span};

/// How many variables made from the one that is followed are looked for in every command: with all
/// of them the work would grow with their number times that of the commands.
const MOST_NAMES: usize = 32;

/// The readers, and what stops a setting on its way to one of them.
#[derive(Default)]
pub(super) struct Found {
    pub readers: Vec<Reader>,
    pub stopped: Vec<(SettingIndex, Stopped)>,
    /// What the shell's settings are worth.
    pub values: Vec<(SettingIndex, Value<'static>)>,
}

/// Looks at every RUN, or only at those that `focus` includes.
pub(super) fn find(
    build: &Build<'_>,
    story: Story<'_>,
    settings: &[TracedSetting<'_>],
    focus: Option<&Focus>,
) -> Found {
    let of_hop = settings.iter().enumerate();
    let of_hop = of_hop.filter_map(|(index, setting)| Some((setting.hop?, index)));
    let (own, made) = names(story, settings);
    let mut search = Search {
        build,
        settings,
        // The first one with a hop: a base image has one for all that it sets.
        of_hop: of_hop.rev().collect(),
        own,
        made,
        tool_settings: tool_settings(settings),
        family: Family::new(build),
        reached: reached(build),
        found: Found::default(),
    };
    for (index, step) in build.model.steps.iter().enumerate() {
        let is_asked_for = focus.is_none_or(|focus| focus.includes(step.span()));
        if let (Some(commands), true) = (&build.commands[index], is_asked_for) {
            search.step(index, step, commands);
        }
    }
    search.found
}

fn tool_settings(settings: &[TracedSetting<'_>]) -> Vec<SettingIndex> {
    let all = settings.iter().enumerate();
    all.filter(|(_, setting)| matches!(setting.by, Means::ToolSetting(_)))
        .map(|(index, _)| index)
        .take(MOST_NAMES)
        .collect()
}

/// For each stage whether the target needs it.
pub(super) fn reached(build: &Build<'_>) -> Vec<bool> {
    match build.model.target {
        Some(target) => build.model.reachable(target),
        None => vec![true; build.model.stages.len()],
    }
}

/// The variable's own names, the lower-case one first, and names of variables made from it.
fn names(story: Story<'_>, settings: &[TracedSetting<'_>]) -> (Vec<String>, Vec<String>) {
    let mut own = story.spellings();
    own.sort_by_key(|name| name.bytes().any(|byte| byte.is_ascii_uppercase()));
    let mut made: Vec<String> = Vec::new();
    let mut seen: HashSet<&str> = HashSet::new();
    for setting in settings {
        if made.len() < MOST_NAMES && !story.is_about(&setting.name) && seen.insert(&setting.name) {
            made.push(setting.name.clone());
        }
    }
    (own, made)
}

struct Search<'a> {
    build: &'a Build<'a>,
    settings: &'a [TracedSetting<'a>],
    of_hop: HashMap<HopId, SettingIndex>,
    own: Vec<String>,
    made: Vec<String>,
    /// Settings files that tools have written, at most [`MOST_NAMES`].
    tool_settings: Vec<SettingIndex>,
    family: Family,
    reached: Vec<bool>,
    found: Found,
}

/// What a name is when a step begins.
#[derive(Clone, Copy, PartialEq)]
enum AtStart {
    Setting(SettingIndex),
    /// Set by something that is not followed, or perhaps by the base image.
    Other,
    Unset,
}

/// What a command gets.
#[derive(Default)]
struct Got {
    sees: Vec<SettingIndex>,
    lacks: bool,
    varies: bool,
}

impl Search<'_> {
    fn step(&mut self, index: usize, step: &Step<'_>, commands: &StepCommands) {
        let start: HashMap<String, AtStart> = self
            .own
            .iter()
            .chain(&self.made)
            .map(|name| (name.clone(), self.at_start(step, name)))
            .collect();
        let mut of_step = Vec::new();
        let wrappers = wrappers(commands);
        let mentions = self.mentions(commands);
        for command in &commands.outcome.commands {
            let name = command.name().unwrap_or_default();
            if wrappers.contains(&(command.span, name)) || is_declaration(name) {
                continue;
            }
            let context = InStep {
                index,
                step,
                commands,
                start: &start,
            };
            let is_mentioned = {
                let from = mentions.partition_point(|span| span.start < command.span.start);
                mentions
                    .get(from)
                    .is_some_and(|span| span.end <= command.span.end)
            };
            self.command(&context, command, is_mentioned, &mut of_step);
        }
        let is_foreign = is_foreign(step, commands);
        if is_foreign {
            of_step = start
                .values()
                .filter_map(|at_start| match at_start {
                    AtStart::Setting(setting) => Some(*setting),
                    AtStart::Other | AtStart::Unset => None,
                })
                .collect();
            let at = self.build.at(step.span());
            let stop = |&setting| (setting, stopped(at, Stop::OtherInterpreter));
            self.found.stopped.extend(of_step.iter().map(stop));
        }
        self.exec_form(step, commands, &start);
        if !of_step.is_empty() {
            let got = Got {
                sees: of_step,
                ..Got::default()
            };
            let at = self.build.at(step.span());
            self.push(index, step, at, Reads::Perhaps, got);
        }
    }

    fn push(&mut self, index: usize, step: &Step<'_>, at: Location, reads: Reads, got: Got) {
        let Got {
            mut sees,
            lacks,
            varies,
        } = got;
        sees.sort_unstable();
        sees.dedup();
        self.found.readers.push(Reader {
            at,
            stage: step.stage,
            step: index,
            reads,
            sees,
            lacks,
            varies,
            is_reached: self.reached.get(step.stage) == Some(&true),
        });
    }

    fn at_start(&self, step: &Step<'_>, name: &str) -> AtStart {
        let model = &self.build.model;
        match model.process_variable(step, name) {
            Some((_, hop)) => match self.of_hop.get(&hop) {
                Some(&setting) => AtStart::Setting(setting),
                None => AtStart::Other,
            },
            None => match model.stages[step.stage].root.lookup(name) {
                Lookup::Unset => AtStart::Unset,
                Lookup::Set(..) | Lookup::Unknown(_) => AtStart::Other,
            },
        }
    }

    /// Where the shell expands the variable itself, in order.
    fn mentions(&self, commands: &StepCommands) -> Vec<Span> {
        let uses = commands.outcome.uses.iter();
        uses.filter(|used| used.reached && !used.has_default && !used.set_by_shell)
            .filter(|used| self.own.contains(&used.name))
            .map(|used| used.span)
            .collect()
    }

    fn command(
        &mut self,
        context: &InStep<'_>,
        command: &Command,
        is_mentioned: bool,
        of_step: &mut Vec<SettingIndex>,
    ) {
        let at = context.commands.locate(command.span);
        let text = self.in_text(context, command);
        let tool = Tool::new(self.build, context.step, command);
        let names = self.own.iter().chain(&self.made);
        let readings: Vec<(String, Reading)> =
            names.map(|name| (name.clone(), tool.reads(name))).collect();
        let mut surely = Got::default();
        let mut perhaps = Vec::new();
        let mut is_read = false;
        let mut ways: Vec<Vec<SettingIndex>> = Vec::new();
        for variant in &command.variants {
            let before = surely.sees.len();
            let mut has_value = false;
            let mut reads_own = false;
            for (name, reading) in &readings {
                let is_own = self.own.contains(name);
                match reading {
                    // Of two spellings the first one with a value wins.
                    Reading::Yes if is_own && has_value => {}
                    Reading::Yes => {
                        let seen = variant.environment.seen(name);
                        let got = self.seen(context, at, name, seen, true);
                        is_read |= is_own || matches!(got, AtStart::Setting(_));
                        reads_own |= is_own;
                        has_value |= is_own && got != AtStart::Unset;
                        if let AtStart::Setting(setting) = got {
                            surely.sees.push(setting);
                        }
                    }
                    Reading::Perhaps { .. } => {
                        let seen = variant.environment.seen(name);
                        if let AtStart::Setting(setting) = self.seen(context, at, name, seen, false)
                        {
                            perhaps.push((setting, *reading));
                        }
                    }
                    Reading::OtherSpelling | Reading::No => {}
                }
            }
            let of_file = self
                .tool_setting(context, at, tool.client())
                .filter(|_| reads_own);
            if let Some(setting) = of_file {
                match has_value {
                    true => {
                        let stop = (setting, stopped(at, Stop::EnvironmentWins));
                        self.found.stopped.push(stop);
                    }
                    false => surely.sees.push(setting),
                }
            }
            if reads_own && !has_value && of_file.is_none() {
                surely.lacks = true;
                self.other_spelling(context, at, &readings, variant);
            }
            ways.push(surely.sees.split_off(before));
            surely.sees.extend(ways.last().into_iter().flatten());
        }
        surely.varies = ways.windows(2).any(|pair| pair.first() != pair.last());
        let reads = match (is_read, is_mentioned || !text.is_empty()) {
            (true, _) => Reads::Surely,
            (false, true) => Reads::InText,
            (false, false) => Reads::Perhaps,
        };
        surely.sees.extend(&text);
        match reads {
            Reads::Surely => self.push(context.index, context.step, at, reads, surely),
            Reads::InText => {
                surely.lacks = text.is_empty()
                    && self
                        .own
                        .iter()
                        .all(|name| context.start(name) == AtStart::Unset);
                if surely.lacks || !surely.sees.is_empty() {
                    self.push(context.index, context.step, at, reads, surely);
                }
            }
            Reads::Perhaps => {
                let mut alone = Got::default();
                for (setting, reading) in perhaps {
                    match reading {
                        Reading::Perhaps { of_step: true } => of_step.push(setting),
                        _ => alone.sees.push(setting),
                    }
                }
                if !alone.sees.is_empty() {
                    self.push(context.index, context.step, at, reads, alone);
                }
            }
        }
    }

    /// The last entry that a command before `at` has made in the client's settings file.
    fn tool_setting(
        &self,
        context: &InStep<'_>,
        at: Location,
        client: Option<&str>,
    ) -> Option<SettingIndex> {
        let is_before = |setting: &TracedSetting<'_>| {
            let (Some(stage), Some(step), Some(set)) = (setting.stage, setting.step, setting.at)
            else {
                return false;
            };
            let is_earlier = match step == context.index {
                true => set.span.end <= at.span.start,
                false => step < context.index,
            };
            is_earlier && self.family.is_below(context.step.stage, stage)
        };
        let of_client = |setting: &TracedSetting<'_>| match setting.by {
            Means::ToolSetting(of) => Some(of) == client,
            _ => false,
        };
        let mut all = self.tool_settings.iter().rev().copied();
        all.find(|&index| of_client(&self.settings[index]) && is_before(&self.settings[index]))
    }

    /// The settings whose values the shell put into the command's words.
    fn in_text(&self, context: &InStep<'_>, command: &Command) -> Vec<SettingIndex> {
        let words = command.argv.iter();
        let targets = command.redirections.iter();
        let origins = words
            .flat_map(|argument| &argument.origins)
            .chain(targets.flat_map(|redirection| &redirection.target.origins));
        origins
            .filter_map(|&origin| self.setting_of(context, origin))
            .collect()
    }

    fn setting_of(&self, context: &InStep<'_>, origin: shell::Origin) -> Option<SettingIndex> {
        let hop = context.commands.hop(origin)?;
        self.of_hop.get(&hop).copied()
    }

    /// Which setting a command sees, and what keeps one away from it.
    fn seen(
        &mut self,
        context: &InStep<'_>,
        at: Location,
        name: &str,
        seen: Seen<'_>,
        is_read: bool,
    ) -> AtStart {
        let start = context.start(name);
        let mut stop = |setting: AtStart, at: Location, why: Stop| {
            if let (AtStart::Setting(setting), true) = (setting, is_read) {
                self.found.stopped.push((setting, stopped(at, why)));
            }
        };
        match seen {
            Seen::Start => start,
            Seen::Set { value, origin } => {
                let Some(setting) = origin.and_then(|origin| self.setting_of(context, origin))
                else {
                    return AtStart::Other;
                };
                if self.settings[setting].value.is_none() {
                    self.found.values.push((setting, value.clone()));
                }
                let is_next = |before: SettingIndex| self.settings[setting].from.contains(&before);
                if let AtStart::Setting(before) = start
                    && before != setting
                    && !is_next(before)
                    && let Some(at) = self.settings[setting].at
                    && is_read
                {
                    let shadowed = (before, stopped(at, Stop::Shadowed));
                    self.found.stopped.push(shadowed);
                }
                AtStart::Setting(setting)
            }
            Seen::NotExported { origin, .. } => {
                let setting = origin.and_then(|origin| self.setting_of(context, origin));
                if let Some(setting) = setting.filter(|_| is_read) {
                    let stop = (setting, stopped(at, Stop::NotExported));
                    self.found.stopped.push(stop);
                }
                AtStart::Unset
            }
            Seen::Unset { at } => {
                stop(start, context.commands.locate(at), Stop::Unset);
                AtStart::Unset
            }
            Seen::Dropped { at } => {
                stop(start, context.commands.locate(at), Stop::Dropped);
                AtStart::Unset
            }
        }
    }

    /// A command that lacks the variable may have it in the spelling that it does not read.
    fn other_spelling(
        &mut self,
        context: &InStep<'_>,
        at: Location,
        readings: &[(String, Reading)],
        variant: &shell::Variant,
    ) {
        for (name, reading) in readings {
            if *reading != Reading::OtherSpelling {
                continue;
            }
            let seen = variant.environment.seen(name);
            if let AtStart::Setting(setting) = self.seen(context, at, name, seen, false) {
                let stop = (setting, stopped(at, Stop::OtherSpelling));
                self.found.stopped.push(stop);
            }
        }
    }

    /// `RUN ["curl", "$X"]`: nothing expands it.
    fn exec_form(
        &mut self,
        step: &Step<'_>,
        commands: &StepCommands,
        start: &HashMap<String, AtStart>,
    ) {
        let Action::Run(run) = &step.action else {
            return;
        };
        let Program::Exec(arguments) = &run.program else {
            return;
        };
        let expanded: Vec<Span> = commands
            .outcome
            .uses
            .iter()
            .map(|used| commands.locate(used.span).span)
            .collect();
        for (text, span) in arguments.iter().filter(|(text, _)| text.contains('$')) {
            if expanded
                .iter()
                .any(|used| span.contains(used.start as usize))
            {
                continue;
            }
            for name in self.own.iter().filter(|name| mentions(text, name)) {
                if let Some(AtStart::Setting(setting)) = start.get(name) {
                    let stop = stopped(self.build.at(*span), Stop::ExecForm);
                    self.found.stopped.push((*setting, stop));
                }
            }
        }
    }
}

/// The step that a command belongs to.
struct InStep<'s> {
    index: usize,
    step: &'s Step<'s>,
    commands: &'s StepCommands,
    start: &'s HashMap<String, AtStart>,
}

impl InStep<'_> {
    fn start(&self, name: &str) -> AtStart {
        self.start.get(name).copied().unwrap_or(AtStart::Other)
    }
}

fn stopped(at: Location, why: Stop) -> Stopped {
    Stopped { at: Some(at), why }
}

/// The commands that only run others, which are listed themselves.
fn wrappers(commands: &StepCommands) -> HashSet<(Span, &str)> {
    let all = commands.outcome.commands.iter();
    all.flat_map(|command| &command.wrappers)
        .map(|wrapper| (wrapper.span, wrapper.name.as_str()))
        .collect()
}

/// What these do to a variable is a setting of its own.
fn is_declaration(name: &str) -> bool {
    matches!(
        name,
        "export" | "readonly" | "local" | "declare" | "typeset" | "unset"
    )
}

/// Whether a RUN's text is for an interpreter whose language is not read.
fn is_foreign(step: &Step<'_>, commands: &StepCommands) -> bool {
    let Action::Run(run) = &step.action else {
        return false;
    };
    let text = match &run.program {
        Program::Shell { script, .. } | Program::File { script, .. } => &*script.text,
        Program::Exec(_) => "",
    };
    let outcome = &commands.outcome;
    !outcome.is_read()
        || !text.trim().is_empty()
            && outcome.commands.is_empty()
            && outcome.assignments.is_empty()
            && outcome.uses.is_empty()
}

/// Whether `text` holds `$name` or `${name`.
fn mentions(text: &str, name: &str) -> bool {
    text.split('$').skip(1).any(|rest| {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        rest.strip_prefix(name)
            .is_some_and(|after| !after.starts_with(|c: char| c == '_' || c.is_alphanumeric()))
    })
}
