//! Shell text inside shell text: `sh -c`, here-documents of shells, `eval`.

use std::sync::Arc;

use super::builtins::words_from;
use super::environment::Environment;
use super::fields::Field;
use super::interpreter::{Options, base_name, dialect};
use super::machine::{Context, Frame, MAX_CALLS, Machine};
use super::offsets::{Offsets, Pieces};
use super::outcome::{Wrapper, WrapperKind};
use super::simple::Invocation;
use super::state::{Shell, State, Status, status_of};
use crate::model::Value;
use crate::syntax::shell::{Dialect, RedirectionOperator, Script, parse};

/// A shell that is started.
pub(super) struct NewShell {
    pub(super) dialect: Dialect,
    pub(super) options: Options,
    pub(super) environment: Environment,
    /// Its positional parameters, if they are known.
    pub(super) parameters: Option<Arc<Vec<Value<'static>>>>,
}

impl Machine<'_> {
    /// `sh -c TEXT`, `sh <<EOF`; a script's file is not read.
    pub(super) fn shell(&mut self, context: Context<'_>, invocation: &Invocation) -> Status {
        let name = base_name(invocation.text(0).unwrap_or_default());
        let Some(dialect) = dialect(name) else {
            return Status::Unknown;
        };
        let flags = Flags::read(invocation);
        let words: Vec<&str> = (1..flags.end).map_while(|at| invocation.text(at)).collect();
        let text = if flags.command {
            invocation.fields.get(flags.end)
        } else if flags.end >= invocation.fields.len() || flags.standard_input {
            invocation.input.as_ref()
        } else {
            None
        };
        let Some(text) = text else {
            return Status::Unknown;
        };
        // Behind -c stand the text and $0; behind -s, the parameters.
        let first = flags.end + if flags.command { 2 } else { 0 };
        let shell = NewShell {
            dialect,
            options: Options::from_flags(words),
            environment: invocation.environment.clone(),
            parameters: words_from(invocation, first),
        };
        let wrapper = Wrapper {
            name: name.to_owned(),
            span: invocation.span,
            kind: WrapperKind::Shell,
            drops_environment: false,
            logs_in: false,
        };
        self.within(wrapper, |machine| {
            machine.run_text(context, invocation, text, shell)
        })
    }

    /// Runs the text of `field` in a new shell.
    pub(super) fn run_text(
        &mut self,
        context: Context<'_>,
        invocation: &Invocation,
        field: &Field,
        shell: NewShell,
    ) -> Status {
        let Some(text) = field.text().filter(|_| self.may_nest()) else {
            return Status::Unknown;
        };
        let Some(script) = self.read(text, shell.dialect) else {
            return Status::Unknown;
        };
        let offsets = Offsets::below(context.frame.offsets, field.pieces.clone());
        let frame = Frame {
            script: &script,
            offsets: &offsets,
            dialect: shell.dialect,
        };
        let context = Context {
            frame,
            checked: false,
            certain: context.certain && !script.has_template_blocks,
            decides: context.decides,
        };
        let mut inner = Shell::new(shell.environment.inherited(), shell.options);
        inner.parameters = shell.parameters;
        let outer = self.redirections.len();
        self.redirections.extend(
            invocation
                .redirections
                .iter()
                .filter(|redirection| {
                    !matches!(
                        redirection.operator,
                        RedirectionOperator::HereDocument(_)
                            | RedirectionOperator::HereString
                            | RedirectionOperator::Read
                    )
                })
                .cloned(),
        );
        self.calls += 1;
        let states = self.script(context, State::new(inner));
        self.calls -= 1;
        self.redirections.truncate(outer);
        status_of(states)
    }

    /// `eval`: runs its words, joined by blanks, in this shell. Functions defined in there are not
    /// known behind it.
    pub(super) fn evaluate_text<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        let Some((text, pieces)) = joined(&invocation.fields).filter(|_| self.may_nest()) else {
            out.push(state.with_status(Status::Unknown));
            return;
        };
        let Some(script) = self.read(&text, context.frame.dialect) else {
            out.push(state.with_status(Status::Unknown));
            return;
        };
        let offsets = Offsets::below(context.frame.offsets, pieces);
        let inner = Context {
            frame: Frame {
                script: &script,
                offsets: &offsets,
                dialect: context.frame.dialect,
            },
            ..context
        };
        let wrapper = Wrapper {
            name: "eval".to_owned(),
            span: invocation.span,
            kind: WrapperKind::Evaluation,
            drops_environment: false,
            logs_in: false,
        };
        let functions = state.functions.clone();
        let before = state.shell.environment.clone();
        let mut inner_state = state;
        if context.bash() {
            inner_state.shell.environment = invocation.environment.clone();
        }
        self.calls += 1;
        let shells: Vec<Shell> = self.within(wrapper, |machine| {
            let states = machine.script(inner, inner_state);
            states.into_iter().map(|state| state.shell).collect()
        });
        self.calls -= 1;
        for shell in shells {
            let mut state = State {
                shell,
                functions: functions.clone(),
            };
            if context.bash() {
                self.forget_prefix(invocation, &before, &mut state);
            }
            out.push(state);
        }
    }

    /// The tree of a text that the script runs; none if that may do anything.
    fn read<'x>(&mut self, text: &'x str, dialect: Dialect) -> Option<Script<'x>> {
        let script = parse(text, dialect);
        self.outcome.is_cut |= script.is_cut;
        (script.foreign.is_none() && !script.is_cut).then_some(script)
    }

    fn may_nest(&self) -> bool {
        self.calls < MAX_CALLS && !self.exhausted()
    }
}

/// The arguments of `eval` as one text.
fn joined(fields: &[Field]) -> Option<(String, Pieces)> {
    let mut text = String::new();
    let mut pieces = Pieces::default();
    for field in fields.iter().skip(1) {
        if !text.is_empty() {
            text.push(' ');
        }
        pieces.append(text.len(), &field.pieces);
        text.push_str(field.text()?);
    }
    Some((text, pieces))
}

/// The flags of a shell's command line.
#[derive(Default)]
struct Flags {
    /// `-c`
    command: bool,
    /// `-s`
    standard_input: bool,
    /// The index of the first word behind them.
    end: usize,
}

impl Flags {
    fn read(invocation: &Invocation) -> Self {
        let mut flags = Self {
            end: 1,
            ..Self::default()
        };
        while let Some(word) = invocation.text(flags.end) {
            if word == "--" || word == "-" {
                flags.end += 1;
                break;
            }
            if !word.starts_with(['-', '+']) {
                break;
            }
            flags.end += 1;
            if word.starts_with("--") {
                flags.end += usize::from(matches!(word, "--rcfile" | "--init-file"));
                continue;
            }
            flags.command |= word.starts_with('-') && word.contains('c');
            flags.standard_input |= word.starts_with('-') && word.contains('s');
            flags.end += word.matches(['o', 'O']).count();
        }
        flags
    }
}
