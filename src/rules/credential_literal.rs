//! `credential-literal`: a certain token or a private key, wherever it stands.

use super::{Rule, Sink};
use crate::flow::Workspace;
use crate::flow::secrets::{registry_logins, secret_labels};
use crate::secrets::{Evidence, Verdict, certain};
use crate::source::{FileKind, Location, SourceFile, Span};

pub(super) struct CredentialLiteral;

impl Rule for CredentialLiteral {
    fn file(&self, file: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
        if !file.is_shared() || file.is_part() {
            return;
        }
        if workspace.holds_tokens(file.id()) {
            for (secret, evidence) in certain(file.text()) {
                if !is_comment(file, secret.start) {
                    report(file, Span::new(secret.start, secret.end), evidence, sink);
                }
            }
        }
        for login in registry_logins(file) {
            report(file, login, Evidence::UserInfo, sink);
        }
    }

    /// Passwords in the addresses that labels hold.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for build in &workspace.builds {
            let names = &workspace.request.settings(build.file).names;
            for label in secret_labels(build, names, workspace.sources) {
                let judgement = &label.judgement;
                let is_address = matches!(
                    judgement.evidence,
                    Some(Evidence::UserInfo | Evidence::Parameter)
                );
                if judgement.verdict == Verdict::Token && is_address {
                    let source = workspace.source(build.file);
                    report(source, label.secret.span, Evidence::UserInfo, sink);
                }
            }
        }
    }
}

fn report(file: &SourceFile, span: Span, evidence: Evidence, sink: &mut Sink) {
    let (label, message) = match evidence {
        Evidence::Format {
            name,
            checked: true,
        } => (
            name.to_owned(),
            format!(
                "a {name} with a valid checksum stands here for every reader of the file to use"
            ),
        ),
        Evidence::Format { name, .. } => (
            name.to_owned(),
            format!("a {name} stands here for every reader of the file to use"),
        ),
        Evidence::PrivateKey => (
            "a private key".to_owned(),
            "a private key stands here for every reader of the file to use".to_owned(),
        ),
        _ => (
            "a password".to_owned(),
            "a password stands here for every reader of the file to use".to_owned(),
        ),
    };
    let at = Location {
        file: file.id(),
        span,
    };
    let where_to = match file.kind() {
        FileKind::Dockerfile => "mount it where it is needed with `RUN --mount=type=secret`",
        FileKind::Compose => "hand it over with `secrets`, or from the environment with `${NAME}`",
        _ => "keep it in a file that git ignores",
    };
    sink.report(at, label, message).help(format!(
        "revoke it where it was issued, for it stays in the repository's history; {where_to}"
    ));
}

/// Whether what begins at `at` stands in a comment: behind a `#` (in units also a `;`) that begins
/// the line or follows a blank.
fn is_comment(file: &SourceFile, at: usize) -> bool {
    if matches!(file.kind(), FileKind::DaemonJson | FileKind::ClientConfig) {
        return false;
    }
    let before = file.text().get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let starts = |mark: char| line.trim_start().starts_with(mark);
    let behind = [" #", "\t#"].iter().any(|mark| line.contains(mark));
    starts('#') || behind || file.kind() == FileKind::Unit && starts(';')
}
