//! A service while its unit file and drop-ins are applied one after the other.

use std::sync::Arc;

use hashbrown::HashMap;

use crate::model::Value;
use crate::source::{Location, SourceFile, Span};

use super::exec::ExecStart;

/// A file that takes part in the configuration.
#[derive(Clone, Debug)]
pub(super) struct Source {
    /// As the tree names it.
    pub path: String,
    pub file: Arc<SourceFile>,
    pub role: Role,
}

/// What part a file plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The unit's main file.
    Fragment,
    /// A drop-in of this unit.
    DropIn,
    /// A drop-in of all services.
    GenericDropIn,
    /// A settings file of the manager.
    Manager,
}

impl Source {
    pub fn location(&self, span: Span) -> Location {
        Location {
            file: self.file.id(),
            span,
        }
    }
}

/// One `NAME=value` of `Environment=`.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub name: String,
    pub value: Value<'static>,
    /// The word.
    pub at: Location,
    pub path: String,
    pub role: Role,
    /// The how-manieth directive of all files it stands in.
    pub order: usize,
}

/// One `EnvironmentFile=`.
#[derive(Clone, Debug)]
pub(super) struct EnvironmentFileRef {
    /// The path after specifiers; `None` if it depends on what is not known.
    pub path: Option<String>,
    pub optional: bool,
    pub at: Location,
    /// The file that holds the directive.
    pub source: String,
    pub role: Role,
    pub order: usize,
}

/// A word of `PassEnvironment=` or `UnsetEnvironment=`.
#[derive(Clone, Debug)]
pub(super) struct NameRef {
    pub text: String,
    pub at: Location,
    pub path: String,
}

/// What took a setting back.
#[derive(Clone, Debug)]
pub(super) enum TakenBack {
    /// A later assignment of the same name.
    By(Setting),
    /// An empty `Environment=`.
    Cleared(Location),
}

/// The service so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Service {
    environment: Vec<Setting>,
    /// Where each name stands in `environment`.
    index: HashMap<String, usize>,
    pub files: Vec<EnvironmentFileRef>,
    pub pass: Vec<NameRef>,
    pub unset: Vec<NameRef>,
    pub exec_start: Vec<ExecStart>,
    /// Whether an empty `ExecStart=` was seen.
    pub exec_reset: bool,
    pub has_exec_stop: bool,
    pub has_success_action: bool,
    pub oneshot: bool,
    pub remain_after_exit: bool,
    /// Settings that something later took back.
    pub taken_back: Vec<(Setting, TakenBack)>,
}

impl Service {
    /// What is set, in the order the names were first seen.
    pub fn environment(&self) -> &[Setting] {
        &self.environment
    }

    /// The setting of a name.
    pub fn get(&self, name: &str) -> Option<&Setting> {
        self.index
            .get(name)
            .and_then(|&at| self.environment.get(at))
    }

    /// `strv_env_replace`: a later assignment of a name replaces the earlier one.
    pub fn set(&mut self, setting: Setting) {
        let at = self.index.get(&setting.name).copied();
        match at.and_then(|at| self.environment.get_mut(at)) {
            Some(old) => {
                let old = std::mem::replace(old, setting.clone());
                self.taken_back.push((old, TakenBack::By(setting)));
            }
            None => {
                let name = setting.name.clone();
                self.index.insert(name, self.environment.len());
                self.environment.push(setting);
            }
        }
    }

    /// An empty `Environment=`.
    pub fn clear_environment(&mut self, at: Location) {
        self.index.clear();
        let cleared = self.environment.drain(..);
        self.taken_back
            .extend(cleared.map(|old| (old, TakenBack::Cleared(at))));
    }

    /// What was set.
    pub fn into_environment(self) -> Vec<Setting> {
        self.environment
    }
}
