//! What a text with variables becomes: value, hop, warnings.

use std::borrow::Cow;
use std::sync::Arc;

use crate::model::{HopId, Mechanism, Piece, Provenance, Unknown, Value};
use crate::source::{FileId, Location, TextMap};
use crate::syntax::template::{Operator, Part, Template, TemplateError, Variable};

use super::data::Text;
use super::diagnostic::{Diagnostic, DiagnosticKind, Diagnostics};
use super::environment::VariableUse;

/// Where variables come from.
pub(super) trait Scope<'a> {
    /// Looks a name up; the use at `at` is noted.
    fn lookup(&mut self, name: &str, at: Location) -> Lookup<'a>;
    /// Notes that nothing but the shell can say what stands at `at`.
    fn left_open(&mut self, _name: &str, _at: Location) {}
}

/// What is known of a variable.
#[derive(Clone, Debug)]
pub(super) enum Lookup<'a> {
    /// It is set.
    Set(Value<'a>, HopId),
    /// It is not set.
    Unset,
    /// No file sets it, the shell may.
    Open,
}

/// A text to interpolate and its place.
pub(super) struct Source<'t> {
    pub text: &'t str,
    pub file: FileId,
    pub map: &'t TextMap,
    /// Whether it matters where each part of the result comes from.
    pub keeps_map: bool,
}

/// Replaces the variables of `source`. Errors and warnings go to `diagnostics`; after an error the
/// text stays as it is written.
pub(super) fn interpolate<'a>(
    source: &Source<'_>,
    template: Result<Template, TemplateError>,
    scope: &mut dyn Scope<'a>,
    provenance: &mut Provenance,
    diagnostics: &mut Diagnostics,
) -> Option<Text<'a>> {
    let template = match template {
        Ok(template) => template,
        Err(error) => {
            let message = if error.too_deep {
                "variables are nested too deeply".to_owned()
            } else {
                format!(
                    "invalid interpolation format: a `$` that is meant literally is written `$$`: {}",
                    source.text
                )
            };
            let at = source.at(error.range);
            diagnostics.push(Diagnostic::new(DiagnosticKind::Template, at, message));
            return None;
        }
    };
    let mut evaluation = Evaluation {
        source,
        scope,
        diagnostics,
        parents: Vec::new(),
        failed: false,
        in_fallback: false,
    };
    let mut map = source.keeps_map.then(TextMap::default);
    let pieces = match &mut map {
        Some(map) => evaluation.mapped(&template, map),
        None => evaluation.template(&template),
    };
    let (parents, failed) = (evaluation.parents, evaluation.failed);
    if failed {
        return None;
    }
    let hop = variables_range(&template)
        .map(|range| provenance.add(Mechanism::Interpolation, Some(source.at(range)), &parents));
    Some(Text {
        value: Value::from_pieces(pieces),
        hop,
        map: map.map(Arc::new),
    })
}

/// From the first variable to the last.
fn variables_range(template: &Template) -> Option<std::ops::Range<usize>> {
    let mut ranges = template.parts.iter().filter_map(|part| match part {
        Part::Variable(variable) => Some(variable.range.clone()),
        Part::Text(_) => None,
    });
    let first = ranges.next()?;
    let end = ranges.next_back().map_or(first.end, |last| last.end);
    Some(first.start..end)
}

impl Source<'_> {
    fn at(&self, range: std::ops::Range<usize>) -> Location {
        Location {
            file: self.file,
            span: self.map.span(range.start, range.end),
        }
    }

    fn slice(&self, range: &std::ops::Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }
}

/// The variables of a template's own text, those in fallbacks left out.
pub(super) fn variables(
    source: &Source<'_>,
    template: &Template,
) -> impl Iterator<Item = VariableUse> {
    template.parts.iter().filter_map(|part| match part {
        Part::Variable(variable) => Some(VariableUse {
            name: source.slice(&variable.name).to_owned(),
            at: source.at(variable.range.clone()),
            has_operator: variable.operation.is_some(),
        }),
        Part::Text(_) => None,
    })
}

struct Evaluation<'e, 's, 'a> {
    source: &'e Source<'s>,
    scope: &'e mut dyn Scope<'a>,
    diagnostics: &'e mut Diagnostics,
    parents: Vec<HopId>,
    failed: bool,
    in_fallback: bool,
}

