//! `goproxy-malformed`: a GOPROXY list that Go refuses or does not use up.

use super::{Rule, Sink, edits};
use crate::finding::Severity;
use crate::flow::{Analysis, Workspace};
use crate::model::address::goproxy_flaw;

pub(super) struct GoproxyMalformed;

impl Rule for GoproxyMalformed {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build
            .told_settings()
            .filter(|setting| setting.name == "GOPROXY")
        {
            let Some(flaw) = setting.value.as_known().and_then(goproxy_flaw) else {
                continue;
            };
            let finding = sink
                .report(
                    build.at(setting.span_of(flaw.range, source)),
                    if flaw.is_certain {
                        "Go stops here"
                    } else {
                        "never asked"
                    },
                    format!("`GOPROXY` {}", flaw.what),
                )
                .about("GOPROXY");
            if flaw.is_certain {
                finding.help("write addresses with `,` between them (on to the next after 404 or 410) or `|` (after any error), as in `https://goproxy.example,direct`");
            } else {
                finding
                    .severity(Severity::Info)
                    .help("put `direct` or `off` last, or drop what stands behind it");
            }
            edits::mend(finding, &setting, goproxy_flaw, build, source);
        }
    }

    /// Compose files, `.env` and `env_file`s.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for setting in workspace.project_settings() {
            let value = setting
                .value
                .as_known()
                .filter(|_| setting.name == "GOPROXY");
            let Some(flaw) = value.and_then(goproxy_flaw) else {
                continue;
            };
            let at = workspace.part_of_setting(&setting, flaw.range);
            let label = if flaw.is_certain {
                "Go stops here"
            } else {
                "never asked"
            };
            let finding = sink.report(at, label, format!("`GOPROXY` {}", flaw.what));
            finding.about("GOPROXY");
            if !flaw.is_certain {
                finding.severity(Severity::Info);
            }
        }
    }
}
