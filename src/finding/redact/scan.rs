//! What to mask in raw text.

use std::ops::Range;

use super::{env_file, torn};
use crate::secrets::interpolation::{self, Interpolation};
use crate::secrets::settings::{self, Notation};
use crate::secrets::{
    Names, connections, formats, instruction_words as words, names, options, pem, phrases, userinfo,
};
use crate::source::FileKind;

/// What to mask in a file.
pub(super) fn file(text: &str, kind: FileKind, names: &Names) -> Vec<Range<usize>> {
    let notation = Notation {
        multiline: !matches!(kind, FileKind::Dockerfile | FileKind::Unit),
        back_quotes: false,
        flow: kind == FileKind::Compose,
    };
    // `content` is the text of a secret or config written in the project itself
    let also = if kind == FileKind::Compose {
        "content"
    } else {
        ""
    };
    let mut ranges = everywhere(text, notation, names, also);
    if kind == FileKind::Configuration {
        ranges.retain(|range| !is_level(text, range));
    }
    if is_env_file(kind) {
        ranges.extend(env_file::values(text, kind).filter_map(|range| trimmed(text, range)));
    }
    merged(ranges)
}

/// Whether a rule's level is at `range` in the configuration: `secret-in-arg = "off"`.
fn is_level(text: &str, range: &Range<usize>) -> bool {
    let before = text.get(..range.start).unwrap_or_default();
    let before = before.trim_end_matches(['"', '\'', '=', ' ']);
    let key = before.rsplit(|c: char| !c.is_ascii_lowercase() && c != '-');
    let value = text.get(range.clone()).unwrap_or_default();
    value.bytes().all(|byte| byte.is_ascii_lowercase())
        && key.take(1).any(|key| key.starts_with("secret-"))
}

/// What to mask in a message.
pub(super) fn text(text: &str, names: &Names) -> Vec<Range<usize>> {
    let notation = Notation {
        multiline: true,
        back_quotes: true,
        flow: false,
    };
    merged(everywhere(text, notation, names, ""))
}

/// What to mask in the value of a setting.
pub(super) fn value(name: &str, value: &str, names: &Names) -> Vec<Range<usize>> {
    let notation = Notation {
        multiline: true,
        back_quotes: false,
        flow: false,
    };
    let mut ranges = everywhere(value, notation, names, "");
    if names.is_masked(name) && needs_mask(value) {
        ranges.extend(trimmed(value, 0..value.len()));
    }
    if names::is_proxy(name) {
        ranges.extend(in_proxy(value));
    }
    merged(ranges)
}

/// Whether every value of such a file is masked.
pub(super) fn is_env_file(kind: FileKind) -> bool {
    matches!(kind, FileKind::Dotenv | FileKind::EnvironmentFile)
}

/// What to mask in any text; the values of the name `also` are masked too.
fn everywhere(text: &str, notation: Notation, names: &Names, also: &str) -> Vec<Range<usize>> {
    let part = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
    let is_masked = |name: &str| names.is_masked(name);
    let wanted = |name: &str| is_masked(name) || names::is_proxy(name) || name == also;
    let accepts = |name: &str, value: &str| {
        if names::is_proxy(name) {
            in_proxy(value).is_some()
        } else {
            needs_mask(value)
        }
    };
    let mut ranges: Vec<Range<usize>> = userinfo::doubtful(text)
        .filter(|range| needs_mask(part(range)))
        .collect();
    ranges.extend(userinfo::tokens(text));
    ranges.extend(formats::find(text).map(|hit| hit.secret));
    ranges.extend(pem::find(text).map(|key| key.body));
    let settings = settings::find(text, notation, &wanted, &accepts);
    ranges.extend(settings.filter_map(|found| {
        if names::is_proxy(part(&found.name)) {
            let hidden = in_proxy(part(&found.value))?;
            Some(found.value.start + hidden.start..found.value.start + hidden.end)
        } else {
            trimmed(text, found.value)
        }
    }));
    let torn = torn::values(text, names).into_iter();
    ranges.extend(torn.filter_map(|range| trimmed(text, range)));
    let options = options::find(text, &is_masked).map(|found| found.secret);
    let phrases = phrases::find(text, &is_masked).into_iter();
    let given = options.chain(phrases.map(|phrase| phrase.secret));
    let is_torn = |name: &str, value: &str| {
        is_masked(name) || names::is_proxy(name) && in_place_of_port(value).is_some()
    };
    let given = given.chain(words::find(text, notation.back_quotes, &is_torn));
    let given = given.chain(connections::find(text));
    // A command that a message quotes may end in a variable: `tool --token $TOKEN`.
    let is_quoted_variable = |range: &Range<usize>| {
        let code = part(range).split_once('`').map(|(code, _)| code);
        let code = code.filter(|code| notation.back_quotes && code.starts_with('$'));
        code.is_some_and(|code| !needs_mask(code))
    };
    let given = given.filter(|range| needs_mask(part(range)) && !is_quoted_variable(range));
    ranges.extend(given.filter_map(|range| trimmed(text, range)));
    ranges
}

/// The password of a proxy's address, which may hold blanks and quotes that end a word elsewhere;
/// what follows the host, if it is a query; all of what is too long for an address.
fn in_proxy(address: &str) -> Option<Range<usize>> {
    if address.len() > LONGEST_SHOWN {
        return Some(0..address.len());
    }
    let Some(at) = address.rfind('@') else {
        return in_place_of_port(address);
    };
    let start = env_file::after_scheme(address).min(at);
    let colon = start + address.get(start..at)?.find(':')?;
    let query = address.get(at..)?.contains('?');
    let end = if query { address.len() } else { at };
    (query || needs_mask(address.get(colon + 1..at)?)).then_some(colon + 1..end)
}

