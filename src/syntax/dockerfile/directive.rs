//! Parser directives: `# escape=`, `# syntax=`, `# check=` (upstream: `parser/directives.go`).

use crate::source::Span;

/// A parser directive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directive<'a> {
    /// Its name in lower case.
    pub name: &'static str,
    /// Its value.
    pub value: &'a str,
    /// Where the value stands.
    pub value_span: Span,
    /// Its line, counted from 1.
    pub line: u32,
    /// Blanks stand before the `#`. Then only `escape` counts, and `syntax` and `check` end here
    /// (`facts/buildkit.md` 1.20).
    pub indented: bool,
}

/// The frontend a file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontend<'a> {
    /// The image: the value's first word.
    pub image: &'a str,
    /// The whole value.
    pub command_line: &'a str,
    /// Where the value stands.
    pub span: Span,
    /// Its line as BuildKit counts it: from 1, but 0 in a JSON file.
    pub line: u32,
}

const NAMES: [&str; 3] = ["syntax", "escape", "check"];

/// What a line is to a directive parser that has not met anything else yet.
pub(super) enum Line<'a> {
    Directive(Directive<'a>),
    /// A directive that was given before.
    Repeated(Span),
    /// The directives end here.
    Other,
}

/// Reads directives from the top of a file until something else comes.
#[derive(Debug)]
pub(super) struct DirectiveParser {
    prefix: &'static str,
    seen: [bool; NAMES.len()],
    pub done: bool,
}

impl DirectiveParser {
    pub fn new() -> Self {
        Self::with_prefix("#")
    }

    fn with_prefix(prefix: &'static str) -> Self {
        Self {
            prefix,
            seen: [false; NAMES.len()],
            done: false,
        }
    }

    /// Looks at one line, which stands at `offset` and has no line end.
    pub fn line<'a>(&mut self, line: &'a str, offset: usize, number: u32) -> Line<'a> {
        if self.done {
            return Line::Other;
        }
        let Some((index, value_at, value)) = split(line, self.prefix) else {
            self.done = true;
            return Line::Other;
        };
        let value_span = Span::new(offset + value_at, offset + value_at + value.len());
        if std::mem::replace(&mut self.seen[index], true) {
            return Line::Repeated(Span::new(offset, offset + line.len()));
        }
        Line::Directive(Directive {
            name: NAMES[index],
            value,
            value_span,
            line: number,
            indented: false,
        })
    }
}

/// Splits `# name = value` into the name's index and the value with its offset.
fn split<'a>(line: &'a str, prefix: &str) -> Option<(usize, usize, &'a str)> {
    let blank = |c: char| matches!(c, '\t' | '\n' | '\x0c' | '\r' | ' ');
    let rest = line.strip_prefix(prefix)?.trim_start();
    let name_len = rest
        .find(|c: char| !c.is_ascii_alphanumeric())
        .filter(|&len| len > 0 && rest.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    let (name, rest) = rest.split_at(name_len);
    let value = rest
        .trim_start_matches(blank)
        .strip_prefix('=')?
        .trim_start_matches(blank);
    let at = line.len() - value.len();
    let value = value.trim_end_matches(blank);
    let index = NAMES
        .iter()
        .position(|known| known.eq_ignore_ascii_case(name))?;
    (!value.is_empty()).then_some((index, at, value))
}

/// Finds the frontend as BuildKit does before it parses anything: `#`, then `//` directives, each
/// also below a `#!` line, then a JSON object.
pub(super) fn detect_frontend(text: &str) -> Option<Frontend<'_>> {
    let body_at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let body = text.get(body_at..)?;
    let (skipped, lines_skipped) = match body.split_once('\n') {
        Some((first, rest)) if first.starts_with("#!") => (body.len() - rest.len(), 1),
        None if body.starts_with("#!") => (body.len(), 1),
        _ => (0, 0),
    };
    let start = body_at + skipped;
    ["#", "//"]
        .iter()
        .find_map(|prefix| detect_with(text, start, lines_skipped, prefix))
        .or_else(|| detect_json(text, start, lines_skipped))
}

fn detect_with<'a>(
    text: &'a str,
    start: usize,
    lines_skipped: u32,
    prefix: &'static str,
) -> Option<Frontend<'a>> {
    let mut parser = DirectiveParser::with_prefix(prefix);
    let mut offset = start;
    for (number, line) in (lines_skipped + 1..).zip(text.get(start..)?.split('\n')) {
        let content = line.strip_suffix('\r').unwrap_or(line);
        match parser.line(content, offset, number) {
            Line::Directive(directive) if directive.name == "syntax" => {
                let value = directive.value;
                return Some(Frontend {
                    image: value.split_once(' ').map_or(value, |(image, _)| image),
                    command_line: value,
                    span: directive.value_span,
                    line: number,
                });
            }
            Line::Directive(_) => {}
            Line::Repeated(_) | Line::Other => return None,
        }
        offset += line.len() + 1;
    }
    None
}

fn detect_json(text: &str, start: usize, line: u32) -> Option<Frontend<'_>> {
    let body = text.get(start..)?;
    if !body.trim_start().starts_with('{') {
        return None;
    }
    let object: std::collections::BTreeMap<String, serde_json::Value> =
        serde_json::from_str(body).ok()?;
    let value = object.get("syntax")?.as_str()?;
    // The value is found again in the text for its span; one written with JSON escapes is left.
    let at = start + body.find(&format!("\"{value}\""))? + 1;
    let value = text.get(at..at + value.len())?;
    Some(Frontend {
        image: value,
        command_line: value,
        span: Span::new(at, at + value.len()),
        line,
    })
}
