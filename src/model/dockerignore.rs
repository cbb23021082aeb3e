//! `.dockerignore`: which files of a context a build does not see (upstream: `moby/patternmatcher`).

/// The patterns of a file, in order; the last one that matches decides.
#[derive(Clone, Debug, Default)]
pub struct Dockerignore {
    patterns: Vec<Pattern>,
}

#[derive(Clone, Debug)]
struct Pattern {
    /// Written with `!`: takes files in again.
    includes: bool,
    tokens: Vec<Token>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// `**/`: nothing, or folders.
    Folders,
    /// `**` at the end: anything.
    Anything,
    /// `*`: anything but a slash.
    Name,
    /// `?`: one character that is no slash.
    One,
    /// `[a-z]`, `[^a-z]`.
    Class {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// The character itself.
    Literal(char),
}

impl Dockerignore {
    /// Reads the text of a file. A `#` begins a comment only as the line's first byte.
    pub fn parse(text: &str) -> Self {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        Self {
            patterns: lines.filter_map(pattern).collect(),
        }
    }

    /// Whether a build does not see `path`, which is relative to the context and written with `/`.
    /// A pattern that matches a folder matches all that is below it.
    pub fn excludes(&self, path: &str) -> bool {
        let path = clean(path);
        let ends = path.match_indices('/').map(|(at, _)| at);
        let paths: Vec<Vec<char>> = ends
            .chain([path.len()])
            .filter_map(|end| Some(path.get(..end)?.chars().collect()))
            .collect();
        let mut excluded = false;
        for pattern in &self.patterns {
            // A pattern that would change nothing need not be looked at.
            if pattern.includes == excluded {
                let matches = paths.iter().any(|path| matches(&pattern.tokens, path));
                excluded ^= matches;
            }
        }
        excluded
    }
}

fn pattern(line: &str) -> Option<Pattern> {
    let line = line.trim();
    let (includes, text) = match line.strip_prefix('!') {
        Some(rest) => (true, rest.trim()),
        None => (false, line),
    };
    let text = clean(text);
    (!text.is_empty()).then(|| Pattern {
        includes,
        tokens: tokens(&text),
    })
}

/// The path without `.` and empty parts, with `..` resolved, and without a slash in front.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    parts.join("/")
}

fn tokens(pattern: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut chars = pattern.chars().peekable();
    while let Some(c) = chars.next() {
        tokens.push(match c {
            '*' if chars.next_if_eq(&'*').is_some() => {
                chars.next_if_eq(&'/');
                match chars.peek() {
                    Some(_) => Token::Folders,
                    None => Token::Anything,
                }
            }
            '*' => Token::Name,
            '?' => Token::One,
            '\\' => Token::Literal(chars.next().unwrap_or('\\')),
            '[' => {
                let mut ahead = chars.clone();
                match class(&mut ahead) {
                    Some(class) => {
                        chars = ahead;
                        class
                    }
                    None => Token::Literal('['),
                }
            }
            c => Token::Literal(c),
        });
    }
    tokens
}

/// The class whose `[` was just read; none if it is not closed.
fn class(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<Token> {
    let negated = chars.next_if_eq(&'^').is_some();
    let mut ranges = Vec::new();
    loop {
        let from = match chars.next()? {
            ']' if !ranges.is_empty() => return Some(Token::Class { negated, ranges }),
            '\\' => chars.next()?,
            c => c,
        };
        let is_range = chars.peek() == Some(&'-') && chars.clone().nth(1) != Some(']');
        let to = if is_range {
            chars.next();
            chars.next()?
        } else {
            from
        };
        ranges.push((from, to));
    }
}

/// Whether the tokens match the whole path: every position of the path that the tokens so far can
/// reach is kept, so that no pattern costs more than its length times the path's.
fn matches(tokens: &[Token], path: &[char]) -> bool {
    let mut reached = vec![false; path.len() + 1];
    reached[0] = true;
    for token in tokens {
        let mut next = vec![false; path.len() + 1];
        let mut open = false;
        for at in 0..=path.len() {
            let here = reached[at];
            match token {
                Token::Anything => {
                    open |= here;
                    next[at] = open;
                }
                Token::Name => {
                    open = here || open && path[at - 1] != '/';
                    next[at] = open;
                }
                Token::Folders => {
                    next[at] |= here || open && path[at - 1] == '/';
                    open |= here;
                }
                Token::One | Token::Class { .. } | Token::Literal(_) => {
                    if here && path.get(at).is_some_and(|&c| token.takes(c)) {
                        next[at + 1] = true;
                    }
                }
            }
        }
        reached = next;
    }
    reached[path.len()]
}

impl Token {
    /// Whether a token for one character takes this one.
    fn takes(&self, c: char) -> bool {
        match self {
            Self::One => c != '/',
            Self::Class { negated, ranges } => {
                ranges.iter().any(|&(from, to)| from <= c && c <= to) != *negated
            }
            Self::Literal(literal) => c == *literal,
            Self::Folders | Self::Anything | Self::Name => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_dockers_do() {
        for (patterns, excluded, seen) in [
            (".npmrc", ".npmrc", "app/.npmrc"),
            ("**/.npmrc", "a/b/.npmrc", ".npmrcs"),
            ("**/.npmrc", ".npmrc", "x.npmrc"),
            ("/secrets/", "secrets/key.pem", "app/secrets"),
            ("*.pem", "key.pem", "tls/key.pem"),
            ("tls/**", "tls/a/b", "tlsx"),
            ("a?c", "abc", "a/c"),
            ("id_[a-e]*", "id_dsa", "id_rsa"),
            ("[^a]b", "cb", "ab"),
            ("*\n!.npmrc", ".env", ".npmrc"),
            ("*\n!app\napp/.env", "app/.env", "app/main"),
            ("  .env  \r\n", ".env", ".envrc"),
            ("./config/../.env", ".env", "config/.env"),
            ("**", "a/b", ""),
            ("\\*x", "*x", "ax"),
            ("a[", "a[", "a"),
        ] {
            let ignore = Dockerignore::parse(patterns);
            assert!(ignore.excludes(excluded), "{patterns} excludes {excluded}");
            assert!(
                seen.is_empty() || !ignore.excludes(seen),
                "{patterns} lets {seen} through"
            );
        }
        assert!(!Dockerignore::parse("# .env\n\n!\n").excludes(".env"));
        assert!(Dockerignore::parse(" #.env").excludes("#.env"));
    }
}
