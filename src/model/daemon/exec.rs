//! Command lines of `ExecStart=`: `config_parse_exec` of `src/core/load-fragment.c` and
//! `replace_env_argv` of `src/basic/env-util.c`.

use crate::model::Value;
use crate::source::{Location, Span};
use crate::syntax::unit::{BLANK, Logical, Unescape, WordError};

use super::specifier::{self, Context};

/// One command of `ExecStart=`.
#[derive(Clone, Debug)]
pub(super) struct ExecStart {
    /// Program and arguments, `$` not yet replaced.
    pub words: Vec<Argument>,
    /// `:` in front: `$` means nothing.
    pub verbatim: bool,
    /// Whether an empty `ExecStart=` came before it.
    pub after_reset: bool,
    /// The directive's value.
    pub at: Location,
    pub path: String,
    pub line: u32,
}

/// A word of a command line.
#[derive(Clone, Debug)]
pub(super) struct Argument {
    pub value: Value<'static>,
    pub span: Span,
    /// Specifiers that replaced percent-encoding: their bytes, what they became.
    pub replaced: Vec<(Span, String)>,
}

/// Why systemd refuses a command line; it stops reading the file there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ExecError {
    /// The words cannot be split.
    Word(WordError),
    /// A specifier that does not exist.
    Specifier(Span),
    /// The program is neither an absolute path nor a plain name.
    Program(Span),
}

/// A command line as a list of commands; nothing if it is empty (which clears the list).
pub(super) struct CommandLine {
    pub commands: Vec<(Vec<Argument>, bool)>,
    /// Escapes that do not exist and stay as they are.
    pub unknown_escapes: Vec<Span>,
    pub error: Option<ExecError>,
}

/// Reads the value of an `Exec*=` key.
pub(super) fn parse(value: &Logical, context: &Context) -> CommandLine {
    let mut line = CommandLine {
        commands: Vec::new(),
        unknown_escapes: Vec::new(),
        error: None,
    };
    if let Err((error, ignored)) = commands(value, context, &mut line) {
        // With `-` in front a broken command is skipped, the reading goes on.
        line.error = Some(error).filter(|_| !ignored);
    }
    line
}

type Refused = (ExecError, bool);

fn commands(value: &Logical, context: &Context, line: &mut CommandLine) -> Result<(), Refused> {
    let mut words = value.words(Unescape::C);
    while !words.rest().is_empty() {
        let mut arguments: Vec<Argument> = Vec::new();
        let (mut ignored, mut verbatim, mut own_name) = (false, false, false);
        while !words.rest().is_empty() {
            let rest = words.rest();
            let ends = |rest: &str| rest.is_empty() || rest.starts_with(BLANK);
            if !arguments.is_empty() && rest.strip_prefix(';').is_some_and(ends) {
                words.advance(1);
                break;
            }
            if rest.strip_prefix("\\;").is_some_and(ends) {
                let at = words.offset();
                words.advance(2);
                arguments.push(Argument {
                    value: Value::known(";"),
                    span: value.span_of(at, at + 2),
                    replaced: Vec::new(),
                });
                continue;
            }
            let offset = words.offset();
            let word = match words.next() {
                None => break,
                Some(Ok(word)) => word,
                Some(Err(error)) => {
                    words.resume(offset, Unescape::CRelaxed);
                    let word = match words.next() {
                        Some(Ok(word)) => word,
                        _ => return Err((ExecError::Word(error), ignored)),
                    };
                    if let WordError::BadEscape { escape, .. } = error {
                        line.unknown_escapes.push(escape);
                    }
                    let offset = words.offset();
                    words.resume(offset, Unescape::C);
                    word
                }
            };
            let text = String::from_utf8_lossy(&word.bytes).into_owned();
            let mut start = 0;
            if arguments.is_empty() {
                start = text.len()
                    - text
                        .trim_start_matches(['-', '@', ':', '+', '!', '|'])
                        .len();
                let prefix = text.get(..start).unwrap_or_default();
                ignored = prefix.contains('-');
                verbatim = prefix.contains(':');
                own_name = prefix.contains('@');
            }
            let text = text.get(start..).unwrap_or_default();
            let expanded = specifier::expand(text, context).map_err(|bad| {
                let span = word.span_of(bad.at.start + start, bad.at.end + start);
                (ExecError::Specifier(span), ignored)
            })?;
            if arguments.is_empty() && !is_program(&expanded.value) {
                return Err((ExecError::Program(word.span), ignored));
            }
            let replaced = expanded
                .replaced
                .iter()
                .filter(|one| super::assign::is_hex_pair(text, one.at.start));
            let replaced = replaced
                .map(|one| {
                    let span = word.span_of(one.at.start + start, one.at.end + start);
                    (span, one.value.clone().unwrap_or_default())
                })
                .collect();
            arguments.push(Argument {
                value: expanded.value,
                span: word.span,
                replaced,
            });
        }
        if own_name && arguments.len() > 1 {
            arguments.remove(1);
        }
        if !arguments.is_empty() {
            line.commands.push((arguments, verbatim));
        }
    }
    Ok(())
}

