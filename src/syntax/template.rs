//! Compose's variable syntax: `$N`, `${N}`, `${N:-…}` and its five siblings (facts/compose.md 3).

use std::ops::Range;

use memchr::memchr;

/// Fallbacks nested deeper than this are an error; each level is read once.
const MAX_NESTING: usize = 64;

/// A text with variables in it. Ranges are offsets in that text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    /// The parts, in order.
    pub parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(Range<usize>),
    /// A variable.
    Variable(Variable),
}

/// A variable with its operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// All of it, from `$` to the name's end or the brace.
    pub range: Range<usize>,
    /// The name.
    pub name: Range<usize>,
    /// The operator and what stands behind it.
    pub operation: Option<(Operator, Template)>,
}

/// What a variable does when it is unset, empty or set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// `:-` (`or_empty`) and `-`: the fallback when unset (or empty).
    Default {
        /// Whether an empty value counts as unset.
        or_empty: bool,
    },
    /// `:?` and `?`: an error when unset (or empty).
    Required {
        /// Whether an empty value counts as unset.
        or_empty: bool,
    },
    /// `:+` and `+`: the replacement when set (and not empty).
    Alternate {
        /// Whether an empty value counts as unset.
        or_empty: bool,
    },
}

/// Why a template cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateError {
    /// Where, in the template's text.
    pub range: Range<usize>,
    /// Whether it is nested too deeply, rather than malformed.
    pub too_deep: bool,
}

impl Template {
    /// Reads the variables of `text`; `None` if it holds no `$`, so that nothing changes.
    pub fn parse(text: &str) -> Option<Result<Self, TemplateError>> {
        memchr(b'$', text.as_bytes())?;
        Some(parse(text, 0..text.len(), 0))
    }
}

fn parse(text: &str, range: Range<usize>, depth: usize) -> Result<Template, TemplateError> {
    let error = |range, too_deep| Err(TemplateError { range, too_deep });
    if depth > MAX_NESTING {
        return error(range, true);
    }
    let bytes = text.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().filter(|_| at < range.end);
    let mut template = Template::default();
    let mut literal = range.start;
    let mut at = range.start;
    while let Some(found) = bytes.get(at..range.end).and_then(|rest| memchr(b'$', rest)) {
        let dollar = at + found;
        let next = byte(dollar + 1);
        let variable = match next {
            Some(b'$') => {
                // `$$` is one literal `$`.
                push_text(&mut template, literal..dollar + 1);
                at = dollar + 2;
                literal = at;
                continue;
            }
            Some(b'{') => match braced(text, dollar, range.end, depth)? {
                Some(variable) => variable,
                None => return error(dollar..(dollar + 2).min(range.end), false),
            },
            Some(c) if is_name_start(c) => {
                let end = name_end(bytes, dollar + 1, range.end);
                Variable {
                    range: dollar..end,
                    name: dollar + 1..end,
                    operation: None,
                }
            }
            _ => {
                at = dollar + 1;
                continue;
            }
        };
        push_text(&mut template, literal..dollar);
        at = variable.range.end;
        literal = at;
        template.parts.push(Part::Variable(variable));
    }
    push_text(&mut template, literal..range.end);
    Ok(template)
}

fn push_text(template: &mut Template, range: Range<usize>) {
    if !range.is_empty() {
        template.parts.push(Part::Text(range));
    }
}

/// `${…}` at `dollar`; `Ok(None)` if it is malformed.
fn braced(
    text: &str,
    dollar: usize,
    end: usize,
    depth: usize,
) -> Result<Option<Variable>, TemplateError> {
    let bytes = text.as_bytes();
    let start = dollar + 2;
    if !bytes.get(start).copied().is_some_and(is_name_start) {
        return Ok(None);
    }
    let name_end = name_end(bytes, start, end);
    let (operator, len) = match bytes.get(name_end..end).unwrap_or_default() {
        [b'}', ..] => {
            let (range, name) = (dollar..name_end + 1, start..name_end);
            return Ok(Some(Variable {
                range,
                name,
                operation: None,
            }));
        }
        [b':', b'-', ..] => (Operator::Default { or_empty: true }, 2),
        [b':', b'?', ..] => (Operator::Required { or_empty: true }, 2),
        [b':', b'+', ..] => (Operator::Alternate { or_empty: true }, 2),
        [b'-', ..] => (Operator::Default { or_empty: false }, 1),
        [b'?', ..] => (Operator::Required { or_empty: false }, 1),
        [b'+', ..] => (Operator::Alternate { or_empty: false }, 1),
        _ => return Ok(None),
    };
    let Some(close) = closing_brace(bytes, dollar, name_end + len, end) else {
        return Ok(None);
    };
    let fallback = parse(text, name_end + len..close, depth + 1)?;
    Ok(Some(Variable {
        range: dollar..close + 1,
        name: start..name_end,
        operation: Some((operator, fallback)),
    }))
}

