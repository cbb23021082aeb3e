//! `goprivate-malformed`: a module pattern that matches nothing.

use super::{Rule, Sink};
use crate::flow::{Build, Workspace};
use crate::model::address::module_patterns_flaw;

pub(super) struct GoprivateMalformed;

const LISTS: [&str; 3] = ["GOPRIVATE", "GONOPROXY", "GONOSUMDB"];

impl Rule for GoprivateMalformed {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build.settings().filter(|s| LISTS.contains(&s.name)) {
            let Some(flaw) = setting.value.as_known().and_then(module_patterns_flaw) else {
                continue;
            };
            let name = setting.name;
            sink.report(
                build.at(setting.span_of(flaw.range, source)),
                "matches no module",
                format!("`{name}` {}: private paths go to the public proxy", flaw.what),
            )
            .about(name)
            .help("write path patterns separated by `,` alone, as in `git.corp.example,*.corp.example`");
        }
    }

    /// Compose files, `.env` and `env_file`s.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for setting in workspace.project_settings() {
            let value = setting.value.as_known().filter(|_| LISTS.contains(&setting.name));
            let Some(flaw) = value.and_then(module_patterns_flaw) else {
                continue;
            };
            let name = setting.name;
            let at = workspace.part_of_setting(&setting, flaw.range);
            let message = format!("`{name}` {}: private paths go to the public proxy", flaw.what);
            sink.report(at, "matches no module", message)
                .about(name)
                .help("write path patterns separated by `,` alone, as in `git.corp.example,*.corp.example`");
        }
    }
}
