//! What each parser promises of any bytes: it reads them to the end, and what it says of the text
//! is true. Property tests and the fuzz targets hold it to that.

mod dockerfile;
mod dotenv;
mod environment_file;
mod json;
mod shell;
mod template;
mod unit;
mod word;
mod yaml;

use docklint::source::{FileId, FileKind, SourceFile, Span, TextMap};

pub use dockerfile::dockerfile;
pub use dotenv::dotenv;
pub use environment_file::environment_file;
pub use json::json;
pub use shell::shell;
pub use template::template;
pub use unit::unit;
pub use word::word;
pub use yaml::yaml;

/// The bytes as a file, whose text has the bytes' offsets.
pub fn source(kind: FileKind, bytes: &[u8]) -> SourceFile {
    let file = SourceFile::new(FileId(0), "file".to_owned(), kind, bytes.to_vec());
    assert_eq!(file.text().len(), bytes.len());
    file
}

/// The bytes of a span, which lies in the text and on char boundaries.
#[track_caller]
pub fn slice(text: &str, span: Span) -> &str {
    let Some(slice) = text.get(span.range()) else {
        panic!("{span:?} is no part of {text:?}");
    };
    slice
}

/// Each character of a text that was put together has a place in the file.
#[track_caller]
fn assert_mapped(text: &str, derived: &str, map: &TextMap) {
    for (offset, c) in derived.char_indices() {
        slice(text, map.span(offset, offset + c.len_utf8()));
    }
}

/// One span lies in another.
#[track_caller]
fn assert_inside(inner: Span, outer: Span) {
    let is_inside = outer.start <= inner.start && inner.end <= outer.end;
    assert!(is_inside, "{inner:?} is not in {outer:?}");
}

/// Spans stand one behind the other.
#[track_caller]
fn assert_in_order(spans: impl IntoIterator<Item = Span>) {
    let mut behind = 0;
    for span in spans {
        assert!(behind <= span.start, "{span:?} begins before {behind}");
        behind = span.end;
    }
}
