//! What to write for a RUN that leaves a secret in its layer, so that it does not: a mount alone
//! would but change where the secret comes from.

use super::secret_help::{self, short};
use crate::flow::secrets::{Commands, Instead, Leak, Rewritten, Secret, rewritten, secret_id};
use crate::flow::{Build, Workspace};

/// How the one who builds gives the secret, and the RUN that needs it without leaving it.
pub(super) fn instead(build: &Build<'_>, workspace: &Workspace<'_>, leak: &Leak<'_>) -> String {
    let rewritten = rewritten(build, leak);
    let Rewritten { name, id, to, next } = &rewritten;
    let next = next.as_deref().map_or_else(|| "…".to_owned(), short);
    let given = || given(build, workspace, leak, name);
    match to {
        Instead::Commands(commands, flag) => {
            let flags = match flag {
                Some(flag) => format!("{} ", workspace.source(build.file).slice(*flag)),
                None => secret_help::flags(build, name, id),
            };
            format!("{}write `RUN {flags}{}`", given(), joined(commands, next))
        }
        Instead::Mount {
            target,
            is_whole: true,
            ..
        } => format!(
            "{}mount it as that file where it is read: `RUN --mount=type=secret,id={id},target={target} {next}`",
            given()
        ),
        Instead::Mount { file, target, .. } => {
            let id = secret_id(file.trim_start_matches('.'));
            let given = secret_help::given_file(build, workspace, &id, file);
            format!(
                "keep the whole file out of the build: {given}, and mount it where it is read: `RUN --mount=type=secret,id={id},target={target} {next}`"
            )
        }
        Instead::Unknown => secret_help::mount(build, workspace, name, Some(leak.step), &[]),
    }
}

fn joined(commands: &Commands, next: String) -> String {
    let mut all = commands.first.clone();
    all.extend(commands.goes_on.then_some(next));
    all.extend(commands.last.clone());
    all.join(" && ")
}

/// How the one who builds gives the secret; nothing if it is mounted already.
fn given(build: &Build<'_>, workspace: &Workspace<'_>, leak: &Leak<'_>, name: &str) -> String {
    let given = secret_help::given(build, workspace, name);
    match leak.secret {
        Secret::Variable(_) => format!("{given}, and "),
        Secret::Literal => {
            format!("take it out and replace it where it is accepted, {given}, and ")
        }
        Secret::Mounted { .. } => String::new(),
    }
}
