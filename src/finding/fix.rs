//! Applying edits to a text: a pure function, shared by everything that writes or previews fixes.

use super::Edit;

/// Two edits want the same bytes, or an edit lies outside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict;

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the edits overlap or lie outside the file")
    }
}

impl std::error::Error for Conflict {}

/// Applies edits of one file to its text. Equal edits count once, because two findings may ask for
/// the same one; insertions at one place keep their order.
pub fn apply(text: &str, edits: &[&Edit]) -> Result<String, Conflict> {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| edit.span);
    edits.dedup();

    let mut fixed = String::with_capacity(text.len());
    let mut copied = 0;
    for edit in edits {
        let range = edit.span.range();
        let kept = text.get(copied..range.start).ok_or(Conflict)?;
        if !text.is_char_boundary(range.end) {
            return Err(Conflict);
        }
        fixed.push_str(kept);
        fixed.push_str(&edit.text);
        copied = range.end;
    }
    fixed.push_str(text.get(copied..).ok_or(Conflict)?);
    Ok(fixed)
}

/// Chooses what can be applied together: each group of edits (one fix) whole or not at all, the
/// earlier first. Returns the indices of the groups taken.
pub fn compatible(groups: &[&[Edit]]) -> Vec<usize> {
    let mut taken: Vec<&Edit> = Vec::new();
    let mut indices = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        let fits = |edit: &Edit| {
            taken
                .iter()
                .all(|other| edit == *other || !clash(edit, other))
        };
        if group.iter().all(fits) {
            taken.extend(group.iter());
            indices.push(index);
        }
    }
    indices
}

/// Whether two different edits want the same bytes. Two insertions at one place do: which goes
/// first would be an accident.
fn clash(a: &Edit, b: &Edit) -> bool {
    if a.file != b.file {
        return false;
    }
    let (a, b) = (a.span, b.span);
    a == b || (a.start < b.end && b.start < a.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{FileId, Span};

    fn edit(start: usize, end: usize, text: &str) -> Edit {
        Edit {
            file: FileId(0),
            span: Span::new(start, end),
            text: text.into(),
        }
    }

    #[test]
    fn edits_apply_in_file_order_and_equal_ones_once() {
        let (first, second) = (edit(0, 0, "ARG A\r\n"), edit(4, 5, "é"));
        let fixed = apply("RUN x\r\n", &[&second, &first, &first]);
        assert_eq!(fixed.as_deref(), Ok("ARG A\r\nRUN é\r\n"));
    }

    #[test]
    fn overlaps_and_split_characters_are_conflicts() {
        assert_eq!(
            apply("abc", &[&edit(0, 2, ""), &edit(1, 3, "")]),
            Err(Conflict)
        );
        assert_eq!(apply("é", &[&edit(0, 1, "")]), Err(Conflict));
        assert_eq!(apply("a", &[&edit(0, 9, "")]), Err(Conflict));
    }

    #[test]
    fn a_fix_is_taken_whole_or_not_at_all() {
        let first = [edit(0, 2, "x")];
        let second = [edit(5, 6, "y"), edit(1, 3, "z")];
        let third = [edit(5, 6, "y"), edit(0, 2, "x")];
        assert_eq!(compatible(&[&first, &second, &third]), [0, 2]);
    }
}
