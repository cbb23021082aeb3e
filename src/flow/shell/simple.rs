//! Simple commands: expansion, assignments, and what kind of command it is.

use super::builtins::words_from;
use super::environment::{Binding, Environment};
use super::expand::Held;
use super::fields::Field;
use super::machine::{Context, MAX_CALLS, Machine};
use super::outcome::{Argument, Redirection};
use super::state::{Control, Function, State, Status};
use crate::model::{Piece, Unknown, Value};
use crate::source::Span;
use crate::syntax::shell::{
    AssignedValue, Assignment, Command, Redirection as Redirected, RedirectionOperator,
    SimpleCommand,
};

/// Built-ins whose arguments are assignments.
const DECLARATIONS: [&str; 5] = ["export", "readonly", "local", "declare", "typeset"];

/// POSIX special built-ins: in `sh`, assignments before them stay.
const SPECIAL: [&str; 13] = [
    ":", ".", "break", "continue", "eval", "exit", "export", "readonly", "return", "set", "shift",
    "trap", "unset",
];

/// A command with its words expanded.
pub(super) struct Invocation {
    /// The whole command, in the script.
    pub(super) span: Span,
    /// Its words.
    pub(super) fields: Vec<Field>,
    /// Its own redirections.
    pub(super) redirections: Vec<Redirection>,
    /// The variables it gets, assignments before it included.
    pub(super) environment: Environment,
    /// The here-document or here-string that it reads, with the way back to the text.
    pub(super) input: Option<Field>,
}

impl Invocation {
    /// The text of a word, if it is known.
    pub(super) fn text(&self, index: usize) -> Option<&str> {
        self.fields.get(index).and_then(Field::text)
    }

    /// The command that starts at word `index`.
    pub(super) fn inner(&self, index: usize) -> Self {
        Self {
            span: self.span,
            fields: self.fields.get(index..).unwrap_or_default().to_vec(),
            redirections: self.redirections.clone(),
            environment: self.environment.clone(),
            input: self.input.clone(),
        }
    }
}

