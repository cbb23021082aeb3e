//! Services and their builds, seen together.

use super::workspace::{Build, Origin, Workspace};
use crate::model::compose::{Arg, Project, Service};
use crate::model::dockerfile::BuildArg;
use crate::model::variables::is_proxy_address;
use crate::model::{HopId, Mechanism, Provenance, Value};
use crate::source::{FileId, Location};

impl<'t> Workspace<'t> {
    /// The service that asks for a build, and its project.
    pub fn service(&self, build: &Build<'_>) -> Option<(&Project<'t>, &Service<'t>)> {
        let Origin::Service { project, service } = build.origin else {
            return None;
        };
        let project = self.projects.get(project)?;
        Some((project, project.services.get(service)?))
    }

    /// A proxy that another service of the project passes to its build, and this build is not
    /// passed in any spelling: one service was forgotten.
    pub fn sibling_proxy(&self, build: &Build<'_>) -> Option<(&Service<'t>, &Arg<'t>)> {
        let (project, own) = self.service(build)?;
        let mut args = own.build.iter().flat_map(|build| &build.args);
        // One that is emptied was not forgotten.
        if args.any(|arg| is_proxy_address(&arg.name)) {
            return None;
        }
        let mut siblings = project.services.iter();
        siblings.find_map(|sibling| Some((sibling, passed_proxy(sibling)?)))
    }

    /// The file at a location.
    pub fn file_at(&self, location: &str) -> Option<FileId> {
        let mut files = self.sources.iter();
        files
            .find(|file| file.location() == location)
            .map(|file| file.id())
    }

    /// A location as people see it: relative to the root.
    pub fn shown<'l>(&self, location: &'l str) -> &'l str {
        let root = self.request.root.trim_end_matches('/');
        match location.strip_prefix(root) {
            Some("" | "/") => ".",
            Some(below) => below.strip_prefix('/').unwrap_or(location),
            None => location,
        }
    }
}

/// The first proxy under a service's `build.args` that is not emptied on purpose.
fn passed_proxy<'p, 't>(service: &'p Service<'t>) -> Option<&'p Arg<'t>> {
    let mut args = service.build.iter().flat_map(|build| &build.args);
    args.find(|arg| {
        let is_emptied = arg.value.as_ref().is_some_and(Value::is_empty);
        is_proxy_address(&arg.name) && !is_emptied
    })
}

/// The argument of this name in the service's `build.args`.
pub fn service_arg<'p, 't>(service: &'p Service<'t>, name: &str) -> Option<&'p Arg<'t>> {
    let build = service.build.as_ref()?;
    build.args.iter().find(|arg| arg.name == name)
}

/// Where `build` of a service stands: its key.
pub fn build_key(service: &Service<'_>) -> Option<Location> {
    service.fields.entry("build").map(|entry| entry.at)
}

/// Whether a hop is a service's own `build.args` entry.
fn is_argument(provenance: &Provenance, hop: HopId) -> bool {
    provenance.hop(hop).how == Mechanism::ComposeBuildArg
}

impl<'t> Build<'t> {
    /// The arguments that a compose file passes, each with the place of its value; those that the
    /// command line passes instead are left out.
    pub fn passed_args(&self) -> impl Iterator<Item = (&BuildArg<'t>, Location)> {
        let provenance = &self.model.provenance;
        self.model.build_args.iter().filter_map(|arg| {
            // The hops behind it tell of `extends` and `include`.
            let story = provenance.story(arg.hop);
            let own = story
                .into_iter()
                .find(|&hop| is_argument(provenance, hop))?;
            Some((arg, provenance.hop(own).at?))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{Request, Trees};
    use crate::source::{FileKind, SourceFile};

    /// The services whose builds lack a proxy that another one passes, each with that one.
    fn lacking(compose: &str) -> Vec<(String, String)> {
        let file = |id, name: &str, kind, text: &str| {
            let file = SourceFile::new(FileId(id), name.into(), kind, text.into());
            file.located(format!("/p/{name}"))
        };
        let sources = [
            file(0, "compose.yaml", FileKind::Compose, compose),
            file(1, "Dockerfile", FileKind::Dockerfile, "FROM alpine\n"),
        ];
        let request = Request {
            root: "/p".into(),
            ..Request::default()
        };
        let trees = Trees::parse(&sources);
        let workspace = Workspace::new(&trees, &request);
        let builds = workspace.builds.iter();
        let siblings = builds.filter_map(|build| {
            let (sibling, _) = workspace.sibling_proxy(build)?;
            let (_, own) = workspace.service(build)?;
            Some((own.name.to_string(), sibling.name.to_string()))
        });
        siblings.collect()
    }

    #[test]
    fn a_service_lacks_the_proxy_that_its_sibling_passes() {
        let compose = |args: &str| {
            format!(
                "services:\n  a: {{build: {{context: ., args: {{HTTPS_PROXY: }}}}}}\n  b: {{build: {{context: ., args: {{{args}}}}}}}\n"
            )
        };
        let pair = ("b".to_owned(), "a".to_owned());
        assert_eq!(lacking(&compose("GOPROXY: x")), [pair]);
        assert_eq!(lacking(&compose("https_proxy: ")), []);
        assert_eq!(lacking(&compose("HTTPS_PROXY: ''")), []);
    }
}
