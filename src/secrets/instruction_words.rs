//! Values behind the name of a secret in a line of ENV, ARG or LABEL that does not parse for want of
//! a `=`: `ENV A=b API_TOKEN v`.

use std::ops::Range;

use memchr::memchr2_iter;

use super::extent::{self, Bounds};

const PLAIN: Bounds = Bounds {
    outer: None,
    multiline: false,
};

/// Every such value in `text`, in order. In messages an instruction may begin behind a back quote.
pub fn find(text: &str, back_quotes: bool, is_secret: &dyn Fn(&str) -> bool) -> Vec<Range<usize>> {
    let other = if back_quotes { b'`' } else { b'\n' };
    let begins = memchr2_iter(b'\n', other, text.as_bytes()).map(|at| at + 1);
    let mut found = Vec::new();
    let mut done = 0;
    for start in std::iter::once(0).chain(begins) {
        if start >= done
            && let Some(words) = instruction(text, start, back_quotes)
        {
            done = in_words(text, words, back_quotes, is_secret, &mut found);
        }
    }
    found
}

/// Where the words of an instruction that assigns begin, if one begins at `start`.
fn instruction(text: &str, start: usize, is_message: bool) -> Option<usize> {
    let mut at = start + blanks(text.get(start..)?);
    for _ in 0..2 {
        let rest = text.get(at..)?;
        let len = rest
            .bytes()
            .take(8)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let word = rest.get(..len)?;
        let is = |keyword: &str| word.eq_ignore_ascii_case(keyword);
        let gap = blanks(rest.get(len..)?);
        // A message speaks of `ARG TOKEN` with more words behind it.
        if gap == 0
            || is_message && is("ARG")
            || !(is("ONBUILD") || is("ENV") || is("ARG") || is("LABEL"))
        {
            return None;
        }
        at += len + gap;
        if !is("ONBUILD") {
            return Some(at);
        }
    }
    None
}

/// Adds the values among the words that begin at `start`; returns where the words end.
fn in_words(
    text: &str,
    start: usize,
    back_quotes: bool,
    is_secret: &dyn Fn(&str) -> bool,
    found: &mut Vec<Range<usize>>,
) -> usize {
    let mut at = start;
    let mut is_named = false;
    loop {
        at += gap(text, at);
        if at >= text.len() || text.as_bytes()[at] == b'\n' {
            break;
        }
        let mut word = extent::word(text, at, PLAIN);
        let is_quoted = word.start > at;
        let mut written = text.get(word.clone()).unwrap_or_default();
        let code = written.split('`').next().filter(|_| back_quotes);
        let ends = code.is_some_and(|code| code.len() < written.len());
        written = code.unwrap_or(written);
        word.end = word.start + written.len();
        // `ARG TOKEN OTHER` declares two.
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let is_value = is_quoted || !written.contains('=') && !written.chars().all(is_name);
        if is_named && is_value {
            found.push(word.clone());
        }
        if ends {
            return word.end + 1;
        }
        is_named = !is_quoted && !written.contains('=') && is_secret(written);
        // An open quote ends with the text.
        at = (word.end + usize::from(is_quoted))
            .max(at + 1)
            .min(text.len());
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    at
}

/// The length of blanks, and of line breaks that are escaped, at `at`.
fn gap(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(rest) = bytes.get(end..) {
        end += match rest {
            [b' ' | b'\t' | b'\r', ..] => 1,
            [b'\\' | b'`', b'\n', ..] => 2,
            [b'\\' | b'`', b'\r', b'\n', ..] => 3,
            _ => break,
        };
    }
    end - at
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secrets::names::may_be_secret;

    #[test]
    fn values_behind_names() {
        let found = |text: &'static str| {
            let found = find(text, false, &may_be_secret).into_iter();
            found.map(|at| &text[at]).collect::<Vec<_>>()
        };
        assert_eq!(found("ENV A=b API_TOKEN v3\nRUN TOKEN x"), ["v3"]);
        assert_eq!(found("env A=b \\\n DB_PASSWORD 'v w' B=c"), ["v w"]);
        assert_eq!(found("onbuild LABEL db.password é"), ["é"]);
        for open in ["ENV A '", "ENV A \"", "ENV A=b 'é", "ARG \\"] {
            assert_eq!(found(open), [] as [&str; 0], "a quote without an end");
        }
        assert_eq!(found("ARG API_TOKEN OTHER\nENV API_TOKEN"), [] as [&str; 0]);
    }
}
