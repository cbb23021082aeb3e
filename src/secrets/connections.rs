//! Passwords and signatures in connection strings and addresses whose names mean something else
//! elsewhere: `;Pwd=v`, `?sig=v`.

use std::ops::Range;

use memchr::memchr_iter;

use super::extent::is_quote;

/// Names of an address's parameters that hold its signature (Azure's SAS, the signed URLs of S3
/// and of Google's storage).
const SIGNATURES: &[&str] = &["sig", "signature", "x-amz-signature", "x-goog-signature"];

/// The longest name that is looked at.
const LONGEST_NAME: usize = 20;

/// Every such secret in `text`, in order.
pub fn find(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut done = 0;
    memchr_iter(b'=', text.as_bytes()).filter_map(move |at| {
        // What stands in a value is part of it: a run of `,pwd=` is read once.
        if at < done {
            return None;
        }
        let before = text.as_bytes().get(..at)?;
        let name_end = before.trim_ascii_end().len();
        let is_name = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let len = before[..name_end]
            .iter()
            .rev()
            .take(LONGEST_NAME)
            .take_while(is_name)
            .count();
        let name = text.get(name_end - len..name_end)?;
        let separator = (name_end - len).checked_sub(1).map(|at| before[at]);
        let is_signature = || SIGNATURES.iter().any(|it| it.eq_ignore_ascii_case(name));
        let found = match separator {
            Some(b'?' | b'&') if is_signature() => value(text, at + 1, b"&#"),
            _ if name.eq_ignore_ascii_case("pwd")
                && is_parameter(name, &before[..name_end - len]) =>
            {
                value(text, at + 1, b";&")
            }
            _ => return None,
        };
        done = found.end;
        Some(found)
    })
}

/// Whether `pwd` is a connection's password: behind a semicolon, or spelt otherwise than the
/// shell's variable.
fn is_parameter(name: &str, before: &[u8]) -> bool {
    match before.trim_ascii_end().last() {
        Some(b';') => before.last() != Some(&b'\n'),
        _ if name == "PWD" => false,
        _ => before.last().is_none_or(|byte| {
            byte.is_ascii_whitespace() || is_quote(*byte) || b"?&,(".contains(byte)
        }),
    }
}

/// The value that begins at `start` or behind blanks there.
fn value(text: &str, start: usize, ends: &[u8]) -> Range<usize> {
    let bytes = text.as_bytes();
    let blanks = |at: usize| {
        let rest = bytes.get(at..).unwrap_or_default();
        rest.iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count()
    };
    let start = start + blanks(start);
    let quote = bytes.get(start).copied().filter(|byte| is_quote(*byte));
    let start = start + usize::from(quote.is_some());
    let rest = bytes.get(start..).unwrap_or_default();
    let is_end = |byte: &u8| match quote {
        Some(quote) => *byte == quote || *byte == b'\n',
        None => {
            byte.is_ascii_whitespace() || is_quote(*byte) || *byte == b'`' || ends.contains(byte)
        }
    };
    let len = rest.iter().position(is_end).unwrap_or(rest.len());
    start..start + len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_with_their_secrets() {
        let found = |text: &'static str| find(text).map(|at| &text[at]).collect::<Vec<_>>();
        assert_eq!(found("Server=x;Uid=a;PWD=v w;A=b"), ["v"]);
        assert_eq!(found("\"host=h pwd='v w' a=b\""), ["v w"]);
        assert_eq!(found("https://h/x?se=1&sig=v%3D&a=b"), ["v%3D"]);
        assert_eq!(found("PWD=/a OLD_PWD=b sig=c;\nPWD=d"), [] as [&str; 0]);
    }
}
