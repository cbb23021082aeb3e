//! What the fixes of earlier rounds wrote: what asks for the same again did not help.

use std::collections::BTreeSet;

use hashbrown::HashMap;

use super::Change;
use crate::finding::Edit;
use crate::source::Span;

/// What was written so far, by the location of the file; in file order, none in another.
#[derive(Debug, Default)]
pub(super) struct Tried(HashMap<String, Vec<Try>>);

/// Something that was written, and where it stands by now.
#[derive(Clone, Debug)]
struct Try {
    rules: Vec<&'static str>,
    text: String,
    span: Span,
}

impl Tried {
    /// Remembers the edits that are made to a file, each with the change that it belongs to.
    pub fn add(&mut self, location: &str, mut made: Vec<(&Change, &Edit)>) {
        made.sort_by_key(|(_, edit)| edit.span);
        let mut seen = BTreeSet::new();
        made.retain(|(_, edit)| seen.insert((edit.span, &*edit.text)));
        let mut moved = 0;
        let mut ends: Vec<(u32, i64)> = Vec::new();
        let mut new = Vec::new();
        for (change, edit) in made {
            let start = i64::from(edit.span.start) + moved;
            let (rules, text) = (change.rules.clone(), edit.text.clone());
            let span = moved_by(start, Span::new(0, text.len()));
            new.push(Try { rules, text, span });
            moved += length(span) - length(edit.span);
            ends.push((edit.span.end, moved));
        }
        let tries = self.0.entry_ref(location).or_default();
        for known in tries.iter_mut() {
            let before = ends.partition_point(|(end, _)| *end <= known.span.start);
            let moved = before.checked_sub(1).map_or(0, |last| ends[last].1);
            known.span = moved_by(moved, known.span);
        }
        // A removal ends by itself: there is less and less.
        new.retain(|it| !it.text.is_empty());
        tries.append(&mut new);
        tries.sort_by_key(|it| it.span);
        tries.dedup_by(|later, earlier| later.span.start < earlier.span.end);
    }

    /// Whether a change writes what it wrote before, beside it or in its place.
    pub fn has(&self, change: &Change, location_of: impl Fn(&Edit) -> Option<String>) -> bool {
        let mut edits = change.edits.iter().filter(|edit| !edit.text.is_empty());
        let is_again = |edit: &Edit| {
            let tries = location_of(edit).and_then(|location| self.0.get(&location));
            tries.is_some_and(|tries| tries_at(tries, edit.span).any(|it| it.is(change, edit)))
        };
        let first = edits.next();
        first.is_some_and(is_again) && edits.all(is_again)
    }
}

impl Try {
    fn is(&self, change: &Change, edit: &Edit) -> bool {
        self.text == edit.text && self.rules.iter().any(|rule| change.rules.contains(rule))
    }
}

/// Those that touch a span.
fn tries_at(tries: &[Try], span: Span) -> impl Iterator<Item = &Try> {
    let first = tries.partition_point(|it| it.span.end < span.start);
    let rest = tries.get(first..).unwrap_or_default().iter();
    rest.take_while(move |it| it.span.start <= span.end)
}

fn length(span: Span) -> i64 {
    i64::from(span.end) - i64::from(span.start)
}

/// Files are limited to far less than spans can count.
fn moved_by(by: i64, span: Span) -> Span {
    let moved = |at: u32| usize::try_from(i64::from(at) + by).unwrap_or_default();
    Span::new(moved(span.start), moved(span.end))
}
