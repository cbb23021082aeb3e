//! `proxy-credentials`: a password in the address of a proxy or a mirror.

use super::{Rule, Sink};
use crate::flow::{Build, SetBy, SetIn, Workspace};
use crate::model::variables::{is_network_setting, is_predefined_proxy};
use crate::secrets::{Evidence, Names, Place, Verdict, judge};

pub(super) struct ProxyCredentials;

impl Rule for ProxyCredentials {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        for setting in build.settings().filter(|s| is_network_setting(s.name)) {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let (place, keeps) = match setting.by {
                SetBy::Env => (Place::Env, "everybody who has the image can read it"),
                SetBy::Arg | SetBy::GlobalArg => (Place::Arg, "it stays in the image's history"),
            };
            let judgement = judge(&Names::BUILT_IN, place, setting.name, Some(value));
            let Some(password) = judgement
                .secret
                .filter(|_| judgement.evidence == Some(Evidence::UserInfo))
                .filter(|_| judgement.verdict == Verdict::Token)
            else {
                continue;
            };
            let name = setting.name;
            sink.report(
                build.at(setting.span_of(password, source)),
                "a password",
                format!("`{name}` holds a password: {keeps}"),
            )
            .about(name)
            .help(help(name));
        }
    }

    /// Compose files, `.env` and `env_file`s.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for setting in workspace.project_settings() {
            let Some(value) = setting.value.as_known() else {
                continue;
            };
            let name = setting.name;
            let place = match setting.by {
                SetIn::BuildArgs => Place::Arg,
                SetIn::Environment | SetIn::EnvFile | SetIn::Dotenv => Place::Env,
            };
            let judgement = judge(&Names::BUILT_IN, place, name, Some(value));
            let is_certain = judgement.evidence == Some(Evidence::UserInfo)
                && judgement.verdict == Verdict::Token;
            let Some(password) = judgement.secret.filter(|_| is_certain) else {
                continue;
            };
            let at = workspace.part_of_setting(&setting, password);
            let message = format!("`{name}` gives a password away to everybody who has this file");
            sink.report(at, "a password in clear", message)
                .about(name)
                .help(format!("keep the address out of the repository: `{name}:` without a value takes it from the caller's shell, or from a `.env` that git ignores"));
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
