//! `include-env-not-passed`: an included file counts on its own `.env` where Compose does not look.

use super::{Rule, Sink};
use crate::flow::Workspace;
use crate::model::compose::{DotenvSetting, Project};
use crate::model::{HopId, Mechanism, Unknown, Value};
use crate::source::Location;

pub(super) struct IncludeEnvNotPassed;

impl Rule for IncludeEnvNotPassed {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for project in &workspace.projects {
            for service in &project.services {
                let args = service.build.iter().flat_map(|build| &build.args);
                let args = args.filter(|arg| arg.is_pass_through).map(|arg| Entry {
                    name: &arg.name,
                    at: arg.name_at,
                    value: arg.value.as_ref(),
                    hop: arg.hop,
                    section: "build.args",
                });
                let environment = service.environment.iter();
                let environment = environment
                    .filter(|entry| entry.is_pass_through)
                    .map(|entry| Entry {
                        name: &entry.name,
                        at: entry.name_at,
                        value: entry.value.as_ref(),
                        hop: entry.hop,
                        section: "environment",
                    });
                for entry in args.chain(environment) {
                    if let Some(setting) = missed(&entry, project, workspace) {
                        report(&entry, setting, workspace, sink);
                    }
                }
            }
        }
    }
}

/// A name without a value.
struct Entry<'p> {
    name: &'p str,
    at: Location,
    value: Option<&'p Value<'p>>,
    hop: HopId,
    section: &'static str,
}

/// The setting that the author of the included file counts on.
fn missed<'p, 't>(
    entry: &Entry<'_>,
    project: &'p Project<'t>,
    workspace: &Workspace<'_>,
) -> Option<&'p DotenvSetting<'t>> {
    let is_unfilled = matches!(
        entry.value,
        None | Some(Value::Unknown(Unknown::ProcessEnvironment))
    );
    let is_included = project.brought_in_by(entry.at.file).is_some();
    if !is_unfilled || !is_included || project.variable(entry.name).is_some() {
        return None;
    }
    let is_environment_file =
        |hop: &HopId| project.provenance.hop(*hop).how == Mechanism::ComposeEnvFile;
    if project
        .provenance
        .story(entry.hop)
        .iter()
        .any(is_environment_file)
    {
        return None;
    }
    let folder = |location: Location| {
        let path = workspace.source(location.file).location();
        path.rsplit_once('/').map(|(folder, _)| folder)
    };
    project
        .dotenv
        .iter()
        .find(|setting| setting.name == entry.name && folder(setting.name_at) == folder(entry.at))
}

fn report(
    entry: &Entry<'_>,
    setting: &DotenvSetting<'_>,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let (name, section) = (entry.name, entry.section);
    if workspace.is_template(entry.at.file) {
        return;
    }
    let dotenv = workspace.source(setting.name_at.file).path();
    sink.report(
        entry.at,
        "filled from the including project only",
        format!("`{name}` stays unset: `{dotenv}` serves `${{…}}` in this included file, and names without a value in `{section}` take theirs from the including project"),
    )
    .about(name)
    .before(setting.name_at, "set here")
    .help(format!("write `{name}: ${{{name}}}`, or set it in the including project's `.env`"));
}
