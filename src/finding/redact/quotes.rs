//! Secrets of a file that a text may quote: a value travels to where nothing gives it away.

use std::collections::BTreeSet;
use std::ops::Range;

use hashbrown::HashSet;

use crate::secrets::interpolation::reference_at;
use crate::secrets::values;

/// Shorter secrets are not looked for: they would blot out common words.
const SHORTEST: usize = 4;

/// What a value is written with, but does not hold.
const WRITING: [char; 8] = ['"', '\'', '\\', '`', '\n', '\r', ' ', '\t'];

/// Behind so many quotes a parser may have begun to read something else.
const MOST_QUOTES: usize = 2;

/// The longest word of a sentence that may be somebody's password.
const LONGEST_WORD: usize = 8;

/// Secrets that can be found in texts.
#[derive(Debug, Default)]
pub struct Quotes<'s> {
    secrets: HashSet<&'s str>,
    /// Those that sentences use too: a text is one of them, or it means something else.
    words: HashSet<&'s str>,
    /// The lengths they have, ascending.
    lengths: BTreeSet<usize>,
}

impl<'s> Quotes<'s> {
    /// Secrets as they are written, and their parts between quotes and line ends, of which their
    /// values are put together.
    pub fn new(written: impl IntoIterator<Item = &'s str>) -> Self {
        let mut quotes = Self::default();
        for secret in written {
            let parts = secret.split(WRITING);
            // Behind `\n` a part begins one letter later than behind `\ `.
            let escapes = secret.match_indices('\\');
            let escaped = escapes.filter_map(|(at, _)| secret.get(at + 2..)?.split(WRITING).next());
            let quotes_in = secret.match_indices(['"', '\'']).take(MOST_QUOTES);
            let rests = quotes_in.filter_map(|(at, _)| secret.get(at + 1..));
            let literal = between_references(secret).into_iter();
            let literal = literal.filter(|part| !is_word(part.trim_matches(is_punctuation)));
            for text in parts
                .chain(escaped)
                // Without the `*` it is the name of an alias in YAML.
                .chain([secret, secret.trim_start_matches('*')])
                .chain(rests)
                .chain(literal)
                .filter(|text| text.len() >= SHORTEST)
            {
                if is_word(text) {
                    quotes.words.insert(text);
                    continue;
                }
                quotes.secrets.insert(text);
                quotes.lengths.insert(text.len());
            }
        }
        quotes
    }

    /// Where `text` quotes a secret, the longest at each place.
    pub fn find(&self, text: &str) -> Vec<Range<usize>> {
        let is_word = self.words.contains(text);
        let mut found: Vec<_> = is_word.then_some(0..text.len()).into_iter().collect();
        let mut behind = 0;
        for (start, _) in text.char_indices() {
            if is_word || self.secrets.is_empty() || start < behind {
                continue;
            }
            let lengths = self.lengths.range(..=text.len() - start);
            let ends = lengths.rev().map(|len| start + len);
            let is_secret = |end: &usize| {
                let part = text.get(start..*end);
                // A part of a path that holds a version would tell it.
                let is_shown = |part| part != text && values::is_version(part);
                part.is_some_and(|part| self.secrets.contains(part) && !is_shown(part))
            };
            if let Some(end) = ends.into_iter().find(is_secret) {
                if !is_declared(text, start..end) {
                    found.push(start..end);
                }
                behind = end;
            }
        }
        found
    }
}

/// Whether it is the name that an `ARG` or `ENV` line declares: a variable may be called what somebody
/// has for a password.
fn is_declared(text: &str, range: Range<usize>) -> bool {
    let (Some(before), Some(name), Some(behind)) = (
        text.get(..range.start),
        text.get(range.clone()),
        text.get(range.end..),
    ) else {
        return false;
    };
    let keyword = before.trim_end_matches([' ', '\t']);
    let keyword = keyword.rsplit(['\n', ' ', '\t', '`']).next();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    keyword.is_some_and(|it| it.eq_ignore_ascii_case("ARG") || it.eq_ignore_ascii_case("ENV"))
        && before.ends_with([' ', '\t'])
        && name.chars().all(is_name)
        && !behind.starts_with(|c| is_name(c) || matches!(c, '-' | '.' | ':' | '/' | '@'))
}

