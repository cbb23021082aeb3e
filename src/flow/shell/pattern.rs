//! Patterns of `case`, `[[ == ]]`, `${x#…}` and `${x/…/…}`.

/// A pattern whose quoted parts match themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Pattern {
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Character(char),
    Any,
    Many,
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
}

impl Pattern {
    /// Adds quoted text.
    pub(super) fn literal(&mut self, text: &str) {
        self.tokens.extend(text.chars().map(Token::Character));
    }

    /// Adds unquoted text.
    pub(super) fn glob(&mut self, text: &str) {
        let mut rest = text.chars();
        while let Some(character) = rest.next() {
            let token = match character {
                '*' if self.tokens.last() == Some(&Token::Many) => continue,
                '*' => Token::Many,
                '?' => Token::Any,
                '[' => match class(rest.as_str()) {
                    Some((token, after)) => {
                        rest = after.chars();
                        token
                    }
                    None => Token::Character('['),
                },
                _ => Token::Character(character),
            };
            self.tokens.push(token);
        }
    }

    /// Whether the pattern matches anything.
    pub(super) fn is_star(&self) -> bool {
        self.tokens == [Token::Many]
    }

    /// Whether all of `text` matches.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        matches(&self.tokens, &text)
    }

    /// `text` without the shortest or longest prefix that matches.
    pub(super) fn remove_prefix<'t>(&self, text: &'t str, longest: bool) -> &'t str {
        let found = |&end: &usize| text.get(..end).is_some_and(|prefix| self.matches(prefix));
        let end = match longest {
            true => boundaries(text).rev().find(found),
            false => boundaries(text).find(found),
        };
        end.and_then(|end| text.get(end..)).unwrap_or(text)
    }

    /// `text` without the shortest or longest suffix that matches.
    pub(super) fn remove_suffix<'t>(&self, text: &'t str, longest: bool) -> &'t str {
        let found = |&start: &usize| text.get(start..).is_some_and(|suffix| self.matches(suffix));
        let start = match longest {
            true => boundaries(text).find(found),
            false => boundaries(text).rev().find(found),
        };
        start.and_then(|start| text.get(..start)).unwrap_or(text)
    }
}

fn boundaries(text: &str) -> impl DoubleEndedIterator<Item = usize> {
    (0..=text.len()).filter(|&at| text.is_char_boundary(at))
}

/// Matches with one point to go back to, the last `*`: linear in `text` for each.
fn matches(tokens: &[Token], text: &[char]) -> bool {
    let (mut token, mut at) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    loop {
        match (tokens.get(token), text.get(at)) {
            (Some(Token::Many), _) => {
                star = Some((token + 1, at));
                token += 1;
                continue;
            }
            (Some(one), Some(&character)) if one.accepts(character) => {
                token += 1;
                at += 1;
                continue;
            }
            (None, None) => return true,
            _ => {}
        }
        match star {
            Some((after, from)) if from < text.len() => {
                star = Some((after, from + 1));
                token = after;
                at = from + 1;
            }
            _ => return false,
        }
    }
}

impl Token {
    fn accepts(&self, character: char) -> bool {
        match self {
            Self::Character(own) => *own == character,
            Self::Any => true,
            Self::Many => false,
            Self::Class { negated, ranges } => {
                let inside = ranges
                    .iter()
                    .any(|(from, to)| (*from..=*to).contains(&character));
                inside != *negated
            }
        }
    }
}

/// The class behind `[`, and what follows its `]`.
fn class(text: &str) -> Option<(Token, &str)> {
    let inside = text.strip_prefix(['!', '^']);
    let negated = inside.is_some();
    let inside = inside.unwrap_or(text);
    let skip = usize::from(inside.starts_with(']'));
    let close = inside.get(skip..)?.find(']')? + skip;
    let members: Vec<char> = inside.get(..close)?.chars().collect();
    let mut ranges = Vec::new();
    let mut at = 0;
    while let Some(&from) = members.get(at) {
        match (members.get(at + 1), members.get(at + 2)) {
            (Some('-'), Some(&to)) => {
                ranges.push((from, to));
                at += 3;
            }
            _ => {
                ranges.push((from, from));
                at += 1;
            }
        }
    }
    Some((Token::Class { negated, ranges }, inside.get(close + 1..)?))
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn pattern(text: &str) -> Pattern {
        let mut pattern = Pattern::default();
        pattern.glob(text);
        pattern
    }

    #[test]
    fn patterns_match_as_in_case() {
        assert!(pattern("http*").matches("http://x"));
        assert!(pattern("*a*b").matches("xaaxb"));
        assert!(!pattern("*a*b").matches("xaaxbc"));
        assert!(pattern("[!a-c]?").matches("dé"));
        assert!(!pattern("[!a-c]?").matches("bé"));
        assert!(pattern("[").matches("["));
    }

    #[test]
    fn ends_are_cut_shortest_or_longest() {
        let path = "a/b/c";
        assert_eq!(pattern("*/").remove_prefix(path, false), "b/c");
        assert_eq!(pattern("*/").remove_prefix(path, true), "c");
        assert_eq!(pattern("/*").remove_suffix(path, false), "a/b");
        assert_eq!(pattern("/*").remove_suffix(path, true), "a");
        assert_eq!(pattern("x").remove_suffix(path, true), path);
    }

    #[test]
    fn many_stars_stay_fast() {
        assert!(!pattern(&"*a".repeat(200)).matches(&"a".repeat(199)));
    }
}
