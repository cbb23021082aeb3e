//! The project environment: what `${…}` and entries without a value see (facts/compose.md 2).

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use hashbrown::{HashMap, HashSet};

use crate::model::{HopId, Mechanism, Provenance, Unknown, Value};
use crate::source::{FileId, Location, SourceFile, Span};
use crate::syntax::dotenv::{self, Dotenv};
use crate::syntax::template::Template;

use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};
use super::interpolate::{Lookup, Scope, Source, interpolate};

/// The environment of the process that would run Compose, as far as the caller tells it.
#[derive(Clone, Debug, Default)]
pub struct ProcessEnvironment {
    /// The variables that are set; one whose value is not told is `Unknown`.
    pub variables: BTreeMap<String, Value<'static>>,
    /// Variables that are not set.
    pub unset: BTreeSet<String>,
    /// Whether that is all of it. If not, any other name may be set or not.
    pub is_whole: bool,
}

impl ProcessEnvironment {
    /// Whether a variable that is not among the known ones may be set.
    pub fn may_set(&self, name: &str) -> bool {
        !self.is_whole && !self.unset.contains(name)
    }

    /// The variables whose values are told.
    pub fn told(&self) -> Vec<(String, String)> {
        let variables = self.variables.iter();
        let told = variables.filter_map(|(name, value)| {
            let value = value.as_known()?;
            Some((name.clone(), value.to_owned()))
        });
        told.collect()
    }
}

/// A setting in `.env` or a file named by `--env-file` or `include`.
#[derive(Clone, Debug)]
pub struct DotenvSetting<'a> {
    /// The name.
    pub name: Cow<'a, str>,
    /// The name's bytes.
    pub name_at: Location,
    /// The value's bytes; the name's for a name alone.
    pub value_at: Location,
    /// The value after interpolation; `None` for a name alone that nothing sets.
    pub value: Option<Value<'a>>,
    /// The setting's hop.
    pub hop: HopId,
    /// Where it is used: variables in compose and `.env` files, entries without a value.
    pub uses: Vec<Location>,
    /// Whether an earlier source of the environment (the shell, a file before) hides it.
    pub hidden: bool,
}

/// A variable that a compose file mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VariableUse {
    /// Its name.
    pub name: String,
    /// The bytes that are replaced, from the `$`.
    pub at: Location,
    /// Whether the text says what to do if it is not set: `${N:-…}`, `${N:?…}`.
    pub has_operator: bool,
}

/// Variables without a value that are remembered of one project: nobody reads more.
const MAX_OPEN: usize = 1000;

/// Bytes that variables bring into other values, all together. Files stay far below; a few lines
/// of `A=$B$B` would fill the memory.
const MAX_COPIED: usize = 16 << 20;

impl DotenvSetting<'_> {
    /// Whether anything picks the setting up. Compose itself reads its own `COMPOSE_…` names.
    pub fn is_used(&self) -> bool {
        !self.uses.is_empty() || self.name.starts_with("COMPOSE_")
    }
}

/// Names and what they are bound to; cheap to layer for an included project.
#[derive(Clone, Debug, Default)]
pub(super) struct Env {
    names: HashMap<String, VariableId>,
    /// The names that the process is known not to set; none if all that it sets is known.
    unset: Option<Rc<BTreeSet<String>>>,
    /// Tells environments apart in caches.
    pub(super) number: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct VariableId(usize);

/// All variables of all environments, and the `.env` settings behind them.
#[derive(Debug, Default)]
pub(super) struct Variables<'a> {
    list: Vec<Variable<'a>>,
    pub(super) settings: Vec<DotenvSetting<'a>>,
    /// What nothing but the shell can fill, each name once.
    pub(super) open: Vec<VariableUse>,
    open_names: HashSet<String>,
    environments: usize,
    /// Whether a file has more settings than are looked at.
    is_cut: bool,
    pub(super) copies: Copies,
}

#[derive(Debug)]
struct Variable<'a> {
    value: Value<'a>,
    hop: HopId,
    setting: Option<usize>,
}

/// The bytes that variables have brought into other values.
#[derive(Debug, Default)]
pub(super) struct Copies(usize);

impl Copies {
    /// The value, as long as all copies together stay within bounds.
    pub(super) fn copy<'a>(&mut self, value: &Value<'a>) -> Value<'a> {
        self.0 = self.0.saturating_add(value.size());
        if self.0 <= MAX_COPIED {
            value.clone()
        } else {
            Value::Unknown(Unknown::TooLong)
        }
    }
}

