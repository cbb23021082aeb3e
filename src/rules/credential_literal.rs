//! `credential-literal`: a certain token or a private key, wherever it stands.

use super::{Rule, Sink};
use crate::flow::Workspace;
use crate::secrets::{Evidence, Names, Place, Verdict, certain, judge};
use crate::source::{FileKind, Location, SourceFile, Span};
use crate::syntax::dockerfile::{Arguments, Instruction, Keyword};

pub(super) struct CredentialLiteral;

impl Rule for CredentialLiteral {
    fn file(&self, file: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
        if !file.is_shared() || file.is_part() {
            return;
        }
        for (secret, evidence) in certain(file.text()) {
            if !is_comment(file, secret.start) {
                report(file, Span::new(secret.start, secret.end), evidence, sink);
            }
        }
        let tree = workspace.dockerfile(file.id());
        for instruction in tree.iter().flat_map(|tree| &tree.instructions) {
            if instruction.command.keyword == Keyword::Label {
                in_label(
                    file,
                    instruction,
                    &workspace.request.settings(file.id()).names,
                    sink,
                );
            }
        }
    }
}

/// Passwords in the addresses that labels hold.
fn in_label(file: &SourceFile, instruction: &Instruction<'_>, names: &Names, sink: &mut Sink) {
    let Arguments::Pairs(pairs) = &instruction.command.arguments else {
        return;
    };
    for pair in pairs {
        let name = instruction.text(&pair.key);
        let span = instruction.span_of(&pair.value);
        let judgement = judge(names, Place::Label, name, Some(file.slice(span)));
        let is_address = matches!(
            judgement.evidence,
            Some(Evidence::UserInfo | Evidence::Parameter)
        );
        if let (Verdict::Token, true, Some(secret)) =
            (judgement.verdict, is_address, judgement.secret)
        {
            let start = span.start as usize;
            let secret = Span::new(start + secret.start, start + secret.end);
            report(file, secret, Evidence::UserInfo, sink);
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
