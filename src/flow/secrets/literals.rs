//! Secrets that stand in the text of a RUN.

use std::collections::BTreeMap;
use std::ops::Range;

use super::part;
use crate::flow::shell::Command;
use crate::flow::steps::StepCommands;
use crate::flow::workspace::Build;
use crate::model::dockerfile::{Action, Program, Run};
use crate::secrets::{Evidence, Judgement, Names, Place, Verdict, judge};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::shell::RedirectionOperator;

/// A secret in the text of a RUN.
#[derive(Debug)]
pub struct Literal {
    /// Where it stands.
    pub at: Location,
    /// What is to be said of it.
    pub judgement: Judgement,
    /// Whether it is the password of a proxy.
    pub is_proxy: bool,
}

/// The secrets in the text of the RUN of a step, in order. Comments do not count.
pub fn literals(
    build: &Build<'_>,
    index: usize,
    names: &Names,
    source: &SourceFile,
) -> Vec<Literal> {
    let step = &build.model.steps[index];
    let (Some(commands), Action::Run(run)) = (&build.commands[index], &step.action) else {
        return Vec::new();
    };
    if step.triggered_by.is_some() || !is_suspect(names, text(run, step.instruction.span, source)) {
        return Vec::new();
    }
    let mut all: BTreeMap<Location, Literal> = BTreeMap::new();
    for command in &commands.outcome.commands {
        for span in texts(command) {
            let text = shell_text(run, commands, span, source);
            let judgement = judge(names, Place::Run, "", Some(text));
            let Some(secret) = judgement.secret.clone().filter(|_| is_literal(&judgement)) else {
                continue;
            };
            let at = commands.locate(part(span, &secret));
            let literal = Literal {
                at,
                is_proxy: judgement.evidence == Some(Evidence::UserInfo)
                    && names_proxy(text, &secret),
                judgement,
            };
            let known = all.get(&at).map(|known| known.judgement.verdict);
            if known.is_none_or(|known| known < literal.judgement.verdict) {
                all.insert(at, literal);
            }
        }
    }
    all.into_values().collect()
}

/// A variable that is written somewhere is no literal.
fn is_literal(judgement: &Judgement) -> bool {
    !matches!(judgement.verdict, Verdict::Clean | Verdict::Channel)
}

/// A look at the whole text, so that most RUNs cost one.
fn is_suspect(names: &Names, text: &str) -> bool {
    judge(names, Place::Run, "", Some(text)).verdict != Verdict::Clean
}

fn text<'t>(run: &'t Run<'_>, span: Span, source: &'t SourceFile) -> &'t str {
    match &run.program {
        Program::Shell { script, .. } | Program::File { script, .. } => &script.text,
        Program::Exec(_) => source.slice(span),
    }
}

/// The text of a span of what the shell reads.
fn shell_text<'t>(
    run: &'t Run<'_>,
    commands: &StepCommands,
    span: Span,
    source: &'t SourceFile,
) -> &'t str {
    match &run.program {
        Program::Shell { script, .. } | Program::File { script, .. } => {
            script.text.get(span.range()).unwrap_or_default()
        }
        Program::Exec(_) => source.slice(commands.locate(span).span),
    }
}

/// The command, and the texts that are fed to it.
fn texts(command: &Command) -> impl Iterator<Item = Span> {
    let fed = command
        .redirections
        .iter()
        .filter(|redirection| matches!(redirection.operator, RedirectionOperator::HereDocument(_)));
    std::iter::once(command.span).chain(fed.map(|redirection| redirection.target.span))
}

/// Whether the words before the password speak of a proxy.
fn names_proxy(text: &str, password: &Range<usize>) -> bool {
    let before = text.get(..password.start).unwrap_or_default();
    let mut words = before.split_whitespace().rev().take(3);
    words.any(|word| word.to_ascii_lowercase().contains("proxy"))
}
