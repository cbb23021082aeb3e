use docklint::source::FileKind;
use docklint::syntax::dotenv::{self, Dotenv};

use super::{assert_in_order, assert_mapped, slice, source};

/// Both of Compose's notations: names are their bytes, and values know where they come from.
pub fn dotenv(bytes: &[u8]) {
    let file = source(FileKind::Dotenv, bytes);
    let text = file.text();
    assert_entries(text, &dotenv::parse(text));
    assert_entries(text, &dotenv::parse_raw(text));
}

fn assert_entries(text: &str, file: &Dotenv<'_>) {
    assert_in_order(file.entries.iter().map(|entry| entry.name_span));
    for entry in &file.entries {
        assert_eq!(slice(text, entry.name_span), entry.name);
        let Some(value) = &entry.value else { continue };
        assert!(entry.name_span.end <= value.span.start);
        slice(text, value.span);
        assert_mapped(text, &value.text, &value.map);
    }
    for &comment in &file.comments {
        assert!(slice(text, comment).starts_with('#'));
    }
    for error in &file.errors {
        slice(text, error.span);
    }
}
