//! `no-proxy-missing`: a proxy that is written out, with an internal host and no exemption.

use std::collections::{HashMap, HashSet};

use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::clients::Reads;
use crate::flow::{Analysis, Build, Need, SetBy, Setting, Workspace};
use crate::model::HopId;
use crate::model::hosts::{is_internal_host, is_listed};

pub(super) struct NoProxyMissing;

impl Rule for NoProxyMissing {
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
            let Some(setting) = proxies.of_command(need) else {
                continue;
            };
            let exempts = ["no_proxy", "NO_PROXY"];
            let has_list = exempts
                .iter()
                .any(|name| need.sees(name).is_some() || declarations.is_declared(name));
            let reads_list = exempts
                .iter()
                .any(|name| matches!(need.reads(name), Reads::Yes | Reads::Unknown));
            if has_list || !reads_list || told.contains(&setting.hop) {
                continue;
            }
            told.insert(setting.hop);
            let finding = sink
                .report(
                    build.at(setting.name_span.to(setting.value_span)),
                    "for every host",
                    format!("`{}` sends requests for the internal host `{host}` to the proxy: there is no `NO_PROXY` beside it", setting.name),
                )
                .about(setting.name)
                .after(need.executed.location(), format!("fetches from `{host}`"))
                .help(format!("set `no_proxy={host}` and `NO_PROXY={host}` in the same place"));
            if policy.proxy_required {
                finding.severity(Severity::Warning);
            }
        }
    }
}

/// The settings of the stages.
struct LiteralProxies<'b> {
    build: &'b Build<'b>,
    /// By the hop they made.
    settings: HashMap<HopId, Setting<'b>>,
    /// The first on the way to a hop.
    origins: HashMap<HopId, Option<Setting<'b>>>,
}

impl<'b> LiteralProxies<'b> {
    fn of(build: &Analysis<'b>) -> Self {
        let build = build.build();
        let in_stages = build
            .settings()
            .filter(|setting| setting.by != SetBy::GlobalArg);
        Self {
            build,
            settings: in_stages.map(|setting| (setting.hop, setting)).collect(),
            origins: HashMap::new(),
        }
    }

    /// The proxy of the command, if the file writes its address out.
    fn of_command(&mut self, need: &Need<'b>) -> Option<Setting<'b>> {
        let (_, sight) = need.proxies().next()?;
        sight.value.as_known()?;
        let last = sight.hop?;
        let find = || {
            let story = self.build.model.provenance.story(last);
            story.iter().find_map(|hop| self.settings.get(hop)).copied()
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
