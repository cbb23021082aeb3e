//! Where a value ends, in text that may not parse.

use std::ops::Range;

use memchr::memchr;

use super::interpolation::{angle_end, reference_at};

/// What ends a value besides its own quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The quote the whole setting stands in: `"NAME=v"`.
    pub(super) outer: Option<u8>,
    /// Whether a quote may close on a later line.
    pub(super) multiline: bool,
}

/// The value of a setting written as one word, beginning at `start`. Quotes around all of it stay
/// outside; if it is put together of several pieces (`"a"'b'c`) all of them belong to it.
pub(super) fn word(text: &str, start: usize, bounds: Bounds) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut at = start;
    if let Some(outer) = bounds.outer {
        at = closing_quote(text, start, outer, bounds.multiline);
        let goes_on =
            matches!(bytes.get(at + 1), Some(b) if is_quote(*b) || b.is_ascii_alphanumeric());
        if bytes.get(at) != Some(&outer) || !goes_on {
            return start..at;
        }
        at += 1;
    }
    let first = at;
    let mut pieces = 0;
    let mut unclosed = false;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => break,
            b'\\' | b'`' if is_break(bytes, at + 1) => at += 1 + line_break(bytes, at + 1),
            b'\\' if is_quote_at(bytes, at + 1) && at == start => {
                // JSON inside a quoted word: \"v\"
                let end = escaped_quote(text, at + 2, bytes[at + 1]);
                return at + 2..end;
            }
            b'\\' => at = next_char(text, at + 1),
            quote if is_quote(quote) => {
                at = closing_quote(text, at + 1, quote, bounds.multiline);
                at += usize::from(bytes.get(at) == Some(&quote));
                pieces += 1;
                // the next item of a JSON list, not a further piece
                if pieces == 1 && ends_item(bytes, at) {
                    break;
                }
                continue;
            }
            b'<' => at = angle_end(text, at).unwrap_or(at + 1),
            b'$' if !unclosed => match reference_at(text, at) {
                Some(reference) => at = reference.end,
                None => {
                    unclosed = bytes
                        .get(at + 1)
                        .is_some_and(|byte| matches!(byte, b'{' | b'('));
                    at += 1;
                }
            },
            _ => at += 1,
        }
        pieces += 2;
    }
    let at = at.min(bytes.len());
    let one_quoted =
        pieces == 1 && first == start && at - start >= 2 && bytes[at - 1] == bytes[start];
    if one_quoted {
        start + 1..at - 1
    } else {
        start..at
    }
}

/// Whether a list or object goes on or ends at `at`.
fn ends_item(bytes: &[u8], at: usize) -> bool {
    let closes = bytes
        .get(at)
        .is_some_and(|byte| matches!(byte, b',' | b']' | b'}' | b')'));
    closes && !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
}

/// The value of a setting that runs to the end of its line, without the comment and blanks there.
pub(super) fn line(text: &str, start: usize, bounds: Bounds) -> Range<usize> {
    let bytes = text.as_bytes();
    if let Some(outer) = bounds.outer {
        return start..closing_quote(text, start, outer, bounds.multiline);
    }
    match bytes.get(start) {
        Some(&quote) if is_quote(quote) => {
            let end = closing_quote(text, start + 1, quote, bounds.multiline);
            let goes_on = bytes
                .get(end + 1)
                .is_some_and(|byte| is_quote(*byte) || byte.is_ascii_alphanumeric());
            if goes_on {
                start..plain_line(text, end)
            } else {
                start + 1..end
            }
        }
        Some(b'\\') if is_quote_at(bytes, start + 1) => {
            start + 2..escaped_quote(text, start + 2, bytes[start + 1])
        }
        _ => start..plain_line(text, start),
    }
}

/// The rest of the line and of the lines that continue it.
pub(super) fn continued_line(text: &str, start: usize) -> Range<usize> {
    let mut end = line_end(text, start);
    while let Some(b'\\' | b'`') = text
        .get(start..end)
        .unwrap_or_default()
        .trim_end()
        .as_bytes()
        .last()
        && end < text.len()
    {
        end = line_end(text, end + 1);
    }
    start..start + text.get(start..end).unwrap_or_default().trim_end().len()
}

/// Offset of the line's LF, or of the end of the text.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr(b'\n', rest).map_or(text.len(), |len| at + len)
}

