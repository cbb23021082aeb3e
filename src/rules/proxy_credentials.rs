//! `proxy-credentials`: a password in the address of a proxy or a mirror.

use std::ops::Range;

use super::{Rule, Sink, credentials_elsewhere};
use crate::flow::{Analysis, Build, SetBy, Setting, Workspace};
use crate::model::Value;
use crate::model::variables::{is_network_setting, is_predefined_proxy};
use crate::secrets::{Evidence, Names, Place, Verdict, judge};
use crate::source::SourceFile;

pub(super) struct ProxyCredentials;

impl Rule for ProxyCredentials {
    fn file(&self, file: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
        credentials_elsewhere::in_file(file, workspace, sink);
    }

    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        credentials_elsewhere::in_projects(workspace, sink);
        for build in &workspace.builds {
            credentials_elsewhere::in_commands(build, workspace, sink);
        }
    }

    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let source = workspace.source(build.file);
        let mut shipped = None;
        for setting in build.told_settings().filter(|s| is_network_setting(s.name)) {
            let place = match setting.by {
                SetBy::Env => Place::Env,
                SetBy::Arg | SetBy::GlobalArg => Place::Arg,
            };
            let Some(password) = password(place, setting.name, setting.value) else {
                continue;
            };
            let shipped = shipped.get_or_insert_with(|| build.shipped());
            let name = setting.name;
            sink.report(
                build.at(setting.span_of(password, source)),
                "a password in clear",
                format!(
                    "`{name}` gives a password away {}",
                    to_whom(&setting, build, shipped)
                ),
            )
            .about(name)
            .help(help(name));
        }
    }
}

/// The password in an address, if somebody wrote one there.
pub(super) fn password(place: Place, name: &str, value: &Value<'_>) -> Option<Range<usize>> {
    let judgement = judge(&Names::BUILT_IN, place, name, Some(value.as_known()?));
    let is_certain =
        judgement.evidence == Some(Evidence::UserInfo) && judgement.verdict == Verdict::Token;
    judgement.secret.filter(|_| is_certain)
}

fn to_whom(setting: &Setting<'_>, build: &Build<'_>, shipped: &[bool]) -> &'static str {
    let is_shipped = setting
        .step
        .is_some_and(|step| shipped[build.model.steps[step].stage]);
    match setting.by {
        SetBy::Env if is_shipped => "to everybody who has this file or the image",
        SetBy::Arg if is_shipped => "to everybody who has this file or the image's history",
        SetBy::Env | SetBy::Arg | SetBy::GlobalArg => "to everybody who has this file",
    }
}

fn help(name: &str) -> String {
    if is_predefined_proxy(name) {
        format!(
            "drop this line and pass `--build-arg {name}=…`, without an ARG of that name: BuildKit hands it to every RUN and keeps it out of the image and its history"
        )
    } else {
        format!(
            "give the address to the RUN that needs it as a secret: `RUN --mount=type=secret,id=mirror,env={name} …`"
        )
    }
}
