//! `%` specifiers (`src/shared/specifier.c`, `src/core/unit-printf.c`, v252).

use std::ops::Range;

use crate::model::{Piece, Unknown, Value};

use super::host::Host;

/// A text with its specifiers expanded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expanded {
    pub value: Value<'static>,
    /// Each specifier that was replaced: its two bytes in the text, its letter, its value if known.
    pub replaced: Vec<Replaced>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Replaced {
    pub at: Range<usize>,
    pub letter: char,
    pub value: Option<String>,
}

/// The two bytes of a specifier that does not exist; the text as a whole is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct UnknownSpecifier {
    pub at: Range<usize>,
}

/// The unit a text belongs to.
pub(super) struct Context<'a> {
    /// The unit's main name.
    pub unit: &'a str,
    /// Where its unit file stands.
    pub fragment: Option<&'a str>,
    pub host: &'a Host<'a>,
}

/// Replaces the specifiers of `text`.
pub(super) fn expand(text: &str, context: &Context) -> Result<Expanded, UnknownSpecifier> {
    let mut pieces = Vec::new();
    let mut literal = String::new();
    let mut replaced = Vec::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        if c != '%' {
            literal.push(c);
            continue;
        }
        match chars.next() {
            None | Some((_, '%')) => literal.push('%'),
            Some((_, letter)) if !letter.is_ascii_alphanumeric() => {
                literal.push('%');
                literal.push(letter);
            }
            Some((_, letter)) => {
                let at = at..at + 2;
                let value = lookup(letter, context).ok_or(UnknownSpecifier { at: at.clone() })?;
                if let Value::Known(text) = &value {
                    literal.push_str(text);
                } else {
                    pieces.push(Piece::Text(std::mem::take(&mut literal).into()));
                    pieces.push(Piece::Unknown(Unknown::Platform));
                }
                replaced.push(Replaced {
                    at,
                    letter,
                    value: value.as_known().map(str::to_owned),
                });
            }
        }
    }
    pieces.push(Piece::Text(literal.into()));
    let value = Value::from_pieces(pieces);
    Ok(Expanded { value, replaced })
}

/// The value of a specifier; `None` if there is none of that letter.
fn lookup(letter: char, context: &Context) -> Option<Value<'static>> {
    let host = context.host;
    let prefix = context
        .unit
        .rsplit_once('.')
        .map_or("", |(prefix, _)| prefix);
    let (prefix, instance) = prefix.split_once('@').unwrap_or((prefix, ""));
    let last = prefix.rsplit('-').next().unwrap_or_default();
    let known = |text: &str| Some(Value::known(text.to_owned()));
    let maybe =
        |text: Option<String>| Some(text.map_or(Value::Unknown(Unknown::Platform), Value::known));
    match letter {
        'n' => known(context.unit),
        'N' => known(context.unit.rsplit_once('.').map_or("", |(name, _)| name)),
        'p' => known(prefix),
        'P' => known(&unescape(prefix)),
        'i' => known(instance),
        'I' => known(&unescape(instance)),
        'j' => known(last),
        'J' => known(&unescape(last)),
        'f' if instance.is_empty() => known(&format!("/{}", unescape(prefix))),
        'f' => known(&format!("/{}", unescape(instance))),
        'y' => maybe(context.fragment.map(str::to_owned)),
        'Y' => maybe(
            context
                .fragment
                .and_then(|path| Some(path.rsplit_once('/')?.0.to_owned())),
        ),
        'c' => maybe(host.is_system().then(|| format!("/{}", context.unit))),
        'd' => maybe(
            host.is_system()
                .then(|| format!("/run/credentials/{}", context.unit)),
        ),
        'C' => maybe(host.directory("/var/cache", Some(".cache"))),
        'E' => maybe(host.directory("/etc", Some(".config"))),
        'L' => maybe(host.directory("/var/log", None)),
        'S' => maybe(host.directory("/var/lib", None)),
        't' => maybe(host.directory("/run", None)),
        'h' => known(host.home()),
        'T' => known("/tmp"),
        'V' => known("/var/tmp"),
        'u' | 'g' => maybe((host.home() == "/root").then(|| "root".to_owned())),
        'U' | 'G' => maybe((host.home() == "/root").then(|| "0".to_owned())),
        'H' => maybe(host.hostname()),
        'l' => maybe(
            host.hostname()
                .map(|name| name.split('.').next().unwrap_or_default().to_owned()),
        ),
        'a' => maybe(host.facts.architecture.clone()),
        'v' => maybe(host.facts.kernel.clone()),
        'm' => maybe(host.machine_id()),
        'A' => maybe(host.os_release("IMAGE_VERSION")),
        'B' => maybe(host.os_release("BUILD_ID")),
        'M' => maybe(host.os_release("IMAGE_ID")),
        'W' => maybe(host.os_release("VARIANT_ID")),
        'o' => maybe(host.os_release("ID")),
        'w' => maybe(host.os_release("VERSION_ID")),
        'b' | 'q' | 'r' | 'R' | 's' => maybe(None),
        _ => None,
    }
}

/// `unit_name_unescape`: `-` is `/`, `\xNN` a byte.
fn unescape(name: &str) -> String {
    let mut out = Vec::new();
    let mut rest = name.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let code = match (byte, after) {
            (b'\\', [b'x', high, low, ..]) => {
                let digit = |byte: u8| char::from(byte).to_digit(16);
                digit(*high).zip(digit(*low)).map(|(h, l)| h * 16 + l)
            }
            _ => None,
        };
        match code.and_then(|code| u8::try_from(code).ok()) {
            Some(code) => {
                out.push(code);
                rest = after.get(3..).unwrap_or_default();
            }
            None => out.push(if byte == b'-' { b'/' } else { byte }),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::host::{Facts, Manager};
    use super::*;
    use crate::source::MemoryTree;

    fn value(text: &str) -> Result<String, Range<usize>> {
        let tree = MemoryTree::default();
        let facts = Facts {
            hostname: Some("box.corp".into()),
            ..Facts::default()
        };
        let host = Host::new(&tree, &Manager::System, &facts);
        let context = Context {
            unit: "docker-ci.service",
            fragment: None,
            host: &host,
        };
        expand(text, &context)
            .map(|done| done.value.as_known().unwrap_or("?").to_owned())
            .map_err(|error| error.at)
    }

    #[test]
    fn specifiers_as_systemd_252_knows_them() {
        let cases = [
            (
                "%n %p %P %j %f",
                "docker-ci.service docker-ci docker/ci ci /docker/ci",
            ),
            ("%%40 %- 100%", "%40 %- 100%"),
            ("%C3%A9"[..3].as_ref(), "/var/cache3"),
            ("%H %l", "box.corp box"),
            ("%é", "%é"),
            ("x%b", "?"),
        ];
        for (text, expected) in cases {
            assert_eq!(value(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(value("u:p%40"), Err(3..5));
        assert_eq!(value("%%%40"), Err(2..4));
        assert!(value("%D").is_err() && value("%F").is_err() && value("%e").is_err());
    }
}
