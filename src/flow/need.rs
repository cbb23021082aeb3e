//! The commands of a target that go to the network: what needs a proxy or a mirror.

use super::clients::{self, Call, Network, Override, Programs, Reads, Role, Scheme, Target};
use super::executed::{Executed, Sight};
use super::shell::Certainty;
use super::steps::StepCommands;
use super::workspace::Build;
use crate::model::Value;
use crate::model::base_images::{self, Distro};
use crate::model::dockerfile::{self, Action, Base, Reference};
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
    /// What earlier commands of the chain wrote into its own settings.
    written: Vec<Role>,
}

/// What the steps so far left in a stage.
#[derive(Clone, Debug)]
struct Layers {
    programs: Programs,
    /// The clients that settings were written for.
    written: Vec<(&'static str, Role)>,
}

/// See [`Analysis::needs`](super::Analysis::needs).
pub(super) fn needs<'b>(build: &'b Build<'b>) -> Vec<Need<'b>> {
    let Some(target) = build.model.target else {
        return Vec::new();
    };
    let reachable = build.model.reachable(target);
    let mut ends: Vec<Layers> = Vec::with_capacity(build.model.stages.len());
    let mut needs = Vec::new();
    for (index, stage) in build.model.stages.iter().enumerate() {
        let image = stage.root_image.as_deref().map(Reference::familiar);
        let distro = image.map_or(Distro::Unknown, |image| base_images::distro(&image));
        let parent = match stage.base {
            Base::Stage(parent) => ends.get(parent).cloned(),
            Base::Image(_) | Base::Scratch => None,
        };
        let mut layers = parent.unwrap_or(Layers {
            programs: Programs::from(distro),
            written: Vec::new(),
        });
        for step in stage.steps.clone() {
            for executed in build.executed(step) {
                let settings = clients::written(executed.command, executed.all());
                let settings = settings.iter().filter(|setting| setting.value.is_some());
                layers
                    .written
                    .extend(settings.map(|setting| (setting.client, setting.role)));
                let Some(call) = clients::recognise(executed.command, layers.programs) else {
                    continue;
                };
                layers.programs.has_gnu_wget |= call.installs().any(|package| package == "wget");
                if reachable[index] {
                    needs.extend(need(executed, call, &layers));
                }
            }
        }
        ends.push(layers);
    }
    needs
}

fn need<'b>(executed: Executed<'b>, call: Call<'b>, layers: &Layers) -> Option<Need<'b>> {
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
    let schemes = call.schemes(&variables);
    let is_certain = network == Network::Certain
        && call.is_certain
        && executed.command.certainty == Certainty::Certain;
    let written = layers.written.iter();
    let written = written.filter(|(client, _)| *client == call.client.name);
    Some(Need {
        written: written.map(|(_, role)| *role).collect(),
        executed,
        call,
        targets,
        schemes,
        is_certain,
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

    /// The roles of its options, its own variables, and what earlier commands wrote for it.
    fn own_settings(&self) -> impl Iterator<Item = Role> {
        let given = self.overrides().into_iter().map(|own| own.role);
        given.chain(self.written.iter().copied())
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

    /// Whether the command would obey a proxy and is told of none, in no way, nor of a mirror.
    pub fn lacks_proxy(&self) -> bool {
        self.obeys_proxies()
            && !self.has_proxy_variable()
            && !self.has_own_proxy()
            && !self.has_mirror()
    }

    /// Whether the command is told about its proxy by a setting of its own.
    pub fn has_own_proxy(&self) -> bool {
        self.own_settings()
            .any(|role| matches!(role, Role::Proxy(_) | Role::ProxyOff | Role::Options))
    }

    /// Whether packages come from a mirror that the command is told of.
    pub fn has_mirror(&self) -> bool {
        self.own_settings().any(|role| role == Role::Mirror)
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
