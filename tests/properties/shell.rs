//! Whatever the text of a RUN is, simulating it ends without a panic, and every span lies in the text.

use docklint::flow::shell::{Options, Outcome, simulate};
use docklint::source::{FileKind, Span};
use docklint::syntax::shell::{Dialect, parse};
use proptest::prelude::*;

use super::{parsers, script, times};

fn spans(outcome: &Outcome) -> Vec<Span> {
    let mut spans = Vec::new();
    for command in &outcome.commands {
        spans.push(command.span);
        spans.extend(command.argv.iter().map(|argument| argument.span));
        spans.extend(command.redirections.iter().map(|found| found.span));
        spans.extend(command.wrappers.iter().map(|wrapper| wrapper.span));
        spans.extend(command.piped_from);
    }
    spans.extend(outcome.uses.iter().map(|place| place.span));
    spans.extend(outcome.assignments.iter().map(|found| found.span));
    spans
}

proptest! {
    #![proptest_config(times(16))]

    #[test]
    fn scripts_are_run_to_the_end(bytes in script()) {
        let file = parsers::source(FileKind::Dockerfile, &bytes);
        let text = file.text();
        for dialect in [Dialect::Sh, Dialect::Bash] {
            let room = std::cell::Cell::new(usize::MAX);
            let tree = parse(text, dialect);
            let outcome = simulate(&tree, dialect, Options::default(), &|_| None, &room);
            for span in spans(&outcome) {
                parsers::slice(text, span);
            }
            for command in &outcome.commands {
                prop_assert!(!command.variants.is_empty());
            }
        }
    }
}
