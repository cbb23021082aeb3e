//! `goprivate-missing`: Go asks a public proxy for an internal module.

use super::{Rule, Sink};
use crate::flow::go::entries;
use crate::flow::{Analysis, Workspace};

pub(super) struct GoprivateMissing;

impl Rule for GoprivateMissing {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let network = &workspace.request.settings(build.file).network;
        for download in build.go_downloads() {
            let mut modules = download.executed.command.argv.iter().skip(2);
            let found = modules.find_map(|argument| {
                let host = argument.value.as_known()?.split(['/', '@']).next()?;
                network.is_internal(host).then_some((argument, host))
            });
            let Some((argument, host)) = found else {
                continue;
            };
            let private = ["GOPRIVATE", "GONOPROXY"]
                .iter()
                .any(|name| download.sees(name).is_some());
            // With a proxy of their own the author decides, and `direct` in front asks no proxy.
            let own_proxy = download.sees("GOPROXY").is_some_and(|setting| {
                setting.value.is_none_or(|list| {
                    entries(list)
                        .first()
                        .is_some_and(|first| first.text != "https://proxy.golang.org")
                })
            });
            if private || own_proxy {
                continue;
            }
            sink.report(
                download.executed.locate(argument.span),
                "asked of proxy.golang.org first",
                format!("Go sends the name of this module on `{host}` to the public proxy and the checksum database"),
            )
            .about("GOPRIVATE")
            .help(format!("set `GOPRIVATE={host}` above this step"));
            return;
        }
    }
}
