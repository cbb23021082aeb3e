//! The commands of a target that go to the network: what needs a proxy or a mirror.

use super::analysis::Analysis;
use super::clients::{
    self, Call, Network, Override, Programs, Reads, Role, Scheme, Target, Written,
};
use super::executed::{Executed, Sight};
use super::layers::Layers;
use super::request::NetworkPolicy;
use super::shell::Certainty;
use super::stage_tree::Visit;
use super::steps::StepCommands;
use super::tool_settings::ToolSetting;
use super::workspace::Build;
use crate::model::Value;
use crate::model::base_images::{self, Distro};
use crate::model::dockerfile::{self, Action, Reference};
use crate::model::variables::{PREDEFINED_PROXIES, is_network_setting};

/// A command that goes to the network.
#[derive(Debug)]
pub struct Need<'b> {
    /// The command.
    pub executed: Executed<'b>,
    /// What it runs.
    pub call: Call<'b>,
    /// What it fetches.
    pub targets: Vec<Target<'b>>,
    /// The schemes of what it fetches; both web schemes where that is not known.
    pub schemes: Vec<Scheme>,
    /// Whether it surely goes to the network, whatever stands in a cache or in the context.
    pub is_certain: bool,
    /// What earlier commands of the chain left for it.
    left: Left,
}

/// What earlier commands of a stage's chain left for a client.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    /// How many of its own settings name a proxy, or say that it shall use none.
    proxies: usize,
    /// How many name a mirror.
    mirrors: usize,
    /// Its package.
    is_installed: bool,
}

/// What is left for all clients.
struct Remains {
    clients: Layers<&'static str, Left>,
    /// What their settings that are written are for, by client and key.
    settings: Layers<(&'static str, String), Role>,
}

/// See [`Analysis::needs`](super::Analysis::needs).
pub(super) fn needs<'b>(analysis: &Analysis<'b>) -> Vec<Need<'b>> {
    let build = analysis.build();
    let Some(target) = build.model.target else {
        return Vec::new();
    };
    let reachable = build.model.reachable(target);
    let settings = analysis.tool_settings();
    let mut left = Remains::new();
    let mut needs = Vec::new();
    for visit in build.stages.walk() {
        let Visit::Enter(index) = visit else {
            left.leave();
            continue;
        };
        left.enter();
        let stage = &build.model.stages[index];
        let image = stage.root_image.as_deref().map(Reference::familiar);
        let distro = image.map_or(Distro::Unknown, |image| base_images::distro(&image));
        let behind = settings.partition_point(|it| it.executed.step < stage.steps.start);
        let mut settings = settings[behind..].iter().peekable();
        for executed in stage.steps.clone().flat_map(|step| build.executed(step)) {
            let own = |it: &&ToolSetting<'_>| it.executed.is(&executed);
            while let Some(ToolSetting { written, .. }) = settings.next_if(own) {
                let is_certain = executed.command.certainty == Certainty::Certain;
                left.note(written, is_certain);
            }
            let programs = Programs {
                distro,
                has_gnu_wget: left.of("wget").is_installed,
            };
            let Some(call) = clients::recognise(executed.command, programs) else {
                continue;
            };
            if call.installs().any(|package| package == "wget") {
                left.change("wget", |wget| wget.is_installed = true);
            }
            if reachable[index] {
                let left = left.of(call.client.name);
                needs.extend(need(executed, call, left));
            }
        }
    }
    needs.sort_by_key(|need| need.executed.place());
    needs
}

impl Remains {
    fn new() -> Self {
        Self {
            clients: Layers::new(),
            settings: Layers::new(),
        }
    }

    fn enter(&mut self) {
        self.clients.enter();
        self.settings.enter();
    }

    fn leave(&mut self) {
        self.clients.leave();
        self.settings.leave();
    }

    fn of(&self, client: &'static str) -> Left {
        self.clients.get(&client).copied().unwrap_or_default()
    }

    /// Takes note of a setting that is written, or taken away for certain.
    fn note(&mut self, written: &Written<'_>, is_certain: bool) {
        let key = (written.client, written.key.clone());
        match (self.settings.get(&key).copied(), &written.value) {
            (None, Some(_)) => {
                self.settings.set(key, Some(written.role));
                self.change(written.client, |client| {
                    client.proxies += usize::from(is_proxy(written.role));
                    client.mirrors += usize::from(written.role == Role::Mirror);
                });
            }
            (Some(role), None) if is_certain => {
                self.settings.set(key, None);
                // As was counted when it was written.
                self.change(written.client, |client| {
                    client.proxies -= usize::from(is_proxy(role));
                    client.mirrors -= usize::from(role == Role::Mirror);
                });
            }
            (Some(_), _) | (None, None) => {}
        }
    }

    fn change(&mut self, client: &'static str, make: impl FnOnce(&mut Left)) {
        let mut now = self.of(client);
        make(&mut now);
        self.clients.set(client, Some(now));
    }
}

/// Whether a setting tells a client about its proxy, or may.
fn is_proxy(role: Role) -> bool {
    matches!(role, Role::Proxy(_) | Role::ProxyOff | Role::Options)
}