/// What is literal in a secret that is put together: `-text` of `$A-text`. What the variables hold
/// may not be known.
fn between_references(secret: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(dollar) = secret.get(at..).and_then(|rest| rest.find('$')) {
        let dollar = at + dollar;
        at = dollar + 1;
        if let Some(reference) = reference_at(secret, dollar) {
            parts.extend(secret.get(from..dollar));
            (from, at) = (reference.end, reference.end);
        }
    }
    if from > 0 {
        parts.extend(secret.get(from..));
    }
    parts
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
}

/// A short plain word, or one that docklint itself writes: masked wherever a sentence uses it, the
/// sentence would tell what it is.
fn is_word(text: &str) -> bool {
    let is_short = text.len() <= LONGEST_WORD && text.bytes().all(|byte| byte.is_ascii_lowercase());
    is_short || OWN_WORDS.contains(&text)
}

/// Longer words of docklint's own sentences.
const OWN_WORDS: &[&str] = &[
    "arguments",
    "certificate",
    "configuration",
    "container",
    "containers",
    "credentials",
    "directory",
    "dockerfile",
    "environment",
    "everybody",
    "instruction",
    "interpolation",
    "passwords",
    "repository",
    "variables",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_sentences_are_no_quotes() {
        let quotes = Quotes::new(["password", "image", "s3cretpw"]);
        let found = quotes.find("the image has a password, s3cretpw");
        assert_eq!(found.len(), 1);
        let quotes = Quotes::new(["container", "2.0.0", "c0ntainer"]);
        let found = quotes.find("every container of v2.0.0/base.yaml has c0ntainer");
        assert_eq!(found.len(), 1);
        assert_eq!(quotes.find("container").len(), 1, "a value that is printed");
        assert_eq!(quotes.find("2.0.0").len(), 1, "the value itself");
    }

    #[test]
    fn names_are_no_secrets() {
        let quotes = Quotes::new(["SECRET", "s3cret-pw"]);
        for text in [
            "ARG SECRET",
            "  arg SECRET=1\r",
            "RUN a\nENV SECRET x",
            "add `ARG SECRET`",
        ] {
            assert!(quotes.find(text).is_empty(), "{text}");
        }
        for text in [
            "RUN a SECRET",
            "ARG A=SECRET",
            "ARG SECRETS",
            "ARG s3cret-pw",
            "ENV SECRET-x",
        ] {
            assert_eq!(quotes.find(text).len(), 1, "{text}");
        }
    }

    #[test]
    fn the_longest_secret_at_a_place_counts() {
        let quotes = Quotes::new(["s3cret", "s3cret-more", "'a'\"qu0ted\"", "key"]);
        let found = |text: &str| -> Vec<String> {
            let ranges = quotes.find(text).into_iter();
            ranges.map(|range| text[range].to_owned()).collect()
        };
        assert_eq!(found("é s3cret-more key"), ["s3cret-more"]);
        assert_eq!(
            found("aqu0ted, s3crets3cret"),
            ["qu0ted", "s3cret", "s3cret"]
        );
        assert!(found("").is_empty());
        let quotes = Quotes::new(["$A-m0re/${B:-x}-words", "${A}l1teral"]);
        assert_eq!(quotes.find("?-m0re/?, ?-words, ?l1teral").len(), 2);
        let quotes = Quotes::new([r"a\nl0nger"]);
        assert_eq!(
            quotes.find("a\nl0nger").len(),
            1,
            "the value behind an escape"
        );
    }
}
