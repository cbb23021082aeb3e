//! The JSON form of an instruction's arguments.

use super::tree::Word;

/// What the rest of a line is when read as a JSON array.
pub(super) enum Json {
    /// An array of strings.
    Strings(Vec<Word>),
    /// An array that holds something else.
    NotStrings,
    /// No JSON array: the shell form.
    No,
}

/// Reads `text`, which stands at `offset` of the logical line.
///
/// Only a rest that is one valid JSON array counts (`facts/buildkit.md` 5), which serde_json
/// decides; the strings are then found again for their spans.
pub(super) fn parse(text: &str, offset: usize) -> Json {
    let body = text.trim_start();
    if !body.starts_with('[') || serde_json::from_str::<serde::de::IgnoredAny>(body).is_err() {
        return Json::No;
    }
    let offset = offset + (text.len() - body.len());
    let bytes = body.as_bytes();
    let mut words = Vec::new();
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(bytes, at);
                words.push(word(body, at, end, offset));
                at = end;
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' => at += 1,
            b']' => return Json::Strings(words),
            _ => return Json::NotStrings,
        }
    }
    Json::No
}

/// Offset behind the string that starts at `at`; the text is valid JSON.
fn string_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while let Some(&byte) = bytes.get(end) {
        match byte {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

fn word(body: &str, start: usize, end: usize, offset: usize) -> Word {
    let inner = body.get(start + 1..end - 1).unwrap_or_default();
    if !inner.contains('\\') {
        return Word::new(offset + start + 1, offset + end - 1);
    }
    // Go replaces lone surrogates where serde_json refuses them: they are shown as written.
    let text = body
        .get(start..end)
        .and_then(|literal| serde_json::from_str(literal).ok())
        .unwrap_or_else(|| inner.to_owned());
    Word::cooked(offset + start + 1, offset + end - 1, text)
}
