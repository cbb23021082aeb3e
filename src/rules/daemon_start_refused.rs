//! `daemon-start-refused`: a configuration with which the daemon does not start.

use super::{Rule, Sink, model_findings};
use crate::flow::Workspace;

pub(super) struct DaemonStartRefused;

impl Rule for DaemonStartRefused {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "daemon-start-refused", sink);
    }
}
