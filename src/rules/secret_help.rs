//! What to write instead of a build argument, for the RUN that needs it.

use super::secret_instead::{self, Leak};
use crate::flow::secrets::Written;
use crate::flow::{Build, Origin, Workspace};
use crate::model::dockerfile::{Action, Program};
use crate::syntax::dockerfile::Keyword;

/// How much of a RUN is repeated.
const LONGEST_COMMAND: usize = 72;

/// The flag of `docker build`, or what the compose file needs that asks for the build, and a secret
/// mount for `name` in the RUN of `step`; of `leaks`, the one of that RUN is told how not to.
pub(super) fn mount(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    name: &str,
    step: Option<usize>,
    leaks: &[Written<'_>],
) -> String {
    let mut leaks = leaks.iter();
    if let Some(leak) = leaks.find(|leak| Some(leak.step) == step && leak.name == name) {
        return secret_instead::instead(build, workspace, &Leak::of(leak));
    }
    let id = id(name);
    let text = step.and_then(|step| command(build, step));
    let text = text.unwrap_or_else(|| "…".to_owned());
    let run = if mounts_variables(build) {
        format!("`RUN {}{}`", flags(build, name, &id), short(&text))
    } else {
        let file = format!("$(cat /run/secrets/{id})");
        let read = text
            .replace(&format!("${{{name}}}"), &file)
            .replace(&format!("${name}"), &file);
        let set = match read == text {
            true => format!(" with `{name}={file}` in front of the command"),
            false => String::new(),
        };
        format!("`RUN --mount=type=secret,id={id} {}`{set}", short(&read))
    };
    let given = given(build, workspace, name);
    format!("{given}, and mount it where it is needed: {run}")
}

/// The mount that gives a RUN the secret `id` as the variable `name`, and what must stand in front of
/// its command for that.
pub(super) fn flags(build: &Build<'_>, name: &str, id: &str) -> String {
    match mounts_variables(build) {
        true => format!("--mount=type=secret,id={id},env={name} "),
        false => format!("--mount=type=secret,id={id} export {name}=$(cat /run/secrets/{id}) && "),
    }
}

/// What the first RUN behind a step does, in its stage.
pub(super) fn next_command(build: &Build<'_>, step: usize) -> String {
    let stage = build.model.steps[step].stage;
    let mut later = step + 1..build.model.stages[stage].steps.end;
    let command = later.find_map(|step| command(build, step));
    // Its own mounts would stand behind the one that is told.
    let command = command.filter(|text| !text.starts_with("--"));
    command.map_or_else(|| "…".to_owned(), |text| short(&text))
}

/// How the one who builds gives the secret `name`.
pub(super) fn given(build: &Build<'_>, workspace: &Workspace<'_>, name: &str) -> String {
    let id = id(name);
    match service(build, workspace) {
        None => format!("build with `--secret id={id},env={name}`"),
        Some(service) => format!(
            "list `{id}` under `build.secrets` of {service}, with a top-level `secrets: {{ {id}: {{ environment: {name} }} }}`, in place of the build argument"
        ),
    }
}

/// How the one who builds gives a file that is secret.
pub(super) fn given_file(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    id: &str,
    file: &str,
) -> String {
    match service(build, workspace) {
        None => format!("build with `--secret id={id},src={file}`"),
        Some(service) => format!(
            "list `{id}` under `build.secrets` of {service}, with a top-level `secrets: {{ {id}: {{ file: ./{file} }} }}`"
        ),
    }
}

/// The service that asks for a build, if one does.
fn service(build: &Build<'_>, workspace: &Workspace<'_>) -> Option<String> {
    let Origin::Service { project, service } = build.origin else {
        return None;
    };
    let project = workspace.projects.get(project);
    let service = project.and_then(|project| project.services.get(service));
    Some(service.map_or_else(
        || "the service".to_owned(),
        |service| format!("`{}`", service.name),
    ))
}

/// The id of a secret that is named like a variable.
pub(super) fn id(name: &str) -> String {
    let plain = |c: char| {
        if c.is_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}

/// The text of a RUN behind its keyword, on one line.
fn command(build: &Build<'_>, step: usize) -> Option<String> {
    let step = build.model.steps.get(step)?;
    let Action::Run(run) = &step.action else {
        return None;
    };
    if step.command.keyword != Keyword::Run || matches!(run.program, Program::Exec(_)) {
        return None;
    }
    let line = &step.instruction.line.text;
    let text = line.get(step.command.keyword_word.end as usize..)?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// As many words of a command as are worth repeating, no word of the shell cut in two.
pub(super) fn short(text: &str) -> String {
    if text.len() <= LONGEST_COMMAND {
        return text.to_owned();
    }
    let ends = word_ends(text).take_while(|end| *end <= LONGEST_COMMAND);
    let shown = ends.last().and_then(|end| text.get(..end));
    match shown {
        Some(shown) => format!("{shown} …"),
        None => "…".to_owned(),
    }
}

/// Where a blank stands outside of quotes.
fn word_ends(text: &str) -> impl Iterator<Item = usize> {
    let mut quote = None;
    let mut is_escaped = false;
    text.char_indices().filter_map(move |(at, c)| {
        match (quote, c) {
            _ if is_escaped => is_escaped = false,
            (None | Some('"'), '\\') => is_escaped = true,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            (None, ' ') => return Some(at),
            _ => {}
        }
        None
    })
}

/// Whether the frontend knows `--mount=type=secret,env=`: since 1.10 (`facts/buildkit.md` 5).
fn mounts_variables(build: &Build<'_>) -> bool {
    let Some(frontend) = &build.tree.frontend else {
        return true;
    };
    let Some((_, tag)) = frontend.image.rsplit_once(':') else {
        return true;
    };
    let tag = tag.split(['-', '@']).next().unwrap_or_default();
    let mut numbers = tag.split('.').map(|number| number.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor) >= (1, 10),
        (Some(major), None) => major >= 1,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_cut_between_its_words() {
        assert_eq!(short("curl http://x"), "curl http://x");
        let rest = "x".repeat(LONGEST_COMMAND);
        for (text, shown) in [
            (
                "curl -H 'PRIVATE-TOKEN: $T' ",
                "curl -H 'PRIVATE-TOKEN: $T' …",
            ),
            ("curl -H 'PRIVATE-TOKEN: $T ", "curl -H …"),
            (r#"curl -H "a \" b "#, "curl -H …"),
            (r"echo it\'s ", r"echo it\'s …"),
            ("'a ", "…"),
        ] {
            assert_eq!(short(&format!("{text}{rest}")), shown);
        }
    }
}
