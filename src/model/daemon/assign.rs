//! The words of `Environment=` and `DefaultEnvironment=`: `config_parse_environ` of
//! `src/core/load-fragment.c`, and what is lost there without a word.

use crate::model::Value;
use crate::source::{Location, Span};
use crate::syntax::unit::{Logical, Unescape, Word};

use super::diagnostic::{Cause, Diagnostic};
use super::keys;
use super::names;
use super::service::{Setting, Source};
use super::specifier::{self, Context, Replaced};
use super::torn::Torn;
use super::word_error::{BACKSLASH_IN_URL, ENCODE_BACKSLASH, word_error};

/// A directive whose value is a list of assignments.
pub(super) struct Directive<'a> {
    pub source: &'a Source,
    pub context: &'a Context<'a>,
    pub key: &'a str,
    pub value: &'a Logical<'a>,
    pub line: u32,
    pub order: usize,
}

/// Reads the assignments of a directive; what is wrong goes to `diagnostics`.
pub(super) fn read(directive: &Directive, diagnostics: &mut Vec<Diagnostic>) -> Vec<Setting> {
    let mut words = Vec::new();
    let mut error = None;
    for word in directive.value.words(Unescape::C) {
        match word {
            Ok(word) => words.push(word),
            Err(found) => error = Some(found),
        }
    }
    let mut reader = Reader {
        directive,
        words: &words,
        complete: error.is_none(),
        settings: Vec::new(),
        diagnostics,
        remark: false,
        broken_list: false,
        told: 0,
        told_until: 0,
    };
    for index in 0..words.len() {
        reader.word(index);
    }
    let settings = reader.settings;
    if let Some(error) = error {
        diagnostics.push(word_error(directive, error, words.len()));
    }
    settings
}

/// How many words of one directive are told one by one.
const MOST_TOLD: usize = 8;

struct Reader<'a> {
    directive: &'a Directive<'a>,
    words: &'a [Word],
    /// Whether the value could be split to its end.
    complete: bool,
    settings: Vec<Setting>,
    diagnostics: &'a mut Vec<Diagnostic>,
    /// Whether a remark has begun.
    remark: bool,
    /// Whether the words are the rest of a list that a blank has cut.
    broken_list: bool,
    /// Words that were told to be no assignments.
    told: usize,
    /// The word behind the last assignment that was told to be torn.
    told_until: usize,
}

