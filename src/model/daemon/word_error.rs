//! A value of `Environment=` that cannot be split into words.

use crate::source::Span;
use crate::syntax::unit::WordError;

use super::assign::Directive;
use super::diagnostic::{Cause, Diagnostic};
use super::names;
use super::service::Source;

/// Go takes no plain backslash in a URL's user name.
pub(super) const BACKSLASH_IN_URL: &str =
    "write `%%5C` for a backslash in the user name of a URL: Go refuses a plain one";

/// The title of that repair.
pub(super) const ENCODE_BACKSLASH: &str = "encode the backslash";

/// The diagnostic for the rest that systemd drops; `before` words of the line are kept.
pub(super) fn word_error(directive: &Directive, error: WordError, before: usize) -> Diagnostic {
    let source = directive.source;
    let kept = if before > 0 {
        "; what stands before it on the line is kept"
    } else {
        ""
    };
    let key = directive.key;
    let make = |cause, span, message| {
        Diagnostic::new(cause, &source.path, Some(source.location(span)), message)
            .line(directive.line)
    };
    match error {
        WordError::Unbalanced { quote, rest } => {
            let message =
                format!("this quote is never closed: systemd drops the rest of `{key}=`{kept}");
            let found = make(Cause::UnbalancedQuote, quote, message);
            let written = source.file.slice(rest);
            let name = name_in(written);
            let found = match name {
                Some(name) => found.name(name),
                None => found,
            };
            let quotes = written.matches(['"', '\'']).count();
            let mark = source.file.slice(quote).to_owned();
            let insert =
                |at: u32, text: &str| (source.location(Span::at(at as usize)), text.to_owned());
            if quotes == 1 && written.starts_with(['"', '\'']) && !written.contains('\\') {
                found.repair("close the quote", true, vec![insert(rest.end, &mark)])
            } else if quotes == 1 && mark == "'" && !written.contains(['\\', ' ', '\t', '\n', '\r'])
            {
                found
                    .help("put the whole assignment in double quotes")
                    .repair(
                        "quote the assignment",
                        true,
                        vec![insert(rest.start, "\""), insert(rest.end, "\"")],
                    )
            } else {
                found.help("close the quote; an apostrophe in a value needs double quotes round it")
            }
        }
        WordError::BadEscape { escape, rest } => {
            let written = source.file.slice(escape);
            let name = name_in(source.file.slice(rest)).map(str::to_owned);
            let trailing = written == "\\";
            let message = if trailing {
                format!(
                    "a backslash with blanks behind it continues nothing: systemd drops the word{kept}"
                )
            } else {
                format!("`{written}` is no escape: systemd drops the rest of `{key}=`{kept}")
            };
            let mut found = make(Cause::UnknownEscape, escape, message);
            found.name = name;
            if trailing {
                let edit = (source.location(escape), String::new());
                found
                    .help("remove the backslash, or the blanks behind it")
                    .minor(before > 0)
                    .repair("remove the backslash", false, vec![edit])
            } else {
                let start = escape.start as usize;
                let backslash = source.location(Span::new(start, start + 1));
                if is_in_userinfo(source, rest, start) {
                    let edits = vec![(backslash, "%%5C".into())];
                    found
                        .help(BACKSLASH_IN_URL)
                        .repair(ENCODE_BACKSLASH, true, edits)
                } else {
                    let edits = vec![(backslash, "\\\\".into())];
                    let help = "write `\\\\` for a backslash";
                    found.help(help).repair("double the backslash", true, edits)
                }
            }
        }
    }
}

/// The variable's name at the start of a word as written.
fn name_in(written: &str) -> Option<&str> {
    let (name, _) = written.trim_start_matches(['"', '\'']).split_once('=')?;
    names::is_valid(name).then_some(name)
}

/// Whether a place in a word lies between `://` and the last `@`.
fn is_in_userinfo(source: &Source, word: Span, at: usize) -> bool {
    let text = source.file.text();
    let before = text.get(word.start as usize..at).unwrap_or_default();
    let after = text.get(at..word.end as usize).unwrap_or_default();
    let after = after
        .split([' ', '\t', '\n', '\r'])
        .next()
        .unwrap_or_default();
    before.contains("://") && after.contains('@')
}
