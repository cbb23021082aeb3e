//! Names with values in raw text, whatever the notation: `NAME=v`, `NAME: v`, `"NAME": "v"`,
//! `ENV NAME v`, `${NAME:-v}`, `<name>v</name>`. Works on text that does not parse.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::extent::{self, Bounds, is_quote};
use super::interpolation::{self, reference_at};

/// A setting found in raw text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The name.
    pub name: Range<usize>,
    /// The value, without the quotes around it.
    pub value: Range<usize>,
}

/// How the text is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notation {
    /// A quoted value may close on a later line (YAML, JSON, `.env`).
    pub multiline: bool,
    /// Back quotes quote, as they do in messages.
    pub back_quotes: bool,
    /// YAML, where a plain value inside of brackets ends at a comma and at a bracket.
    pub flow: bool,
}

/// The longest name that is looked at.
const LONGEST_NAME: usize = 160;

/// Every setting in `text` whose name `wanted` accepts and whose value `accepts` accepts, given both, in
/// order.
/// Settings inside an accepted value are not looked for. `accepts` must accept values longer than
/// 512 bytes: that keeps the search linear.
pub fn find<'t>(
    text: &'t str,
    notation: Notation,
    wanted: &'t dyn Fn(&str) -> bool,
    accepts: &'t dyn Fn(&str, &str) -> bool,
) -> impl Iterator<Item = Setting> + 't {
    let mut scan = Scan {
        text,
        notation,
        quotes: Quotes::default(),
        in_block: false,
    };
    let mut from = 0;
    let mut line_start = true;
    std::iter::from_fn(move || {
        let bytes = text.as_bytes();
        while from < bytes.len() {
            let at = from;
            if std::mem::take(&mut line_start)
                && let Some(found) = scan.env_line(at, wanted)
                && accepts(&text[found.name.clone()], &text[found.value.clone()])
            {
                from = found.value.end;
                return Some(found);
            }
            let class = CLASSES[usize::from(bytes[at])];
            from = at + 1;
            if class == Class::Dull {
                continue;
            }
            line_start = bytes[at] == b'\n' || (bytes[at] == b'`' && notation.back_quotes);
            if let Some(found) = scan.setting_at(at, class, wanted)
                && accepts(&text[found.name.clone()], &text[found.value.clone()])
            {
                from = scan.resume(&found.value).max(from);
                line_start = false;
                return Some(found);
            }
        }
        None
    })
}

/// What a byte may begin.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Dull,
    LineEnd,
    Equals,
    Colon,
    Tag,
    Dollar,
}

static CLASSES: [Class; 256] = {
    let mut classes = [Class::Dull; 256];
    classes[b'\n' as usize] = Class::LineEnd;
    classes[b'=' as usize] = Class::Equals;
    classes[b':' as usize] = Class::Colon;
    classes[b'>' as usize] = Class::Tag;
    classes[b'$' as usize] = Class::Dollar;
    // in messages code begins behind a back quote, as on a line of its own
    classes[b'`' as usize] = Class::LineEnd;
    classes
};

struct Scan<'t> {
    text: &'t str,
    notation: Notation,
    quotes: Quotes,
    /// Whether the last value found is a YAML block.
    in_block: bool,
}

