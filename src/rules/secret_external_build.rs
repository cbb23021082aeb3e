//! `secret-external-build`: a build's secret that Compose drops.

use super::{Rule, Sink};
use crate::flow::Workspace;
use crate::model::compose::SecretSource;
use crate::model::dockerfile::{Action, MountKind};

pub(super) struct SecretExternalBuild;

impl Rule for SecretExternalBuild {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for project in &workspace.projects {
            for service in &project.services {
                let uses = service.build.iter().flat_map(|build| &build.secrets);
                for used in uses.filter(|used| !workspace.is_template(used.at.file)) {
                    let Some(secret) = project
                        .secret(&used.source)
                        .filter(|secret| matches!(secret.source, SecretSource::External))
                    else {
                        continue;
                    };
                    let name = &used.source;
                    let finding = sink.report(
                        used.at,
                        "dropped without a word",
                        format!("the build of `{}` does not get the secret `{name}`: it is external, and Compose passes only secrets from files and variables", service.name),
                    );
                    finding
                        .before(secret.name_at, "kept outside of Compose")
                        .help(format!("give `{name}` a source that a build can read: `environment: NAME` or `file: PATH`"));
                    if let Some(mount) = mount(used.id(), &service.name, workspace) {
                        finding.after(mount, "mounts nothing");
                    }
                }
            }
        }
    }
}

/// The first RUN of the service's build that mounts a secret of this id.
fn mount(id: &str, service: &str, workspace: &Workspace<'_>) -> Option<crate::source::Location> {
    let mut builds = workspace.builds.iter();
    let build = builds.find(|build| {
        let of = workspace.service(build);
        of.is_some_and(|(_, of)| of.name == service)
    })?;
    build.model.steps.iter().find_map(|step| {
        let Action::Run(run) = &step.action else {
            return None;
        };
        let mut mounts = run.mounts.iter();
        let (_, span) = mounts.find(|(mount, _)| {
            let named = mount.id.as_ref().or(mount.source.as_ref());
            mount.kind == MountKind::Secret
                && named.is_some_and(|named| named.as_known() == Some(id))
        })?;
        Some(build.at(*span))
    })
}
