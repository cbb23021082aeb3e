//! Whether the daemon starts: `service_verify` of `src/core/service.c`, the limits of `execve`, and
//! what is really executed.

use crate::model::{Mechanism, Provenance, Unknown, Value};
use crate::source::{Location, Span};

use super::diagnostic::{Cause, Diagnostic};
use super::environment::{Environment, Variable};
use super::exec::{self, ExecStart, FinalWord};
use super::names;
use super::service::Service;

/// `MAX_ARG_STRLEN` of Linux: the longest string `execve` takes, its NUL included.
const MAX_STRING: usize = 128 * 1024;

/// Whether the unit can be loaded; refusals go to `diagnostics`.
pub(super) fn verify(service: &Service, fragment: &str, diagnostics: &mut Vec<Diagnostic>) -> bool {
    if service.exec_start.is_empty() {
        if service.has_success_action || (service.oneshot && service.has_exec_stop) {
            return true;
        }
        let message = "no `ExecStart=` is left: systemd refuses the unit";
        // A refused command line was reported where it stands.
        let known = diagnostics
            .iter()
            .any(|old| old.cause == Cause::BadExecStart);
        if !known {
            diagnostics.push(Diagnostic::new(Cause::NoExecStart, fragment, None, message));
        }
        return false;
    }
    let [first, .., last] = service.exec_start.as_slice() else {
        return true;
    };
    if service.oneshot {
        return true;
    }
    let message = "this is a second `ExecStart=`: systemd refuses the unit";
    let found = Diagnostic::new(Cause::SecondExecStart, &last.path, Some(last.at), message)
        .related(first.at, "the first one")
        .help("write an empty `ExecStart=` line above it to replace the first");
    let line_start = Span::at(last.at.span.start as usize);
    let key = "ExecStart=".len();
    let start = (line_start.start as usize).checked_sub(key);
    let found = match start.filter(|_| first.at.file != last.at.file) {
        Some(start) => {
            let at = Location {
                file: last.at.file,
                span: Span::at(start),
            };
            found.repair(
                "clear the first command",
                false,
                vec![(at, "ExecStart=\n".to_owned())],
            )
        }
        None => found,
    };
    diagnostics.push(found);
    false
}

/// The variables that `execve` refuses.
pub(super) fn fits(environment: &Environment, diagnostics: &mut Vec<Diagnostic>) -> bool {
    let mut fits = true;
    for (name, variable) in environment {
        let length = variable
            .value
            .as_known()
            .map_or(0, |value| name.len() + value.len() + 2);
        if length > MAX_STRING {
            fits = false;
            let message = format!("`{name}` is longer than 128 KiB: the daemon cannot be executed");
            let found = Diagnostic::new(Cause::TooLong, &variable.path, variable.at, message);
            diagnostics.push(found.name(name.clone()));
        }
    }
    fits
}

/// The daemon's command line; `env` in front of it is followed, and changes the environment. Of what
/// an environment lacks that is not whole, nothing is known.
pub(super) fn command(
    service: &Service,
    environment: &mut Environment,
    is_whole: bool,
    provenance: &mut Provenance,
) -> Vec<FinalWord> {
    let Some(command) = service.exec_start.last() else {
        return Vec::new();
    };
    let get = |name: &str| match environment.get(name) {
        Some(variable) => Some(variable.value.clone()),
        None => (!is_whole).then_some(Value::Unknown(Unknown::File)),
    };
    let words = exec::substitute(command, &get);
    unwrap_env(command, words, environment, provenance)
}

/// `/usr/bin/env [-i] [-u NAME] NAME=VALUE… program …`
fn unwrap_env(
    command: &ExecStart,
    words: Vec<FinalWord>,
    environment: &mut Environment,
    provenance: &mut Provenance,
) -> Vec<FinalWord> {
    let program = words.first().and_then(|word| word.value.as_known());
    if program.and_then(|path| path.rsplit('/').next()) != Some("env") {
        return words;
    }
    let mut rest = words.iter().skip(1).peekable();
    while let Some(word) = rest.peek() {
        let Some(text) = word.value.as_known() else {
            break;
        };
        if matches!(text, "-" | "-i" | "--ignore-environment") {
            environment.clear();
        } else if text == "-u" {
            rest.next();
            let name = rest.peek().and_then(|word| word.value.as_known());
            environment.remove(name.unwrap_or_default());
        } else if let Some(name) = text.strip_prefix("--unset=").or(text.strip_prefix("-u")) {
            environment.remove(name);
        } else if let Some((name, value)) = text
            .split_once('=')
            .filter(|(name, _)| names::is_valid(name))
        {
            let at = Some(Location {
                file: command.at.file,
                span: word.span,
            });
            let hop = provenance.add(Mechanism::DaemonFlag, at, &[]);
            let value = Value::known(value.to_owned());
            let path = command.path.clone();
            environment.insert(
                name.to_owned(),
                Variable {
                    value,
                    hop,
                    at,
                    path,
                },
            );
        } else {
            break;
        }
        rest.next();
    }
    rest.cloned().collect()
}
