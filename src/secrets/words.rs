//! Names split into words.

/// The words of a name: split at everything that is not alphanumeric and at camel-case borders.
pub(super) fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(|c: char| !c.is_alphanumeric())
        .flat_map(camel_words)
        .filter(|word| !word.is_empty())
}

/// Splits `accessTokenURL` into `access`, `Token`, `URL`.
fn camel_words(part: &str) -> impl Iterator<Item = &str> {
    let mut rest = part;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (word, after) = rest.split_at(camel_border(rest).unwrap_or(rest.len()));
        rest = after;
        Some(word)
    })
}

/// Offset of the first border inside `part`.
fn camel_border(part: &str) -> Option<usize> {
    let bytes = part.as_bytes();
    (1..bytes.len()).find(|&at| {
        let (before, here) = (bytes[at - 1], bytes[at]);
        let next_is_lower = bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase);
        here.is_ascii_uppercase()
            && (before.is_ascii_lowercase() || (next_is_lower && before.is_ascii_alphanumeric()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn camel_case_and_separators() {
        let split = |name| words(name).collect::<Vec<_>>();
        assert_eq!(split("accessToken"), ["access", "Token"]);
        assert_eq!(split("APIKey"), ["API", "Key"]);
        assert_eq!(split("sonar.jdbc.password"), ["sonar", "jdbc", "password"]);
        assert_eq!(split("S3_KEY"), ["S3", "KEY"]);
        assert_eq!(split("oauth2Token"), ["oauth2", "Token"]);
        assert_eq!(split("_authToken"), ["auth", "Token"]);
        assert_eq!(split("--db--pass"), ["db", "pass"]);
    }
}
