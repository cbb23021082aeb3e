//! Private keys in PEM.

use std::ops::Range;

use memchr::memmem;

use super::needle::Needle;

static BEGIN: Needle = Needle::new("-----BEGIN ");
const DASHES: &str = "-----";

/// A private key's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// From behind the header to before the footer, or to where the key's text ends.
    pub body: Range<usize>,
    /// Whether it is a key, not just a header somebody greps for.
    pub certain: bool,
}

/// Every private key in `text`, in order.
pub fn find(text: &str) -> impl Iterator<Item = Key> {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + BEGIN.find(text.get(from..)?)?;
            from = start + BEGIN.len();
            if let Some(key) = key_at(text, from) {
                from = key.body.end;
                return Some(key);
            }
        }
    })
}

/// The key whose label (`RSA PRIVATE KEY-----`) begins at `label`.
fn key_at(text: &str, label: usize) -> Option<Key> {
    let rest = text.get(label..)?;
    let len = rest
        .bytes()
        .take(64)
        .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ')
        .count();
    let name = rest.get(..len)?.trim_end();
    if !name.ends_with("PRIVATE KEY") && !name.ends_with("PRIVATE KEY BLOCK") {
        return None;
    }
    let start = label
        + len
        + rest
            .get(len..)?
            .starts_with(DASHES)
            .then_some(DASHES.len())?;
    let end = body_end(text, start);
    let body = text.get(start..end)?;
    // A body that a script puts together from variables has no long run.
    let longest = runs(body).max().unwrap_or_default();
    let magic = !name.starts_with("OPENSSH") || body.contains("b3BlbnNzaC1rZXktdjE");
    Some(Key {
        body: start..end,
        certain: longest >= 10 && magic && super::checks::varies(body),
    })
}

/// Where the key's text ends: before the footer, else where the lines stop looking like a key's.
fn body_end(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let dashes = memmem::find(rest.as_bytes(), DASHES.as_bytes());
    let (run, after) = rest.split_at(dashes.unwrap_or(rest.len()));
    let closed = after.starts_with("-----END");
    start + if closed { run.len() } else { unfinished(run) }
}

/// The lengths of the runs of base64 in a text.
fn runs(text: &str) -> impl Iterator<Item = usize> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=')))
        .map(str::len)
}

/// Length of the lines that can be a key's; the first is what stands behind the header.
fn unfinished(run: &str) -> usize {
    let mut end = 0;
    for (at, line) in run.split_inclusive('\n').enumerate() {
        let looks_like_key = runs(line).max().unwrap_or_default() >= 16;
        if !looks_like_key && (at > 0 || !line.trim().is_empty()) {
            break;
        }
        end += line.len();
    }
    run.get(..end).unwrap_or_default().trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_and_headers_are_not_certain() {
        let header = ["-----BEGIN RSA", "PRIVATE KEY-----"].join(" ");
        let text =
            format!("A\n{header}\nU3ludGhldGlj\nRG9ja2xpbnQ=\n-----END RSA PRIVATE KEY-----\n");
        let keys: Vec<Key> = find(&text).collect();
        assert_eq!(keys.len(), 1);
        assert!(keys[0].certain);
        assert_eq!(
            text[keys[0].body.clone()].trim(),
            "U3ludGhldGlj\nRG9ja2xpbnQ="
        );
        for script in [
            format!("grep '{header}' x"),
            format!("echo \"{header}\" > k && echo \"${{SSH_KEY_TEXT}}\" >> k"),
        ] {
            assert!(find(&script).all(|key| !key.certain), "{script}");
        }
        assert_eq!(find("-----BEGIN CERTIFICATE-----\nabc").count(), 0);
    }
}
