//! A baseline: findings that were there when docklint was adopted, and are to be told no more.
//!
//! Entries hold redacted text only. A finding is known by its fingerprint, which moves with its line;
//! equal findings are told apart by their number, so that one more of them is new.

use hashbrown::HashSet;
use serde::{Deserialize, Serialize};

/// The version of the file's form.
const VERSION: u32 = 1;

/// The file's name in the project root.
pub const FILE_NAME: &str = ".docklint-baseline.json";

/// A finding that is known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Entry {
    /// The file, from the project root.
    pub file: String,
    /// The rule.
    pub rule: String,
    /// What was found, for people.
    pub message: String,
    /// What tells it from others.
    pub fingerprint: String,
}

/// The known findings, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// Why a text is no baseline that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// One that another version of docklint wrote: `docklint baseline` replaces it.
    Version(u32),
    /// None at all, from this line on: it may be somebody's file, and nothing replaces it.
    NoBaseline(usize),
}

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Version(version) => write!(
                f,
                "is of version {version}, and this docklint reads version {VERSION}: write it anew with `docklint baseline`"
            ),
            Self::NoBaseline(line) => write!(
                f,
                "is no baseline: line {line} is not as `docklint baseline` writes it; delete the file, then write it anew"
            ),
        }
    }
}

#[derive(Deserialize)]
struct Head {
    version: u32,
    #[serde(rename = "findings")]
    _findings: serde::de::IgnoredAny,
}

#[derive(Deserialize)]
struct Body {
    findings: Vec<Entry>,
}

impl Baseline {
    /// The baseline of these findings.
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort();
        Self { entries }
    }

    /// Reads the text of a baseline file.
    pub fn parse(text: &str) -> Result<Self, Unusable> {
        let invalid = |error: serde_json::Error| Unusable::NoBaseline(error.line().max(1));
        let head: Head = serde_json::from_str(text).map_err(invalid)?;
        if head.version != VERSION {
            return Err(Unusable::Version(head.version));
        }
        let body: Body = serde_json::from_str(text).map_err(invalid)?;
        Ok(Self::new(body.findings))
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The text of the file: an entry a line, so that changes to it read well. `json` writes one.
    pub fn to_text(&self, json: impl Fn(&Entry) -> String) -> String {
        let lines: Vec<String> = self
            .entries
            .iter()
            .map(|entry| format!("    {}", json(entry)))
            .collect();
        let findings = match lines.is_empty() {
            true => "[]".to_owned(),
            false => format!("[\n{}\n  ]", lines.join(",\n")),
        };
        format!("{{\n  \"version\": {VERSION},\n  \"findings\": {findings}\n}}\n")
    }

    /// Which of these findings are known.
    pub fn known(&self, found: &[Entry]) -> Vec<bool> {
        let known = identities(&self.entries);
        found
            .iter()
            .map(|entry| known.contains(&entry.identity()))
            .collect()
    }

    /// The entries that nothing was found for.
    pub fn missing<'b>(&'b self, found: &[Entry]) -> Vec<&'b Entry> {
        let found = identities(found);
        let entries = self.entries.iter();
        entries
            .filter(|entry| !found.contains(&entry.identity()))
            .collect()
    }
}

impl Entry {
    /// What makes two entries one: the fingerprint, which is short, and what people read of it.
    fn identity(&self) -> [&str; 3] {
        [&self.fingerprint, &self.file, &self.rule]
    }
}

fn identities(entries: &[Entry]) -> HashSet<[&str; 3]> {
    entries.iter().map(Entry::identity).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(file: &str, fingerprint: &str) -> Entry {
        Entry {
            file: file.into(),
            rule: "one".into(),
            message: "wrong".into(),
            fingerprint: fingerprint.into(),
        }
    }

    #[test]
    fn what_is_written_is_read_again_and_sorted() {
        let baseline = Baseline::new(vec![entry("b", "1"), entry("a", "2")]);
        let text = baseline.to_text(|entry| serde_json::to_string(entry).unwrap());
        assert!(text.lines().nth(3).unwrap().contains("\"file\":\"a\""));
        assert_eq!(Baseline::parse(&text), Ok(baseline));
        let empty = Baseline::default();
        let text = empty.to_text(|_| String::new());
        assert_eq!(Baseline::parse(&text), Ok(empty));
    }

    #[test]
    fn what_is_not_known_is_new_and_what_is_not_found_is_missing() {
        let baseline = Baseline::new(vec![entry("a", "1"), entry("a", "2")]);
        let found = [entry("a", "2"), entry("a", "3")];
        assert_eq!(baseline.known(&found), [true, false]);
        assert_eq!(baseline.missing(&found), [&entry("a", "1")]);
    }

    #[test]
    fn an_entry_is_about_its_file_and_its_rule() {
        let baseline = Baseline::new(vec![entry("a", "1")]);
        let other_rule = Entry {
            rule: "two".into(),
            ..entry("a", "1")
        };
        let found = [entry("b", "1"), other_rule];
        assert_eq!(baseline.known(&found), [false, false]);
        assert_eq!(baseline.missing(&found), [&entry("a", "1")]);
    }

    #[test]
    fn another_version_is_told_before_its_form_is() {
        let parse = |text| Baseline::parse(text).unwrap_err();
        let newer = parse(r#"{"version": 2, "findings": {}}"#);
        assert_eq!(newer, Unusable::Version(2));
        for text in ["[]", "", "{}", r#"{"version": 1}"#, r#"{"version": 2}"#] {
            assert_eq!(parse(text), Unusable::NoBaseline(1), "{text}");
        }
        let line = parse("{\n  \"version\": 1,\n<<<<<<< ours\n");
        assert_eq!(line, Unusable::NoBaseline(3));
    }
}
