use std::borrow::Cow;

use docklint::source::{FileKind, Span};
use docklint::syntax::shell::{
    Arithmetic, AssignedValue, Command, CommandKind, Dialect, List, Part, PartKind, Redirection,
    RedirectionOperator, Script, Word, parse, references,
};

use super::{assert_in_order, assert_inside, slice, source};

/// Words stand in their commands in order, and every name and literal is what its span holds.
pub fn shell(bytes: &[u8]) {
    let file = source(FileKind::Dockerfile, bytes);
    let text = file.text();
    for dialect in [Dialect::Sh, Dialect::Bash] {
        let script = parse(text, dialect);
        let walk = Walk {
            text,
            script: &script,
        };
        walk.list(&script.body);
        for document in &script.here_documents {
            walk.word(&document.body);
        }
        for error in &script.errors {
            slice(text, error.span);
        }
        for reference in references(&script) {
            assert!(slice(text, reference.span).contains(reference.name));
        }
    }
}

/// Goes through a tree, which is of bounded depth.
struct Walk<'s> {
    text: &'s str,
    script: &'s Script<'s>,
}

impl Walk<'_> {
    fn list(&self, list: &List<'_>) {
        for item in &list.items {
            let rest = item.rest.iter().map(|(_, pipeline)| pipeline);
            for pipeline in std::iter::once(&item.first).chain(rest) {
                assert!(!pipeline.commands.is_empty());
                assert_in_order(pipeline.commands.iter().map(|command| command.span));
                for command in &pipeline.commands {
                    self.command(command);
                }
            }
        }
    }

    fn command(&self, command: &Command<'_>) {
        slice(self.text, command.span);
        for redirection in &command.redirections {
            assert_inside(redirection.span, command.span);
            self.redirection(redirection);
        }
        match &command.kind {
            CommandKind::Simple(simple) => {
                for assignment in &simple.assignments {
                    assert_inside(assignment.span, command.span);
                    assert!(slice(self.text, assignment.span).starts_with(assignment.name));
                    match &assignment.value {
                        AssignedValue::Scalar(word) => self.inner(word, assignment.span),
                        AssignedValue::Element(word) => self.inner(word, assignment.span),
                        AssignedValue::Array(words) => self.words(words, assignment.span),
                    }
                }
                self.words(&simple.words, command.span);
            }
            CommandKind::Group(list) | CommandKind::Subshell(list) => self.list(list),
            CommandKind::If {
                branches,
                otherwise,
            } => {
                for (condition, body) in branches {
                    self.list(condition);
                    self.list(body);
                }
                otherwise.iter().for_each(|body| self.list(body));
            }
            CommandKind::While {
                condition, body, ..
            } => {
                self.list(condition);
                self.list(body);
            }
            CommandKind::For {
                variable,
                variable_span,
                words,
                body,
            } => {
                assert_eq!(slice(self.text, *variable_span), *variable);
                self.words(words.as_deref().unwrap_or_default(), command.span);
                self.list(body);
            }
            CommandKind::ArithmeticFor { header, body } => {
                self.arithmetic(header);
                self.list(body);
            }
            CommandKind::Case { subject, arms } => {
                self.inner(subject, command.span);
                for arm in arms {
                    self.words(&arm.patterns, command.span);
                    self.list(&arm.body);
                }
            }
            CommandKind::Function { name, body } => {
                assert!(slice(self.text, command.span).contains(name));
                assert_inside(body.span, command.span);
                self.command(body);
            }
            CommandKind::Conditional(words) => self.words(words, command.span),
            CommandKind::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
            CommandKind::Missing => {}
        }
    }

    fn redirection(&self, redirection: &Redirection<'_>) {
        slice(self.text, redirection.span);
        self.inner(&redirection.target, redirection.span);
        if let RedirectionOperator::HereDocument(index) = redirection.operator {
            assert!(index < self.script.here_documents.len());
        }
    }

    fn arithmetic(&self, arithmetic: &Arithmetic<'_>) {
        assert_eq!(slice(self.text, arithmetic.span), arithmetic.text);
        for (name, span) in &arithmetic.names {
            assert_eq!(slice(self.text, *span), *name);
            assert_inside(*span, arithmetic.span);
        }
    }

    fn words(&self, words: &[Word<'_>], outer: Span) {
        assert_in_order(words.iter().map(|word| word.span));
        for word in words {
            self.inner(word, outer);
        }
    }

    fn inner(&self, word: &Word<'_>, outer: Span) {
        assert_inside(word.span, outer);
        self.word(word);
    }

    fn word(&self, word: &Word<'_>) {
        slice(self.text, word.span);
        assert_in_order(word.parts.iter().map(|part| part.span));
        for part in &word.parts {
            assert_inside(part.span, word.span);
            self.part(part);
        }
    }

    fn part(&self, part: &Part<'_>) {
        let written = slice(self.text, part.span);
        match &part.kind {
            PartKind::Literal(Cow::Borrowed(text)) if text.len() == part.span.len() => {
                assert_eq!(*text, written);
            }
            PartKind::Parameter(parameter) => {
                assert!(written.contains(parameter.name));
                self.inner(&parameter.argument, part.span);
            }
            PartKind::CommandSubstitution(list) | PartKind::ProcessSubstitution(list) => {
                self.list(list);
            }
            PartKind::Arithmetic(arithmetic) => self.arithmetic(arithmetic),
            PartKind::Literal(_) | PartKind::Template | PartKind::Opaque => {}
        }
    }
}
