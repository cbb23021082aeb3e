//! `.env` files, and those that `env_file` and `EnvironmentFile=` name: every value is masked but
//! proxy hosts, mirror URLs and what plainly is no secret.

use std::ops::Range;

use super::scan::needs_mask;
use crate::secrets::{is_note, names};
use crate::source::FileKind;

/// The values to mask in the text of such a file.
pub(super) fn values(text: &str, kind: FileKind) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let line = at..line_end(text, at);
            let (end, value) = assignment(text, line, kind);
            at = end + 1;
            if value.is_some() {
                return value;
            }
        }
        None
    })
}

/// The end of an assignment, which may run over several lines, and what to mask in it.
fn assignment(text: &str, line: Range<usize>, kind: FileKind) -> (usize, Option<Range<usize>>) {
    let content = text.get(line.clone()).unwrap_or_default();
    let comment = content.trim_start().starts_with(['#', ';']);
    let separator = content.find(|c| c == '=' || c == ':' && kind == FileKind::Dotenv);
    let Some(separator) = separator else {
        let shown = comment || content.trim().bytes().all(is_name) && content.trim().len() <= 40;
        return (line.end, (!shown).then_some(line));
    };
    let name = content
        .get(..separator)
        .unwrap_or_default()
        .trim_start_matches(['#', ';', ' ', '\t']);
    let name = name.strip_prefix("export ").unwrap_or(name).trim();
    if comment && !name.bytes().all(is_name) {
        return (line.end, None);
    }
    let after = content.get(separator + 1..).unwrap_or_default();
    let start = line.end - after.trim_start().len();
    let (end, value) = extent(text, start..line.end, kind, comment);
    let shown = text.get(value.clone()).unwrap_or_default();
    // Of a CRLF: part of the line's end.
    let shown = shown.trim_end_matches('\r');
    let value = value.start..value.start + shown.len();
    let masked = if is_location(name) {
        hidden_part(shown).map(|part| value.start + part.start..value.start + part.end)
    } else {
        Some(value)
    };
    (end, masked.filter(|_| !is_shown(name, shown)))
}

/// Where the value that begins at `rest.start` ends: the end of its last line, and its bytes.
fn extent(text: &str, rest: Range<usize>, kind: FileKind, comment: bool) -> (usize, Range<usize>) {
    let value = text.get(rest.start..).unwrap_or_default();
    if let Some(quote) = value.chars().next().filter(|c| matches!(c, '"' | '\''))
        && let Some(close) = closing_quote(value, quote, comment)
    {
        let end = line_end(text, rest.start + close);
        let behind = text
            .get(rest.start + close + 1..end)
            .unwrap_or_default()
            .trim();
        let inside = rest.start + 1..rest.start + close;
        let alone = behind.is_empty() || behind.starts_with('#');
        return (end, if alone { inside } else { rest.start..end });
    }
    let mut end = rest.end;
    while kind == FileKind::EnvironmentFile
        && !comment
        && end < text.len()
        && text
            .get(rest.start..end)
            .unwrap_or_default()
            .trim_end_matches('\r')
            .ends_with('\\')
    {
        end = line_end(text, end + 1);
    }
    let value = text.get(rest.start..end).unwrap_or_default();
    let note = if kind == FileKind::Dotenv {
        let is_behind =
            |at: &usize| is_note(value, *at) || value.get(..*at).is_none_or(|it| !needs_mask(it));
        value.find(" #").filter(is_behind)
    } else {
        None
    };
    (end, rest.start..rest.start + note.unwrap_or(value.len()))
}

/// Offset of the quote that closes the value; in a comment on the same line.
fn closing_quote(value: &str, quote: char, one_line: bool) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in value.char_indices().skip(1) {
        match c {
            '\n' if one_line => return None,
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return Some(at),
            _ => {}
        }
    }
    None
}

/// Whether a value of that name is shown as it is, as far as this file's kind is concerned.
pub(super) fn is_shown(name: &str, value: &str) -> bool {
    !needs_mask(value)
        || HARMLESS
            .iter()
            .any(|known| known.eq_ignore_ascii_case(name))
        || (is_location(name) && hidden_part(value).is_none())
}

/// Settings that only steer Compose and the builder.
const HARMLESS: &[&str] = &[
    "BUILDKIT_PROGRESS",
    "COMPOSE_BAKE",
    "COMPOSE_DOCKER_CLI_BUILD",
    "COMPOSE_FILE",
    "COMPOSE_PATH_SEPARATOR",
    "COMPOSE_PROFILES",
    "COMPOSE_PROJECT_NAME",
    "DOCKER_BUILDKIT",
];

/// Whether the setting says where a proxy or mirror is.
fn is_location(name: &str) -> bool {
    const NAMES: &[&str] = &[
        "GOPROXY",
        "GOSUMDB",
        "GOPRIVATE",
        "GONOPROXY",
        "GONOSUMDB",
        "GOINSECURE",
        "NO_PROXY",
        "RUSTUP_DIST_SERVER",
        "RUSTUP_UPDATE_ROOT",
        "PIP_TRUSTED_HOST",
    ];
    const TAILS: &[&str] = &[
        "_MIRROR",
        "_MIRRORS",
        "_REGISTRY",
        "_INDEX_URL",
        "_DEFAULT_INDEX",
        "_INDEX",
    ];
    let ends_in = |tail: &&str| {
        let end = name.len().checked_sub(tail.len());
        end.and_then(|end| name.get(end..))
            .is_some_and(|end| end.eq_ignore_ascii_case(tail))
    };
    names::is_proxy(name)
        || NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
        || TAILS.iter().any(ends_in)
}

/// The part of an address that is not shown: user and password, query, or all of it if it does not
/// look like addresses.
fn hidden_part(value: &str) -> Option<Range<usize>> {
    let is_address =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%|{} ".contains(&byte);
    if !value.bytes().all(is_address) {
        return Some(0..value.len());
    }
    if let Some(at) = value.rfind('@') {
        return Some(after_scheme(value).min(at)..at);
    }
    value.find('?').map(|query| query..value.len())
}

/// Offset behind `scheme://`.
pub(super) fn after_scheme(address: &str) -> usize {
    address.find("://").map_or(0, |at| at + 3)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn line_end(text: &str, at: usize) -> usize {
    let rest = text.as_bytes().get(at..).unwrap_or_default();
    memchr::memchr(b'\n', rest).map_or(text.len(), |len| at + len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_make_no_difference() {
        let text = "HTTP_PROXY=http://proxy.example:3128\nNO_PROXY=localhost\nB=http://u@h\nGOPROXY=https://u@h/\nA='x y' # z\nC=x # z\nfoo bar\n";
        let masked = |text: &str, kind| -> Vec<String> {
            let values = values(text, kind);
            values.map(|at| text[at].trim_end().to_owned()).collect()
        };
        for kind in [FileKind::Dotenv, FileKind::EnvironmentFile] {
            let crlf = masked(&text.replace('\n', "\r\n"), kind);
            assert_eq!(crlf, masked(text, kind));
            assert!(!crlf.iter().any(|value| value.contains("3128")), "{crlf:?}");
        }
    }
}
