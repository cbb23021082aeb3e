use docklint::source::FileKind;
use docklint::syntax::environment_file;

use super::{assert_in_order, assert_inside, slice, source};

/// systemd's `EnvironmentFile=`: no value is longer than what stands in the file for it.
pub fn environment_file(bytes: &[u8]) {
    let file = source(FileKind::EnvironmentFile, bytes);
    let text = file.text();
    let parsed = environment_file::parse(&file);
    assert_in_order(parsed.assignments.iter().map(|found| found.span()));
    for found in &parsed.assignments {
        assert_eq!(slice(text, found.name_span), found.name);
        slice(text, found.value_span);
        assert!(found.value.len() <= text.len() - found.name_span.end as usize);
        for &backslash in &found.dropped_backslashes {
            assert_eq!(slice(text, backslash), "\\");
            assert!(found.name_span.end <= backslash.start);
        }
        if let Some(quote) = found.unclosed {
            assert_inside(quote, found.value_span);
            assert!(["\"", "'"].contains(&slice(text, quote)));
        }
        if let Some(invalid) = found.invalid {
            assert!(file.invalid().contains(&invalid.start));
        }
    }
    for &line in &parsed.no_equals {
        // An `=` at the very start belongs to the name.
        let line = slice(text, line);
        assert!(!line.strip_prefix('=').unwrap_or(line).contains(['=', '\n']));
    }
    for &comment in &parsed.comments {
        assert!(slice(text, comment).starts_with(['#', ';']));
    }
    assert_eq!(parsed.nul.is_some(), text.contains('\0'));
}
