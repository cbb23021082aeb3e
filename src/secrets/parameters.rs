//! Secrets named inside a value or a command: `?password=v`, `;Password=v`, and in commands
//! assignments, headers, options and phrases.

use std::ops::Range;

use super::extent::is_quote;
use super::hints::Hints;
use super::names::{Kind, Names};
use super::options;
use super::phrases::{self, Phrase};
use super::settings::{self, Notation, Setting};
use super::values;
use super::verdict::{Evidence, Judgement, Place, Verdict, literal_verdict};

/// Adds what is found in `value` to `all`.
pub(super) fn judge(names: &Names, place: Place, value: &str, all: &mut Vec<Judgement>) {
    let hints = Hints::of(value);
    let has_names = names.may_stand_in(hints);
    let is_command = place == Place::Run;
    let has_options = is_command && (has_names || hints.options());
    let has_phrases = is_command && (has_names || hints.phrases());
    let is_plain = !has_names && !has_options && !has_phrases;
    // `arn:aws:secretsmanager:…:secret:name` only looks like a parameter.
    if is_plain || !is_command && values::is_vault_reference(value) {
        return;
    }
    let wanted = |name: &str| is_secret(names, name);
    let any = |_: &str, _: &str| true;
    // In an address or a connection string a parameter of that name is certain.
    let is_certain = || {
        let is_address = value.contains("://") || value.starts_with("jdbc:");
        place != Place::Run && (is_address || value.contains(';'))
    };
    let settings = has_names.then(|| settings::find(value, Notation::default(), &wanted, &any));
    all.extend(settings.into_iter().flatten().filter_map(|mut setting| {
        let name = &value[setting.name.clone()];
        if name.starts_with('-') {
            setting.value = first_word(value, setting.value);
        } else if place == Place::Run {
            setting.value = without_bracket(value, setting.value);
        }
        let inner = &value[setting.value.clone()];
        let is_skipped = match place {
            Place::Label => !is_certain() || inner.is_empty(),
            Place::Run => is_code(value, &setting),
            _ => false,
        };
        let kind = names.kind(name).unwrap_or(match is_header(name) {
            true => Kind::Key,
            false => Kind::Password,
        });
        let verdict = match literal_verdict(name, kind, inner) {
            Verdict::Literal if is_certain() => Verdict::Token,
            verdict => verdict,
        };
        let evidence = match is_header(name) {
            true => Evidence::Option,
            false => Evidence::Parameter,
        };
        (!is_skipped).then(|| Judgement::new(verdict, evidence, setting.value))
    }));
    if has_options {
        in_options(value, &wanted, all);
    }
    if has_phrases {
        in_phrases(value, &wanted, all);
    }
}

type Wanted<'w> = &'w dyn Fn(&str) -> bool;

fn in_options(value: &str, wanted: Wanted<'_>, all: &mut Vec<Judgement>) {
    all.extend(options::find(value, wanted).map(|found| {
        let secret = without_quote(value, found.secret);
        told(
            Kind::Password,
            value,
            user_before(value, secret.start),
            secret,
        )
    }));
}

fn in_phrases(value: &str, wanted: Wanted<'_>, all: &mut Vec<Judgement>) {
    let phrases = phrases::find(value, wanted).into_iter();
    all.extend(phrases.filter_map(|phrase| {
        let kind = phrase.kind?;
        let (user, secret) = user_and_secret(value, &phrase);
        Some(told(kind, value, user, secret))
    }));
}

/// What is to be said of a secret that a command is told for a user.
fn told(kind: Kind, text: &str, user: &str, secret: Range<usize>) -> Judgement {
    // `root:root` is as good as none
    let name = if user.is_empty() { "password" } else { user };
    let verdict = literal_verdict(name, kind, &text[secret.clone()]);
    Judgement::new(verdict, Evidence::Option, secret)
}

/// Whether a parameter, header or option of that name holds a secret.
pub(super) fn is_secret(names: &Names, name: &str) -> bool {
    let name = name.trim_start_matches('-');
    let last = name.rsplit('/').next().unwrap_or(name);
    names.kind(last).is_some() || name.eq_ignore_ascii_case("pwd") || is_header(name)
}

/// Headers that carry a secret.
fn is_header(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("proxy-authorization")
}

/// The user that a phrase names, and its secret alone: once of `v\nv`, as `passwd` is told it.
fn user_and_secret<'t>(text: &'t str, phrase: &Phrase) -> (&'t str, Range<usize>) {
    let Range { start, end } = phrase.secret;
    let whole = text.get(start..end).unwrap_or_default();
    let (user, secret) = whole
        .split_once(':')
        .filter(|(user, _)| phrase.kind == Some(Kind::Password) && is_user(user))
        .unwrap_or(("", whole));
    let start = end - secret.len();
    let once = secret.split("\\n").next().unwrap_or(secret);
    (user, start..start + once.len())
}

/// `user` of `-u user:v`.
fn user_before(text: &str, secret: usize) -> &str {
    let before = text
        .get(..secret)
        .and_then(|before| before.strip_suffix(':'));
    let word = before.and_then(|it| it.rsplit([' ', '"', '\'', '=']).next());
    word.filter(|user| is_user(user)).unwrap_or_default()
}

fn is_user(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$');
    !text.is_empty() && text.chars().all(is_name)
}

/// An option's value ends at a blank, also where a quote stands around the whole command.
fn first_word(text: &str, value: Range<usize>) -> Range<usize> {
    let whole = text.get(value.clone()).unwrap_or_default();
    let word = whole.split_whitespace().next().unwrap_or_default();
    match whole.starts_with(word) {
        true => value.start..value.start + word.len(),
        false => value,
    }
}

/// Without the bracket at the end that closes the map around it: `{password: v}`.
fn without_bracket(text: &str, value: Range<usize>) -> Range<usize> {
    let whole = text.get(value.clone()).unwrap_or_default();
    let inner = whole.trim_end_matches(['}', ']', ' ']);
    match whole.contains(['{', '[']) {
        true => value,
        false => value.start..value.start + inner.len(),
    }
}

/// Without the quote at the end that closes the whole command.
fn without_quote(text: &str, secret: Range<usize>) -> Range<usize> {
    let whole = text.get(secret.clone()).unwrap_or_default();
    let inner = whole.trim_end_matches(['"', '\'']);
    match inner.contains(['"', '\'']) {
        true => secret,
        false => secret.start..secret.start + inner.len(),
    }
}

/// Whether what stands behind a name is a program's code and no value: `token = get_token()`,
/// `password: config.password`. A shell's `NAME=v` and quoted text never is.
fn is_code(text: &str, setting: &Setting) -> bool {
    let value = text.get(setting.value.clone()).unwrap_or_default();
    let before = setting.value.start.checked_sub(1);
    match before.map(|at| text.as_bytes()[at]) {
        Some(b'=') => value.contains('('),
        Some(quote) if is_quote(quote) => false,
        _ => {
            let is_name = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | '.');
            let is_prose = value.trim().contains(char::is_whitespace) || value.ends_with('/');
            is_prose || value.contains(['(', ')', '[', ']', '{', '}']) || value.chars().all(is_name)
        }
    }
}
