//! What a daemon fetches for the projects: images, and what `ADD` names
//! (`facts/systemd-daemon-go.md` 49).

use super::{Build, Workspace};
use crate::model::address::Address;
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
        let address = Address::parse(url);
        matches!(address.scheme, Some("http" | "https")).then(|| Pull {
            url: url.to_owned(),
            host: address.host.to_owned(),
            at: build.at(source.span),
        })
    });
    bases.chain(added)
}

fn of_registry(reference: &Reference, at: Location) -> Pull {
    Pull {
        url: format!("https://{}/", reference.domain),
        host: Address::behind_scheme(&reference.domain).host.to_owned(),
        at,
    }
}

#[cfg(test)]
mod tests {
    use crate::model::address::Address;

    #[test]
    fn a_host_stands_before_its_port() {
        let host = |domain| Address::behind_scheme(domain).host;
        let hosts = ["nexus.corp:5000", "nexus.corp", "[fd00::1]:5000"].map(host);
        assert_eq!(hosts, ["nexus.corp", "nexus.corp", "fd00::1"]);
    }
}
