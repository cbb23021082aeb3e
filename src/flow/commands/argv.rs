//! Flags and operands of a command line, as far as they are known.

use crate::flow::shell::Argument;

/// A command's arguments behind its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arguments<'c> {
    words: &'c [Argument],
    value_flags: &'static [&'static str],
}

impl<'c> Arguments<'c> {
    /// `value_flags` take the next word as their value.
    pub(super) fn new(words: &'c [Argument], value_flags: &'static [&'static str]) -> Self {
        Self { words, value_flags }
    }

    /// The words that are neither flags nor flags' values.
    pub(super) fn operands(&self) -> Vec<&'c Argument> {
        let mut operands = Vec::new();
        let mut words = self.words.iter();
        let mut only_operands = false;
        while let Some(argument) = words.next() {
            match argument.value.as_known() {
                Some("--") if !only_operands => only_operands = true,
                Some(flag) if !only_operands && is_flag(flag) => {
                    if self.value_flags.contains(&flag) {
                        words.next();
                    }
                }
                _ => operands.push(argument),
            }
        }
        operands
    }

    /// The first operands that are known.
    pub(super) fn operand_texts(&self) -> Vec<&'c str> {
        self.operands()
            .into_iter()
            .map_while(|argument| argument.value.as_known())
            .collect()
    }

    /// The word that is one of `flags`.
    pub(super) fn flag(&self, flags: &[&str]) -> Option<&'c Argument> {
        self.words.iter().find(|argument| {
            let text = argument.value.as_known();
            text.is_some_and(|text| flags.contains(&text))
        })
    }

    /// The word that holds the value of one of `flags`: `--flag VALUE` or `--flag=VALUE`. A flag that
    /// ends in `=` is a prefix of any word: `-o Acquire::http::Proxy=…`, `-Dhttp.proxyHost=…`.
    pub(super) fn value(&self, flags: &[&str]) -> Option<&'c Argument> {
        for (index, argument) in self.words.iter().enumerate() {
            let Some(text) = leading_text(argument) else {
                continue;
            };
            for flag in flags {
                if flag.ends_with('=') {
                    // apt's `-oAcquire::…` has no blank.
                    let option = text.strip_prefix("-o").unwrap_or(text);
                    if starts_with_ignoring_case(option, flag) {
                        return Some(argument);
                    }
                } else if text == *flag {
                    return self.words.get(index + 1);
                } else if flag.starts_with("--")
                    && text
                        .strip_prefix(flag)
                        .is_some_and(|rest| rest.starts_with('='))
                {
                    return Some(argument);
                }
            }
        }
        None
    }

    pub(super) fn words(&self) -> &'c [Argument] {
        self.words
    }
}

/// The known text at the start of a word.
pub(super) fn leading_text(argument: &Argument) -> Option<&str> {
    use crate::model::{Piece, Value};
    match &argument.value {
        Value::Known(text) => Some(text),
        Value::Partly(pieces) => match pieces.first()? {
            Piece::Text(text) => Some(text),
            Piece::Unknown(_) => None,
        },
        Value::Unknown(_) => None,
    }
}

fn is_flag(text: &str) -> bool {
    text.len() > 1 && text.starts_with(['-', '+'])
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}
