//! Variables that instructions mention, are declared somewhere, and are not seen where they stand.

use std::collections::HashMap;

use super::implicit::implicit;
use super::scope::{Declarations, OutOfScope, Unseen};
use super::workspace::Build;
use crate::model::dockerfile::Found;
use crate::model::variables::is_predefined_proxy;
use crate::source::Span;

/// The variables of a build that are mentioned out of an `ARG`'s scope: one entry for each stage
/// and name, in order of the first mention.
pub fn unseen<'b>(build: &'b Build<'_>) -> Vec<Unseen<'b>> {
    let declarations = Declarations::of(build);
    let mut found = Collector::default();
    for stage in &build.model.stages {
        for used in &build.model.uses[stage.from_uses.clone()] {
            if used.found == Found::Unset
                && let Some(why) = declarations.hidden_from_from(&used.name)
            {
                found.add(None, &used.name, used.span, why);
            }
        }
    }
    let mut implicit = implicit(build, &declarations).into_iter().peekable();
    for (index, step) in build.model.steps.iter().enumerate() {
        while let Some(read) = implicit.next_if(|read| read.step <= index) {
            let why = declarations.out_of_scope(build, step.stage, index, read.name);
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
            let why = declarations.out_of_scope(build, step.stage, index, &used.name);
            if let Some(why) = why {
                found.add(Some(step.stage), &used.name, used.span, why);
            }
        }
        for (name, span) in expanded_by_shell(build, index) {
            let why = declarations.out_of_scope(build, step.stage, index, name);
            if let Some(why) = why {
                found.add(Some(step.stage), name, span, why);
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
    let commands = build.commands[index].as_ref();
    commands.into_iter().flat_map(move |commands| {
        let uses = commands.outcome.uses.iter().filter(move |used| {
            used.reached
                && !used.has_default
                && !used.set_by_shell
                // BuildKit brings these to every RUN that is given them.
                && !is_predefined_proxy(&used.name)
                && build.model.environment.at(step.start, &used.name).is_none()
                && !step.has_secret_variable(&used.name)
        });
        uses.map(|used| (used.name.as_str(), commands.locate(used.span).span))
    })
}

#[derive(Default)]
struct Collector<'b> {
    all: Vec<Unseen<'b>>,
    index: HashMap<(Option<usize>, &'b str), usize>,
}

impl<'b> Collector<'b> {
    fn add(&mut self, stage: Option<usize>, name: &'b str, span: Span, why: OutOfScope<'b>) {
        let index = *self.index.entry((stage, name)).or_insert_with(|| {
            self.all.push(Unseen {
                stage,
                name,
                spans: Vec::new(),
                why,
            });
            self.all.len() - 1
        });
        self.all[index].spans.push(span);
    }
}
