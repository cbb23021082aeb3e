//! The settings of a build: variables given a value at one place.

use super::workspace::Build;
use crate::model::dockerfile::{Action, Assignment, Declaration, DeclarationSource, Found, Use};
use crate::model::variables::is_network_setting;
use crate::model::{HopId, Value};
use crate::source::{Location, SourceFile, Span};

/// A variable given a value at one place of a Dockerfile.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'b> {
    /// The variable.
    pub name: &'b str,
    /// Where its name stands.
    pub name_span: Span,
    /// The value.
    pub value: &'b Value<'b>,
    /// Where the value stands, quotes included.
    pub value_span: Span,
    /// The hop it made.
    pub hop: HopId,
    /// What gives the value.
    pub by: SetBy,
    /// The step that does; none above the first `FROM`.
    pub step: Option<usize>,
}

/// What gives a variable its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetBy {
    /// The default of an `ARG` above the first `FROM`.
    GlobalArg,
    /// The default of an `ARG`.
    Arg,
    /// `ENV`.
    Env,
}

impl SetBy {
    /// The instruction.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::GlobalArg | Self::Arg => "ARG",
            Self::Env => "ENV",
        }
    }
}

impl<'t> Build<'t> {
    /// The variables that the file gives a value, in order. Defaults that a build argument
    /// replaces are left out, and so is what a stage runs because of its base's `ONBUILD`.
    pub fn settings(&self) -> impl Iterator<Item = Setting<'_>> {
        let globals = self.model.globals.iter();
        let globals = globals.filter_map(|declaration| default(declaration, None));
        let steps = self.model.steps.iter().enumerate();
        globals.chain(steps.flat_map(|(index, step)| {
            let (declared, assigned) = match &step.action {
                _ if step.triggered_by.is_some() => (&[][..], &[][..]),
                Action::Arg(declared) => (&**declared, &[][..]),
                Action::Env(assigned) => (&[][..], &**assigned),
                _ => (&[][..], &[][..]),
            };
            let declared = declared
                .iter()
                .filter_map(move |declaration| default(declaration, Some(index)));
            let assigned = assigned
                .iter()
                .filter_map(move |assignment| assignment_of(assignment, index));
            declared.chain(assigned)
        }))
    }

    /// Whether this file tells a setting's value: no part of it waits for a build argument, and it
    /// is not another network setting's, which is judged where it is set.
    pub(super) fn is_told(&self, setting: &Setting<'_>) -> bool {
        let uses = match (setting.step, self.model.stages.first()) {
            (Some(step), _) => self.model.steps[step].uses.clone(),
            (None, Some(first)) => 0..first.from_uses.start,
            (None, None) => 0..self.model.uses.len(),
        };
        // The words of ARG and ENV are expanded in order.
        let uses = &self.model.uses[uses];
        let first = uses.partition_point(|used| used.span.start < setting.value_span.start);
        let is_inside = |used: &&Use| used.span.end <= setting.value_span.end;
        let mut inside = uses[first..].iter().take_while(is_inside);
        inside.all(|used| {
            let value = setting.step.and_then(|step| {
                let now = self.model.steps[step].start;
                self.model.environment.at(now, &used.name)
            });
            // `ARG HOST=` waits as much as `ARG HOST` does.
            let is_empty = value.is_some_and(|change| change.value.is_empty());
            let is_whole = used.span.len() + "\"{}\"".len() >= setting.value_span.len();
            matches!(used.found, Found::Set(_))
                && !is_empty
                && !(is_whole && is_network_setting(&used.name))
        })
    }

    /// A span of this build's Dockerfile.
    pub fn at(&self, span: Span) -> Location {
        Location {
            file: self.file,
            span,
        }
    }
}

/// The default of an `ARG`, above the first `FROM` if it belongs to no step.
fn default<'b>(declaration: &'b Declaration<'_>, step: Option<usize>) -> Option<Setting<'b>> {
    let (value, hop) = declaration.value.as_ref()?;
    let is_default = declaration.source == DeclarationSource::Default;
    Some(Setting {
        name: &declaration.name,
        name_span: declaration.name_span,
        value,
        value_span: declaration.default_span.filter(|_| is_default)?,
        hop: *hop,
        by: match step {
            Some(_) => SetBy::Arg,
            None => SetBy::GlobalArg,
        },
        step,
    })
}

/// What an `ENV` assigns to a name that is known.
fn assignment_of<'b>(assignment: &'b Assignment<'_>, step: usize) -> Option<Setting<'b>> {
    Some(Setting {
        name: assignment.name.as_known()?,
        name_span: assignment.name_span,
        value: &assignment.value,
        value_span: assignment.value_span,
        hop: assignment.hop,
        by: SetBy::Env,
        step: Some(step),
    })
}

impl Setting<'_> {
    /// The bytes of a part of the value, where the value stands in the file as it is; otherwise
    /// all of its bytes.
    pub fn span_of(&self, part: std::ops::Range<usize>, source: &SourceFile) -> Span {
        self.exact_span_of(part, source).unwrap_or(self.value_span)
    }

    /// The bytes of a part of the value, if the value stands in the file as it is.
    pub fn exact_span_of(&self, part: std::ops::Range<usize>, source: &SourceFile) -> Option<Span> {
        let value = self.value.as_known().filter(|value| !value.is_empty())?;
        let at = offset_of(value, source.slice(self.value_span))?;
        let start = self.value_span.start as usize + at;
        Some(Span::new(start + part.start, start + part.end))
    }
}

/// Where `value` stands in what is written for it: alone, in quotes, or as what a variable falls
/// back on. `proxy` in `$proxy` is the variable's name, and so is the first one in
/// `${proxy:-proxy}`.
pub fn offset_of(value: &str, written: &str) -> Option<usize> {
    let is_closing = |c: char| matches!(c, '"' | '\'' | '}');
    let mut ends = written.rmatch_indices(value);
    // A value may itself end in what closes the text around it, so there is more than one to try.
    let (at, _) = ends.find(|(at, _)| {
        let after = written.get(at + value.len()..).unwrap_or_default();
        after.trim().chars().all(is_closing)
    })?;
    let before = written.get(..at)?.trim().trim_end_matches(['"', '\'']);
    let is_default = before.contains("${") && before.ends_with(['-', '=', '+']);
    (before.is_empty() || is_default).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::offset_of;

    #[test]
    fn a_value_is_not_found_in_a_variables_name() {
        for (value, written, at) in [
            ("proxy", "proxy", Some(0)),
            ("proxy", "\"proxy\"", Some(1)),
            ("proxy", "${proxy:-proxy}", Some(9)),
            ("proxy", "\"${proxy:-\"proxy\"}\"", Some(11)),
            ("v", "${A-${v:-v}}", Some(9)),
            ("a'", "a'", Some(0)),
            ("u", "${u:+u}", Some(5)),
            ("proxy", "$proxy", None),
            ("proxy", "${proxy}", None),
            ("proxy", "\"$proxy\"", None),
            ("ab", "a\"b\"", None),
        ] {
            assert_eq!(offset_of(value, written), at, "{value} in {written}");
        }
    }
}
