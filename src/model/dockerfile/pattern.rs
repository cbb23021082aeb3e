//! The patterns of `${X#…}`, `${X%…}` and `${X/…/…}`
//! (upstream: `convertShellPatternToRegex` in `frontend/dockerfile/shell/lex.go`).

use super::budget::Budget;

/// A pattern: `*`, `?`, and characters that stand for themselves.
pub(super) struct Pattern(Vec<Atom>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Atom {
    Char(char),
    AnyChar,
    AnyText,
}

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PatternError {
    /// A backslash before something else than `* ? \ } /`.
    BadEscape,
    /// It costs more than is left.
    TooMuch,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut atoms = Vec::new();
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            atoms.push(match c {
                '*' => Atom::AnyText,
                '?' => Atom::AnyChar,
                '\\' => match chars.next() {
                    Some(escaped @ ('*' | '?' | '\\' | '}' | '/')) => Atom::Char(escaped),
                    _ => return Err(PatternError::BadEscape),
                },
                c => Atom::Char(c),
            });
        }
        Ok(Self(atoms))
    }

    /// `value` without the shortest or longest prefix that matches.
    pub fn trim_prefix(
        &self,
        value: &str,
        longest: bool,
        budget: &mut Budget,
    ) -> Result<String, PatternError> {
        let chars: Vec<char> = value.chars().collect();
        let end = self.match_at(&chars, 0, longest, budget)?.unwrap_or(0);
        Ok(chars[end..].iter().collect())
    }

    /// `value` without the shortest or longest suffix that matches.
    pub fn trim_suffix(
        &self,
        value: &str,
        longest: bool,
        budget: &mut Budget,
    ) -> Result<String, PatternError> {
        let chars: Vec<char> = value.chars().rev().collect();
        let reversed = Self(self.0.iter().rev().copied().collect());
        let end = reversed.match_at(&chars, 0, longest, budget)?.unwrap_or(0);
        Ok(chars[end..].iter().rev().collect())
    }

    /// `value` with the first match, or all of them, replaced.
    pub fn replace(
        &self,
        value: &str,
        replacement: &str,
        all: bool,
        budget: &mut Budget,
    ) -> Result<String, PatternError> {
        let chars: Vec<char> = value.chars().collect();
        // Upstream replaces all with a template in which `$name` stands for a group; there is none.
        let template = if all {
            without_groups(replacement)
        } else {
            replacement.to_owned()
        };
        let mut out = String::with_capacity(value.len());
        let mut at = 0;
        let mut last_end = None;
        while at <= chars.len() {
            let end = if last_end.is_some() && !all {
                None
            } else {
                self.match_at(&chars, at, true, budget)?
            };
            // An empty match right behind another match does not count in Go.
            match end.filter(|&end| end > at || last_end != Some(at)) {
                Some(end) => {
                    if !budget.take_text(template.len()) {
                        return Err(PatternError::TooMuch);
                    }
                    out.push_str(&template);
                    last_end = Some(end);
                    if end == at {
                        out.extend(chars.get(at));
                    }
                    at = end.max(at + 1);
                }
                None => {
                    out.extend(chars.get(at));
                    at += 1;
                }
            }
        }
        Ok(out)
    }

    /// The end of the shortest or longest match that starts at `from`.
    fn match_at(
        &self,
        chars: &[char],
        from: usize,
        longest: bool,
        budget: &mut Budget,
    ) -> Result<Option<usize>, PatternError> {
        let text = &chars[from..];
        if !budget.take_matching(text.len().saturating_mul(self.0.len() + 1)) {
            return Err(PatternError::TooMuch);
        }
        // `ends[i]`: the atoms so far match the first `i` characters.
        let mut ends = vec![false; text.len() + 1];
        ends[0] = true;
        for atom in &self.0 {
            match atom {
                Atom::AnyText => {
                    for i in 0..text.len() {
                        ends[i + 1] |= ends[i] && text[i] != '\n';
                    }
                }
                Atom::AnyChar | Atom::Char(_) => {
                    for i in (0..text.len()).rev() {
                        let fits = match atom {
                            Atom::Char(c) => text[i] == *c,
                            Atom::AnyChar | Atom::AnyText => text[i] != '\n',
                        };
                        ends[i + 1] = ends[i] && fits;
                    }
                    ends[0] = false;
                }
            }
        }
        let end = if longest {
            ends.iter().rposition(|&matches| matches)
        } else {
            ends.iter().position(|&matches| matches)
        };
        Ok(end.map(|end| from + end))
    }
}

/// A Go replacement template with its (always empty) groups filled in.
fn without_groups(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some((name, after)) = rest
            .strip_prefix('{')
            .and_then(|braced| braced.split_once('}'))
            .filter(|(name, _)| is_group_name(name))
        {
            debug_assert!(!name.is_empty());
            rest = after;
        } else {
            let word = |c: char| c == '_' || c.is_alphanumeric();
            let after = rest.trim_start_matches(word);
            if after.len() == rest.len() {
                out.push('$');
            }
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn is_group_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c == '_' || c.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> Pattern {
        match Pattern::parse(text) {
            Ok(pattern) => pattern,
            Err(error) => panic!("{text}: {error:?}"),
        }
    }

    #[test]
    fn prefixes_and_suffixes_are_shortest_or_longest() {
        let budget = &mut Budget::default();
        let mut prefix = |p, longest| pattern(p).trim_prefix("a.b.c", longest, budget).unwrap();
        assert_eq!(prefix("*.", false), "b.c");
        assert_eq!(prefix("*.", true), "c");
        assert_eq!(prefix("x", false), "a.b.c");
        let budget = &mut Budget::default();
        let mut suffix = |p, longest| pattern(p).trim_suffix("a.b.c", longest, budget).unwrap();
        assert_eq!(suffix(".*", false), "a.b");
        assert_eq!(suffix(".*", true), "a");
        assert_eq!(suffix("?", false), "a.b.");
    }

    #[test]
    fn replacements_are_leftmost_and_longest() {
        let budget = &mut Budget::default();
        let mut replace = |p, with, all| pattern(p).replace("a.b.c", with, all, budget).unwrap();
        assert_eq!(replace(".", "-", false), "a-b.c");
        assert_eq!(replace(".", "-", true), "a-b-c");
        assert_eq!(replace("*", "x", true), "x");
        assert_eq!(replace("b", "$1", true), "a..c");
        assert_eq!(replace("b", "$1", false), "a.$1.c");
    }

    #[test]
    fn only_pattern_characters_can_be_escaped() {
        assert_eq!(Pattern::parse("\\a").err(), Some(PatternError::BadEscape));
        let trimmed = pattern("\\*").trim_prefix("*a", false, &mut Budget::default());
        assert_eq!(trimmed.unwrap(), "a");
    }
}
