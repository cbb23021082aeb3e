//! `user:password@` in URLs and proxy addresses, well-formed or not.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memrchr};

use super::needle::Needle;

/// What stands between a URL's scheme and the rest.
static SCHEME_END: Needle = Needle::new("://");

/// A user with a password in an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserInfo {
    /// The user name; may be empty.
    pub user: Range<usize>,
    /// The password: up to the last `@` of the word, for passwords hold raw `@` and `/`.
    pub password: Range<usize>,
}

/// Every user with a password in a URL of `text`: `scheme://user:password@host`. What looks like a
/// port with an `@` in the path behind it is none.
pub fn in_urls(text: &str) -> impl Iterator<Item = UserInfo> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let colon = from + SCHEME_END.find(text.get(from..)?)?;
            let authority = colon + 3;
            let end = authority + url_len(text.get(authority..)?);
            from = authority;
            let has_scheme = text.as_bytes()[..colon]
                .last()
                .is_some_and(u8::is_ascii_alphanumeric);
            let Some(found) = in_authority(text, authority..end) else {
                continue;
            };
            if has_scheme && !is_port(text, &found.password) {
                from = found.password.end;
                return Some(found);
            }
        }
    })
}

/// The user with a password in a proxy address that may lack a scheme or have a broken one:
/// `user:password@host`, `http:/user:password@host`, `http//user:password@host`.
pub fn in_address(address: &str) -> Option<UserInfo> {
    if let Some(found) = in_urls(address).next() {
        return Some(found);
    }
    let start = address.len() - without_scheme(address).len();
    in_authority(address, start..start + url_len(&address[start..]))
        .filter(|found| !is_port(address, &found.password))
}

/// What follows a scheme, however badly it is written.
pub fn without_scheme(address: &str) -> &str {
    for scheme in ["https", "http", "socks5h", "socks5", "socks4", "ftp"] {
        if let Some(rest) = address.strip_prefix(scheme)
            && rest.starts_with([':', '/'])
        {
            return rest.trim_start_matches([':', '/']);
        }
    }
    address
}

/// The user and password in `range`, which is one address without its scheme.
fn in_authority(text: &str, range: Range<usize>) -> Option<UserInfo> {
    let address = text.get(range.clone())?.as_bytes();
    let at = memrchr(b'@', address)?;
    let colon = memchr(b':', &address[..at])?;
    let (user, password) = (&address[..colon], colon + 1..at);
    // `git@host:team/app` is an address of scp, with the user before the `@`
    let plausible = !user.contains(&b'@') && !user.contains(&b'/') && !password.is_empty();
    plausible.then(|| UserInfo {
        user: range.start..range.start + colon,
        password: range.start + password.start..range.start + password.end,
    })
}

/// Length of the address at the beginning of `rest`: to a blank or quote, or to where the next
/// address of a list begins.
fn url_len(rest: &str) -> usize {
    let mut in_reference = 0usize;
    let mut end = rest.len();
    for (at, byte) in rest.bytes().enumerate() {
        match byte {
            b'{' => in_reference += 1,
            b'}' => in_reference = in_reference.saturating_sub(1),
            b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'`' if in_reference == 0 => {
                end = at;
                break;
            }
            b'\n' => {
                end = at;
                break;
            }
            b':' if rest.as_bytes()[at..].starts_with(b"://") => {
                // the next address of the list: cut before its scheme
                let before = rest.as_bytes()[..at].iter();
                end = at
                    - before
                        .rev()
                        .take_while(|byte| byte.is_ascii_alphanumeric())
                        .count();
                break;
            }
            _ => {}
        }
    }
    end
}

/// `8080/npm/` of `http://host:8080/npm/@scope/app`.
fn is_port(text: &str, password: &Range<usize>) -> bool {
    let password = text.get(password.clone()).unwrap_or_default();
    let digits = password.bytes().take_while(u8::is_ascii_digit).count();
    (1..=5).contains(&digits) && password.as_bytes().get(digits) == Some(&b'/')
}

/// Every range of `text` to mask because it can be the password of an address, in order. In doubt
/// it can: words are split at blanks only, across quotes and line continuations.
pub fn doubtful(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut done = 0;
    memchr_iter(b'@', text.as_bytes()).filter_map(move |at| {
        if at < done {
            return None;
        }
        let start = word_start(text.as_bytes(), done, at);
        done = word_end(text.as_bytes(), at);
        let last = start + memrchr(b'@', &text.as_bytes()[start..done])?;
        masked_part(text, start..last)
    })
}

/// The shortest user name that may be a token.
const SHORTEST_TOKEN: usize = 12;

/// Whether a user name looks like a token: long, with letters and digits, or letters of both cases,
/// unlike `git`, `oauth2` and `x-access-token`.
pub(super) fn is_token(user: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| user.iter().any(test);
    let is_mixed =
        has(u8::is_ascii_digit) || has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase);
    user.len() >= SHORTEST_TOKEN && has(u8::is_ascii_alphabetic) && is_mixed
}

/// Every user name without a password in a URL of `text` that looks like a token.
pub fn tokens(text: &str) -> impl Iterator<Item = Range<usize>> {
    SCHEME_END.find_all(text).filter_map(move |colon| {
        let start = colon + SCHEME_END.len();
        let rest = text.as_bytes().get(start..)?;
        let is_user = |byte: &&u8| byte.is_ascii_alphanumeric() || b"-_.~%+=".contains(byte);
        let len = rest.iter().take_while(is_user).count();
        let is_alone = rest.get(len) == Some(&b'@');
        (is_alone && is_token(&rest[..len])).then_some(start..start + len)
    })
}

