//! Build arguments that a command takes as a password or token, whatever they are called.

use hashbrown::HashMap;
use std::cell::OnceCell;

use super::Arguments;
use crate::flow::workspace::Build;
use crate::model::dockerfile::{Action, Lookup, Program};
use crate::model::{Mechanism, Value};
use crate::secrets::{Names, taken};
use crate::source::Location;

/// Where a command takes a build argument as a secret.
#[derive(Clone, Copy, Debug)]
pub struct Taken {
    /// The step of the RUN.
    pub step: usize,
    /// Where the command has it.
    pub at: Location,
}

/// The build arguments with a known value that RUNs take as a secret, each where the first one does.
/// Those that their own name tells are left out.
pub(super) fn taken_arguments<'b>(build: &'b Build<'_>, names: &Names) -> HashMap<&'b str, Taken> {
    let arguments = OnceCell::new();
    let mut all = HashMap::new();
    for (index, step) in build.model.steps.iter().enumerate() {
        let (Action::Run(run), Some(commands)) = (&step.action, &build.commands[index]) else {
            continue;
        };
        let (Program::Shell { script, .. } | Program::File { script, .. }) = &run.program else {
            continue;
        };
        let uses = &commands.outcome.uses;
        let mut given = uses
            .iter()
            .filter(|used| used.reached && !used.set_by_shell)
            .peekable();
        if step.triggered_by.is_some() || given.peek().is_none() {
            continue;
        }
        let secrets = taken(names, &script.text);
        let is_taken = |at: u32| secrets.iter().any(|secret| secret.start == at as usize);
        for used in given.filter(|used| is_taken(used.span.start)) {
            let name = used.name.as_str();
            let arguments = arguments.get_or_init(|| Arguments::of(build));
            if names.kind(name).is_none()
                && is_argument(build, index, name)
                && arguments.seen_by(build, index, name).is_some()
            {
                all.entry(name).or_insert_with(|| Taken {
                    step: index,
                    at: commands.locate(used.span),
                });
            }
        }
    }
    all
}

/// Whether a step has the known value of an `ARG` under that name.
fn is_argument(build: &Build<'_>, index: usize, name: &str) -> bool {
    let step = &build.model.steps[index];
    match build.model.lookup(step.stage, step.start, name) {
        Lookup::Set(Value::Known(text), hop) => {
            !text.is_empty() && build.model.provenance.hop(hop).how != Mechanism::Env
        }
        _ => false,
    }
}
