//! The addresses of proxies and mirrors, and what is wrong with them.

use std::net::{IpAddr, Ipv6Addr};
use std::ops::Range;

use super::placeholder::is_placeholder;

/// An address taken apart, as far as its parts are there: `scheme://user@host:port/path`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<'a> {
    /// What stands before `://`.
    pub scheme: Option<&'a str>,
    /// What stands between the scheme and the path: user, host and port.
    pub authority: &'a str,
    /// Host and port as they are written.
    pub host_port: &'a str,
    /// The host, an IPv6 address without its brackets.
    pub host: &'a str,
    /// What stands behind the host's colon; it may be empty, and no number.
    pub port: Option<&'a str>,
}

impl<'a> Address<'a> {
    /// Takes an address apart. Any text is one.
    pub fn parse(text: &'a str) -> Self {
        match text.split_once("://") {
            Some((scheme, rest)) => Self {
                scheme: Some(scheme),
                ..Self::behind_scheme(rest)
            },
            None => Self::behind_scheme(text),
        }
    }

    /// Takes apart what stands behind `scheme://`.
    pub fn behind_scheme(rest: &'a str) -> Self {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let host_port = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host_port)| host_port);
        let (host, port) = split_port(host_port);
        Self {
            scheme: None,
            authority,
            host_port,
            host,
            port,
        }
    }

    /// Whether the host is the machine itself.
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback() || address.is_unspecified(),
            Err(_) => {
                self.host.eq_ignore_ascii_case("localhost") || self.host.ends_with(".localhost")
            }
        }
    }
}

/// What is wrong with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The bytes of the value.
    pub range: Range<usize>,
    /// What is wrong, as the end of a sentence about the value.
    pub what: String,
    /// Whether it certainly breaks the value.
    pub is_certain: bool,
    /// What to write for the bytes instead, where that is plain.
    pub instead: Option<String>,
}

impl Flaw {
    fn certain(range: Range<usize>, what: impl Into<String>) -> Self {
        Self {
            range,
            what: what.into(),
            is_certain: true,
            instead: None,
        }
    }

    fn doubtful(range: Range<usize>, what: impl Into<String>) -> Self {
        Self {
            is_certain: false,
            ..Self::certain(range, what)
        }
    }

    fn instead(self, text: impl Into<String>) -> Self {
        Self {
            instead: Some(text.into()),
            ..self
        }
    }
}

/// The value without its flaws, if it is plain what was meant. Flaws are told one at a time.
pub fn mended(value: &str, flaw_of: impl Fn(&str) -> Option<Flaw>) -> Option<String> {
    const MOST: usize = 16;
    let mut text = value.to_owned();
    for _ in 0..MOST {
        let Some(flaw) = flaw_of(&text) else {
            return Some(text);
        };
        text.replace_range(flaw.range, &flaw.instead?);
    }
    None
}

/// Schemes that some client takes for a proxy (`facts/proxy-clients.md`, "Proxy URLs").
const PROXY_SCHEMES: [&str; 8] = [
    "http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h", "ftp",
];

/// What is wrong with a proxy's address; `None` if nothing certainly is, or if it is a placeholder.
pub fn proxy_flaw(value: &str) -> Option<Flaw> {
    let whole = 0..value.len();
    if value.is_empty() || is_placeholder(value) {
        return None;
    }
    if let Some(at) = value.find(['"', '\'']) {
        let what = "has a quote inside, which becomes a part of the address";
        return Some(Flaw::certain(at..at + 1, what).instead(""));
    }
    let trimmed = value.trim_end();
    if trimmed.len() < value.len() {
        let what = "ends in a blank: curl, wget, git, pip and cargo then fail";
        return Some(Flaw::certain(trimmed.len()..value.len(), what).instead(""));
    }
    if let Some((at, c)) = value.char_indices().find(|(_, c)| c.is_whitespace()) {
        let what = "has a blank inside, and no client reads past it";
        return Some(Flaw::certain(at..at + c.len_utf8(), what));
    }
    if let Some((at, c)) = value.char_indices().find(|(_, c)| is_full_width(*c)) {
        let what = format!("has the full-width character `{c}`, which no client understands");
        return Some(Flaw::certain(at..at + c.len_utf8(), what).instead(half_width(c)));
    }
    let address = Address::parse(value);
    let Some(scheme) = address.scheme else {
        return without_scheme(value);
    };
    if !PROXY_SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) {
        let what = format!("begins with `{scheme}://`, which no client takes for a proxy");
        return Some(Flaw::certain(0..scheme.len(), what));
    }
    if address.host.is_empty() {
        return Some(Flaw::certain(
            whole,
            "has no host: clients fail, or go without a proxy",
        ));
    }
    let end = scheme.len() + "://".len() + address.authority.len();
    let port = address.port;
    bad_port(port).then(|| {
        Flaw::certain(
            end - port.map_or(0, str::len)..end,
            "has a port that is no number up to 65535",
        )
    })
}