impl Scan<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// Where to look on behind a value: at its end, but a quote that closes on a later line may
    /// have been the wrong one, so the lines in between are looked at by themselves too.
    fn resume(&mut self, value: &Range<usize>) -> usize {
        let in_block = std::mem::take(&mut self.in_block);
        let lines = self.text.as_bytes().get(value.clone()).unwrap_or_default();
        match memchr(b'\n', lines) {
            Some(newline) if !in_block => value.start + newline,
            _ => value.end,
        }
    }

    fn bounds(&self, outer: Option<u8>) -> Bounds {
        Bounds {
            outer,
            multiline: self.notation.multiline,
        }
    }

    /// The setting whose separator is the byte at `at`.
    fn setting_at(
        &mut self,
        at: usize,
        class: Class,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Option<Setting> {
        let name = match class {
            Class::Equals | Class::Colon => name_before(self.text, at)?,
            Class::Tag => tag_before(self.text, at)?,
            Class::Dollar => expansion_name(self.text, at)?,
            Class::Dull | Class::LineEnd => return None,
        };
        if !wanted(self.text.get(name.clone())?) {
            return None;
        }
        let value = match class {
            Class::Equals => self.after_equals(at, &name)?,
            Class::Colon => self.after_colon(at, &name)?,
            Class::Tag => tag_text(self.text, at)?,
            Class::Dollar => expansion_default(self.text, at, name.end)?,
            Class::Dull | Class::LineEnd => return None,
        };
        Some(Setting { name, value })
    }

    /// `ENV NAME the value`, also behind ONBUILD.
    fn env_line(&self, line: usize, wanted: &dyn Fn(&str) -> bool) -> Option<Setting> {
        let start = skip_blanks(self.text, line);
        if !matches!(
            self.byte(start)? | 0x20,
            b'e' | b'n' | b'v' | b'o' | b'a' | b'r' | b'g'
        ) {
            return None;
        }
        let start = keyword(self.text, start, "ONBUILD").unwrap_or(start);
        let len = self
            .text
            .get(start..)?
            .bytes()
            .take(5)
            .take_while(u8::is_ascii_alphabetic)
            .count();
        let word = self.text.get(start..start + len)?;
        // a misspelt instruction prints its value too
        let made_of = |letters: &str| {
            len >= 2
                && word
                    .chars()
                    .all(|c| letters.contains(c.to_ascii_uppercase()))
        };
        let is_arg = made_of("ARG") && !self.notation.back_quotes;
        if !made_of("ENV") && !is_arg {
            return None;
        }
        let mut name = keyword(self.text, start, word)?;
        while let Some(b'\\' | b'`') = self.byte(name)
            && matches!(self.byte(name + 1), Some(b'\n' | b'\r'))
        {
            name = skip_blanks(self.text, extent::line_end(self.text, name) + 1);
        }
        let len = name_len(self.text.as_bytes().get(name..)?);
        let after = name + len;
        if !matches!(self.byte(after)?, b' ' | b'\t') || !wanted(self.text.get(name..after)?) {
            return None;
        }
        let value = skip_blanks(self.text, after);
        if is_arg && is_declaration(self.text.get(value..)?) {
            return None;
        }
        let value = match self.byte(value)? {
            quote if is_quote(quote) => {
                let word = extent::word(self.text, value, self.bounds(None));
                let line = extent::continued_line(self.text, value);
                if word.end + 1 >= line.end { word } else { line }
            }
            _ => extent::continued_line(self.text, value),
        };
        Some(Setting {
            name: name..after,
            value: self.cut_back_quote(value),
        })
    }

    /// The end of a plain YAML scalar that goes on over deeper lines.
    fn plain_scalar(&mut self, value: Range<usize>, name: &Range<usize>) -> Range<usize> {
        let rest = self
            .text
            .get(value.end..extent::line_end(self.text, value.end));
        let ends_line = rest.is_some_and(|rest| rest.trim().is_empty());
        let is_key = begins_line(self.text, name.start) || is_item(self.text, name.start);
        if !self.notation.multiline || !ends_line || !is_key {
            return value;
        }
        let block = self.block(value.end, name);
        value.start..block.end.max(value.end)
    }

    /// In a message the value ends at the back quote around the code.
    fn cut_back_quote(&self, value: Range<usize>) -> Range<usize> {
        let bytes = self.text.as_bytes();
        let ends = |at: &usize| !bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
        if !self.notation.back_quotes {
            return value;
        }
        let quote = memchr::memchr_iter(b'`', &bytes[value.clone()])
            .map(|at| value.start + at)
            .find(ends);
        value.start..quote.unwrap_or(value.end)
    }

    fn after_equals(&mut self, at: usize, name: &Range<usize>) -> Option<Range<usize>> {
        let mut start = at + 1;
        while matches!(self.byte(start), Some(b'=' | b'>' | b'~')) {
            start += 1;
        }
        let outer = self.outer_quote(name.start);
        if let Some(b' ' | b'\t') = self.byte(start) {
            // `name = v` and `name= v` of ini files; in the shell an empty value precedes a command
            let spaced = matches!(self.byte(at - 1), Some(b' ' | b'\t'));
            if !spaced && !begins_line(self.text, name.start) {
                return None;
            }
            start = skip_blanks(self.text, start);
        }
        if matches!(self.byte(name.start.wrapping_sub(1)), Some(b'?' | b'&')) {
            return Some(self.query_value(start));
        }
        let item = outer.is_none() && is_item(self.text, name.start);
        Some(if item {
            extent::line(self.text, start, self.bounds(None))
        } else {
            extent::word(self.text, start, self.bounds(outer))
        })
    }

    /// `?token=v&…`
    fn query_value(&self, start: usize) -> Range<usize> {
        let ends = ['&', '"', '\'', '#', '`', '<', ')'];
        // The next parameter is not read: there may be any number in one word.
        let next = self.text.get(start + 1..).and_then(|rest| rest.find(ends));
        let text = next.and_then(|next| self.text.get(..=start + 1 + next));
        let word = extent::word(text.unwrap_or(self.text), start, self.bounds(None));
        let value = self.text.get(word.clone()).unwrap_or_default();
        let end = value.find(ends).unwrap_or(value.len());
        word.start..word.start + end
    }

    fn after_colon(&mut self, at: usize, name: &Range<usize>) -> Option<Range<usize>> {
        let next = self.byte(at + 1)?;
        let outer = self.outer_quote(name.start);
        let name_is_quoted =
            self.byte(name.end).is_some_and(is_quote) || self.byte(name.end) == Some(b'\\');
        if !name_is_quoted && !next.is_ascii_whitespace() {
            let scheme = self.text.get(at..)?.starts_with("://");
            // `./secrets:/run/secrets:ro` is a mount, `team/token:1.2` an image
            let path = self.text.get(name.clone())?.contains('/');
            let operator = matches!(next, b':' | b'=' | b'-' | b'+' | b'?');
            return (!scheme && !operator && !path).then(|| match next {
                quote if is_quote(quote) => extent::line(self.text, at + 1, self.bounds(None)),
                _ => extent::word(self.text, at + 1, self.bounds(outer)),
            });
        }
        let start = skip_blanks(self.text, at + 1);
        match self.byte(start)? {
            b'\n' | b'\r' => self.on_later_lines(start, name, name_is_quoted),
            b'|' | b'>' if self.is_block_header(start) => Some(self.block(start, name)),
            b'{' => {
                let opens = self.byte(start + 1).is_none_or(|byte| {
                    byte.is_ascii_whitespace() || is_quote(byte) || byte == b'}'
                });
                let describes = self.notation.flow && is_description(self.text, start + 1);
                (!opens && !describes).then(|| extent::line(self.text, start, self.bounds(outer)))
            }
            b'[' if self.text.get(name.clone())?.eq_ignore_ascii_case("secrets") => None,
            _ => {
                let outer = if name_is_quoted { None } else { outer };
                let start = self.skip_auth_scheme(start);
                let value = extent::line(self.text, start, self.bounds(outer));
                if outer.is_none() && self.notation.flow && is_in_flow(self.text, name.start) {
                    return Some(extent::flow_scalar(self.text, value));
                }
                let plain =
                    outer.is_none() && !self.byte(start).is_some_and(|b| is_quote(b) || b == b'[');
                Some(if plain {
                    self.plain_scalar(value, name)
                } else {
                    value
                })
            }
        }
    }

    /// `Authorization: Bearer v`: the scheme is no secret.
    fn skip_auth_scheme(&self, start: usize) -> usize {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        let known = ["basic ", "bearer ", "token ", "digest ", "apikey "];
        let scheme = known.iter().find(|scheme| {
            let front = rest.get(..scheme.len());
            front.is_some_and(|front| front.eq_ignore_ascii_case(scheme.as_bytes()))
        });
        scheme.map_or(start, |scheme| {
            skip_blanks(self.text, start + scheme.len() - 1)
        })
    }

    /// A JSON string on the next line, or a YAML scalar on the following, deeper lines.
    fn on_later_lines(
        &mut self,
        at: usize,
        name: &Range<usize>,
        quoted: bool,
    ) -> Option<Range<usize>> {
        let rest = self.text.get(at..)?;
        let start = at + (rest.len() - rest.trim_start().len());
        let first = self.byte(start)?;
        if quoted && first == b'"' {
            return Some(extent::line(self.text, start, self.bounds(None)));
        }
        let line = self.text.get(start..extent::line_end(self.text, start))?;
        let is_structure = matches!(first, b'-' | b'{' | b'[' | b'#' | b'}' | b']')
            || line.contains(": ")
            || line.trim_end().ends_with(':');
        if is_structure || !self.notation.multiline {
            return None;
        }
        let block = self.block(at, name);
        (start < block.end).then_some(start..block.end)
    }

    fn is_block_header(&self, at: usize) -> bool {
        let line = self
            .text
            .get(at + 1..extent::line_end(self.text, at))
            .unwrap_or_default();
        let line = line
            .trim_start_matches(|c: char| c == '+' || c == '-' || c.is_ascii_digit())
            .trim();
        line.is_empty() || line.starts_with('#')
    }

    /// The lines after the one of `at` that are deeper than the key `name`.
    fn block(&mut self, at: usize, name: &Range<usize>) -> Range<usize> {
        self.in_block = true;
        let depth = key_column(self.text, name.start);
        let start = extent::line_end(self.text, at);
        let mut end = start;
        while end < self.text.len() {
            let next = extent::line_end(self.text, end + 1);
            let line = self.text.get(end + 1..next).unwrap_or_default();
            if !line.trim().is_empty() && line.len() - line.trim_start_matches(' ').len() <= depth {
                break;
            }
            end = next;
        }
        (start + 1).min(end)..end
    }

    /// The quote the name stands in, if any.
    fn outer_quote(&mut self, name: usize) -> Option<u8> {
        let before = name.checked_sub(1).and_then(|at| self.byte(at));
        let escaped = name >= 2 && self.byte(name - 2) == Some(b'\\');
        self.quotes
            .advance(self.text, name, self.notation.back_quotes);
        match before {
            Some(quote) if is_quote(quote) && !escaped => Some(quote),
            Some(b'`') if self.notation.back_quotes => Some(b'`'),
            _ => self.quotes.open,
        }
    }
}

