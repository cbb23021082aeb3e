//! Secrets that a blank tears from their names where systemd reads assignments:
//! `Environment=NAME= v`, `Environment=NAME v`. To systemd these are no assignments, to their author
//! they are.

use std::ops::Range;

use memchr::memmem;

use crate::secrets::Names;

use super::scan::needs_mask;

/// What the keys have in common that hold assignments, however they are spelt.
const KEY: &str = "nvironment";

/// The parts of such values, without the blanks and continuations between them.
pub(super) fn values(text: &str, names: &Names) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut end = text.len();
    // From the back, as a list ends where the next one's key begins.
    let mut next_key = text.len();
    for at in memmem::rfind_iter(text.as_bytes(), KEY) {
        let start = list_after(text, at + KEY.len()..std::mem::replace(&mut next_key, at));
        let Some(start) = start else { continue };
        let key = text.get(..at).unwrap_or_default();
        let key = key.strip_suffix(['E', 'e']).unwrap_or(key);
        let list = start..std::mem::replace(&mut end, key.len());
        // These hold names.
        if !key.ends_with("Pass") && !key.ends_with("Unset") {
            List::new(text, list).values(names, &mut found);
        }
    }
    found
}

/// Where the list begins if `behind` is what stands behind its key.
fn list_after(text: &str, behind: Range<usize>) -> Option<usize> {
    let end = behind.end;
    let rest = text.get(behind)?;
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    let list = rest.trim_start_matches([' ', '\t', '\\', '\r', '\n']);
    Some(end - list.strip_prefix('=')?.len())
}

/// The words of a logical line, split at blanks whether these are quoted or not.
struct List<'t> {
    text: &'t str,
    words: Vec<Range<usize>>,
}

impl<'t> List<'t> {
    fn new(text: &'t str, list: Range<usize>) -> Self {
        let mut words = Vec::new();
        let start = list.start;
        let mut at = start;
        let rest = text.get(list).unwrap_or_default();
        for line in rest.split_inclusive('\n') {
            let from = at;
            at += line.len();
            // Among continued lines systemd skips remarks.
            if from > start && line.trim_start().starts_with(['#', ';']) {
                continue;
            }
            let line = line.trim_end_matches(['\r', '\n']);
            let backslashes = line.bytes().rev().take_while(|&byte| byte == b'\\').count();
            let is_continued = backslashes % 2 == 1;
            let line = &line[..line.len() - usize::from(is_continued)];
            words.extend(line.split_whitespace().map(|word| {
                let start = from + (word.as_ptr().addr() - line.as_ptr().addr());
                start..start + word.len()
            }));
            if !is_continued {
                break;
            }
        }
        Self { text, words }
    }

    fn word(&self, index: usize) -> &'t str {
        let range = self.words.get(index).cloned();
        range
            .and_then(|range| self.text.get(range))
            .unwrap_or_default()
    }

    /// From a secret's name on, what stands before the next assignment is its value.
    fn values(&self, names: &Names, found: &mut Vec<Range<usize>>) {
        let mut quote = None;
        // The first word of the value that is being read.
        let mut value = None;
        for index in 0..=self.words.len() {
            let word = self.word(index);
            let is_end = index == self.words.len();
            let begins = is_end || quote.is_none() && self.begins_assignment(index);
            if let Some(first) = value.filter(|_| begins) {
                found.extend(self.secret(first, index));
            }
            if begins || value.is_none() {
                value = is_bare_name(word, names).then_some(index + 1);
            }
            quote = quote_behind(quote, word);
        }
    }

    /// Whether an assignment begins at a word. A password may hold an `=`, and base64 ends in one:
    /// the name must look like one.
    fn begins_assignment(&self, index: usize) -> bool {
        let word = self.word(index).trim_start_matches(['"', '\'']);
        let next = self.word(index + 1);
        let (name, sets) = match word.split_once('=') {
            Some((name, value)) => (name, !value.trim_matches('=').is_empty()),
            None => (word.trim_end_matches(['"', '\'']), next.starts_with('=')),
        };
        sets && is_variable(name)
    }

    /// What to mask of a value: `first` is its first word, `end` the one behind it.
    fn secret(&self, first: usize, end: usize) -> Vec<Range<usize>> {
        let mut words = self.words.get(first..end).unwrap_or_default().to_vec();
        // `NAME = v`, `NAME =v`
        if let Some(equals) = words.first_mut()
            && self.word(first).starts_with('=')
        {
            equals.start += 1;
        }
        words.retain(|word| !word.is_empty());
        let whole = words.first().zip(words.last());
        let whole = whole.and_then(|(first, last)| self.text.get(first.start..last.end));
        match whole.is_some_and(needs_mask) {
            true => words,
            false => Vec::new(),
        }
    }
}

/// Whether a word is the name of a secret and nothing else, an `=` behind it aside.
fn is_bare_name(word: &str, names: &Names) -> bool {
    let name = word.trim_matches(['"', '\'', '=', ':']);
    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    name.chars().all(is_name) && names.is_masked(name)
}

/// Whether a name is one that variables have: in capitals, or a proxy's.
fn is_variable(name: &str) -> bool {
    let is_capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let is_upper = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(is_capital);
    is_upper || matches!(name, "http_proxy" | "https_proxy" | "no_proxy")
}

/// The quote that is open behind a word, if `quote` is open before it.
fn quote_behind(mut quote: Option<char>, word: &str) -> Option<char> {
    let mut chars = word.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (_, '\\') => {
                chars.next();
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            _ => {}
        }
    }
    quote
}