/// An address without `://`: fine as `host:port`, unless a scheme was meant.
fn without_scheme(value: &str) -> Option<Flaw> {
    let lower = value.to_ascii_lowercase();
    for scheme in ["https", "http", "socks5"] {
        let Some(rest) = lower.strip_prefix(scheme) else {
            continue;
        };
        let is_port = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        let is_slip = match rest.strip_prefix([':', ';']) {
            Some(rest) => !rest.is_empty() && !is_port(rest),
            None => rest.starts_with("//") || rest.starts_with("\\\\"),
        };
        if is_slip {
            let marks = value.get(scheme.len()..).unwrap_or_default();
            let end = value.len() - marks.trim_start_matches([':', ';', '/', '\\']).len();
            let begin = value.get(..end).unwrap_or_default();
            let what = format!("begins with `{begin}`, where `{scheme}://` was meant");
            return Some(Flaw::certain(0..end, what).instead(format!("{scheme}://")));
        }
    }
    if ["none", "no", "off", "false", "null", "direct", "disabled"].contains(&lower.as_str()) {
        let what = format!("is `{value}`, which clients take for the name of a host");
        return Some(Flaw::doubtful(0..value.len(), what).instead(""));
    }
    let address = Address::parse(value);
    (bad_port(address.port) && !address.host.contains(':'))
        .then(|| Flaw::certain(0..value.len(), "has a port that is no number up to 65535"))
}

/// Host and port; an IPv6 address stands in brackets, or has more colons than a port explains.
fn split_port(host_port: &str) -> (&str, Option<&str>) {
    if host_port.parse::<Ipv6Addr>().is_ok() {
        return (host_port, None);
    }
    if let Some(rest) = host_port.strip_prefix('[') {
        return match rest.split_once(']') {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => (rest, None),
        };
    }
    match host_port.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (host_port, None),
    }
}

/// An empty port is the default one.
fn bad_port(port: Option<&str>) -> bool {
    port.is_some_and(|port| !port.is_empty() && !port.parse::<u16>().is_ok_and(|port| port > 0))
}

/// Characters that an input method writes instead of the ones in an address.
fn is_full_width(c: char) -> bool {
    matches!(
        c,
        '\u{ff01}'
            ..='\u{ff5e}'
                | '\u{3002}'
                | '\u{3000}'
                | '\u{201c}'
                | '\u{201d}'
                | '\u{2018}'
                | '\u{2019}'
    )
}

/// What an input method should have written.
fn half_width(c: char) -> String {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).into_iter().collect(),
        '\u{3002}' => ".".to_owned(),
        _ => String::new(),
    }
}

