//! `dropin-overridden`: an assignment that another file takes back.

use super::{Rule, Sink, model_findings};
use crate::flow::Workspace;

pub(super) struct DropinOverridden;

impl Rule for DropinOverridden {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "dropin-overridden", sink);
    }
}
