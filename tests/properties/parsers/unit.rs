use docklint::source::FileKind;
use docklint::syntax::unit::{self, EntryKind, Logical, Unescape, WordError};

use super::{assert_in_order, assert_inside, slice, source};

/// systemd's units: entries stand in order, and keys, values and words in their entry.
pub fn unit(bytes: &[u8]) {
    let file = source(FileKind::Unit, bytes);
    let text = file.text();
    let parsed = unit::parse(&file);
    assert!(parsed.read <= parsed.entries.len());
    assert_in_order(parsed.entries.iter().map(|entry| entry.span));
    for entry in &parsed.entries {
        slice(text, entry.span);
        match &entry.kind {
            EntryKind::Section(name) => assert_inside(name.span(), entry.span),
            EntryKind::Assignment { key, value } => {
                assert_inside(key.span(), entry.span);
                assert_inside(value.span(), entry.span);
                assert_logical(text, key);
                assert_logical(text, value);
                for unescape in [Unescape::C, Unescape::CRelaxed, Unescape::Plain] {
                    assert_words(text, value, unescape);
                }
            }
            EntryKind::NoEquals => {}
            EntryKind::NoKey => assert!(slice(text, entry.span).starts_with('=')),
        }
    }
    for &comment in &parsed.comments {
        slice(text, comment);
    }
    if let Some(stop) = parsed.stop {
        slice(text, stop.span);
    }
}

/// A joined text is made of the file's characters, but for the blank that a continuation becomes.
fn assert_logical(text: &str, logical: &Logical<'_>) {
    for (offset, c) in logical.text.char_indices() {
        let span = logical.span_of(offset, offset + c.len_utf8());
        let written = slice(text, span);
        assert!(c == ' ' || written.starts_with(c), "{c:?} is {written:?}");
    }
}

fn assert_words(text: &str, value: &Logical<'_>, unescape: Unescape) {
    for word in value.words(unescape) {
        match word {
            Ok(word) => {
                slice(text, word.span);
                assert_inside(word.span, value.span());
                slice(text, word.span_of(0, word.bytes.len()));
                for escape in &word.escapes {
                    assert!(slice(text, escape.span).starts_with('\\'));
                    assert!(escape.at <= word.bytes.len());
                }
            }
            Err(WordError::Unbalanced { quote, rest }) => {
                assert!(["\"", "'"].contains(&slice(text, quote)));
                assert_inside(quote, rest);
                assert_inside(rest, value.span());
            }
            Err(WordError::BadEscape { escape, rest }) => {
                assert!(slice(text, escape).starts_with('\\'));
                assert_inside(escape, rest);
                assert_inside(rest, value.span());
            }
        }
    }
}
