//! Where a RUN's text has the value of a secret that is mounted.

use super::destination::contains;
use super::tools;
use super::written::{Brought, Expanded};
use crate::flow::shell::{Argument, Command};
use crate::flow::steps::StepCommands;
use crate::model::Value;
use crate::model::dockerfile::{Mount, MountKind, Run};
use crate::secrets::Names;
use crate::secrets::files::credential_file;
use crate::source::Span;
use crate::syntax::shell::RedirectionOperator;

/// A RUN with more mounts than people write is not looked at: each is searched for in its text.
const MOST_MOUNTS: usize = 8;

/// Programs that print a file.
const PRINTERS: &[&str] = &["awk", "base64", "cat", "head", "sed", "tail", "tr"];

/// The places that have the value of a secret that `run` mounts, in no order.
pub(super) fn expanded<'b>(
    run: &'b Run<'_>,
    commands: &'b StepCommands,
    names: &Names,
) -> Vec<Expanded<'b>> {
    let mut all = Vec::new();
    let is_secret =
        |(mount, _): &&(Mount<'_>, Span)| mount.kind == MountKind::Secret && is_told(mount, names);
    for (mount, flag) in run.mounts.iter().filter(is_secret).take(MOST_MOUNTS) {
        if let Some(name) = mount.secret_variable() {
            variable(name, *flag, commands, &mut all);
        }
        if let Some(path) = path(mount) {
            file(&path, *flag, commands, &mut all);
        }
    }
    all
}

/// Whether a layer must not keep what is mounted: its name says so. Certificates, names of users and
/// addresses are mounted too.
fn is_told(mount: &Mount<'_>, names: &Names) -> bool {
    let known = |value: &Option<Value<'_>>| value.as_ref()?.as_known().map(str::to_owned);
    let of_mount = [known(&mount.id), known(&mount.target), known(&mount.env)];
    of_mount.iter().flatten().any(|name| {
        let name = name.rsplit('/').next().unwrap_or(name);
        names.kind(name).is_some()
            || credential_file(name).is_some()
            || credential_file(&format!(".{name}")).is_some()
    })
}

/// The file that a secret is mounted as: none if it is a variable only (`facts/buildkit.md` 5).
fn path(mount: &Mount<'_>) -> Option<String> {
    let known = |value: &Option<Value<'_>>| value.as_ref()?.as_known().map(str::to_owned);
    known(&mount.target).or_else(|| {
        let id = known(&mount.id).or_else(|| known(&mount.source))?;
        mount.env.is_none().then(|| format!("/run/secrets/{id}"))
    })
}

fn variable<'b>(
    name: &'b str,
    flag: Span,
    commands: &'b StepCommands,
    all: &mut Vec<Expanded<'b>>,
) {
    let uses = commands.outcome.uses.iter();
    let uses = uses.filter(|used| used.reached && !used.set_by_shell && used.name == name);
    all.extend(uses.map(|used| Expanded {
        name: name.to_owned(),
        span: used.span,
        brought: Brought::Mount { flag, set: None },
        is_piped: false,
    }));
}

/// Commands that print the file, and the variables that hold what they print.
fn file(path: &str, flag: Span, commands: &StepCommands, all: &mut Vec<Expanded<'_>>) {
    let outcome = &commands.outcome;
    let readers = outcome.commands.iter().filter(|it| reads(it, path));
    let is_piped_on = |reader: &Command| {
        let pipes = outcome.commands.iter().filter_map(|it| it.piped_from);
        pipes.into_iter().any(|from| contains(from, reader.span))
    };
    for reader in readers {
        let is_piped = is_piped_on(reader);
        all.push(Expanded {
            name: path.to_owned(),
            span: reader.span,
            brought: Brought::Mount { flag, set: None },
            is_piped,
        });
        if is_piped {
            continue;
        }
        let set = outcome.assignments.iter();
        for assignment in set.filter(|it| contains(it.span, reader.span)) {
            let uses = outcome.uses.iter().filter(|used| {
                used.reached
                    && used.name == assignment.name
                    && used.span.start >= assignment.span.end
            });
            all.extend(uses.map(|used| Expanded {
                name: used.name.clone(),
                span: used.span,
                brought: Brought::Mount {
                    flag,
                    set: Some(assignment.span),
                },
                is_piped: false,
            }));
        }
    }
}

/// Whether a command prints or copies the file.
fn reads(command: &Command, path: &str) -> bool {
    let is_path = |word: &Argument| word.value.as_known() == Some(path);
    let prints = |name| PRINTERS.contains(&name) || is_copy(name);
    let reads_words = command.name().is_some_and(prints);
    let is_input = command
        .redirections
        .iter()
        .any(|it| it.operator == RedirectionOperator::Read && is_path(&it.target));
    let reads_input = is_input && (reads_words || tools::keeping(command).is_some());
    reads_input || reads_words && command.argv.iter().skip(1).any(is_path)
}

/// Commands that copy a file to their last word.
pub(super) fn is_copy(name: &str) -> bool {
    matches!(name, "cp" | "install" | "mv")
}