fn need<'b>(executed: Executed<'b>, call: Call<'b>, left: Left) -> Option<Need<'b>> {
    if executed.run.network == dockerfile::Network::None {
        return None;
    }
    let variables = |name: &str| executed.sight(name).map(|sight| sight.value);
    let network = call.network(&variables);
    if matches!(
        network,
        Network::Never | Network::Offline(_) | Network::Unknown
    ) {
        return None;
    }
    let targets = call.targets(&variables);
    let schemes = clients::schemes(&targets);
    let is_certain = network == Network::Certain
        && call.is_certain
        && executed.command.certainty == Certainty::Certain;
    Some(Need {
        executed,
        call,
        targets,
        schemes,
        is_certain,
        left,
    })
}

impl<'b> Need<'b> {
    /// How the command sees a variable that is set to more than nothing, in any environment it may
    /// run with.
    pub fn sees(&self, name: &str) -> Option<Sight<'b>> {
        let mut sights = self.executed.sights(name).flatten();
        sights.find(|sight| !sight.value.is_empty())
    }

    /// Whether the variable was emptied on purpose.
    pub fn is_emptied(&self, name: &str) -> bool {
        let mut sights = self.executed.sights(name).flatten();
        sights.any(|sight| sight.value.is_empty())
    }

    /// Whether the command reads a variable for what it fetches.
    pub fn reads(&self, name: &str) -> Reads {
        self.call.reads(name, &self.schemes)
    }

    /// What its own options and variables say about proxies and mirrors.
    pub fn overrides(&self) -> Vec<Override<'b>> {
        let variables = |name: &str| self.executed.sight(name).map(|sight| sight.value);
        self.call.overrides(&variables)
    }

    /// Whether the command obeys proxy variables, as far as is known.
    pub fn obeys_proxies(&self) -> bool {
        let proxies = self.call.proxies();
        proxies.is_some_and(|proxies| !proxies.ignores_all())
    }

    /// Whether a proxy variable, in any spelling, is set for the command or emptied on purpose.
    pub fn has_proxy_variable(&self) -> bool {
        PREDEFINED_PROXIES.iter().any(|name| {
            let upper = name.to_ascii_uppercase();
            [*name, upper.as_str()]
                .iter()
                .any(|name| self.sees(name).is_some() || self.is_emptied(name))
        })
    }

    /// Whether it fetches from any host that is not the company's own, as far as is known.
    pub fn goes_out(&self, network: &NetworkPolicy) -> bool {
        self.targets.iter().any(|target| {
            let host = target.host.as_deref();
            host.is_none_or(|host| !network.is_internal(host))
        })
    }

    /// Whether the command would obey a proxy and is told of none, in no way, nor of a mirror.
    pub fn lacks_proxy(&self) -> bool {
        self.obeys_proxies()
            && !self.has_proxy_variable()
            && !self.has_own_proxy()
            && !self.has_mirror()
    }

    /// Whether the command is told about its proxy by a setting of its own: an option, a variable
    /// of its own, or what an earlier command wrote for it.
    pub fn has_own_proxy(&self) -> bool {
        self.left.proxies > 0 || self.overrides().iter().any(|own| is_proxy(own.role))
    }

    /// Whether packages come from a mirror that the command is told of.
    pub fn has_mirror(&self) -> bool {
        let is_mirror = |own: &Override<'_>| own.role == Role::Mirror;
        self.left.mirrors > 0 || self.overrides().iter().any(is_mirror)
    }

    /// The proxy variables, in the spellings the command reads, that are set for one of its schemes.
    pub fn proxies(&self) -> impl Iterator<Item = (&'static str, Sight<'b>)> {
        let proxies = self.call.proxies();
        let schemes = self.schemes.iter();
        schemes.flat_map(move |&scheme| {
            let names = proxies.map_or(&[][..], |proxies| proxies.variables(scheme));
            names
                .iter()
                .filter_map(|&name| Some((name, self.sees(name)?)))
        })
    }
}

/// See [`Analysis::has_network_settings`](super::Analysis::has_network_settings).
pub(super) fn has_network_settings(build: &Build<'_>) -> bool {
    let by_instruction = |action: &Action<'_>| match action {
        Action::Arg(declared) => declared.iter().any(|it| is_network_setting(&it.name)),
        Action::Env(assigned) => assigned
            .iter()
            .any(|it| it.name.as_known().is_some_and(is_network_setting)),
        _ => false,
    };
    let in_shell = |commands: &StepCommands| {
        let mut assignments = commands.outcome.assignments.iter();
        assignments.any(|it| is_network_setting(&it.name))
    };
    !build.model.proxies.is_empty()
        || build
            .model
            .steps
            .iter()
            .any(|step| by_instruction(&step.action))
        || build.commands.iter().flatten().any(in_shell)
}

/// The known text of a value that is set to more than nothing.
pub fn known<'v>(value: &'v Value<'_>) -> Option<&'v str> {
    value.as_known().filter(|text| !text.is_empty())
}
