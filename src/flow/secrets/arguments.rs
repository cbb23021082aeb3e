//! Build arguments that carry a secret.

use hashbrown::HashMap;

use super::taken::{Taken, taken_arguments};
use super::{Declared, written_at};
use crate::flow::workspace::Build;
use crate::model::dockerfile::DeclarationSource;
use crate::model::{HopId, Mechanism, Provenance};
use crate::secrets::values::is_boolean;
use crate::secrets::{Judgement, Names, Place, Verdict, judge};
use crate::source::SourceFile;

/// A build argument that carries a secret: all its `ARG`s.
#[derive(Debug)]
pub struct SecretArgument<'b> {
    /// Its name.
    pub name: &'b str,
    /// The worst that can be said of one of its `ARG`s.
    pub judgement: Judgement,
    /// Its `ARG`s, in order.
    pub declared: Vec<Declared<'b>>,
    /// The one it is about, in `declared`.
    pub primary: usize,
    /// Whether it is about the default that the `ARG` gives, not about what is passed.
    pub is_default: bool,
    /// Where a command takes it as a secret, if only that tells it.
    pub taken: Option<Taken>,
}

/// The build arguments of a build that carry a secret, in the order of their first `ARG`.
pub fn secret_arguments<'b>(
    build: &'b Build<'_>,
    names: &Names,
    sources: &[SourceFile],
) -> Vec<SecretArgument<'b>> {
    let mut all: Vec<SecretArgument<'b>> = Vec::new();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    let taken = taken_arguments(build, names);
    for declared in build.declared() {
        let name = declared.declaration.name.as_str();
        if name.contains(['{', '}']) {
            // A template's text that the template engine would take away.
            continue;
        }
        let as_named = judge_declaration(build, declared, name, names, sources);
        let taken = taken.get(name).copied();
        let taken = taken.filter(|_| as_named.0.verdict == Verdict::Clean);
        let (judgement, is_default) = match taken {
            Some(_) => judge_taken(build, declared, names, sources),
            None => as_named,
        };
        let index = *by_name.entry(name).or_insert_with(|| {
            all.push(SecretArgument {
                name,
                judgement: Judgement::CLEAN,
                declared: Vec::new(),
                primary: 0,
                is_default: false,
                taken,
            });
            all.len() - 1
        });
        let argument = &mut all[index];
        argument.declared.push(declared);
        if judgement.verdict > argument.judgement.verdict {
            argument.judgement = judgement;
            argument.is_default = is_default;
            argument.taken = taken;
            argument.primary = argument.declared.len() - 1;
        }
    }
    all.retain_mut(SecretArgument::settle);
    all
}

impl SecretArgument<'_> {
    /// Whether there is anything to say, and about which `ARG`.
    fn settle(&mut self) -> bool {
        match self.judgement.verdict {
            Verdict::Clean => false,
            Verdict::Weak | Verdict::Literal | Verdict::Token if self.is_default => true,
            _ => {
                // A global argument reaches FROM lines only: the stage's own ARG lets in what is
                // passed.
                let in_stage = self.declared.iter().position(|it| it.step.is_some());
                self.primary = in_stage.unwrap_or(self.primary);
                in_stage.is_some()
            }
        }
    }

    /// The `ARG` it is about.
    pub fn subject(&self) -> Declared<'_> {
        self.declared[self.primary]
    }
}

/// Whether a value was taken from the caller's shell: it stands in no file.
fn comes_from_shell(provenance: &Provenance, hop: HopId) -> bool {
    let story = provenance.story(hop);
    let mut ways = story.iter().map(|&hop| provenance.hop(hop).how);
    ways.any(|how| how == Mechanism::ProcessEnvironment)
}

/// The same of an `ARG` that a command takes as a password. Where its value comes from outside
/// its name has the say.
fn judge_taken(
    build: &Build<'_>,
    declared: Declared<'_>,
    names: &Names,
    sources: &[SourceFile],
) -> (Judgement, bool) {
    let judged = judge_declaration(build, declared, "password", names, sources);
    match judged.0.verdict {
        Verdict::Clean | Verdict::Channel => (Judgement::CLEAN, false),
        Verdict::Weak | Verdict::Literal | Verdict::Token => judged,
    }
}

/// What an `ARG` and the value that is passed to it say, as the setting `name`, and whether that is
/// about its default.
fn judge_declaration(
    build: &Build<'_>,
    declared: Declared<'_>,
    name: &str,
    names: &Names,
    sources: &[SourceFile],
) -> (Judgement, bool) {
    let declaration = declared.declaration;
    if declaration.source == DeclarationSource::Global {
        // The one above the first FROM is judged itself.
        return (Judgement::CLEAN, false);
    }
    let known = declaration.value.as_ref().and_then(|(value, _)| {
        let text = value.as_known()?;
        (!text.is_empty()).then_some(text)
    });
    let default = declaration.default_span.map(|span| {
        let resolved = known.filter(|_| declaration.source == DeclarationSource::Default);
        resolved.unwrap_or_else(|| written_at(sources, build.at(span)))
    });
    let by_default = judge(names, Place::Arg, name, default);
    if declaration.source != DeclarationSource::BuildArg {
        return (by_default, default.is_some());
    }
    if declared.is_switch(build, sources) && known.is_none_or(is_boolean) {
        return (Judgement::CLEAN, false);
    }
    let hops = declaration
        .value
        .as_ref()
        .map(|(_, hop)| build.way(*hop))
        .unwrap_or_default();
    let passed = hops
        .iter()
        .find(|(_, how)| *how == Mechanism::ComposeBuildArg);
    let given = match passed {
        Some((at, _)) => {
            // A name alone, which takes its value from Compose's environment, stands for itself.
            let written =
                Some(written_at(sources, *at)).filter(|written| *written != declaration.name);
            let hop = declaration.value.as_ref().map(|(_, hop)| *hop);
            let is_of_shell = hop.is_some_and(|hop| comes_from_shell(&build.model.provenance, hop));
            let known = known.filter(|_| !is_of_shell);
            judge(names, Place::BuildArg, name, known.or(written))
        }
        // What a command line passes is seen by whoever typed it.
        None => judge(names, Place::BuildArg, name, None),
    };
    let is_literal = by_default.verdict != Verdict::Channel;
    match is_literal && by_default.verdict > given.verdict {
        true => (by_default, true),
        false => (given, false),
    }
}
