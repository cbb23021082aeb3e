//! `dotenv-proxy-unused`: a proxy in `.env` that nothing picks up.

use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink};
use crate::flow::Workspace;
use crate::model::compose::{DotenvSetting, Project};
use crate::model::variables::{is_mirror, is_predefined_proxy, is_proxy_address};
use crate::source::{FileId, Location};

pub(super) struct DotenvProxyUnused;

impl Rule for DotenvProxyUnused {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let projects = &workspace.projects;
        // A file that is an `env_file` as well reaches containers by that way.
        let handed_over: HashSet<FileId> = projects
            .iter()
            .flat_map(|project| &project.services)
            .flat_map(|service| &service.env_files)
            .filter_map(|file| file.file)
            .collect();
        let mut settings: HashMap<Location, (&DotenvSetting<'_>, bool)> = HashMap::new();
        for project in projects {
            // `include-env-not-passed` tells what an included `.env` does not give to them.
            let asked = names_without_value(project);
            for setting in &project.dotenv {
                let is_used = setting.is_used() || asked.contains(&*setting.name);
                let entry = settings.entry(setting.name_at);
                entry.or_insert((setting, is_used)).1 |= is_used;
            }
        }
        for (setting, is_used) in settings.into_values() {
            let at = setting.name_at;
            let is_meant = is_predefined_proxy(&setting.name) || is_mirror(&setting.name);
            let is_set = setting
                .value
                .as_ref()
                .is_some_and(|value| !value.is_empty());
            let file = workspace.source(at.file);
            let is_told = file.is_shared() && !workspace.is_template(at.file);
            if !is_used && is_meant && is_set && is_told && !handed_over.contains(&at.file) {
                report(setting, workspace, sink);
            }
        }
    }
}

/// What services take from the environment by name alone.
fn names_without_value<'p>(project: &'p Project<'_>) -> HashSet<&'p str> {
    let args = project.services.iter().flat_map(|service| &service.build);
    let args = args.flat_map(|build| &build.args);
    let args = args.filter(|arg| arg.is_pass_through);
    let environment = project.services.iter();
    let environment = environment.flat_map(|service| &service.environment);
    let environment = environment.filter(|entry| entry.is_pass_through);
    let names = args.map(|arg| &*arg.name);
    names.chain(environment.map(|entry| &*entry.name)).collect()
}

fn report(setting: &DotenvSetting<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
    let name = &*setting.name;
    let file = workspace.source(setting.name_at.file).path();
    let help = if is_proxy_address(name) {
        format!(
            "for builds add `{name}:` to `build.args`, for containers to `environment`; pulls go by the daemon's own proxy"
        )
    } else {
        format!("for builds add `{name}:` to `build.args`, for containers to `environment`")
    };
    sink.report(
        setting.name_at,
        "serves `${…}` and names without a value",
        format!("`{name}` goes nowhere: `{file}` only fills variables of the compose file, and none asks for it"),
    )
    .about(name)
    .help(help);
}
