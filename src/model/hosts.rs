//! Which hosts are a company's own, and what an entry of `NO_PROXY` covers.

use std::net::IpAddr;

/// Ends of names that no public resolver knows (RFC 6762, RFC 8375, ICANN's reserved names).
const INTERNAL_ENDS: [&str; 5] = [".local", ".internal", ".corp", ".lan", ".home.arpa"];

/// Whether a host is certainly not on the public internet: a private address, or a name that only
/// an internal resolver knows. Loopback is not meant.
pub fn is_internal_host(host: &str) -> bool {
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => address.is_private(),
        Ok(IpAddr::V6(address)) => address.is_unique_local(),
        // What Docker itself gives a container a name for is not the company's.
        Err(_) if name.ends_with(".docker.internal") => false,
        Err(_) => INTERNAL_ENDS.iter().any(|end| name.ends_with(end)),
    }
}

/// Whether `host` is one of `patterns`: the host itself, or `*.` in front of a domain.
pub fn is_listed(host: &str, patterns: &[String]) -> bool {
    let host = host.to_ascii_lowercase();
    patterns.iter().any(|pattern| {
        let pattern = pattern.to_ascii_lowercase();
        match pattern.strip_prefix("*.").or(pattern.strip_prefix('.')) {
            Some(domain) => host == domain || is_below(&host, domain),
            None => host == pattern,
        }
    })
}

/// Whether `host` is a name below `domain`.
pub fn is_below(host: &str, domain: &str) -> bool {
    host.strip_suffix(domain)
        .is_some_and(|front| front.ends_with('.') && front.len() > 1)
}

/// Whether an address lies in a block such as `10.0.0.0/8`.
pub fn block_covers(block: &str, host: &str) -> bool {
    let Some((network, length)) = block.split_once('/') else {
        return false;
    };
    let Ok(length) = length.parse::<u32>() else {
        return false;
    };
    match (network.parse(), host.parse()) {
        (Ok(IpAddr::V4(network)), Ok(IpAddr::V4(host))) if length <= 32 => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            u32::from(network) & mask == u32::from(host) & mask
        }
        (Ok(IpAddr::V6(network)), Ok(IpAddr::V6(host))) if length <= 128 => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            u128::from(network) & mask == u128::from(host) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_and_internal_names() {
        for host in [
            "10.1.2.3",
            "192.168.0.1",
            "fd00::1",
            "nexus.corp",
            "a.b.INTERNAL.",
        ] {
            assert!(is_internal_host(host), "{host}");
        }
        for host in [
            "127.0.0.1",
            "8.8.8.8",
            "corp",
            "example.org",
            "host.docker.internal",
        ] {
            assert!(!is_internal_host(host), "{host}");
        }
    }

    #[test]
    fn blocks_cover_addresses() {
        assert!(block_covers("10.0.0.0/8", "10.200.1.1"));
        assert!(!block_covers("10.0.0.0/8", "11.0.0.1"));
        assert!(block_covers("0.0.0.0/0", "1.2.3.4"));
        assert!(!block_covers("10.0.0.0/33", "10.0.0.1"));
    }

    #[test]
    fn listed_hosts_match_by_domain() {
        let patterns = ["*.corp.example".to_owned(), "git.example".to_owned()];
        assert!(is_listed("nexus.CORP.example", &patterns));
        assert!(is_listed("git.example", &patterns));
        assert!(!is_listed("xcorp.example", &patterns));
    }
}
