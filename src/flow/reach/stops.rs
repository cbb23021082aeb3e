//! Which stop holds for a setting, and where.

use hashbrown::{HashMap, HashSet};

use super::family::Family;
use super::readers::reached;
use super::{Means, Reader, SettingIndex, Stop, Stopped, Story, Trace, TracedSetting};
use crate::flow::Build;
use crate::model::HopId;
use crate::model::address::loopback_host;
use crate::model::dockerfile::{Action, Network};
use crate::model::variables::{is_mirror, is_predefined_proxy, is_proxy_address};
use crate::source::{Location, Span};

/// How many stages without the variable one setting is told about.
const MOST_STAGES: usize = 8;

/// Adds to every setting where it goes no further; `found` is what the commands showed.
pub(super) fn find(
    build: &Build<'_>,
    story: Story<'_>,
    trace: &mut Trace<'_>,
    found: Vec<(SettingIndex, Stopped)>,
) {
    let Trace { settings, readers } = trace;
    let lacking: Vec<&Reader> = readers
        .iter()
        .filter(|reader| reader.lacks && reader.sees.is_empty() && reader.is_reached)
        .collect();
    let finder = Finder {
        build,
        story,
        settings,
        readers,
        reached: reached(build),
        lacking_stages: stages_of(&lacking),
        lacking,
        family: Family::new(build),
        own_defaults: own_defaults(settings),
        next_run: next_runs(build),
    };
    let mut stops: Vec<Vec<Stopped>> = vec![Vec::new(); settings.len()];
    let all = found.into_iter().chain(finder.shadowed());
    for (setting, stop) in all {
        stops[setting].push(stop);
    }
    for (index, own) in stops.iter_mut().enumerate() {
        finder.setting(index, own);
    }
    drop(finder);
    for (setting, mut own) in settings.iter_mut().zip(stops) {
        own.sort_by_key(|stop| (stop.at.map(|at| at.span), stop.why));
        let mut seen = HashSet::new();
        own.retain(|stop| seen.insert((stop.at.map(|at| at.span), stop.why)));
        setting.stops = own;
    }
}

/// The stages of these readers, in order, each with its first one.
fn stages_of(readers: &[&Reader]) -> Vec<usize> {
    let mut seen = HashSet::new();
    let stages = readers.iter().map(|reader| reader.stage);
    stages.filter(|&stage| seen.insert(stage)).collect()
}

struct Finder<'a> {
    build: &'a Build<'a>,
    story: Story<'a>,
    settings: &'a [TracedSetting<'a>],
    readers: &'a [Reader],
    reached: Vec<bool>,
    /// The commands that read the variable and get nothing.
    lacking: Vec<&'a Reader>,
    lacking_stages: Vec<usize>,
    family: Family,
    /// For each name the first `ARG` in a stage that has a default.
    own_defaults: HashMap<&'a str, Option<Location>>,
    /// For each step the first RUN that does not stand before it.
    next_run: Vec<Option<usize>>,
}

