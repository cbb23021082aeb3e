//! Secrets in `LABEL`s, which the image keeps for everybody to read.

use super::variables::filled_by;
use super::{Arguments, Declared, part, written_at};
use crate::flow::workspace::Build;
use crate::secrets::{Evidence, Judgement, Names, Place, Verdict, judge};
use crate::source::{Location, SourceFile, Span};
use crate::syntax::dockerfile::{Arguments as Words, Keyword};

/// A label that keeps a secret.
#[derive(Debug)]
pub struct SecretLabel<'b> {
    /// Its name.
    pub name: &'b str,
    /// What is to be said of it.
    pub judgement: Judgement,
    /// The step that sets it.
    pub step: usize,
    /// Where its value stands.
    pub at: Location,
    /// The part of it that is secret.
    pub secret: Location,
    /// The `ARG` that fills it, if one does.
    pub filled_by: Option<Declared<'b>>,
}

/// The labels of a build that keep a secret.
pub fn secret_labels<'b>(
    build: &'b Build<'_>,
    names: &Names,
    sources: &[SourceFile],
) -> Vec<SecretLabel<'b>> {
    let mut arguments = None;
    let mut all = Vec::new();
    for (index, step) in build.model.steps.iter().enumerate() {
        let Words::Pairs(pairs) = &step.command.arguments else {
            continue;
        };
        if step.command.keyword != Keyword::Label || step.triggered_by.is_some() {
            continue;
        }
        for pair in pairs {
            let name = step.instruction.text(&pair.key);
            let at = build.at(step.instruction.span_of(&pair.value));
            let written = written_at(sources, at);
            let mut judgement = judge(names, Place::Label, name, Some(written));
            let mut source = None;
            if judgement.verdict == Verdict::Clean && written.contains('$') {
                source = secret_source(build, &mut arguments, index, at.span, names);
                if let Some((_, evidence)) = source {
                    judgement.verdict = Verdict::Channel;
                    judgement.evidence = Some(evidence);
                }
            }
            if judgement.verdict != Verdict::Clean {
                all.push(SecretLabel {
                    name,
                    secret: secret_at(at, written, &judgement, sources),
                    judgement,
                    step: index,
                    at,
                    filled_by: source.map(|(declared, _)| declared),
                });
            }
        }
    }
    all
}

/// The `ARG` of a secret whose value comes from outside into what stands at `span`.
fn secret_source<'b>(
    build: &'b Build<'_>,
    arguments: &mut Option<Arguments<'b>>,
    index: usize,
    span: Span,
    names: &Names,
) -> Option<(Declared<'b>, Evidence)> {
    let uses = build
        .model
        .uses
        .get(build.model.steps[index].uses.clone())?;
    let inside = uses.iter().filter(|used| span.to(used.span) == span);
    // Most labels hold versions: their `ARG`s need not be looked up.
    let mut secret = inside.filter(|used| names.kind(&used.name).is_some());
    let first = secret.next()?;
    let secret = std::iter::once(first).chain(secret);
    let arguments = arguments.get_or_insert_with(|| Arguments::of(build));
    let mut sources = filled_by(build, arguments, index, secret).into_iter();
    sources.find_map(|it| {
        let kind = names.kind(&it.declaration.name)?;
        it.comes_from_outside()
            .then_some((it, Evidence::Name(kind)))
    })
}

/// Where the secret part of what is `written` at `at` stands.
fn secret_at(
    at: Location,
    written: &str,
    judgement: &Judgement,
    sources: &[SourceFile],
) -> Location {
    let with_quotes = sources.get(at.file.0 as usize).map(|it| it.slice(at.span));
    let offset = with_quotes.and_then(|text| text.find(written));
    match (&judgement.secret, offset) {
        (Some(secret), Some(offset)) => Location {
            span: part(at.span, &(offset + secret.start..offset + secret.end)),
            ..at
        },
        _ => at,
    }
}
