//! Variables that instructions mention, are declared somewhere, and are not seen where they stand.

use std::collections::HashMap;

use super::scope::{Declarations, OutOfScope, Unseen};
use super::workspace::Build;
use crate::model::dockerfile::{Action, Found, Step, Use};

/// The variables of a build that are mentioned out of an `ARG`'s scope: one entry for each stage
/// and name, in order of the first mention.
pub fn unseen<'b>(build: &'b Build<'_>) -> Vec<Unseen<'b>> {
    let declarations = Declarations::of(build);
    let mut found = Collector::default();
    for stage in &build.model.stages {
        for used in &build.model.uses[stage.from_uses.clone()] {
            if used.found == Found::Unset && !used.handles_unset {
                if let Some(why) = declarations.hidden_from_from(&used.name) {
                    found.add(None, used, why, false);
                }
            }
        }
    }
    for (index, step) in build.model.steps.iter().enumerate() {
        if step.triggered_by.is_some() {
            continue;
        }
        for used in &build.model.uses[step.uses.clone()] {
            let is_set = matches!(used.found, Found::Set(_));
            if is_set || used.handles_unset {
                continue;
            }
            let why = declarations.out_of_scope(build, step.stage, index, &used.name);
            let of_itself = is_default_of_itself(step, used);
            match why {
                None => {}
                // `ARG X=$X` hides the global default; with none to hide it is a bare `ARG X`.
                Some(OutOfScope::OnlyGlobal(global)) if !of_itself || global.value.is_some() => {
                    found.add(
                        Some(step.stage),
                        used,
                        OutOfScope::OnlyGlobal(global),
                        of_itself,
                    );
                }
                Some(why) if !of_itself => found.add(Some(step.stage), used, why, of_itself),
                Some(_) => {}
            }
        }
    }
    found.all
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
    fn add(&mut self, stage: Option<usize>, used: &'b Use, why: OutOfScope<'b>, of_itself: bool) {
        let name = used.name.as_str();
        let may_be_set = used.found == Found::Unknown;
        let index = *self.index.entry((stage, name)).or_insert_with(|| {
            self.all.push(Unseen {
                stage,
                name,
                spans: Vec::new(),
                why,
                may_be_set,
                of_itself,
            });
            self.all.len() - 1
        });
        self.all[index].spans.push(used.span);
    }
}
