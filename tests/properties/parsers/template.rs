use std::ops::Range;

use docklint::source::FileKind;
use docklint::syntax::template::{Part, Template};

use super::source;

/// The parts of a text with Compose's variables stand in it in order, fallbacks in their variable.
pub fn template(bytes: &[u8]) {
    let file = source(FileKind::Compose, bytes);
    let text = file.text();
    match Template::parse(text) {
        None => assert!(!text.contains('$')),
        Some(Ok(template)) => assert_parts(text, &template, 0..text.len()),
        Some(Err(error)) => assert!(text.get(error.range).is_some()),
    }
}

fn assert_parts(text: &str, template: &Template, outer: Range<usize>) {
    let mut behind = outer.start;
    for part in &template.parts {
        let range = match part {
            Part::Text(range) => range,
            Part::Variable(variable) => {
                assert!(text[variable.range.clone()].starts_with('$'));
                assert!(!text[variable.name.clone()].is_empty());
                if let Some((_, fallback)) = &variable.operation {
                    assert_parts(text, fallback, variable.name.end..variable.range.end);
                }
                &variable.range
            }
        };
        assert!(text.get(range.clone()).is_some());
        assert!(behind <= range.start && range.end <= outer.end);
        behind = range.end;
    }
}
