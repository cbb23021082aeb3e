//! `ENV`s that keep a secret in the image.

use std::cell::OnceCell;

use super::{Arguments, Declared, written_at};
use crate::flow::workspace::Build;
use crate::model::Mechanism;
use crate::model::dockerfile::{Action, Assignment, Lookup, Use};
use crate::secrets::{Evidence, Judgement, Names, Place, Verdict, judge};
use crate::source::SourceFile;

/// An `ENV` that keeps a secret.
#[derive(Debug)]
pub struct SecretVariable<'b> {
    /// Its name.
    pub name: &'b str,
    /// What is to be said of it.
    pub judgement: Judgement,
    /// The step that sets it.
    pub step: usize,
    /// What sets it.
    pub assignment: &'b Assignment<'b>,
    /// The `ARG`s that fill it.
    pub filled_by: Vec<Declared<'b>>,
    /// The `ARG`s of those names that the build's argument comes in at.
    pub brought_by: Vec<Declared<'b>>,
}

/// The `ENV`s of a build that keep a secret.
pub fn secret_variables<'b>(
    build: &'b Build<'_>,
    names: &Names,
    sources: &[SourceFile],
) -> Vec<SecretVariable<'b>> {
    let arguments = OnceCell::new();
    let mut all = Vec::new();
    for (index, step) in build.model.steps.iter().enumerate() {
        let Action::Env(assignments) = &step.action else {
            continue;
        };
        if step.triggered_by.is_some() {
            continue;
        }
        let arguments = arguments.get_or_init(|| Arguments::of(build));
        for assignment in assignments {
            let Some(name) = assignment.name.as_known() else {
                continue;
            };
            let uses = build.model.uses[assignment.uses.clone()].iter();
            let filled_by = filled_by(build, arguments, index, uses);
            let judgement = judge_assignment(build, name, assignment, &filled_by, names, sources);
            if judgement.verdict != Verdict::Clean {
                all.push(SecretVariable {
                    name,
                    judgement,
                    step: index,
                    assignment,
                    brought_by: brought_by(arguments, &filled_by),
                    filled_by,
                });
            }
        }
    }
    all
}

/// Judges what the value is, where that is known, and what is written, where an `ARG` fills it.
fn judge_assignment(
    build: &Build<'_>,
    name: &str,
    assignment: &Assignment<'_>,
    filled_by: &[Declared<'_>],
    names: &Names,
    sources: &[SourceFile],
) -> Judgement {
    let known = assignment.value.as_known().filter(|text| !text.is_empty());
    let by_value = known.map_or(Judgement::CLEAN, |text| {
        judge(names, Place::Env, name, Some(text))
    });
    let mut from_outside = filled_by
        .iter()
        .filter(|it| it.comes_from_outside() && !it.is_switch(build, sources))
        .peekable();
    if from_outside.peek().is_none() {
        return by_value;
    }
    let text = written_at(sources, build.at(assignment.value_span));
    let by_text = judge(names, Place::Env, name, Some(text));
    let kind = from_outside.find_map(|it| names.kind(&it.declaration.name));
    let by_source = kind.map_or(Judgement::CLEAN, |kind| Judgement {
        verdict: Verdict::Channel,
        evidence: Some(Evidence::Name(kind)),
        secret: None,
    });
    by_value.or_worse(by_text).or_worse(by_source)
}

/// How many `ARG`s are told of that one argument comes in at.
const MOST_ARGUMENTS: usize = 16;

/// The `ARG`s of the names that fill a variable and that have no default: one build argument comes
/// in at each of them.
fn brought_by<'b>(arguments: &Arguments<'b>, filled_by: &[Declared<'_>]) -> Vec<Declared<'b>> {
    let mut names: Vec<&str> = filled_by
        .iter()
        .map(|it| it.declaration.name.as_str())
        .collect();
    names.dedup();
    names
        .iter()
        .flat_map(|name| arguments.all(name))
        .filter(|it| it.comes_from_outside())
        .take(MOST_ARGUMENTS)
        .copied()
        .collect()
}

/// The `ARG`s that the variables in a value come from; not those that an `ENV` set.
pub(super) fn filled_by<'b, 'u>(
    build: &'b Build<'_>,
    arguments: &Arguments<'b>,
    index: usize,
    uses: impl Iterator<Item = &'u Use>,
) -> Vec<Declared<'b>> {
    let step = &build.model.steps[index];
    let is_env = |used: &Use| match build.model.lookup(step.stage, step.start, &used.name) {
        Lookup::Set(_, hop) => build.model.provenance.hop(hop).how == Mechanism::Env,
        Lookup::Unset | Lookup::Unknown(_) => false,
    };
    uses.filter(|used| !is_env(used))
        .filter_map(|used| arguments.seen_by(build, index, &used.name))
        .collect()
}
