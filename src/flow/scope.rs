//! Where the `ARG`s of a name stand, seen from a step that cannot see one.

use std::collections::HashMap;

use super::workspace::Build;
use crate::model::dockerfile::{Action, Base, Declaration};
use crate::source::Span;

/// All `ARG`s of a build, by name.
#[derive(Debug)]
pub struct Declarations<'b> {
    by_name: HashMap<&'b str, Vec<Declared<'b>>>,
}

/// An `ARG`, and where it stands.
#[derive(Clone, Copy, Debug)]
struct Declared<'b> {
    /// Its stage and step; `None` above the first `FROM`.
    step: Option<(usize, usize)>,
    declaration: &'b Declaration<'b>,
}

/// Why an `ARG` does not reach a step.
#[derive(Clone, Copy, Debug)]
pub enum OutOfScope<'b> {
    /// It stands above the first `FROM`, and no stage on the way declares it again.
    OnlyGlobal(&'b Declaration<'b>),
    /// It stands in a stage that the step's stage does not build on.
    OtherStage(usize, &'b Declaration<'b>),
    /// It stands in the step's stage, behind the step.
    Later(&'b Declaration<'b>),
}

impl<'b> OutOfScope<'b> {
    /// The `ARG`.
    pub fn declaration(&self) -> &'b Declaration<'b> {
        match self {
            Self::OnlyGlobal(declaration)
            | Self::OtherStage(_, declaration)
            | Self::Later(declaration) => declaration,
        }
    }
}

/// Variables that a step mentions and does not see, of one stage and name.
#[derive(Debug)]
pub struct Unseen<'b> {
    /// The stage; `None` where a `FROM` mentions them.
    pub stage: Option<usize>,
    /// The name.
    pub name: &'b str,
    /// Where it is mentioned, in order.
    pub spans: Vec<Span>,
    /// Why it is not seen.
    pub why: OutOfScope<'b>,
}

impl<'b> Declarations<'b> {
    /// The `ARG`s of a build.
    pub fn of(build: &'b Build<'_>) -> Self {
        let mut by_name: HashMap<&str, Vec<Declared<'_>>> = HashMap::new();
        let globals = build.model.globals.iter().map(|declaration| Declared {
            step: None,
            declaration,
        });
        let steps = build.model.steps.iter().enumerate();
        let in_stages = steps.filter_map(|(index, step)| match &step.action {
            Action::Arg(declarations) => {
                Some(declarations.iter().map(move |declaration| Declared {
                    step: Some((step.stage, index)),
                    declaration,
                }))
            }
            _ => None,
        });
        for declared in globals.chain(in_stages.flatten()) {
            let name = declared.declaration.name.as_str();
            by_name.entry(name).or_default().push(declared);
        }
        Self { by_name }
    }

    /// Whether an `ARG` of this name stands anywhere.
    pub fn is_declared(&self, name: &str) -> bool {
        !self.all(name).is_empty()
    }

    /// Whether an `ARG` of this name stands above the first `FROM`.
    pub fn is_global(&self, name: &str) -> bool {
        self.all(name)
            .iter()
            .any(|declared| declared.step.is_none())
    }

    /// Whether an `ARG` of this name reaches a step: in its stage before it, or in a stage that one
    /// builds on.
    pub fn reaches(&self, build: &Build<'_>, stage: usize, step: usize, name: &str) -> bool {
        let declared = self.all(name);
        if !declared.iter().any(|declared| declared.step.is_some()) {
            return false;
        }
        let mut stage = Some(stage);
        while let Some(index) = stage {
            let reaches = declared.iter().any(|declared| {
                declared
                    .step
                    .is_some_and(|(of, at)| of == index && at < step)
            });
            if reaches {
                return true;
            }
            stage = match build.model.stages[index].base {
                Base::Stage(parent) => Some(parent),
                Base::Image(_) | Base::Scratch => None,
            };
        }
        false
    }

    /// Why no `ARG` of this name reaches a step; `None` if one does, or there is none at all.
    pub fn out_of_scope(
        &self,
        build: &Build<'_>,
        stage: usize,
        step: usize,
        name: &str,
    ) -> Option<OutOfScope<'b>> {
        if self.reaches(build, stage, step, name) {
            return None;
        }
        let all = self.all(name);
        let of = |wanted: &dyn Fn(&Declared<'b>) -> bool| all.iter().find(|d| wanted(d)).copied();
        if let Some(later) = of(&|d| d.step.is_some_and(|(of, at)| of == stage && at > step)) {
            return Some(OutOfScope::Later(later.declaration));
        }
        if let Some(global) = of(&|d| d.step.is_none()) {
            return Some(OutOfScope::OnlyGlobal(global.declaration));
        }
        let other = all.first()?;
        Some(OutOfScope::OtherStage(other.step?.0, other.declaration))
    }

    /// The `ARG` in a stage that a `FROM` mentions and does not see.
    pub fn hidden_from_from(&self, name: &str) -> Option<OutOfScope<'b>> {
        let all = self.all(name);
        match all.first() {
            Some(first) if all.iter().all(|declared| declared.step.is_some()) => {
                Some(OutOfScope::OtherStage(first.step?.0, first.declaration))
            }
            _ => None,
        }
    }

    fn all(&self, name: &str) -> &[Declared<'b>] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}
