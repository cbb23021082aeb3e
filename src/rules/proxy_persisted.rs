//! `proxy-persisted`: a RUN writes the proxy into a tool's settings, and the image keeps them.

use hashbrown::HashMap;

use super::{Rule, Sink};
use crate::flow::clients::Role;
use crate::flow::{Analysis, ToolSetting, Workspace};
use crate::model::variables::is_proxy_address;
use crate::source::Location;

pub(super) struct ProxyPersisted;

impl Rule for ProxyPersisted {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        let Some(target) = build.model.target else {
            return;
        };
        if workspace.is_template(build.file) {
            return;
        }
        let removals = Removals::of(build, target);
        let kept = build.tool_settings().iter().filter(|setting| {
            is_in_image(setting.executed.stage(), build, target)
                && keeps_proxy(setting)
                && !removals.remove(setting)
        });
        let kept: Vec<&ToolSetting<'_>> = kept.collect();
        let Some((ToolSetting { executed, written }, others)) = kept.split_first() else {
            return;
        };
        let is_one = others
            .iter()
            .all(|other| other.written.client == written.client);
        let client = if is_one { written.client } else { "a tool" };
        let finding = sink
            .report(
                executed.locate(written.span),
                "kept in the image",
                format!("the image keeps this proxy in {client}'s settings, wherever it runs"),
            )
            .help("drop it: with a proxy build argument every RUN has the variables. Where a tool needs a setting, remove it in the same RUN");
        let mut places: Vec<Location> = others
            .iter()
            .map(|other| other.executed.locate(other.written.span))
            .collect();
        // A file of several lines is written by one command.
        places.dedup();
        let primary = finding.primary();
        places.retain(|place| Some(*place) != primary);
        finding.also(places, "and this one");
    }
}

/// Whether what a stage writes is in the image.
fn is_in_image(stage: usize, build: &Analysis<'_>, target: usize) -> bool {
    build.builds_on(target, stage)
}

/// Whether a setting is a proxy that is not empty. What a build argument fills counts.
fn keeps_proxy(setting: &ToolSetting<'_>) -> bool {
    let ToolSetting { executed, written } = setting;
    let Some(value) = &written.value else {
        return false;
    };
    let is_filled = || executed.expands(is_proxy_address);
    // Files of shells are read by nobody in a container but a person.
    matches!(written.role, Role::Proxy(_))
        && written.client != "shell"
        && (!value.is_empty() || is_filled())
        && !matches!(value.as_known(), Some("null" | "false" | "DIRECT"))
}

/// What the commands of the image's stages take away, each with the last place that does.
#[derive(Default)]
struct Removals<'s> {
    /// By client and key.
    settings: HashMap<(&'static str, &'s str), Place>,
    /// By what the paths that are removed begin with.
    files: HashMap<&'s str, Place>,
}

/// A step and a command of it.
type Place = (usize, usize);

impl<'s> Removals<'s> {
    fn of(build: &'s Analysis<'_>, target: usize) -> Self {
        let mut removals = Self::default();
        for setting in build.tool_settings() {
            let ToolSetting { executed, written } = setting;
            let is_empty = written.value.as_ref().is_none_or(|value| value.is_empty());
            if is_empty && is_in_image(executed.stage(), build, target) {
                let key = (written.client, written.key.as_str());
                removals.settings.insert(key, executed.place());
            }
        }
        let steps = build.steps_of_target();
        let steps = steps.filter(|&step| is_in_image(build.model.steps[step].stage, build, target));
        for executed in steps.flat_map(|step| build.build().executed(step)) {
            if executed.command.name() != Some("rm") {
                continue;
            }
            for word in executed.words().skip(1) {
                let front = word.trim_end_matches('*').trim_end_matches('/');
                if !front.is_empty() {
                    removals.files.insert(front, executed.place());
                }
            }
        }
        removals
    }

    /// Whether a setting is taken away behind the command that writes it, or its file is.
    fn remove(&self, setting: &ToolSetting<'_>) -> bool {
        let ToolSetting { executed, written } = setting;
        let is_later = |place: &Place| *place > executed.place();
        let key = (written.client, written.key.as_str());
        let file = written.file.as_ref().and_then(|file| file.as_known());
        let mut fronts = file.into_iter().flat_map(|file| {
            let ends = file.char_indices().skip(1).map(|(at, _)| at);
            ends.chain([file.len()]).filter_map(|end| file.get(..end))
        });
        self.settings.get(&key).is_some_and(is_later)
            || fronts.any(|front| self.files.get(front).is_some_and(is_later))
    }
}
