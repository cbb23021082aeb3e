use docklint::source::FileKind;
use docklint::syntax::dockerfile::{Arguments, Command, Instruction, Word, parse};

use super::{assert_in_order, slice, source};

/// Instructions stand in order, and every part of them where it says it does.
pub fn dockerfile(bytes: &[u8]) {
    let file = source(FileKind::Dockerfile, bytes);
    let text = file.text();
    let tree = parse(&file);
    assert_in_order(tree.instructions.iter().map(|found| found.span));
    for instruction in &tree.instructions {
        slice(text, instruction.span);
        assert!(instruction.lines.0 <= instruction.lines.1);
        assert_line(text, instruction);
        assert_heredocs(text, instruction);
        for word in words(&instruction.command) {
            assert_word(text, instruction, word);
        }
    }
    for &comment in &tree.comments {
        assert!(slice(text, comment).starts_with('#'));
    }
    for directive in &tree.directives {
        assert_eq!(slice(text, directive.value_span), directive.value);
    }
    for error in &tree.errors {
        slice(text, error.span);
    }
}

/// A joined line is made of the file's bytes.
fn assert_line(text: &str, instruction: &Instruction<'_>) {
    let line = &instruction.line;
    for (offset, byte) in line.text.bytes().enumerate() {
        let at = line.map.source(offset);
        assert_eq!(text.as_bytes().get(at), Some(&byte), "{offset} is at {at}");
    }
}

fn assert_heredocs(text: &str, instruction: &Instruction<'_>) {
    for heredoc in &instruction.heredocs {
        assert_word(text, instruction, &heredoc.marker);
        assert_eq!(slice(text, heredoc.body_span), heredoc.body);
        if let Some(terminator) = heredoc.terminator {
            assert_eq!(slice(text, terminator), heredoc.name);
        }
    }
}

/// A word that is written without interruption reads as its bytes.
fn assert_word(text: &str, instruction: &Instruction<'_>, word: &Word) {
    let span = instruction.span_of(word);
    let written = slice(text, span);
    let is_whole = span.len() == (word.end - word.start) as usize;
    if word.cooked.is_none() && is_whole {
        assert_eq!(instruction.text(word), written);
    }
}

fn words(command: &Command) -> Vec<&Word> {
    let mut words = vec![&command.keyword_word];
    words.extend(&command.flags);
    let mut arguments = &command.arguments;
    loop {
        match arguments {
            Arguments::None => {}
            Arguments::Words(all) | Arguments::Json(all) => words.extend(all),
            Arguments::Text(word) => words.push(word),
            Arguments::Pairs(pairs) => {
                words.extend(pairs.iter().flat_map(|pair| [&pair.key, &pair.value]));
            }
            Arguments::Health(kind, rest) => {
                words.push(kind);
                arguments = rest;
                continue;
            }
            Arguments::Trigger(trigger) => words.extend(self::words(trigger)),
        }
        return words;
    }
}
