//! The parser of Dockerfiles: it reads anything, and what it says of the text is true.

#![no_main]

use docklint::source::{FileId, FileKind, SourceFile};
use docklint::syntax::dockerfile::parse;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let path = "Dockerfile".to_owned();
    let file = SourceFile::new(FileId(0), path, FileKind::Dockerfile, bytes.to_vec());
    let text = file.text();
    assert_eq!(text.len(), bytes.len());
    let tree = parse(&file);
    for instruction in &tree.instructions {
        assert!(text.get(instruction.span.range()).is_some());
        let line = &instruction.line;
        for (offset, byte) in line.text.bytes().enumerate() {
            assert_eq!(text.as_bytes().get(line.map.source(offset)), Some(&byte));
        }
        for heredoc in &instruction.heredocs {
            assert_eq!(text.get(heredoc.body_span.range()), Some(heredoc.body));
        }
    }
    for error in &tree.errors {
        assert!(text.get(error.span.range()).is_some());
    }
});
