//! `no-proxy-missing`: a proxy that is written out, with an internal host and no exemption.

use hashbrown::{HashMap, HashSet};

use super::{Rule, Sink, no_proxy_of_machines, words};
use crate::finding::Severity;
use crate::flow::clients::Reads;
use crate::flow::{Analysis, Build, Need, SetBy, Setting, Sight, Workspace};
use crate::model::go_proxy::NoProxy;
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
        if !policy.no_proxy.is_empty()
            && let Some((need, lacking)) = needs
                .iter()
                .find_map(|need| Some((need, Lacking::of(need, &policy.no_proxy)?)))
        {
            report_lacking(need, &lacking, build, sink);
            return;
        }
        let declarations = build.declarations();
        let mut proxies = LiteralProxies::of(build);
        let mut told: HashSet<HopId> = HashSet::new();
        for need in needs {
            let mut hosts = need
                .targets
                .iter()
                .filter_map(|target| target.host.as_deref());
            let Some(host) = hosts.find(|host| policy.is_internal(host)) else {
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

/// What the configuration wants exempted and a command behind a proxy does not exempt.
struct Lacking<'p, 'b> {
    hosts: Vec<&'p str>,
    /// The list that the command has, and where it was made.
    list: Option<Sight<'b>>,
}

impl<'p, 'b> Lacking<'p, 'b> {
    /// A list that is not known may name everything.
    fn of(need: &Need<'b>, wanted: &'p [String]) -> Option<Self> {
        need.proxies().next().filter(|_| need.is_certain)?;
        let separates = need.call.proxies()?.no_proxy.blank_separates;
        let lists = ["no_proxy", "NO_PROXY"].map(|name| need.sees(name));
        let mut exempted = Vec::new();
        for list in lists.iter().flatten() {
            let list = list.value.as_known()?;
            exempted.push(match separates {
                true => NoProxy::new(&list.replace(' ', ",")),
                false => NoProxy::new(list),
            });
        }
        let is_named = |host: &&String| exempted.iter().any(|list| list.covers(host));
        let lacking = wanted.iter().filter(|host| !is_named(host));
        let hosts: Vec<&str> = lacking.map(String::as_str).collect();
        let list = lists.into_iter().flatten().next();
        (!hosts.is_empty()).then_some(Self { hosts, list })
    }
}

fn report_lacking(need: &Need<'_>, lacking: &Lacking<'_, '_>, build: &Build<'_>, sink: &mut Sink) {
    let list = lacking.list.as_ref();
    let entries = list.and_then(|list| list.value.as_known());
    let finding = sink
        .report(
            need.executed.location(),
            "behind a proxy",
            not_named(&lacking.hosts),
        )
        .severity(Severity::Warning)
        .about("NO_PROXY")
        .help(format!(
            "set `no_proxy` and `NO_PROXY` to `{}`",
            extended(entries.unwrap_or_default(), &lacking.hosts)
        ));
    let provenance = &build.model.provenance;
    if let Some(at) = list.and_then(|list| provenance.hop(list.hop?).at) {
        finding.before(at, "the list that it has");
    }
}

/// The message of what a list lacks.
pub(super) fn not_named(hosts: &[&str]) -> String {
    let them = if hosts.len() == 1 { "it" } else { "them" };
    let hosts = words::list(hosts.iter().copied());
    format!("`NO_PROXY` does not name {hosts} here, and the configuration asks for {them}")
}

/// A list with further hosts behind what it has.
pub(super) fn extended(list: &str, hosts: &[&str]) -> String {
    let has = list.trim().trim_end_matches(',');
    let all: Vec<&str> = [has]
        .into_iter()
        .filter(|has| !has.is_empty())
        .chain(hosts.iter().copied())
        .collect();
    all.join(",")
}
