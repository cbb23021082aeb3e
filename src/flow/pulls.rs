//! What a daemon fetches for the projects: images, and what `ADD` names
//! (`facts/systemd-daemon-go.md` 49).

use super::{Build, Workspace};
use crate::model::dockerfile::{Action, Base, Reference};
use crate::source::Location;

/// Something that the daemon fetches.
#[derive(Clone, Debug)]
pub struct Pull {
    /// The address, as far as the proxy is concerned.
    pub url: String,
    /// The host, without its port.
    pub host: String,
    /// What names it.
    pub at: Location,
}

impl Workspace<'_> {
    /// What the daemon fetches, as far as the files tell.
    pub fn pulls(&self) -> impl Iterator<Item = Pull> {
        let services = self.projects.iter().flat_map(|project| &project.services);
        let images = services.filter(|service| service.build.is_none());
        let images = images.filter_map(|service| {
            let image = service.image.as_ref()?;
            let reference = Reference::parse(image.value.as_known()?).ok()?;
            Some(of_registry(&reference, image.at))
        });
        images.chain(self.builds.iter().flat_map(of_build))
    }
}

fn of_build(build: &Build<'_>) -> impl Iterator<Item = Pull> {
    let bases = build.model.stages.iter().filter_map(|stage| {
        let Base::Image(Some(reference)) = &stage.base else {
            return None;
        };
        Some(of_registry(reference, build.at(stage.base_span)))
    });
    let sources = build
        .model
        .steps
        .iter()
        .flat_map(|step| match &step.action {
            Action::Copy(copied) => copied.sources.as_slice(),
            _ => &[],
        });
    let added = sources.filter_map(|source| {
        let url = source.value.as_known()?;
        let (_, rest) = url
            .strip_prefix("http")
            .and_then(|rest| rest.split_once("://"))
            .filter(|(secure, _)| matches!(*secure, "" | "s"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        let authority = authority.rsplit('@').next().unwrap_or_default();
        Some(Pull {
            url: url.to_owned(),
            host: host(authority),
            at: build.at(source.span),
        })
    });
    bases.chain(added)
}

fn of_registry(reference: &Reference, at: Location) -> Pull {
    Pull {
        url: format!("https://{}/", reference.domain),
        host: host(&reference.domain),
        at,
    }
}

/// The host of `host:port`, `[address]:port`.
fn host(authority: &str) -> String {
    let inside = authority
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    let host = inside.unwrap_or_else(|| authority.split(':').next().unwrap_or_default());
    host.to_owned()
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn a_host_stands_before_its_port() {
        let hosts = ["nexus.corp:5000", "nexus.corp", "[fd00::1]:5000"].map(host);
        assert_eq!(hosts, ["nexus.corp", "nexus.corp", "fd00::1"]);
    }
}
