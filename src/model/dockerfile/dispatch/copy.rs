//! `COPY` and `ADD`: what is copied from where to where.

use super::super::copy::{self, Copied, CopiedFrom, CopySource};
use super::super::simulate::{Origin, Simulation};
use super::super::structure::words;
use super::super::{flags, remote};
use super::{Failed, Running};
use crate::syntax::dockerfile::word::Lexer;
use crate::syntax::dockerfile::{Command, Instruction, Keyword, heredoc_word};

impl<'f> Simulation<'f, '_> {
    pub(super) fn copy(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
        command: &'f Command,
    ) -> Result<Copied<'f>, Failed> {
        let is_add = command.keyword == Keyword::Add;
        let mut expanded_flags = [None, None, None];
        for (slot, name) in expanded_flags
            .iter_mut()
            .zip(["chown", "chmod", "checksum"])
        {
            if let Some((text, word)) = flags::value(instruction, command, name) {
                let span = instruction.span_of(word);
                let value = self
                    .text(running, instruction, text, Origin::Within(span), self.lexer)
                    .map_err(|refusal| (span, refusal))?;
                *slot = Some(value.0);
            }
        }
        let [_, chmod, checksum] = expanded_flags;
        let (destination, source_words) = match words(command).split_last() {
            Some((last, sources)) => (last, sources),
            None => return Err((instruction.span, "there is nothing to copy".into())),
        };
        let mut sources = Vec::new();
        for word in source_words {
            if heredoc_word(instruction.text(word)).is_some() {
                continue;
            }
            let (value, _) = self.word(running, instruction, word)?;
            let span = instruction.span_of(word);
            let kind = remote::classify(&value).map_err(|message| (span, message.into()))?;
            sources.push(CopySource { value, kind, span });
        }
        let (destination, _) = self.word(running, instruction, destination)?;
        self.heredocs(running, instruction)?;
        let from = self.copied_from(instruction, command);
        if let Some(CopiedFrom::Stage(stage)) = from
            && stage >= running.index
        {
            let (name, word) =
                flags::value(instruction, command, "from").unwrap_or(("", &command.keyword_word));
            let message = format!("stage `{name}` must stand before this one to be copied from");
            return Err((instruction.span_of(word), message.into()));
        }
        let span = sources
            .first()
            .map_or(instruction.span, |source| source.span);
        copy::check(is_add, &sources, checksum.as_ref(), chmod.as_ref())
            .map_err(|message| (span, message.into()))?;
        Ok(Copied {
            from,
            sources,
            destination,
        })
    }

    /// Expands the bodies of a COPY's heredocs; quotes are text there, and the escape character is
    /// always a backslash (`facts/buildkit.md` 1.19).
    fn heredocs(
        &mut self,
        running: &Running<'f>,
        instruction: &'f Instruction<'f>,
    ) -> Result<(), Failed> {
        for heredoc in instruction.heredocs.iter().filter(|heredoc| heredoc.expand) {
            let lexer = Lexer {
                escape: '\\',
                quotes_are_text: true,
            };
            let origin = Origin::File(heredoc.body_span.start as usize);
            self.text(running, instruction, heredoc.body, origin, lexer)
                .map_err(|refusal| (heredoc.body_span, refusal))?;
        }
        Ok(())
    }
}
