//! Values that BuildKit refuses when it runs an instruction: ports and signals.

/// Checks a port of EXPOSE: `[ip:][host:]container[-end][/protocol]`
/// (upstream: `dockerfile2llb/convert_expose.go`).
pub(super) fn port(text: &str) -> Result<(), String> {
    let invalid = |what: &str| Err(format!("`{text}` is no port to expose: {what}"));
    let parts: Vec<&str> = text.split(':').collect();
    let (ip, host, container) = match parts.as_slice() {
        [container] => (String::new(), "", *container),
        [host, container] => (String::new(), *host, *container),
        [ip @ .., host, container] => (ip.join(":"), *host, *container),
        [] => return invalid("it is empty"),
    };
    let (container, protocol) = container.split_once('/').unwrap_or((container, ""));
    let known = ["", "tcp", "udp", "sctp"];
    if !known.contains(&protocol.to_ascii_lowercase().as_str()) {
        return invalid("the protocol is tcp, udp or sctp");
    }
    let ip = ip
        .strip_prefix('[')
        .and_then(|ip| ip.strip_suffix(']'))
        .unwrap_or(&ip);
    if !ip.is_empty() && ip.parse::<std::net::IpAddr>().is_err() {
        return invalid("the address is not valid");
    }
    let Some(container) = port_range(container) else {
        return invalid("a port is a number up to 65535, or a range of two");
    };
    if !host.is_empty() {
        match port_range(host) {
            Some(host) if host.1 - host.0 == container.1 - container.0 => {}
            Some(_) if container.0 == container.1 => {}
            _ => return invalid("the ranges do not fit"),
        }
    }
    Ok(())
}

fn port_range(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| text.strip_prefix('+').unwrap_or(text).parse::<u16>().ok();
    match text.split_once('-') {
        Some((start, end)) => {
            let (start, end) = (number(start)?, number(end)?);
            (start <= end).then_some((start, end))
        }
        None => number(text).map(|port| (port, port)),
    }
}

/// Checks a signal: a number but 0, or a name with or without `SIG` (upstream: `moby/sys/signal`).
pub(super) fn is_signal(text: &str) -> bool {
    const NAMES: [&str; 34] = [
        "ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT",
        "KILL", "PIPE", "POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM",
        "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ",
    ];
    if let Ok(number) = text.parse::<i64>() {
        return number != 0;
    }
    let upper = text.to_uppercase();
    let name = upper.strip_prefix("SIG").unwrap_or(&upper);
    let real_time = |prefix: &str, sign: char| {
        name.strip_prefix(prefix).is_some_and(|offset| {
            offset.is_empty()
                || offset
                    .strip_prefix(sign)
                    .and_then(|number| number.parse::<u8>().ok())
                    .is_some_and(|number| (1..=15).contains(&number))
        })
    };
    NAMES.contains(&name) || real_time("RTMIN", '+') || real_time("RTMAX", '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_buildkits() {
        for good in [
            "80",
            "80/TCP",
            "8000-8002/udp",
            "127.0.0.1:80:80",
            "[::1]:1:2",
            "80/",
        ] {
            assert!(port(good).is_ok(), "{good}");
        }
        for bad in ["abc", "80/http", "70000", "9-8", "", "1-2:1-3", "x:1:2"] {
            assert!(port(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn signals_are_numbers_or_names() {
        for good in ["9", "SIGTERM", "quit", "RTMIN+3"] {
            assert!(is_signal(good), "{good}");
        }
        for bad in ["0", "FOO", "SIG", "RTMIN+99"] {
            assert!(!is_signal(bad), "{bad}");
        }
    }
}
