//! Everything that gives the variable, or one made from it, a value.

use hashbrown::HashMap;

use super::{Means, SettingIndex, Story, TracedSetting, Used};
use crate::flow::clients::written;
use crate::flow::{Build, StepCommands};
use crate::model::dockerfile::{
    Action, Base, Declaration, DeclarationSource, Found, Mount, MountKind, Run,
};
use crate::model::{HopId, Mechanism, Value};
use crate::source::Span;
use crate::syntax::shell::is_name;

/// The settings, with what they take their value from and where instructions use them.
pub(super) fn settings<'b>(build: &'b Build<'_>, story: Story<'_>) -> Vec<TracedSetting<'b>> {
    let mut places = Places {
        build,
        story,
        all: Vec::new(),
    };
    places.given_outside();
    places.globals();
    places.steps();
    let mut settings = followed(places.all, build, story);
    settings.sort_by_key(|setting| {
        let at = setting.at.map(|at| at.span.start);
        (setting.by != Means::BuildArg, at, setting.hop)
    });
    connect(&mut settings, build);
    settings
}

struct Places<'b, 'n> {
    build: &'b Build<'b>,
    story: Story<'n>,
    all: Vec<TracedSetting<'b>>,
}

impl<'b> Places<'b, '_> {
    /// Build arguments, and what base images bring.
    fn given_outside(&mut self) {
        let model = &self.build.model;
        for arg in &model.build_args {
            if self.story.is_about(&arg.name) {
                let mut setting = setting(&arg.name, Means::BuildArg, Some(arg.hop));
                setting.value = Some(arg.value.clone());
                self.all.push(setting);
            }
        }
        for (index, stage) in model.stages.iter().enumerate() {
            if !matches!(stage.base, Base::Image(_)) {
                continue;
            }
            let changes = self.story.spellings();
            let changes = changes
                .iter()
                .filter_map(|name| model.environment.at(stage.start, name));
            for change in changes {
                let mut setting = setting(&change.name, Means::BaseImage, Some(change.hop));
                setting.value = Some(change.value.clone());
                setting.at = Some(self.build.at(stage.base_span));
                setting.stage = Some(index);
                self.all.push(setting);
            }
        }
    }

    fn globals(&mut self) {
        for declaration in &self.build.model.globals {
            self.declaration(declaration, Means::GlobalArg, None);
        }
    }

    fn steps(&mut self) {
        for (index, step) in self.build.model.steps.iter().enumerate() {
            let place = Some((step.stage, index));
            match &step.action {
                Action::Arg(declarations) => {
                    for declaration in declarations {
                        self.declaration(declaration, Means::Arg, place);
                    }
                }
                Action::Env(assignments) => {
                    for assignment in assignments {
                        let Some(name) = assignment.name.as_known() else {
                            continue;
                        };
                        let mut setting = setting(name, Means::Env, Some(assignment.hop));
                        setting.value = Some(assignment.value.clone());
                        setting.written = Some(assignment.value_span);
                        self.add(setting, Some(assignment.name_span), place);
                    }
                }
                Action::Run(run) => {
                    self.secrets(run, place);
                    if let Some(commands) = &self.build.commands[index] {
                        self.shell(commands, place);
                    }
                }
                Action::Copy(_) | Action::Other => {}
            }
        }
    }

    /// An `ARG`. A default that a build argument replaces is a setting of its own.
    fn declaration(
        &mut self,
        declaration: &'b Declaration<'b>,
        by: Means,
        place: Option<(usize, usize)>,
    ) {
        let hop = declaration.value.as_ref().map(|(_, hop)| *hop);
        let mut own = setting(&declaration.name, by, hop);
        own.value = declaration.value.as_ref().map(|(value, _)| value.clone());
        let replaced = declaration.source == DeclarationSource::BuildArg;
        match replaced {
            true => {
                if let Some(span) = declaration.default_span {
                    let mut default = setting(&declaration.name, by, None);
                    default.written = Some(span);
                    self.add(default, Some(declaration.name_span), place);
                }
            }
            false => own.written = declaration.default_span,
        }
        self.add(own, Some(declaration.name_span), place);
    }

    fn secrets(&mut self, run: &'b Run<'b>, place: Option<(usize, usize)>) {
        for (name, hop) in &run.secret_variables {
            self.add(
                setting(name, Means::SecretVariable, Some(*hop)),
                None,
                place,
            );
        }
        for (mount, span) in &run.mounts {
            if let Some(id) = file_secret(mount) {
                let secret = setting(id, Means::SecretFile, None);
                self.add(secret, Some(*span), place);
            }
        }
    }

    fn shell(&mut self, commands: &'b StepCommands, place: Option<(usize, usize)>) {
        let before = WrittenBefore::new(commands);
        for (assignment, hop) in commands.assignments() {
            let means = before.means(assignment.span);
            let assigned = setting(&assignment.name, means, Some(hop));
            let at = commands.locate(assignment.span);
            self.add(assigned, Some(at.span), place);
        }
        let all = &commands.outcome.commands;
        for (_, written) in written(all) {
            if let Some(value) = written.value
                && self.story.is_key(written.client, &written.key)
            {
                let by = Means::ToolSetting(written.client);
                let mut setting = setting(self.story.0, by, None);
                setting.value = Some(value.into_owned());
                let at = commands.locate(written.span);
                self.add(setting, Some(at.span), place);
            }
        }
    }

    fn add(
        &mut self,
        mut setting: TracedSetting<'b>,
        at: Option<Span>,
        place: Option<(usize, usize)>,
    ) {
        let of_hop = setting
            .hop
            .and_then(|hop| self.build.model.provenance.hop(hop).at);
        setting.at = at.map(|span| self.build.at(span)).or(of_hop);
        if let (Means::Arg | Means::Env, Some((_, step))) = (setting.by, place) {
            // A trigger stands in the ONBUILD, but it is the FROM that runs it.
            if self.build.model.steps[step].triggered_by.is_some() {
                setting.at = of_hop.or(setting.at);
            }
        }
        setting.stage = place.map(|(stage, _)| stage);
        setting.step = place.map(|(_, step)| step);
        self.all.push(setting);
    }
}

