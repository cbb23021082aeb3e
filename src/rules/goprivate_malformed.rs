//! `goprivate-malformed`: a module pattern that matches nothing.

use super::{Rule, Sink, edits};
use crate::flow::{Analysis, Workspace};
use crate::model::address::module_patterns_flaw;

pub(super) struct GoprivateMalformed;

const HELP: &str = "write module path patterns with `,` alone between them, as in `git.corp.example,*.corp.example`";

impl Rule for GoprivateMalformed {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build.told_settings() {
            let name = setting.name;
            let Some(consequence) = consequence(name) else {
                continue;
            };
            let Some(flaw) = setting.value.as_known().and_then(module_patterns_flaw) else {
                continue;
            };
            let finding = sink
                .report(
                    build.at(setting.span_of(flaw.range, source)),
                    "matches no module",
                    format!("`{name}` {}: {consequence}", flaw.what),
                )
                .about(name)
                .help(HELP);
            edits::mend(finding, &setting, module_patterns_flaw, build, source);
        }
    }

    /// Compose files, `.env` and `env_file`s.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for setting in workspace.project_settings() {
            let name = setting.name;
            let Some(consequence) = consequence(name) else {
                continue;
            };
            let Some(flaw) = setting.value.as_known().and_then(module_patterns_flaw) else {
                continue;
            };
            let at = workspace.part_of_setting(&setting, flaw.range);
            let message = format!("`{name}` {}: {consequence}", flaw.what);
            sink.report(at, "matches no module", message)
                .about(name)
                .help(HELP);
        }
    }
}

/// What becomes of a private module that the list misses.
fn consequence(name: &str) -> Option<&'static str> {
    match name {
        "GOPRIVATE" => Some("Go asks the public proxy and checksum database for these modules"),
        "GONOPROXY" => Some("Go asks the public proxy for these modules"),
        "GONOSUMDB" => Some("Go asks the public checksum database for these modules"),
        _ => None,
    }
}
