//! `NO_PROXY` as Go matches it.

use std::net::IpAddr;

use crate::model::address::Address;

/// The matchers of a `NO_PROXY` list.
#[derive(Clone, Debug, Default)]
pub struct NoProxy {
    all: bool,
    networks: Vec<(IpAddr, u8)>,
    addresses: Vec<(IpAddr, String)>,
    domains: Vec<Domain>,
}

#[derive(Clone, Debug)]
struct Domain {
    /// The name with a dot in front.
    suffix: String,
    port: String,
    /// Whether the name itself matches too.
    itself: bool,
}

impl NoProxy {
    /// Reads a list.
    pub fn new(list: &str) -> Self {
        Self::of_entries(list.split(','))
    }

    /// Takes entries.
    pub fn of_entries(entries: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut matchers = Self::default();
        for entry in entries {
            let entry = entry.as_ref().trim().to_lowercase();
            if entry == "*" {
                matchers.all = true;
                break;
            }
            matchers.add(&entry);
        }
        matchers
    }

    fn add(&mut self, entry: &str) {
        if let Some(network) = parse_cidr(entry) {
            return self.networks.push(network);
        }
        let (host, port) = split_host_port(entry).unwrap_or((entry, ""));
        if host.is_empty() {
            return;
        }
        if let Ok(address) = host.parse() {
            return self.addresses.push((address, port.to_owned()));
        }
        let host = match host.strip_prefix('*') {
            Some(rest) if rest.starts_with('.') => rest,
            _ => host,
        };
        let itself = !host.starts_with('.');
        self.domains.push(Domain {
            suffix: if itself {
                format!(".{host}")
            } else {
                host.to_owned()
            },
            port: port.to_owned(),
            itself,
        });
    }

    /// Whether a request goes past the proxy.
    pub fn matches(&self, host: &str, port: &str) -> bool {
        let is_loopback = |address: IpAddr| address.is_loopback();
        host == "localhost" || host.parse().is_ok_and(is_loopback) || self.names(host, port)
    }

    /// Whether all that `entry`, one of another list, stands for is listed here: a host, a domain
    /// with what is below it, or a block of addresses. A domain with a dot in front counts for its
    /// own name too, which is so for some clients only (facts/proxy-clients.md, "Reading the tables").
    pub fn covers(&self, entry: &str) -> bool {
        let entry = entry.trim().to_lowercase();
        if let Some((network, bits)) = parse_cidr(&entry) {
            let mut wider = self.networks.iter();
            return self.all || wider.any(|net| net.1 <= bits && contains(*net, network));
        }
        let (host, port) = split_host_port(&entry).unwrap_or((&entry, ""));
        let domain = host.strip_prefix('*').unwrap_or(host);
        let domain = domain.strip_prefix('.').unwrap_or(domain);
        let mut domains = self.domains.iter();
        self.names(domain, port)
            || domains.any(|listed| listed.suffix.strip_prefix('.') == Some(domain))
    }

    fn names(&self, host: &str, port: &str) -> bool {
        let same_port = |wanted: &str| wanted.is_empty() || wanted == port;
        let by_address = |address: IpAddr| {
            let mut addresses = self.addresses.iter();
            self.networks.iter().any(|net| contains(*net, address))
                || addresses.any(|(a, p)| *a == address && same_port(p))
        };
        if self.all || host.parse().is_ok_and(by_address) {
            return true;
        }
        let host = host.trim().to_lowercase();
        self.domains.iter().any(|domain| {
            let named = host.ends_with(&domain.suffix)
                || (domain.itself && domain.suffix.strip_prefix('.') == Some(host.as_str()));
            named && same_port(&domain.port)
        })
    }
}

/// `net.SplitHostPort`; an IPv6 address needs brackets.
fn split_host_port(entry: &str) -> Option<(&str, &str)> {
    let (host, port) = entry.rsplit_once(':')?;
    match host.strip_prefix('[') {
        Some(inside) => Some((inside.strip_suffix(']')?, port)),
        None => (!host.contains([':', '[', ']'])).then_some((host, port)),
    }
}

fn parse_cidr(entry: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = entry.split_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    let digits = bits.bytes().all(|b| b.is_ascii_digit());
    let bits: u8 = bits.parse().ok().filter(|_| digits)?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    (bits <= most).then_some((address, bits))
}

fn contains((network, bits): (IpAddr, u8), address: IpAddr) -> bool {
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            (network.to_bits() ^ address.to_bits()) & mask == 0
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            (network.to_bits() ^ address.to_bits()) & mask == 0
        }
        _ => false,
    }
}

