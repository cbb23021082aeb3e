//! Secrets that stand in the text of a command, or of a file that a Dockerfile holds itself.

use std::ops::Range;

use super::destination::{Destination, Look, contains};
use super::{line_before, part};
use crate::flow::steps::StepCommands;
use crate::flow::workspace::{Build, Workspace};
use crate::model::dockerfile::{Action, Program};
use crate::secrets::{Evidence, Judgement, Verdict, judge_text};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::dockerfile::{Instruction, Keyword};
use crate::syntax::shell::RedirectionOperator;

/// A secret in a text.
#[derive(Debug)]
pub struct Literal {
    /// Where it stands.
    pub at: Location,
    /// What is to be said of it.
    pub judgement: Judgement,
    /// Whether it is the password of a proxy.
    pub is_proxy: bool,
    /// Whether it stands in a file and not in a command.
    pub is_in_file: bool,
    /// What the command keeps of it besides, if it does.
    pub kept: Option<Kept>,
}

/// What a command keeps of a secret in its text.
#[derive(Debug)]
pub struct Kept {
    /// The command.
    pub command: usize,
    /// Where the text of its script has the secret.
    pub span: Span,
    /// Where it stays.
    pub destination: Destination,
}

/// The secrets in the text of a step, in order: the commands of RUN, CMD, ENTRYPOINT and
/// HEALTHCHECK, and the here-documents of COPY and ADD. Comments do not count.
pub fn literals(build: &Build<'_>, index: usize, workspace: &Workspace<'_>) -> Vec<Literal> {
    let judge = |text: &str| {
        let names = &workspace.request.settings(build.file).names;
        judge_text(names, text, workspace.holds_tokens(build.file))
    };
    let source = workspace.source(build.file);
    let step = &build.model.steps[index];
    if step.triggered_by.is_some() {
        return Vec::new();
    }
    match (&step.action, &build.commands[index], step.command.keyword) {
        (Action::Run(_), Some(commands), _) if commands.outcome.is_cut => Vec::new(),
        (Action::Run(run), Some(commands), _) => match &run.program {
            Program::Shell { script, .. } | Program::File { script, .. } => {
                let look = Look {
                    run,
                    commands,
                    source: Some(source),
                };
                in_script(&look, &script.text, judge(&script.text))
            }
            Program::Exec(_) => in_instruction(build, step.instruction, source, judge),
        },
        (Action::Copy(_), ..) => in_documents(build, step.instruction, judge),
        (
            Action::Other,
            _,
            Keyword::Cmd | Keyword::Entrypoint | Keyword::Healthcheck | Keyword::Onbuild,
        ) => in_instruction(build, step.instruction, source, judge),
        _ => Vec::new(),
    }
}

/// In what a shell runs. Of a script for another program only what is certain counts.
fn in_script(look: &Look<'_, '_>, text: &str, found: Vec<Judgement>) -> Vec<Literal> {
    let commands = look.commands;
    if found.is_empty() {
        return Vec::new();
    }
    let is_shell = commands.outcome.is_read();
    let executed = Executed::of(commands);
    let whole = Span::new(0, text.len());
    let found = found.into_iter().enumerate();
    let in_commands = found.filter_map(|(index, judgement)| {
        let secret = judgement.secret.clone()?;
        let is_followed = index < MOST_FOLLOWED;
        let command = match executed.around(&secret) {
            Some(command) => command,
            None if is_shell || judgement.verdict < Verdict::Token => return None,
            None => whole,
        };
        let before = secret.start.saturating_sub(command.start as usize);
        Some(Literal {
            at: commands.locate(part(Span::default(), &secret)),
            is_proxy: is_proxy(line_before(text.get(command.range())?, before), &judgement),
            judgement,
            is_in_file: false,
            kept: is_followed
                .then(|| kept(look, part(Span::default(), &secret)))
                .flatten(),
        })
    });
    in_commands.collect()
}

/// Of how many secrets in one script it is told what keeps them: each is a look through its commands.
const MOST_FOLLOWED: usize = 64;

