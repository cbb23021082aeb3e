//! `secret-mount-unused`: a secret is mounted, and the build argument of its name is read.

use super::{Rule, Sink};
use crate::flow::secrets::secret_id;
use crate::flow::{Analysis, Workspace};
use crate::model::Value;
use crate::model::dockerfile::{Action, Lookup, Mount, MountKind};
use crate::source::Span;

pub(super) struct SecretMountUnused;

impl Rule for SecretMountUnused {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        for (index, step) in build.model.steps.iter().enumerate() {
            if let Action::Run(run) = &step.action
                && step.triggered_by.is_none()
                && run.mounts.len() <= MOST_MOUNTS
            {
                for (mount, span) in &run.mounts {
                    look_at(build, index, mount, *span, workspace, sink);
                }
            }
        }
    }
}

/// A RUN with more mounts than people write is not looked at: each is searched for in its text.
const MOST_MOUNTS: usize = 8;

fn look_at(
    build: &Analysis<'_>,
    index: usize,
    mount: &Mount<'_>,
    span: Span,
    workspace: &Workspace<'_>,
    sink: &mut Sink,
) {
    let known = |value: &Option<Value<'_>>| value.as_ref()?.as_known().map(str::to_owned);
    let is_file = mount.kind == MountKind::Secret && mount.secret_variable().is_none();
    let Some(id) = known(&mount.id)
        .or_else(|| known(&mount.source))
        .filter(|_| is_file)
    else {
        return;
    };
    let path = known(&mount.target).unwrap_or_else(|| format!("/run/secrets/{id}"));
    let Some(commands) = &build.commands[index] else {
        return;
    };
    let step = &build.model.steps[index];
    let text = workspace.source(build.file).slice(step.instruction.span);
    let behind = text.replace(workspace.source(build.file).slice(span), "");
    let name = path.rsplit('/').next().unwrap_or(&path);
    let mentioned = [path.as_str(), "/run/secrets"]
        .iter()
        .any(|it| behind.contains(it))
        || path.starts_with("/root/.") && behind.contains(name);
    // A program of the project may read the file.
    let runs_script = commands.outcome.commands.iter().any(|command| {
        let word = command.argv.first().and_then(|word| word.value.as_known());
        word.is_none_or(|word| {
            word.contains('/')
                || matches!(
                    command.name(),
                    Some("make" | "sh" | "bash" | "python" | "python3" | "node" | "just")
                )
        })
    });
    if mentioned || runs_script || !commands.outcome.is_read() {
        return;
    }
    let read = commands.outcome.uses.iter().find(|used| {
        !used.set_by_shell
            && secret_id(&used.name) == secret_id(&id)
            && matches!(
                build.model.lookup(step.stage, step.start, &used.name),
                Lookup::Set(..) | Lookup::Unset
            )
            && build.declarations().first_in_stage(&used.name).is_some()
    });
    let Some(used) = read else {
        return;
    };
    let variable = &used.name;
    sink.report(build.at(span), "mounted here", format!("the secret `{id}` is mounted as a file that nothing reads: `${variable}` here is the build argument"))
        .after(commands.locate(used.span), "the build argument is read here")
        .help(format!("mount it as the variable, `--mount=type=secret,id={id},env={variable}`, and drop the ARG"));
}