impl Machine<'_> {
    pub(super) fn simple<'t>(
        &mut self,
        context: Context<'t>,
        command: &'t Command<'t>,
        simple: &'t SimpleCommand<'t>,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        self.substituted = None;
        let first = simple.words.first().and_then(|word| word.bare());
        let declares = first.is_some_and(|name| DECLARATIONS.contains(&name));
        let fields = self.fields(context, &simple.words, &mut state, declares);
        let (redirections, input) = self.redirected_input(context, command, &mut state);
        if !state.runs() {
            out.push(state);
            return;
        }
        if fields.is_empty() {
            let assigned = self.assign_all(context, &simple.assignments, &mut state);
            state.shell.status = match self.substituted {
                _ if !assigned => Status::Failure,
                Some(status) => status,
                None => Status::Success,
            };
            if assigned {
                self.exit_on_error(context, state, out);
            } else {
                out.push(state.exited(Status::Failure));
            }
            return;
        }
        let name = fields.first().and_then(Field::text).map(str::to_owned);
        let environment = if simple.assignments.is_empty() {
            state.shell.environment.clone()
        } else {
            let mut scratch = state.clone();
            let assigned = self.assign_for_command(context, &simple.assignments, &mut scratch);
            // bash runs the command without the assignment, a POSIX shell gives up.
            if !assigned && !context.bash() {
                out.push(state.exited(Status::Failure));
                return;
            }
            if !context.bash() && name.as_deref().is_some_and(|name| SPECIAL.contains(&name)) {
                self.assign_all(context, &simple.assignments, &mut state);
            }
            scratch.shell.environment
        };
        let invocation = Invocation {
            span: context.locate(command.span),
            fields,
            redirections,
            environment,
            input,
        };
        let mut states = Vec::new();
        self.invoke(context, &invocation, name.as_deref(), state, &mut states);
        for state in states {
            self.exit_on_error(context, state, out);
        }
    }

    /// Runs a function, a built-in or another program.
    pub(super) fn invoke<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        name: Option<&str>,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        let function = name.and_then(|name| state.functions.get(name)).copied();
        if let Some(function) = function {
            self.call(context, invocation, function, state, out);
            return;
        }
        let Some(state_left) = self.builtin(context, invocation, name, state, out) else {
            return;
        };
        state = state_left;
        state.shell.status = self.external(context, invocation);
        out.push(state);
    }

    fn call<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        function: Function<'t>,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) {
        if self.calls >= MAX_CALLS || self.exhausted() {
            out.push(state.with_status(Status::Unknown));
            return;
        }
        let outer = state.shell.clone();
        state.shell.parameters = words_from(invocation, 1);
        state.shell.locals = Some(Default::default());
        state.shell.environment = invocation.environment.clone();
        let own = invocation.redirections.len();
        self.redirections
            .extend(invocation.redirections.iter().cloned());
        self.calls += 1;
        let inner = Context {
            frame: function.frame,
            ..context
        };
        let states = self.command(inner, function.body, vec![state]);
        self.calls -= 1;
        let kept = self.redirections.len().saturating_sub(own);
        self.redirections.truncate(kept);
        for mut state in states {
            if state.shell.control == Control::Return {
                state.shell.control = Control::Next;
            }
            if state.shell.control != Control::Exit {
                let own = state.shell.locals.take().unwrap_or_default();
                for (name, before) in own.iter().rev() {
                    restore(&mut state.shell.environment, name, before.clone());
                }
                self.forget_prefix(invocation, &outer.environment, &mut state);
            }
            state.shell.locals.clone_from(&outer.locals);
            state.shell.parameters.clone_from(&outer.parameters);
            out.push(state);
        }
    }

    /// Assignments before a function call end with it.
    pub(super) fn forget_prefix(
        &self,
        invocation: &Invocation,
        before: &Environment,
        state: &mut State<'_>,
    ) {
        for name in invocation.environment.differing(before) {
            let old = before.binding(&name).cloned();
            restore(&mut state.shell.environment, &name, old);
        }
    }

    /// Makes the assignments of a command that has no words. False if one of them is refused.
    fn assign_all<'t>(
        &mut self,
        context: Context<'t>,
        assignments: &'t [Assignment<'t>],
        state: &mut State<'t>,
    ) -> bool {
        assignments.iter().all(|assignment| {
            let value = self.assigned(context, assignment, state);
            let at = context.locate(assignment.span);
            self.assign(assignment.name, at, value.value, value.origins, state)
        })
    }

    /// Makes the assignments before a command in a copy of the state: they are exported to it. False
    /// if one of them is refused.
    fn assign_for_command<'t>(
        &mut self,
        context: Context<'t>,
        assignments: &'t [Assignment<'t>],
        scratch: &mut State<'t>,
    ) -> bool {
        let mut all = true;
        for assignment in assignments {
            let value = self.assigned(context, assignment, scratch);
            if self.attributes(assignment.name, scratch).1 {
                all = false;
                continue;
            }
            let at = context.locate(assignment.span);
            let variable = self.new_variable(assignment.name, at, value.value, value.origins, true);
            let environment = &mut scratch.shell.environment;
            environment.bind(assignment.name, Binding::Set(variable));
        }
        all
    }

    fn assigned<'t>(
        &mut self,
        context: Context<'t>,
        assignment: &'t Assignment<'t>,
        state: &mut State<'t>,
    ) -> Argument {
        let mut value = match &assignment.value {
            AssignedValue::Scalar(word) => self.value(context, word, state),
            AssignedValue::Element(word) => Argument {
                value: Value::Unknown(Unknown::Shell),
                ..self.value(context, word, state)
            },
            AssignedValue::Array(words) => {
                let elements = self.arguments(context, words, state);
                let origins = elements.into_iter().flat_map(|element| element.origins);
                Argument {
                    value: Value::Unknown(Unknown::Shell),
                    span: context.locate(assignment.span),
                    many: false,
                    origins: origins.collect(),
                }
            }
        };
        if assignment.append {
            self.append(assignment.name, &mut value, state);
        }
        value
    }

    /// `NAME+=VALUE`
    pub(super) fn append(&mut self, name: &str, value: &mut Argument, state: &State<'_>) {
        if let Held::Value(before, origin) = self.held(name, state) {
            let after = std::mem::replace(&mut value.value, Value::known(""));
            value.value = joined(before, after);
            value.origins.extend(origin);
        }
    }

    /// The redirections of a compound command.
    pub(super) fn redirected<'t>(
        &mut self,
        context: Context<'t>,
        redirections: &'t [Redirected<'t>],
        state: &mut State<'t>,
    ) -> Vec<Redirection> {
        let fields = redirections.iter().map(|redirection| {
            let field = self.redirection(context, redirection, state);
            evaluated(context, redirection, field.argument)
        });
        fields.collect()
    }

    fn redirected_input<'t>(
        &mut self,
        context: Context<'t>,
        command: &'t Command<'t>,
        state: &mut State<'t>,
    ) -> (Vec<Redirection>, Option<Field>) {
        let mut redirections = Vec::with_capacity(command.redirections.len());
        let mut input = None;
        for redirection in &command.redirections {
            let field = self.redirection(context, redirection, state);
            redirections.push(evaluated(context, redirection, field.argument.clone()));
            if matches!(
                redirection.operator,
                RedirectionOperator::HereDocument(_) | RedirectionOperator::HereString
            ) {
                input = Some(field);
            }
        }
        (redirections, input)
    }

    /// The target of a redirection; of a here-document its text.
    fn redirection<'t>(
        &mut self,
        context: Context<'t>,
        redirection: &'t Redirected<'t>,
        state: &mut State<'t>,
    ) -> Field {
        let word = match redirection.operator {
            RedirectionOperator::HereDocument(index) => {
                let documents = &context.frame.script.here_documents;
                documents.get(index).map(|document| &document.body)
            }
            _ => None,
        };
        self.single(context, word.unwrap_or(&redirection.target), state)
    }
}

fn evaluated(context: Context<'_>, redirection: &Redirected<'_>, target: Argument) -> Redirection {
    Redirection {
        span: context.locate(redirection.span),
        operator: redirection.operator,
        descriptor: redirection.descriptor,
        target,
    }
}

fn restore(environment: &mut Environment, name: &str, before: Option<Binding>) {
    environment.bind(name, before.unwrap_or(Binding::Inherited));
}

fn joined(before: Value<'static>, after: Value<'static>) -> Value<'static> {
    let pieces = [before, after].into_iter().flat_map(|value| match value {
        Value::Known(text) => vec![Piece::Text(text)],
        Value::Partly(pieces) => pieces,
        Value::Unknown(why) => vec![Piece::Unknown(why)],
    });
    Value::from_pieces(pieces.collect())
}
