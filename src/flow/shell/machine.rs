//! Runs lists, pipelines and compound commands forward.

use std::cell::Cell;
use std::sync::Arc;

use super::Start;
use super::environment::Environment;
use super::interpreter::Options;
use super::notes::Notes;
use super::offsets::Offsets;
use super::outcome::{Outcome, Redirection, Wrapper};
use super::pattern::Pattern;
use super::state::{Function, Shell, Split, State, Status, merge, merge_statuses, status_of};
use crate::source::Span;
use crate::syntax::shell::{
    ArmEnd, CaseArm, Command, CommandKind, Connector, Dialect, Item, List, Pipeline, Script, Word,
    references,
};

/// So many states are followed apart.
pub(super) const MAX_STATES: usize = 48;

/// Commands run (counted for each state) before states are no longer followed apart.
const PATIENCE: usize = 4_000;

/// Functions and shells inside shells are followed so deep.
pub(super) const MAX_CALLS: usize = 8;

/// The text that is being run.
#[derive(Clone, Copy)]
pub(super) struct Frame<'t> {
    pub(super) script: &'t Script<'t>,
    pub(super) offsets: &'t Offsets<'t>,
    pub(super) dialect: Dialect,
}

/// What surrounds a command.
#[derive(Clone, Copy)]
pub(super) struct Context<'t> {
    pub(super) frame: Frame<'t>,
    /// Whether something looks at the status, so that `set -e` does not apply.
    pub(super) checked: bool,
    /// Whether the command runs in every successful run of the step.
    pub(super) certain: bool,
    /// Whether the step fails if the command fails.
    pub(super) decides: bool,
}

impl<'t> Context<'t> {
    #[must_use]
    pub(super) fn maybe(self) -> Self {
        Self {
            certain: false,
            ..self
        }
    }

    #[must_use]
    pub(super) fn checked(self) -> Self {
        Self {
            checked: true,
            decides: false,
            ..self
        }
    }

    #[must_use]
    pub(super) fn certain_if(self, certain: bool) -> Self {
        Self {
            certain: self.certain && certain,
            ..self
        }
    }

    /// The span in the script of a span in this text.
    pub(super) fn locate(self, span: Span) -> Span {
        self.frame.offsets.locate(span)
    }

    pub(super) fn bash(self) -> bool {
        self.frame.dialect == Dialect::Bash
    }
}

/// The simulation: what was found so far, and what surrounds the command that runs now.
pub(super) struct Machine<'s> {
    pub(super) start: &'s Start<'s>,
    /// Bytes of values that may still be copied.
    pub(super) room: &'s Cell<usize>,
    pub(super) outcome: Outcome,
    /// Redirections of the groups around.
    pub(super) redirections: Vec<Redirection>,
    pub(super) wrappers: Vec<Wrapper>,
    pub(super) piped_from: Option<Span>,
    /// The status of the last command substitution in the words of the current command.
    pub(super) substituted: Option<Status>,
    pub(super) calls: usize,
    /// Whether a template engine decides which commands exist.
    pub(super) templated: bool,
    steps: usize,
    pub(super) notes: Notes,
}

impl<'s> Machine<'s> {
    pub(super) fn new(start: &'s Start<'s>, room: &'s Cell<usize>) -> Self {
        Self {
            start,
            room,
            outcome: Outcome::default(),
            redirections: Vec::new(),
            wrappers: Vec::new(),
            piped_from: None,
            substituted: None,
            calls: 0,
            templated: false,
            steps: 0,
            notes: Notes::default(),
        }
    }

    pub(super) fn run(
        mut self,
        script: &Script<'_>,
        dialect: Dialect,
        options: Options,
    ) -> Outcome {
        self.outcome.foreign = script.foreign;
        self.outcome.is_cut = script.is_cut;
        if !self.outcome.is_read() {
            return self.outcome;
        }
        self.outcome.errors.clone_from(&script.errors);
        let shell = Shell::new(Environment::start(), options);
        let offsets = Offsets::default();
        let frame = Frame {
            script,
            offsets: &offsets,
            dialect,
        };
        let context = Context {
            frame,
            checked: false,
            certain: !script.has_template_blocks,
            decides: true,
        };
        self.script(context, State::new(shell));
        self.outcome.uses.sort_by_key(|place| place.span);
        // Most scripts have one command, and there may be many scripts.
        self.outcome.commands.shrink_to_fit();
        self.outcome
    }