impl<'a> Evaluation<'_, '_, 'a> {
    /// The whole template, and where its result comes from.
    fn mapped(&mut self, template: &Template, map: &mut TextMap) -> Vec<Piece<'a>> {
        let mut pieces = Vec::with_capacity(template.parts.len());
        let mut offset = 0;
        for part in &template.parts {
            let before = pieces.len();
            self.part(part, &mut pieces);
            let new = pieces.get(before..).unwrap_or_default();
            for text in new.iter().filter_map(piece_text) {
                match part {
                    Part::Text(range) => copy_map(self.source, range, offset, map),
                    Part::Variable(variable) => {
                        let at = self.source.map.source(variable.range.start);
                        for (index, _) in text.char_indices() {
                            map.push(offset + index, at);
                        }
                    }
                }
                offset += text.len();
            }
        }
        pieces
    }

    /// Depth is bounded by the template's parser.
    fn template(&mut self, template: &Template) -> Vec<Piece<'a>> {
        let mut pieces = Vec::with_capacity(template.parts.len());
        for part in &template.parts {
            self.part(part, &mut pieces);
        }
        pieces
    }

    fn part(&mut self, part: &Part, pieces: &mut Vec<Piece<'a>>) {
        match part {
            Part::Text(range) => {
                let text = self.source.slice(range).to_owned();
                pieces.push(Piece::Text(Cow::Owned(text)));
            }
            Part::Variable(variable) => self.variable(variable, pieces),
        }
    }

    fn variable(&mut self, variable: &Variable, pieces: &mut Vec<Piece<'a>>) {
        let name = self.source.slice(&variable.name);
        let at = self.source.at(variable.range.clone());
        // Compose 2.40.3 evaluates the fallback whether it is needed or not (facts/compose.md 3).
        let is_outermost = !self.in_fallback;
        self.in_fallback = true;
        let fallback = variable
            .operation
            .as_ref()
            .map(|(operator, template)| (*operator, self.template(template)));
        self.in_fallback = !is_outermost;
        let found = self.scope.lookup(name, at);
        if let Lookup::Set(_, hop) = found {
            self.parents.push(hop);
        }
        match (fallback, found) {
            (None, Lookup::Set(value, _)) => push_value(pieces, value),
            (None, Lookup::Unset) => {
                let message =
                    format!("The \"{name}\" variable is not set. Defaulting to a blank string.");
                self.diagnostics
                    .push(Diagnostic::new(DiagnosticKind::UnsetVariable, at, message));
            }
            (None, Lookup::Open) => {
                if is_outermost {
                    self.scope.left_open(name, at);
                }
                push_open(pieces);
            }
            (Some((operator, text)), found) => {
                self.operation(operator, text, found, (name, at), pieces);
            }
        }
    }

    fn operation(
        &mut self,
        operator: Operator,
        text: Vec<Piece<'a>>,
        found: Lookup<'a>,
        (name, at): (&str, Location),
        pieces: &mut Vec<Piece<'a>>,
    ) {
        match (operator, found) {
            (Operator::Default { or_empty }, Lookup::Set(value, _)) => {
                if or_empty && value.is_empty() {
                    pieces.extend(text);
                } else {
                    push_value(pieces, value);
                }
            }
            // A fallback counts as the value when only the shell could say otherwise.
            (Operator::Default { .. }, Lookup::Unset | Lookup::Open) => pieces.extend(text),
            (Operator::Required { or_empty }, Lookup::Set(value, _)) => {
                if or_empty && value.is_empty() {
                    self.required(name, text, at);
                } else {
                    push_value(pieces, value);
                }
            }
            (Operator::Required { .. }, Lookup::Unset) => self.required(name, text, at),
            (Operator::Alternate { or_empty }, Lookup::Set(value, _)) => match value {
                Value::Unknown(why) if or_empty => pieces.push(Piece::Unknown(why)),
                value if or_empty && value.is_empty() => {}
                _ => pieces.extend(text),
            },
            (Operator::Alternate { .. }, Lookup::Unset) => {}
            (Operator::Required { .. } | Operator::Alternate { .. }, Lookup::Open) => {
                push_open(pieces);
            }
        }
    }

    fn required(&mut self, name: &str, reason: Vec<Piece<'a>>, at: Location) {
        self.failed = true;
        let mut message = format!("required variable {name} is missing a value");
        let reason = Value::from_pieces(reason);
        if let Some(reason) = reason.as_known().filter(|reason| !reason.is_empty()) {
            message = format!("{message}: {reason}");
        }
        self.diagnostics.push(Diagnostic::new(
            DiagnosticKind::RequiredVariable,
            at,
            message,
        ));
    }
}

fn piece_text<'p>(piece: &'p Piece<'_>) -> Option<&'p str> {
    match piece {
        Piece::Text(text) => Some(text),
        Piece::Unknown(_) => None,
    }
}

/// Maps a literal part, line by line: within a line a scalar's text is mostly verbatim.
fn copy_map(source: &Source<'_>, range: &std::ops::Range<usize>, offset: usize, map: &mut TextMap) {
    let mut expected = None;
    for (index, c) in source.slice(range).char_indices() {
        let at = source.map.source(range.start + index);
        if expected != Some(at) {
            map.push(offset + index, at);
        }
        expected = Some(at + c.len_utf8());
    }
}

fn push_open(pieces: &mut Vec<Piece<'_>>) {
    pieces.push(Piece::Unknown(Unknown::ProcessEnvironment));
}

fn push_value<'a>(pieces: &mut Vec<Piece<'a>>, value: Value<'a>) {
    match value {
        Value::Known(text) => pieces.push(Piece::Text(text)),
        Value::Partly(parts) => pieces.extend(parts),
        Value::Unknown(why) => pieces.push(Piece::Unknown(why)),
    }
}
