//! The list in `GOPROXY` (`facts/systemd-daemon-go.md` 62–65).

use crate::model::address::Address;

/// What stands behind an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separator {
    /// `,`: the next entry is asked after 404 and 410 only.
    Comma,
    /// `|`: the next entry is asked after any error.
    Pipe,
}

/// An entry of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'l> {
    /// An address, `direct` or `off`.
    pub text: &'l str,
    /// What stands behind it; nothing behind the last one.
    pub separator: Option<Separator>,
}

impl Entry<'_> {
    /// Whether it is a proxy's address.
    pub fn is_address(&self) -> bool {
        !matches!(self.text, "direct" | "off")
    }
}

/// The entries that Go looks at: blanks are trimmed, empty ones skipped.
pub fn entries(list: &str) -> Vec<Entry<'_>> {
    let mut entries: Vec<Entry<'_>> = Vec::new();
    for part in list.split_inclusive([',', '|']) {
        let separator = match part.as_bytes().last() {
            Some(b',') => Some(Separator::Comma),
            Some(b'|') => Some(Separator::Pipe),
            _ => None,
        };
        let text = part.trim_end_matches([',', '|']).trim();
        if !text.is_empty() {
            entries.push(Entry { text, separator });
        }
    }
    if let Some(last) = entries.last_mut() {
        last.separator = None;
    }
    entries
}

/// The list without what Go does not look at.
pub fn tidy(list: &str) -> String {
    let mut tidy = String::with_capacity(list.len());
    for Entry { text, separator } in entries(list) {
        tidy.push_str(text);
        match separator {
            Some(Separator::Comma) => tidy.push(','),
            Some(Separator::Pipe) => tidy.push('|'),
            None => {}
        }
    }
    tidy
}

/// The host that is asked first, or `direct` or `off`.
pub fn first_host(list: &str) -> Option<String> {
    let entry = entries(list).first()?.text;
    Some(Address::parse(entry).host_port.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_empty_entries_are_nothing() {
        let list = entries(" https://a.example ,,direct\n");
        let texts: Vec<&str> = list.iter().map(|entry| entry.text).collect();
        assert_eq!(texts, ["https://a.example", "direct"]);
        assert_eq!(list[0].separator, Some(Separator::Comma));
        assert_eq!(list[1].separator, None);
        assert_eq!(entries("a|b")[0].separator, Some(Separator::Pipe));
    }

    #[test]
    fn the_host_is_what_is_asked() {
        let host = |list| first_host(list).unwrap_or_default();
        assert_eq!(host("https://u:p@Go.Example/x,direct"), "go.example");
        assert_eq!(host("direct"), "direct");
        assert_eq!(first_host(","), None);
    }
}
