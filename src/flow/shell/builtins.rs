//! Built-ins: what they do to the shell.

use std::sync::Arc;

use super::conditions;
use super::environment::Binding;
use super::interpreter::Options;
use super::machine::{Context, Machine};
use super::outcome::{Wrapper, WrapperKind};
use super::simple::Invocation;
use super::state::{Control, State, Status};
use crate::model::{Unknown, Value};
use crate::syntax::shell::is_name;

/// Flags of `read` that take a value.
const READ_VALUE_FLAGS: [char; 7] = ['p', 't', 'n', 'N', 'd', 'u', 'i'];

/// More positional parameters are not followed: `set -- a "$@"` adds one with every line.
const MOST_PARAMETERS: usize = 256;

impl Machine<'_> {
    /// Runs a built-in; gives the state back if `name` is none.
    pub(super) fn builtin<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        name: Option<&str>,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) -> Option<State<'t>> {
        let Some(name) = name.filter(|name| is_builtin(name, context.bash())) else {
            return Some(state);
        };
        self.record(context, invocation);
        let status = match name {
            ":" | "true" | "echo" | "wait" | "trap" | "umask" | "alias" | "unalias" | "hash"
            | "ulimit" | "times" | "shopt" | "jobs" => Status::Success,
            "printf" => {
                if invocation.text(1) == Some("-v") {
                    self.forget_names(invocation, 2, 3, &mut state);
                }
                Status::Success
            }
            "false" => Status::Failure,
            "test" => conditions::test(invocation.fields.get(1..).unwrap_or_default()),
            "[" => match invocation.fields.as_slice() {
                [_, inner @ .., last] if last.text() == Some("]") => conditions::test(inner),
                _ => Status::Failure,
            },
            "exit" | "return" => {
                let status = exit_status(invocation, state.shell.status);
                out.push(match name {
                    "exit" => state.exited(status),
                    _ => leave(state.with_status(status), Control::Return),
                });
                return None;
            }
            "break" | "continue" => {
                let levels = invocation.text(1).and_then(|text| text.parse().ok());
                let levels = levels.unwrap_or(1_u32).max(1);
                out.push(leave(
                    state,
                    match name {
                        "break" => Control::Break(levels),
                        _ => Control::Continue(levels),
                    },
                ));
                return None;
            }
            "set" => set(invocation, &mut state),
            "shift" => shift(invocation, &mut state),
            "unset" => return self.unset(context, invocation, state, out),
            "export" | "readonly" | "local" | "declare" | "typeset" => {
                return self.declare(context, invocation, name, state, out);
            }
            "eval" => {
                self.evaluate_text(context, invocation, state, out);
                return None;
            }
            "command" | "builtin" => return self.command_builtin(context, invocation, state, out),
            "exec" => {
                out.push(self.exec(context, invocation, state));
                return None;
            }
            "read" => {
                let first = operands(invocation, &READ_VALUE_FLAGS);
                self.forget_names(invocation, first, invocation.fields.len(), &mut state);
                Status::Unknown
            }
            "getopts" => {
                self.forget_names(invocation, 2, 3, &mut state);
                Status::Unknown
            }
            "let" => {
                self.forget_names(invocation, 1, invocation.fields.len(), &mut state);
                Status::Unknown
            }
            "mapfile" | "readarray" => {
                let last = invocation.fields.len();
                self.forget_names(invocation, last.saturating_sub(1), last, &mut state);
                Status::Unknown
            }
            _ => Status::Unknown,
        };
        out.push(state.with_status(status));
        None
    }

    /// The variables named by words `from..to` get values that are not known.
    fn forget_names(
        &mut self,
        invocation: &Invocation,
        from: usize,
        to: usize,
        state: &mut State<'_>,
    ) {
        for field in invocation.fields.iter().take(to).skip(from) {
            let text = field.text().unwrap_or_default();
            let end = text.find(['=', '+', '-', '*', '/', '%']);
            let name = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
            if is_name(name) {
                let unknown = Value::Unknown(Unknown::Shell);
                self.assign(name, field.argument.span, unknown, Vec::new(), state);
            }
        }
    }

    fn unset<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) -> Option<State<'t>> {
        let mut functions = false;
        state.shell.status = Status::Success;
        for field in invocation.fields.iter().skip(1) {
            let Some(name) = field.text() else {
                continue;
            };
            match name {
                "-f" => functions = true,
                "-v" | "--" | "-n" => functions = false,
                _ if functions => {
                    Arc::make_mut(&mut state.functions).remove(name);
                }
                _ if self.attributes(name, &state).1 => {
                    state.shell.status = Status::Failure;
                    // A special built-in's error ends a POSIX shell; bash goes on.
                    if !context.bash() {
                        out.push(state.exited(Status::Failure));
                        return None;
                    }
                }
                _ => {
                    let at = field.argument.span;
                    state.shell.environment.bind(name, Binding::Unset { at });
                }
            }
        }
        out.push(state);
        None
    }

    /// `command` and `builtin` run a command as if no function had its name.
    fn command_builtin<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) -> Option<State<'t>> {
        let mut first = 1;
        while let Some(flag) = invocation.text(first).filter(|text| text.starts_with('-')) {
            if flag.contains(['v', 'V']) {
                out.push(state.with_status(Status::Unknown));
                return None;
            }
            first += 1;
        }
        let inner = invocation.inner(first);
        if inner.fields.is_empty() {
            out.push(state.with_status(Status::Success));
            return None;
        }
        let functions = std::mem::take(&mut state.functions);
        let name = inner.text(0).map(str::to_owned);
        let wrapper = prefix_wrapper(invocation, "command");
        let before = out.len();
        self.within(wrapper, |machine| {
            machine.invoke(context, &inner, name.as_deref(), state, out);
        });
        for state in out.iter_mut().skip(before) {
            state.functions.clone_from(&functions);
        }
        None
    }

    /// `exec` with a command never comes back; without one it redirects the shell.
    fn exec<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        state: State<'t>,
    ) -> State<'t> {
        let first = operands(invocation, &['a']);
        let inner = invocation.inner(first);
        if inner.fields.is_empty() {
            return state.with_status(Status::Success);
        }
        let wrapper = prefix_wrapper(invocation, "exec");
        let status = self.within(wrapper, |machine| machine.external(context, &inner));
        state.exited(status)
    }

    /// Runs `body` for what a wrapper runs.
    pub(super) fn within<T>(&mut self, wrapper: Wrapper, body: impl FnOnce(&mut Self) -> T) -> T {
        self.wrappers.push(wrapper);
        let result = body(self);
        self.wrappers.pop();
        result
    }
}

