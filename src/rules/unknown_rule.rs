//! `unknown-rule`: a suppression names a rule that is none.

use super::{Rule, Sink};
use crate::finding::suppress::Complaint;
use crate::finding::{Applicability, Edit};
use crate::source::Location;

pub(super) struct UnknownRule;

impl Rule for UnknownRule {
    fn suppression(&self, at: Location, complaint: &Complaint, sink: &mut Sink) {
        if let Complaint::Unknown(name, removal) = complaint {
            let unknown = super::UnknownRule::among_rules(name);
            let label = match unknown.is_group {
                true => "a group",
                false => "no such rule",
            };
            let finding = sink.report(at, label, unknown.to_string());
            // Where it may be text of something else, nothing is written either.
            let Some(removal) = *removal else {
                return;
            };
            let (title, span, text) = match unknown.suggestion {
                Some(rule) => (format!("write `{rule}`"), at.span, rule),
                None => ("remove it".to_owned(), removal, ""),
            };
            let edit = Edit {
                file: at.file,
                span,
                text: text.to_owned(),
            };
            finding.fix(title, Applicability::Suggested, vec![edit]);
        }
    }
}
