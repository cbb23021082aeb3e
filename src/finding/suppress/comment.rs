//! The comments that speak to docklint, and what each is about.

use std::ops::Range;

use memchr::memmem;

use super::{Class, Fault};
use crate::source::{FileKind, Span};

const MARK: &str = "docklint:";

/// How a kind of file writes comments.
pub(super) struct Syntax {
    marks: &'static [char],
    /// A comment may follow something on its line.
    pub trailing: bool,
    /// A comment line inside an item, such as a continued instruction, belongs to the item.
    inside: bool,
    /// Within a continuation a comment line is one, in quotes too (facts/buildkit.md, facts/systemd.md).
    continues: bool,
    directives: bool,
}

impl Syntax {
    /// None where there are no comments.
    pub fn of(kind: FileKind) -> Option<Self> {
        let (marks, trailing, inside): (&[char], _, _) = match kind {
            FileKind::Dockerfile => (&['#'], false, true),
            FileKind::Unit | FileKind::EnvironmentFile => (&['#', ';'], false, true),
            FileKind::Compose | FileKind::Dotenv => (&['#'], true, false),
            FileKind::DaemonJson
            | FileKind::ClientConfig
            | FileKind::Dockerignore
            | FileKind::Configuration => return None,
        };
        Some(Self {
            marks,
            trailing,
            inside,
            continues: matches!(kind, FileKind::Dockerfile | FileKind::Unit),
            directives: kind == FileKind::Dockerfile,
        })
    }

    /// Whether what follows `text`, the beginning of an item, may stand in quotes, in brackets or in a
    /// here-document. It looks the same in every language: where they differ, it may.
    pub fn may_be_open(&self, text: &str) -> bool {
        let mut quote = None;
        let mut depth = 0_usize;
        let lines = text.split('\n');
        let code = lines.filter(|line| !line.trim_start().starts_with(self.marks));
        let mut last = '\n';
        for c in code.flat_map(|line| line.chars().chain(['\n'])) {
            let is_escaped = last == '\\';
            match (c, quote) {
                ('\'' | '"' | '`' | '(' | ')' | '[' | ']' | '{' | '}', _) if is_escaped => {
                    return true;
                }
                ('<', None) if last == '<' => return true,
                ('\'' | '"' | '`', None) => quote = Some(c),
                (_, Some(open)) if c == open => quote = None,
                ('(' | '[' | '{', None) => depth += 1,
                (')' | ']' | '}', None) => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return true,
                },
                _ => {}
            }
            last = c;
        }
        quote.is_some() || depth > 0
    }
}

/// A line of the text with `docklint:` in a comment.
pub(super) struct Comment<'a> {
    pub text: &'a str,
    /// Offset of the line's first byte.
    line: usize,
    /// Offset of the comment character.
    pub start: usize,
    /// Offset of what follows `docklint:`.
    pub body: usize,
    /// Offset one past the last byte that is not white space.
    pub end: usize,
    /// Whether something stands before it on the line.
    follows: bool,
}

/// What a comment says: the rules and their places.
pub(super) struct Directive<'a> {
    pub whole_file: bool,
    pub rules: Vec<(&'a str, Span)>,
}

/// The comments that speak to docklint. On one line only the first mark can open a comment line and
/// only the last one a trailing comment, so a line full of marks costs no more than any other.
pub(super) fn comments<'a>(text: &'a str, syntax: &Syntax) -> impl Iterator<Item = Comment<'a>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let found = memmem::find(text.as_bytes().get(from..)?, MARK.as_bytes())?;
        let first = from + found;
        let start = text
            .get(..first)?
            .rfind('\n')
            .map_or(0, |at| at + 1)
            .max(from);
        let rest = text.get(first..)?;
        let end = first + rest.find('\n').unwrap_or(rest.len());
        from = end;
        let last = start + text.get(start..end)?.rfind(MARK)?;
        Some([first, last].map(|at| (start..end, at)))
    })
    .filter_map(|[first, last]| {
        let comment = |(line, at)| Comment::on_line(text, line, at, syntax);
        comment(first).or_else(|| comment(last))
    })
}

