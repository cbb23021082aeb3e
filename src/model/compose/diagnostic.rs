//! What Compose would say about a project, with places.

use hashbrown::{HashMap, HashSet};

use crate::source::Location;

/// Something to say about a project's files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// What it is about.
    pub kind: DiagnosticKind,
    /// Where; `None` for what stands in no file.
    pub at: Option<Location>,
    /// What is wrong, as Compose words it where a word of its own helps nobody. Never `NAME: …`, where
    /// `NAME` may be a secret's: what stands behind it would be masked.
    pub message: String,
    /// Further places: the first definition of a duplicate key, the links of a cycle.
    pub related: Vec<(Location, String)>,
    /// The keys that there are, where one stands that does not exist.
    pub known: Vec<&'static str>,
}

/// How a diagnostic bears on the project.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; Compose says nothing.
    Note,
    /// Compose warns and goes on.
    Warning,
    /// Compose refuses the project.
    Error,
}

/// What a diagnostic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DiagnosticKind {
    /// The file is not YAML, or not in the format of `.env`.
    Syntax,
    /// Aliases are followed too often or too deep, or contain themselves.
    Alias,
    /// A key that is no string.
    Key,
    /// A variable's syntax.
    Template,
    /// `${N:?…}` without a value.
    RequiredVariable,
    /// A value that cannot be read as the number or boolean its key wants.
    Cast,
    /// A value of the wrong shape, or a key that does not exist.
    Schema,
    /// Files or documents that cannot be merged.
    Merge,
    /// `extends` of something that is not there, or in a circle.
    Extends,
    /// `include` of something that is not there, in a circle, or in conflict.
    Include,
    /// A file that is needed and not there, or cannot be read.
    File,
    /// No compose file, or an empty one.
    Project,
    /// The project's name.
    ProjectName,
    /// Parts that contradict each other or refer to what is not there.
    Consistency,
    /// Warning: a variable is not set and an empty text takes its place.
    UnsetVariable,
    /// Warning: `yes`, `on`, `no`, `off` as a boolean.
    LegacyBoolean,
    /// Warning: a key that Compose ignores or calls deprecated.
    Deprecated,
    /// Warning: several files are candidates and one is taken.
    Ambiguous,
    /// Note: a path leads out of the project's root and is not read.
    OutsideRoot,
    /// Note: a file that git ignores is not there.
    NotShared,
    /// Note: there is more than is read.
    TooMuch,
}

impl DiagnosticKind {
    /// How it bears on the project.
    pub fn level(self) -> Level {
        match self {
            Self::UnsetVariable | Self::LegacyBoolean | Self::Deprecated | Self::Ambiguous => {
                Level::Warning
            }
            Self::OutsideRoot | Self::NotShared | Self::TooMuch => Level::Note,
            _ => Level::Error,
        }
    }
}

impl Diagnostic {
    /// A diagnostic at a place.
    pub fn new(
        kind: DiagnosticKind,
        at: impl Into<Option<Location>>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            at: at.into(),
            message: message.into(),
            related: Vec::new(),
            known: Vec::new(),
        }
    }
}

/// Diagnostics of one kind that are kept of a project: nobody reads more, and Compose stops at the
/// first error.
const MAX_OF_A_KIND: usize = 100;

/// What is said about a project, each thing once: a file that is read for several services says the
/// same each time.
#[derive(Debug, Default)]
pub(super) struct Diagnostics {
    list: Vec<Diagnostic>,
    of_kind: HashMap<DiagnosticKind, HashSet<(Option<Location>, String)>>,
}

impl Diagnostics {
    pub fn push(&mut self, diagnostic: Diagnostic) {
        let known = self.of_kind.entry(diagnostic.kind).or_default();
        let is_new = known.len() < MAX_OF_A_KIND
            && known.insert((diagnostic.at, diagnostic.message.clone()));
        if is_new {
            self.list.push(diagnostic);
        }
    }

    pub fn extend(&mut self, others: Self) {
        others.list.into_iter().for_each(|other| self.push(other));
    }

    /// Whether Compose has no reason to refuse the project so far.
    pub fn are_harmless(&self) -> bool {
        let mut list = self.list.iter();
        list.all(|diagnostic| diagnostic.kind.level() != Level::Error)
    }

    /// Whether the project comes to be whole, as Compose wants it before it asks whether its parts
    /// agree. A missing `env_file` leaves it so; what is too much to be read may hold what is missing.
    pub fn let_it_load(&self) -> bool {
        let mut list = self.list.iter();
        list.all(|said| match said.kind {
            DiagnosticKind::File => true,
            DiagnosticKind::TooMuch => false,
            kind => kind.level() != Level::Error,
        })
    }

    pub fn into_list(self) -> Vec<Diagnostic> {
        self.list
    }
}
