//! One file per rule, named as its page; a registry with one line per rule.

use crate::finding::{Finding, Label, Role, Severity};
use crate::flow::Workspace;
use crate::source::{Location, SourceFile};

/// A rule: asks the model questions and yields findings. Each hook has a default that does nothing.
pub trait Rule: Sync {
    /// Looks at one source file.
    fn file(&self, _file: &SourceFile, _workspace: &Workspace<'_>, _sink: &mut Sink) {}
    /// Looks at everything at once.
    fn workspace(&self, _workspace: &Workspace<'_>, _sink: &mut Sink) {}
}

/// Takes the findings of one rule.
#[derive(Debug)]
pub struct Sink {
    rule: &'static str,
    severity: Severity,
    findings: Vec<Finding>,
}

impl Sink {
    /// Begins a finding whose primary label is at `location`; the severity is the rule's default.
    pub fn report(
        &mut self,
        location: Location,
        label: impl Into<String>,
        message: impl Into<String>,
    ) -> &mut Finding {
        self.findings.push(Finding {
            rule: self.rule,
            severity: self.severity,
            message: message.into(),
            labels: vec![Label {
                location,
                role: Role::Primary,
                text: label.into(),
            }],
            help: None,
            fixes: Vec::new(),
        });
        // The vector was just pushed to.
        let last = self.findings.len() - 1;
        &mut self.findings[last]
    }
}

/// Runs every rule.
pub fn run(_workspace: &Workspace<'_>) -> Vec<Finding> {
    Vec::new()
}
