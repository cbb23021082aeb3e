//! `add-ignores-proxy`: `ADD` of a URL goes without the build's proxy.

use super::{Rule, Sink};
use crate::flow::{Analysis, Build, Workspace};
use crate::model::address::loopback_host;
use crate::model::dockerfile::{Action, CopySource, SourceKind};
use crate::model::variables::is_proxy_address;
use crate::source::Location;

pub(super) struct AddIgnoresProxy;

impl Rule for AddIgnoresProxy {
    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) {
            return;
        }
        let mut fetched = build.steps_of_target().flat_map(|step| {
            let sources = match &build.model.steps[step].action {
                Action::Copy(copied) => copied.sources.as_slice(),
                _ => &[],
            };
            sources.iter().filter(|source| is_fetched(source))
        });
        let Some(first) = fetched.next() else {
            return;
        };
        let Some((name, given)) = proxy_of_build(build, address(first)) else {
            return;
        };
        let finding = sink
            .report(
                build.at(first.span),
                "fetched without it",
                format!("the proxy in `{name}` serves RUN only: this ADD is fetched by the builder, with the daemon's own proxies"),
            )
            .about(name)
            .help("give the daemon its proxy as well (a drop-in for docker.service, or `proxies` in daemon.json), or fetch with curl in a RUN");
        if let Some(at) = given {
            finding.before(at, "the proxy comes by this build argument");
        }
        let others = fetched.map(|other| build.at(other.span));
        finding.also(others, "and this one");
    }
}

/// The proxy that a build argument brings, and where it is declared or given; that for the scheme of
/// the address before others.
fn proxy_of_build<'b>(build: &'b Build<'_>, address: &str) -> Option<(&'b str, Option<Location>)> {
    let given = build.model.proxies.iter();
    let given = given.filter(|proxy| is_proxy_address(proxy.name) && !proxy.value.is_empty());
    let scheme = address.split(':').next().unwrap_or_default();
    let is_for_other = |name: &str| !name.eq_ignore_ascii_case(&format!("{scheme}_proxy"));
    if let Some(proxy) = given.min_by_key(|proxy| is_for_other(proxy.name)) {
        return Some((proxy.name, build.model.provenance.hop(proxy.hop).at));
    }
    build.steps_of_target().find_map(|step| {
        let Action::Arg(declared) = &build.model.steps[step].action else {
            return None;
        };
        let declared = declared
            .iter()
            .find(|declared| is_proxy_address(&declared.name))?;
        Some((declared.name.as_str(), Some(build.at(declared.name_span))))
    })
}

/// Whether the builder fetches it over the web; a git source over SSH knows no proxy.
fn is_fetched(source: &CopySource<'_>) -> bool {
    let address = address(source);
    source.kind != SourceKind::Path
        && loopback_host(address).is_none()
        && (address.starts_with("http://") || address.starts_with("https://"))
}

/// The address as far as it is known.
fn address<'s>(source: &'s CopySource<'_>) -> &'s str {
    source.value.as_known().unwrap_or("https://")
}
