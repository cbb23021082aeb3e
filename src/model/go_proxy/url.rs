//! As much of Go's `net/url` as proxy values need.

use std::fmt;

/// A URL as Go's `url.Parse` takes it apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoUrl {
    /// The scheme in lower case; empty if there is none.
    pub scheme: String,
    /// User name and password, percent-encoding resolved.
    pub user: Option<(String, Option<String>)>,
    /// Host and port.
    pub host: String,
    /// The path as written.
    pub path: String,
    /// `?query` and `#fragment` as written.
    tail: String,
    opaque: bool,
}

/// A value that is no URL to Go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseError;

impl GoUrl {
    /// `url.Parse`.
    pub fn parse(raw: &str) -> Result<Self, ParseError> {
        if raw.bytes().any(|b| b < b' ' || b == 0x7f) {
            return Err(ParseError);
        }
        let (raw, fragment) = match raw.split_once('#') {
            Some((before, fragment)) => (before, Some(fragment)),
            None => (raw, None),
        };
        let (scheme, rest) = split_scheme(raw)?;
        let mut url = Self {
            scheme: scheme.to_ascii_lowercase(),
            ..Self::default()
        };
        let (rest, query) = match rest.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (rest, None),
        };
        url.tail = query.map(|text| format!("?{text}")).unwrap_or_default();
        if let Some(fragment) = fragment {
            check_escapes(fragment)?;
            url.tail.push_str(&format!("#{fragment}"));
        }
        if !rest.starts_with('/') {
            if !url.scheme.is_empty() {
                url.opaque = true;
                rest.clone_into(&mut url.path);
                return Ok(url);
            }
            // "first path segment in URL cannot contain colon"
            let segment = rest.split('/').next().unwrap_or_default();
            if segment.contains(':') {
                return Err(ParseError);
            }
        }
        let mut path = rest;
        let has_authority = !url.scheme.is_empty() || !rest.starts_with("///");
        if let Some(after) = rest.strip_prefix("//").filter(|_| has_authority) {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, rest) = after.split_at(end);
            url.authority(authority)?;
            path = rest;
        }
        check_escapes(path)?;
        path.clone_into(&mut url.path);
        Ok(url)
    }

    fn authority(&mut self, authority: &str) -> Result<(), ParseError> {
        let host = match authority.rsplit_once('@') {
            None => authority,
            Some((user, host)) => {
                if !user.chars().all(is_user_char) {
                    return Err(ParseError);
                }
                self.user = Some(match user.split_once(':') {
                    Some((name, password)) => (unescape(name)?, Some(unescape(password)?)),
                    None => (unescape(user)?, None),
                });
                host
            }
        };
        self.host = parse_host(host)?;
        Ok(())
    }

    /// What is connected to, if this is a proxy's address: Go reads nothing behind the host.
    pub fn connection(&self) -> Self {
        Self {
            scheme: self.scheme.clone(),
            user: self.user.clone(),
            host: self.host.trim_end_matches(':').to_owned(),
            opaque: self.opaque,
            ..Self::default()
        }
    }

    /// The host without port and brackets.
    pub fn hostname(&self) -> &str {
        let (host, _) = self.split_port();
        host.strip_prefix('[')
            .and_then(|host| host.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port as written; empty if there is none.
    pub fn port(&self) -> &str {
        self.split_port().1
    }

    fn split_port(&self) -> (&str, &str) {
        match self.host.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (host, port),
            _ => (&self.host, ""),
        }
    }
}

/// `getScheme`: a scheme, none, or the error for a colon in front.
fn split_scheme(raw: &str) -> Result<(&str, &str), ParseError> {
    for (at, c) in raw.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return Err(ParseError),
            ':' => {
                let (scheme, rest) = raw.split_at(at);
                return Ok((scheme, rest.get(1..).unwrap_or_default()));
            }
            _ => break,
        }
    }
    Ok(("", raw))
}

/// `parseHost`: the port must be digits, a host may hold anything that needs no escaping there.
fn parse_host(host: &str) -> Result<String, ParseError> {
    let colon_port = match host.strip_prefix('[') {
        Some(_) => host.rsplit_once(']').ok_or(ParseError)?.1,
        None => host
            .rfind(':')
            .and_then(|at| host.get(at..))
            .unwrap_or_default(),
    };
    let valid_port = colon_port.is_empty()
        || colon_port
            .strip_prefix(':')
            .is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    if !valid_port {
        return Err(ParseError);
    }
    if host
        .bytes()
        .any(|b| b < 0x80 && b != b'%' && !is_host_byte(b))
    {
        return Err(ParseError);
    }
    // Only what is not ASCII may be percent-encoded in a host.
    let mut rest = host;
    while let Some((_, after)) = rest.split_once('%') {
        let high = after.chars().next().and_then(|c| c.to_digit(16));
        if high.is_none_or(|digit| digit < 8) {
            return Err(ParseError);
        }
        rest = after;
    }
    unescape(host)
}

/// `shouldEscape` for hosts.
fn is_host_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:[]<>\"".contains(&byte)
}

/// `validUserinfo`.
fn is_user_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c)
}

fn check_escapes(text: &str) -> Result<(), ParseError> {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once('%') {
        let digits = after.as_bytes().get(..2).ok_or(ParseError)?;
        if !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(ParseError);
        }
        rest = after;
    }
    Ok(())
}

fn unescape(text: &str) -> Result<String, ParseError> {
    check_escapes(text)?;
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|b| char::from(b).to_digit(16));
            let code = digit(rest.next()).zip(digit(rest.next()));
            let (high, low) = code.ok_or(ParseError)?;
            bytes.push(u8::try_from(high * 16 + low).unwrap_or(0));
        } else {
            bytes.push(byte);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// `EscapedPath`: as written if that is a valid encoding, else encoded anew.
fn escaped_path(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&b);
    let valid = |b: u8| plain(b) || b"!'()*[]%".contains(&b);
    if path.bytes().all(valid) {
        return path.to_owned();
    }
    let decoded = unescape(path).unwrap_or_else(|_| path.to_owned());
    escape(&decoded, plain)
}

fn escape(text: &str, keep: impl Fn(u8) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

impl fmt::Display for GoUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scheme.is_empty() {
            write!(f, "{}:", self.scheme)?;
        }
        if self.opaque {
            return write!(f, "{}{}", self.path, self.tail);
        }
        if !self.scheme.is_empty() || !self.host.is_empty() || self.user.is_some() {
            f.write_str("//")?;
        }
        if let Some((name, password)) = &self.user {
            let keep = |b: u8| b.is_ascii_alphanumeric() || b"-_.~$&+,;=".contains(&b);
            f.write_str(&escape(name, keep))?;
            if let Some(password) = password {
                write!(f, ":{}", escape(password, keep))?;
            }
            f.write_str("@")?;
        }
        f.write_str(&escape(&self.host, is_host_byte))?;
        f.write_str(&escaped_path(&self.path))?;
        f.write_str(&self.tail)
    }
}
