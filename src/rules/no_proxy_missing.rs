//! `no-proxy-missing`: a proxy that is written out, with an internal host and no exemption.

use std::collections::HashSet;

use super::{Rule, Sink, no_proxy_of_machines};
use crate::finding::Severity;
use crate::flow::clients::Reads;
use crate::flow::{Analysis, Build, Need, SetBy, Workspace};
use crate::model::hosts::{is_internal_host, is_listed};
use crate::model::{HopId, Mechanism};
use crate::source::Location;

pub(super) struct NoProxyMissing;

impl Rule for NoProxyMissing {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        no_proxy_of_machines::in_daemons(workspace, sink);
    }

    fn build(&self, build: &Analysis<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.is_template(build.file) || !build.has_network_settings() {
            return;
        }
        let policy = &workspace.request.settings(build.file).network;
        let needs = build.needs();
        if let Some((need, host)) = needs
            .iter()
            .find_map(|need| Some((need, lacking(need, &policy.no_proxy)?)))
        {
            sink.report(
                need.executed.location(),
                "behind a proxy",
                format!(
                    "`NO_PROXY` does not name `{host}` here, and the configuration asks for it"
                ),
            )
            .severity(Severity::Warning)
            .about("NO_PROXY")
            .help(format!(
                "set `no_proxy` and `NO_PROXY` to `{}`",
                policy.no_proxy.join(",")
            ));
            return;
        }
        let declarations = build.declarations();
        let mut told: HashSet<HopId> = HashSet::new();
        for need in needs {
            let internal =
                |host: &&str| is_internal_host(host) || is_listed(host, &policy.internal_hosts);
            let mut hosts = need
                .targets
                .iter()
                .filter_map(|target| target.host.as_deref());
            let Some(host) = hosts.find(internal) else {
                continue;
            };
            let Some(proxy) = literal_proxy(need, build) else {
                continue;
            };
            let exempts = ["no_proxy", "NO_PROXY"];
            let has_list = exempts
                .iter()
                .any(|name| need.sees(name).is_some() || declarations.is_declared(name));
            let reads_list = exempts
                .iter()
                .any(|name| matches!(need.reads(name), Reads::Yes | Reads::Unknown));
            if has_list || !reads_list || told.contains(&proxy.hop) {
                continue;
            }
            told.insert(proxy.hop);
            let finding = sink
                .report(
                    proxy.at,
                    "for every host",
                    format!("`{}` sends requests for the internal host `{host}` to the proxy: there is no `NO_PROXY` beside it", proxy.name),
                )
                .about(proxy.name)
                .after(need.executed.location(), format!("fetches from `{host}`"))
                .help(match proxy.is_client {
                    true => format!("set `noProxy` to `{host}` in the same place"),
                    false => format!("set `no_proxy={host}` and `NO_PROXY={host}` in the same place"),
                });
            if policy.proxy_required {
                finding.severity(Severity::Warning);
            }
        }
    }
}

/// A proxy whose address is written out.
struct Literal<'b> {
    name: &'b str,
    at: Location,
    hop: HopId,
    /// Whether it stands in a client's `config.json`.
    is_client: bool,
}

/// The proxy of the command, if the Dockerfile or the client's file writes its address out.
fn literal_proxy<'b>(need: &Need<'b>, build: &'b Build<'b>) -> Option<Literal<'b>> {
    let (name, sight) = need.proxies().next()?;
    sight.value.as_known()?;
    let provenance = &build.model.provenance;
    let story = provenance.story(sight.hop?);
    let mut settings = build.settings();
    let own = settings
        .find(|setting| setting.by != SetBy::GlobalArg && story.contains(&setting.hop))
        .map(|setting| Literal {
            name: setting.name,
            at: build.at(setting.name_span.to(setting.value_span)),
            hop: setting.hop,
            is_client: false,
        });
    own.or_else(|| {
        let by_client = |hop: &HopId| provenance.hop(*hop).how == Mechanism::ClientProxies;
        let hop = story.iter().copied().find(by_client)?;
        Some(Literal {
            name,
            at: provenance.hop(hop).at?,
            hop,
            is_client: true,
        })
    })
}

/// A host of the configuration that the exemptions of a command behind a proxy do not name. A list
/// that is not known may name it.
fn lacking<'p>(need: &Need<'_>, hosts: &'p [String]) -> Option<&'p str> {
    need.proxies().next().filter(|_| need.is_certain)?;
    let lists = ["no_proxy", "NO_PROXY"].map(|name| need.sees(name).map(|sight| sight.value));
    let mut entries = Vec::new();
    for list in lists.into_iter().flatten() {
        entries.extend(list.as_known()?.split(',').map(str::trim));
    }
    let lacks = |host: &&String| !entries.iter().any(|entry| entry.eq_ignore_ascii_case(host));
    hosts.iter().find(lacks).map(String::as_str)
}