impl Reader<'_> {
    fn word(&mut self, index: usize) {
        let Some(word) = self.words.get(index) else {
            return;
        };
        let written = self.directive.source.file.slice(word.span);
        if !self.remark && written.starts_with(['#', ';']) {
            self.remark = true;
            self.inline_comment(index);
        }
        let Some(text) = word.text() else {
            return self.no_assignment(index, "");
        };
        let Some((name, value)) = text.split_once('=') else {
            return self.no_assignment(index, text);
        };
        let expand = |part| specifier::expand(part, self.directive.context);
        let offset = name.len() + 1;
        let value = match (expand(name), expand(value)) {
            (Ok(_), Ok(value)) => value,
            (Err(bad), _) => return self.unknown_specifier(word, text, bad.at.start),
            (_, Err(bad)) => return self.unknown_specifier(word, text, bad.at.start + offset),
        };
        if !names::is_valid(name) {
            return self.no_assignment(index, text);
        }
        self.broken_list = false;
        if !self.remark {
            self.silent_losses(index, name, &value.replaced);
        }
        self.settings.push(Setting {
            name: name.to_owned(),
            value: value.value,
            at: self.location(word.span),
            path: self.directive.source.path.clone(),
            role: self.directive.source.role,
            order: self.directive.order,
        });
    }

    fn location(&self, span: Span) -> Location {
        self.directive.source.location(span)
    }

    fn diagnostic(&self, cause: Cause, span: Span, message: String) -> Diagnostic {
        let path = &self.directive.source.path;
        Diagnostic::new(cause, path, Some(self.location(span)), message).line(self.directive.line)
    }

    fn inline_comment(&mut self, index: usize) {
        let cut = self.rest_from(index);
        let start = self
            .words
            .get(index)
            .map_or(cut.start, |word| word.span.start);
        let span = Span::new(start as usize, cut.end as usize);
        let message = "systemd has no comments at the end of a line: it reads these words as further \
                       assignments";
        let found = self
            .diagnostic(Cause::InlineComment, span, message.to_owned())
            .help("put the remark on a line of its own, above")
            .minor(index > 0)
            .repair(
                "remove the remark",
                false,
                vec![(self.location(cut), String::new())],
            );
        self.diagnostics.push(found);
    }

    /// From the end of the word before to the end of the value.
    fn rest_from(&self, index: usize) -> Span {
        let value = self.directive.value.span();
        let before = index
            .checked_sub(1)
            .and_then(|before| self.words.get(before));
        let start = before.map_or(value.start, |word| word.span.end);
        Span::new(start as usize, value.end.max(start) as usize)
    }

    /// Whether a word stands at the start of a physical line, behind a continuation.
    fn starts_line(&self, word: &Word) -> bool {
        let text = self.directive.source.file.text();
        let before = text.get(..word.span.start as usize).unwrap_or_default();
        before.trim_end_matches([' ', '\t']).ends_with(['\n', '\r'])
    }

    fn no_assignment(&mut self, index: usize, text: &str) {
        let Some(word) = self.words.get(index) else {
            return;
        };
        if self.remark || self.broken_list || index < self.told_until {
            return;
        }
        if self.starts_line(word) && text.starts_with('[') {
            return self.swallowed(word, text);
        }
        if self.cut_list(index, text) {
            return;
        }
        // A paragraph in the wrong place is one mistake, not one per word.
        self.told += 1;
        if self.told > MOST_TOLD {
            return;
        }
        let torn = Torn::at(self.directive, self.words, index);
        self.told_until = torn.as_ref().map_or(0, |torn| torn.end);
        let torn = torn.and_then(|torn| torn.diagnostic(self.directive, self.complete));
        let found = torn.unwrap_or_else(|| self.describe(word, index, text));
        self.diagnostics.push(found);
    }

    /// The words a person would write differently, each with its own advice.
    fn describe(&self, word: &Word, index: usize, text: &str) -> Diagnostic {
        let key = self.directive.key;
        let bad = |message: String| self.diagnostic(Cause::NoAssignment, word.span, message);
        if text.is_empty() {
            return bad(format!(
                "`{key}=\"\"` clears nothing: systemd skips the empty word"
            ))
            .help(format!(
                "write `{key}=` with nothing behind it to clear the list"
            ))
            .minor(true);
        }
        if text == "export" {
            let end = self
                .words
                .get(index + 1)
                .map_or(word.span.end, |next| next.span.start);
            let cut = Span::new(word.span.start as usize, end as usize);
            return bad(format!(
                "`export` is shell; in `{key}=` systemd skips the word"
            ))
            .minor(index + 1 < self.words.len())
            .repair(
                "remove `export`",
                true,
                vec![(self.location(cut), String::new())],
            );
        }
        if let Some((name, _)) = text.split_once('\u{ff1d}') {
            let edit = full_width_edit(self, word, name.len());
            return bad(
                "the full-width `＝` is no equals sign: systemd drops the assignment".into(),
            )
            .name(name)
            .repair("write `=`", true, vec![edit]);
        }
        let Some((name, value)) = text.split_once('=') else {
            // It may be the value of a secret that a blank has torn from its name.
            let shown = if names::is_proxy(text) {
                format!("`{text}`")
            } else {
                "this word".into()
            };
            return bad(format!("{shown} is no assignment: systemd skips it")).help(format!(
                "write `{key}=NAME=value`, in double quotes if the value has blanks"
            ));
        };
        let trimmed = name.trim();
        let mut found = if trimmed != name && names::is_valid(trimmed) {
            let equals = name.len();
            let after = equals + 1 + (value.len() - value.trim_start().len());
            let blanks = [(name.trim_end().len(), equals), (equals + 1, after)];
            let cuts = blanks.iter().filter(|(start, end)| start < end);
            let cuts = cuts.map(|&(start, end)| {
                let cut = self.location(word.span_of(start, end));
                (cut, String::new())
            });
            bad(format!(
                "the blank before `=` makes `{trimmed} ` an invalid name: the assignment is dropped"
            ))
            .repair("remove the blank", true, cuts.collect())
        } else if name.starts_with(['“', '”', '„', '‘', '’', '＂', '«']) {
            bad(
                "typographic quotes are part of the name to systemd: the assignment is dropped"
                    .into(),
            )
            .help("use plain double quotes")
        } else {
            let fault = match (name, names::shown(name)) {
                ("", _) => "nothing stands before this `=`".to_owned(),
                (_, Some(name)) => format!("`{name}` is no valid variable name"),
                (_, None) => "this is no valid variable name".to_owned(),
            };
            bad(format!("{fault}: systemd drops the assignment")).help(names::ARE)
        };
        if let Some(meant) = names::meant(trimmed) {
            found.help = Some(format!("write `{meant}`"));
        }
        found.name = names::shown(trimmed).map(str::to_owned);
        found
    }

    /// `NO_PROXY=a, b`: the blank ends the assignment.
    fn cut_list(&mut self, index: usize, text: &str) -> bool {
        let before = index
            .checked_sub(1)
            .and_then(|before| self.words.get(before));
        let (Some(first), Some(setting)) = (before, self.settings.last()) else {
            return false;
        };
        if setting.at.span != first.span {
            return false;
        }
        let open =
            first.text().is_some_and(|text| text.ends_with([',', ';'])) || text.starts_with(',');
        let rest = self.words.get(index..).unwrap_or_default();
        let is_rest = |word: &&Word| !word.bytes.contains(&b'=');
        let Some(last) = rest.iter().take_while(is_rest).last().filter(|_| open) else {
            return false;
        };
        let name = setting.name.clone();
        let list = first.span.to(last.span);
        let lost = rest
            .first()
            .map_or(last.span, |word| word.span.to(last.span));
        let written = self.directive.source.file.slice(list);
        let message = format!(
            "`{name}` ends at the blank: systemd splits there outside quotes and drops the rest of the list"
        );
        let mut found = self
            .diagnostic(Cause::SplitAtBlank, lost, message)
            .name(name)
            .help("put the whole assignment in double quotes, or leave out the blanks");
        if self.complete && !written.contains(['"', '\'']) {
            let quote = |at: u32| (self.location(Span::at(at as usize)), "\"".to_owned());
            let edits = vec![quote(list.start), quote(list.end)];
            found = found.repair("quote the assignment", true, edits);
        }
        self.diagnostics.push(found);
        self.broken_list = true;
        true
    }

    fn unknown_specifier(&mut self, word: &Word, text: &str, at: usize) {
        let name = text.split('=').next().unwrap_or_default();
        let shown = text.get(at..at + 2).unwrap_or("%");
        let doubled = percents_to_double(text);
        let edits = doubled
            .iter()
            .map(|&at| {
                (
                    self.location(Span::at(word.span_of(at, at + 1).start as usize)),
                    "%".to_owned(),
                )
            })
            .collect();
        let name = names::shown(name);
        let whole = name.map_or_else(String::new, |name| format!("`{name}` "));
        let message = format!(
            "`{shown}` is no specifier: systemd drops the whole {whole}assignment (and prints it to the journal)"
        );
        let all_hex = doubled.iter().all(|&at| is_hex_pair(text, at));
        let mut found = self
            .diagnostic(Cause::UnknownSpecifier, word.span_of(at, at + 2), message)
            .help("write `%%` for a percent sign")
            .repair(
                "double the percent signs",
                all_hex && !text.contains("%%"),
                edits,
            );
        found.name = name.map(str::to_owned);
        if !self.remark {
            self.diagnostics.push(found);
        }
    }

    /// What systemd accepts although nobody can have meant it.
    fn silent_losses(&mut self, index: usize, name: &str, replaced: &[Replaced]) {
        let Some(word) = self.words.get(index) else {
            return;
        };
        let text = word.text().unwrap_or_default();
        if self.starts_line(word) && keys::is_known_anywhere(name) {
            return self.swallowed(word, text);
        }
        let before = self.diagnostics.len();
        self.escapes(word, name, text);
        self.specifiers(word, name, text, replaced);
        self.second_assignment(word, name, text);
        if self.diagnostics.len() == before {
            self.misspelt(word, name);
        }
    }

    fn swallowed(&mut self, word: &Word, text: &str) {
        let what = if text.starts_with('[') {
            "section header".to_owned()
        } else {
            let key = text.split('=').next().unwrap_or_default();
            format!("`{key}=` line")
        };
        let message = format!(
            "the backslash at the end of the line above takes in this {what}: it becomes part of `{}=`",
            self.directive.key
        );
        let mut found = self
            .diagnostic(Cause::SwallowedLine, word.span, message)
            .help("remove the backslash");
        if let Some(backslash) = self.backslash_before(word) {
            found = found.repair(
                "remove the backslash",
                true,
                vec![(self.location(backslash), String::new())],
            );
        }
        self.diagnostics.push(found);
    }

    /// The continuation directly before a word, with the blanks before it.
    fn backslash_before(&self, word: &Word) -> Option<Span> {
        let text = self.directive.source.file.text();
        let before = text.get(..word.span.start as usize)?;
        let before = before.trim_end_matches([' ', '\t', '\n', '\r']);
        let kept = before.strip_suffix('\\')?;
        Some(Span::new(
            kept.trim_end_matches([' ', '\t']).len(),
            before.len(),
        ))
    }

    fn escapes(&mut self, word: &Word, name: &str, text: &str) {
        let user = userinfo(text);
        let meant: Vec<_> = word
            .escapes
            .iter()
            .filter(|escape| {
                let written = self.directive.source.file.slice(escape.span);
                let letter = written.as_bytes().get(1).copied().unwrap_or_default();
                let next = text
                    .get(escape.at + 1..)
                    .and_then(|rest| rest.chars().next());
                let in_user = user.as_ref().is_some_and(|user| user.contains(&escape.at));
                let quoting = matches!(letter, b'\\' | b'"' | b'\'');
                in_user
                    && !quoting
                    && (letter.is_ascii_digit() || next.is_some_and(char::is_alphanumeric))
            })
            .collect();
        for escape in meant {
            let written = self.directive.source.file.slice(escape.span);
            let becomes = match text.get(escape.at..).and_then(|rest| rest.chars().next()) {
                Some('\t') => "a tab".to_owned(),
                Some('\n') => "a line feed".to_owned(),
                Some('\r') => "a carriage return".to_owned(),
                Some(' ') => "a blank".to_owned(),
                Some(c) if c.is_control() => "a control character".to_owned(),
                Some(c) => format!("`{c}`"),
                None => "something else".to_owned(),
            };
            let message =
                format!("`{written}` in `{name}` is an escape: the daemon gets {becomes} there");
            let start = escape.span.start as usize;
            let backslash = self.location(Span::new(start, start + 1));
            let found = self
                .diagnostic(Cause::EscapeReplaced, escape.span, message)
                .name(name)
                .help(BACKSLASH_IN_URL)
                .repair(ENCODE_BACKSLASH, true, vec![(backslash, "%%5C".into())]);
            self.diagnostics.push(found);
        }
    }

    fn specifiers(&mut self, word: &Word, name: &str, text: &str, replaced: &[Replaced]) {
        let offset = name.len() + 1;
        let user = userinfo(text);
        for one in replaced {
            let at = one.at.start + offset;
            let in_user = user.as_ref().is_some_and(|user| user.contains(&at));
            let percent_encoded = is_hex_pair(text, at) || (in_user && names::is_proxy_url(name));
            if !percent_encoded {
                continue;
            }
            let message = format!(
                "`%{}` in `{name}` is a specifier: the daemon gets {} there",
                one.letter,
                describe(one.value.as_deref())
            );
            let start = word.span_of(at, at + 1).start as usize;
            let found = self
                .diagnostic(Cause::SpecifierReplaced, word.span_of(at, at + 2), message)
                .name(name)
                .help("write `%%` for a percent sign")
                .repair(
                    "double the percent sign",
                    in_user && is_hex_pair(text, at),
                    vec![(self.location(Span::at(start)), "%".into())],
                );
            self.diagnostics.push(found);
        }
    }

    fn second_assignment(&mut self, word: &Word, name: &str, text: &str) {
        let offset = name.len() + 1;
        let value = text.get(offset..).unwrap_or_default();
        let Some((gap, start)) = names::second_assignment(value) else {
            return;
        };
        let rest = value.get(start..).unwrap_or_default();
        let second = rest.split('=').next().unwrap_or_default();
        let message = format!(
            "`{second}=` is part of the value of `{name}`: the daemon gets one variable where two were meant"
        );
        let separator = word.span_of(gap + offset, start + offset);
        let written = self.directive.source.file.slice(word.span);
        let glue = match written.chars().next() {
            Some(quote @ ('"' | '\'')) if word.quoted => Some(format!("{quote} {quote}")),
            _ if !written.contains(['"', '\'', '\\']) => Some(" ".to_owned()),
            _ => None,
        };
        let mut found = self
            .diagnostic(
                Cause::SecondAssignment,
                word.span_of(start + offset, start + offset + second.len()),
                message,
            )
            .name(second)
            .help("give each assignment its own quotes, with a blank between, or its own line");
        if let Some(glue) = glue {
            found = found.repair(
                "separate the assignments",
                true,
                vec![(self.location(separator), glue)],
            );
        }
        self.diagnostics.push(found);
    }

    fn misspelt(&mut self, word: &Word, name: &str) {
        let Some(meant) = names::meant(name) else {
            return;
        };
        let span = word.span_of(0, name.len());
        let found = self
            .diagnostic(Cause::NobodyReads, span, nobody_reads(name, meant))
            .name(name)
            .help(format!("write `{meant}`"))
            .repair(
                "use the name dockerd reads",
                false,
                vec![(self.location(span), meant.to_owned())],
            );
        self.diagnostics.push(found);
    }
}

