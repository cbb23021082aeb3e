//! What the author of a file that nobody reads wanted with it.

use crate::source::{SourceFile, Span};
use crate::syntax::environment_file;
use crate::syntax::unit::{self, EntryKind, Unescape};

use super::names;

/// A setting in a file that nobody reads.
pub(super) struct Intent {
    /// The section header, or the setting.
    pub at: Span,
    pub line: Option<u32>,
    pub name: Option<String>,
    /// Whether it sets a proxy.
    pub proxy: bool,
    /// Whether it stands in a `[Service]` section.
    pub service: bool,
}

/// The settings of a file in unit syntax.
pub(super) fn intents(file: &SourceFile) -> Vec<Intent> {
    let unit = unit::parse(file);
    let mut found = Vec::new();
    let mut header: Option<(Span, u32, bool)> = None;
    for entry in &unit.entries {
        match &entry.kind {
            EntryKind::Section(name) => {
                header = Some((entry.span, entry.line, name.text == "Service"))
            }
            EntryKind::Assignment { key, value } if key.text == "Environment" => {
                let service = header.filter(|(_, _, is_service)| *is_service);
                for word in value.words(Unescape::C).flatten() {
                    let name = word
                        .text()
                        .and_then(|text| text.split_once('='))
                        .map(|(name, _)| name.to_owned());
                    let proxy = name.as_deref().is_some_and(names::is_proxy);
                    found.push(Intent {
                        at: service.map_or(entry.span, |(span, ..)| span),
                        line: service.map(|(_, line, _)| line),
                        name,
                        proxy,
                        service: service.is_some(),
                    });
                }
            }
            _ => {}
        }
    }
    found
}

/// The first proxy that a file of plain assignments sets, `export` in front or not.
pub(super) fn assignment_intent(file: &SourceFile) -> Option<Intent> {
    let parsed = environment_file::parse(file);
    parsed.assignments.iter().find_map(|assignment| {
        let name = assignment.name.rsplit([' ', '\t']).next()?;
        names::is_proxy(name).then(|| Intent {
            at: assignment.name_span,
            line: None,
            name: Some(name.to_owned()),
            proxy: true,
            service: false,
        })
    })
}

/// Files that a person or a package manager has put out of the way.
pub(super) fn is_set_aside(name: &str) -> bool {
    const ENDS: [&str; 18] = [
        "~",
        ".bak",
        ".disabled",
        ".disable",
        ".off",
        ".old",
        ".orig",
        ".save",
        ".sample",
        ".example",
        ".dist",
        ".md",
        ".swp",
        ".j2",
        ".tpl",
        ".tmpl",
        ".template",
        ".erb",
    ];
    let lower = name.to_ascii_lowercase();
    ENDS.iter().any(|end| lower.ends_with(end))
        || lower.contains(".dpkg-")
        || lower.contains(".rpm")
        || lower.starts_with("readme")
}
