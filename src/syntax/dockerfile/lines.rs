//! Physical lines to instructions (upstream: `parser/parser.go`).

use std::borrow::Cow;

use super::directive::{self, DirectiveParser, Line};
use super::tree::{
    Arguments, Command, Dockerfile, Heredoc, Instruction, Keyword, LogicalLine, SyntaxError,
    SyntaxErrorKind,
};
use super::{arguments, heredoc};
use crate::source::{Span, TextMap};

/// Bytes a physical line may have, its line feed included (`facts/buildkit.md` 5).
pub(super) const MAX_LINE: usize = 65_536;

/// Words of a file that are read, an instruction counting for one at least: far more than an image
/// has layers and variables. The text of a RUN is one word here.
pub(super) const MAX_SIZE: usize = 80_000;

/// Reads a file line by line.
pub(super) struct Reader<'a> {
    text: &'a str,
    /// Offset of the next physical line.
    next: usize,
    /// Number of the line read last, counted from 1.
    line: u32,
    directives: DirectiveParser,
    /// Comments that wait for their instruction.
    pending: Vec<&'a str>,
    /// Words read, as [`MAX_SIZE`] counts them.
    size: usize,
    file: Dockerfile<'a>,
}

/// A physical line without its line end.
#[derive(Clone, Copy)]
struct Physical<'a> {
    text: &'a str,
    start: usize,
}