/// Which quote is open, line by line: an apostrophe in a comment must not reach the next line.
#[derive(Default)]
struct Quotes {
    at: usize,
    open: Option<u8>,
}

impl Quotes {
    fn advance(&mut self, text: &str, to: usize, back_quotes: bool) {
        let bytes = text.as_bytes();
        while self.at < to.min(bytes.len()) {
            let byte = bytes[self.at];
            match byte {
                b'\\' if self.open != Some(b'\'') => self.at += 1,
                b'\n' => self.open = None,
                b'`' if !back_quotes => {}
                b'"' | b'\'' | b'`' => match self.open {
                    Some(open) if open == byte => self.open = None,
                    None => self.open = Some(byte),
                    Some(_) => {}
                },
                _ => {}
            }
            self.at += 1;
        }
    }
}

/// The name that ends before the separator at `at`, over blanks, an operator's `+` and a quote.
fn name_before(text: &str, at: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let mut end = at;
    while end > 0 && at - end < 8 && matches!(bytes[end - 1], b' ' | b'\t' | b'+' | b':') {
        end -= 1;
    }
    if end > 0 && is_quote(bytes[end - 1]) {
        end -= 1;
        if end > 0 && bytes[end - 1] == b'\\' {
            end -= 1;
        }
    }
    let least = end.saturating_sub(LONGEST_NAME);
    let len = bytes[least..end]
        .iter()
        .rev()
        .take_while(|byte| is_name(**byte))
        .count();
    (len > 0).then(|| end - len..end)
}