fn own_defaults<'t>(settings: &'t [TracedSetting<'_>]) -> HashMap<&'t str, Option<Location>> {
    let mut defaults = HashMap::new();
    for setting in settings {
        if setting.by == Means::Arg && setting.written.is_some() {
            defaults.entry(setting.name.as_str()).or_insert(setting.at);
        }
    }
    defaults
}

fn next_runs(build: &Build<'_>) -> Vec<Option<usize>> {
    let mut next = None;
    let steps = build.model.steps.iter().enumerate().rev();
    let mut runs: Vec<Option<usize>> = steps
        .map(|(index, step)| {
            if matches!(step.action, Action::Run(_)) {
                next = Some(index);
            }
            next
        })
        .collect();
    runs.reverse();
    runs
}

impl Finder<'_> {
    /// Settings that a later one of the same variable takes over from.
    fn shadowed(&self) -> Vec<(SettingIndex, Stopped)> {
        let mut shadowed = Vec::new();
        let of_hop: HashMap<HopId, SettingIndex> = self
            .settings
            .iter()
            .enumerate()
            .filter_map(|(index, setting)| Some((setting.hop?, index)))
            .collect();
        let mut globals: HashMap<&str, SettingIndex> = HashMap::new();
        for (index, setting) in self.settings.iter().enumerate() {
            let name = setting.name.as_str();
            let before = match (setting.by, setting.step) {
                _ if setting.hop.is_none() => None,
                (Means::GlobalArg, _) => globals.insert(name, index),
                (Means::Arg | Means::Env, Some(step)) => {
                    let step = &self.build.model.steps[step];
                    let change = self.build.model.environment.at(step.start, name);
                    let is_built = self.reached.get(step.stage) == Some(&true);
                    let before = change.and_then(|change| of_hop.get(&change.hop).copied());
                    before.filter(|_| is_built)
                }
                _ => None,
            };
            let at = setting.at;
            let is_other = |before: &SettingIndex| {
                *before != index
                    && !setting.from.contains(before)
                    && self.settings[*before].name == setting.name
            };
            if let Some(before) = before.filter(is_other) {
                let why = Stop::Shadowed;
                shadowed.push((before, Stopped { at, why }));
            }
        }
        shadowed
    }

    fn setting(&self, index: SettingIndex, stops: &mut Vec<Stopped>) {
        let setting = &self.settings[index];
        let mut stop = |at: Option<Location>, why: Stop| stops.push(Stopped { at, why });
        if setting
            .stage
            .is_some_and(|stage| self.reached.get(stage) != Some(&true))
        {
            return stop(self.start_of(setting.stage), Stop::OutsideTarget);
        }
        if let Some(why) = without_value(setting) {
            return stop(setting.at, why);
        }
        if let Some(at) = self.loopback(setting) {
            stop(Some(at), Stop::Loopback);
        }
        match setting.by {
            Means::BuildArg => self.build_arg(setting, &mut stop),
            Means::GlobalArg => self.global(setting, &mut stop),
            Means::Arg | Means::Env => self.in_stage(setting, &mut stop),
            Means::Assignment | Means::Export | Means::Prefix | Means::SecretVariable => {
                self.in_run(setting, &mut stop);
            }
            Means::BaseImage | Means::ToolSetting(_) | Means::SecretFile => {}
        }
        let goes_on =
            !setting.readers.is_empty() || !setting.next.is_empty() || !setting.uses.is_empty();
        if !goes_on && stops.is_empty() {
            stops.push(Stopped {
                at: setting.at,
                why: Stop::NotRead,
            });
        }
    }

    fn build_arg(
        &self,
        setting: &TracedSetting<'_>,
        stop: &mut impl FnMut(Option<Location>, Stop),
    ) {
        if !is_predefined_proxy(&setting.name) {
            if setting.next.is_empty() {
                stop(None, Stop::NotConsumed);
            }
            return;
        }
        let proxies = &self.build.model.proxies;
        let winner = proxies
            .iter()
            .find(|proxy| proxy.name.eq_ignore_ascii_case(&setting.name));
        match winner {
            Some(winner) if Some(winner.hop) != setting.hop => stop(None, Stop::OtherSpellingWins),
            Some(winner) if winner.value.is_empty() => stop(None, Stop::EmptyProxy),
            _ => {}
        }
    }

    /// An `ARG` above the first `FROM`.
    fn global(&self, setting: &TracedSetting<'_>, stop: &mut impl FnMut(Option<Location>, Stop)) {
        let declared_in: HashSet<usize> = self.stages_that_take(setting).collect();
        for stage in self.stages_without(|stage| declared_in.contains(&stage)) {
            stop(self.start_of(Some(stage)), Stop::OnlyGlobal);
        }
        if !setting.next.is_empty() || !setting.uses.is_empty() {
            return;
        }
        match self.own_defaults.get(setting.name.as_str()) {
            Some(&at) => stop(at, Stop::OwnDefault),
            None if self.lacking.is_empty() => {
                stop(self.start_of(self.build.model.target), Stop::OnlyGlobal);
            }
            None => {}
        }
    }

    fn stages_that_take<'s>(
        &'s self,
        setting: &'s TracedSetting<'_>,
    ) -> impl Iterator<Item = usize> + 's {
        let next = setting.next.iter().take(64);
        next.filter_map(|&next| self.settings[next].stage)
    }

    /// An `ARG` or `ENV` in a stage.
    fn in_stage(&self, setting: &TracedSetting<'_>, stop: &mut impl FnMut(Option<Location>, Stop)) {
        let (Some(stage), Some(step), Some(hop)) = (setting.stage, setting.step, setting.hop)
        else {
            return;
        };
        if !self.story.is_about(&setting.name) {
            return;
        }
        let first_lacking = self.lacking.partition_point(|reader| reader.step < step);
        let before = self.lacking.get(..first_lacking).unwrap_or_default();
        let start = before.partition_point(|reader| reader.stage < stage);
        if let Some(reader) = before.get(start) {
            stop(Some(reader.at), Stop::Later);
        }
        if let Some(at) = self.beaten(setting, stage, step) {
            stop(Some(at), Stop::BuildArgWins);
        }
        let end = self.build.model.stages[stage].end;
        let last = self.build.model.environment.at(end, &setting.name);
        if last.is_some_and(|change| change.hop == hop) {
            // Above the first FROM stands what other stages could take: that is told there.
            let is_global = |&from: &SettingIndex| self.settings[from].by == Means::GlobalArg;
            if setting.from.iter().any(is_global) {
                return;
            }
            for other in self.stages_without(|other| self.family.is_below(other, stage)) {
                stop(self.start_of(Some(other)), Stop::OtherStage);
            }
        }
    }

    /// The first RUN in which a proxy build argument wins over an `ARG` or `ENV`.
    fn beaten(&self, setting: &TracedSetting<'_>, stage: usize, step: usize) -> Option<Location> {
        let model = &self.build.model;
        let is_given = model
            .proxies
            .iter()
            .any(|proxy| !proxy.value.is_empty() && proxy.name.eq_ignore_ascii_case(&setting.name));
        if !is_given || !is_predefined_proxy(&setting.name) {
            return None;
        }
        let run = self.next_run.get(step).copied().flatten()?;
        let is_in_stage = run < model.stages[stage].steps.end;
        is_in_stage.then(|| self.build.at(model.steps[run].span()))
    }

    /// What a shell sets, or a secret in a variable.
    fn in_run(&self, setting: &TracedSetting<'_>, stop: &mut impl FnMut(Option<Location>, Stop)) {
        let (Some(stage), Some(step)) = (setting.stage, setting.step) else {
            return;
        };
        let is_missed = self.lacking.iter().take(256).any(|reader| {
            reader.step > step && self.family.is_below(reader.stage, stage)
                || reader.step == step && setting.by == Means::Prefix
        });
        let is_useless = setting.readers.is_empty() && setting.next.is_empty();
        let is_own = self.story.is_about(&setting.name);
        if is_own && (is_missed || is_useless) {
            let end = self.build.model.steps[step].span().end as usize;
            let (at, why) = match setting.by {
                Means::Prefix => (setting.at, Stop::EndsWithCommand),
                _ => (Some(self.build.at(Span::at(end))), Stop::EndsWithRun),
            };
            stop(at, why);
        }
    }

    /// Where an address first arrives that means the build container itself.
    fn loopback(&self, setting: &TracedSetting<'_>) -> Option<Location> {
        let is_address = is_proxy_address(&setting.name) || is_mirror(&setting.name);
        let value = setting.value.as_ref()?.as_known().filter(|_| is_address)?;
        value
            .split([',', '|'])
            .find_map(|part| loopback_host(part.trim()))?;
        let readers = setting.readers.iter().map(|&reader| &self.readers[reader]);
        let own_network = |reader: &&Reader| match &self.build.model.steps[reader.step].action {
            Action::Run(run) => run.network == Network::Default,
            _ => false,
        };
        readers.filter(own_network).map(|reader| reader.at).next()
    }

    /// The first stages with commands that get nothing, without those for which `is_served`.
    fn stages_without(&self, is_served: impl Fn(usize) -> bool) -> impl Iterator<Item = usize> {
        let stages = self.lacking_stages.iter().copied().take(64);
        stages
            .filter(move |&stage| !is_served(stage))
            .take(MOST_STAGES)
    }

    fn start_of(&self, stage: Option<usize>) -> Option<Location> {
        let stage = self.build.model.stages.get(stage?)?;
        Some(self.build.at(stage.from.span))
    }
}

/// Why something that looks like a setting gives no value.
fn without_value(setting: &TracedSetting<'_>) -> Option<Stop> {
    match setting.by {
        Means::SecretFile => Some(Stop::SecretFile),
        Means::GlobalArg | Means::Arg if setting.hop.is_none() => Some(match setting.written {
            Some(_) => Stop::DefaultReplaced,
            None => Stop::NothingGiven,
        }),
        _ => None,
    }
}
