//! Values behind the name of a secret in a line of ENV, ARG or LABEL that does not parse for want of
//! a `=` or of quotes: `ENV A=b API_TOKEN v`, `ENV DB_PASSWORD=two words`.

use std::ops::Range;

use memchr::memchr2_iter;

use super::extent::{self, Bounds};

const PLAIN: Bounds = Bounds {
    outer: None,
    multiline: false,
};

/// Tells of a name and the word behind its `=` whether what follows is a secret.
type IsSecret<'t> = &'t dyn Fn(&str, &str) -> bool;

/// Every such value in `text`, in order. In messages an instruction may begin behind a back quote.
pub fn find(text: &str, back_quotes: bool, is_secret: IsSecret<'_>) -> Vec<Range<usize>> {
    let other = if back_quotes { b'`' } else { b'\n' };
    let begins = memchr2_iter(b'\n', other, text.as_bytes()).map(|at| at + 1);
    let mut found = Vec::new();
    let mut done = 0;
    for start in std::iter::once(0).chain(begins) {
        if start < done {
            continue;
        }
        let words = instruction(text, start);
        let words = words.or_else(|| without_keyword(text, start, back_quotes, is_secret));
        if let Some(words) = words {
            done = in_words(text, words, back_quotes, is_secret, &mut found);
        }
    }
    found
}

/// Where the words of an instruction that assigns begin, if one begins at `start`.
fn instruction(text: &str, start: usize) -> Option<usize> {
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
        if gap == 0 || !(is("ONBUILD") || is("ENV") || is("ARG") || is("LABEL")) {
            return None;
        }
        at += len + gap;
        if !is("ONBUILD") {
            return Some(at);
        }
    }
    None
}

/// `DB_PASSWORD=two words` on a line of its own, whose `ENV` was forgotten. A line that continues
/// another may be a command with its variables, and so may one whose value is put in.
fn without_keyword(
    text: &str,
    start: usize,
    is_message: bool,
    is_secret: IsSecret<'_>,
) -> Option<usize> {
    let line = text.get(start..)?;
    let word = line.get(..line.find([' ', '\t', '\n'])?)?;
    let (name, value) = assignment(word)?;
    let before = text.get(..start)?.trim_end();
    let is_alone = !before.ends_with(['\\', '`']) && !is_message;
    let is_put_in = value.trim_start_matches(['"', '\'']).starts_with('$');
    (is_alone && !is_put_in && is_secret(name, value)).then_some(start)
}

/// Adds the values among the words that begin at `start`; returns where the words end.
fn in_words(
    text: &str,
    start: usize,
    back_quotes: bool,
    is_secret: IsSecret<'_>,
    found: &mut Vec<Range<usize>>,
) -> usize {
    let mut at = start;
    let mut is_named = false;
    let mut follows_value = false;
    let is_arg = text.get(..start).is_some_and(|before| {
        let keyword = before.trim_end().rsplit(|c: char| !c.is_ascii_alphabetic());
        keyword.take(1).any(|it| it.eq_ignore_ascii_case("ARG"))
    });
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
        let set = assignment(written).filter(|_| !is_quoted);
        // `ARG TOKEN OTHER` declares two.
        let is_name = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        let declares = !is_quoted && (is_arg || !follows_value) && written.chars().all(is_name);
        // A message speaks of `ARG TOKEN` with more words behind it.
        let may_name = !(is_quoted || is_arg && back_quotes);
        let goes_on = is_named && set.is_none() && !declares;
        if goes_on {
            found.push(word.clone());
        }
        if ends {
            return word.end + 1;
        }
        // What follows `DB_PASSWORD=v` belongs to it up to the next name.
        is_named = match set {
            Some((name, value)) => is_secret(name, value),
            None => goes_on || may_name && is_secret(written, ""),
        };
        follows_value |= set.is_some();
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

/// The name and the value of `name=value`; base64 may end in `==`.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let (name, value) = word.split_once('=')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/');
    (!name.is_empty() && name.chars().all(is_name) && !value.starts_with('='))
        .then_some((name, value))
}

/// The length of blanks, and of line breaks that are escaped, at `at`.
fn gap(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut end = at;
    while let Some(rest) = bytes.get(end..) {
        end += match rest {
            [b' ' | b'\t' | b'\r', ..] => 1,
            [b'\\' | b'`', b'\n' | b'\r', ..] => match extent::line_break(bytes, end + 1) {
                0 => break,
                len => 1 + len,
            },
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
            let found = find(text, false, &|name, _| may_be_secret(name)).into_iter();
            found.map(|at| &text[at]).collect::<Vec<_>>()
        };
        assert_eq!(found("ENV A=b API_TOKEN v3\nRUN TOKEN x"), ["v3"]);
        assert_eq!(found("env A=b \\\n DB_PASSWORD 'v w' B=c"), ["v w"]);
        assert_eq!(found("ENV API_TOKEN=a b c D=e f"), ["b", "c"]);
        assert_eq!(found("LABEL db.password a b\n"), ["a", "b"]);
        assert_eq!(found("TOKEN=$X npm ci\n"), [] as [&str; 0]);
        assert_eq!(found("onbuild LABEL db.password é"), ["é"]);
        for open in ["ENV A '", "ENV A \"", "ENV A=b 'é", "ARG \\"] {
            assert_eq!(found(open), [] as [&str; 0], "a quote without an end");
        }
        assert_eq!(found("ARG API_TOKEN OTHER\nENV API_TOKEN"), [] as [&str; 0]);
    }
}
