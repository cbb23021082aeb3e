//! `no-proxy-missing`: a proxy that is written out, with an internal host and no exemption.

use std::collections::{HashMap, HashSet};

use super::{Rule, Sink, no_proxy_of_machines};
use crate::finding::Severity;
use crate::flow::clients::Reads;
use crate::flow::{Analysis, Build, Need, SetBy, Setting, Workspace};
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
        let mut proxies = LiteralProxies::of(build);
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
            let Some(proxy) = proxies.of_command(need) else {
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
#[derive(Clone, Copy)]
struct Literal<'b> {
    name: &'b str,
    at: Location,
    hop: HopId,
    /// Whether it stands in a client's `config.json`.
    is_client: bool,
}

/// The proxies that the Dockerfile or the client's file writes out.
struct LiteralProxies<'b> {
    build: &'b Build<'b>,
    /// The settings of the stages by the hop they made.
    settings: HashMap<HopId, Literal<'b>>,
    /// The first on the way to a hop.
    origins: HashMap<HopId, Option<Literal<'b>>>,
}

impl<'b> LiteralProxies<'b> {
    fn of(build: &Analysis<'b>) -> Self {
        let build = build.build();
        let in_stages = build
            .settings()
            .filter(|setting| setting.by != SetBy::GlobalArg);
        let literal = |setting: Setting<'b>| Literal {
            name: setting.name,
            at: build.at(setting.name_span.to(setting.value_span)),
            hop: setting.hop,
            is_client: false,
        };
        Self {
            build,
            settings: in_stages
                .map(|setting| (setting.hop, literal(setting)))
                .collect(),
            origins: HashMap::new(),
        }
    }

    /// The proxy of the command, if its address is written out.
    fn of_command(&mut self, need: &Need<'b>) -> Option<Literal<'b>> {
        let (name, sight) = need.proxies().next()?;
        sight.value.as_known()?;
        let last = sight.hop?;
        let provenance = &self.build.model.provenance;
        let find = || {
            let story = provenance.story(last);
            let own = story.iter().find_map(|hop| self.settings.get(hop)).copied();
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
        };
        *self.origins.entry(last).or_insert_with(find)
    }
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
