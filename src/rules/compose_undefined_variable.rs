//! `compose-undefined-variable`: Compose puts an empty text in a variable's place.

use super::{Rule, Sink, closest};
use crate::flow::Workspace;
use crate::model::Value;
use crate::model::compose::{Project, Unreadable, VariableUse};
use crate::model::variables::is_network_setting;

pub(super) struct ComposeUndefinedVariable;

impl Rule for ComposeUndefinedVariable {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for project in &workspace.projects {
            if !tells_its_variables(project, workspace) {
                continue;
            }
            for variable in &project.open_variables {
                let is_told = !workspace.is_template(variable.at.file);
                if is_told
                    && !is_of_every_shell(&variable.name)
                    && !ends_a_word(variable, workspace)
                {
                    report(variable, project, sink);
                }
            }
        }
    }
}

/// Whether the project sets its variables in files that everybody has: what no such file sets was
/// forgotten more likely than left to the caller.
fn tells_its_variables(project: &Project<'_>, workspace: &Workspace<'_>) -> bool {
    let dotenv = format!("{}/.env", project.folder);
    let is_private = workspace.request.absent.get(&dotenv) == Some(&Unreadable::Ignored);
    let mut files = project.dotenv.iter().map(|setting| setting.name_at.file);
    !is_private
        && files.clone().next().is_some()
        && files.all(|file| workspace.source(file).is_shared())
}

/// Whether the variable adds to a word that makes sense without it, as `-arm64` does to an image's
/// name: then nothing is what it is meant to be by default.
fn ends_a_word(variable: &VariableUse, workspace: &Workspace<'_>) -> bool {
    let text = workspace.source(variable.at.file).text();
    let before = text.get(..variable.at.span.start as usize);
    before.is_some_and(|before| before.ends_with(|c: char| c.is_ascii_alphanumeric()))
}

/// What a login shell, a desktop or a CI system brings.
fn is_of_every_shell(name: &str) -> bool {
    const NAMES: [&str; 22] = [
        "CI",
        "COLUMNS",
        "DISPLAY",
        "EDITOR",
        "HOME",
        "HOSTNAME",
        "LANG",
        "LINES",
        "LOGNAME",
        "PATH",
        "PWD",
        "GOPATH",
        "GOROOT",
        "JAVA_HOME",
        "SUDO_USER",
        "EUID",
        "SHELL",
        "SSH_AUTH_SOCK",
        "TERM",
        "TMPDIR",
        "USER",
        "USERNAME",
    ];
    const STARTS: [&str; 5] = ["XDG_", "GITHUB_", "CI_", "LC_", "COMPOSE_"];
    NAMES.contains(&name) || STARTS.iter().any(|start| name.starts_with(start))
}

/// Whether a service's containers have the variable, so that their shell was meant to read it.
fn is_set_in_container(name: &str, project: &Project<'_>) -> bool {
    let services = project.services.iter();
    let mut entries = services.flat_map(|service| &service.environment);
    entries
        .any(|entry| entry.name == name && entry.value.as_ref().and_then(Value::as_known).is_some())
}

/// How many names of `.env` are compared with a name that is not there.
const MAX_NAMES: usize = 500;

fn report(variable: &VariableUse, project: &Project<'_>, sink: &mut Sink) {
    let name = &variable.name;
    let finding = sink.report(
        variable.at,
        "an empty text",
        format!("`{name}` is set in no `.env` and has no default: unless the caller sets it, Compose puts an empty text here"),
    );
    finding.about(name);
    let known = project
        .dotenv
        .iter()
        .take(MAX_NAMES)
        .map(|setting| &*setting.name);
    // `NO_PROXY` is no misspelt `GOPROXY`.
    let close = closest(name, known).filter(|_| !is_network_setting(name));
    match close {
        Some(close) => {
            let setting = project.dotenv.iter().find(|setting| setting.name == close);
            if let Some(setting) = setting {
                finding.related(setting.name_at, "a name much like it");
            }
            finding.help(format!("did you mean `{close}`?"));
        }
        None => {
            if !is_set_in_container(name, project) {
                // Compose warns of it whenever the project is started: who starts it knows.
                finding.pedantic();
            }
            finding.help(format!("set it in `.env`, give a default (`${{{name}:-…}}`), demand it (`${{{name}:?}}`), or write `$${name}` if the container's shell is to read it"));
        }
    }
}
