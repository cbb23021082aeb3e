//! Assignments of `Environment=` that are torn by a blank at their `=`, or lack one: systemd refuses
//! each of the words, and it is one fault (systemd 252, `systemd-analyze verify`).

use crate::source::{Location, Span};
use crate::syntax::unit::Word;

use super::assign::{Directive, is_plain};
use super::diagnostic::{Cause, Diagnostic};
use super::names;

/// A torn assignment among the words of a directive.
pub(super) struct Torn<'w> {
    /// The name.
    name: &'w str,
    gap: Gap,
    /// Its words.
    words: &'w [Word],
    /// The first word of the value, an `=` in front of it included.
    value_at: usize,
    /// The word behind it.
    pub end: usize,
}

/// Where it is torn.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    Round,
    Before,
    Behind,
    /// There is no `=` at all.
    NoEquals,
}

impl<'w> Torn<'w> {
    /// The one of which the word at `index` is the first that is no assignment.
    pub fn at(directive: &Directive, words: &'w [Word], index: usize) -> Option<Self> {
        let word = words.get(index)?.text()?;
        let before = index.checked_sub(1).and_then(|at| words.get(at));
        let open = before.and_then(|it| open_name(directive, it));
        let (first, name, gap) = match open.filter(|_| is_value(directive, words, index)) {
            Some(name) => (index - 1, name, Gap::Behind),
            None if word.is_empty() || word.contains('=') || !is_plain(word) => return None,
            None => match words.get(index + 1).and_then(Word::text) {
                Some("=") => (index, word, Gap::Round),
                Some(next) if next.starts_with('=') => (index, word, Gap::Before),
                Some(_) if names::is_proxy(word) => (index, word, Gap::NoEquals),
                _ => return None,
            },
        };
        let value_at = match gap {
            Gap::Round => 2,
            Gap::Before | Gap::Behind | Gap::NoEquals => 1,
        };
        let mut end = first + value_at + usize::from(gap == Gap::Before);
        while is_value(directive, words, end) {
            end += 1;
        }
        let is_whole = gap != Gap::NoEquals || end > first + 1;
        is_whole.then_some(Self {
            name,
            gap,
            words: words.get(first..end)?,
            value_at,
            end,
        })
    }

    /// What is told of it; `complete` says whether the directive could be split to its end.
    pub fn diagnostic(&self, directive: &Directive, complete: bool) -> Option<Diagnostic> {
        let (first, last) = (self.words.first()?, self.words.last()?);
        let shown = names::shown(self.name);
        let name = shown.map_or_else(|| "this name".to_owned(), |name| format!("`{name}`"));
        let message = match self.gap {
            Gap::Round => format!(
                "blanks stand round the `=` of {name}: systemd splits there, and nothing sets it"
            ),
            Gap::Before => format!(
                "a blank stands before the `=` of {name}: systemd splits there, and nothing sets it"
            ),
            Gap::Behind => format!(
                "a blank stands behind the `=` of {name}: systemd splits there and leaves it empty"
            ),
            Gap::NoEquals => {
                format!("{name} has no `=`: systemd skips it and what stands behind it")
            }
        };
        let help = match (names::meant(self.name), self.gap) {
            (Some(meant), _) => format!("write `{meant}`, and no blanks at the `=`"),
            (None, _) if shown.is_none() => names::ARE.to_owned(),
            (None, Gap::NoEquals) => "write `=` between the name and the value".to_owned(),
            (None, _) => {
                "leave out the blanks; a value that has some itself needs double quotes".to_owned()
            }
        };
        let source = directive.source;
        let all = first.span.to(last.span);
        let found = Diagnostic::new(
            Cause::NoAssignment,
            &source.path,
            Some(source.location(all)),
            message,
        );
        let mut found = found.line(directive.line).help(help);
        found.name = shown.map(str::to_owned);
        Some(match self.edits(directive, all).filter(|_| complete) {
            Some(edits) => found.repair("join the assignment", self.is_sure(), edits),
            None => found,
        })
    }

