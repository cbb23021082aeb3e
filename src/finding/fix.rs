//! Applying edits to a text: a pure function, shared by everything that writes or previews fixes.

use std::collections::{BTreeMap, BTreeSet};

use super::Edit;
use crate::source::{FileId, SourceFile, Span};

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
    let fixed = apply_to(text, text.as_bytes(), edits)?;
    String::from_utf8(fixed).map_err(|_| Conflict)
}

/// Applies edits of one file to its bytes: what is not valid UTF-8 stays as it is.
pub fn apply_on_disk(file: &SourceFile, edits: &[&Edit]) -> Result<Vec<u8>, Conflict> {
    apply_to(file.text(), &file.bytes(), edits)
}

/// Applies edits to the bytes that `text` stands for, each at its offset.
fn apply_to(text: &str, bytes: &[u8], edits: &[&Edit]) -> Result<Vec<u8>, Conflict> {
    let mut edits = edits.to_vec();
    edits.sort_by_key(|edit| edit.span);
    let mut seen = BTreeSet::new();
    edits.retain(|edit| seen.insert((edit.span, &*edit.text)));

    let mut fixed = Vec::with_capacity(bytes.len());
    let mut copied = 0;
    for edit in edits {
        let range = edit.span.range();
        let kept = bytes.get(copied..range.start).ok_or(Conflict)?;
        if !text.is_char_boundary(range.start) || !text.is_char_boundary(range.end) {
            return Err(Conflict);
        }
        fixed.extend_from_slice(kept);
        fixed.extend_from_slice(edit.text.as_bytes());
        copied = range.end;
    }
    fixed.extend_from_slice(bytes.get(copied..).ok_or(Conflict)?);
    Ok(fixed)
}

/// Chooses what can be applied together: each group of edits (one fix) whole or not at all, the
/// earlier first. Returns the indices of the groups taken.
pub fn compatible(groups: &[&[Edit]]) -> Vec<usize> {
    let mut taken = Taken::default();
    let mut indices = Vec::new();
    for (index, group) in groups.iter().enumerate() {
        if group.iter().all(|edit| taken.leaves_room_for(edit)) {
            let edits = group.iter().map(|edit| (place(edit), edit));
            taken
                .0
                .extend(edits.map(|((file, span), edit)| ((file, span, &*edit.text), edit)));
            indices.push(index);
        }
    }
    indices
}

/// Edits that do not clash, in file order.
#[derive(Default)]
struct Taken<'a>(BTreeMap<(FileId, Span, &'a str), &'a Edit>);

impl Taken<'_> {
    /// Only the edits that touch the new one's bytes are looked at, and they are few: they do not
    /// overlap each other.
    fn leaves_room_for(&self, edit: &Edit) -> bool {
        let (file, span) = place(edit);
        let last = Span {
            start: span.end,
            end: u32::MAX,
        };
        self.0
            .range(..=(file, last, ""))
            .rev()
            .map(|(_, taken)| *taken)
            .take_while(|taken| taken.file == file && taken.span.end >= span.start)
            .all(|taken| taken == edit || !clash(taken, edit))
    }
}

fn place(edit: &Edit) -> (FileId, Span) {
    (edit.file, edit.span)
}

/// Whether two different edits want the same bytes. Two insertions at one place do: which goes
/// first would be an accident, but for declarations that have nothing to do with each other. So do
/// two removals that touch: each looks at what is left around it.
fn clash(one: &Edit, other: &Edit) -> bool {
    if one.span == other.span && one.span.is_empty() {
        let (one, other) = (declared(&one.text), declared(&other.text));
        return one.is_none() || other.is_none() || one == other;
    }
    let (a, b) = (one.span, other.span);
    let is_removal = |edit: &Edit| edit.text.is_empty();
    let touch = (a.end == b.start || b.end == a.start) && is_removal(one) && is_removal(other);
    a == b || touch || (a.start < b.end && b.start < a.end)
}

/// The variable that an inserted line declares, if the line does nothing else: `ARG NAME` with a
/// default that is plain text. Lines above something and lines below are never at one place.
fn declared(text: &str) -> Option<&str> {
    let is_line = text.starts_with(['\r', '\n']) || text.ends_with('\n');
    let declaration = text.trim().strip_prefix("ARG ")?;
    let is_plain = !declaration.contains(['$', '\\', '`', '\n', ' ', '\t']);
    let name = declaration.split('=').next()?;
    (is_line && is_plain).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileKind;

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
    fn bytes_that_are_no_text_stay() {
        let bytes = b"\xef\xbb\xbfENV A=\xff\xfe B=1\r\n".to_vec();
        let file = SourceFile::new(FileId(0), "f".into(), FileKind::Dockerfile, bytes);
        let fixed = apply_on_disk(&file, &[&edit(14, 15, "2")]);
        assert_eq!(
            fixed.as_deref(),
            Ok(&b"\xef\xbb\xbfENV A=\xff\xfe B=2\r\n"[..]),
        );
    }

    #[test]
    fn a_fix_is_taken_whole_or_not_at_all() {
        let first = [edit(0, 2, "x")];
        let second = [edit(5, 6, "y"), edit(1, 3, "z")];
        let third = [edit(5, 6, "y"), edit(0, 2, "x")];
        assert_eq!(compatible(&[&first, &second, &third]), [0, 2]);
    }

    #[test]
    fn removals_that_touch_go_one_after_the_other() {
        let removals = [
            edit(0, 2, ""),
            edit(2, 4, ""),
            edit(4, 5, ""),
            edit(5, 6, "x"),
        ];
        let groups: Vec<&[Edit]> = removals.iter().map(std::slice::from_ref).collect();
        assert_eq!(compatible(&groups), [0, 2, 3]);
    }

    #[test]
    fn declarations_of_different_variables_share_a_place() {
        let texts = [
            "ARG A\n",
            "ARG B=1\n",
            "ARG A\n",
            "ARG A=2\n",
            "ARG C=$B\n",
            "ENV D=1\n",
        ];
        let insertions = texts.map(|text| edit(3, 3, text));
        let groups: Vec<&[Edit]> = insertions.iter().map(std::slice::from_ref).collect();
        let taken = compatible(&groups);
        assert_eq!(taken, [0, 1, 2]);
        let taken: Vec<&Edit> = taken.iter().map(|&index| &insertions[index]).collect();
        let fixed = apply("x\n\ny\n", &taken);
        assert_eq!(fixed.as_deref(), Ok("x\n\nARG A\nARG B=1\ny\n"));
    }
}
