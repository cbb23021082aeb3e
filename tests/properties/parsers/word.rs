use std::ops::Range;

use docklint::source::FileKind;
use docklint::syntax::dockerfile::heredoc_word;
use docklint::syntax::dockerfile::word::{Lexer, Token};

use super::source;

/// The tokens of a Dockerfile's word lie in it, and every opened level is closed.
pub fn word(bytes: &[u8]) {
    let file = source(FileKind::Dockerfile, bytes);
    let text = file.text();
    for escape in ['\\', '`'] {
        for quotes_are_text in [false, true] {
            let lexer = Lexer {
                escape,
                quotes_are_text,
            };
            match lexer.tokens(text) {
                Ok(tokens) => assert_tokens(text, &tokens),
                Err(error) => assert!(text.is_char_boundary(error.at)),
            }
        }
    }
    if let Some(word) = heredoc_word(text) {
        assert!(!word.name.is_empty());
    }
}

fn assert_tokens(text: &str, tokens: &[Token]) {
    let lies_inside = |range: &Range<usize>| text.get(range.clone()).is_some();
    let mut depth = 0;
    for token in tokens {
        match token {
            Token::Text(range) => assert!(lies_inside(range)),
            Token::Variable { range, name } => assert!(lies_inside(range) && lies_inside(name)),
            Token::Open { range, name, .. } => {
                assert!(lies_inside(range) && lies_inside(name));
                depth += 1;
            }
            Token::Separator => assert!(depth > 0),
            Token::Close(at) => {
                assert_eq!(text.as_bytes().get(*at), Some(&b'}'));
                depth -= 1;
            }
        }
    }
    assert_eq!(depth, 0);
}
