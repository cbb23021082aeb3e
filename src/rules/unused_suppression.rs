//! `unused-suppression`: a suppression hides nothing.

use super::{Rule, Sink};
use crate::finding::suppress::Complaint;
use crate::finding::{Applicability, Edit};
use crate::source::Location;

pub(super) struct UnusedSuppression;

impl Rule for UnusedSuppression {
    fn suppression(&self, at: Location, complaint: &Complaint, sink: &mut Sink) {
        match complaint {
            Complaint::Unused(rule, removal) => {
                let finding = sink.report(
                    at,
                    "nothing to hide",
                    format!("`{rule}` finds nothing here, so this suppression can go"),
                );
                let Some(span) = *removal else {
                    return;
                };
                let edit = Edit {
                    file: at.file,
                    span,
                    text: String::new(),
                };
                finding.fix("remove it", Applicability::Safe, vec![edit]);
            }
            Complaint::Faulty(fault, cure) => {
                let finding = sink.report(at, "hides nothing", fault.to_string());
                if let Some(cure) = cure {
                    let edits = cure.edits.iter().map(|(span, text)| Edit {
                        file: at.file,
                        span: *span,
                        text: text.clone(),
                    });
                    finding.fix(cure.title, Applicability::Suggested, edits.collect());
                }
            }
            Complaint::Unknown(..) => {}
        }
    }
}
