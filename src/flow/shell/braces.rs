//! bash's brace expansion: `a{b,c}`, `{1..3}`.

/// More words than this are left unexpanded.
const MOST: usize = 256;

/// Longer words are left unexpanded.
const LONGEST: usize = 1024;

/// Nested deeper than this, braces stay as they are.
const DEEPEST: usize = 8;

/// The words that an unquoted word becomes; `None` if it has no braces to expand.
pub(super) fn expand(text: &str) -> Option<Vec<String>> {
    if !text.contains('{') || text.len() > LONGEST {
        return None;
    }
    expand_within(text, DEEPEST).filter(|words| words.len() > 1)
}

fn expand_within(text: &str, depth: usize) -> Option<Vec<String>> {
    let Some((before, choices, after)) = first_group(text).filter(|_| depth > 0) else {
        return Some(vec![text.to_owned()]);
    };
    let mut heads = Vec::new();
    for choice in choices {
        heads.extend(expand_within(&choice, depth - 1)?);
    }
    let tails = expand_within(after, depth)?;
    if heads.len() * tails.len() > MOST {
        return None;
    }
    let words = heads.iter().flat_map(|head| {
        let tails = tails.iter();
        tails.map(move |tail| format!("{before}{head}{tail}"))
    });
    Some(words.collect())
}

/// The first `{…}` that is a choice: the text before it, the choices, the text behind it.
fn first_group(text: &str) -> Option<(&str, Vec<String>, &str)> {
    text.match_indices('{').take(DEEPEST).find_map(|(open, _)| {
        let (inside, after) = balanced(text.get(open + 1..)?)?;
        let before = text.get(..open)?;
        Some((before, choices(inside)?, after))
    })
}

/// The text up to the `}` that closes, and what follows it.
fn balanced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth > 0 => depth -= 1,
            b'}' => return Some((text.get(..at)?, text.get(at + 1..)?)),
            _ => {}
        }
    }
    None
}

fn choices(inside: &str) -> Option<Vec<String>> {
    let mut depth = 0_i32;
    let mut start = 0;
    let mut choices = Vec::new();
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            b',' if depth == 0 => {
                choices.push(inside.get(start..at)?.to_owned());
                start = at + 1;
            }
            _ => {}
        }
    }
    if choices.is_empty() {
        return range(inside);
    }
    choices.push(inside.get(start..)?.to_owned());
    Some(choices)
}

/// `1..3`, `a..c`
fn range(inside: &str) -> Option<Vec<String>> {
    let (from, to) = inside.split_once("..")?;
    if let (Ok(from), Ok(to)) = (from.parse::<i64>(), to.parse::<i64>()) {
        let count = usize::try_from(from.checked_sub(to)?.unsigned_abs()).ok()?;
        if count >= MOST {
            return None;
        }
        return Some(match from <= to {
            true => (from..=to).map(|n| n.to_string()).collect(),
            false => (to..=from).rev().map(|n| n.to_string()).collect(),
        });
    }
    match (from.as_bytes(), to.as_bytes()) {
        ([from], [to]) if from.is_ascii_alphabetic() && to.is_ascii_alphabetic() && from <= to => {
            Some(
                (*from..=*to)
                    .map(|byte| char::from(byte).to_string())
                    .collect(),
            )
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::expand;

    #[test]
    fn braces_multiply() {
        assert_eq!(expand("lib{a,b}-dev").unwrap(), ["liba-dev", "libb-dev"]);
        assert_eq!(expand("{a,b{1..2}}x").unwrap(), ["ax", "b1x", "b2x"]);
        assert_eq!(expand("{a,b}{c,}").unwrap(), ["ac", "a", "bc", "b"]);
        for plain in ["{}", "{x}", "a", "{a", "${X}", "{1..9999999}"] {
            assert_eq!(expand(plain), None, "{plain}");
        }
        assert_eq!(expand(&"{a,b}".repeat(30_000)), None);
    }
}
