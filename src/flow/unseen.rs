//! Variables that instructions mention, are declared somewhere, and are not seen where they stand.

use hashbrown::{HashMap, HashSet};

use super::analysis::Analysis;
use super::implicit::implicit;
use super::scope::{OutOfScope, Unseen};
use super::workspace::Build;
use crate::model::dockerfile::{Action, Found, Step, Use};
use crate::model::variables::is_predefined_proxy;
use crate::source::Span;

/// See [`Analysis::unseen`].
pub(super) fn unseen<'b>(analysis: &Analysis<'b>) -> Vec<Unseen<'b>> {
    let (build, declarations) = (analysis.build(), analysis.declarations());
    let mut found = Collector::default();
    for stage in &build.model.stages {
        for used in &build.model.uses[stage.from_uses.clone()] {
            if used.found == Found::Unset
                && !used.handles_unset
                && let Some(why) = declarations.hidden_from_from(&used.name)
            {
                found.add(None, &used.name, used.span, why);
            }
        }
    }
    let mut implicit = implicit(analysis).into_iter().peekable();
    for (index, step) in build.model.steps.iter().enumerate() {
        while let Some(read) = implicit.next_if(|read| read.step <= index) {
            let why = declarations.out_of_scope(step.stage, index, read.name);
            if let Some(why) = why {
                found.add(Some(step.stage), read.name, read.span, why);
            }
        }
        if step.triggered_by.is_some() {
            continue;
        }
        for used in &build.model.uses[step.uses.clone()] {
            let is_set = matches!(used.found, Found::Set(_));
            if is_set || used.handles_unset {
                continue;
            }
            let why = declarations.out_of_scope(step.stage, index, &used.name);
            let Some(why) = why.filter(|why| is_lost(why, step, used)) else {
                continue;
            };
            found
                .add(Some(step.stage), &used.name, used.span, why)
                .may_be_set |=
                used.found == Found::Unknown || declarations.base_is_chosen(step.stage);
        }
        for (name, span) in expanded_by_shell(build, index) {
            let why = declarations.out_of_scope(step.stage, index, name);
            if let Some(why) = why {
                found.add(Some(step.stage), name, span, why).may_be_set |=
                    declarations.base_is_chosen(step.stage);
            }
        }
    }
    found.all
}

/// The variables that the shell of a RUN expands and nothing sets, as far as is known.
fn expanded_by_shell<'b>(
    build: &'b Build<'_>,
    index: usize,
) -> impl Iterator<Item = (&'b str, Span)> {
    let step = &build.model.steps[index];
    let secrets: HashSet<&str> = step.secret_variables().collect();
    let commands = build.commands[index].iter();
    commands
        .flat_map(|commands| {
            commands
                .outcome
                .uses
                .iter()
                .map(move |used| (commands, used))
        })
        .filter(move |(_, used)| {
            used.reached
                && !used.has_default
                && !used.set_by_shell
                // BuildKit brings these to every RUN that is given them.
                && !is_predefined_proxy(&used.name)
                && build.model.environment.at(step.start, &used.name).is_none()
                && !secrets.contains(used.name.as_str())
        })
        .map(|(commands, used)| (used.name.as_str(), commands.locate(used.span).span))
}

/// Whether anything is lost: `ARG X=$X` is a bare `ARG X`, unless it hides a global default.
fn is_lost(why: &OutOfScope<'_>, step: &Step<'_>, used: &Use) -> bool {
    match why {
        _ if !is_default_of_itself(step, used) => true,
        OutOfScope::OnlyGlobal(global) => global.value.is_some(),
        OutOfScope::OtherStage(..) | OutOfScope::Later(_) => false,
    }
}

/// Whether a use stands in the default of an `ARG` of the same name.
fn is_default_of_itself(step: &Step<'_>, used: &Use) -> bool {
    let Action::Arg(declarations) = &step.action else {
        return false;
    };
    declarations.iter().any(|declaration| {
        declaration.name == used.name
            && declaration
                .default_span
                .is_some_and(|default| default.to(used.span) == default)
    })
}

#[derive(Default)]
struct Collector<'b> {
    all: Vec<Unseen<'b>>,
    index: HashMap<(Option<usize>, &'b str), usize>,
}

impl<'b> Collector<'b> {
    fn add(
        &mut self,
        stage: Option<usize>,
        name: &'b str,
        span: Span,
        why: OutOfScope<'b>,
    ) -> &mut Unseen<'b> {
        let index = *self.index.entry((stage, name)).or_insert_with(|| {
            self.all.push(Unseen {
                stage,
                name,
                spans: Vec::new(),
                why,
                may_be_set: false,
            });
            self.all.len() - 1
        });
        let unseen = &mut self.all[index];
        unseen.spans.push(span);
        unseen
    }
}
