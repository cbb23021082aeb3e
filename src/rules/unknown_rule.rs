//! `unknown-rule`: a suppression names a rule that is none.

use super::{Rule, Sink};
use crate::finding::suppress::Complaint;
use crate::source::Location;

pub(super) struct UnknownRule;

impl Rule for UnknownRule {
    fn suppression(&self, at: Location, complaint: &Complaint, sink: &mut Sink) {
        if let Complaint::Unknown(name) = complaint {
            let message = super::UnknownRule::new(name).to_string();
            sink.report(at, "no such rule", message);
        }
    }
}