/// The name of the tag that ends with the `>` at `at`: `<password>`.
fn tag_before(text: &str, at: usize) -> Option<Range<usize>> {
    let least = at.saturating_sub(LONGEST_NAME);
    let open = least + memrchr(b'<', &text.as_bytes()[least..at])?;
    let name = open + 1..at;
    text.as_bytes()[name.clone()]
        .iter()
        .all(|byte| is_name(*byte))
        .then_some(name)
}

/// The text between the `>` at `at` and a closing tag; `<token> x` is a placeholder.
fn tag_text(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(at + 1..)?;
    let len = memchr(b'<', rest)?;
    rest[len..]
        .starts_with(b"</")
        .then_some(at + 1..at + 1 + len)
}

/// The name of the expansion `${NAME…}` at `at`.
fn expansion_name(text: &str, at: usize) -> Option<Range<usize>> {
    let inner = text.as_bytes().get(at + 1..)?.strip_prefix(b"{")?;
    let len = inner
        .iter()
        .take(LONGEST_NAME)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    (len > 0).then(|| at + 2..at + 2 + len)
}

/// `v` of `${NAME:-v}`, `${NAME-v}`, `${NAME:=v}`, `${NAME=v}`, `${NAME:+v}`, `${NAME:?v}`.
fn expansion_default(text: &str, at: usize, name_end: usize) -> Option<Range<usize>> {
    let operator = text.get(name_end..)?;
    let plain = operator.strip_prefix(':').unwrap_or(operator);
    let default = plain.strip_prefix(['-', '=', '+', '?'])?;
    let is_message = plain.starts_with('?');
    let start = text.len() - default.len();
    let end = match reference_at(text, at) {
        Some(reference) => reference.end - 1,
        None => {
            extent::word(
                text,
                start,
                Bounds {
                    outer: None,
                    multiline: false,
                },
            )
            .end
        }
    };
    let is_prose = is_message && text.get(start..end).is_none_or(interpolation::is_prose);
    (start <= end && !is_prose).then_some(start..end)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'/')
}

