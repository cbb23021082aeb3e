//! `proxy-credentials`: a password in the address of a proxy or a mirror.

use super::{Rule, Sink};
use crate::flow::{Build, Workspace};
use crate::model::variables::{is_network_setting, is_predefined_proxy};
use crate::secrets::userinfo;

pub(super) struct ProxyCredentials;

impl Rule for ProxyCredentials {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build.settings().filter(|s| is_network_setting(s.name)) {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let found = if is_predefined_proxy(setting.name) {
                userinfo::in_address(value)
            } else {
                userinfo::in_urls(value).next()
            };
            let Some(found) = found.filter(|found| found.is_literal(value)) else {
                continue;
            };
            let (name, by) = (setting.name, setting.by.keyword());
            let keeps = match by {
                "ENV" => "everybody who has the image can read it",
                _ => "it stays in the image's history",
            };
            sink.report(
                build.at(setting.span_of(found.password, source)),
                "a password",
                format!("`{name}` holds a password: {keeps}"),
            )
            .about(name)
            .help(help(name));
        }
    }
}

fn help(name: &str) -> String {
    if is_predefined_proxy(name) {
        format!(
            "drop this line and pass `--build-arg {name}=…` without an ARG: BuildKit hands it to every RUN and keeps it out of the history"
        )
    } else {
        format!("pass the address as a secret: `RUN --mount=type=secret,id=mirror,env={name} …`")
    }
}