/// Where the word around `at` begins, not before `least`. A line's continuation belongs to the word.
fn word_start(bytes: &[u8], least: usize, at: usize) -> usize {
    let mut start = at;
    while start > least {
        match bytes[start - 1] {
            b' ' | b'\t' | b'\r' | b'\n' => match before_continuation(&bytes[least..start]) {
                Some(len) => start = least + len,
                None => break,
            },
            _ => start -= 1,
        }
    }
    start
}

/// If `before` ends in a line continuation and blanks: its length without them.
fn before_continuation(before: &[u8]) -> Option<usize> {
    let line_end = before.trim_ascii_end().len();
    let cut = &before[line_end..];
    let continued = before[..line_end]
        .strip_suffix(b"\\")
        .or(before[..line_end].strip_suffix(b"`"))?;
    let adjacent = matches!(cut, [b'\n', ..] | [b'\r', b'\n', ..]);
    (adjacent && memchr_iter(b'\n', cut).count() == 1).then_some(continued.len())
}

/// Where the word around `at` ends.
fn word_end(bytes: &[u8], at: usize) -> usize {
    let mut end = at;
    while end < bytes.len() {
        match &bytes[end..] {
            [b'\\' | b'`', b'\n', ..] => end += 2,
            [b'\\' | b'`', b'\r', b'\n', ..] => end += 3,
            [b' ' | b'\t' | b'\r' | b'\n', ..] => break,
            _ => end += 1,
        }
    }
    end
}

/// The part of a word up to its last `@` that can be a password.
fn masked_part(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    let before = text.get(word.clone())?.as_bytes();
    let is_digest = text.get(word.end + 1..).is_some_and(|after| {
        ["sha256:", "sha384:", "sha512:"]
            .iter()
            .any(|algorithm| after.starts_with(algorithm))
    });
    let from = password_start(before)?;
    if is_digest || before[..from].ends_with(b"mailto:") {
        return None;
    }
    let (user, password) = (&before[..from - 1], &before[from..]);
    if password.is_empty() || password == b"x-oauth-basic" {
        // a token stands in the user's place
        let begins = |byte: &u8| !matches!(byte, b'/' | b'=' | b'"' | b'\'');
        let len = user.iter().rev().take_while(|byte| begins(byte)).count();
        return Some(word.start + user.len() - len..word.start + user.len());
    }
    Some(word.start + from..word.end)
}

/// Offset behind the colon that ends the user name.
fn password_start(before: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let colon = from + memchr(b':', &before[from..])?;
        let rest = &before[colon + 1..];
        let is_scheme = rest.first() == Some(&b'/');
        if !is_scheme && !ends_json_key(before, colon) {
            // `git@host:team/app@v1`: the user stands before the `@`
            let user = &before[from..colon];
            return (!has_user(user, b"git@")).then_some(colon + 1);
        }
        from = colon + 1;
    }
}

fn has_user(text: &[u8], user: &[u8]) -> bool {
    text.trim_ascii_start()
        .strip_prefix(b"//")
        .unwrap_or(text)
        .starts_with(user)
}

/// Whether the colon ends a JSON key: `{"http-proxy":"u:p@h"}`. The quote behind it is still open
/// at the `@`; in the shell's `"u":"p"@h` it is closed.
fn ends_json_key(before: &[u8], colon: usize) -> bool {
    let quote = colon.checked_sub(1).map(|at| before[at]);
    let rest = &before[colon + 1..];
    matches!(quote, Some(b'"' | b'\''))
        && quote == rest.first().copied()
        && rest.iter().filter(|&&byte| Some(byte) == quote).count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn urls(text: &str) -> Vec<(&str, &str)> {
        in_urls(text)
            .map(|found| (&text[found.user], &text[found.password]))
            .collect()
    }

    #[test]
    fn users_and_passwords_of_urls() {
        assert_eq!(urls("http://u:p@h"), [("u", "p")]);
        assert_eq!(urls("x http://u:p@ss/w@h:1 y"), [("u", "p@ss/w")]);
        assert_eq!(
            urls("https://u:p@a,https://v:q@b|direct"),
            [("u", "p"), ("v", "q")]
        );
        assert_eq!(
            urls("http://user@h http://h:8080/@scope git@h:a/b http://u:@h"),
            []
        );
        assert_eq!(urls("http://${U}:${P:-a b}@h"), [("${U}", "${P:-a b}")]);
    }

    #[test]
    fn addresses_with_broken_schemes() {
        for address in [
            "u:p@h:1",
            "http:/u:p@h",
            "https//u:p@h",
            "http:u:p@h",
            "http:///u:p@h",
        ] {
            let found = in_address(address);
            assert_eq!(
                found.map(|found| &address[found.password]),
                Some("p"),
                "{address}"
            );
        }
        assert_eq!(in_address("proxy.example:3128"), None);
        assert_eq!(in_address("git@h:a/b"), None);
    }

    #[test]
    fn in_doubt_it_is_a_password() {
        let masked =
            |text: &'static str| doubtful(text).map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(masked("http://u:p@ss@h:1"), ["p@ss"]);
        assert_eq!(masked("A=u:'p'\"q\"@h"), ["'p'\"q\""]);
        assert_eq!(masked("u:pa\\\nss@h x"), ["pa\\\nss"]);
        assert_eq!(masked("{\"http-proxy\":\"u:p@h\"}"), ["p"]);
        assert_eq!(masked("\"u\":\"p\"@h"), ["\"p\""]);
        assert_eq!(
            masked("FROM alpine:3@sha256:00 git@h:a/b maintainer: a@b"),
            [] as [&str; 0]
        );
        assert_eq!(masked("https//u:p@h http:/u:q@h"), ["p", "q"]);
    }
}