/// An absolute path to no directory, or a plain file name.
fn is_program(value: &Value) -> bool {
    let Some(text) = value.as_known() else {
        return true;
    };
    !text.is_empty()
        && !text.ends_with('/')
        && (text.starts_with('/') || !text.contains('/'))
        && !text.contains(|c: char| c < ' ')
}

/// A word of the started process and the bytes it came from.
#[derive(Clone, Debug)]
pub(super) struct FinalWord {
    pub value: Value<'static>,
    pub span: Span,
}

/// Replaces `$` by the process's environment: `${NAME}` inside words, `$NAME` as a word of its own
/// (split at blanks, gone if unset), `$$` is `$`.
pub(super) fn substitute(
    command: &ExecStart,
    get: &dyn Fn(&str) -> Option<Value<'static>>,
) -> Vec<FinalWord> {
    let mut words = Vec::new();
    for (index, argument) in command.words.iter().enumerate() {
        let mut push = |value| {
            words.push(FinalWord {
                value,
                span: argument.span,
            });
        };
        let text = argument.value.as_known();
        let Some(text) = text.filter(|text| index > 0 && !command.verbatim && text.contains('$'))
        else {
            push(argument.value.clone());
            continue;
        };
        match text.strip_prefix('$') {
            Some(name) if !name.starts_with(['{', '$']) => match get(name) {
                Some(Value::Known(value)) => {
                    // `strv_split_full` with quotes and backslashes removed
                    let value = Logical::verbatim(&value);
                    for part in value.words(Unescape::Plain).flatten() {
                        push(Value::known(
                            String::from_utf8_lossy(&part.bytes).into_owned(),
                        ));
                    }
                }
                Some(value) => push(value),
                None => {}
            },
            _ => push(braces(text, get)),
        }
    }
    words
}

/// `${NAME}` and `$$` inside a word; a bare `$NAME` stays.
fn braces(text: &str, get: &dyn Fn(&str) -> Option<Value<'static>>) -> Value<'static> {
    use crate::model::Piece;
    let mut pieces = Vec::new();
    let mut rest = text;
    let close = last_brace(text);
    while let Some((before, after)) = rest.split_once('$') {
        pieces.push(Piece::Text(before.to_owned().into()));
        let named = braced(after, close);
        rest = match named {
            Some((name, tail)) => {
                match get(name) {
                    Some(Value::Known(value)) => pieces.push(Piece::Text(value)),
                    Some(Value::Partly(more)) => pieces.extend(more),
                    Some(Value::Unknown(why)) => pieces.push(Piece::Unknown(why)),
                    None => {}
                }
                tail
            }
            None => {
                pieces.push(Piece::Text("$".into()));
                after.strip_prefix('$').unwrap_or(after)
            }
        };
    }
    pieces.push(Piece::Text(rest.to_owned().into()));
    Value::from_pieces(pieces)
}

/// How far before the end of a text its last `}` stands; 0 if there is none.
pub(super) fn last_brace(text: &str) -> usize {
    text.rfind('}').map_or(0, |at| text.len() - at)
}

/// What stands in braces directly behind a `$`, and the rest. `close` is [`last_brace`] of the whole
/// text: without it, every open brace would search to the end.
pub(super) fn braced(after: &str, close: usize) -> Option<(&str, &str)> {
    let inner = after.strip_prefix('{')?;
    (close > 0 && inner.len() >= close).then(|| inner.split_once('}'))?
}
