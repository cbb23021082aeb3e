//! `unused-suppression`: a suppression hides nothing.

use super::{Rule, Sink};
use crate::finding::suppress::Complaint;
use crate::source::Location;

pub(super) struct UnusedSuppression;

impl Rule for UnusedSuppression {
    fn suppression(&self, at: Location, complaint: &Complaint, sink: &mut Sink) {
        match complaint {
            Complaint::Unused(rule) => sink.report(
                at,
                "nothing to hide",
                format!("`{rule}` finds nothing here, so this suppression can go"),
            ),
            Complaint::Faulty(fault) => sink.report(at, "hides nothing", fault.to_string()),
            Complaint::Unknown(_) => return,
        };
    }
}
