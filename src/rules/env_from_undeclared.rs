//! `env-from-undeclared`: ENV takes its value from a variable that nothing declares.

use super::{Rule, Sink};
use crate::flow::{Build, Declarations, Workspace};
use crate::finding::{Applicability, Edit, Severity};
use crate::model::dockerfile::{Action, Assignment, Found, Use};
use crate::model::variables::is_predefined_proxy;

pub(super) struct EnvFromUndeclared;

impl Rule for EnvFromUndeclared {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.source(build.file).is_template() {
            return;
        }
        let declarations = Declarations::of(build);
        for (index, step) in build.model.steps.iter().enumerate() {
            let Action::Env(assignments) = &step.action else {
                continue;
            };
            if step.triggered_by.is_some() {
                continue;
            }
            for assignment in assignments {
                if let Some(used) = undeclared(assignment, build) {
                    let declared = declarations
                        .out_of_scope(build, step.stage, index, &used.name)
                        .is_some();
                    // Declared, but out of reach: `arg-out-of-scope` tells that better.
                    if !declared && !declarations.reaches(build, step.stage, index, &used.name) {
                        report(assignment, used, build, sink);
                    }
                }
            }
        }
    }
}

/// The variable that alone makes up the value and is set by nothing.
fn undeclared<'b>(assignment: &Assignment<'_>, build: &'b Build<'_>) -> Option<&'b Use> {
    let [used] = &build.model.uses[assignment.uses.clone()] else {
        return None;
    };
    // `ENV PATH=$PATH` means "whatever the base has", and `${X:-}` may say so on purpose.
    let of_itself = assignment.name.as_known() == Some(&used.name) && !is_predefined_proxy(&used.name);
    let nothing_else = match used.found {
        Found::Unset => assignment.value.is_empty(),
        Found::Unknown => assignment.value_span.len() <= used.span.len() + "\"\"}".len(),
        Found::Set(_) => false,
    };
    (nothing_else && !of_itself).then_some(used)
}

fn report(assignment: &Assignment<'_>, used: &Use, build: &Build<'_>, sink: &mut Sink) {
    let name = assignment.name.as_known().unwrap_or("the variable");
    let variable = &used.name;
    let unknown_base = used.found == Found::Unknown;
    let message = if unknown_base {
        format!("`{name}` is empty unless the base image sets `{variable}`: nothing here declares it")
    } else {
        format!("`{name}` is always empty: nothing declares `{variable}`")
    };
    let is_proxy = is_predefined_proxy(variable);
    let help = if is_proxy {
        format!(
            "BuildKit passes a proxy build argument to every RUN by itself, so drop this ENV; it expands `${variable}` only behind an `ARG {variable}`, and the image would keep the proxy"
        )
    } else {
        format!("declare `ARG {variable}` above this line, or write the value")
    };
    let finding = sink
        .report(
            build.at(used.span),
            format!("`{variable}` has no value here"),
            message,
        )
        .about(variable.clone())
        .help(help);
    if unknown_base {
        finding.severity(Severity::Info);
    } else if !is_proxy {
        let instruction = build
            .model
            .steps
            .iter()
            .map(|step| step.instruction)
            .find(|instruction| instruction.span.to(used.span) == instruction.span);
        if let Some(instruction) = instruction {
            let at = instruction.span.start as usize;
            finding.fix(
                format!("declare `ARG {variable}` above"),
                Applicability::Suggested,
                vec![Edit {
                    file: build.file,
                    span: crate::source::Span::at(at),
                    text: format!("ARG {variable}\n"),
                }],
            );
        }
    }
}
