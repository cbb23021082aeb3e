//! Files that a deployment tool fills in before a machine sees them.

use crate::model::{Unknown, Value};
use crate::syntax::unit::{Entry, EntryKind, Unescape};

use super::names;
use super::service::{Setting, Source};

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