/// What the innermost command around a secret keeps of it.
fn kept(look: &Look<'_, '_>, secret: Span) -> Option<Kept> {
    let commands = look.commands.outcome.commands.iter().enumerate();
    let around = commands.filter(|(_, command)| contains(command.span, secret));
    let (at, command) = around.min_by_key(|(_, command)| command.span.len())?;
    Some(Kept {
        command: at,
        span: secret,
        destination: look.destination(command, at, secret)?,
    })
}

/// How many commands that begin before a secret are looked at for the one around it.
const MOST_NESTED: usize = 64;

/// The commands of a shell with the texts that are fed to them.
struct Executed {
    /// In order, each with the furthest end of those up to it.
    spans: Vec<(Span, u32)>,
}

impl Executed {
    fn of(commands: &StepCommands) -> Self {
        let outcome = &commands.outcome;
        let mut spans: Vec<Span> = outcome.assignments.iter().map(|it| it.span).collect();
        for command in &outcome.commands {
            spans.push(command.span);
            let is_text = |operator| matches!(operator, RedirectionOperator::HereDocument(_));
            let fed = command
                .redirections
                .iter()
                .filter(|it| is_text(it.operator));
            spans.extend(fed.map(|redirection| redirection.target.span));
        }
        spans.sort_unstable();
        let mut furthest = 0;
        let with_reach = spans.into_iter().map(|span| {
            furthest = furthest.max(span.end);
            (span, furthest)
        });
        Self {
            spans: with_reach.collect(),
        }
    }

    /// The innermost one around a part of the text.
    fn around(&self, part: &Range<usize>) -> Option<Span> {
        let begun = |(span, _): &(Span, u32)| span.start as usize <= part.start;
        let before = &self.spans[..self.spans.partition_point(begun)];
        let open = before.iter().rev();
        let open = open.take_while(|(_, reach)| *reach as usize >= part.end);
        let mut open = open.take(MOST_NESTED);
        let around = open.find(|(span, _)| span.end as usize >= part.end);
        around.map(|(span, _)| *span)
    }
}

/// In a command as it is written.
fn in_instruction(
    build: &Build<'_>,
    instruction: &Instruction<'_>,
    source: &SourceFile,
    judge: impl Fn(&str) -> Vec<Judgement>,
) -> Vec<Literal> {
    let text = source.slice(instruction.span);
    let comments = &build.tree.comments;
    let is_comment = |at: usize| {
        let begun = comments.partition_point(|comment| comment.start as usize <= at);
        begun
            .checked_sub(1)
            .is_some_and(|last| at < comments[last].end as usize)
    };
    let found = judge(text).into_iter();
    let literals = found.filter_map(|judgement| {
        let secret = judgement.secret.as_ref()?;
        let (span, before) = (
            part(instruction.span, secret),
            line_before(text, secret.start),
        );
        (!is_comment(span.start as usize)).then(|| Literal {
            at: build.at(span),
            is_proxy: is_proxy(before, &judgement),
            judgement,
            is_in_file: false,
            kept: None,
        })
    });
    literals.collect()
}

/// In the files that a COPY or ADD holds.
fn in_documents(
    build: &Build<'_>,
    instruction: &Instruction<'_>,
    judge: impl Fn(&str) -> Vec<Judgement>,
) -> Vec<Literal> {
    let mut all = Vec::new();
    for heredoc in &instruction.heredocs {
        for judgement in judge(heredoc.body) {
            let Some(secret) = judgement.secret.clone() else {
                continue;
            };
            let line = line_before(heredoc.body, secret.start).trim_start();
            // A setting that is commented out is an example more often than not; npm's settings
            // begin with two slashes.
            let is_comment = line.starts_with(['#', ';', '/', '*']) && !line.contains("/:_");
            if is_comment && judgement.verdict < Verdict::Token {
                continue;
            }
            all.push(Literal {
                at: build.at(part(heredoc.body_span, &secret)),
                is_proxy: is_proxy(line, &judgement),
                judgement,
                is_in_file: true,
                kept: None,
            });
        }
    }
    all
}

/// Whether a secret is the password of a proxy: the words before it say so.
fn is_proxy(before: &str, judgement: &Judgement) -> bool {
    let mut words = before.split_whitespace().rev().take(3);
    judgement.evidence == Some(Evidence::UserInfo)
        && words.any(|word| word.to_ascii_lowercase().contains("proxy"))
}
