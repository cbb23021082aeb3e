//! `proxy-malformed`: a proxy's address that no client understands.

use super::{Rule, Sink, edits, model_findings};
use crate::finding::Severity;
use crate::flow::{Build, Workspace};
use crate::model::address::proxy_flaw;
use crate::model::variables::is_proxy_address;

pub(super) struct ProxyMalformed;

impl Rule for ProxyMalformed {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build.told_settings().filter(|s| is_proxy_address(s.name)) {
            let Some(flaw) = setting.value.as_known().and_then(proxy_flaw) else {
                continue;
            };
            let name = setting.name;
            let finding = sink
                .report(
                    build.at(setting.span_of(flaw.range, source)),
                    if flaw.is_certain {
                        "breaks the address"
                    } else {
                        "taken for a host"
                    },
                    format!("`{name}` {}", flaw.what),
                )
                .about(name)
                .help(match flaw.is_certain {
                    true => "write the address as `http://host:port`",
                    false => "for no proxy write an empty value",
                });
            if !flaw.is_certain {
                finding.severity(Severity::Info);
            }
            edits::mend(finding, &setting, proxy_flaw, build, source);
        }
    }

    /// Units, `daemon.json`, compose files, `.env` and `env_file`s.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        model_findings::daemons(workspace, "proxy-malformed", sink);
        for setting in workspace.project_settings() {
            let value = setting
                .value
                .as_known()
                .filter(|_| is_proxy_address(setting.name));
            let Some(flaw) = value.and_then(proxy_flaw) else {
                continue;
            };
            let name = setting.name;
            let at = workspace.part_of_setting(&setting, flaw.range);
            let finding = sink
                .report(at, "breaks the address", format!("`{name}` {}", flaw.what))
                .about(name)
                .help("write the address as `http://host:port`");
            if !flaw.is_certain {
                finding.severity(Severity::Info);
            }
        }
    }
}
