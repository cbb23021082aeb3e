//! Settings outside of Dockerfiles: what compose files, `.env` and `env_file`s give a value.

use hashbrown::HashSet;

use super::workspace::Workspace;
use crate::model::compose::{Project, Service};
use crate::model::variables::is_network_setting;
use crate::model::{HopId, Mechanism, Provenance, Value};
use crate::source::{Location, Span};

/// A variable given a value at one place of a project.
#[derive(Clone, Copy, Debug)]
pub struct ProjectSetting<'p> {
    /// The variable.
    pub name: &'p str,
    /// Where its name stands.
    pub name_at: Location,
    /// The value.
    pub value: &'p Value<'p>,
    /// Where the value stands.
    pub value_at: Location,
    /// What gives it.
    pub by: SetIn,
    /// The service it is for; `.env` is for all.
    pub service: Option<&'p Service<'p>>,
}

/// What gives a variable its value outside of Dockerfiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetIn {
    /// `build.args`
    BuildArgs,
    /// `environment`
    Environment,
    /// A file named by `env_file`.
    EnvFile,
    /// `.env`
    Dotenv,
}

impl<'t> Workspace<'t> {
    /// The settings of all projects whose value is told where they stand: no other network setting
    /// makes it, which is judged at its own place. Each place once, in no order; files on this
    /// machine only and templates are left out.
    pub fn project_settings(&self) -> Vec<ProjectSetting<'_>> {
        let mut seen = HashSet::new();
        let mut settings = Vec::new();
        for project in &self.projects {
            let origins = Origins::of(project);
            settings.extend(dotenv(project, &origins));
            for service in &project.services {
                settings.extend(args(&origins, service));
                settings.extend(environment(&origins, service));
            }
        }
        settings.retain(|setting: &ProjectSetting<'_>| {
            let file = setting.value_at.file;
            seen.insert((setting.value_at, setting.name))
                && self.source(file).is_shared()
                && !self.is_template(file)
        });
        settings
    }

    /// The bytes of a part of a setting's value, where the value stands in its file as it is;
    /// otherwise all of its bytes.
    pub fn part_of_setting(
        &self,
        setting: &ProjectSetting<'_>,
        part: std::ops::Range<usize>,
    ) -> Location {
        let Location { file, span } = setting.value_at;
        let value = setting.value.as_known().filter(|value| !value.is_empty());
        let at = value.and_then(|value| self.source(file).slice(span).find(value));
        let span = at.map_or(span, |at| {
            let start = span.start as usize + at;
            Span::new(start + part.start, start + part.end)
        });
        Location { file, span }
    }
}

fn dotenv<'p>(
    project: &'p Project<'_>,
    origins: &Origins<'p>,
) -> impl Iterator<Item = ProjectSetting<'p>> {
    let settings = project.dotenv.iter();
    settings.filter_map(|setting| {
        origins
            .is_told(&setting.name, setting.hop)
            .then_some(ProjectSetting {
                name: &setting.name,
                name_at: setting.name_at,
                value: setting.value.as_ref()?,
                value_at: setting.value_at,
                by: SetIn::Dotenv,
                service: None,
            })
    })
}

fn args<'p>(
    origins: &Origins<'p>,
    service: &'p Service<'_>,
) -> impl Iterator<Item = ProjectSetting<'p>> {
    let args = service.build.iter().flat_map(|build| &build.args);
    args.filter_map(|arg| {
        let is_told = !arg.is_pass_through && origins.is_told(&arg.name, arg.hop);
        is_told.then_some(ProjectSetting {
            name: &arg.name,
            name_at: arg.name_at,
            value: arg.value.as_ref()?,
            value_at: arg.at,
            by: SetIn::BuildArgs,
            service: Some(service),
        })
    })
}

fn environment<'p>(
    origins: &Origins<'p>,
    service: &'p Service<'_>,
) -> impl Iterator<Item = ProjectSetting<'p>> {
    service.environment.iter().filter_map(|entry| {
        let is_told = !entry.is_pass_through && origins.is_told(&entry.name, entry.hop);
        is_told.then_some(ProjectSetting {
            name: &entry.name,
            name_at: entry.name_at,
            value: entry.value.as_ref()?,
            value_at: entry.at,
            by: if origins.is_in_env_file(entry.hop) {
                SetIn::EnvFile
            } else {
                SetIn::Environment
            },
            service: Some(service),
        })
    })
}

/// Where the values of a project come from.
struct Origins<'p> {
    provenance: &'p Provenance,
    /// The network settings of its `.env` files.
    dotenv: HashSet<HopId>,
}

impl<'p> Origins<'p> {
    fn of(project: &'p Project<'_>) -> Self {
        let settings = project.dotenv.iter();
        let settings = settings.filter(|setting| is_network_setting(&setting.name));
        Self {
            provenance: &project.provenance,
            dotenv: settings.map(|setting| setting.hop).collect(),
        }
    }

    /// Whether a network setting's value does not come from another network setting of `.env`.
    fn is_told(&self, name: &str, hop: HopId) -> bool {
        let mut story = is_network_setting(name).then(|| self.provenance.story(hop));
        story.as_mut().is_some_and(|story| {
            story.pop();
            !story.iter().any(|before| self.dotenv.contains(before))
        })
    }

    fn is_in_env_file(&self, hop: HopId) -> bool {
        let story = self.provenance.story(hop);
        let mut story = story.into_iter();
        story.any(|hop| self.provenance.hop(hop).how == Mechanism::ComposeEnvFile)
    }
}
