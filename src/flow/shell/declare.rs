//! `export`, `readonly`, `local`, `declare`, `typeset`.

use std::borrow::Cow;
use std::sync::Arc;

use super::environment::{Binding, Origin, Seen, Variable};
use super::expand::Held;
use super::machine::{Context, Machine};
use super::outcome::Argument;
use super::simple::Invocation;
use super::state::{State, Status};
use crate::model::{Piece, Unknown, Value};
use crate::syntax::shell::is_name;

/// What a declaration does to its variables.
#[derive(Clone, Copy, Debug, Default)]
struct Attributes {
    /// Exports, or (`-n`, `+x`) stops exporting.
    export: Option<bool>,
    readonly: bool,
    local: bool,
    /// Arrays, integers and case conversion: the value is not what is written.
    opaque: bool,
}

impl Machine<'_> {
    pub(super) fn declare<'t>(
        &mut self,
        context: Context<'t>,
        invocation: &Invocation,
        name: &str,
        mut state: State<'t>,
        out: &mut Vec<State<'t>>,
    ) -> Option<State<'t>> {
        let in_function = state.shell.locals.is_some();
        let mut attributes = Attributes {
            export: (name == "export").then_some(true),
            readonly: name == "readonly",
            local: name == "local" || in_function && matches!(name, "declare" | "typeset"),
            opaque: false,
        };
        state.shell.status = self
            .substituted
            .map_or(Status::Success, |_| Status::Success);
        for field in invocation.fields.iter().skip(1) {
            let argument = &field.argument;
            if let Some(flags) = field.text().filter(|text| text.starts_with(['-', '+'])) {
                if flags == "-n" && name == "export" && !context.bash() {
                    // dash: "Illegal option", and a special built-in's error ends the shell.
                    out.push(state.exited(Status::Failure));
                    return None;
                }
                if !attributes.apply(name, flags) {
                    out.push(state);
                    return None;
                }
                continue;
            }
            let (variable, append, value) = match split_assignment(&argument.value) {
                Some((variable, append, value)) => (variable, append, Some(value)),
                None => match field.text() {
                    Some(variable) if is_name(variable) => (variable.to_owned(), false, None),
                    // A special built-in's error ends a POSIX shell; bash goes on.
                    Some(_) if !context.bash() => {
                        out.push(state.exited(Status::Failure));
                        return None;
                    }
                    _ => continue,
                },
            };
            if value.is_some() && self.attributes(&variable, &state).1 {
                state.shell.status = Status::Failure;
                if !context.bash() {
                    out.push(state.exited(Status::Failure));
                    return None;
                }
                self.declare_name(context, &variable, attributes, &mut state);
                continue;
            }
            if attributes.local {
                make_local(&variable, &mut state);
            }
            let value = value.map(|value| Argument {
                value,
                ..argument.clone()
            });
            match value {
                Some(mut value) => {
                    if append {
                        self.append(&variable, &mut value, &state);
                    }
                    self.declare_value(&variable, value, attributes, &mut state);
                }
                None => self.declare_name(context, &variable, attributes, &mut state),
            }
        }
        out.push(state);
        None
    }

    fn declare_value(
        &mut self,
        name: &str,
        mut argument: Argument,
        attributes: Attributes,
        state: &mut State<'_>,
    ) {
        if attributes.opaque {
            argument.value = Value::Unknown(Unknown::Shell);
        }
        let exported = attributes
            .export
            .unwrap_or(self.attributes(name, state).0 || state.shell.options.allexport);
        let (value, origins) = (argument.value, argument.origins);
        let mut variable = self.new_variable(name, argument.span, value, origins, exported);
        variable.readonly = attributes.readonly;
        state.shell.environment.bind(name, Binding::Set(variable));
    }

    /// Without a value, only attributes change.
    fn declare_name(
        &mut self,
        context: Context<'_>,
        name: &str,
        attributes: Attributes,
        state: &mut State<'_>,
    ) {
        let (exported, readonly) = self.attributes(name, state);
        let (value, origin) = match self.held(name, state) {
            // bash's `local X` has no value until it gets one; dash's keeps the old one.
            _ if attributes.local && context.bash() => (None, None),
            Held::Unset => (None, None),
            Held::Value(value, origin) => (Some(Arc::new(value)), origin),
        };
        let untouched = state.shell.environment.binding(name).is_none()
            && matches!(
                state.shell.environment.below(name),
                Seen::Start | Seen::Set { .. }
            );
        let wanted = attributes.export.unwrap_or(exported);
        if untouched && value.is_some() && wanted == exported && !attributes.readonly {
            return;
        }
        let variable = Variable {
            value,
            exported: wanted,
            readonly: readonly || attributes.readonly,
            origin: origin
                .filter(|origin| matches!(origin, Origin::Assignment(_) | Origin::Start(_))),
        };
        state.shell.environment.bind(name, Binding::Set(variable));
    }
}

impl Attributes {
    /// Applies `-x`, `+x` and the like. False if the command declares no variables at all.
    fn apply(&mut self, name: &str, flags: &str) -> bool {
        let on = flags.starts_with('-');
        for flag in flags.chars().skip(1) {
            match (name, flag) {
                (_, 'p' | 'f' | 'F') => return false,
                ("export", 'n') => self.export = Some(false),
                ("export" | "readonly", _) => {}
                (_, 'x') => self.export = Some(on),
                (_, 'r') => self.readonly = on,
                (_, 'g') => self.local = false,
                (_, 'a' | 'A' | 'i' | 'l' | 'u' | 'n') => self.opaque = on,
                _ => {}
            }
        }
        true
    }
}

/// Keeps what a variable is outside the function, once.
fn make_local(name: &str, state: &mut State<'_>) {
    let before = state.shell.environment.binding(name).cloned();
    if let Some(locals) = &mut state.shell.locals
        && !locals.iter().any(|(local, _)| **local == *name)
    {
        Arc::make_mut(locals).push((name.into(), before));
    }
}

/// `NAME=VALUE` or `NAME+=VALUE`: name, whether it appends, value.
pub(super) fn split_assignment(value: &Value<'static>) -> Option<(String, bool, Value<'static>)> {
    let (first, rest) = match value {
        Value::Known(text) => (text, &[][..]),
        Value::Partly(pieces) => match pieces.split_first()? {
            (Piece::Text(text), rest) => (text, rest),
            (Piece::Unknown(_), _) => return None,
        },
        Value::Unknown(_) => return None,
    };
    let (name, text) = first.split_once('=')?;
    let append = name.ends_with('+');
    let name = name.strip_suffix('+').unwrap_or(name);
    if !is_name(name) {
        return None;
    }
    let mut pieces = vec![Piece::Text(Cow::Owned(text.to_owned()))];
    pieces.extend(rest.iter().cloned());
    Some((name.to_owned(), append, Value::from_pieces(pieces)))
}