    /// Runs the whole text of `context`.
    pub(super) fn script<'t>(&mut self, context: Context<'t>, state: State<'t>) -> Vec<State<'t>> {
        let outer = self.templated;
        self.templated |= context.frame.script.has_template_blocks;
        let states = self.list(context, &context.frame.script.body, vec![state]);
        self.templated = outer;
        for reference in references(context.frame.script) {
            let span = context.locate(reference.span);
            self.note_use(reference.name, span, reference.has_default, None);
        }
        states
    }

    pub(super) fn limit(&self) -> usize {
        if self.steps < PATIENCE { MAX_STATES } else { 1 }
    }

    /// Whether so much was run that functions and loops are no longer followed.
    pub(super) fn exhausted(&self) -> bool {
        self.steps > 3 * PATIENCE
    }

    pub(super) fn list<'t>(
        &mut self,
        context: Context<'t>,
        list: &'t List<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        let (mut running, mut left) = partition(states);
        let last = list.items.len().saturating_sub(1);
        for (index, item) in list.items.iter().enumerate() {
            if running.is_empty() {
                break;
            }
            let here = Context {
                certain: context.certain && !left.iter().any(State::escapes),
                decides: context.decides && index == last,
                ..context
            };
            running = merge_statuses(running, self.limit());
            let (next, gone) = partition(self.item(here, item, running));
            running = next;
            left.extend(gone);
            left = merge(left, MAX_STATES);
        }
        left.extend(running);
        merge(left, self.limit())
    }

    fn item<'t>(
        &mut self,
        context: Context<'t>,
        item: &'t Item<'t>,
        mut states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        if item.background {
            let context = context.checked();
            for state in &mut states {
                self.subshell(state, |machine, inner| {
                    machine.chain(context, item, vec![inner])
                });
                state.shell.status = Status::Success;
            }
            return states;
        }
        self.chain(context, item, states)
    }

    /// Pipelines joined by `&&` and `||`.
    fn chain<'t>(
        &mut self,
        context: Context<'t>,
        item: &'t Item<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        let Some(last) = item.rest.len().checked_sub(1) else {
            return self.pipeline(context, &item.first, states);
        };
        let only_and = item
            .rest
            .iter()
            .all(|(connector, _)| *connector == Connector::And);
        // In `a && b`, failing means that the whole chain fails.
        let part = Context {
            decides: context.decides && only_and,
            checked: true,
            ..context
        };
        let mut states = self.pipeline(part, &item.first, states);
        for (index, (connector, pipeline)) in item.rest.iter().enumerate() {
            let split = Split::of(merge(states, self.limit()));
            let (taken, skipped) = match connector {
                Connector::And => (split.success, split.failure),
                Connector::Or => (split.failure, split.success),
            };
            let here = Context {
                checked: context.checked || index != last,
                ..part
            };
            let certain = skipped.is_empty() || (*connector == Connector::And && part.decides);
            states = skipped;
            states.extend(split.left);
            if !taken.is_empty() {
                states.extend(self.pipeline(here.certain_if(certain), pipeline, taken));
            }
        }
        states
    }

    fn pipeline<'t>(
        &mut self,
        context: Context<'t>,
        pipeline: &'t Pipeline<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        if let [command] = pipeline.commands.as_slice() {
            if !pipeline.negated {
                return self.command(context, command, states);
            }
            let mut states = self.command(context.checked(), command, states);
            for state in states.iter_mut().filter(|state| state.runs()) {
                state.shell.status = state.shell.status.negated();
            }
            return states;
        }
        let mut out = Vec::with_capacity(states.len());
        for mut state in states {
            let status = self.piped(context, pipeline, &state);
            state.shell.status = match pipeline.negated {
                true => status.negated(),
                false => status,
            };
            if pipeline.negated {
                out.push(state);
            } else {
                self.exit_on_error(context, state, &mut out);
            }
        }
        out
    }

    /// The commands of a pipeline, each in a shell of its own.
    fn piped<'t>(
        &mut self,
        context: Context<'t>,
        pipeline: &'t Pipeline<'t>,
        state: &State<'t>,
    ) -> Status {
        let outer = self.piped_from;
        let mut status = Status::Success;
        let mut earlier = Status::Success;
        let last = pipeline.commands.len().saturating_sub(1);
        for (index, command) in pipeline.commands.iter().enumerate() {
            let here = if index == last {
                context
            } else {
                context.checked()
            };
            let mut inner = state.clone();
            self.subshell(&mut inner, |machine, inner| {
                machine.command(here, command, vec![inner])
            });
            earlier = if index == 0 {
                earlier
            } else {
                both(earlier, status)
            };
            status = inner.shell.status;
            self.piped_from = Some(context.locate(command.span));
        }
        self.piped_from = outer;
        if state.shell.options.pipefail {
            both(earlier, status)
        } else {
            status
        }
    }

    /// Runs `body` on a copy of `state`, which then only takes the status.
    pub(super) fn subshell<'t>(
        &mut self,
        state: &mut State<'t>,
        body: impl FnOnce(&mut Self, State<'t>) -> Vec<State<'t>>,
    ) {
        let states = body(self, state.clone());
        state.shell.status = status_of(states);
    }

    pub(super) fn command<'t>(
        &mut self,
        context: Context<'t>,
        command: &'t Command<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        self.steps += states.len();
        if let CommandKind::Simple(simple) = &command.kind {
            let mut out = Vec::with_capacity(states.len());
            for state in states {
                self.simple(context, command, simple, state, &mut out);
            }
            return out;
        }
        let mut states = states;
        let outer = self.redirections.len();
        if let Some(first) = states.first_mut() {
            let redirections = self.redirected(context, &command.redirections, first);
            self.redirections.extend(redirections);
        }
        let states = self.compound(context, command, states);
        self.redirections.truncate(outer);
        states
    }

    fn compound<'t>(
        &mut self,
        context: Context<'t>,
        command: &'t Command<'t>,
        mut states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        match &command.kind {
            CommandKind::Group(list) => self.list(context, list, states),
            CommandKind::Subshell(list) => {
                let mut out = Vec::with_capacity(states.len());
                for mut state in states {
                    self.subshell(&mut state, |machine, inner| {
                        machine.list(context, list, vec![inner])
                    });
                    self.exit_on_error(context, state, &mut out);
                }
                out
            }
            CommandKind::If {
                branches,
                otherwise,
            } => self.branches(context, branches, otherwise.as_ref(), states),
            CommandKind::While {
                until,
                condition,
                body,
            } => self.while_loop(context, *until, condition, body, states),
            CommandKind::For {
                variable,
                variable_span,
                words,
                body,
            } => {
                let at = context.locate(*variable_span);
                self.for_loop(context, (variable, at), words.as_deref(), body, states)
            }
            CommandKind::ArithmeticFor { header, body } => {
                self.arithmetic_loop(context, header, body, states)
            }
            CommandKind::Case { subject, arms } => {
                let mut out = Vec::new();
                for state in states {
                    self.case(context, subject, arms, state, &mut out);
                }
                merge(out, self.limit())
            }
            CommandKind::Function { name, body } => {
                let function = Function {
                    body,
                    frame: context.frame,
                };
                for state in &mut states {
                    Arc::make_mut(&mut state.functions).insert((*name).to_owned(), function);
                    state.shell.status = Status::Success;
                }
                states
            }
            CommandKind::Conditional(words) => {
                let mut out = Vec::with_capacity(states.len());
                for mut state in states {
                    state.shell.status = self.conditional(context, words, &mut state);
                    self.exit_on_error(context, state, &mut out);
                }
                out
            }
            CommandKind::Arithmetic(expression) => {
                let mut out = Vec::with_capacity(states.len());
                for mut state in states {
                    let value = self.arithmetic(context, expression, &mut state);
                    state.shell.status =
                        value.map_or(Status::Unknown, |value| Status::of(value != 0));
                    self.exit_on_error(context, state, &mut out);
                }
                out
            }
            CommandKind::Missing | CommandKind::Simple(_) => states,
        }
    }

    fn branches<'t>(
        &mut self,
        context: Context<'t>,
        branches: &'t [(List<'t>, List<'t>)],
        otherwise: Option<&'t List<'t>>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        let mut pending = states;
        let mut out = Vec::new();
        let mut here = context;
        for (condition, body) in branches {
            if pending.is_empty() {
                break;
            }
            let split = Split::of(self.list(here.checked(), condition, pending));
            let always = split.failure.is_empty();
            out.extend(split.left);
            if !split.success.is_empty() {
                out.extend(self.list(here.certain_if(always), body, split.success));
                here = here.maybe();
            }
            pending = split.failure;
        }
        match otherwise {
            Some(body) if !pending.is_empty() => out.extend(self.list(here, body, pending)),
            _ => {
                let passed = pending.into_iter();
                out.extend(passed.map(|state| state.with_status(Status::Success)));
            }
        }
        merge(out, self.limit())
    }

    fn case<'t>(
        &mut self,
        context: Context<'t>,
        subject: &'t Word<'t>,
        arms: &'t [CaseArm<'t>],
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        let subject = self.value(context, subject, &mut state).value;
        let mut here = context;
        let mut fell_through = false;
        for arm in arms {
            let matched = match fell_through {
                true => Some(true),
                false => self.arm_matches(context, subject.as_known(), arm, &mut state),
            };
            if matched == Some(false) {
                continue;
            }
            let certain = matched == Some(true);
            out.extend(self.list(here.certain_if(certain), &arm.body, vec![state.clone()]));
            if certain && arm.end == ArmEnd::Leave {
                return;
            }
            fell_through = arm.end == ArmEnd::FallThrough;
            here = here.maybe();
        }
        out.push(state.with_status(Status::Success));
    }

    /// Whether an arm matches, if that is known.
    fn arm_matches<'t>(
        &mut self,
        context: Context<'t>,
        subject: Option<&str>,
        arm: &'t CaseArm<'t>,
        state: &mut State<'t>,
    ) -> Option<bool> {
        let mut result = Some(false);
        for word in &arm.patterns {
            let pattern = self.pattern(context, word, state);
            let matched = match (pattern, subject) {
                (Some(pattern), _) if pattern.is_star() => Some(true),
                (Some(pattern), Some(subject)) => Some(Pattern::matches(&pattern, subject)),
                _ => None,
            };
            match matched {
                Some(true) => return Some(true),
                Some(false) => {}
                None => result = None,
            }
        }
        result
    }

    /// `set -e`: adds `state`, or what becomes of it, to `out`.
    pub(super) fn exit_on_error<'t>(
        &mut self,
        context: Context<'t>,
        state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        if !state.runs() || !state.shell.options.errexit || context.checked {
            out.push(state);
            return;
        }
        match state.shell.status {
            Status::Success => out.push(state),
            Status::Failure => out.push(state.exited(Status::Failure)),
            Status::Unknown => {
                out.push(state.clone().exited(Status::Failure));
                out.push(state.with_status(Status::Success));
            }
        }
    }
}

fn partition(states: Vec<State<'_>>) -> (Vec<State<'_>>, Vec<State<'_>>) {
    states.into_iter().partition(State::runs)
}

/// The status of two commands that must both succeed.
fn both(a: Status, b: Status) -> Status {
    match (a, b) {
        (Status::Success, Status::Success) => Status::Success,
        (Status::Failure, _) | (_, Status::Failure) => Status::Failure,
        _ => Status::Unknown,
    }
}
