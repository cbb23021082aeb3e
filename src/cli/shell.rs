//! What is told of the shell that builds are asked for in: the only place that reads docklint's
//! own environment for a result, and only if it is asked to.

use std::ffi::OsString;

use crate::flow::RequestedArg;
use crate::model::compose::ProcessEnvironment;
use crate::model::{Unknown, Value};

/// The environment that `--env` and `--use-shell-env` describe. `set` holds `NAME=VALUE`, or `NAME`
/// for what the shell has.
pub(super) fn environment(set: &[RequestedArg], is_whole: bool) -> ProcessEnvironment {
    let mut told = ProcessEnvironment {
        is_whole,
        ..ProcessEnvironment::default()
    };
    if is_whole {
        let names = std::env::vars_os().map(|(name, value)| (name.into_string(), value));
        let readable = names.filter_map(|(name, value)| Some((name.ok()?, known(value))));
        told.variables.extend(readable);
    }
    for RequestedArg { name, value } in set {
        let value = match value {
            Some(value) => Some(Value::known(value.clone())),
            None => std::env::var_os(name).map(known),
        };
        match value {
            Some(value) => told.variables.insert(name.clone(), value).is_none(),
            None => told.unset.insert(name.clone()),
        };
    }
    told
}

/// A value that is not UTF-8 is there, and no more is said of it.
fn known(value: OsString) -> Value<'static> {
    match value.into_string() {
        Ok(value) => Value::known(value),
        Err(_) => Value::Unknown(Unknown::ProcessEnvironment),
    }
}
