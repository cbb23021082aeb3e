//! `ARG` and `ENV`: they change the environment.

use super::super::arg::ArgWord;
use super::super::build::{Assignment, Declaration, DeclarationSource};
use super::super::simulate::{Origin, Simulation};
use super::super::structure::words;
use super::{Failed, Running};
use crate::model::Mechanism;
use crate::syntax::dockerfile::{Arguments, Command, Instruction, Word};

/// Arguments that act by being declared and never reach an environment (`facts/buildkit.md` 3).
const NEVER_IN_ENVIRONMENT: [&str; 2] = ["BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"];

impl<'f> Simulation<'f, '_> {
    pub(super) fn arg(
        &mut self,
        running: &mut Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Vec<Declaration<'f>>, Failed> {
        let mut declarations = Vec::new();
        for word in words(command) {
            let declaration = self.declaration(running, instruction, word)?;
            if let Some((value, hop)) = &declaration.value
                && !NEVER_IN_ENVIRONMENT.contains(&declaration.name.as_str())
            {
                self.environment.set(&declaration.name, value.clone(), *hop);
            }
            declarations.push(declaration);
        }
        Ok(declarations)
    }

    /// Build argument, else own default, else (a bare `ARG` only) the global value.
    fn declaration(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        word: &'f Word,
    ) -> Result<Declaration<'f>, Failed> {
        let parts = ArgWord::new(instruction, word);
        let span = instruction.span_of(word);
        let at = self.location(span);
        let (source, value) = if let Some((value, hop)) = self.build_args.get(parts.name).cloned() {
            let hop = self.provenance.add(Mechanism::Arg, at, &[hop]);
            (DeclarationSource::BuildArg, Some((value, hop)))
        } else if let Some((text, start)) = parts.default {
            let (value, hops) = self
                .text(running, instruction, text, Origin::Line(start), self.lexer)
                .map_err(|refusal| (span, refusal))?;
            let hop = self.provenance.add(Mechanism::Arg, at, &hops);
            (DeclarationSource::Default, Some((value, hop)))
        } else if let Some((value, hop)) = self.global_values.get(parts.name).cloned() {
            let hop = self.provenance.add(Mechanism::Arg, at, &[hop]);
            (DeclarationSource::Global, Some((value, hop)))
        } else {
            (DeclarationSource::Nothing, None)
        };
        Ok(Declaration {
            name: parts.name.to_owned(),
            name_span: parts.name_span,
            default_span: parts.default_span,
            value,
            source,
        })
    }

    pub(super) fn env(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Vec<Assignment<'f>>, Failed> {
        // All values see the environment from before the instruction (`facts/buildkit.md` 1.7).
        let assignments = self.pairs(running, instruction, command)?;
        for assignment in &assignments {
            if let Some(name) = assignment.name.as_known() {
                let value = &assignment.value;
                self.environment.set(name, value.clone(), assignment.hop);
                self.image.set(name, value.clone(), assignment.hop);
            }
        }
        Ok(assignments)
    }

    /// Expands the pairs of an `ENV`.
    fn pairs(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Vec<Assignment<'f>>, Failed> {
        let Arguments::Pairs(pairs) = &command.arguments else {
            return Ok(Vec::new());
        };
        let mut assignments = Vec::with_capacity(pairs.len());
        for pair in pairs {
            let (name, _) = self.word(running, instruction, &pair.key)?;
            let first_use = self.uses.len();
            let (value, hops) = self.word(running, instruction, &pair.value)?;
            let name_span = instruction.span_of(&pair.key);
            let value_span = instruction.span_of(&pair.value);
            let at = self.location(name_span.to(value_span));
            let hop = self.provenance.add(Mechanism::Env, at, &hops);
            assignments.push(Assignment {
                name,
                name_span,
                value,
                value_span,
                hop,
                uses: first_use..self.uses.len(),
            });
        }
        Ok(assignments)
    }
}
