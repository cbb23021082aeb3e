//! `proxy-persisted`: a RUN writes the proxy into a tool's settings, and the image keeps them.

use super::{Rule, Sink};
use crate::flow::clients::{Role, Written, written};
use crate::flow::{Analysis, Executed, Workspace};
use crate::model::variables::is_proxy_address;

pub(super) struct ProxyPersisted;

impl Rule for ProxyPersisted {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let Some(target) = build.model.target else {
            return;
        };
        if workspace.is_template(build.file) {
            return;
        }
        let chain = build.chain(target);
        let steps = build.steps_of_target();
        let steps = steps.filter(|&step| chain.contains(&build.model.steps[step].stage));
        let commands: Vec<Executed<'_>> = steps.flat_map(|step| build.executed(step)).collect();
        let kept = commands.iter().enumerate().flat_map(|(index, executed)| {
            let settings = written(executed.command, executed.all());
            let later = &commands[index + 1..];
            settings
                .into_iter()
                .filter(move |setting| {
                    keeps_proxy(setting, executed) && !is_removed(setting, later)
                })
                .map(move |setting| (executed, setting))
        });
        let kept: Vec<(&Executed<'_>, Written<'_>)> = kept.collect();
        let Some(((executed, first), others)) = kept.split_first() else {
            return;
        };
        let is_one = others.iter().all(|(_, other)| other.client == first.client);
        let client = if is_one { first.client } else { "a tool" };
        let finding = sink
            .report(
                executed.locate(first.span),
                "kept in the image",
                format!("the image keeps this proxy in {client}'s settings, wherever it runs"),
            )
            .help("drop it: with a proxy build argument every RUN has the variables. Where a tool needs a setting, remove it in the same RUN");
        // A file of several lines is written by one command.
        let places = others
            .iter()
            .map(|(executed, setting)| executed.locate(setting.span));
        let places = places.filter(|place| Some(*place) != finding.primary());
        let places: Vec<_> = places.collect();
        finding.also(places, "and this one");
    }
}

/// Whether a setting is a proxy that is not empty. What a build argument fills counts.
fn keeps_proxy(setting: &Written<'_>, executed: &Executed<'_>) -> bool {
    let Some(value) = &setting.value else {
        return false;
    };
    let is_filled = || executed.expands(is_proxy_address);
    // Files of shells are read by nobody in a container but a person.
    matches!(setting.role, Role::Proxy(_))
        && setting.client != "shell"
        && (!value.is_empty() || is_filled())
        && !matches!(value.as_known(), Some("null" | "false" | "DIRECT"))
}

/// Whether a later command of the chain takes the setting away, or removes its file.
fn is_removed(setting: &Written<'_>, later: &[Executed<'_>]) -> bool {
    let file = setting.file.as_ref().and_then(|file| file.as_known());
    later.iter().any(|executed| {
        let removes_file = executed.command.name() == Some("rm")
            && executed.words().skip(1).any(|word| {
                let front = word.trim_end_matches('*').trim_end_matches('/');
                !front.is_empty() && file.is_some_and(|file| file.starts_with(front))
            });
        removes_file
            || written(executed.command, executed.all())
                .iter()
                .any(|other| {
                    other.client == setting.client
                        && other.key == setting.key
                        && other.value.as_ref().is_none_or(|value| value.is_empty())
                })
    })
}
