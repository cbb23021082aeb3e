//! `env-from-undeclared`: ENV takes its value from a variable that nothing declares.

use super::{Rule, Sink, edits, words};
use crate::finding::{Applicability, Finding, Severity};
use crate::flow::{Analysis, Build, Declarations, Workspace};
use crate::model::dockerfile::{Action, Assignment, Found, Step, Use};
use crate::model::variables::{is_network_setting, is_predefined_arg, is_predefined_proxy};
use crate::secrets::Names;
use crate::source::SourceFile;

pub(super) struct EnvFromUndeclared;

impl Rule for EnvFromUndeclared {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let source = workspace.source(build.file);
        let declarations = build.declarations();
        for (index, step) in build.model.steps.iter().enumerate() {
            let Action::Env(assignments) = &step.action else {
                continue;
            };
            if step.triggered_by.is_some() {
                continue;
            }
            let mut proxies = Vec::new();
            for assignment in assignments {
                let Some(used) = alone(assignment, build, source) else {
                    continue;
                };
                // Declared, but out of reach: `arg-out-of-scope` tells that better.
                if declarations.mentions(step.stage, index, &used.name) {
                    continue;
                }
                let empty = Empty::new(step, assignment, used, declarations);
                if is_predefined_proxy(&used.name) {
                    proxies.push(empty);
                } else if !empty.may_be_set || !looks_like_the_bases(&used.name) {
                    report(&empty, build, source, sink);
                }
            }
            report_proxies(&proxies, build, source, sink);
        }
    }
}

/// An assignment of nothing.
struct Empty<'b> {
    step: &'b Step<'b>,
    assignment: &'b Assignment<'b>,
    name: &'b str,
    variable: &'b str,
    /// The base image may set the variable.
    may_be_set: bool,
}

impl<'b> Empty<'b> {
    fn new(
        step: &'b Step<'_>,
        assignment: &'b Assignment<'_>,
        used: &'b Use,
        declarations: &Declarations<'_>,
    ) -> Self {
        let certain = is_predefined_arg(&used.name)
            || (used.found == Found::Unset && !declarations.base_is_chosen(step.stage));
        Self {
            step,
            assignment,
            name: assignment.name.as_known().unwrap_or("the variable"),
            variable: &used.name,
            may_be_set: !certain,
        }
    }

    fn location(&self, build: &Build<'_>) -> crate::source::Location {
        build.at(self.assignment.name_span.to(self.assignment.value_span))
    }

    fn message(&self) -> String {
        let (name, variable) = (self.name, self.variable);
        if self.may_be_set {
            format!(
                "`{name}` is empty unless the base image sets `{variable}`: nothing here declares it"
            )
        } else {
            format!("`{name}` is always empty: nothing declares `{variable}`")
        }
    }
}

/// The variable that alone makes up the value and is set by nothing that is known.
fn alone<'b>(
    assignment: &Assignment<'_>,
    build: &'b Build<'_>,
    source: &SourceFile,
) -> Option<&'b Use> {
    let [used] = &build.model.uses[assignment.uses.clone()] else {
        return None;
    };
    let name = &used.name;
    // `ENV PATH=$PATH` means "whatever the base has"; proxies and mirrors are hoped for from outside.
    if assignment.name.as_known() == Some(name) && !is_network_setting(name) {
        return None;
    }
    let written = source.slice(assignment.value_span).trim_matches('"');
    let inner = written.strip_prefix('$')?;
    let inner = match inner.strip_prefix('{') {
        Some(braced) => braced.strip_suffix('}')?,
        None => inner,
    };
    let is_alone = matches!(inner.strip_prefix(name.as_str())?, "" | "-" | ":-");
    (is_alone && !matches!(used.found, Found::Set(_))).then_some(used)
}

/// Whether a variable has the name of something that images set for those who build on them.
fn looks_like_the_bases(name: &str) -> bool {
    const ENDS: [&str; 12] = [
        "HOME", "PATH", "DIR", "ROOT", "PREFIX", "VERSION", "BIN", "LIB", "USER", "UID", "GID",
        "LANG",
    ];
    let upper = name.to_ascii_uppercase();
    !is_network_setting(name) && ENDS.iter().any(|end| upper.ends_with(end))
}

fn report(empty: &Empty<'_>, build: &Build<'_>, source: &SourceFile, sink: &mut Sink) {
    let variable = empty.variable;
    let finding = sink
        .report(empty.location(build), "set to nothing", empty.message())
        .about(variable);
    grade(finding, empty.may_be_set);
    if is_predefined_arg(variable) {
        finding.help(format!("add `ARG {variable}` above this line: BuildKit gives it a value, and a stage sees it only behind its ARG"));
    } else if Names::BUILT_IN.kind(variable).is_some() {
        // A fix must not lead a secret into the image.
        finding.help(format!("give `{}` when the container starts (`docker run --env`), or to one RUN with `--mount=type=secret,id=…,env=…`: an ARG would keep it in the image's history", empty.name));
        return;
    } else {
        finding.help(format!(
            "declare `ARG {variable}` above this line, or write the value"
        ));
    }
    if !empty.may_be_set {
        let arg = format!("ARG {variable}");
        finding.fix(
            format!("declare `{arg}` above"),
            Applicability::Suggested,
            vec![edits::line_above(&arg, empty.step.span(), build, source)],
        );
    }
}

/// One finding for the proxies of an instruction: they are set to nothing for one reason, and who
/// wants to keep the instruction wants to keep them all.
fn report_proxies(proxies: &[Empty<'_>], build: &Build<'_>, source: &SourceFile, sink: &mut Sink) {
    let Some((first, others)) = proxies.split_first() else {
        return;
    };
    let may_be_set = proxies.iter().all(|empty| empty.may_be_set);
    let names = words::list(proxies.iter().map(|empty| empty.name));
    let stay = if others.is_empty() { "stays" } else { "stay" };
    let unless = match may_be_set {
        true => " unless the base image sets a proxy",
        false => "",
    };
    let others = others.iter().map(|other| other.location(build));
    let finding = sink
        .report(
            first.location(build),
            "set to nothing",
            format!("{names} {stay} empty{unless}: ENV does not see proxy build arguments"),
        )
        .about(first.variable)
        .help("drop this ENV: BuildKit hands a proxy build argument to every RUN by itself, in both spellings")
        .also(others, "set to nothing as well");
    grade(finding, may_be_set);
    if does_nothing_else(first.step, proxies) {
        let edits = vec![edits::without_line(first.step.span(), build, source)];
        finding.fix("drop the ENV", Applicability::Suggested, edits);
    }
}

fn grade(finding: &mut Finding, may_be_set: bool) {
    if may_be_set {
        finding.severity(Severity::Info);
    }
}

/// Whether an instruction sets nothing else and the base image sets no proxy either.
fn does_nothing_else(step: &Step<'_>, proxies: &[Empty<'_>]) -> bool {
    matches!(&step.action, Action::Env(all) if all.len() == proxies.len())
        && proxies.iter().all(|empty| !empty.may_be_set)
}
