//! Findings: what a rule says, where, and how to mend it.

pub mod baseline;
pub mod fingerprint;
pub mod fix;
pub mod redact;
pub mod suppress;

use crate::source::{FileId, Location, SourceFile, Span};

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

impl Severity {
    /// The word for it in pages, configuration and reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }

    /// The severity a word stands for.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Info, Self::Warning, Self::Error]
            .into_iter()
            .find(|severity| severity.as_str() == word)
    }
}

/// What a label stands for in the finding's story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// The place to fix, to suppress and to underline in an editor. One per finding.
    Primary,
    /// A place on the value's way.
    Hop,
    /// One more place where the primary one could be as well: the same cause, suppressed on its own.
    Alike,
    /// Further context, not on the way.
    Related,
}

impl Role {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Hop => "hop",
            Self::Alike | Self::Related => "related",
        }
    }

    /// Whether the place is a part of the story, not one beside it.
    pub fn is_on_the_way(self) -> bool {
        matches!(self, Self::Primary | Self::Hop)
    }
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

impl Applicability {
    /// The word for it in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Suggested => "suggested",
        }
    }
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

/// So many further places of one cause are kept at most: some may be suppressed.
const MOST_ALIKE: usize = 64;
/// So many of them are told.
const SHOWN_ALIKE: usize = 5;

/// One problem, told once. Holds raw source text: reports see it only through the redaction door.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// How bad it is here.
    pub severity: Severity,
    /// Whether it is a matter of taste here: told only to who asks for the rule by name or for
    /// everything.
    pub is_pedantic: bool,
    /// What is wrong here, in one sentence with the real names.
    pub message: String,
    /// The variable it is about, if it is about one: findings about different variables never have
    /// the same cause.
    pub variable: Option<String>,
    /// The story in flow order; one label is primary.
    pub labels: Vec<Label>,
    /// What to write instead.
    pub help: Option<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
}

impl Finding {
    /// A finding whose primary label, `text`, is at `location`.
    pub fn new(
        rule: &'static str,
        severity: Severity,
        location: Location,
        text: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            rule,
            severity,
            is_pedantic: false,
            message: message.into(),
            variable: None,
            labels: vec![Label {
                location,
                role: Role::Primary,
                text: text.into(),
            }],
            help: None,
            fixes: Vec::new(),
        }
    }

    /// Sets how bad it is, where that differs from the rule's default.
    pub fn severity(&mut self, severity: Severity) -> &mut Self {
        self.severity = severity;
        self
    }

    /// Says that it is a matter of taste here.
    pub fn pedantic(&mut self) -> &mut Self {
        self.is_pedantic = true;
        self
    }

    /// Names the variable it is about.
    pub fn about(&mut self, variable: impl Into<String>) -> &mut Self {
        self.variable = Some(variable.into());
        self
    }

    /// Adds a hop that comes before the primary label in the story; call in flow order.
    pub fn before(&mut self, location: Location, text: impl Into<String>) -> &mut Self {
        let primary = self
            .labels
            .iter()
            .position(|label| label.role == Role::Primary)
            .unwrap_or(self.labels.len());
        self.labels.insert(
            primary,
            Label {
                location,
                role: Role::Hop,
                text: text.into(),
            },
        );
        self
    }

    /// Adds a hop that comes after the primary label in the story; call in flow order.
    pub fn after(&mut self, location: Location, text: impl Into<String>) -> &mut Self {
        self.push(location, Role::Hop, text.into())
    }

    /// Adds further places that the finding is about as much as about the primary one.
    pub fn also(&mut self, places: impl IntoIterator<Item = Location>, text: &str) -> &mut Self {
        for place in places.into_iter().take(MOST_ALIKE) {
            self.push(place, Role::Alike, text.to_owned());
        }
        self
    }

    /// Leaves as many places of one kind as a reader wants to see.
    pub fn shorten(&mut self) {
        let mut alike = 0;
        self.labels.retain(|label| {
            alike += usize::from(label.role == Role::Alike);
            label.role != Role::Alike || alike <= SHOWN_ALIKE
        });
    }

    /// Adds a place that helps to understand, but is not on the way.
    pub fn related(&mut self, location: Location, text: impl Into<String>) -> &mut Self {
        self.push(location, Role::Related, text.into())
    }

    fn push(&mut self, location: Location, role: Role, text: String) -> &mut Self {
        self.labels.push(Label {
            location,
            role,
            text,
        });
        self
    }

    /// Says what to write instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Adds edits that mend it.
    pub fn fix(
        &mut self,
        title: impl Into<String>,
        applicability: Applicability,
        edits: Vec<Edit>,
    ) -> &mut Self {
        self.fixes.push(Fix {
            title: title.into(),
            applicability,
            edits,
        });
        self
    }

    /// Moves places in texts that were cut from a file to that file. Edits of such texts are
    /// dropped: what they would write may have to be written differently there.
    pub fn put_on_disk(&mut self, sources: &[SourceFile]) {
        let part = |file: FileId| {
            sources
                .get(file.0 as usize)
                .filter(|source| source.is_part())
        };
        for label in &mut self.labels {
            if let Some(source) = part(label.location.file) {
                label.location = source.on_disk(label.location.span);
            }
        }
        self.fixes
            .retain(|fix| fix.edits.iter().all(|edit| part(edit.file).is_none()));
    }

    /// The primary label's location, or the first label's.
    pub fn primary(&self) -> Option<Location> {
        self.labels
            .iter()
            .find(|label| label.role == Role::Primary)
            .or(self.labels.first())
            .map(|label| label.location)
    }
}

/// Puts findings into the order of every report: by file, offset, rule and message.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| (finding.primary(), finding.rule);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_places_are_told_as_one_reads() {
        let place = Location::default();
        let mut finding = Finding::new("one", Severity::Info, place, "", "");
        finding
            .also([place; 2 * MOST_ALIKE], "too")
            .related(place, "");
        assert_eq!(finding.labels.len(), 1 + MOST_ALIKE + 1);
        finding.shorten();
        assert_eq!(finding.labels.len(), 1 + SHOWN_ALIKE + 1);
    }
}
