//! `dropin-not-read`: a file meant as a drop-in that systemd never reads.

use super::{Rule, Sink, model_findings};
use crate::flow::Workspace;

pub(super) struct DropinNotRead;

impl Rule for DropinNotRead {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "dropin-not-read", sink);
    }
}
