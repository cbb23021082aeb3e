//! Durations as Go writes them: `1h30m`, `1.5s`.

const UNITS: &[(&str, f64)] = &[
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

/// What Compose adds (xhit/go-str2duration).
const LONG_UNITS: &[(&str, f64)] = &[("d", 86_400e9), ("w", 604_800e9)];

/// The length of a duration in nanoseconds (upstream: Go's `time.ParseDuration`).
pub(super) fn nanoseconds(text: &str) -> Option<f64> {
    parse(text, &[])
}

/// Whether Compose reads it as a duration: Go's, with days and weeks.
pub(super) fn is_composes(text: &str) -> bool {
    parse(text, LONG_UNITS).is_some()
}

fn parse(text: &str, more_units: &[(&str, f64)]) -> Option<f64> {
    let (sign, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0.0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let unit_len = after
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_len);
        let mut units = UNITS.iter().chain(more_units);
        let (_, scale) = units.find(|(name, _)| *name == unit)?;
        if number == "." {
            return None;
        }
        total += number.parse::<f64>().ok()? * scale;
        rest = after;
    }
    Some(sign * total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_gos() {
        assert_eq!(nanoseconds("1h30m"), Some(5400e9));
        assert_eq!(nanoseconds("1.5s"), Some(1.5e9));
        assert_eq!(nanoseconds("-1ms"), Some(-1e6));
        assert_eq!(nanoseconds("0"), Some(0.0));
        for bad in ["", "1", "s", "1x", ".s", "1.2.3s"] {
            assert_eq!(nanoseconds(bad), None, "{bad}");
        }
        assert_eq!(nanoseconds("1d"), None);
    }

    #[test]
    fn compose_knows_days_and_weeks() {
        for good in ["1w2d", "1d12h", ".5s", "1.s", "+2s", "0"] {
            assert!(is_composes(good), "{good}");
        }
        for bad in ["", "90", "10S", "1 s", "1s1", "1e3s", "1D"] {
            assert!(!is_composes(bad), "{bad}");
        }
    }
}
