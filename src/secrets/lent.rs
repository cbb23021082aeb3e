//! Names whose values are secrets because a secret is made of them: `ENV DB_PASSWORD=$PW`.

use std::ops::Range;

use memchr::memmem;

use super::hints::Hints;
use super::interpolation::reference_at;
use super::names::{Names, Pattern};
use super::phrases::{self, Phrase};
use super::settings::{self, Notation};
use super::{options, parameters};

/// How far a secret is followed back from name to name.
const MOST_STEPS: usize = 4;

/// How many names are followed: more than any file has that was not made to have them.
const MOST_NAMES: usize = 64;

impl Names {
    /// Adds the names that the secrets in these texts are made of, and those that they are.
    pub fn lend(&mut self, texts: &[&str]) {
        for _ in 0..MOST_STEPS {
            let mut lent: Vec<String> = Vec::new();
            for text in texts.iter().filter(|text| text.contains('$')) {
                let is_secret = |name: &str| self.is_masked(name.trim_start_matches('-'));
                let phrases = phrases::find(text, &is_secret).into_iter();
                let found = references(text, &is_secret, phrases).into_iter();
                let found = found.filter_map(|reference| name(text.get(reference)?));
                lent.extend(found.filter(|name| !self.is_masked(name)));
            }
            lent.sort_unstable();
            lent.dedup();
            lent.truncate(MOST_NAMES);
            if lent.is_empty() {
                return;
            }
            self.secret.extend(lent.into_iter().map(Pattern::Exact));
        }
    }
}

/// The variables, each in its `$NAME` or `${NAME…}`, that commands of a text take as a secret: `$PW`
/// of `curl -u bob:$PW`.
pub fn taken(names: &Names, text: &str) -> Vec<Range<usize>> {
    let hints = Hints::of(text);
    let may_be = names.may_stand_in(hints) || hints.options() || hints.phrases();
    if !may_be && !text.contains('@') {
        return Vec::new();
    }
    let is_secret = |name: &str| parameters::is_secret(names, name);
    let phrases = phrases::find(text, &is_secret);
    let phrases = phrases.into_iter().filter(|phrase| phrase.kind.is_some());
    references(text, &is_secret, phrases)
}

/// The variables that stand alone where a text has a secret.
fn references(
    text: &str,
    is_secret: &dyn Fn(&str) -> bool,
    phrases: impl Iterator<Item = Phrase>,
) -> Vec<Range<usize>> {
    let any = |_: &str, _: &str| true;
    let settings = settings::find(text, Notation::default(), is_secret, &any);
    let settings = settings.map(|setting| setting.value);
    let options = options::find(text, is_secret).map(|found| found.secret);
    let phrases = phrases.map(|phrase| behind_user(text, phrase.secret));
    let secrets = settings.chain(options).chain(phrases);
    let whole = secrets.filter_map(|secret| alone(text, secret));
    whole.chain(in_addresses(text)).collect()
}

/// The secret of `user:secret`.
fn behind_user(text: &str, secret: Range<usize>) -> Range<usize> {
    let colon = text.get(secret.clone()).and_then(|text| text.rfind(':'));
    colon.map_or(secret.start, |colon| secret.start + colon + 1)..secret.end
}

/// The variable that a value is, if it is nothing else.
fn alone(text: &str, value: Range<usize>) -> Option<Range<usize>> {
    const AROUND: [char; 3] = ['"', '\'', ' '];
    let written = text.get(value.clone())?;
    let end = value.start + written.trim_end_matches(AROUND).len();
    let start = value.end - written.trim_start_matches(AROUND).len();
    let reference = reference_at(text, start)?;
    (reference.end == end).then_some(start..end)
}

/// The variables that are the password of an address: `https://user:$P@host`.
fn in_addresses(text: &str) -> impl Iterator<Item = Range<usize>> {
    memmem::find_iter(text.as_bytes(), ":$").filter_map(|colon| {
        let reference = reference_at(text, colon + 1)?;
        let is_password = text.as_bytes().get(reference.end) == Some(&b'@');
        is_password.then_some(colon + 1..reference.end)
    })
}

/// The name in `$NAME` or `${NAME…}`.
fn name(reference: &str) -> Option<String> {
    let inner = reference.strip_prefix('$')?.trim_start_matches('{');
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let end = inner.find(|c| !is_part(c)).unwrap_or(inner.len());
    inner
        .get(..end)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use crate::secrets::Names;

    #[test]
    fn what_a_secret_is_made_of_is_one() {
        let lent = |text: &str, name: &str| {
            let mut names = Names::BUILT_IN;
            names.lend(&[text]);
            names.is_masked(name)
        };
        for text in [
            "ARG PW=x\nENV DB_PASSWORD=$PW\n",
            "ENV DB_PASSWORD=\"${PW:-x}\"\n",
            "ENV INDEX=https://$U:$PW@pypi.example/simple\n",
            "RUN curl -u bob:$PW https://a.example\n",
            "ENV A=$PW\nENV DB_PASSWORD=$A\n",
            "RUN echo \"bob:$PW\" | chpasswd\n",
        ] {
            assert!(lent(text, "PW"), "{text}");
        }
        for text in [
            "ENV URL=https://$PW/x\n",
            "ENV A=$PW\n",
            "LABEL version=$PW\n",
        ] {
            assert!(!lent(text, "PW"), "{text}");
        }
        assert!(!lent("ENV INDEX=https://$U:$PW@a.example\n", "U"));
    }
}
