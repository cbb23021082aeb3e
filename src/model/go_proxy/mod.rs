//! What Go's `net/http` makes of proxy variables (`golang.org/x/net/http/httpproxy`), and so
//! dockerd, the Docker client, Compose and the Go command.
//!
//! Nothing checks that a value is a URL: a broken one either turns into a proxy on a strange host
//! or is dropped without a word (facts/systemd-daemon-go.md 45).

mod no_proxy;
mod url;

pub use no_proxy::{EntryFault, NoProxy, faults as no_proxy_faults, mended as no_proxy_mended};
pub use url::GoUrl;

/// The proxies of a Go process.
#[derive(Clone, Debug, Default)]
pub struct GoProxy {
    http: Option<GoUrl>,
    https: Option<GoUrl>,
    no_proxy: NoProxy,
}

impl GoProxy {
    /// Reads the variables through `get`: the upper-case name first, an empty value counts as none.
    pub fn from_environment<'v>(get: impl Fn(&str) -> Option<&'v str>) -> Self {
        let any = |upper: &str| {
            let value = |name: &str| get(name).filter(|value| !value.is_empty());
            value(upper).or_else(|| value(&upper.to_ascii_lowercase()))
        };
        let proxy = |name| any(name).and_then(|value| parse(value).ok());
        Self {
            http: proxy("HTTP_PROXY"),
            https: proxy("HTTPS_PROXY"),
            no_proxy: NoProxy::new(any("NO_PROXY").unwrap_or_default()),
        }
    }

    /// The proxy for a request, as Go prints it; `None` for a direct connection.
    pub fn for_url(&self, request: &str) -> Option<String> {
        let request = GoUrl::parse(request).ok()?;
        let (proxy, port) = match request.scheme.as_str() {
            "https" => (self.https.as_ref()?, "443"),
            "http" => (self.http.as_ref()?, "80"),
            _ => return None,
        };
        let port = Some(request.port())
            .filter(|port| !port.is_empty())
            .unwrap_or(port);
        let bypass = self.no_proxy.matches(request.hostname(), port);
        (!bypass).then(|| proxy.to_string())
    }
}

/// `parseProxy`: what does not parse, or has no scheme or host, is tried again behind `http://`.
pub fn parse(value: &str) -> Result<GoUrl, url::ParseError> {
    let parsed = GoUrl::parse(value);
    match &parsed {
        Ok(url) if !url.scheme.is_empty() && !url.host.is_empty() => parsed,
        _ => GoUrl::parse(&format!("http://{value}")).or(parsed),
    }
}

/// What is wrong with a proxy value in the eyes of a Go program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProxyFault {
    /// It parses in no way: the variable counts as unset and connections go direct.
    Dropped,
    /// The proxy's host is what stands before the mistake (`http`, or the user name).
    WrongHost(String),
    /// A scheme the transport does not speak.
    Scheme(String),
    /// The URL has no host.
    NoHost,
}

/// Checks a proxy value; an empty one is no fault.
pub fn fault(value: &str) -> Option<ProxyFault> {
    if value.is_empty() {
        return None;
    }
    let Ok(url) = parse(value) else {
        return Some(ProxyFault::Dropped);
    };
    let host = url.hostname();
    if host.is_empty() {
        return Some(ProxyFault::NoHost);
    }
    let strange = |c: char| !(c.is_ascii_alphanumeric() || "-._:".contains(c));
    let doubled = matches!(host, "http" | "https" | "socks5" | "socks5h");
    let path = !matches!(url.path.as_str(), "" | "/");
    if doubled || host.contains(strange) || (path && url.path.contains('@')) {
        return Some(ProxyFault::WrongHost(host.to_owned()));
    }
    let known = ["http", "https", "socks5", "socks5h"];
    (!known.contains(&url.scheme.as_str())).then(|| ProxyFault::Scheme(url.scheme.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn upper_case_wins_unless_it_is_empty() {
        let get = |name: &str| match name {
            "HTTP_PROXY" => Some(""),
            "http_proxy" => Some("lower:1"),
            "HTTPS_PROXY" => Some("http://upper:2"),
            "https_proxy" => Some("http://lower:2"),
            _ => None,
        };
        let proxy = GoProxy::from_environment(get);
        assert_eq!(
            proxy.for_url("http://x/").as_deref(),
            Some("http://lower:1")
        );
        assert_eq!(
            proxy.for_url("https://x/").as_deref(),
            Some("http://upper:2")
        );
        assert_eq!(proxy.for_url("https://localhost/"), None);
        assert_eq!(proxy.for_url("https://127.1.2.3:5000/"), None);
    }

    #[test]
    fn broken_values_drop_or_go_astray() {
        let cases = [
            ("http://proxy.corp:3128", None),
            ("proxy.corp:3128", None),
            ("socks5h://p:1080", None),
            ("http://u:p@ss@proxy.corp:3128", None),
            (
                "http://http://proxy.corp:3128",
                Some(ProxyFault::WrongHost("http".into())),
            ),
            (
                "http://u:p#x@h:1",
                Some(ProxyFault::WrongHost("http".into())),
            ),
            (
                "http://proxy.corp:3128 ",
                Some(ProxyFault::WrongHost("http".into())),
            ),
            ("http://proxy.corp:3128\n", Some(ProxyFault::Dropped)),
            (" http://proxy.corp:3128", Some(ProxyFault::Dropped)),
            ("http://u:100%@proxy.corp:3128", Some(ProxyFault::Dropped)),
            (
                "ftp://proxy.corp:21",
                Some(ProxyFault::Scheme("ftp".into())),
            ),
            (
                "$HTTP_PROXY",
                Some(ProxyFault::WrongHost("$HTTP_PROXY".into())),
            ),
        ];
        for (value, expected) in cases {
            assert_eq!(fault(value), expected, "{value}");
        }
    }
}
