//! `dropin-assignment-lost`: an assignment that is dropped, altered or swallowed.

use super::{Rule, Sink, model_findings};
use crate::flow::Workspace;

pub(super) struct DropinAssignmentLost;

impl Rule for DropinAssignmentLost {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "dropin-assignment-lost", sink);
    }
}
