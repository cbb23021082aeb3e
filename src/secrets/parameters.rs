//! Secrets named inside a value or a command: `?password=v`, `;Password=v`, and in commands
//! assignments, headers, options and phrases.

use std::ops::Range;

use super::extent::is_quote;
use super::names::{Kind, Names};
use super::phrases::{self, Phrase};
use super::settings::{self, Notation, Setting};
use super::verdict::{Evidence, Judgement, Place, Verdict, literal_verdict};
use super::{options, run};

/// Adds what is found in `value` to `all`.
pub(super) fn judge(names: &Names, place: Place, value: &str, all: &mut Vec<Judgement>) {
    let wanted = |name: &str| {
        let name = name.trim_start_matches('-');
        let last = name.rsplit('/').next().unwrap_or(name);
        names.kind(last).is_some() || name.eq_ignore_ascii_case("pwd") || is_header(name)
    };
    let any = |_: &str, _: &str| true;
    let is_url = value.contains("://") || value.starts_with("jdbc:") || value.contains(';');
    let is_certain = place != Place::Run && is_url;
    let settings = settings::find(value, Notation::default(), &wanted, &any);
    all.extend(settings.filter_map(|setting| {
        let name = &value[setting.name.clone()];
        let inner = &value[setting.value.clone()];
        let is_skipped = match place {
            Place::Label => !is_certain || inner.is_empty(),
            Place::Run => is_code(value, &setting),
            _ => false,
        };
        let kind = names.kind(name).unwrap_or(match is_header(name) {
            true => Kind::Key,
            false => Kind::Password,
        });
        let verdict = match literal_verdict(name, kind, inner) {
            Verdict::Literal if is_certain => Verdict::Token,
            verdict => verdict,
        };
        let evidence = match is_header(name) {
            true => Evidence::Option,
            false => Evidence::Parameter,
        };
        (!is_skipped).then(|| Judgement::new(verdict, evidence, setting.value))
    }));
    if place == Place::Run {
        in_command(names, value, &wanted, all);
    }
}

fn in_command(
    names: &Names,
    value: &str,
    wanted: &dyn Fn(&str) -> bool,
    all: &mut Vec<Judgement>,
) {
    let option = |kind: Kind, secret: Range<usize>| {
        let verdict = literal_verdict("password", kind, &value[secret.clone()]);
        Judgement::new(verdict, Evidence::Option, secret)
    };
    all.extend(options::find(value, wanted).map(|found| option(Kind::Password, found.secret)));
    let phrases = phrases::find(value, wanted).into_iter();
    all.extend(phrases.filter_map(|phrase| {
        let kind = phrase.kind?;
        Some(option(kind, told(value, phrase)))
    }));
    all.extend(
        run::written_variable(names, value)
            .map(|variable| Judgement::new(Verdict::Channel, Evidence::Written, variable)),
    );
}

/// Headers that carry a secret.
fn is_header(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization") || name.eq_ignore_ascii_case("proxy-authorization")
}

/// The secret of a phrase alone: without `root:`, and once of `v\nv`, as `passwd` is told it.
fn told(text: &str, phrase: Phrase) -> Range<usize> {
    let Range { start, end } = phrase.secret;
    let whole = text.get(start..end).unwrap_or_default();
    let user = whole.split_once(':').filter(|(user, _)| {
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$');
        phrase.kind == Some(Kind::Password) && !user.is_empty() && user.chars().all(is_name)
    });
    let start = start + user.map_or(0, |(user, _)| user.len() + 1);
    let secret = text.get(start..end).unwrap_or_default();
    let once = secret.split("\\n").next().unwrap_or(secret);
    start..start + once.len()
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
            value.contains(['(', ')', '[', ']', '{', '}']) || value.chars().all(is_name)
        }
    }
}