impl<'a> Comment<'a> {
    /// The comment with the mark at `at`; none if the line only mentions the word.
    fn on_line(text: &'a str, line: Range<usize>, at: usize, syntax: &Syntax) -> Option<Self> {
        let prefix = text.get(line.start..at)?.trim_end();
        let opened = prefix.strip_suffix(syntax.marks)?;
        let lead = opened.trim_start_matches('\u{feff}').trim_start();
        // A word of another comment, or glued to something: `a#docklint:` is no comment anywhere.
        if lead.starts_with(syntax.marks) || !(lead.is_empty() || lead.ends_with([' ', '\t'])) {
            return None;
        }
        let comment = Self {
            text,
            line: line.start,
            start: line.start + opened.len(),
            body: at + MARK.len(),
            end: at + text.get(at..line.end)?.trim_end().len(),
            follows: !lead.is_empty(),
        };
        // After something on the line only the real form is meant as a suppression.
        (!comment.follows || comment.directive().is_ok()).then_some(comment)
    }

    pub fn span(&self) -> Span {
        Span::new(self.start, self.end)
    }

    /// The item that it stands in.
    pub fn around(&self, items: &[Span]) -> Option<Span> {
        let next = items.partition_point(|item| item.start as usize <= self.start);
        let item = next.checked_sub(1).and_then(|index| items.get(index))?;
        item.contains(self.start).then_some(*item)
    }

    /// Whether it cannot be text of what it stands in: of a here-document, of a block scalar.
    pub fn is_surely_one(&self, syntax: &Syntax, items: &[Span]) -> bool {
        let Some(item) = self.around(items) else {
            return true;
        };
        let text = self.text.get(item.start as usize..self.start);
        let Some(text) = text.filter(|text| text.len() <= MOST_BEFORE) else {
            return false;
        };
        if syntax.continues {
            return !self.follows && !text.contains("<<");
        }
        // Above the first entry of a mapping the comment stands in the item of the mapping's key.
        let key = text.lines().next().unwrap_or_default();
        let key = key.trim_start_matches(['-', ' ']).trim_end();
        let is_key_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        syntax.trailing
            && key
                .strip_suffix(':')
                .is_some_and(|key| !key.is_empty() && key.chars().all(is_key_part))
            && !syntax.may_be_open(text)
    }

    /// What to remove for a rule to be gone: its name with one comma, or all of it with its line. None
    /// where more than the comment may stand on the line.
    pub fn without(&self, directive: &Directive<'_>, index: usize) -> Option<Span> {
        let span_of = |index: usize| directive.rules.get(index).map(|(_, span)| *span);
        let before = index.checked_sub(1).and_then(span_of);
        let span = match (before, span_of(index), span_of(index + 1)) {
            (Some(before), Some(it), _) => Span::new(before.end as usize, it.end as usize),
            (None, Some(it), Some(next)) => Span::new(it.start as usize, next.start as usize),
            _ => self.whole()?,
        };
        self.is_one_line().then_some(span)
    }

    /// All of it: with its line, or with the blanks before it.
    pub fn whole(&self) -> Option<Span> {
        if self.follows {
            let line = self.text.get(..self.start)?;
            let start = line.trim_end_matches([' ', '\t']).len();
            return Some(Span::new(start, self.end));
        }
        let rest = self.text.get(self.end..)?;
        let end = rest
            .find('\n')
            .map_or(self.text.len(), |at| self.end + at + 1);
        let line = self.text.get(self.line..end)?;
        let mark = line.len() - line.trim_start_matches('\u{feff}').len();
        Some(Span::new(self.line + mark, end))
    }

    /// Whether its line is one for every reader.
    pub fn is_one_line(&self) -> bool {
        let line = self.text.get(self.line..self.end);
        line.is_some_and(|line| !has_inner_break(line))
    }

