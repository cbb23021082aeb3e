//! How comments are mended that suppress nothing.

use super::comment::{Comment, Syntax};
use super::{Cure, Fault};
use crate::source::Span;

impl Comment<'_> {
    /// What most likely was meant instead of a comment with a fault. `resolve` knows the rules.
    pub fn cure(
        &self,
        fault: Fault,
        syntax: &Syntax,
        items: &[Span],
        line_end: &str,
        resolve: impl Fn(&str) -> Option<&'static str>,
    ) -> Option<Cure> {
        if !self.is_one_line() {
            return None;
        }
        match fault {
            Fault::Trailing => self.above(syntax, items, line_end),
            // Text of a here-document or of a block scalar stays as it is.
            _ if !self.is_surely_one(syntax, items) => None,
            Fault::NothingBelow => Some(Cure {
                title: "remove it",
                edits: vec![(self.whole()?, String::new())],
            }),
            Fault::Malformed => self.in_brackets(resolve),
            // Another directive would change how all of the file is read.
            Fault::DisablesDirective => None,
        }
    }

    /// The comment on a line of its own above what it stands in; none if it may be part of a value or
    /// more follows it.
    fn above(&self, syntax: &Syntax, items: &[Span], line_end: &str) -> Option<Cure> {
        let item = self.around(items)?;
        let at = item.start as usize;
        let within = self.text.get(at..self.start)?;
        if !self.ends(item) || syntax.may_be_open(within) {
            return None;
        }
        let before = self.text.get(..at)?;
        let indent = before.rsplit('\n').next()?.trim_start_matches('\u{feff}');
        let comment = self.text.get(self.span().range())?;
        indent.trim().is_empty().then(|| Cure {
            title: "put it above",
            edits: vec![
                (Span::at(at), format!("{comment}{line_end}{indent}")),
                (self.whole().unwrap_or_default(), String::new()),
            ],
        })
    }

    /// Whether an item ends with it, and it says no more than a suppression does.
    fn ends(&self, item: Span) -> bool {
        let comment = self.text.get(self.span().range()).unwrap_or_default();
        let behind = self.text.get(self.end..item.end as usize);
        // A `\` or backtick takes in the next line; `=` may give another variable its value.
        behind.is_none_or(|behind| behind.trim().is_empty())
            && !comment.ends_with(['\\', '`'])
            && !comment.contains('=')
    }

    /// The names of rules that stand behind the word, in brackets.
    fn in_brackets(&self, resolve: impl Fn(&str) -> Option<&'static str>) -> Option<Cure> {
        let body = self.text.get(self.body..self.end)?;
        let said = body.trim_start();
        let list = said
            .strip_prefix("ignore-file")
            .or_else(|| said.strip_prefix("ignore"))?;
        let is_between = |c: char| c.is_whitespace() || ",:=()[]".contains(c);
        let mut rest = list;
        let mut rules = Vec::new();
        loop {
            let words = rest.trim_start_matches(is_between);
            let word = words.split(is_between).next().unwrap_or_default();
            if words.len() == rest.len() || resolve(word).is_none() {
                break;
            }
            rules.push(word);
            rest = words.get(word.len()..)?;
        }
        let rest = rest.trim_start_matches([')', ']', ':']);
        let end = self.end;
        let span = Span::new(end - list.len(), end - rest.len());
        (!rules.is_empty()).then(|| Cure {
            title: "put the rules in brackets",
            edits: vec![(span, format!("[{}]", rules.join(", ")))],
        })
    }
}
