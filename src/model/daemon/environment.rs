//! Puts the environment of the started process together (`exec_child` of `src/core/execute.c`):
//! manager default < `PassEnvironment=` < `Environment=` < `EnvironmentFile=`, then
//! `UnsetEnvironment=` takes away.

use std::collections::BTreeMap;

use crate::model::{HopId, Mechanism, Provenance, Unknown, Value};
use crate::source::Location;

use super::diagnostic::{Cause, Diagnostic};
use super::environment_files::{FileSetting, Loaded};
use super::host::Facts;
use super::manager::ManagerSettings;
use super::names;
use super::service::{Role, Service, Setting, TakenBack};

/// A variable of the daemon's environment.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Its value.
    pub value: Value<'static>,
    /// Where it comes from.
    pub hop: HopId,
    /// The bytes that set it.
    pub at: Option<Location>,
    /// The file that holds them.
    pub path: String,
}

/// The variables of a process, by name.
pub type Environment = BTreeMap<String, Variable>;

/// What goes into an environment.
pub(super) struct Parts<'a> {
    pub manager: &'a ManagerSettings,
    pub service: &'a Service,
    pub files: &'a Loaded,
    pub facts: &'a Facts,
}

/// Composes the environment.
pub(super) fn compose(
    parts: &Parts,
    provenance: &mut Provenance,
    diagnostics: &mut Vec<Diagnostic>,
) -> Environment {
    let mut environment = Environment::new();
    for setting in &parts.manager.default {
        insert(&mut environment, setting, provenance);
    }
    pass(parts, &mut environment, provenance, diagnostics);
    for setting in parts.service.environment() {
        insert(&mut environment, setting, provenance);
    }
    for setting in &parts.files.settings {
        file_wins(parts.service, setting, diagnostics);
        let at = Some(setting.at);
        let directive =
            provenance.add(Mechanism::UnitEnvironmentFile, Some(setting.directive), &[]);
        let hop = provenance.add(Mechanism::UnitEnvironmentFile, at, &[directive]);
        let value = Value::known(setting.value.clone());
        let path = setting.path.clone();
        environment.insert(
            setting.name.clone(),
            Variable {
                value,
                hop,
                at,
                path,
            },
        );
    }
    unset(parts.service, &mut environment, diagnostics);
    taken_back(parts.service, &environment, diagnostics);
    environment
}

fn insert(environment: &mut Environment, setting: &Setting, provenance: &mut Provenance) {
    let at = Some(setting.at);
    let variable = Variable {
        value: setting.value.clone(),
        hop: provenance.add(Mechanism::UnitEnvironment, at, &[]),
        at,
        path: setting.path.clone(),
    };
    environment.insert(setting.name.clone(), variable);
}

/// `PassEnvironment=`: PID 1 has no environment to speak of, a user manager has the session's.
fn pass(
    parts: &Parts,
    environment: &mut Environment,
    provenance: &mut Provenance,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let mut missing = Vec::new();
    for name in &parts.service.pass {
        let proxy = names::is_proxy(&name.text);
        let Some((value, set_at)) = of_manager(parts, &name.text) else {
            missing.extend(proxy.then_some((name, false)));
            continue;
        };
        let guess = matches!(value, Value::Unknown(_));
        missing.extend((proxy && guess).then_some((name, true)));
        let origin = provenance.add(Mechanism::ProcessEnvironment, set_at, &[]);
        let at = Some(name.at);
        let hop = provenance.add(Mechanism::UnitEnvironment, at, &[origin]);
        let path = name.path.clone();
        let variable = Variable {
            value,
            hop,
            at,
            path,
        };
        environment.insert(name.text.clone(), variable);
    }
    // Who passes a list on knows that not every name of it need be set.
    let proxies = parts
        .service
        .pass
        .iter()
        .filter(|name| names::is_proxy(&name.text));
    if proxies.count() > missing.len() {
        return;
    }
    for (name, minor) in missing {
        let message = format!(
            "`PassEnvironment=` passes `{}` on only if the manager itself has it: a login's variables do not count",
            name.text
        );
        let found = Diagnostic::new(Cause::NotPassed, &name.path, Some(name.at), message)
            .name(name.text.clone())
            .help("set the value with `Environment=`")
            .minor(minor);
        diagnostics.push(found);
    }
}

