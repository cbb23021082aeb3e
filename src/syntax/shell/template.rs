//! Placeholders of template engines inside shell text: Jinja, Go templates, Handlebars
//! (`{{ x }}`, `{% if x %}`, `{# x #}`), ERB (`<%= x %>`), autoconf (`@X@`), GitHub Actions (`${{ x }}`).
//!
//! What an engine puts there cannot be known, so a placeholder is a part of its own. A statement
//! between commands is stepped over like a blank.

use super::reader::Reader;
use super::tree::{Part, PartKind};

/// Placeholders are short; looking no further keeps text full of openings cheap to read.
const LONGEST: usize = 256;

/// First words in `{{ … }}` that make it a statement.
const STATEMENTS: [&str; 12] = [
    "if", "else", "elif", "elseif", "end", "endif", "range", "with", "for", "endfor", "define",
    "block",
];

impl<'a> Reader<'a> {
    /// Steps over a template statement at the cursor.
    pub(super) fn eat_template_statement(&mut self) -> bool {
        let length = self
            .delimited("{%", "%}")
            .or_else(|| self.delimited("{#", "#}"))
            .or_else(|| {
                self.delimited("<%", "%>")
                    .filter(|_| !self.starts_with("<%="))
            })
            .or_else(|| {
                self.double_brace()
                    .filter(|&length| self.is_statement(length))
            });
        let Some(length) = length else {
            return false;
        };
        self.has_template_blocks |= !self.starts_with("{#");
        self.at += length;
        true
    }

    /// Adds the placeholder at the cursor as a part.
    pub(super) fn template_placeholder(&mut self, parts: &mut Vec<Part<'a>>, quoted: bool) -> bool {
        let start = self.at;
        let Some(length) = self.placeholder() else {
            return false;
        };
        self.has_template_blocks |= self.starts_with("{%");
        self.at += length;
        parts.push(Part {
            span: self.span_from(start),
            quoted,
            kind: PartKind::Template,
        });
        true
    }

    pub(super) fn at_placeholder(&self) -> bool {
        self.placeholder().is_some()
    }

    /// The length of the placeholder at the cursor.
    fn placeholder(&self) -> Option<usize> {
        self.double_brace()
            .or_else(|| self.delimited("{%", "%}"))
            .or_else(|| self.delimited("<%", "%>"))
            .or_else(|| self.at_name())
    }

    /// Steps over `${{ … }}` at the cursor.
    pub(super) fn eat_dollar_placeholder(&mut self) -> bool {
        let length = self.delimited("${{", "}}");
        self.at += length.unwrap_or_default();
        length.is_some()
    }

    /// The length of `{{ … }}`; nested braces are bash's brace expansion or JSON.
    fn double_brace(&self) -> Option<usize> {
        let length = self.delimited("{{", "}}")?;
        let inside = self.slice(self.at + 2, self.at + length - 2);
        (!inside.contains('{')).then_some(length)
    }

    fn is_statement(&self, length: usize) -> bool {
        let inside = self.slice(self.at + 2, self.at + length - 2);
        let inside = inside.trim_start_matches(['-', '~', ' ', '\t']);
        inside.starts_with(['#', '/', '!', '^'])
            || STATEMENTS.contains(&inside.split([' ', '-', '}']).next().unwrap_or_default())
    }

    /// The length of `@NAME@`.
    fn at_name(&self) -> Option<usize> {
        let inside = self.rest().strip_prefix('@')?;
        let length = inside.bytes().take(LONGEST).position(|byte| {
            !(byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
        })?;
        (length > 1 && inside.as_bytes().get(length) == Some(&b'@')).then_some(length + 2)
    }

    fn delimited(&self, open: &str, close: &str) -> Option<usize> {
        if !self.starts_with(open) {
            return None;
        }
        let inside = self.rest().as_bytes().get(open.len()..)?;
        let window = inside.get(..LONGEST).unwrap_or(inside);
        let length = window
            .windows(close.len())
            .position(|bytes| bytes == close.as_bytes())?;
        Some(open.len() + length + close.len())
    }
}