impl<'a> Reader<'a> {
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            next: 0,
            line: 0,
            directives: DirectiveParser::new(),
            pending: Vec::new(),
            size: 0,
            file: Dockerfile {
                text,
                escape: '\\',
                directives: Vec::new(),
                frontend: directive::detect_frontend(text),
                instructions: Vec::new(),
                comments: Vec::new(),
                errors: Vec::new(),
            },
        }
    }

    pub fn read(mut self) -> Dockerfile<'a> {
        while let Some(line) = self.physical() {
            let line = self.without_byte_order_mark(line);
            self.note_comment(line);
            let trimmed = trim_start(line);
            let is_directive = self.note_directive(trimmed, trimmed.start > line.start);
            if is_directive {
                self.pending.pop();
            }
            if is_comment(line.text) || trimmed.text.is_empty() {
                continue;
            }
            self.instruction(trimmed);
            if self.size > MAX_SIZE {
                break;
            }
        }
        if self.file.instructions.is_empty() && self.size == 0 {
            let kind = if self.text.is_empty() {
                SyntaxErrorKind::EmptyFile
            } else {
                SyntaxErrorKind::NoInstructions
            };
            let line = self.line;
            self.error(Span::at(self.last_line_start()), (line, line), kind);
        }
        self.file
    }

    /// The next physical line, its trailing `\r` and `\n` cut. Lines that are too long are reported
    /// and passed over.
    fn physical(&mut self) -> Option<Physical<'a>> {
        loop {
            let rest = self.text.get(self.next..).filter(|rest| !rest.is_empty())?;
            let start = self.next;
            let len = memchr::memchr(b'\n', rest.as_bytes()).map_or(rest.len(), |at| at + 1);
            self.next += len;
            self.line += 1;
            let text = rest.get(..len).unwrap_or(rest);
            if len <= MAX_LINE {
                return Some(Physical {
                    text: text.trim_end_matches(['\r', '\n']),
                    start,
                });
            }
            let shown = text.char_indices().nth(80).map_or(len, |(at, _)| at);
            self.early_error(
                Span::new(start, start + shown),
                SyntaxErrorKind::LineTooLong,
            );
        }
    }

    fn without_byte_order_mark(&self, line: Physical<'a>) -> Physical<'a> {
        match line.text.strip_prefix('\u{feff}') {
            Some(text) if line.start == 0 => Physical {
                text,
                start: line.start + '\u{feff}'.len_utf8(),
            },
            _ => line,
        }
    }

    /// Keeps a comment line for suppressions and for the instruction below.
    fn note_comment(&mut self, line: Physical<'a>) {
        if !is_comment(line.text) {
            return;
        }
        self.push_comment(line);
        // Upstream cuts the first byte, not the `#`: an indented comment keeps its `#`.
        let mut chars = line.text.chars();
        chars.next();
        let text = chars.as_str().trim();
        if text.is_empty() {
            self.pending.clear();
        } else {
            self.pending.push(text);
        }
    }

    fn push_comment(&mut self, line: Physical<'a>) {
        let line = trim_start(line);
        self.file
            .comments
            .push(Span::new(line.start, line.start + line.text.len()));
    }

    /// Takes a directive; true if the line is one.
    fn note_directive(&mut self, line: Physical<'a>, indented: bool) -> bool {
        match self.directives.line(line.text, line.start, self.line) {
            Line::Directive(mut directive) => {
                directive.indented = indented;
                if directive.name == "escape" {
                    match directive.value {
                        "\\" => self.file.escape = '\\',
                        "`" => self.file.escape = '`',
                        _ => self.early_error(directive.value_span, SyntaxErrorKind::InvalidEscape),
                    }
                }
                self.file.directives.push(directive);
                true
            }
            Line::Repeated(span) => {
                self.early_error(span, SyntaxErrorKind::RepeatedDirective);
                true
            }
            Line::Other => false,
        }
    }

    /// Reads the instruction that begins with `first`. Nothing more is read behind one that is
    /// too much.
    fn instruction(&mut self, first: Physical<'a>) {
        let first_line = self.line;
        let mut has_empty_continuation = false;
        let mut end = first.start + first.text.len();
        let mut map = TextMap::verbatim(first.start);
        let (head, mut continues) = self.cut_continuation(first.text);
        let mut text = Cow::Borrowed(head);
        while continues {
            let Some(line) = self.physical() else { break };
            if is_comment(line.text) {
                self.push_comment(line);
                continue;
            }
            if line.text.trim_start().is_empty() {
                has_empty_continuation = true;
                continue;
            }
            end = line.start + line.text.len();
            let (part, more) = self.cut_continuation(line.text);
            continues = more;
            map.push(text.len(), line.start);
            text.to_mut().push_str(part);
        }

        let line = LogicalLine { text, map };
        let (command, errors) = arguments::command(&line, self.file.escape);
        self.size += command.arguments.count().max(1);
        if self.size > MAX_SIZE {
            let keyword = line.span(&command.keyword_word);
            let kind = SyntaxErrorKind::TooManyWords;
            self.error(keyword, (first_line, self.line), kind);
            return;
        }
        let has_error = !errors.is_empty();
        for (word, kind) in errors {
            self.error(line.span(&word), (first_line, self.line), kind);
        }
        let heredocs = self.heredocs(&line, &command, first_line, &mut end);
        self.file.instructions.push(Instruction {
            span: Span::new(first.start, end.max(first.start)),
            lines: (first_line, self.line),
            line,
            command,
            heredocs,
            comments: std::mem::take(&mut self.pending),
            has_empty_continuation,
            has_error,
        });
    }

    /// Cuts the escape character that continues a line: the last character but for blanks, and not
    /// itself preceded by one (`facts/buildkit.md` 1.18).
    fn cut_continuation<'l>(&self, line: &'l str) -> (&'l str, bool) {
        let escape = self.file.escape;
        match line.trim_end_matches([' ', '\t']).strip_suffix(escape) {
            Some(before) if !before.ends_with(escape) => (before, true),
            _ => (line, false),
        }
    }

    /// Reads the bodies of the heredocs whose markers stand in `line`.
    fn heredocs(
        &mut self,
        line: &LogicalLine<'a>,
        command: &Command,
        first_line: u32,
        end: &mut usize,
    ) -> Vec<Heredoc<'a>> {
        if !can_contain_heredoc(command) || !line.text.contains("<<") {
            return Vec::new();
        }
        let mut heredocs = heredoc::markers(&line.text);
        for heredoc in &mut heredocs {
            self.heredoc_body(heredoc);
            let behind = heredoc.terminator.unwrap_or(heredoc.body_span).end as usize;
            *end = behind.max(*end);
            if heredoc.terminator.is_none() {
                let span = line.span(&heredoc.marker);
                let kind = SyntaxErrorKind::UnterminatedHeredoc(heredoc.name.clone());
                self.error(span, (first_line, self.line), kind);
            }
        }
        heredocs
    }

    fn heredoc_body(&mut self, heredoc: &mut Heredoc<'a>) {
        let start = self.next;
        let mut behind = start;
        while let Some(line) = self.physical() {
            let candidate = if heredoc.chomp {
                line.text.trim_start_matches('\t')
            } else {
                line.text
            };
            if candidate == heredoc.name {
                let at = line.start + (line.text.len() - candidate.len());
                heredoc.terminator = Some(Span::new(at, at + candidate.len()));
                break;
            }
            behind = self.next;
        }
        heredoc.body = self.text.get(start..behind).unwrap_or_default();
        heredoc.body_span = Span::new(start, behind);
    }

    fn last_line_start(&self) -> usize {
        let body = self.text.trim_end_matches(['\r', '\n']);
        body.rfind('\n').map_or(0, |at| at + 1)
    }

    /// An error that upstream reports before it has counted the line.
    fn early_error(&mut self, span: Span, kind: SyntaxErrorKind) {
        let line = self.line.saturating_sub(1);
        self.error(span, (line, line), kind);
    }

    fn error(&mut self, span: Span, lines: (u32, u32), kind: SyntaxErrorKind) {
        self.file.errors.push(SyntaxError { span, lines, kind });
    }
}

fn trim_start(line: Physical<'_>) -> Physical<'_> {
    let text = line.text.trim_start();
    Physical {
        text,
        start: line.start + (line.text.len() - text.len()),
    }
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with('#')
}

/// `RUN`, `COPY` and `ADD`, also behind `ONBUILD`, unless in JSON form.
fn can_contain_heredoc(command: &Command) -> bool {
    let command = match &command.arguments {
        Arguments::Trigger(trigger) => trigger,
        _ => command,
    };
    matches!(command.keyword, Keyword::Run | Keyword::Copy | Keyword::Add)
        && !matches!(command.arguments, Arguments::Json(_))
}
