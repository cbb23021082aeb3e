//! `SOURCE_DATE_EPOCH` (upstream: `dockerfile2llb/epoch.go`).

use super::budget::Budget;
use super::build::DeclarationSource;
use super::error::{BuildError, Scope};
use super::expand;
use super::remote::{self, SourceKind};
use super::simulate::Simulation;
use super::structure::{StageText, Structure, words};
use crate::model::{Unknown, Value};
use crate::source::Span;
use crate::syntax::dockerfile::Keyword;

const NAME: &str = "SOURCE_DATE_EPOCH";

/// Checks and normalises the value: a number, `context`, or a stage that only fetches a source.
pub(super) fn resolve<'f>(simulation: &mut Simulation<'f, '_>, structure: &Structure<'f>) {
    let setting = simulation
        .build_args
        .get(NAME)
        .or_else(|| simulation.global_values.get(NAME))
        .cloned();
    let Some((Value::Known(text), _)) = setting else {
        return;
    };
    if text.is_empty() {
        return;
    }
    let resolved = if let Ok(seconds) = text.parse::<i64>() {
        Value::known(seconds.to_string())
    } else if text == "context" {
        Value::Unknown(Unknown::File)
    } else {
        let stage = structure.stages.iter().find(|stage| {
            stage
                .name
                .as_ref()
                .is_some_and(|name| name.eq_ignore_ascii_case(&text))
        });
        match stage {
            Some(stage) => match source_only(simulation, stage) {
                Ok(()) => Value::Unknown(Unknown::File),
                Err(message) => {
                    let span = stage.from.span;
                    simulation.error_in(Scope::File, stage.from, span, message);
                    return;
                }
            },
            None => {
                let span = simulation
                    .global_declarations
                    .iter()
                    .rfind(|global| global.name == NAME)
                    .filter(|global| global.source == DeclarationSource::Default)
                    .and_then(|global| global.default_span)
                    .unwrap_or(Span::at(0));
                simulation.errors.push(BuildError::unlocated(
                    Scope::File,
                    span,
                    format!("{NAME} is a number of seconds, `context` or a stage, not `{text}`"),
                ));
                return;
            }
        }
    };
    for values in [&mut simulation.build_args, &mut simulation.global_values] {
        if let Some((value, _)) = values.get_mut(NAME) {
            *value = resolved.clone();
        }
    }
}

/// A stage that may give the date: FROM scratch, arguments, and one remote ADD.
fn source_only(simulation: &Simulation<'_, '_>, stage: &StageText<'_>) -> Result<(), String> {
    let base = stage.base.map(|base| stage.from.text(base));
    if base != Some("scratch") {
        return Err(format!("a stage that gives {NAME} must be FROM scratch"));
    }
    let mut sources = 0;
    for instruction in &stage.instructions {
        match instruction.command.keyword {
            Keyword::Arg => {}
            Keyword::Add => {
                let arguments = words(&instruction.command);
                let [source, _] = arguments else {
                    return Err(format!("a stage that gives {NAME} adds one source"));
                };
                let text = instruction.text(source);
                let budget = &mut Budget::default();
                let expanded = expand::expand(text, simulation.lexer, budget, |name| {
                    simulation.lookup_global(name)
                })
                .map_err(|error| error.message)?;
                let is_known = expanded.value.as_known().is_some();
                if is_known && remote::classify(&expanded.value)? == SourceKind::Path {
                    return Err(format!("a stage that gives {NAME} adds a remote source"));
                }
                sources += 1;
            }
            keyword => {
                return Err(format!(
                    "a stage that gives {NAME} has only ARG and ADD, not {}",
                    keyword.name()
                ));
            }
        }
    }
    if sources == 1 {
        Ok(())
    } else {
        Err(format!("a stage that gives {NAME} has one remote ADD"))
    }
}
