//! Files that a deployment tool fills in before a machine sees them.

use crate::model::{Unknown, Value};
use crate::syntax::unit::{Entry, EntryKind, Unescape};

use super::names;
use super::service::{Setting, Source};

/// Whether a text holds a placeholder of Jinja, Go templates, Mustache, ERB or autoconf: what
/// will stand there is not known, and so neither wrong nor right.
pub(super) fn is_template(text: &str) -> bool {
    let marks = ["{{", "{%", "{#", "<%"];
    marks.iter().any(|mark| text.contains(mark)) || has_at_placeholder(text)
}

/// `@NAME@`.
fn has_at_placeholder(text: &str) -> bool {
    let parts: Vec<&str> = text.split('@').collect();
    let inner = parts
        .get(1..parts.len().saturating_sub(1))
        .unwrap_or_default();
    let is_name = |part: &&str| {
        let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
        part.starts_with(|c: char| c.is_ascii_uppercase()) && part.chars().all(upper)
    };
    inner.iter().any(is_name)
}

/// The variables that a line with placeholders sets, their values unknown.
pub(super) fn settings(source: &Source, entry: &Entry, order: usize) -> Vec<Setting> {
    let EntryKind::Assignment { key, value } = &entry.kind else {
        return Vec::new();
    };
    if key.text != "Environment" {
        return Vec::new();
    }
    let words = value.words(Unescape::CRelaxed).flatten();
    let settings = words.filter_map(|word| {
        let (name, _) = word.text()?.split_once('=')?;
        names::is_valid(name).then(|| Setting {
            name: name.to_owned(),
            value: Value::Unknown(Unknown::Template),
            at: source.location(word.span),
            path: source.path.clone(),
            role: source.role,
            order,
        })
    });
    settings.collect()
}
