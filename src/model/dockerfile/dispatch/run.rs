//! `RUN`: its program, and the mounts and secrets that it gets.

use std::sync::Arc;

use super::super::build::{Network, Use};
use super::super::error::{BuildError, Scope};
use super::super::expand::{self, Lookup, Refusal};
use super::super::flags;
use super::super::mount::{self, Mount, MountKind};
use super::super::run::{self, Run};
use super::super::simulate::Simulation;
use super::{Failed, Running, joined};
use crate::model::{Mechanism, Value};
use crate::source::Span;
use crate::syntax::dockerfile::{Arguments, Command, Instruction};

impl<'f> Simulation<'f, '_> {
    pub(super) fn run(
        &mut self,
        running: &mut Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Run<'f>, Failed> {
        let mounts = self.mounts(running, instruction, command)?;
        let is_windows = running.settings.platform.os == "windows";
        let shell = running
            .settings
            .shell
            .get_or_insert_with(|| default_shell(is_windows));
        let program = run::program(instruction, command, shell, is_windows);
        if matches!(&command.arguments, Arguments::Json(words) if words.is_empty()) {
            let message = "`RUN []` has nothing to run";
            let scope = Scope::Output(running.index);
            let error = BuildError::unlocated(scope, instruction.span, message);
            self.errors.push(error);
        }
        let network = match flags::value(instruction, command, "network") {
            Some(("none", _)) => Network::None,
            Some(("host", _)) => Network::Host,
            _ => self.invocation.network,
        };
        let secret_variables = mounts
            .iter()
            .filter_map(|(mount, span)| {
                let name = mount.secret_variable()?.to_owned();
                let at = self.location(*span);
                let hop = self.provenance.add(Mechanism::SecretEnv, at, &[]);
                Some((name, hop))
            })
            .collect();
        Ok(Run {
            program,
            mounts,
            network,
            user: running.settings.user.clone(),
            workdir: running.settings.workdir.clone(),
            secret_variables,
        })
    }

    fn mounts(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Vec<(Mount<'f>, Span)>, Failed> {
        let mut mounts = Vec::new();
        for (text, word) in flags::values(instruction, command, "mount") {
            let span = instruction.span_of(word);
            let mount = mount::parse(text, |value| {
                // A field's text may differ from the flag's, so its variables stand "within" it.
                self.owned_text(running, value, span)
            })
            .map_err(|refusal| (span, refusal))?;
            self.check_mount(running, &mount)
                .map_err(|message| (span, message.into()))?;
            mounts.push((mount, span));
        }
        Ok(mounts)
    }

    /// Expands text that is not a slice of the file.
    fn owned_text(
        &mut self,
        running: &Running<'f>,
        text: &str,
        span: Span,
    ) -> Result<Value<'f>, Refusal> {
        if self.lexer.is_plain(text) {
            return Ok(Value::known(text.to_owned()));
        }
        let root = running.settings.root;
        let expanded = expand::expand(text, self.lexer, &mut self.budget, |name| {
            match self.environment.get(name) {
                Some(change) => Lookup::Set(change.value.clone().into_owned(), change.hop),
                None => root.lookup(name),
            }
        })?;
        for mention in expanded.mentions {
            self.uses.push(Use {
                span,
                name: mention.name,
                handles_unset: mention.handles_unset,
                found: mention.found,
            });
        }
        Ok(expanded.value.into_owned())
    }

    fn check_mount(&self, running: &Running<'f>, mount: &Mount<'f>) -> Result<(), String> {
        if let Some(from) = &mount.from {
            let later = self
                .find_stage(from)
                .is_some_and(|stage| stage >= running.index);
            if later && matches!(mount.kind, MountKind::Bind | MountKind::Cache) {
                return Err(format!("stage `{from}` must stand before this one"));
            }
        }
        let target = match &mount.target {
            None => Some(""),
            Some(target) => target.as_known(),
        };
        let needs_target = matches!(
            mount.kind,
            MountKind::Bind | MountKind::Cache | MountKind::Tmpfs
        );
        if needs_target && let Some(target) = target {
            let workdir = &running.settings.workdir;
            if joined(workdir, Value::known(target)).as_known() == Some("/") {
                return Err("a mount needs a `target` that is not `/`".to_owned());
            }
        }
        Ok(())
    }
}

fn default_shell(is_windows: bool) -> Arc<[String]> {
    let words: &[&str] = match is_windows {
        true => &["cmd", "/S", "/C"],
        false => &["/bin/sh", "-c"],
    };
    words.iter().map(|&word| word.to_owned()).collect()
}