/// A variable of the manager's own, and the bytes that set it where they are known.
fn of_manager(parts: &Parts, name: &str) -> Option<(Value<'static>, Option<Location>)> {
    let mut own = parts.manager.own.iter();
    if let Some(setting) = own.find(|setting| setting.name == name) {
        return Some((setting.value.clone(), Some(setting.at)));
    }
    match &parts.facts.manager_environment {
        Some(given) => given
            .get(name)
            .map(|value| (Value::known(value.clone()), None)),
        None => Some((Value::Unknown(Unknown::ProcessEnvironment), None)),
    }
}

/// Someone who writes `Environment=` behind `EnvironmentFile=` expects the later line to win.
fn file_wins(service: &Service, file: &FileSetting, diagnostics: &mut Vec<Diagnostic>) {
    let set = service.get(&file.name);
    let Some(set) = set.filter(|set| set.order > file.order && set.role != Role::Fragment) else {
        return;
    };
    if set.value.as_known() == Some(&file.value) {
        return;
    }
    let message = format!(
        "`{}` comes from the environment file: `EnvironmentFile=` beats `Environment=` wherever it stands",
        set.name
    );
    let found = Diagnostic::new(Cause::FileWins, &set.path, Some(set.at), message)
        .name(set.name.clone())
        .help("change the value in the environment file")
        .related(file.directive, "read from here")
        .related(file.at, "this value wins");
    diagnostics.push(found);
}

fn unset(service: &Service, environment: &mut Environment, diagnostics: &mut Vec<Diagnostic>) {
    for name in &service.unset {
        let (variable, wanted) = match name.text.split_once('=') {
            Some((variable, value)) => (variable, Some(value)),
            None => (name.text.as_str(), None),
        };
        let applies = environment
            .get(variable)
            .is_some_and(|old| wanted.is_none_or(|wanted| old.value.as_known() == Some(wanted)));
        let Some(old) = applies.then(|| environment.remove(variable)).flatten() else {
            continue;
        };
        // Taking away what a packaged unit or a file brings is what it is for.
        let set = service.get(variable).filter(|set| Some(set.at) == old.at);
        let Some(set) =
            set.filter(|set| set.role == Role::DropIn || set.role == Role::GenericDropIn)
        else {
            continue;
        };
        let message = format!(
            "`{variable}` is taken away again: `UnsetEnvironment=` comes last, wherever it stands"
        );
        let found = Diagnostic::new(Cause::Unset, &set.path, Some(set.at), message)
            .name(variable)
            .help("remove one of the two")
            .related(name.at, "taken away here");
        diagnostics.push(found);
    }
}

/// Settings of drop-ins that something surprising has taken back.
fn taken_back(service: &Service, environment: &Environment, diagnostics: &mut Vec<Diagnostic>) {
    for (old, by) in &service.taken_back {
        let found = match by {
            TakenBack::Cleared(at)
                if old.role != Role::Fragment && !environment.contains_key(&old.name) =>
            {
                let message = format!(
                    "`{}` is cleared again: an empty `Environment=` drops everything set before it",
                    old.name
                );
                Diagnostic::new(Cause::Cleared, &old.path, Some(old.at), message)
                    .help("move the empty `Environment=` above")
                    .related(*at, "cleared here")
            }
            TakenBack::By(new)
                if old.role == Role::DropIn
                    && new.role == Role::GenericDropIn
                    && old.value != new.value =>
            {
                let message = format!(
                    "`{}` is overridden by a drop-in for all services: drop-ins of both folders are sorted together by file name",
                    old.name
                );
                Diagnostic::new(Cause::GenericWins, &old.path, Some(old.at), message)
                    .help("give this file a name that sorts later")
                    .related(new.at, "overridden here")
            }
            _ => continue,
        };
        diagnostics.push(found.name(old.name.clone()));
    }
}