/// The end of the line before its comment, continuation mark and blanks.
fn plain_line(text: &str, start: usize) -> usize {
    let rest = text.get(start..line_end(text, start)).unwrap_or_default();
    // Behind a variable it is a comment for certain.
    let is_given = rest.starts_with('$');
    let comment = rest.find(" #").filter(|at| is_given || is_note(rest, *at));
    let rest = comment
        .and_then(|at| rest.get(..at))
        .unwrap_or(rest)
        .trim_end();
    start + rest.strip_suffix([' ', '\t']).unwrap_or(rest).len()
}

/// Whether the ` #` at `at` begins a note. What a `#` is part of may be meant for the second half of a
/// password, whatever the parser takes it for.
pub fn is_note(text: &str, at: usize) -> bool {
    let behind = text.as_bytes().get(at + " #".len());
    behind.is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'#')
}

/// Offset of the quote that closes a string whose text begins at `start`. If it is not closed: the
/// end of the line.
fn closing_quote(text: &str, start: usize, quote: u8, multiline: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' | b'`' if is_break(bytes, at + 1) => at += 1 + line_break(bytes, at + 1),
            b'\\' if quote == b'"' => at = next_char(text, at + 1),
            b'`' if quote == b'`' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) => {
                at += 1
            }
            _ if byte == quote => return at,
            b'\n' if !multiline => break,
            _ => at += 1,
        }
    }
    if multiline && at >= bytes.len() {
        return closing_quote(text, start, quote, false);
    }
    let end = at.min(bytes.len());
    end - usize::from(end > start && bytes[end - 1] == b'\r')
}

/// Offset of the `\"` that closes a string whose text begins at `start`, or the end of the line.
fn escaped_quote(text: &str, start: usize, quote: u8) -> usize {
    let end = line_end(text, start);
    let rest = text.as_bytes().get(start..end).unwrap_or_default();
    memchr::memmem::find(rest, &[b'\\', quote]).map_or(end, |len| start + len)
}

fn is_break(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..), Some([b'\n', ..] | [b'\r', b'\n', ..]))
}

/// Length of the line break at `at` and of the comment lines behind it, which a Dockerfile leaves
/// out of the continued line; 0 if there is none.
pub(super) fn line_break(bytes: &[u8], at: usize) -> usize {
    let rest = bytes.get(at..).unwrap_or_default();
    let mut len = match rest {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => return 0,
    };
    while let Some(line) = rest.get(len..)
        && line.trim_ascii_start().starts_with(b"#")
        && !line.starts_with(b"\n")
        && let Some(newline) = memchr(b'\n', line)
    {
        len += newline + 1;
    }
    len
}

/// Offset behind the character at `at`, which an escape keeps from ending anything.
fn next_char(text: &str, at: usize) -> usize {
    let len = text
        .get(at..)
        .and_then(|rest| rest.chars().next())
        .map_or(1, char::len_utf8);
    (at + len).min(text.len())
}

pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'')
}

fn is_quote_at(bytes: &[u8], at: usize) -> bool {
    bytes.get(at).copied().is_some_and(is_quote)
}

/// A plain scalar in flow style: no comma and no bracket is part of one (YAML 1.2.2, 7.3.3).
/// Compose's references bring their own brackets.
pub(super) fn flow_scalar(text: &str, value: Range<usize>) -> Range<usize> {
    let mut at = value.start;
    while let Some(&byte) = text.as_bytes().get(at)
        && at < value.end
    {
        match byte {
            b',' | b'{' | b'}' | b'[' | b']' => break,
            b'$' => at = reference_at(text, at).map_or(at + 1, |it| it.end),
            _ => at += 1,
        }
    }
    let scalar = text.get(value.start..at).unwrap_or_default();
    value.start..value.start + scalar.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_where_the_shell_ends_them() {
        let bounds = Bounds {
            outer: None,
            multiline: false,
        };
        for (text, value) in [
            ("abc def", "abc"),
            ("\"a b\" c", "a b"),
            ("\"a\"'b c'd e", "\"a\"'b c'd"),
            ("a\\ b c", "a\\ b"),
            ("a\\\nb c", "a\\\nb"),
            ("\"a\\\" b\" c", "a\\\" b"),
            ("\\\"a b\\\" c", "a b"),
            ("$(a b) c", "$(a b)"),
            ("\"open end\nnext", "\"open end"),
            ("", ""),
            ("\"", "\""),
            ("é\\é x", "é\\é"),
        ] {
            assert_eq!(&text[word(text, 0, bounds)], value, "{text}");
        }
        let outer = Bounds {
            outer: Some(b'"'),
            multiline: false,
        };
        assert_eq!(&"a 'b c'\", x"[word("a 'b c'\", x", 0, outer)], "a 'b c'");
        assert_eq!(&"a\"'b c'd x"[word("a\"'b c'd x", 0, outer)], "a\"'b c'd");
    }
}