/// What there is to say about a name that is almost a proxy variable's.
pub(super) fn nobody_reads(name: &str, meant: &str) -> String {
    format!("nobody reads `{name}`: the daemon knows `{meant}` and its lower-case spelling only")
}

fn full_width_edit(reader: &Reader, word: &Word, at: usize) -> (Location, String) {
    let span = word.span_of(at, at + '\u{ff1d}'.len_utf8());
    (reader.location(span), "=".to_owned())
}

fn describe(value: Option<&str>) -> String {
    match value {
        None => "what it stands for".to_owned(),
        Some("") => "nothing".to_owned(),
        Some(text) => format!("`{text}`"),
    }
}

/// The percent signs that must be doubled for the text to stay as it is.
fn percents_to_double(text: &str) -> Vec<usize> {
    let mut found = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        if c != '%' {
            continue;
        }
        match rest.peek() {
            Some((_, '%')) => {
                rest.next();
            }
            Some((_, next)) if next.is_ascii_alphanumeric() => found.push(at),
            _ => {}
        }
    }
    found
}

/// Whether `%` and two hexadecimal digits stand at `at`: percent-encoding.
pub(super) fn is_hex_pair(text: &str, at: usize) -> bool {
    let digits = text.as_bytes().get(at + 1..at + 3);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Where user name and password stand in a word that holds a URL.
fn userinfo(text: &str) -> Option<std::ops::Range<usize>> {
    let start = text.find("://")? + 3;
    let end = text.rfind('@').filter(|&at| at >= start)?;
    Some(start..end)
}

/// Whether a word can be shown: it holds no part of a URL and no control characters.
pub(super) fn is_plain(text: &str) -> bool {
    text.len() <= 40 && !text.contains(['@', ':', '%']) && !text.contains(char::is_control)
}

/// A value for a place that cannot know more.
pub(super) fn known(text: impl Into<String>) -> Value<'static> {
    Value::known(text.into())
}