/// What is wrong with a GOPROXY list (`facts/systemd-daemon-go.md` 62–68).
pub fn goproxy_flaw(value: &str) -> Option<Flaw> {
    if value.trim().is_empty() || is_placeholder(value) {
        return None;
    }
    if let Some(at) = value.find(['"', '\'']) {
        let what = "has a quote inside, and Go takes it for a part of the address";
        return Some(Flaw::certain(at..at + 1, what).instead(""));
    }
    if let Some((at, c)) = value
        .char_indices()
        .find(|(_, c)| *c == ';' || is_full_width(*c) || *c == '、')
    {
        let flaw = Flaw::certain(
            at..at + c.len_utf8(),
            format!("has a `{c}`, and Go separates the list by `,` or `|` only"),
        );
        return Some(match c {
            ';' | '、' | '，' => flaw.instead(","),
            _ => flaw.instead(half_width(c)),
        });
    }
    let mut at = 0;
    let mut ended_by = None;
    let mut has_entry = false;
    for part in value.split_inclusive([',', '|']) {
        let start = at;
        at += part.len();
        let entry = part.trim_end_matches([',', '|']);
        let trimmed = entry.trim();
        if trimmed.is_empty() {
            continue;
        }
        has_entry = true;
        let from = start + (entry.len() - entry.trim_start().len());
        if let Some(end) = ended_by {
            let what =
                format!("has entries behind `{end}`, which ends the list: Go never asks them");
            return Some(Flaw::doubtful(from..value.trim_end().len(), what));
        }
        if let Some(flaw) = entry_flaw(trimmed) {
            let range = from + flaw.range.start..from + flaw.range.end;
            return Some(Flaw { range, ..flaw });
        }
        if let "direct" | "off" = trimmed {
            ended_by = Some(trimmed);
        }
    }
    (!has_entry).then(|| Flaw::certain(0..value.len(), "holds no entry"))
}

/// What is wrong with one entry; the flaw's bytes are the entry's.
fn entry_flaw(entry: &str) -> Option<Flaw> {
    let whole = 0..entry.len();
    if let Some(at) = entry.find(char::is_whitespace) {
        let rest = entry.get(at..).unwrap_or_default();
        let end = entry.len() - rest.trim_start().len();
        let what = "has a blank between entries, and Go separates the list by `,` or `|` only";
        return Some(Flaw::certain(at..end, what).instead(","));
    }
    if matches!(entry, "direct" | "off") {
        return None;
    }
    if let Some((scheme, rest)) = entry.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        let authority = Address::behind_scheme(rest).authority;
        return match scheme.as_str() {
            "http" if authority.contains('@') => Some(Flaw::certain(
                whole,
                "has credentials in an `http://` address, and Go refuses to send them",
            )),
            "http" | "https" | "file" => None,
            _ => Some(Flaw::certain(
                0..scheme.len(),
                format!("has an entry with `{scheme}://`, and Go takes https, http and file"),
            )),
        };
    }
    if entry.contains(['.', ':', '/']) {
        return None;
    }
    let lower = entry.to_ascii_lowercase();
    let what =
        format!("has the entry `{entry}`, which is neither an address nor `direct` nor `off`");
    let flaw = Flaw::certain(whole, what);
    Some(match lower.as_str() {
        "direct" | "off" => flaw.instead(lower),
        _ => flaw,
    })
}

/// What is wrong with a list of module patterns such as GOPRIVATE: patterns that match nothing
/// (`facts/systemd-daemon-go.md` 69).
pub fn module_patterns_flaw(value: &str) -> Option<Flaw> {
    if is_placeholder(value) {
        return None;
    }
    let mut at = 0;
    for pattern in value.split(',') {
        let start = at;
        at += pattern.len() + 1;
        let trimmed = pattern.trim();
        if trimmed.is_empty() {
            continue;
        }
        let range = start..start + pattern.len();
        if pattern.len() != trimmed.len() || trimmed.contains(char::is_whitespace) {
            let flaw = Flaw::certain(
                range,
                "has a blank in a pattern, which then matches nothing",
            );
            return Some(match trimmed.contains(char::is_whitespace) {
                true => flaw,
                false => flaw.instead(trimmed),
            });
        }
        if let Some((_, path)) = trimmed.split_once("://") {
            let what = "has a pattern with a scheme, and module paths have none";
            return Some(Flaw::certain(range, what).instead(path.trim_end_matches('/')));
        }
    }
    None
}