fn setting<'b>(name: &str, by: Means, hop: Option<HopId>) -> TracedSetting<'b> {
    TracedSetting {
        name: name.to_owned(),
        by,
        at: None,
        value: None,
        written: None,
        stage: None,
        step: None,
        from: Vec::new(),
        next: Vec::new(),
        readers: Vec::new(),
        uses: Vec::new(),
        stops: Vec::new(),
        hop,
    }
}

/// The id of a secret that is mounted as a file only, and could be meant as a variable.
fn file_secret<'m>(mount: &'m Mount<'_>) -> Option<&'m str> {
    let id = mount.id.as_ref().and_then(Value::as_known)?;
    let is_file = mount.kind == MountKind::Secret && mount.secret_variable().is_none();
    (is_file && is_name(id)).then_some(id)
}

impl Story<'_> {
    /// The spellings that are looked up where names cannot be listed.
    pub(super) fn spellings(self) -> Vec<String> {
        let mut all = vec![self.0.to_owned()];
        if super::ignores_case(self.0) {
            all.extend([self.0.to_lowercase(), self.0.to_uppercase()]);
        }
        let mut seen = hashbrown::HashSet::new();
        all.retain(|name| seen.insert(name.clone()));
        all
    }

    /// Whether a key of a client's settings file says the same as the variable.
    fn is_key(self, client: &str, key: &str) -> bool {
        if key == self.0 {
            return true;
        }
        let key = key.replace('-', "_");
        let after = |prefix: &str| {
            let start = self.0.get(..prefix.len())?;
            let rest = self.0.get(prefix.len()..)?;
            start.eq_ignore_ascii_case(prefix).then_some(rest)
        };
        match client {
            "go" => false,
            "pip" => {
                let last = key.rsplit('.').next().unwrap_or_default();
                after("PIP_").is_some_and(|name| name.eq_ignore_ascii_case(last))
            }
            _ => after("npm_config_").is_some_and(|name| name.eq_ignore_ascii_case(&key)),
        }
    }

    fn is_about_secret(self, id: &str) -> bool {
        id.eq_ignore_ascii_case(self.0)
    }
}

