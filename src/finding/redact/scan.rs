//! What to mask in raw text.

use std::ops::Range;

use super::env_file;
use crate::secrets::interpolation::{self, Interpolation};
use crate::secrets::settings::{self, Notation};
use crate::secrets::{Names, formats, names, options, pem, phrases, userinfo};
use crate::source::FileKind;

/// What to mask in a file.
pub(super) fn file(text: &str, kind: FileKind, names: &Names) -> Vec<Range<usize>> {
    let notation = Notation {
        multiline: !matches!(kind, FileKind::Dockerfile | FileKind::Unit),
        back_quotes: false,
    };
    let mut ranges = everywhere(text, notation, names);
    if is_env_file(kind) {
        ranges.extend(env_file::values(text, kind).filter_map(|range| trimmed(text, range)));
    }
    merged(ranges)
}

/// What to mask in a message.
pub(super) fn text(text: &str, names: &Names) -> Vec<Range<usize>> {
    let notation = Notation {
        multiline: true,
        back_quotes: true,
    };
    merged(everywhere(text, notation, names))
}

/// What to mask in the value of a setting.
pub(super) fn value(name: &str, value: &str, names: &Names) -> Vec<Range<usize>> {
    let mut ranges = everywhere(
        value,
        Notation {
            multiline: true,
            back_quotes: false,
        },
        names,
    );
    if names.is_masked(name) && needs_mask(value) {
        ranges.extend(trimmed(value, 0..value.len()));
    }
    if names::is_proxy(name) {
        // a proxy may have a token for a user, and blanks in a password
        ranges.extend(
            value
                .rfind('@')
                .map(|at| env_file::after_scheme(value).min(at)..at),
        );
    }
    merged(ranges)
}

/// Whether every value of such a file is masked.
pub(super) fn is_env_file(kind: FileKind) -> bool {
    matches!(kind, FileKind::Dotenv | FileKind::EnvironmentFile)
}

fn everywhere(text: &str, notation: Notation, names: &Names) -> Vec<Range<usize>> {
    let wanted = |name: &str| names.is_masked(name);
    let mut ranges: Vec<Range<usize>> = userinfo::doubtful(text)
        .filter(|range| needs_mask(&text[range.clone()]))
        .collect();
    ranges.extend(formats::find(text).map(|hit| hit.secret));
    ranges.extend(pem::find(text).map(|key| key.body));
    let named = settings::find(text, notation, &wanted, &needs_mask).map(|setting| setting.value);
    ranges.extend(named.filter_map(|range| trimmed(text, range)));
    let given = options::find(text, &wanted)
        .map(|found| found.secret)
        .chain(phrases::find(text, &wanted));
    ranges.extend(
        given
            .filter(|range| needs_mask(&text[range.clone()]))
            .filter_map(|range| trimmed(text, range)),
    );
    ranges
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
        Interpolation::Whole => {
            let written = ["echo", "printf", "<<<"]
                .iter()
                .any(|command| value.contains(command));
            !written && !value.contains(":+") && !value.contains('+')
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
