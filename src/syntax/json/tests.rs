use super::*;
use crate::source::{FileId, FileKind, SourceFile};

fn file(text: &str) -> SourceFile {
    SourceFile::new(
        FileId(0),
        "d.json".into(),
        FileKind::DaemonJson,
        text.into(),
    )
}

fn kinds(text: &str) -> Vec<ErrorKind> {
    parse(&file(text)).errors.iter().map(|e| e.kind).collect()
}

#[test]
fn keys_and_values_have_their_bytes() {
    let text = "{\"a\": {\"b\": \"x\\u00e9\"}, \"n\": -1.5e3}";
    let source = file(text);
    let document = parse(&source);
    assert!(document.errors.is_empty());
    let root = document.root.expect("a value");
    let members = root.members().expect("an object");
    let inner = &members[0].value.members().expect("an object")[0];
    assert_eq!(inner.value.as_str(), Some("xé"));
    assert_eq!(source.slice(inner.value.span), "\"x\\u00e9\"");
    assert_eq!(source.slice(inner.key_span), "\"b\"");
    assert_eq!(source.slice(members[1].value.span), "-1.5e3");
}

#[test]
fn errors_are_told_apart_and_the_rest_is_read() {
    assert_eq!(kinds("{\"a\": 1,}"), [ErrorKind::TrailingComma]);
    assert_eq!(kinds("// x\n{}"), [ErrorKind::Comment]);
    assert_eq!(
        kinds("{\"a\" 1}"),
        [ErrorKind::ExpectedColon, ErrorKind::ExpectedComma]
    );
    assert_eq!(kinds("{} x"), [ErrorKind::TrailingText]);
    assert_eq!(kinds("{\"a\": 01}"), [ErrorKind::ExpectedValue]);
    assert_eq!(kinds(""), [ErrorKind::ExpectedValue]);
    assert_eq!(kinds("{\"a\": \"x\n}"), [ErrorKind::UnclosedString]);
    let document = parse(&file("{\"a\": 1 \"b\": 2}"));
    assert_eq!(document.errors.len(), 1);
    let root = document.root.expect("a value");
    assert_eq!(root.members().map(<[Member]>::len), Some(2));
}

/// Where reading ends.
fn cut(text: &str) -> Option<u32> {
    let document = parse(&file(text));
    assert!(document.errors.is_empty(), "{:?}", document.errors);
    document.cut.map(|span| span.start)
}

#[test]
fn depth_and_length_are_bounded() {
    assert_eq!(cut(&"[".repeat(100_000)), u32::try_from(MAX_DEPTH).ok());
    let list = |items| format!("[{}1]", "1,".repeat(items));
    assert_eq!(cut(&list(MAX_NODES - 2)), None);
    // The list counts too.
    let first_left_out = 1 + 2 * (MAX_NODES - 1);
    assert_eq!(cut(&list(MAX_NODES)), u32::try_from(first_left_out).ok());
}
