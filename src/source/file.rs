//! One file's text with its kind and line index.

use std::borrow::Cow;
use std::sync::{Arc, OnceLock};

use super::kind::is_template;
use super::{FileId, FileKind, Location, Span, TextMap};

/// The text of one file, as everything above `source` sees it.
///
/// [`text`](Self::text) has the same offsets as the bytes on disk: a byte that is not part of valid
/// UTF-8 stands there as [`SourceFile::INVALID`] and its offset is listed in
/// [`invalid`](Self::invalid), so that spans count bytes and parsers work on `str`.
#[derive(Clone, Debug)]
pub struct SourceFile {
    id: FileId,
    path: String,
    kind: FileKind,
    template: bool,
    /// Shared by all copies.
    text: Arc<str>,
    invalid: Vec<u32>,
    /// What stands there on disk.
    invalid_bytes: Vec<u8>,
    lines: OnceLock<LineIndex>,
    location: Option<String>,
    is_context: bool,
    is_shared: bool,
    part_of: Option<(FileId, Arc<TextMap>)>,
}

impl SourceFile {
    /// What a byte that is not valid UTF-8 is replaced with in [`text`](Self::text): one byte long,
    /// and blank to no parser.
    pub const INVALID: char = '\u{1a}';

    /// Takes the bytes of a file. `path` is shown to people and is written with `/`.
    pub fn new(id: FileId, path: String, kind: FileKind, bytes: Vec<u8>) -> Self {
        let (text, invalid, invalid_bytes) = decode(bytes);
        Self {
            id,
            template: is_template(&path),
            path,
            kind,
            text: text.into(),
            invalid,
            invalid_bytes,
            lines: OnceLock::new(),
            location: None,
            is_context: false,
            is_shared: true,
            part_of: None,
        }
    }

    /// Says where the file is: an absolute path, written with `/`.
    #[must_use]
    pub fn located(self, location: String) -> Self {
        Self {
            location: Some(location),
            ..self
        }
    }

    /// Says that nobody asked for the file: it is read because another one refers to it.
    #[must_use]
    pub fn as_context(self) -> Self {
        Self {
            is_context: true,
            ..self
        }
    }

    /// Says that the file is on this machine only: git ignores it.
    #[must_use]
    pub fn unshared(self) -> Self {
        Self {
            is_shared: false,
            ..self
        }
    }

    /// Says that parts of the text wait for values: it is read as a generator's template is.
    #[must_use]
    pub fn as_template(self) -> Self {
        Self {
            template: true,
            ..self
        }
    }

    /// Says that the text was cut from another file.
    #[must_use]
    pub fn part_of(self, file: FileId, map: Arc<TextMap>) -> Self {
        Self {
            part_of: Some((file, map)),
            ..self
        }
    }

    /// Where the file is: an absolute path, written with `/`; the shown path, if nobody said.
    pub fn location(&self) -> &str {
        self.location.as_deref().unwrap_or(&self.path)
    }

    /// Its path from a folder, given as a location; as it is shown, if it is not in there.
    pub fn path_below(&self, folder: &str) -> &str {
        let below = self.location().strip_prefix(folder);
        let below = below.filter(|_| !folder.is_empty());
        let below = below.and_then(|below| match folder.ends_with('/') {
            true => Some(below),
            false => below.strip_prefix('/'),
        });
        below.unwrap_or(&self.path)
    }

    /// Whether it is read only because another file refers to it.
    pub fn is_context(&self) -> bool {
        self.is_context
    }

    /// Whether it was named, or found in a folder that was.
    pub fn is_asked_for(&self) -> bool {
        !self.is_context && self.part_of.is_none()
    }

    /// Whether everybody who has the project has the file.
    pub fn is_shared(&self) -> bool {
        self.is_shared
    }

    /// Where a span of this text stands on disk: in this file, or in the one it was cut from.
    pub fn on_disk(&self, span: Span) -> Location {
        match &self.part_of {
            None => Location {
                file: self.id,
                span,
            },
            Some((file, map)) => Location {
                file: *file,
                span: map.span(span.start as usize, span.end as usize),
            },
        }
    }

