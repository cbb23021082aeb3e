//! Findings: what a rule says, where, and how to mend it.

pub mod redact;

use crate::source::{FileId, Location, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Shown, does not fail a run by default.
    Info,
    /// A setting that does not do what its author meant.
    Warning,
    /// Broken, or a secret given away.
    Error,
}

/// What a label stands for in the finding's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The place to fix, to suppress and to underline in an editor. One per finding.
    Primary,
    /// A place on the value's way.
    Hop,
    /// Further context.
    Related,
}

/// A place in a finding's story, with what happens there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The bytes.
    pub location: Location,
    /// Its part in the story.
    pub role: Role,
    /// What happens here, a few words.
    pub text: String,
}

/// Whether a fix may be applied without a person looking at it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Applicability {
    /// Proven to change nothing else.
    Safe,
    /// What a person most likely wants, but may change more.
    Suggested,
}

/// A replacement of the bytes of a span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The file.
    pub file: FileId,
    /// The bytes to replace; empty to insert.
    pub span: Span,
    /// What to write instead.
    pub text: String,
}

/// Edits that together mend a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, as an instruction to a person: "declare `ARG GOPROXY` in this stage".
    pub title: String,
    /// Whether it is safe.
    pub applicability: Applicability,
    /// The edits, in file order, not overlapping.
    pub edits: Vec<Edit>,
}

/// One problem, told once. Holds raw source text: reports see it only through the redaction door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// How bad it is here.
    pub severity: Severity,
    /// What is wrong here, in one sentence with the real names.
    pub message: String,
    /// The story in flow order; one label is primary.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// The primary label's location, or the first label's.
    pub fn primary(&self) -> Option<Location> {
        self.labels
            .iter()
            .find(|label| label.role == Role::Primary)
            .or(self.labels.first())
            .map(|label| label.location)
    }
}