    /// Whether nobody can have meant anything else. `NAME=` alone is how one clears a variable.
    fn is_sure(&self) -> bool {
        matches!(self.gap, Gap::Round | Gap::Before) && names::meant(self.name).is_none()
    }

    /// The edits that join it: `=` in place of the blanks, and quotes round a value of several words.
    fn edits(&self, directive: &Directive, all: Span) -> Option<Vec<(Location, String)>> {
        let source = directive.source;
        let written = source.file.slice(all);
        let name = self.words.first()?;
        let values = self.words.get(self.value_at..)?;
        let value = values.first()?.span.start;
        let is_long = values.len() > 1;
        let has_quotes = written.contains(['"', '\'']);
        if written.contains(['\n', '\r']) || is_long && (has_quotes || !self.is_list(values)) {
            return None;
        }
        self.is_clear(values).then_some(())?;
        let meant = names::meant(self.name);
        if meant.is_none() && !names::is_valid(self.name) {
            return None;
        }
        let joint = match self.gap {
            Gap::Round | Gap::NoEquals => "=",
            Gap::Before | Gap::Behind => "",
        };
        let gap = Span::new(name.span.end as usize, value as usize);
        let mut edits = vec![(source.location(gap), joint.to_owned())];
        // What sets the wrong name is told to be misspelt, with an edit of its own.
        if let Some(meant) = meant.filter(|_| self.gap != Gap::Behind) {
            let written = name.span_of(0, self.name.len());
            edits.insert(0, (source.location(written), meant.to_owned()));
        }
        if is_long {
            let quote = |at: u32| (source.location(Span::at(at as usize)), "\"".to_owned());
            edits.insert(0, quote(all.start));
            edits.push(quote(all.end));
        }
        Some(edits)
    }

    /// Whether several words can be one value: an address has no blanks, and none of the words may be
    /// the name of a further variable.
    fn is_list(&self, values: &[Word]) -> bool {
        let name = names::meant(self.name).unwrap_or(self.name);
        let is_name = |word: &Word| word.text().is_some_and(looks_like_a_name);
        !names::is_proxy_url(name) && !values.iter().any(is_name)
    }

    /// Whether the first word of the value is one: neither the rest of an operator, as of `:=`, nor a
    /// name.
    fn is_clear(&self, values: &[Word]) -> bool {
        let first = values.first().and_then(Word::text);
        let first = match self.gap {
            Gap::Before => first.and_then(|first| first.strip_prefix('=')),
            Gap::Round | Gap::Behind | Gap::NoEquals => first,
        };
        first.is_some_and(|first| {
            let begins = first.starts_with(|c: char| c.is_alphanumeric() || "/.*[~%$".contains(c));
            begins && !looks_like_a_name(first)
        })
    }
}

/// Whether a word may be the name of a further variable.
fn looks_like_a_name(word: &str) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    names::is_valid(word) && word.chars().all(is_capital)
}

/// The name of `NAME=` with nothing behind it.
fn open_name<'w>(directive: &Directive, word: &'w Word) -> Option<&'w str> {
    let is_open = directive.source.file.slice(word.span).ends_with('=');
    let name = word.text()?.strip_suffix('=')?;
    (is_open && names::is_valid(name)).then_some(name)
}

/// Whether a word belongs to the value before it: it is no assignment, begins none, is no proxy's name,
/// and neither a remark nor a swallowed section header.
fn is_value(directive: &Directive, words: &[Word], index: usize) -> bool {
    let Some(word) = words.get(index) else {
        return false;
    };
    let text = word.text().unwrap_or_default();
    let sets = text
        .split_once('=')
        .is_some_and(|(name, _)| names::is_valid(name));
    let next = words.get(index + 1).and_then(Word::text);
    let begins = names::is_valid(text) && next.is_some_and(|next| next.starts_with('='));
    let written = directive.source.file.slice(word.span);
    let is_other = sets || begins || names::is_proxy(text);
    !is_other && !written.starts_with(['#', ';', '['])
}
