//! Which proxy variables a client obeys, and what its `NO_PROXY` understands.

use super::client::Evidence;

/// How a target is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `http://`
    Http,
    /// `https://`
    Https,
    /// `ftp://`
    Ftp,
    /// `ssh://`, `git@host:path`, rsync: no proxy variable applies.
    Ssh,
    /// `git://`: no proxy variable applies.
    Git,
}

/// The proxy variables a client obeys.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Proxies {
    /// The variables that give the proxy of `http://` targets, the one that wins first.
    pub http: &'static [&'static str],
    /// The same for `https://` targets. `http_proxy` among them: it falls back to that one.
    pub https: &'static [&'static str],
    /// Whether which spelling wins is known; else it depends on the client's version.
    pub order_is_known: bool,
    /// How it exempts hosts.
    pub no_proxy: NoProxy,
    /// What it takes for a proxy's address.
    pub urls: ProxyUrls,
    /// Whether it reaches loopback addresses without the proxy by itself.
    pub exempts_loopback: bool,
    /// Where this was established.
    pub evidence: Evidence,
}

/// How a client spells a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spelling {
    /// Not at all.
    Ignored,
    /// Lower case only.
    Lower,
    /// Upper case only.
    Upper,
    /// Both; lower case wins.
    LowerWins,
    /// Both; upper case wins.
    UpperWins,
    /// Both; which one wins depends on the version.
    Either,
}

/// What a client makes of `NO_PROXY`. Suffixes (`corp.test`, `.corp.test`) cover the hosts below
/// them in every client that reads the variable at all; so do host names and addresses themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoProxy {
    /// The variables, the one that wins first; none if it has no exemptions.
    pub variables: &'static [&'static str],
    /// `.corp.test` covers `corp.test` itself.
    pub dot_covers_apex: bool,
    /// `corp.test` covers `xcorp.test`.
    pub suffix_without_dot: bool,
    /// `*.corp.test` works.
    pub star_suffix: bool,
    /// `*` alone means every host.
    pub star: bool,
    /// A blank may follow the comma.
    pub blank_after_comma: bool,
    /// A blank may stand instead of the comma.
    pub blank_separates: bool,
    /// `host:80` works.
    pub port: bool,
    /// `10.0.0.0/8` covers an address.
    pub cidr: bool,
    /// Whether the syntax was measured or read off the source.
    pub verified: bool,
}

/// What a client takes for a proxy's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProxyUrls {
    /// `host:port` without a scheme works.
    pub without_scheme: bool,
    /// What `https://` does.
    pub https: TlsProxy,
    /// `socks5://` works.
    pub socks5: bool,
    /// It works in spite of a blank at the end.
    pub trailing_blank: bool,
}

/// What a client does with the address `https://proxy`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TlsProxy {
    /// It speaks TLS to the proxy.
    Tls,
    /// It takes it for `http://`.
    SpokenAsHttp,
    /// It goes without the proxy.
    Direct,
}

impl Proxies {
    /// The variables that give the proxy of a target, the one that wins first.
    pub fn variables(&self, scheme: Scheme) -> &'static [&'static str] {
        match scheme {
            Scheme::Http => self.http,
            Scheme::Https => self.https,
            Scheme::Ftp | Scheme::Ssh | Scheme::Git => &[],
        }
    }

    /// Whether it obeys no proxy variable at all.
    pub fn ignores_all(&self) -> bool {
        self.http.is_empty() && self.https.is_empty()
    }

    /// How it spells a variable, given in any case, for targets of this scheme.
    pub fn spelling(&self, name: &str, scheme: Scheme) -> Spelling {
        let list = match name.eq_ignore_ascii_case("no_proxy") {
            true => self.no_proxy.variables,
            false => self.variables(scheme),
        };
        let mut read = list
            .iter()
            .filter(|read| read.eq_ignore_ascii_case(name))
            .map(|read| read.bytes().any(|byte| byte.is_ascii_uppercase()));
        match (read.next(), read.next()) {
            (None, _) => Spelling::Ignored,
            (Some(false), None) => Spelling::Lower,
            (Some(true), None) => Spelling::Upper,
            (Some(_), Some(_)) if !self.order_is_known => Spelling::Either,
            (Some(false), Some(_)) => Spelling::LowerWins,
            (Some(true), Some(_)) => Spelling::UpperWins,
        }
    }

    /// Whether `https://` targets use `http_proxy` where `https_proxy` is not set.
    pub fn https_falls_back_to_http_proxy(&self) -> bool {
        self.https
            .iter()
            .any(|name| name.eq_ignore_ascii_case("http_proxy"))
    }
}
