//! `daemon-json-proxies`: `proxies` of daemon.json in a shape that dockerd does not read.

use super::{Rule, Sink, model_findings};
use crate::flow::Workspace;

pub(super) struct DaemonJsonProxies;

impl Rule for DaemonJsonProxies {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "daemon-json-proxies", sink);
    }
}
