//! `for`, `while` and `until`.

use super::machine::{Context, Machine};
use super::outcome::Argument;
use super::state::{Control, Split, State, Status, merge};
use crate::model::{Unknown, Value};
use crate::source::Span;
use crate::syntax::shell::{Arithmetic, List, Word};

/// A loop whose condition is known is followed so often.
const KNOWN_TURNS: usize = 32;

/// A loop whose condition is not known is followed so often before what it changes is unknown.
const UNKNOWN_TURNS: usize = 2;

impl Machine<'_> {
    pub(super) fn while_loop<'t>(
        &mut self,
        context: Context<'t>,
        until: bool,
        condition: &'t List<'t>,
        body: &'t List<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        let before = states.first().cloned();
        let mut pending = states;
        let mut out = Vec::new();
        let mut first = context;
        let mut unknown_turns = 0;
        for turn in 0..KNOWN_TURNS {
            let enough = unknown_turns > UNKNOWN_TURNS || (turn > 0 && self.exhausted());
            if pending.is_empty() || enough {
                break;
            }
            let mut split = Split::of(self.list(first.checked(), condition, pending));
            if until {
                std::mem::swap(&mut split.success, &mut split.failure);
            }
            let leaves = !split.failure.is_empty();
            unknown_turns += usize::from(leaves);
            let done = split.failure.into_iter();
            out.extend(done.map(|state| state.with_status(Status::Success)));
            out.extend(split.left);
            first = first.certain_if(!leaves);
            let inner = Context {
                decides: false,
                ..first
            };
            let turned = self.list(inner, body, split.success);
            pending = merge(next_turn(turned, &mut out), self.limit());
        }
        if let Some(before) = before {
            self.last_turn(context, (condition, body), &before, pending, &mut out);
        }
        merge(out, self.limit())
    }

    /// The turns that are not followed: what the loop changes is unknown, and it ends some time.
    fn last_turn<'t>(
        &mut self,
        context: Context<'t>,
        (condition, body): (&'t List<'t>, &'t List<'t>),
        before: &State<'t>,
        pending: Vec<State<'t>>,
        out: &mut Vec<State<'t>>,
    ) {
        let mut pending = pending.into_iter();
        let Some(mut state) = pending.next() else {
            return;
        };
        for other in pending {
            state.widen(&other);
        }
        state.widen(before);
        if !self.exhausted() {
            let context = context.maybe().checked();
            let states = self.list(context, condition, vec![state]);
            let states = self.list(context, body, states);
            let Some(last) = next_turn(states, out).into_iter().next() else {
                return;
            };
            state = last;
        }
        out.push(state.with_status(Status::Unknown));
    }

    pub(super) fn for_loop<'t>(
        &mut self,
        context: Context<'t>,
        variable: (&'t str, Span),
        words: Option<&'t [Word<'t>]>,
        body: &'t List<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        let mut out = Vec::new();
        for mut state in states {
            let items = match words {
                Some(words) => self.arguments(context, words, &mut state),
                None => self.positional(&state, variable.1),
            };
            self.for_items(context, variable, &items, body, state, &mut out);
        }
        merge(out, self.limit())
    }

    fn for_items<'t>(
        &mut self,
        context: Context<'t>,
        variable: (&'t str, Span),
        items: &[Argument],
        body: &'t List<'t>,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        state.shell.status = Status::Success;
        if items.iter().all(|item| item.many) {
            out.push(state.clone());
        }
        let mut context = Context {
            decides: false,
            ..context
        };
        let mut pending = vec![state];
        let (followed, rest) = items.split_at(items.len().min(KNOWN_TURNS));
        let rest = rest.first().map(|first| Argument {
            value: Value::Unknown(Unknown::Shell),
            many: true,
            ..first.clone()
        });
        for item in followed.iter().chain(&rest) {
            let here = context.certain_if(!item.many);
            for state in &mut pending {
                let (name, at) = variable;
                self.assign(name, at, item.value.clone(), item.origins.clone(), state);
            }
            let turned = self.list(here, body, pending);
            let gone = out.len();
            pending = merge(next_turn(turned, out), self.limit());
            let left = out.get(gone..).unwrap_or_default();
            context = context.certain_if(!left.iter().any(State::escapes));
            if pending.is_empty() || self.exhausted() {
                break;
            }
        }
        out.extend(pending);
    }

    /// `for ((…))`: what its header changes is unknown.
    pub(super) fn arithmetic_loop<'t>(
        &mut self,
        context: Context<'t>,
        header: &'t Arithmetic<'t>,
        body: &'t List<'t>,
        states: Vec<State<'t>>,
    ) -> Vec<State<'t>> {
        let mut out = Vec::new();
        for mut state in states {
            for &(name, span) in &header.names {
                self.use_variable(context, name, span, false, &state);
                let at = context.locate(span);
                let value = Value::Unknown(Unknown::Shell);
                self.assign(name, at, value, Vec::new(), &mut state);
            }
            out.push(state.clone());
            let inner = Context {
                decides: false,
                ..context.maybe()
            };
            let turned = self.list(inner, body, vec![state]);
            let turned = next_turn(turned, &mut out);
            out.extend(turned);
        }
        merge(out, self.limit())
    }
}

/// The states that go on with the next turn of a loop; the others are added to `out`.
fn next_turn<'t>(states: Vec<State<'t>>, out: &mut Vec<State<'t>>) -> Vec<State<'t>> {
    let mut next = Vec::with_capacity(states.len());
    for mut state in states {
        let control = &mut state.shell.control;
        match *control {
            Control::Next => next.push(state),
            Control::Continue(1) => {
                *control = Control::Next;
                next.push(state);
            }
            Control::Continue(levels) => {
                *control = Control::Continue(levels - 1);
                out.push(state);
            }
            Control::Break(levels) => {
                *control = match levels {
                    1 => Control::Next,
                    _ => Control::Break(levels - 1),
                };
                out.push(state);
            }
            Control::Return | Control::Exit => out.push(state),
        }
    }
    next
}