    pub fn directive(&self) -> Result<Directive<'a>, Fault> {
        let body = self.text.get(self.body..self.end).unwrap_or_default();
        let said = body.trim_start();
        let (whole_file, list) = match said.strip_prefix("ignore-file[") {
            Some(list) => (true, list),
            None => (false, said.strip_prefix("ignore[").ok_or(Fault::Malformed)?),
        };
        let list_at = self.end - list.len();
        let (list, _reason) = list.split_once(']').ok_or(Fault::Malformed)?;
        let mut rules = Vec::new();
        let mut at = list_at;
        for name in list.split(',') {
            let start = at + (name.len() - name.trim_start().len());
            at += name.len() + 1;
            let name = name.trim();
            if name.is_empty() {
                return Err(Fault::Malformed);
            }
            rules.push((name, Span::new(start, start + name.len())));
        }
        Ok(Directive { whole_file, rules })
    }

    /// What the comment is about.
    pub fn scope(
        &self,
        whole_file: bool,
        syntax: &Syntax,
        items: &[Span],
    ) -> Result<(Class, Span), Fault> {
        if self.follows && !syntax.trailing {
            return Err(Fault::Trailing);
        }
        if syntax.directives && self.disables_directive() {
            return Err(Fault::DisablesDirective);
        }
        if whole_file {
            return Ok((Class::File, Span::new(0, usize::MAX)));
        }
        if self.follows {
            return Ok((Class::Line, Span::new(self.line, self.end)));
        }
        let next = items.partition_point(|item| item.start as usize <= self.start);
        let around = next.checked_sub(1).and_then(|i| items.get(i));
        if let Some(item) = around.filter(|item| syntax.inside && item.contains(self.start)) {
            return Ok((Class::Item, *item));
        }
        items
            .get(next)
            .filter(|item| self.is_directly_above(item.start as usize, syntax))
            .map(|item| (Class::Item, *item))
            .ok_or(Fault::NothingBelow)
    }

    /// Whether nothing but a few further comment lines stands between the comment and `offset`.
    fn is_directly_above(&self, offset: usize, syntax: &Syntax) -> bool {
        let between = self.text.get(self.end..offset).unwrap_or_default();
        let Some((lines, indent)) = between.rsplit_once('\n') else {
            return false;
        };
        let mut lines = lines.split('\n').skip(1);
        let are_comments = lines
            .by_ref()
            .take(COMMENTS_BETWEEN)
            .all(|line| line.trim_start().starts_with(syntax.marks));
        indent.trim().is_empty() && are_comments && lines.next().is_none()
    }

    /// Whether a parser directive follows that would still be one without this comment: BuildKit
    /// stops looking at the first line that is none (facts/buildkit.md).
    fn disables_directive(&self) -> bool {
        let before = self.text.get(..self.line).unwrap_or_default();
        let after = self.text.get(self.end..).unwrap_or_default();
        before.lines().take(DIRECTIVES.len() + 1).all(is_directive)
            && after
                .lines()
                .skip(1)
                .take(COMMENTS_BETWEEN)
                .take_while(|line| line.trim_start().starts_with('#'))
                .any(is_directive)
    }
}

/// Whether a line has what ends a line for some reader and not for all.
pub(super) fn has_inner_break(line: &str) -> bool {
    line.trim_end_matches(['\r', '\n'])
        .contains(['\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

/// Bytes of an item that are looked at to tell its comments from its text. A bound, so that an item of
/// nothing but comments is read in linear time.
const MOST_BEFORE: usize = 8 << 10;

/// How many comment lines may stand between a suppression and what it is about. A bound, so that a
/// file of nothing but comments is read in linear time.
const COMMENTS_BETWEEN: usize = 64;

/// BuildKit's parser directives.
const DIRECTIVES: [&str; 3] = ["syntax", "escape", "check"];

fn is_directive(line: &str) -> bool {
    let line = line.trim_start_matches('\u{feff}').trim();
    let key = line.strip_prefix('#').and_then(|rest| rest.split_once('='));
    key.is_some_and(|(key, _)| {
        let key = key.trim();
        DIRECTIVES
            .iter()
            .any(|known| key.eq_ignore_ascii_case(known))
    })
}
