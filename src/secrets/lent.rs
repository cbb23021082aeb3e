//! Names whose values are secrets because a secret is made of them: `ENV DB_PASSWORD=$PW`.

use std::ops::Range;

use memchr::memmem;

use super::interpolation::reference_at;
use super::names::{Names, Pattern};
use super::settings::{self, Notation};
use super::{options, phrases};

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
                lent.extend(references(text, self).filter(|name| !self.is_masked(name)));
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

/// The variables that stand alone where a text has a secret.
fn references<'t>(text: &'t str, names: &Names) -> impl Iterator<Item = String> + 't {
    let is_secret = |name: &str| names.is_masked(name.trim_start_matches('-'));
    let any = |_: &str, _: &str| true;
    let mut secrets = Vec::new();
    let settings = settings::find(text, Notation::default(), &is_secret, &any);
    secrets.extend(settings.map(|setting| setting.value));
    secrets.extend(options::find(text, &is_secret).map(|found| found.secret));
    let phrases = phrases::find(text, &is_secret).into_iter();
    secrets.extend(phrases.map(|phrase| behind_user(text, phrase.secret)));
    let whole = secrets
        .into_iter()
        .filter_map(|range| text.get(range))
        .filter_map(|secret| alone(secret.trim_matches(['"', '\'', ' '])));
    let names: Vec<String> = whole.chain(in_addresses(text)).collect();
    names.into_iter()
}

/// The secret of `user:secret`.
fn behind_user(text: &str, secret: Range<usize>) -> Range<usize> {
    let colon = text.get(secret.clone()).and_then(|text| text.rfind(':'));
    colon.map_or(secret.start, |colon| secret.start + colon + 1)..secret.end
}

/// The name of a value that is nothing but a variable.
fn alone(value: &str) -> Option<String> {
    let reference = reference_at(value, 0).filter(|it| it.end == value.len())?;
    name(value.get(..reference.end)?)
}

/// The variables that are the password of an address: `https://user:$P@host`.
fn in_addresses(text: &str) -> impl Iterator<Item = String> {
    memmem::find_iter(text.as_bytes(), ":$").filter_map(|colon| {
        let reference = reference_at(text, colon + 1)?;
        let is_password = text.as_bytes().get(reference.end) == Some(&b'@');
        name(text.get(colon + 1..reference.end)?).filter(|_| is_password)
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
