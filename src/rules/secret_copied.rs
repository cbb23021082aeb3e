//! `secret-copied`: a file of credentials is copied into the image.

use std::collections::HashMap;

use super::stories::{Stories, Story};
use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::{Build, Context, Workspace};
use crate::model::dockerfile::{Action, CopySource, SourceKind};
use crate::secrets::files::{CredentialFile, credential_file};
use crate::secrets::{Names, Place, Verdict, judge};
use crate::source::{Location, SourceFile};
use crate::syntax::dockerfile::Keyword;

pub(super) struct SecretCopied;

impl Rule for SecretCopied {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let mut stories = Stories::default();
        for build in &workspace.builds {
            let names = &workspace.request.settings(build.file).names;
            let mut first: HashMap<&str, Location> = HashMap::new();
            let shipped = build.shipped();
            for (index, source, path, file) in copied(build, &shipped) {
                let at = build.at(source.span);
                if let Some(first) = first.get(path) {
                    stories.relate(*first, at, "and here");
                    continue;
                }
                let Some(context) = workspace.context(build) else {
                    break;
                };
                if gives_away(&context, path, file, names) {
                    first.insert(path, at);
                    stories.add(story(build, index, source, path, file));
                }
            }
        }
        stories.tell(sink);
    }
}

/// The files of credentials that the image's stages take from the context.
fn copied<'b>(
    build: &'b Build<'_>,
    shipped: &'b [bool],
) -> impl Iterator<Item = (usize, &'b CopySource<'b>, &'b str, CredentialFile)> {
    build
        .model
        .steps
        .iter()
        .enumerate()
        .flat_map(|(index, step)| {
            let sources: &[CopySource<'_>] = match &step.action {
                Action::Copy(copy) if copy.from.is_none() && step.triggered_by.is_none() => {
                    &copy.sources
                }
                _ => &[],
            };
            sources
                .iter()
                .filter(|source| source.kind == SourceKind::Path)
                .filter_map(|source| Some((source, source.value.as_known()?)))
                .filter_map(|(source, path)| Some((source, path, credential_file(path)?)))
                .filter(|_| shipped[step.stage])
                .map(move |(source, path, file)| (index, source, path, file))
        })
}

/// Whether the build sees the file and the file, where it can be read, holds a secret.
fn gives_away(context: &Context<'_>, path: &str, file: CredentialFile, names: &Names) -> bool {
    if context.hides(path) {
        return false;
    }
    match context.file(path).filter(|_| file.may_be_harmless) {
        Some(source) if source.is_shared() => holds_secret(source, names),
        _ => true,
    }
}

/// Whether a file of `NAME=value` lines holds one that is secret and written out.
fn holds_secret(source: &SourceFile, names: &Names) -> bool {
    let lines = source.text().lines().map(str::trim);
    lines
        .filter(|line| !line.starts_with(['#', ';']))
        .filter_map(|line| line.split_once('='))
        .any(|(name, value)| {
            // npm's `//registry.example/:_authToken`
            let name = name.trim_start_matches("export ").trim();
            let name = name
                .rsplit(':')
                .next()
                .unwrap_or(name)
                .trim_start_matches('_');
            let verdict = judge(names, Place::ComposeEnv, name, Some(value.trim())).verdict;
            verdict > Verdict::Weak && verdict != Verdict::Channel
        })
}

fn story(
    build: &Build<'_>,
    index: usize,
    source: &CopySource<'_>,
    path: &str,
    file: CredentialFile,
) -> Story {
    let name = path.rsplit('/').next().unwrap_or(path);
    let help = match file.target {
        Some(target) => format!(
            "mount it where it is needed instead: `RUN --mount=type=secret,id={},target={target} …`",
            name.trim_start_matches('.')
        ),
        None if name.starts_with("id_") => {
            "let the build use the key without having it: `RUN --mount=type=ssh …`".to_owned()
        }
        None => {
            format!("add `{name}` to .dockerignore and hand it to the container when it starts")
        }
    };
    let keyword = match build.model.steps[index].command.keyword {
        Keyword::Add => "ADD",
        _ => "COPY",
    };
    Story {
        at: build.at(source.span),
        label: "copied into a layer".to_owned(),
        message: format!(
            "{keyword} puts `{name}` into the image, which holds {}",
            file.holds
        ),
        severity: Severity::Warning,
        before: Vec::new(),
        after: Vec::new(),
        related: Vec::new(),
        help,
    }
}
