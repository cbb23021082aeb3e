//! Commands of a target that surely go to the network, and whether a proxy or mirror is in sight.

use super::clients::{self, Call, Network, Programs, Role};
use super::shell::{Certainty, Seen, Variant};
use super::workspace::Build;
use crate::model::Value;
use crate::model::base_images::{self, Distro};
use crate::model::dockerfile::{self, Action, Reference, Stage, Step};
use crate::model::variables::PREDEFINED_PROXIES;
use crate::source::Location;

/// A command that surely goes to the network.
#[derive(Debug)]
pub struct Download<'b> {
    /// Where it stands.
    pub at: Location,
    /// What it runs.
    pub call: Call<'b>,
    /// Whether it obeys proxy variables, as far as is known.
    pub obeys_proxies: bool,
    /// Whether it finds a proxy of its own, or is told to do without: in any spelling, by any means
    /// that the Dockerfile shows.
    pub has_proxy: bool,
    /// Whether it is told of a mirror.
    pub has_mirror: bool,
}

/// The downloads of the steps that building the target runs, in file order.
pub fn downloads<'b>(build: &'b Build<'_>) -> Vec<Download<'b>> {
    let Some(target) = build.model.target else {
        return Vec::new();
    };
    let reachable = build.model.reachable(target);
    let mut found = Vec::new();
    for (index, step) in build.model.steps.iter().enumerate() {
        let Action::Run(run) = &step.action else {
            continue;
        };
        let is_run = reachable.get(step.stage) == Some(&true);
        if !is_run || run.network == dockerfile::Network::None {
            continue;
        }
        let programs = programs(&build.model.stages[step.stage]);
        let Some(commands) = &build.commands[index] else {
            continue;
        };
        let all = commands.outcome.commands.iter();
        for command in all.filter(|command| command.certainty == Certainty::Certain) {
            let Some(call) = clients::recognise(command, programs) else {
                continue;
            };
            let see = |name: &str| sight(build, step, command.variants.first()?, name);
            let is_certain = call.is_certain && call.network(&see) == Network::Certain;
            if is_certain {
                found.push(download(call, commands.locate(command.span), &see));
            }
        }
    }
    found
}

fn download<'b>(call: Call<'b>, at: Location, see: &clients::Variables<'_>) -> Download<'b> {
    let own = call.overrides(see);
    let is_set = PREDEFINED_PROXIES
        .iter()
        .any(|name| see(name).is_some() || see(&name.to_ascii_uppercase()).is_some());
    Download {
        at,
        obeys_proxies: call.proxies().is_some_and(|proxies| !proxies.ignores_all()),
        has_proxy: is_set
            || own
                .iter()
                .any(|own| matches!(own.role, Role::Proxy(_) | Role::ProxyOff | Role::Options)),
        has_mirror: own.iter().any(|own| own.role == Role::Mirror),
        call,
    }
}

fn programs(stage: &Stage<'_>) -> Programs {
    let image = stage.root_image.as_deref().map(Reference::familiar);
    Programs::from(image.map_or(Distro::Unknown, |image| base_images::distro(&image)))
}

/// A variable as a command sees it.
fn sight<'b>(
    build: &'b Build<'_>,
    step: &Step<'_>,
    variant: &'b Variant,
    name: &str,
) -> Option<&'b Value<'b>> {
    match variant.environment.seen(name) {
        Seen::Start => {
            let change = build.model.environment.at(step.start, name)?;
            Some(&change.value)
        }
        Seen::Set { value, .. } => Some(value),
        Seen::NotExported { .. } | Seen::Unset { .. } | Seen::Dropped { .. } => None,
    }
}