/// The brace that closes the one at `dollar + 1`: the balancing one on the same line, else the
/// line's last. A byte behind an opening brace is not looked at, as in compose-go's
/// `template/template.go` `getFirstBraceClosingIndex`.
fn closing_brace(bytes: &[u8], dollar: usize, from: usize, end: usize) -> Option<usize> {
    let mut open = 0_usize;
    let mut last = None;
    let mut at = dollar;
    while at < end {
        match bytes.get(at) {
            Some(b'\n') => break,
            Some(b'}') => {
                open = open.saturating_sub(1);
                if open == 0 {
                    return Some(at);
                }
                last = Some(at);
            }
            Some(b'{') => {
                open += 1;
                at += 1;
                if bytes.get(at) == Some(&b'}') && at < end {
                    last = Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    last.filter(|&at| at >= from)
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn name_end(bytes: &[u8], start: usize, end: usize) -> usize {
    let rest = bytes.get(start..end).unwrap_or_default();
    let len = rest
        .iter()
        .take_while(|&&byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .count();
    start + len
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(text: &str) -> String {
        match Template::parse(text) {
            None => text.to_owned(),
            Some(Err(error)) => format!("error {:?}", error.range),
            Some(Ok(template)) => show_parts(text, &template),
        }
    }

    fn show_parts(text: &str, template: &Template) -> String {
        let parts = template.parts.iter().map(|part| match part {
            Part::Text(range) => text[range.clone()].to_owned(),
            Part::Variable(variable) => match &variable.operation {
                None => format!("<{}>", &text[variable.name.clone()]),
                Some((operator, rest)) => {
                    let name = &text[variable.name.clone()];
                    let (sign, or_empty) = match *operator {
                        Operator::Default { or_empty } => ('-', or_empty),
                        Operator::Required { or_empty } => ('?', or_empty),
                        Operator::Alternate { or_empty } => ('+', or_empty),
                    };
                    let colon = if or_empty { ":" } else { "" };
                    format!("<{name}{colon}{sign}{}>", show_parts(text, rest))
                }
            },
        });
        parts.collect()
    }

    #[test]
    fn operators_nest() {
        assert_eq!(show("a${X:-${Y:-z}}b"), "a<X:-<Y:-z>>b");
        assert_eq!(show("${A?no}${B+x}-${C}"), "<A?no><B+x>-<C>");
        assert_eq!(show("$REG/img:$TAGx.y"), "<REG>/img:<TAGx>.y");
    }

    #[test]
    fn dollars_that_are_none() {
        assert_eq!(show("$$HOME $${X} $5 $ $"), "$HOME ${X} $5 $ $");
        assert_eq!(show("$$$V"), "$<V>");
    }

    #[test]
    fn malformed() {
        assert_eq!(show("x${1BAD}"), "error 1..3");
        assert_eq!(show("${X"), "error 0..2");
        assert_eq!(show("${X:-a\n}"), "error 0..2");
        assert_eq!(show("${X:b}"), "error 0..2");
    }

    #[test]
    fn unbalanced_braces_run_to_the_last_one() {
        assert_eq!(show("${A:-{x}"), "<A:-{x>");
        assert_eq!(show("${A:-{}}"), "<A:-{}>");
    }

    #[test]
    fn nesting_is_bounded() {
        let deep = "${A:-".repeat(10_000) + &"}".repeat(10_000);
        assert!(matches!(Template::parse(&deep), Some(Err(error)) if error.too_deep));
    }
}
