//! Texts that a key takes or refuses: what Compose reads out of a string once its shape is right.

use std::net::IpAddr;

pub(super) use crate::model::duration::is_composes as is_duration;

/// `512m`, `1.5 GiB` (docker/go-units `RAMInBytes`).
pub(super) fn is_size(text: &str) -> bool {
    let Some(end) = text.rfind(|c: char| c.is_ascii_digit() || c == '.' || c == ' ') else {
        return false;
    };
    let (number, rest) = text.split_at(end + 1);
    let number = number.strip_suffix(' ').unwrap_or(number);
    let rest = rest.to_ascii_lowercase();
    let is_unit = match rest.strip_prefix(['k', 'm', 'g', 't', 'p']) {
        Some(rest) => matches!(rest, "" | "b" | "ib"),
        None => matches!(rest.as_str(), "" | "b"),
    };
    is_unit && number.parse().is_ok_and(|number: f64| number >= 0.0)
}

/// A number that is written as text.
pub(super) fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

/// A whole number that is written as text.
pub(super) fn is_whole_number(text: &str) -> bool {
    text.parse::<i64>().is_ok()
}

/// `HOST=ADDRESS` or `HOST:ADDRESS`; the address may be empty.
pub(super) fn is_host(text: &str) -> bool {
    text.find(['=', ':']).is_some_and(|end| end > 0)
}

/// `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]` (docker/go-connections `nat.ParsePortSpec`; Compose wants
/// the container's port not to be 0).
pub(super) fn is_port(text: &str) -> bool {
    let (outside, container) = text.rsplit_once(':').unwrap_or(("", text));
    let (address, host) = outside.rsplit_once(':').unwrap_or(("", outside));
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    let protocol = protocol.to_ascii_lowercase();
    let Some((first, last)) = ports(container).filter(|&(first, _)| first > 0) else {
        return false;
    };
    let goes_with_host = host.is_empty()
        || ports(host).is_some_and(|(from, to)| first == last || to - from == last - first);
    goes_with_host
        && matches!(protocol.as_str(), "" | "tcp" | "udp" | "sctp")
        && (address.is_empty() || is_address(address))
}

/// `PORT` or `FIRST-LAST`. What stands behind a second dash is not read.
fn ports(text: &str) -> Option<(u16, u16)> {
    let mut ends = text.split('-').map(|port| {
        let is_number = port.bytes().all(|byte| byte.is_ascii_digit());
        is_number.then(|| port.parse().ok()).flatten()
    });
    let first = ends.next()??;
    let last = ends.next().unwrap_or(Some(first))?;
    (first <= last).then_some((first, last))
}

fn is_address(text: &str) -> bool {
    let inner = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    inner.unwrap_or(text).parse::<IpAddr>().is_ok()
}

/// Whether all quotes and parentheses of a command line have an end (mattn/go-shellwords `Parse`,
/// which reads up to the first `;`, `&`, `|`, `<` or `>` outside of them).
pub(super) fn is_command(line: &str) -> bool {
    let (mut single, mut double, mut backquote, mut parenthesis) = (false, false, false, false);
    let mut last = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        let is_outside = !(single || double || backquote || parenthesis);
        match c {
            '\\' if !single => match chars.next() {
                Some(escaped) => last = Some(escaped),
                None => return false,
            },
            ' ' | '\t' | '\r' | '\n' if is_outside => last = None,
            '"' if !single && !parenthesis => double = !double,
            '\'' if !double && !parenthesis => single = !single,
            '(' if !(single || double || backquote) && (parenthesis || last != Some('$')) => {
                return false;
            }
            ';' | '&' | '|' | '<' | '>' if is_outside => return true,
            _ => {
                match c {
                    '`' if !(single || double || parenthesis) => backquote = !backquote,
                    '(' | ')' if !(single || double || backquote) => parenthesis = !parenthesis,
                    _ => {}
                }
                last = Some(c);
            }
        }
    }
    !(single || double || backquote || parenthesis)
}

/// Holds a letter or digit with one of `[a-zA-Z0-9_.-]` behind it; the pattern is not anchored.
pub(super) fn is_container_name(name: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    name.as_bytes()
        .windows(2)
        .any(|pair| matches!(*pair, [a, b] if a.is_ascii_alphanumeric() && is_inner(b)))
}

/// Holds one of the words; the pattern is not anchored.
pub(super) fn is_pull_policy(policy: &str) -> bool {
    let words = [
        "always",
        "never",
        "build",
        "if_not_present",
        "missing",
        "refresh",
        "daily",
        "weekly",
    ];
    let is_interval = |rest: &str| {
        let unit = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        unit.len() < rest.len() && unit.starts_with(['w', 'd', 'h', 'm', 's'])
    };
    words.iter().any(|word| policy.contains(word))
        || policy.split("every_").skip(1).any(is_interval)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn holds(test: fn(&str) -> bool, good: &[&str], bad: &[&str]) {
        for text in good {
            assert!(test(text), "{text} is fine");
        }
        for text in bad {
            assert!(!test(text), "{text} is refused");
        }
    }

    /// Each of these was given to Compose 2.40.3 as `mem_limit`, `extra_hosts`, `ports` or `command`.
    #[test]
    fn texts_are_refused_as_compose_does() {
        holds(
            is_size,
            &["1m", "1MiB", "1 m", "1.5 GiB", "1e3", "1.m", "1 ", "5B"],
            &["", "1x", "-1", "1e", "inf", "1ib", "1kbi", "m"],
        );
        holds(is_host, &["a=b", "a:", "a=1=2"], &["", "a", "=b", ":"]);
        holds(
            is_port,
            &[
                "80",
                "8080:80",
                "127.0.0.1::80",
                "[::1]:80:80",
                "::1:80:80",
                "80-82:80",
                "80-82:90-92",
                "80/",
                "53:53/UDP",
                "080",
                "0:80",
                "1-2-3",
            ],
            &[
                "",
                "0",
                "::",
                "80:",
                "a:80",
                "80:80-82",
                "82-80",
                "80/http",
                "80/tcp/udp",
                "65536",
                "+80",
                " 80",
                "localhost:80:80",
                "01.2.3.4:80:80",
                "127.0.0.1:80",
            ],
        );
        holds(
            is_command,
            &[
                "sh -c 'a (b'",
                "echo a\\'b",
                "a; b 'c",
                "echo $(date)",
                "a \"b'c\"",
            ],
            &["sh -c 'a", "a \"b", "a (b)", "a \\", "a )"],
        );
    }
}
