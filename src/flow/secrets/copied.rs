//! Files of credentials that a build copies from its context into its image.

use std::cell::OnceCell;

use hashbrown::HashMap;

use crate::flow::contexts::Context;
use crate::flow::workspace::{Build, Workspace};
use crate::model::dockerfile::{Action, Copied, SourceKind};
use crate::secrets::files::{
    CredentialFile, Look, credential_file, credential_source, is_for_tests,
};
use crate::secrets::settings::{self, Notation};
use crate::secrets::{Names, Place, Verdict, certain, is_login, judge};
use crate::source::{Location, SourceFile, Span};

/// A file of credentials that the image holds.
#[derive(Debug)]
pub struct CopiedFile<'b> {
    /// Its path in the context.
    pub path: &'b str,
    /// What it is for.
    pub file: CredentialFile,
    /// The step that copies it first.
    pub step: usize,
    /// Where that one names it.
    pub at: Location,
    /// Where later ones do.
    pub again: Vec<Location>,
}

/// The files of credentials that the image's stages take from the context, in order. Those that
/// `.dockerignore` keeps out and those that hold no secret are left out.
pub fn copied_files<'b>(build: &'b Build<'_>, workspace: &Workspace<'_>) -> Vec<CopiedFile<'b>> {
    let names = &workspace.request.settings(build.file).names;
    let context = OnceCell::new();
    let mut all: Vec<CopiedFile<'b>> = Vec::new();
    let mut by_path: HashMap<&str, Option<usize>> = HashMap::new();
    for Source {
        step,
        span,
        path,
        file,
    } in sources(build)
    {
        let at = build.at(span);
        if let Some(known) = by_path.get(path) {
            if let Some(index) = *known {
                all[index].again.push(at);
            }
            continue;
        }
        let Some(context) = context.get_or_init(|| workspace.context(build)) else {
            break;
        };
        let told = gives_away(context, path, file, names).then_some(all.len());
        by_path.insert(path, told);
        if told.is_some() {
            all.push(CopiedFile {
                path,
                file,
                step,
                at,
                again: Vec::new(),
            });
        }
    }
    all
}

/// What the image's stages take from the context.
fn sources<'b>(build: &'b Build<'_>) -> impl Iterator<Item = Source<'b>> {
    let shipped = build.shipped();
    let steps = build.model.steps.iter().enumerate();
    let steps = steps.filter(move |(_, step)| step.triggered_by.is_none() && shipped[step.stage]);
    steps.flat_map(|(step, it)| {
        let copied = match &it.action {
            Action::Copy(copied) if copied.from.is_none() => Some(copied),
            _ => None,
        };
        copied.into_iter().flat_map(move |copied| {
            let paths = copied.sources.iter();
            let paths = paths.filter(|it| it.kind == SourceKind::Path);
            paths.filter_map(move |it| {
                let path = it.value.as_known()?;
                let (span, file) = (it.span, credential(copied, path)?);
                Some(Source {
                    step,
                    span,
                    path,
                    file,
                })
            })
        })
    })
}

/// A file or folder of credentials that a step takes from the context.
struct Source<'b> {
    step: usize,
    span: Span,
    path: &'b str,
    file: CredentialFile,
}

/// What a source is by its own name, or by the one that the image has it under:
/// `COPY deploy_key /root/.ssh/id_ed25519`.
fn credential(copied: &Copied<'_>, path: &str) -> Option<CredentialFile> {
    credential_source(path).or_else(|| {
        let target = copied.destination.as_known()?;
        let is_file = copied.sources.len() == 1 && !target.ends_with('/') && !path.ends_with('/');
        let by_target = credential_file(target).filter(|file| file.look == Look::Never);
        by_target.filter(|_| is_file && !is_for_tests(path))
    })
}

/// Whether the build sees the file and the file, where it can be read, holds a secret.
fn gives_away(context: &Context<'_, '_>, path: &str, file: CredentialFile, names: &Names) -> bool {
    if context.hides(path) {
        return false;
    }
    if file.look == Look::Never {
        return true;
    }
    match context.file(path) {
        Some(source) if source.is_shared() => holds_secret(source, names),
        _ => file.look == Look::WhereRead,
    }
}

/// Whether a file of settings holds one that is secret and written out.
fn holds_secret(source: &SourceFile, names: &Names) -> bool {
    let wanted = |name: &str| name == "auth" || names.kind(last_part(name)).is_some();
    let any = |_: &str, _: &str| true;
    let lines = source.text().lines().map(str::trim);
    let mut settings = lines.filter(|line| !line.starts_with(['#', ';']));
    certain(source.text()).next().is_some()
        || settings.any(|line| {
            settings::find(line, Notation::default(), &wanted, &any).any(|setting| {
                let name = last_part(&line[setting.name]);
                let value = &line[setting.value];
                let verdict = judge(names, Place::ComposeEnv, name, Some(value)).verdict;
                matches!(verdict, Verdict::Literal | Verdict::Token) || is_login(name, value)
            })
        })
}

/// `_authToken` of npm's `//registry.example/:_authToken`.
fn last_part(name: &str) -> &str {
    name.rsplit(['/', ':']).next().unwrap_or(name)
}