/// What Go cannot do with an entry of a `NO_PROXY` list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryFault {
    /// Blanks or `;` inside: they separate nothing.
    Separator,
    /// A URL: only hosts match.
    Url,
    /// A `*` anywhere but in front of a dot or alone.
    Wildcard,
    /// A variable reference; nothing expands it.
    Variable,
    /// A prefix length that is none.
    Network,
}

/// The entries that match nothing, as byte ranges of the list.
pub fn faults(list: &str) -> Vec<(std::ops::Range<usize>, EntryFault)> {
    let mut found = Vec::new();
    let mut start = 0;
    for part in list.split(',') {
        let entry = part.trim();
        let from = start + (part.len() - part.trim_start().len());
        if let Some(fault) = entry_fault(entry) {
            found.push((from..from + entry.len(), fault));
        }
        start += part.len() + 1;
    }
    found
}

/// The list without entries that match nothing, if it is plain what they were meant to be.
pub fn mended(list: &str) -> Option<String> {
    let parts = list.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    let parts = parts.filter(|part| !part.is_empty());
    let mended: Option<Vec<&str>> = parts
        .map(|part| match entry_fault(part) {
            None => Some(part),
            Some(EntryFault::Url) => Some(Address::parse(part).host),
            Some(_) => None,
        })
        .collect();
    let mended = mended?.join(",");
    (faults(&mended).is_empty() && !mended.is_empty()).then_some(mended)
}

fn entry_fault(entry: &str) -> Option<EntryFault> {
    let wild = entry.strip_prefix("*.").unwrap_or(entry);
    if entry.contains('$') {
        Some(EntryFault::Variable)
    } else if entry.contains(|c: char| c.is_whitespace() || c == ';') {
        Some(EntryFault::Separator)
    } else if entry.contains("://") {
        Some(EntryFault::Url)
    } else if wild.contains('*') && entry != "*" {
        Some(EntryFault::Wildcard)
    } else {
        let network = entry.contains('/') && parse_cidr(entry).is_none();
        network.then_some(EntryFault::Network)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_match_as_go_says() {
        let bypass = |list, host| NoProxy::new(list).matches(host, "443");
        assert!(bypass("example.com", "a.example.com") && bypass("example.com", "example.com"));
        assert!(!bypass(".example.com", "example.com") && !bypass("*.example.com", "example.com"));
        assert!(bypass("a, 10.0.0.0/8", "10.1.2.3") && !bypass("10.0.0.0/8", "ten.corp"));
        assert!(bypass("a:443", "a") && !bypass("a:80", "a"));
        assert!(!bypass("a b", "a") && !bypass("10.*", "10.1.2.3") && !bypass("https://a", "a"));
        assert!(bypass("x,*", "anything") && bypass("[::1]:443,fd00::/8", "fd00::1"));
    }

    #[test]
    fn a_list_covers_entries_of_another() {
        let covers = |list, entry| NoProxy::new(list).covers(entry);
        for (list, entry) in [
            ("corp.example", "nexus.corp.example"),
            ("example", ".corp.example"),
            (".corp.example", "corp.example"),
            ("*.corp.example", ".corp.example"),
            ("10.0.0.0/8", "10.1.0.0/16"),
            ("10.0.0.0/8", "10.1.2.3"),
            ("*", "10.0.0.0/8"),
        ] {
            assert!(covers(list, entry), "{list} {entry}");
        }
        for (list, entry) in [
            ("nexus.corp.example", "corp.example"),
            ("10.1.0.0/16", "10.0.0.0/8"),
            ("xcorp.example", "corp.example"),
            ("corp.example:80", "a.corp.example:443"),
            ("", "localhost"),
        ] {
            assert!(!covers(list, entry), "{list} {entry}");
        }
    }

    #[test]
    fn what_was_meant_is_told_where_it_is_plain() {
        for (list, meant) in [
            ("a b; c,d", Some("a,b,c,d")),
            ("a http://b:80/c", Some("a,b")),
            ("a b,10.*", None),
            ("a 10.*", None),
            ("a;$B", None),
            (";", None),
        ] {
            assert_eq!(mended(list).as_deref(), meant, "{list}");
        }
    }

    #[test]
    fn entries_that_match_nothing_are_found_with_their_place() {
        let list = "a, b c,https://d,10.*,*.e,*,10.0.0.0/33,${X}";
        let found: Vec<_> = faults(list)
            .into_iter()
            .map(|(range, fault)| (&list[range], fault))
            .collect();
        assert_eq!(
            found,
            [
                ("b c", EntryFault::Separator),
                ("https://d", EntryFault::Url),
                ("10.*", EntryFault::Wildcard),
                ("10.0.0.0/33", EntryFault::Network),
                ("${X}", EntryFault::Variable),
            ]
        );
    }
}
