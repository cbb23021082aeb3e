//! The `ARG` line that brings a variable into a stage.

use crate::finding::redact::Door;
use crate::flow::{Analysis, Workspace};

/// What an `ARG` of a name has to say in a stage that lacks it.
pub(super) enum ArgLine {
    /// Its name: the value comes from above the first `FROM` or from the caller.
    Bare(String),
    /// The default too: a bare one would not get that of another stage.
    WithDefault(String),
    /// A value that is not to be copied: a secret, one that is made of others, or several.
    Unclear,
}

/// So many defaults of one name are compared at most.
const MOST_DEFAULTS: usize = 64;

impl ArgLine {
    pub fn of(name: &str, build: &Analysis<'_>, workspace: &Workspace<'_>) -> Self {
        let mut defaults = build.declarations().out_of_reach(name);
        let Some(first) = defaults.next() else {
            return Self::Bare(format!("ARG {name}"));
        };
        let source = workspace.source(build.file);
        let text_of = |span: Option<_>| span.map(|span| source.slice(span));
        let text = text_of(first.default_span).unwrap_or_default();
        let are_equal = defaults
            .take(MOST_DEFAULTS)
            .all(|other| text_of(other.default_span) == Some(text));
        let door = Door::new(&workspace.names);
        let is_secret = workspace.names.is_masked(name) || door.value(name, text).as_str() != text;
        // What is escaped or continued may mean something else where `# escape=` or a comment is near.
        match are_equal && !is_secret && !text.contains(['$', '\\', '`', '\n']) {
            true if matches!(text, "" | "''" | "\"\"") => Self::Unclear,
            true => Self::WithDefault(format!("ARG {name}={text}")),
            false => Self::Unclear,
        }
    }
}