/// The places of the variable itself, and those that take their value from one of them. In the
/// order of their hops every place stands behind those it takes from. All variables of a base image
/// share one hop, so that one says nothing about a variable.
fn followed<'b>(
    mut places: Vec<TracedSetting<'b>>,
    build: &Build<'_>,
    story: Story<'_>,
) -> Vec<TracedSetting<'b>> {
    places.sort_by_key(|place| place.hop);
    let mut hops = hashbrown::HashSet::new();
    places.retain(|place| {
        let is_own = match place.by {
            Means::SecretFile => story.is_about_secret(&place.name),
            _ => story.is_about(&place.name),
        };
        let takes = |hop: HopId| {
            let of_variable =
                |hop: &&HopId| build.model.provenance.hop(**hop).how != Mechanism::BaseImage;
            let parents = build
                .model
                .provenance
                .parents(hop)
                .iter()
                .filter(of_variable);
            parents.into_iter().any(|parent| hops.contains(parent))
        };
        let is_kept = is_own || place.hop.is_some_and(takes);
        if let Some(hop) = place.hop.filter(|_| is_kept) {
            hops.insert(hop);
        }
        is_kept
    });
    places
}

/// Fills in what takes its value from what, and which instructions use it.
fn connect(settings: &mut [TracedSetting<'_>], build: &Build<'_>) {
    let mut of_hop: HashMap<HopId, SettingIndex> = HashMap::new();
    for (index, setting) in settings.iter().enumerate() {
        if let Some(hop) = setting.hop {
            of_hop.entry(hop).or_insert(index);
        }
    }
    for index in 0..settings.len() {
        let Some(hop) = settings[index].hop else {
            continue;
        };
        let parents = build.model.provenance.parents(hop).iter();
        let mut from: Vec<_> = parents
            .filter_map(|parent| of_hop.get(parent).copied())
            .filter(|&parent| {
                let parent = &settings[parent];
                parent.by != Means::BaseImage || parent.name == settings[index].name
            })
            .collect();
        from.sort_unstable();
        from.dedup();
        for &parent in &from {
            settings[parent].next.push(index);
        }
        settings[index].from = from;
    }
    let mut note = |found: Found, span: Span, stage: usize, instruction: Span| {
        if let Found::Set(hop) = found
            && let Some(&index) = of_hop.get(&hop)
        {
            settings[index].uses.push(Used {
                at: build.at(span),
                stage,
                instruction,
            });
        }
    };
    for (index, stage) in build.model.stages.iter().enumerate() {
        for used in &build.model.uses[stage.from_uses.clone()] {
            note(used.found, used.span, index, stage.from.span);
        }
    }
    for step in &build.model.steps {
        // An ARG or ENV that uses it is a setting of its own.
        if !matches!(step.action, Action::Arg(_) | Action::Env(_)) {
            for used in &build.model.uses[step.uses.clone()] {
                note(used.found, used.span, step.stage, step.span());
            }
        }
    }
}

/// Tells `NAME=VALUE command` and `export NAME=VALUE` from plain assignments.
struct WrittenBefore<'c> {
    /// The commands' bytes, by their start, and whether they export.
    commands: Vec<(Span, Option<&'c str>)>,
}

impl<'c> WrittenBefore<'c> {
    fn new(commands: &'c StepCommands) -> Self {
        let all = commands.outcome.commands.iter();
        let mut commands: Vec<_> = all.map(|command| (command.span, command.name())).collect();
        commands.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
        Self { commands }
    }

    fn means(&self, assignment: Span) -> Means {
        let after = self
            .commands
            .partition_point(|(span, _)| span.start <= assignment.start);
        let around = after.checked_sub(1).and_then(|at| self.commands.get(at));
        match around {
            Some((span, name)) if span.end >= assignment.end => match name {
                Some("export" | "declare" | "typeset") => Means::Export,
                Some("readonly" | "local" | "read" | "getopts" | "unset") => Means::Assignment,
                _ => Means::Prefix,
            },
            _ => Means::Assignment,
        }
    }
}
