//! Where the `ARG`s of a name stand, seen from a step that cannot see one.

use hashbrown::HashMap;

use super::stage_tree::StageTree;
use super::workspace::Build;
use crate::model::dockerfile::{Action, Declaration};
use crate::source::Span;

/// All `ARG`s of a build, by name.
#[derive(Debug)]
pub struct Declarations<'b> {
    by_name: HashMap<&'b str, Declared<'b>>,
    stages: &'b StageTree,
}

/// The `ARG`s of one name.
#[derive(Debug, Default)]
struct Declared<'b> {
    /// The first above the first `FROM`.
    global: Option<&'b Declaration<'b>>,
    /// Those in stages, in order.
    in_stages: Vec<Place<'b>>,
    /// Stages with one in the order of the tree, each with the end of the widest subtree so far:
    /// whether a stage builds on one of them is a look-up, however long the chain.
    subtrees: Vec<(usize, usize)>,
}

/// An `ARG` in a stage.
#[derive(Clone, Copy, Debug)]
struct Place<'b> {
    stage: usize,
    step: usize,
    declaration: &'b Declaration<'b>,
}

/// Why an `ARG` does not reach a step.
#[derive(Clone, Copy, Debug)]
pub enum OutOfScope<'b> {
    /// It stands above the first `FROM`, and no stage on the way declares it again.
    OnlyGlobal(&'b Declaration<'b>),
    /// It stands in a stage that the step's stage does not build on.
    OtherStage(usize, &'b Declaration<'b>),
    /// It stands in the step's stage, in the step or behind it.
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
    /// The base image may set it, for all that is known.
    pub may_be_set: bool,
}

impl<'b> Declarations<'b> {
    /// The `ARG`s of a build.
    pub fn of(build: &'b Build<'_>) -> Self {
        let mut by_name: HashMap<&str, Declared<'_>> = HashMap::new();
        for global in &build.model.globals {
            let declared = by_name.entry(&global.name).or_default();
            declared.global.get_or_insert(global);
        }
        for (index, step) in build.model.steps.iter().enumerate() {
            let Action::Arg(declarations) = &step.action else {
                continue;
            };
            for declaration in declarations {
                let declared = by_name.entry(&declaration.name).or_default();
                declared.in_stages.push(Place {
                    stage: step.stage,
                    step: index,
                    declaration,
                });
            }
        }
        let stages = &build.stages;
        for declared in by_name.values_mut() {
            declared.subtrees = stages.subtrees(declared.in_stages.iter().map(|place| place.stage));
        }
        Self { by_name, stages }
    }

    /// Whether an `ARG` of this name stands anywhere.
    pub fn is_declared(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// Whether an `ARG` of this name stands above the first `FROM`.
    pub fn is_global(&self, name: &str) -> bool {
        self.by_name
            .get(name)
            .is_some_and(|declared| declared.global.is_some())
    }

    /// The first `ARG` of this name in a stage.
    pub fn first_in_stage(&self, name: &str) -> Option<&'b Declaration<'b>> {
        let first = self.by_name.get(name)?.in_stages.first()?;
        Some(first.declaration)
    }

    /// The `ARG`s of this name whose own defaults a bare `ARG` elsewhere does not get: those in
    /// stages, unless one above the first `FROM` gives every bare one its default.
    pub fn out_of_reach(&self, name: &str) -> impl Iterator<Item = &'b Declaration<'b>> {
        let declared = self.by_name.get(name).filter(|declared| {
            let global = declared.global.and_then(|global| global.default_span);
            global.is_none()
        });
        let places = declared.into_iter().flat_map(|it| &it.in_stages);
        let declarations = places.map(|place| place.declaration);
        declarations.filter(|declaration| declaration.default_span.is_some())
    }

    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &'b str> {
        let mut names: Vec<&str> = self.by_name.keys().copied().collect();
        names.sort_unstable();
        names.into_iter()
    }

    /// Whether an `ARG` of this name reaches a step: in its stage before it, or in a stage that one
    /// builds on.
    pub fn reaches(&self, stage: usize, step: usize, name: &str) -> bool {
        let Some(declared) = self.by_name.get(name) else {
            return false;
        };
        let before = declared
            .in_stages
            .partition_point(|place| place.step < step);
        let nearest = declared.in_stages[..before].last();
        nearest.is_some_and(|place| place.stage == stage)
            || self.stages.is_below(stage, &declared.subtrees)
    }

    /// Whether an `ARG` of this name reaches a step, or stands where it does not reach it.
    pub fn mentions(&self, stage: usize, step: usize, name: &str) -> bool {
        self.reaches(stage, step, name) || self.out_of_scope(stage, step, name).is_some()
    }

    /// Why no `ARG` of this name reaches a step; `None` if one does, or there is none at all.
    pub fn out_of_scope(&self, stage: usize, step: usize, name: &str) -> Option<OutOfScope<'b>> {
        if self.reaches(stage, step, name) {
            return None;
        }
        let declared = self.by_name.get(name)?;
        let before = declared
            .in_stages
            .partition_point(|place| place.step < step);
        let from_here = declared.in_stages[before..]
            .iter()
            .take_while(|place| place.stage == stage);
        let mut later = from_here.clone().filter(|place| place.step > step);
        if let Some(later) = later.next() {
            return Some(OutOfScope::Later(later.declaration));
        }
        if let Some(global) = declared.global {
            return Some(OutOfScope::OnlyGlobal(global));
        }
        if let Some(same) = from_here.clone().next() {
            return Some(OutOfScope::Later(same.declaration));
        }
        let other = declared.in_stages.first()?;
        Some(OutOfScope::OtherStage(other.stage, other.declaration))
    }

    /// The `ARG` in a stage that a `FROM` mentions and does not see.
    pub fn hidden_from_from(&self, name: &str) -> Option<OutOfScope<'b>> {
        let declared = self.by_name.get(name)?;
        match (declared.global, declared.in_stages.first()) {
            (None, Some(first)) => Some(OutOfScope::OtherStage(first.stage, first.declaration)),
            _ => None,
        }
    }

    /// Whether the caller can choose the image at the root of a stage's chain.
    pub fn base_is_chosen(&self, stage: usize) -> bool {
        self.stages.base_is_chosen(stage)
    }
}
