use super::*;
use crate::source::{FileId, FileKind};

fn file(bytes: impl Into<Vec<u8>>) -> SourceFile {
    SourceFile::new(FileId(0), "x.conf".into(), FileKind::Unit, bytes.into())
}

/// Entries as `line:section` or `line:key=value`.
fn show(bytes: impl Into<Vec<u8>>) -> Vec<String> {
    let file = file(bytes);
    let unit = parse(&file);
    let entries = unit.entries.get(..unit.read).unwrap_or_default();
    entries
        .iter()
        .map(|entry| match &entry.kind {
            EntryKind::Section(name) => format!("{}:[{}]", entry.line, name.text),
            EntryKind::Assignment { key, value } => {
                format!("{}:{}={}", entry.line, key.text, value.text)
            }
            EntryKind::NoEquals => format!("{}:no equals", entry.line),
            EntryKind::NoKey => format!("{}:no key", entry.line),
        })
        .collect()
}

#[test]
fn a_continuation_is_one_space_and_skips_comments() {
    assert_eq!(
        show("[Service]\nA=1 \\\n# no\n  2\\\n\nB=x\\\\\n"),
        ["1:[Service]", "5:A=1    2", "6:B=x\\\\"]
    );
    // At the end of the file the text so far counts, one line further down.
    assert_eq!(show("A=1\\"), ["2:A=1"]);
}

#[test]
fn cr_lf_and_nul_end_lines() {
    assert_eq!(
        show("a=1\r\nb=2\rc=3\0d\n\n\re=4"),
        ["1:a=1", "2:b=2", "3:c=3", "4:no equals", "6:e=4"]
    );
}

#[test]
fn a_byte_order_mark_is_skipped_once_on_any_line() {
    assert_eq!(
        show("\n\u{feff}[S]\n\u{feff}a=1"),
        ["2:[S]", "3:\u{feff}a=1"]
    );
}

#[test]
fn a_broken_header_or_foreign_bytes_end_the_reading() {
    let source = file("a=1\n[Service\nb=2\n");
    let unit = parse(&source);
    assert_eq!((unit.read, unit.entries.len()), (1, 2));
    assert_eq!(
        unit.stop.map(|s| (s.why, s.line)),
        Some((StopCause::InvalidHeader, 2))
    );
    let source = file(b"a=1\n# \xe9\nb=\xe9\nc=3".to_vec());
    let unit = parse(&source);
    assert_eq!(
        unit.stop.map(|s| (s.why, s.line)),
        Some((StopCause::NotUtf8, 3))
    );
    assert_eq!(unit.read, 1);
}

fn words(value: &str) -> (Vec<String>, Option<WordError>) {
    let text = format!("k={value}");
    let source = file(text);
    let unit = parse(&source);
    let Some(EntryKind::Assignment { value, .. }) = unit.entries.first().map(|e| &e.kind) else {
        return (Vec::new(), None);
    };
    let mut words = Vec::new();
    for word in value.words(Unescape::C) {
        match word {
            Ok(word) => words.push(String::from_utf8_lossy(&word.bytes).into_owned()),
            Err(error) => return (words, Some(error)),
        }
    }
    (words, None)
}

#[test]
fn quotes_may_enclose_any_part_and_escapes_work_in_both() {
    let cases: [(&str, &[&str]); 6] = [
        (r#""A=1""B=2" C=h"t"tp"#, &["A=1B=2", "C=http"]),
        (r#"'A=x y' "B"='z'"#, &["A=x y", "B=z"]),
        (r"a\x20b 'c\td' \u00e9 \303\251", &["a b", "c\td", "é", "é"]),
        (r#""""#, &[""]),
        ("a\u{a0}b", &["a\u{a0}b"]),
        (r"a\\b", &[r"a\b"]),
    ];
    for (value, expected) in cases {
        assert_eq!(
            words(value),
            (expected.iter().map(|&s| s.to_owned()).collect(), None)
        );
    }
}

#[test]
fn words_before_an_error_are_kept() {
    let (before, error) = words(r#"A=1 "B=2"#);
    assert_eq!(before, ["A=1"]);
    assert!(matches!(error, Some(WordError::Unbalanced { quote, .. }) if quote == Span::new(6, 7)));
    let (before, error) = words(r"A=1 C\user");
    assert_eq!(before, ["A=1"]);
    assert!(
        matches!(error, Some(WordError::BadEscape { escape, .. }) if escape == Span::new(7, 9))
    );
    assert!(words(r"a\x00").1.is_some());
    assert!(words(r"a\400").1.is_some());
}

#[test]
fn spans_of_words_lead_back_to_the_file() {
    let source = file("k=a\\\n\"b\\x41c\"d\n");
    let unit = parse(&source);
    let Some(EntryKind::Assignment { value, .. }) = unit.entries.first().map(|e| &e.kind) else {
        panic!("an assignment");
    };
    let all: Vec<Word> = value.words(Unescape::C).flatten().collect();
    assert_eq!(all[1].text(), Some("bAcd"));
    assert_eq!(source.slice(all[1].span_of(1, 2)), "\\");
    assert_eq!(source.slice(all[1].span_of(2, 3)), "c");
    assert_eq!(source.slice(all[1].span_of(3, 4)), "d");
    assert_eq!(source.slice(all[1].escapes[0].span), r"\x41");
}
