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
            Fault::Trailing => self.above(items, line_end),
            Fault::NothingBelow => {
                let line = self.whole().filter(|_| self.is_surely_one(syntax, items))?;
                Some(Cure {
                    title: "remove it",
                    edits: vec![(line, String::new())],
                })
            }
            Fault::Malformed => self.in_brackets(resolve),
            // Another directive would change how all of the file is read.
            Fault::DisablesDirective => None,
        }
    }

    /// The comment on a line of its own above what it stands in.
    fn above(&self, items: &[Span], line_end: &str) -> Option<Cure> {
        let next = items.partition_point(|item| item.start as usize <= self.start);
        let item = items.get(next.checked_sub(1)?)?;
        let at = item.start as usize;
        let before = self.text.get(..at).filter(|_| item.contains(self.start))?;
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