fn prefix_wrapper(invocation: &Invocation, name: &str) -> Wrapper {
    Wrapper {
        name: name.to_owned(),
        span: invocation.span,
        kind: WrapperKind::Prefix,
        drops_environment: false,
        logs_in: false,
    }
}

fn is_builtin(name: &str, bash: bool) -> bool {
    match name {
        ":" | "." | "true" | "false" | "echo" | "printf" | "wait" | "trap" | "umask" | "alias"
        | "unalias" | "hash" | "ulimit" | "times" | "jobs" | "test" | "[" | "exit" | "return"
        | "break" | "continue" | "set" | "shift" | "unset" | "export" | "readonly" | "local"
        | "eval" | "command" | "exec" | "read" | "getopts" | "cd" | "type" | "kill" | "bg"
        | "fg" => true,
        "declare" | "typeset" | "source" | "shopt" | "let" | "pushd" | "popd" | "dirs"
        | "builtin" | "mapfile" | "readarray" | "enable" | "disown" => bash,
        _ => false,
    }
}

fn leave(mut state: State<'_>, control: Control) -> State<'_> {
    state.shell.control = control;
    state
}

fn exit_status(invocation: &Invocation, last: Status) -> Status {
    match invocation.fields.get(1) {
        None => last,
        Some(field) => match field.text().map(str::parse::<i64>) {
            Some(Ok(code)) => Status::of(code == 0),
            Some(Err(_)) => Status::Failure,
            None => Status::Unknown,
        },
    }
}

/// The index of the first word that is no flag. `with_value` are the letters that take a value.
fn operands(invocation: &Invocation, with_value: &[char]) -> usize {
    let mut index = 1;
    while let Some(flag) = invocation.text(index) {
        if flag == "--" {
            return index + 1;
        }
        if !flag.starts_with('-') || flag.len() < 2 {
            break;
        }
        index += if flag.ends_with(with_value) { 2 } else { 1 };
    }
    index
}

/// `set -e`, `set +x`, `set -o pipefail`, `set -- a b`
fn set(invocation: &Invocation, state: &mut State<'_>) -> Status {
    let mut index = 1;
    let options = &mut state.shell.options;
    while let Some(word) = invocation.text(index) {
        if word == "--" {
            index += 1;
            state.shell.parameters = words_from(invocation, index);
            return Status::Success;
        }
        let on = word.starts_with('-');
        if !on && !word.starts_with('+') {
            break;
        }
        index += 1;
        for letter in word.chars().skip(1) {
            match letter {
                'e' => options.errexit = on,
                'a' => options.allexport = on,
                'o' => {
                    let name = invocation.text(index).unwrap_or_default();
                    Options::set_long(options, name, on);
                    index += 1;
                }
                _ => {}
            }
        }
    }
    if index < invocation.fields.len() {
        state.shell.parameters = words_from(invocation, index);
    }
    Status::Success
}

/// The words from `index` on as positional parameters, if their number is known.
pub(super) fn words_from(
    invocation: &Invocation,
    index: usize,
) -> Option<Arc<Vec<Value<'static>>>> {
    let words = invocation.fields.get(index..).unwrap_or_default();
    if words.len() > MOST_PARAMETERS || words.iter().any(|field| field.argument.many) {
        return None;
    }
    let values = words.iter().map(|field| field.argument.value.clone());
    Some(Arc::new(values.collect()))
}

fn shift(invocation: &Invocation, state: &mut State<'_>) -> Status {
    let count = match invocation.fields.get(1) {
        None => Some(1),
        Some(field) => field.text().and_then(|text| text.parse::<usize>().ok()),
    };
    let parameters = &mut state.shell.parameters;
    match (count, parameters.as_ref()) {
        (Some(count), Some(values)) if count <= values.len() => {
            *parameters = Some(Arc::new(values.iter().skip(count).cloned().collect()));
            Status::Success
        }
        (Some(_), Some(_)) => Status::Failure,
        _ => {
            *parameters = None;
            Status::Unknown
        }
    }
}
