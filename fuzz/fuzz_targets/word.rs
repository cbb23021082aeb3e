//! The word grammar: tokens lie in the word, in order, and every opened level is closed.

#![no_main]

use docklint::syntax::dockerfile::heredoc_word;
use docklint::syntax::dockerfile::word::{Lexer, Token};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for escape in ['\\', '`'] {
        for quotes_are_text in [false, true] {
            let lexer = Lexer {
                escape,
                quotes_are_text,
            };
            match lexer.tokens(text) {
                Ok(tokens) => check(text, &tokens),
                Err(error) => assert!(text.is_char_boundary(error.at)),
            }
        }
    }
    if let Some(word) = heredoc_word(text) {
        assert!(!word.name.is_empty());
    }
});

fn check(text: &str, tokens: &[Token]) {
    let mut depth = 0;
    for token in tokens {
        match token {
            Token::Text(range) => assert!(text.get(range.clone()).is_some()),
            Token::Variable { range, name } => {
                assert!(text.get(range.clone()).is_some());
                assert!(text.get(name.clone()).is_some());
            }
            Token::Open { range, name, .. } => {
                assert!(text.get(range.clone()).is_some());
                assert!(text.get(name.clone()).is_some());
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
