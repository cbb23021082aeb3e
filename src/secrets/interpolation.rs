//! Values that stand for something given elsewhere: `${X}`, `{{ x }}`, `<x>`, `@X@`.

use memchr::memmem;

/// How much of a value is interpolated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interpolation<'a> {
    /// Nothing.
    None,
    /// All of it.
    Whole,
    /// All of it, with this to fall back on.
    Default(&'a str),
    /// Some of it.
    Partial,
    /// A template engine fills it in, or some of it, before any tool reads it.
    Template,
}

/// How much of `value` is interpolated. `$$` and `\$` are dollars.
pub fn of(value: &str) -> Interpolation<'_> {
    let value = value.trim();
    if is_placeholder(value) {
        return Interpolation::Template;
    }
    if let Some(reference) = reference_at(value, 0)
        && !value.starts_with("{{")
    {
        if reference.end == value.len() {
            return reference
                .default
                .map_or(Interpolation::Whole, Interpolation::Default);
        }
        return Interpolation::Partial;
    }
    let bytes = value.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        if matches!(bytes[at..], [b'$', b'$', ..] | [b'\\', _, ..]) {
            at += 2;
        } else if bytes[at..].starts_with(b"{{") || angle_end(value, at).is_some() {
            return Interpolation::Template;
        } else if reference_at(value, at).is_some() {
            return Interpolation::Partial;
        } else {
            at += 1;
        }
    }
    Interpolation::None
}

/// Whether the value is a variable that the shell is told to leave alone, so that the file's reader
/// puts it in place: `\${NPM_TOKEN}`, `\$TOKEN`.
pub fn is_left_to_reader(value: &str) -> bool {
    let Some(rest) = value.trim().trim_start_matches('\\').strip_prefix('$') else {
        return false;
    };
    let inner = rest.strip_prefix('{').and_then(|it| it.strip_suffix('}'));
    let name = inner.unwrap_or(rest).as_bytes();
    let is_variable = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'_';
    value.trim().starts_with('\\')
        && name_len(name) == name.len()
        && name.len() >= 3
        && (inner.is_some() || name.iter().all(is_variable))
}

/// A reference inside a value.
pub(crate) struct Reference<'a> {
    /// Offset of the first byte behind it.
    pub(crate) end: usize,
    /// What it falls back on: `d` in `${X:-d}`.
    pub(crate) default: Option<&'a str>,
}

/// The reference that begins at `at`: `$X`, `${…}`, `$(…)`, `` `…` ``, `{{…}}`.
pub(crate) fn reference_at(text: &str, at: usize) -> Option<Reference<'_>> {
    let rest = text.as_bytes().get(at..)?;
    let plain = |len: usize| {
        Some(Reference {
            end: at + len,
            default: None,
        })
    };
    match rest {
        [b'$', b'{', b'{', ..] | [b'{', b'{', ..] => plain(memmem::find(rest, b"}}")? + 2),
        [b'$', b'{', ..] => {
            let len = balanced(rest, b'{', b'}')?;
            let inner = text.get(at + 2..at + len - 1)?;
            Some(Reference {
                end: at + len,
                default: default_of(inner),
            })
        }
        [b'$', b'(', ..] => plain(balanced(rest, b'(', b')')?),
        [b'$', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
            plain(1 + name_len(&rest[1..]))
        }
        [b'`', inner @ ..] => plain(memchr::memchr(b'`', inner)? + 2),
        _ => None,
    }
}

/// Whether the whole value is a placeholder in some template language: `%X%`, `@X@`, `<x>`.
fn is_placeholder(value: &str) -> bool {
    let [first, inner @ .., last] = value.as_bytes() else {
        return false;
    };
    let named = !inner.is_empty() && name_len(inner) == inner.len();
    match (first, last) {
        (b'%', b'%') | (b'@', b'@') => named,
        (b'<', b'>') => !inner.contains(&b'<') && !inner.contains(&b'>'),
        _ => false,
    }
}

/// The end of `<your token>` at `at`.
pub(super) fn angle_end(text: &str, at: usize) -> Option<usize> {
    let rest = text.as_bytes().get(at..)?.strip_prefix(b"<")?;
    let is_inner = |byte: &&u8| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-' | b'_');
    let len = rest.iter().take(64).take_while(is_inner).count();
    (len >= 3 && rest.get(len) == Some(&b'>')).then_some(at + len + 2)
}

/// `d` of `X:-d`, `X-d`, `X:=d`, `X=d`.
fn default_of(inner: &str) -> Option<&str> {
    let operator = inner.get(name_len(inner.as_bytes())..)?;
    let operator = operator.strip_prefix(':').unwrap_or(operator);
    operator
        .strip_prefix(['-', '='])
        .filter(|default| !default.is_empty())
}

/// `m` of `X:?m`, `X?m`: what is said where the variable is missing.
pub(crate) fn message_of(reference: &str) -> Option<&str> {
    let inner = reference.strip_prefix("${")?.strip_suffix('}')?;
    let operator = inner.get(name_len(inner.as_bytes())..)?;
    let operator = operator.strip_prefix(':').unwrap_or(operator);
    operator.strip_prefix('?')
}

/// Whether a message says something, and is no secret that somebody took for a default: no word of
/// it is long and has digits or signs among its letters.
pub(crate) fn is_prose(message: &str) -> bool {
    const SHORTEST: usize = 6;
    let is_random = |word: &str| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation());
        let has_sign = |c: char| !c.is_alphabetic() && !matches!(c, '_' | '-' | '.' | '/' | '\'');
        word.len() >= SHORTEST && word.contains(has_sign)
    };
    !message.split_whitespace().any(is_random)
}

fn name_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count()
}

/// The longest reference that is followed to its end; keeps hostile runs of brackets linear.
const LONGEST: usize = 1024;

/// Length up to and including the bracket that closes the first one.
fn balanced(bytes: &[u8], open: u8, close: u8) -> Option<usize> {
    let mut depth = 0usize;
    for (at, &byte) in bytes.iter().take(LONGEST).enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return Some(at + 1);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_that_the_shell_leaves_alone() {
        for value in ["\\${NPM_TOKEN}", "\\$TOKEN", "\\\\${token}"] {
            assert!(is_left_to_reader(value), "{value}");
        }
        for value in ["$TOKEN", "\\$100", "\\$Pw9", "\\${A}b", "\\$", "TOKEN"] {
            assert!(!is_left_to_reader(value), "{value}");
        }
    }

    #[test]
    fn whole_default_partial_none() {
        use Interpolation::{Default, None, Partial, Template, Whole};
        for (value, expected) in [
            ("$X", Whole),
            ("${X}", Whole),
            ("${X:?set it}", Whole),
            ("${X:-}", Whole),
            ("${X:-d}", Default("d")),
            ("${X-${Y}}", Default("${Y}")),
            ("${{ secrets.X }}", Whole),
            ("{{ x }}", Template),
            ("%X%", Template),
            ("@X@", Template),
            ("<your token>", Template),
            ("$(cat /x)", Whole),
            ("a${X}", Partial),
            ("$X$Y", Partial),
            ("Bearer <token>", Template),
            ("$$100", None),
            ("\\$X", None),
            ("a$1", None),
            ("", None),
            ("p@ss%w", None),
            ("${X", None),
        ] {
            assert_eq!(of(value), expected, "{value}");
        }
    }
}
