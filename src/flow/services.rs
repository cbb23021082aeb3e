//! Services and their builds, seen together.

use super::workspace::{Build, Origin, Workspace};
use crate::model::address::Address;
use crate::model::compose::{Arg, Project, Service};
use crate::model::dockerfile::BuildArg;
use crate::model::variables::is_proxy_address;
use crate::model::{HopId, Mechanism, Provenance, Value};
use crate::source::{FileId, Location, SourceFile};
use crate::syntax::dotenv;

impl<'t> Workspace<'t> {
    /// The service that asks for a build, and its project.
    pub fn service(&self, build: &Build<'_>) -> Option<(&Project<'t>, &Service<'t>)> {
        let Origin::Service { project, service } = build.origin else {
            return None;
        };
        let project = self.projects.get(project)?;
        Some((project, project.services.get(service)?))
    }

    /// The builds of services that are passed no proxy in any spelling, each with the service
    /// of its project that passes some to its own: one service was forgotten.
    pub fn forgotten_proxies(&self) -> impl Iterator<Item = Forgotten<'_, 't>> {
        let passing: Vec<_> = self.projects.iter().map(first_passing).collect();
        self.builds.iter().filter_map(move |build| {
            let Origin::Service { project, service } = build.origin else {
                return None;
            };
            let sibling = (*passing.get(project)?)?;
            let project = self.projects.get(project)?;
            let service = project.services.get(service)?;
            let mut args = service.build.iter().flat_map(|build| &build.args);
            // One that is emptied was not forgotten.
            let is_forgotten = !args.any(|arg| is_proxy_address(&arg.name));
            is_forgotten.then_some(Forgotten {
                build,
                project,
                service,
                sibling,
            })
        })
    }

    /// The file at a location.
    pub fn file_at(&self, location: &str) -> Option<FileId> {
        self.located(location).map(SourceFile::id)
    }

    /// Whether the `.env` of a folder names the files of its project.
    pub fn is_listed_by_dotenv(&self, folder: &str) -> bool {
        let dotenv = self.located(&format!("{folder}/.env"));
        let entries = dotenv.map(|file| dotenv::parse(file.text()).entries);
        let mut entries = entries.into_iter().flatten();
        entries.any(|entry| entry.name == "COMPOSE_FILE")
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

/// A build that lacks the proxies which another one of its project is passed.
#[derive(Clone, Copy, Debug)]
pub struct Forgotten<'w, 't> {
    /// The build.
    pub build: &'w Build<'t>,
    /// Its project.
    project: &'w Project<'t>,
    /// The service that asks for it.
    pub service: &'w Service<'t>,
    /// The service that passes proxies.
    pub sibling: &'w Service<'t>,
}

impl<'w, 't> Forgotten<'w, 't> {
    /// The proxies that the other service passes; there is one at least.
    pub fn proxies(self) -> impl Iterator<Item = &'w Arg<'t>> {
        passed_proxies(self.sibling, self.project)
    }
}

/// The first service that passes its build a proxy which could serve any build of the project.
fn first_passing<'p, 't>(project: &'p Project<'t>) -> Option<&'p Service<'t>> {
    let mut services = project.services.iter();
    services.find(|service| passed_proxies(service, project).next().is_some())
}

/// The proxies in a service's `build.args` that could serve any build of the project.
fn passed_proxies<'p, 't>(
    service: &'p Service<'t>,
    project: &'p Project<'t>,
) -> impl Iterator<Item = &'p Arg<'t>> {
    let args = service.build.iter().flat_map(|build| &build.args);
    args.filter(|arg| is_proxy_address(&arg.name) && serves_builds(arg.value.as_ref(), project))
}

/// Whether a proxy could serve any build: it is not emptied, and it is neither the build's own
/// loopback address nor another service of the project, which no build can reach.
pub fn serves_builds(value: Option<&Value<'_>>, project: &Project<'_>) -> bool {
    let Some(value) = value.and_then(Value::as_known) else {
        // By name alone, or filled by the caller: presence is what counts.
        return true;
    };
    let address = Address::parse(value);
    !address.host.is_empty() && !address.is_loopback() && project.service(address.host).is_none()
}

/// The argument of this name in the service's `build.args`.
pub fn service_arg<'p, 't>(service: &'p Service<'t>, name: &str) -> Option<&'p Arg<'t>> {
    service.build.as_ref()?.arg(name)
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

    /// The services whose builds lack proxies that another one passes, each with that one and them.
    fn lacking(compose: &str) -> Vec<(String, String, String)> {
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
        let forgotten = workspace.forgotten_proxies();
        let story = |it: Forgotten<'_, '_>| {
            let proxies: Vec<&str> = it.proxies().map(|arg| &*arg.name).collect();
            let (service, sibling) = (it.service.name.to_string(), it.sibling.name.to_string());
            (service, sibling, proxies.join(" "))
        };
        forgotten.map(story).collect()
    }

    #[test]
    fn a_service_lacks_the_proxies_that_its_sibling_passes() {
        let passed =
            "HTTPS_PROXY: , NO_PROXY: x, ALL_PROXY: 'http://localhost', http_proxy: http://p";
        let compose = |args: &str| {
            format!(
                "services:\n  a: {{build: {{context: ., args: {{{passed}}}}}}}\n  b: {{build: {{context: ., args: {{{args}}}}}}}\n"
            )
        };
        let story = ("b", "a", "HTTPS_PROXY http_proxy");
        let story = (story.0.into(), story.1.into(), story.2.into());
        assert_eq!(lacking(&compose("GOPROXY: x")), [story]);
        assert_eq!(lacking(&compose("https_proxy: ")), []);
        assert_eq!(lacking(&compose("HTTPS_PROXY: ''")), []);
    }
}
