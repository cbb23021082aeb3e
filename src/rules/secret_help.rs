//! What to write instead of a build argument, for the RUN that needs it.

use super::secret_instead;
use crate::flow::secrets::{Leak, Written, run_text, secret_id};
use crate::flow::{Build, Origin, Workspace};

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
    let id = secret_id(name);
    let text = step.and_then(|step| run_text(build, step));
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

/// How the one who builds gives the secret `name`.
pub(super) fn given(build: &Build<'_>, workspace: &Workspace<'_>, name: &str) -> String {
    let id = secret_id(name);
    match service(build, workspace) {
        None => format!("build with `--secret id={id},env={name}`"),
        Some(service) => {
            let mut given = build.model.build_args.iter();
            let instead = match given.any(|arg| arg.name == name) {
                true => ", in place of the build argument",
                false => "",
            };
            format!(
                "list `{id}` under `build.secrets` of {service}, with a top-level `secrets: {{ {id}: {{ environment: {name} }} }}`{instead}"
            )
        }
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