impl Env {
    pub(super) fn id(&self, name: &str) -> Option<VariableId> {
        self.names.get(name).copied()
    }

    /// Whether the shell may set what nothing else does.
    fn may_be_set(&self, name: &str) -> bool {
        let unset = self.unset.as_ref();
        unset.is_some_and(|unset| !unset.contains(name))
    }
}

impl<'a> Variables<'a> {
    /// The environment of the process.
    pub(super) fn process(
        &mut self,
        process: &ProcessEnvironment,
        provenance: &mut Provenance,
    ) -> Env {
        let mut env = Env {
            unset: (!process.is_whole).then(|| Rc::new(process.unset.clone())),
            ..Env::default()
        };
        for (name, value) in &process.variables {
            let hop = provenance.add(Mechanism::ProcessEnvironment, None, &[]);
            self.set(&mut env, name, value.clone(), hop);
        }
        env
    }

    /// Sets a variable that no file sets.
    pub(super) fn set(&mut self, env: &mut Env, name: &str, value: Value<'a>, hop: HopId) {
        let id = self.add(value, hop, None);
        env.names.insert(name.to_owned(), id);
    }

    fn add(&mut self, value: Value<'a>, hop: HopId, setting: Option<usize>) -> VariableId {
        self.list.push(Variable {
            value,
            hop,
            setting,
        });
        VariableId(self.list.len() - 1)
    }

    /// The environment with what `files` add: names that are set already stay.
    pub(super) fn layer(&mut self, env: &Env, added: &Env) -> Env {
        let mut env = env.clone();
        for (name, &id) in &added.names {
            if let Some(hidden) = env.names.get(name).map(|_| id) {
                self.hide(hidden);
            } else {
                env.names.insert(name.clone(), id);
            }
        }
        self.environments += 1;
        env.number = self.environments;
        env
    }

    fn hide(&mut self, id: VariableId) {
        let setting = self.list.get(id.0).and_then(|variable| variable.setting);
        if let Some(setting) = setting.and_then(|index| self.settings.get_mut(index)) {
            setting.hidden = true;
        }
    }

    /// The value of a variable, the use at `at` noted.
    pub(super) fn look_up(&mut self, env: &Env, name: &str, at: Option<Location>) -> Lookup<'a> {
        let Some(id) = env.id(name) else {
            return match self.is_cut || env.may_be_set(name) {
                true => Lookup::Open,
                false => Lookup::Unset,
            };
        };
        let Some(variable) = self.list.get(id.0) else {
            return Lookup::Unset;
        };
        let setting = variable
            .setting
            .and_then(|index| self.settings.get_mut(index));
        if let (Some(setting), Some(at)) = (setting, at) {
            setting.uses.push(at);
        }
        Lookup::Set(self.copies.copy(&variable.value), variable.hop)
    }

    /// Notes a variable that nothing but the shell can fill.
    fn note_open(&mut self, name: &str, at: Location) {
        if !self.is_cut && self.open.len() < MAX_OPEN && self.open_names.insert(name.to_owned()) {
            self.open.push(VariableUse {
                name: name.to_owned(),
                at,
                has_operator: false,
            });
        }
    }

    /// All variables of an environment, by name.
    pub(super) fn all(&self, env: &Env) -> Vec<(String, Value<'a>, HopId)> {
        let mut all: Vec<_> = env
            .names
            .iter()
            .filter_map(|(name, id)| {
                let variable = self.list.get(id.0)?;
                Some((name.clone(), variable.value.clone(), variable.hop))
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// The setting of a `.env` that gives a variable its value.
    pub(super) fn setting(&self, env: &Env, name: &str) -> Option<&DotenvSetting<'a>> {
        let variable = self.list.get(env.id(name)?.0)?;
        self.settings.get(variable.setting?)
    }

    /// The known value of a variable of Compose's own, `COMPOSE_FILE` and the like.
    pub(super) fn known(&self, env: &Env, name: &str) -> Option<&str> {
        self.list.get(env.id(name)?.0)?.value.as_known()
    }
}

/// An environment to interpolate with.
pub(super) struct EnvScope<'e, 'a> {
    pub variables: &'e mut Variables<'a>,
    pub env: &'e Env,
}

impl<'a> Scope<'a> for EnvScope<'_, 'a> {
    fn lookup(&mut self, name: &str, at: Location) -> Lookup<'a> {
        self.variables.look_up(self.env, name, Some(at))
    }

    fn left_open(&mut self, name: &str, at: Location) {
        self.variables.note_open(name, at);
    }
}

