//! Every expansion of a script, whether its command is ever reached or not.

use super::tree::{
    Arithmetic, AssignedValue, Command, CommandKind, List, PartKind, Script, SimpleCommand, Word,
};
use crate::source::Span;

/// A place that expands a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference<'a> {
    /// Its bytes: `$X`, `${X:-y}`, or `X` in arithmetic.
    pub span: Span,
    /// The variable or special parameter.
    pub name: &'a str,
    /// Whether it says what to do when the variable is not set.
    pub has_default: bool,
}

/// All expansions in `script`, in no particular order.
pub fn references<'a>(script: &Script<'a>) -> Vec<Reference<'a>> {
    let mut walk = Walk::default();
    walk.list(&script.body);
    for document in &script.here_documents {
        walk.word(&document.body);
    }
    walk.found
}

#[derive(Default)]
struct Walk<'a> {
    found: Vec<Reference<'a>>,
}

impl<'a> Walk<'a> {
    fn list(&mut self, list: &List<'a>) {
        for item in &list.items {
            let rest = item.rest.iter().map(|(_, pipeline)| pipeline);
            for pipeline in std::iter::once(&item.first).chain(rest) {
                for command in &pipeline.commands {
                    self.command(command);
                }
            }
        }
    }

    fn command(&mut self, command: &Command<'a>) {
        for redirection in &command.redirections {
            self.word(&redirection.target);
        }
        match &command.kind {
            CommandKind::Simple(simple) => self.simple(simple),
            CommandKind::Group(list) | CommandKind::Subshell(list) => self.list(list),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.list(condition);
                    self.list(body);
                }
                if let Some(body) = otherwise {
                    self.list(body);
                }
            }
            CommandKind::While {
                condition, body, ..
            } => {
                self.list(condition);
                self.list(body);
            }
            CommandKind::For { words, body, .. } => {
                self.words(words.as_deref().unwrap_or_default());
                self.list(body);
            }
            CommandKind::ArithmeticFor { header, body } => {
                self.arithmetic(header);
                self.list(body);
            }
            CommandKind::Case { subject, arms } => {
                self.word(subject);
                for arm in arms {
                    self.words(&arm.patterns);
                    self.list(&arm.body);
                }
            }
            CommandKind::Function { body, .. } => self.command(body),
            CommandKind::Conditional(words) => self.words(words),
            CommandKind::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
            CommandKind::Missing => {}
        }
    }

    fn simple(&mut self, simple: &SimpleCommand<'a>) {
        for assignment in &simple.assignments {
            match &assignment.value {
                AssignedValue::Scalar(word) | AssignedValue::Element(word) => self.word(word),
                AssignedValue::Array(words) => self.words(words),
            }
        }
        self.words(&simple.words);
    }

    fn words(&mut self, words: &[Word<'a>]) {
        for word in words {
            self.word(word);
        }
    }

    fn word(&mut self, word: &Word<'a>) {
        for part in &word.parts {
            match &part.kind {
                PartKind::Parameter(parameter) => {
                    self.found.push(Reference {
                        span: part.span,
                        name: parameter.name,
                        has_default: parameter
                            .operator
                            .is_some_and(super::ParameterOperator::has_default),
                    });
                    self.word(&parameter.argument);
                }
                PartKind::CommandSubstitution(list) | PartKind::ProcessSubstitution(list) => {
                    self.list(list);
                }
                PartKind::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
                PartKind::Literal(_) | PartKind::Template | PartKind::Opaque => {}
            }
        }
    }

    fn arithmetic(&mut self, arithmetic: &Arithmetic<'a>) {
        let names = arithmetic.names.iter();
        self.found.extend(names.map(|&(name, span)| Reference {
            span,
            name,
            has_default: false,
        }));
    }
}
