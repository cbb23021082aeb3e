//! Which stages need which others (upstream: `buildStageDependencyGraph`, `toCommand`,
//! `detectRunMount`, `validateCircularDependency` in `dockerfile2llb`).

use super::build::Base;
use super::copy::CopiedFrom;
use super::error::{BuildError, Phase, Scope};
use super::reference::Reference;
use super::simulate::{Simulation, Trigger};
use super::structure::Structure;
use super::{expand, flags, mount};
use crate::syntax::dockerfile::{Command, Instruction, Keyword};

/// A stage that an instruction needs.
struct Need<'f> {
    stage: usize,
    by: &'f Instruction<'f>,
}

/// Finds what every stage needs, its `ONBUILD` triggers included.
pub(super) fn connect<'f>(simulation: &mut Simulation<'f, '_>, structure: &Structure<'f>) {
    let mut needs: Vec<Vec<Need<'f>>> = Vec::with_capacity(structure.stages.len());
    for stage in &structure.stages {
        let of_stage = stage
            .instructions
            .iter()
            .filter_map(|&instruction| {
                simulation.need(instruction, &instruction.command, instruction)
            })
            .flatten()
            .collect();
        needs.push(of_stage);
    }
    circular(simulation, structure, &needs);
    for (index, stage) in structure.stages.iter().enumerate() {
        let triggers = simulation.triggers(index, structure);
        for trigger in &triggers {
            needs[index].extend(
                simulation
                    .need(trigger.instruction, trigger.command, stage.from)
                    .into_iter()
                    .flatten(),
            );
        }
        simulation.planned[index].triggers = triggers;
        let mut stages: Vec<usize> = needs[index].iter().map(|need| need.stage).collect();
        stages.dedup();
        simulation.planned[index].needs = stages;
    }
}

impl<'f> Simulation<'f, '_> {
    /// The stages a command needs. Errors are about the whole file: BuildKit looks at every stage.
    fn need(
        &mut self,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
        shown: &'f Instruction<'f>,
    ) -> Option<Vec<Need<'f>>> {
        match command.keyword {
            Keyword::Copy => self
                .copy_need(instruction, command, shown)
                .map(|need| vec![need]),
            Keyword::Run => Some(
                flags::values(instruction, command, "mount")
                    .filter_map(|(text, _)| {
                        let from = mount::from_unexpanded(text)?;
                        match self.find_stage(&from) {
                            Some(stage) => Some(Need { stage, by: shown }),
                            None => {
                                self.check_image(&from, None, shown);
                                None
                            }
                        }
                    })
                    .collect(),
            ),
            _ => None,
        }
    }

    fn copy_need(
        &mut self,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
        shown: &'f Instruction<'f>,
    ) -> Option<Need<'f>> {
        let (from, word) = flags::value(instruction, command, "from")?;
        if from.is_empty() {
            return None;
        }
        let span = instruction.span_of(word);
        let expanded = expand::expand(from, self.lexer, &mut self.budget, |_| {
            expand::Lookup::Unset
        });
        if expanded.map(|expanded| expanded.value.as_known() == Some(from)) != Ok(true) {
            self.errors.push(BuildError::unlocated(
                Scope::File,
                span,
                "`COPY --from` takes no variable; name a stage with `FROM $VARIABLE AS name` for it",
            ));
            return None;
        }
        let out_of_range = match from.parse::<i64>() {
            Ok(index) => usize::try_from(index).map_or(true, |index| index >= self.planned.len()),
            Err(_) => false,
        };
        if out_of_range {
            self.errors.push(BuildError::unlocated(
                Scope::File,
                span,
                format!("there is no stage {from}; stages count from 0"),
            ));
            return None;
        }
        match self.copied_from(instruction, command)? {
            CopiedFrom::Stage(stage) => Some(Need { stage, by: shown }),
            CopiedFrom::Image(image) => {
                self.check_image(&image, Some(span), shown);
                None
            }
        }
    }

    /// An image that is copied or mounted from must have a valid name, in any stage.
    fn check_image(
        &mut self,
        name: &str,
        span: Option<crate::source::Span>,
        shown: &Instruction<'_>,
    ) {
        if name == "scratch" {
            return;
        }
        let Err(what) = Reference::parse(name) else {
            return;
        };
        let message = format!("`{name}` is neither a stage nor an image: {what}");
        let mut error = match span {
            Some(span) => BuildError::in_instruction(Scope::File, shown, span, message),
            None => BuildError::unlocated(Scope::File, shown.span, message),
        };
        error.phase = Phase::Images;
        self.errors.push(error);
    }

    /// The `ONBUILD`s that a stage runs first: of its base image, or of the stage it builds on.
    fn triggers(&mut self, index: usize, structure: &Structure<'f>) -> Vec<Trigger<'f>> {
        match &self.planned[index].base {
            Base::Stage(parent) => {
                let triggers = &structure.stages[*parent].triggers;
                if !self.budget.take_triggers(triggers.len()) {
                    return Vec::new();
                }
                triggers
                    .iter()
                    .map(|&(instruction, command)| Trigger {
                        instruction,
                        command,
                        is_foreign: false,
                    })
                    .collect()
            }
            Base::Image(_) | Base::Scratch => self.planned[index]
                .image
                .onbuild
                .into_iter()
                .flat_map(|file| &file.instructions)
                .map(|instruction| Trigger {
                    instruction,
                    command: &instruction.command,
                    is_foreign: true,
                })
                .collect(),
        }
    }
}

/// Reports the first circle of needs, with the instructions that lead into and around it. Bases are
/// no part of it: they only point back.
fn circular<'f>(
    simulation: &mut Simulation<'f, '_>,
    structure: &Structure<'f>,
    needs: &[Vec<Need<'f>>],
) {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        OnPath,
        Done,
    }
    let mut states = vec![State::New; needs.len()];
    for start in 0..needs.len() {
        if states[start] != State::New {
            continue;
        }
        // The path: (stage, index of the need to follow next).
        let mut path = vec![(start, 0)];
        states[start] = State::OnPath;
        while let Some((stage, next)) = path.last_mut() {
            let Some(need) = needs[*stage].get(*next) else {
                states[*stage] = State::Done;
                path.pop();
                continue;
            };
            *next += 1;
            match states[need.stage] {
                State::Done => {}
                State::New => {
                    states[need.stage] = State::OnPath;
                    path.push((need.stage, 0));
                }
                State::OnPath => {
                    let by = path.iter().map(|&(stage, next)| &needs[stage][next - 1]);
                    let lines = by.clone().map(|need| need.by.lines).collect();
                    let related = by.map(|need| need.by.span).collect();
                    let name = structure.stages[start].name.as_deref().unwrap_or("this");
                    simulation.errors.push(BuildError {
                        scope: Scope::File,
                        span: need.by.span,
                        related,
                        lines,
                        message: format!(
                            "the stages need each other in a circle, from `{name}` on"
                        ),
                        phase: Phase::File,
                        demands: None,
                    });
                    return;
                }
            }
        }
    }
}
