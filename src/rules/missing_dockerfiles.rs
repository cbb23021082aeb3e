//! Builds without their Dockerfile, a part of `compose-error`: `docker compose config` is content with
//! them, `build` is not.

use hashbrown::HashSet;

use super::Sink;
use crate::finding::Severity;
use crate::flow::{Workspace, build_key};
use crate::model::Value;
use crate::model::compose::{Dockerfile, Project, Service, Unreadable};
use crate::source::Location;

/// Reports Dockerfiles that are not there, each once: several services may build from one.
pub(super) struct MissingDockerfiles<'w> {
    workspace: &'w Workspace<'w>,
    told: HashSet<String>,
}

/// A Dockerfile that is not there.
struct Missing {
    /// The path, absolute.
    path: String,
    /// Where it is named; without a `dockerfile` of its own it is named at `build`.
    at: Location,
}

impl<'w> MissingDockerfiles<'w> {
    pub fn new(workspace: &'w Workspace<'w>) -> Self {
        Self {
            workspace,
            told: HashSet::new(),
        }
    }

    /// Reports those of a project. `is_whole`: all that belongs to it is known.
    pub fn report(&mut self, project: &Project<'_>, is_whole: bool, sink: &mut Sink) {
        for service in &project.services {
            if let Some(missing) = self.missing(service, is_whole)
                && !self.told.contains(&missing.path)
            {
                self.report_one(&missing, service, project, is_whole, sink);
                self.told.insert(missing.path);
            }
        }
    }

    fn missing(&self, service: &Service<'_>, is_whole: bool) -> Option<Missing> {
        let workspace = self.workspace;
        let build = service.build.as_ref().filter(|build| !build.is_remote())?;
        let Dockerfile::File(file) = &build.dockerfile else {
            return None;
        };
        let path = build.dockerfile_path()?;
        if workspace.request.absent.get(&path) != Some(&Unreadable::Missing)
            || workspace.is_template(file.at.file)
        {
            return None;
        }
        // BuildKit takes `dockerfile` as well (upstream: `frontend/dockerui/config.go`).
        let default = path.strip_suffix("/Dockerfile");
        let other = default.map(|folder| format!("{folder}/dockerfile"));
        if other.is_some_and(|other| workspace.file_at(&other).is_some()) {
            return None;
        }
        // A file that is laid over another takes from there what it does not say.
        let is_section = workspace
            .source(build.at.file)
            .slice(build.at.span)
            .contains(':');
        let has_default_place =
            is_section && build.context.at == build.at && Some(file.at) == build_key(service);
        let at = file.at;
        (is_whole || !has_default_place).then_some(Missing { path, at })
    }

    fn report_one(
        &self,
        missing: &Missing,
        service: &Service<'_>,
        project: &Project<'_>,
        is_whole: bool,
        sink: &mut Sink,
    ) {
        let context = service.build.as_ref().map(|build| &build.context.value);
        let context = context.and_then(Value::as_known).unwrap_or_default();
        let absent = &self.workspace.request.absent;
        let is_folder_there = absent.get(context) != Some(&Unreadable::Missing);
        // A submodule, a checkout beside this one, paths of a file in another folder: as likely as a
        // mistake.
        let severity = match is_folder_there && is_whole {
            true => Severity::Warning,
            false => Severity::Info,
        };
        if severity == Severity::Info && self.is_meant_for_a_parent(&missing.path, &project.folder)
        {
            return;
        }
        let (name, shown) = (&service.name, self.workspace.shown(&missing.path));
        let message = format!("`{name}` builds from `{shown}`, and there is no such file");
        let finding = sink.report(missing.at, "nothing there", message);
        finding.severity(severity);
    }

    /// Whether the file is there if the project is seen from a folder above its own, as with
    /// `docker compose -f` and `--project-directory`.
    fn is_meant_for_a_parent(&self, path: &str, folder: &str) -> bool {
        let Some(below) = path.strip_prefix(folder) else {
            return false;
        };
        let root = self.workspace.request.root.len();
        let mut above = folder;
        while let Some((parent, _)) = above.rsplit_once('/').filter(|_| above.len() > root) {
            above = parent;
            if self.workspace.file_at(&format!("{above}{below}")).is_some() {
                return true;
            }
        }
        false
    }
}