    /// Whether the text was cut from another file.
    pub fn is_part(&self) -> bool {
        self.part_of.is_some()
    }

    /// The file's index in the run's list.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The path as shown to people, relative to the project root where possible.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What kind of file it is.
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// Whether it is a generator's template: no syntax errors, and placeholders make values unknown.
    pub fn is_template(&self) -> bool {
        self.template
    }

    /// The text; offsets equal those of the bytes on disk.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Offsets of the bytes that are not valid UTF-8, ascending.
    pub fn invalid(&self) -> &[u32] {
        &self.invalid
    }

    /// The bytes on disk.
    pub fn bytes(&self) -> Cow<'_, [u8]> {
        if self.invalid.is_empty() {
            return Cow::Borrowed(self.text.as_bytes());
        }
        let mut bytes = self.text.as_bytes().to_vec();
        for (&offset, &byte) in self.invalid.iter().zip(&self.invalid_bytes) {
            bytes[offset as usize] = byte;
        }
        Cow::Owned(bytes)
    }

    /// The line index, built on first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// The line end of the first line: what a new line is ended with.
    pub fn line_end(&self) -> &'static str {
        let first = self.text.split_inclusive('\n').next();
        match first.is_some_and(|line| line.ends_with("\r\n")) {
            true => "\r\n",
            false => "\n",
        }
    }

    /// The text of a span.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// Bytes to text of the same length, with the offsets and bytes of what is not valid UTF-8.
fn decode(bytes: Vec<u8>) -> (String, Vec<u32>, Vec<u8>) {
    let mut bytes = match String::from_utf8(bytes) {
        Ok(text) => return (text, Vec::new(), Vec::new()),
        Err(error) => error.into_bytes(),
    };
    let (mut invalid, mut replaced) = (Vec::new(), Vec::new());
    let mut from = 0;
    while let Err(error) = std::str::from_utf8(&bytes[from..]) {
        let start = from + error.valid_up_to();
        let len = error.error_len().unwrap_or(bytes.len() - start);
        for (offset, byte) in bytes.iter_mut().enumerate().skip(start).take(len) {
            replaced.push(std::mem::replace(byte, SourceFile::INVALID as u8));
            invalid.push(u32::try_from(offset).unwrap_or(u32::MAX));
        }
        from = start + len;
    }
    let text = String::from_utf8(bytes).unwrap_or_default();
    (text, invalid, replaced)
}

/// A place in a file as people name it; both parts count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, separated by LF.
    pub line: usize,
    /// Column, in Unicode scalar values.
    pub column: usize,
}

/// Where each line starts.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Indexes `text`.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            memchr::memchr_iter(b'\n', text.as_bytes())
                .map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX)),
        );
        Self { starts }
    }

    /// The line of a byte offset, counted from 1.
    pub fn line(&self, offset: usize) -> usize {
        self.starts
            .partition_point(|&start| start as usize <= offset)
    }

    /// Line and column of a byte offset in `text`, which must be the text that was indexed.
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self.line(offset);
        let start = self.line_start(line);
        let column = text
            .get(start..offset.min(text.len()))
            .map_or(0, |before| before.chars().count());
        Position {
            line,
            column: column + 1,
        }
    }

    /// Offset at which `line` (counted from 1) starts; the last line's start for any later one.
    pub fn line_start(&self, line: usize) -> usize {
        let index = line.saturating_sub(1).min(self.starts.len() - 1);
        self.starts[index] as usize
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.starts.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_bytes_keep_every_offset() {
        let bytes = b"A=\xff\xfe \xc3( \xc3\xa9".to_vec();
        let file = SourceFile::new(FileId(0), "f".into(), FileKind::Dockerfile, bytes.clone());
        assert_eq!(file.text().len(), bytes.len());
        assert_eq!(file.invalid(), [2, 3, 5]);
        assert_eq!(*file.bytes(), bytes);
        assert!(file.text().ends_with("( é"));
    }

    #[test]
    fn columns_count_scalar_values() {
        let text = "a\né=x\n";
        let lines = LineIndex::new(text);
        assert_eq!(lines.position(text, 4), Position { line: 2, column: 2 });
        assert_eq!(lines.line(text.len()), 3);
    }
}
