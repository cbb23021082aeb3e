//! `secret-in-run`: a secret stands in a command or here-document, or one is left in the layer.

use super::secret_instead::instead;
use super::stories::{Stories, Story};
use super::{Rule, Sink, words};
use crate::finding::Severity;
use crate::flow::secrets::{Brought, Destination, Leak, Literal, Written, literals, written};
use crate::flow::{Build, Workspace};
use crate::secrets::{Evidence, Verdict};

pub(super) struct SecretInRun;

impl Rule for SecretInRun {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let mut stories = Stories::default();
        for build in &workspace.builds {
            let names = &workspace.request.settings(build.file).names;
            let shipped = build.shipped();
            for (index, step) in build.model.steps.iter().enumerate() {
                let ships = shipped[step.stage];
                for literal in literals(build, index, workspace) {
                    if let Some(story) = of_literal(build, workspace, index, &literal, ships) {
                        stories.add(story);
                    }
                }
            }
            for written in written(build, names, workspace.sources) {
                if shipped[build.model.steps[written.step].stage] {
                    stories.add(of_written(build, workspace, &written));
                }
            }
        }
        stories.tell(sink);
    }
}

/// What to do about a secret in what a container runs: no build is there to mount one.
const AT_START: &str = "take it out, replace it where it is accepted, and give it to the container when it starts: as a variable (`docker run --env-file …`, `env_file` in Compose) or as a file below `/run/secrets`";

/// A secret in the text itself. In a stage that is not shipped only this file gives it away, so
/// what is merely likely is told more quietly there.
fn of_literal(
    build: &Build<'_>,
    workspace: &Workspace<'_>,
    step: usize,
    literal: &Literal,
    ships: bool,
) -> Option<Story> {
    let holder = match literal.is_in_file {
        true => "the file in this here-document",
        false => "this command",
    };
    let is_option = literal.judgement.evidence == Some(Evidence::Option);
    let severity = match (literal.judgement.verdict, ships) {
        (Verdict::Token, _) => Severity::Error,
        (Verdict::Literal, true) if is_option => Severity::Error,
        (Verdict::Literal, true) => Severity::Warning,
        (Verdict::Literal, false) | (Verdict::Weak, true) => Severity::Info,
        (Verdict::Weak, false) | (Verdict::Clean | Verdict::Channel, _) => return None,
    };
    let kept = words::keepers(ships);
    let (label, message) = match (literal.judgement.evidence, literal.judgement.verdict) {
        (_, Verdict::Weak) => (
            "a well-known password",
            format!("{holder} sets a password that everybody knows"),
        ),
        (Some(Evidence::UserInfo), _) => (
            "a password",
            format!("an address in {holder} holds a password that {kept}"),
        ),
        (Some(Evidence::PrivateKey), _) => (
            "a private key",
            format!("{holder} holds a private key that {kept}"),
        ),
        _ => (
            "a secret in clear",
            format!("{holder} holds a secret that {kept}"),
        ),
    };
    let help = match (literal.judgement.verdict, &literal.kept) {
        (Verdict::Weak, _) => "let the container set it when it starts".to_owned(),
        _ if build.model.steps[step].runs_in_containers() => AT_START.to_owned(),
        (_, Some(kept)) => instead(build, workspace, &Leak::of_literal(step, kept)),
        (_, None) => "take it out, replace it where it is accepted, and mount it where it is needed: `RUN --mount=type=secret,id=…,env=… …`".to_owned(),
    };
    Some(Story {
        at: literal.at,
        label: label.to_owned(),
        message,
        variable: None,
        severity,
        before: Vec::new(),
        after: Vec::new(),
        related: Vec::new(),
        help,
    })
}

fn of_written(build: &Build<'_>, workspace: &Workspace<'_>, written: &Written<'_>) -> Story {
    let name = &written.name;
    let message = match &written.destination {
        Destination::File(file) => {
            format!("`{name}` is written to `{file}`, and the image's layer keeps it")
        }
        Destination::Settings(command, tool) => {
            let (called, file) = (tool.called(command), tool.file);
            format!("`{called}` keeps `{name}` in `{file}`, and the image's layer keeps that")
        }
        Destination::Program(program) => {
            format!(
                "`{program}` is handed `{name}`, and what it keeps of it stays in the image's layer"
            )
        }
    };
    let (mut before, mut related) = (Vec::new(), Vec::new());
    match written.brought {
        // The argument has a finding of its own: this one does not take its place.
        Brought::Argument(declared) => related.extend(declared.map(|it| {
            let at = build.at(it.declaration.name_span);
            (at, "comes in as a build argument here".to_owned())
        })),
        Brought::Mount { flag, .. } => before.push((build.at(flag), "mounted here".to_owned())),
    }
    Story {
        at: written.at,
        label: "left in the layer".to_owned(),
        message,
        variable: Some(name.to_string()),
        severity: Severity::Warning,
        before,
        after: Vec::new(),
        related,
        help: instead(build, workspace, &Leak::of(written)),
    }
}
