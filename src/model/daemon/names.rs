//! Names of variables: which are valid, which are proxies, which are almost.

/// The proxy variables a Go program reads, in upper case; it reads the lower-case ones too.
pub(super) const PROXIES: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY"];

/// `env_name_is_valid` of `src/basic/env-util.c`.
pub(super) fn is_valid(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// What [`is_valid`] asks for, as help.
pub(super) const ARE: &str = "names are letters, digits and `_`, and start with no digit";

/// The name, if it may be quoted: what is neither a variable's nor almost a proxy's may be the value
/// of a secret that a blank has torn from its name.
pub(super) fn shown(name: &str) -> Option<&str> {
    (is_valid(name) || meant(name).is_some()).then_some(name)
}

/// Whether a Go program reads this very name as a proxy variable.
pub(super) fn is_proxy(name: &str) -> bool {
    PROXIES
        .iter()
        .any(|proxy| *proxy == name || proxy.to_ascii_lowercase() == name)
}

/// Whether it holds the URL of a proxy.
pub(super) fn is_proxy_url(name: &str) -> bool {
    is_proxy(name) && !is_no_proxy(name)
}

/// Whether it is the list of exceptions.
pub(super) fn is_no_proxy(name: &str) -> bool {
    matches!(name, "NO_PROXY" | "no_proxy")
}

/// The proxy variable that a name which nobody reads was most likely meant to be.
pub(super) fn meant(name: &str) -> Option<&'static str> {
    if is_proxy(name) {
        return None;
    }
    let squeeze = |name: &str| -> String {
        let letters = name.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_uppercase()).collect()
    };
    let given = squeeze(name);
    let exact = PROXIES.into_iter().find(|proxy| squeeze(proxy) == given);
    let sorted = |name: &str| -> Vec<u8> {
        let mut letters = name.as_bytes().to_vec();
        letters.sort_unstable();
        letters
    };
    let same_letters = |proxy: &&str| sorted(&squeeze(proxy)) == sorted(&given);
    let exact = exact.or_else(|| PROXIES.into_iter().find(same_letters));
    exact.or_else(|| {
        // `NO_PROXY` is too short for that: GOPROXY is one letter away.
        let near = |proxy: &&str| one_edit_apart(squeeze(proxy).as_bytes(), given.as_bytes());
        ["HTTP_PROXY", "HTTPS_PROXY"].into_iter().find(near)
    })
}

/// Whether one insertion, removal or replacement makes `a` into `b`.
fn one_edit_apart(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    let tail = |text: &'_ [u8], from: usize| text.get(from..).unwrap_or_default().to_vec();
    match long.len() - short.len() {
        0 => tail(short, same + 1) == tail(long, same + 1),
        1 => tail(short, same) == tail(long, same + 1),
        _ => false,
    }
}

/// Where a further `NAME_PROXY=` stands inside a value, behind something that was meant to
/// separate: start of the separator, start of the name.
pub(super) fn second_assignment(value: &str) -> Option<(usize, usize)> {
    for (at, _) in value.match_indices('=') {
        let before = value.get(..at)?;
        let start = before
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .and_then(|index| Some(index + before.get(index..)?.chars().next()?.len_utf8()))?;
        let name = before.get(start..)?;
        let known = is_proxy(name)
            || matches!(
                name.to_ascii_uppercase().as_str(),
                "ALL_PROXY" | "FTP_PROXY"
            );
        let separated = before.get(..start)?;
        let trimmed =
            separated.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
        if known && trimmed.len() < separated.len() {
            return Some((trimmed.len(), start));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_names_are_recognised_and_others_left_alone() {
        assert_eq!(meant("Http_Proxy"), Some("HTTP_PROXY"));
        assert_eq!(meant("HTTPPROXY"), Some("HTTP_PROXY"));
        assert_eq!(meant("HTTPS_PROXYS"), Some("HTTPS_PROXY"));
        assert_eq!(meant("HTTP_PROXYS"), Some("HTTPS_PROXY"));
        assert_eq!(meant("http-proxy"), Some("HTTP_PROXY"));
        for name in [
            "HTTP_PROXY",
            "https_proxy",
            "FTP_PROXY",
            "ALL_PROXY",
            "GOPROXY",
            "DOCKER_OPTS",
        ] {
            assert_eq!(meant(name), None, "{name}");
        }
    }

    #[test]
    fn a_second_assignment_needs_a_separator() {
        assert_eq!(
            second_assignment("http://p:1 HTTPS_PROXY=x"),
            Some((10, 11))
        );
        assert_eq!(
            second_assignment("http://p:1,\u{a0}no_proxy=x"),
            Some((10, 13))
        );
        assert_eq!(second_assignment("http://p:1/?HTTPS_PROXY=x"), None);
        assert_eq!(second_assignment("a=b"), None);
    }
}