fn name_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take(LONGEST_NAME)
        .take_while(|byte| is_name(**byte))
        .count()
}

/// Whether an ARG goes on with the declaration of another name: `ARG TOKEN OTHER=x`.
fn is_declaration(rest: &str) -> bool {
    let word = rest.split(char::is_whitespace).next().unwrap_or_default();
    let name = word.split('=').next().unwrap_or_default();
    let upper = name
        .bytes()
        .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_');
    name.len() < word.len() || upper || word == "\\"
}

fn skip_blanks(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + (rest.len() - rest.trim_start_matches([' ', '\t']).len())
}

/// Offset behind the keyword at `at` and the blanks that follow it.
fn keyword(text: &str, at: usize, word: &str) -> Option<usize> {
    let end = at + word.len();
    let matches = text.get(at..end)?.eq_ignore_ascii_case(word);
    let after = skip_blanks(text, end);
    (matches && after > end).then_some(after)
}

/// What stands before `at` on its line, not more than an indentation and a key can hold.
fn line_before(text: &str, at: usize) -> Option<&[u8]> {
    let least = at.saturating_sub(LONGEST_NAME);
    let before = &text.as_bytes()[least..at];
    match memrchr(b'\n', before) {
        Some(newline) => Some(&before[newline + 1..]),
        None => (least == 0).then_some(before),
    }
}

fn begins_line(text: &str, name: usize) -> bool {
    line_before(text, name).is_some_and(|before| {
        before
            .iter()
            .all(|byte| matches!(byte, b' ' | b'\t' | b'"' | b'\''))
    })
}

/// Whether one of the keys is at `at` that say where Compose finds a secret.
fn is_description(text: &str, at: usize) -> bool {
    let key = text.get(at..).and_then(|rest| rest.split_once(": "));
    key.is_some_and(|(key, _)| matches!(key, "external" | "file" | "environment" | "name"))
}

/// Whether a key stands in a bracket, or behind a comma, of YAML's flow style.
fn is_in_flow(text: &str, name: usize) -> bool {
    let before = line_before(text, name).unwrap_or_default();
    before.trim_ascii_end().ends_with(b"{") || before.trim_ascii_end().ends_with(b",")
}

/// Whether the name begins a YAML list item.
fn is_item(text: &str, name: usize) -> bool {
    line_before(text, name).is_some_and(|before| {
        before.contains(&b'-') && before.iter().all(|byte| matches!(byte, b' ' | b'-'))
    })
}

/// The column of a YAML key, counted in bytes from 0.
fn key_column(text: &str, name: usize) -> usize {
    let before = line_before(text, name).unwrap_or_default();
    before
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'-'))
        .count()
}

#[cfg(test)]
mod tests;