/// The environment first, then the lines before (compose-go `dotenv/env.go`).
struct DotenvScope<'e, 'a> {
    variables: &'e mut Variables<'a>,
    env: &'e Env,
    before: &'e Env,
}

impl<'a> Scope<'a> for DotenvScope<'_, 'a> {
    fn lookup(&mut self, name: &str, at: Location) -> Lookup<'a> {
        match self.variables.look_up(self.env, name, Some(at)) {
            Lookup::Open | Lookup::Unset if self.before.id(name).is_some() => {
                self.variables.look_up(self.before, name, Some(at))
            }
            found => found,
        }
    }
}

/// Reads a file of settings into `added`, seeing `env` first and `added` second.
pub(super) fn read_dotenv<'a>(
    file: &'a SourceFile,
    is_shared: bool,
    env: &Env,
    added: &mut Env,
    variables: &mut Variables<'a>,
    provenance: &mut Provenance,
    diagnostics: &mut Diagnostics,
) {
    let parsed = dotenv::parse(file.text());
    report_dotenv(file.id(), &parsed, diagnostics);
    let at = |span: Span| Location {
        file: file.id(),
        span,
    };
    variables.is_cut |= parsed.cut.is_some();
    for entry in parsed.entries {
        let name_at = at(entry.name_span);
        let value_at = at(entry
            .value
            .as_ref()
            .map_or(entry.name_span, |value| value.span));
        let mut parents = Vec::new();
        let value = match &entry.value {
            Some(value) => {
                let mut scope = DotenvScope {
                    variables,
                    env,
                    before: added,
                };
                entry_value(
                    value,
                    file.id(),
                    &mut scope,
                    provenance,
                    diagnostics,
                    &mut parents,
                )
            }
            // A name alone inherits from the environment, not from the lines before.
            None => match variables.look_up(env, &entry.name, Some(name_at)) {
                Lookup::Set(value, hop) => {
                    parents.push(hop);
                    Some(value)
                }
                Lookup::Open => Some(Value::Unknown(Unknown::ProcessEnvironment)),
                Lookup::Unset => None,
            },
        };
        let value = value.map(|value| {
            if is_shared {
                value
            } else {
                Value::Unknown(Unknown::File)
            }
        });
        let hop = provenance.add(Mechanism::Dotenv, Some(name_at), &parents);
        variables.settings.push(DotenvSetting {
            name: entry.name.clone(),
            name_at,
            value_at,
            value: value.clone(),
            hop,
            uses: Vec::new(),
            hidden: false,
        });
        if let Some(value) = value {
            let id = variables.add(value, hop, Some(variables.settings.len() - 1));
            if let Some(before) = added.names.insert(entry.name.into_owned(), id) {
                variables.hide(before);
            }
        }
    }
}

/// The value of an entry; `None` if it cannot be interpolated, which has been reported.
pub(super) fn entry_value<'a>(
    value: &dotenv::EntryValue<'a>,
    file: FileId,
    scope: &mut dyn Scope<'a>,
    provenance: &mut Provenance,
    diagnostics: &mut Diagnostics,
    parents: &mut Vec<HopId>,
) -> Option<Value<'a>> {
    let template = value
        .interpolates
        .then(|| Template::parse(&value.text))
        .flatten();
    let Some(template) = template else {
        return Some(Value::Known(value.text.clone()));
    };
    let source = Source {
        text: &value.text,
        file,
        map: &value.map,
        keeps_map: false,
    };
    let text = interpolate(&source, template, scope, provenance, diagnostics)?;
    parents.extend(text.hop);
    Some(text.value)
}

pub(super) fn report_dotenv(file: FileId, parsed: &Dotenv<'_>, diagnostics: &mut Diagnostics) {
    report_syntax(file, &parsed.errors, diagnostics);
    if let Some(span) = parsed.cut {
        let message = format!(
            "there are more than {} settings: from here on they are not looked at",
            dotenv::MAX_STATEMENTS
        );
        let at = Location { file, span };
        diagnostics.push(Diagnostic::new(DiagnosticKind::TooMuch, at, message));
    }
}

pub(super) fn report_syntax(
    file: FileId,
    errors: &[crate::syntax::SyntaxError],
    diagnostics: &mut Diagnostics,
) {
    for error in errors {
        let at = Location {
            file,
            span: error.span,
        };
        let mut diagnostic = Diagnostic::new(DiagnosticKind::Syntax, at, error.message.clone());
        let earlier = error.earlier.map(|span| Location { file, span });
        diagnostic
            .related
            .extend(earlier.map(|at| (at, "first defined here".to_owned())));
        diagnostics.push(diagnostic);
    }
}