/// The loopback host in an address, if it names one.
pub fn loopback_host(address: &str) -> Option<&str> {
    let address = Address::parse(address);
    address.is_loopback().then_some(address.host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_is_taken_apart() {
        let parts = |text| {
            let address = Address::parse(text);
            (address.scheme, address.host, address.port)
        };
        assert_eq!(
            parts("http://u:p@h:1/x@y:2"),
            (Some("http"), "h", Some("1"))
        );
        assert_eq!(parts("h:"), (None, "h", Some("")));
        assert_eq!(
            parts("socks5://[::1]:80"),
            (Some("socks5"), "::1", Some("80"))
        );
        assert_eq!(parts("u@::1"), (None, "::1", None));
        assert_eq!(parts("://"), (Some(""), "", None));
        assert_eq!(Address::parse("ftp://u:a@b@h:1?q").authority, "u:a@b@h:1");
    }

    fn proxy(value: &str) -> Option<bool> {
        proxy_flaw(value).map(|flaw| {
            assert!(value.get(flaw.range).is_some(), "{value}");
            flaw.is_certain
        })
    }

    #[test]
    fn proxies_that_work_have_no_flaw() {
        for good in [
            "",
            "http://proxy.corp:3128",
            "http://proxy.corp:3128/",
            "proxy.corp:3128",
            "http:3128",
            "httpproxy:3128",
            "http://u:p@h:1",
            "socks5h://127.0.0.1:1080",
            "http://[::1]:80",
            "http://proxy:",
            "<proxy>",
            "http://@PROXY@",
        ] {
            assert_eq!(proxy(good), None, "{good}");
        }
    }

    #[test]
    fn broken_proxies_are_told_from_doubtful_ones() {
        for bad in [
            "http:/proxy:3128",
            "http//proxy:3128",
            "https:proxy:3128",
            "http:\\\\proxy:3128",
            "http://",
            "http://:3128",
            "http://proxy:70000",
            "http://proxy:port",
            "http://pro xy:3128",
            "http://proxy:3128 ",
            "\"http://proxy:3128\"",
            "http：//proxy:3128",
            "htp://proxy:3128",
        ] {
            assert_eq!(proxy(bad), Some(true), "{bad}");
        }
        assert_eq!(proxy("none"), Some(false));
    }

    #[test]
    fn goproxy_lists_are_read_as_go_reads_them() {
        let certain = |value: &str| goproxy_flaw(value).map(|flaw| flaw.is_certain);
        for good in [
            "",
            "https://goproxy.example,direct",
            "https://a.example|https://b.example/, direct",
            "goproxy.cn",
            "off",
            ",,direct",
        ] {
            assert_eq!(certain(good), None, "{good}");
        }
        for bad in [
            "https://a.example;direct",
            "https://a.example direct",
            "https://a.example，direct",
            "Direct",
            "none",
            "socks5://a.example",
            ",",
        ] {
            assert_eq!(certain(bad), Some(true), "{bad}");
        }
        assert_eq!(certain("direct,https://a.example"), Some(false));
    }

    #[test]
    fn what_was_meant_is_told_where_it_is_plain() {
        let proxy = |value| mended(value, proxy_flaw);
        assert_eq!(proxy("http//p:1").as_deref(), Some("http://p:1"));
        assert_eq!(proxy("'http：//p:1 '").as_deref(), Some("http://p:1"));
        assert_eq!(proxy("none").as_deref(), Some(""));
        assert_eq!(proxy("http://p:99999"), None);
        let goproxy = |value| mended(value, goproxy_flaw);
        assert_eq!(
            goproxy("https://a.example;https://b.example Direct").as_deref(),
            Some("https://a.example,https://b.example,direct")
        );
        assert_eq!(goproxy("none"), None);
        assert_eq!(
            mended("https://a.example/, b.example", module_patterns_flaw).as_deref(),
            Some("a.example,b.example")
        );
    }

    #[test]
    fn patterns_with_blanks_or_schemes_match_nothing() {
        assert!(module_patterns_flaw("git.corp.example,*.corp.example").is_none());
        assert_eq!(
            module_patterns_flaw("a.example, b.example").unwrap().range,
            10..20
        );
        assert!(module_patterns_flaw("https://git.corp.example").is_some());
    }

    #[test]
    fn loopback_is_a_host_not_a_text() {
        for yes in [
            "http://127.0.0.1:7890",
            "localhost:1",
            "http://[::1]/",
            "::1",
        ] {
            assert!(loopback_host(yes).is_some(), "{yes}");
        }
        for no in ["http://localhost.corp", "http://h/127.0.0.1", "128.0.0.1"] {
            assert!(loopback_host(no).is_none(), "{no}");
        }
    }
}
