//! `unknown-rule`: a suppression names a rule that is none.

use super::{Rule, Sink};
use crate::finding::suppress::Complaint;
use crate::finding::{Applicability, Edit};
use crate::source::Location;

pub(super) struct UnknownRule;

impl Rule for UnknownRule {
    fn suppression(&self, at: Location, complaint: &Complaint, sink: &mut Sink) {
        if let Complaint::Unknown(name) = complaint {
            let unknown = super::UnknownRule::among_rules(name);
            let label = match unknown.is_group {
                true => "a group",
                false => "no such rule",
            };
            let finding = sink.report(at, label, unknown.to_string());
            if let Some(rule) = unknown.suggestion {
                let edit = Edit {
                    file: at.file,
                    span: at.span,
                    text: rule.to_owned(),
                };
                let title = format!("write `{rule}`");
                finding.fix(title, Applicability::Suggested, vec![edit]);
            }
        }
    }
}