/// What stands in an address where a port belongs and is no number: a password whose `@host` was
/// forgotten.
fn in_place_of_port(address: &str) -> Option<Range<usize>> {
    let rest = without_schemes(address);
    let host = address.len() - rest.len();
    let len = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`'));
    let (name, port) = rest.get(..len.unwrap_or(rest.len()))?.split_once(':')?;
    // Brackets of a list or map around it end the word, too.
    let is_number = port
        .trim_end_matches([']', '}', ','])
        .split(['/', '?', '#', ',', '|', ';'])
        .next()
        .is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()));
    let is_plain = !name.contains(['/', '[']) && !port.contains(['$', '{', '<', '%']);
    // Without a scheme it may be an address of IPv6, or a colon in prose.
    let is_port_like = host > 0
        || !name.is_empty()
            && port.starts_with(|c: char| c.is_ascii_alphabetic())
            && !port.contains(':');
    let is_secret =
        is_plain && is_port_like && !is_number && !port.to_ascii_lowercase().ends_with("port");
    let start = host + name.len() + 1;
    is_secret.then(|| start..start + port.len())
}

/// An address behind its scheme, and behind the one that Go puts before what it cannot read.
fn without_schemes(address: &str) -> &str {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '"' | '\'');
    let mut rest = address;
    while let Some((scheme, behind)) = rest.split_once("://")
        && scheme.chars().all(is_scheme)
    {
        rest = behind;
    }
    userinfo::without_scheme(rest)
}

/// The longest value that may be shown because nothing in it is secret.
const LONGEST_SHOWN: usize = 512;

/// Whether a value under the name of a secret is masked: unless it plainly stands for something
/// given elsewhere, it is.
pub(super) fn needs_mask(value: &str) -> bool {
    if value.len() > LONGEST_SHOWN {
        return true;
    }
    let value = value.trim();
    let unmasked = value.trim_end_matches('*');
    let is_masked =
        unmasked.len() < value.len() && (unmasked.is_empty() || formats::is_public_part(unmasked));
    let is_switch = SWITCHES
        .iter()
        .any(|switch| value.eq_ignore_ascii_case(switch));
    !is_masked && !is_switch && !stands_for_another(value) && !is_known_path(value)
}

/// Values that are no secret under any name.
const SWITCHES: &[&str] = &[
    "",
    "true",
    "false",
    "yes",
    "no",
    "on",
    "off",
    "null",
    "none",
    "~",
    "{}",
    "[]",
    "required",
    "requested",
    "optional",
    "htpasswd",
    "basic",
];

/// `$X`, `${X}`, `$(cat …)`, `{{ x }}`, `<x>`.
fn stands_for_another(value: &str) -> bool {
    // Compose writes `$$X` for the `$X` of a shell
    let shell = value
        .strip_prefix('$')
        .filter(|rest| rest.starts_with("${") || rest.strip_prefix('$').is_some_and(is_upper_name));
    let value = shell.unwrap_or(value);
    match interpolation::of(value) {
        Interpolation::Whole if !is_reference(value) => false,
        Interpolation::Whole => {
            let written = ["echo", "printf", "<<<"]
                .iter()
                .any(|command| value.contains(command));
            let is_said = interpolation::message_of(value).is_none_or(interpolation::is_prose);
            !written && is_said && !value.contains(":+") && !value.contains('+')
        }
        Interpolation::Template => {
            let inner = |open, close| {
                value
                    .strip_prefix(open)
                    .and_then(|rest: &str| rest.strip_suffix(close))
            };
            inner("{{", "}}").is_some_and(|inner| !inner.contains("}}"))
                || inner("<", ">").is_some_and(|inner| !inner.contains(['<', '>']))
                || inner("@", "@").is_some_and(is_upper_name)
                || inner("%", "%").is_some_and(is_upper_name)
        }
        Interpolation::Default(_) | Interpolation::Partial | Interpolation::None => false,
    }
}

/// Whether what `${…}` holds can be a name with an operator of Compose, a shell or a template, and no
/// password that somebody put in brackets: `${Pass!word}`.
fn is_reference(value: &str) -> bool {
    let Some(inner) = value.strip_prefix("${") else {
        return true;
    };
    let inner = inner.trim_start_matches(['{', '!', '#', ' ']);
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    let rest = inner.trim_start_matches(is_name);
    let operators = [
        '}', ':', '=', '?', '+', '#', '%', '/', '^', ',', '[', '@', ' ', '(', '|',
    ];
    rest.is_empty() || rest.starts_with(operators)
}

fn is_upper_name(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Where secrets usually lie; base64 may begin with `/` too, so only known folders count.
fn is_known_path(value: &str) -> bool {
    let is_path = value.bytes().all(|byte| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b':')
    });
    let folders = [
        "./",
        "../",
        "~/",
        "/app/",
        "/certs/",
        "/config/",
        "/etc/",
        "/home/",
        "/opt/",
        "/root/",
        "/run/",
        "/secrets/",
        "/srv/",
        "/tmp/",
        "/usr/",
        "/var/",
    ];
    is_path && folders.iter().any(|folder| value.starts_with(folder))
}

/// The range without blanks around it and without a token's public prefix.
fn trimmed(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let value = text.get(range.clone())?;
    let start = range.start + (value.len() - value.trim_start().len());
    let end = range.start + value.trim_end().len();
    if start >= end {
        return None;
    }
    let token = formats::find(text.get(start..end)?).next();
    let shown = token.filter(|hit| hit.range.start == 0 && hit.weight > formats::Weight::Doubtful);
    Some(start + shown.map_or(0, |hit| hit.secret.start)..end)
}

/// The ranges in order, joined where they meet; empty ones are left out.
pub(super) fn merged(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => merged.push(range),
        }
    }
    merged
}
