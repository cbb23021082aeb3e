//! Secrets that neither a name with a separator nor an option introduces:
//! `echo v | chpasswd`, `login u password v`, `config set name v`, `Bearer v`.

use std::ops::Range;

use super::extent::{self, Bounds};
use super::names::Kind;
use super::needle::Needle;
use super::userinfo;

/// How far around a phrase its parts are looked for.
const REACH: usize = 512;

/// What stands before `set` or `config` in the commands that keep settings.
const SETTERS: &[&str] = &[
    "bundle",
    "composer",
    "conda",
    "config",
    "configure",
    "gh",
    "git",
    "glab",
    "npm",
    "pip",
    "pip3",
    "pnpm",
    "poetry",
    "yarn",
];

/// Commands that take a secret as their argument of that index, options not counted.
static POSITIONAL: [(Needle, usize); 10] = [
    (Needle::new("add_user "), 1),
    // `composer help config`, `getcomposer.org/doc/articles/authentication-for-private-packages.md`
    (Needle::new("bitbucket-oauth."), 2),
    (Needle::new("github-oauth."), 1),
    (Needle::new("gitlab-oauth."), 1),
    (Needle::new("gitlab-token."), 1),
    // `cargo help login`
    (Needle::new("cargo login "), 0),
    (Needle::new("nuget setApiKey "), 0),
    (Needle::new("nuget.exe setApiKey "), 0),
    (Needle::new("http-basic."), 2),
    (Needle::new("vault login "), 0),
];

/// What the phrases of [`passwords`] have in common: most texts do not hold it.
static PASSW: Needle = Needle::new("passw");

/// More such commands.
static POSITIONAL_PASSW: [(Needle, usize); 7] = [
    (Needle::new("change_password "), 1),
    (Needle::new("htpasswd -b "), 2),
    (Needle::new("htpasswd -bc "), 2),
    (Needle::new("htpasswd -cb "), 2),
    (Needle::new("htpasswd -nb "), 1),
    (Needle::new("htpasswd -Bbn "), 1),
    (Needle::new("openssl passwd "), 0),
];

/// What reads a password from its input.
static PASSWD: Needle = Needle::new("passwd");

/// A word of `.netrc`.
static NETRC: Needle = Needle::new("password");

/// What people write in prose as well, with quotes behind it.
static PROSE: Needle = Needle::new("password ");

/// What reads a secret of either kind from its input.
static STDIN: Needle = Needle::new("-stdin");

/// What takes a key's name where people write the key (`gem help push`).
static GEM_KEY: Needle = Needle::new("gem push --key ");

/// What stands before a password in quotes.
static BEFORE_QUOTES: [Needle; 2] = [Needle::new("PASSWORD "), Needle::new("IDENTIFIED BY ")];

/// The words of commands that keep a setting.
static KEEP: [Needle; 2] = [Needle::new(" set "), Needle::new(" config ")];

/// The schemes of HTTP's authorization, whatever the case of their first letter.
static SCHEMES: [Needle; 2] = [Needle::new("earer "), Needle::new("asic ")];

const PLAIN: Bounds = Bounds {
    outer: None,
    multiline: false,
};

/// A secret that a phrase introduces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// The secret; a user name and a colon may stand before it.
    pub secret: Range<usize>,
    /// What it is; none if it may well be something else, and is masked to be safe.
    pub kind: Option<Kind>,
}

/// Every such secret in `text`, in order. `is_secret` judges names.
pub fn find(text: &str, is_secret: &dyn Fn(&str) -> bool) -> Vec<Phrase> {
    let mut found = Found::default();
    if PASSW.find(text).is_some() {
        passwords(text, &mut found);
    }
    for at in STDIN.find_all(text) {
        let kind = match word_before(text, at) {
            "--password" => Some(Kind::Password),
            "--token" => Some(Kind::Key),
            _ => None,
        };
        found.add(kind, piped_into(text, at));
        found.add(kind, here_text(text, at));
    }
    for phrase in &BEFORE_QUOTES {
        for at in phrase.find_all(text) {
            found.add(Some(Kind::Password), quoted(text, at + phrase.len()));
        }
    }
    positional(&POSITIONAL, text, &mut found);
    for at in GEM_KEY.find_all(text) {
        found.add(None, nth_argument(text, at + GEM_KEY.len(), 0));
    }
    for setter in &KEEP {
        let mut done = 0;
        for at in setter.find_all(text) {
            if at >= done && SETTERS.contains(&word_before(text, at)) {
                let value = set_value(text, at + setter.len(), is_secret);
                done = value.as_ref().map_or(done, |value| value.end);
                found.add(Some(Kind::Key), value);
            }
        }
    }
    for scheme in &SCHEMES {
        for at in scheme.find_all(text) {
            if matches!(word_before(text, at), "B" | "b") {
                found.add(Some(Kind::Key), credentials(text, at + scheme.len()));
            }
        }
    }
    found.sorted()
}

/// Those whose phrase holds "passw".
fn passwords(text: &str, found: &mut Found) {
    for at in PASSWD.find_all(text) {
        found.add(Some(Kind::Password), piped_into(text, at));
        found.add(Some(Kind::Password), here_text(text, at));
    }
    for at in NETRC.find_all(text) {
        found.add(Some(Kind::Password), netrc_password(text, at));
        found.add(None, netrc_token(text, at));
    }
    for at in PROSE.find_all(text) {
        found.add(None, quoted(text, at + PROSE.len()));
    }
    positional(&POSITIONAL_PASSW, text, found);
}

fn positional(commands: &'static [(Needle, usize)], text: &str, found: &mut Found) {
    for (command, index) in commands {
        for at in command.find_all(text) {
            let argument = nth_argument(text, at + command.len(), *index);
            found.add(Some(Kind::Password), argument);
        }
    }
}

/// The phrases found so far.
#[derive(Default)]
struct Found(Vec<Phrase>);

impl Found {
    fn add(&mut self, kind: Option<Kind>, secret: Option<Range<usize>>) {
        if let Some(secret) = secret.filter(|secret| !secret.is_empty()) {
            self.0.push(Phrase { secret, kind });
        }
    }

    fn sorted(mut self) -> Vec<Phrase> {
        self.0
            .sort_by_key(|phrase| (phrase.secret.start, phrase.secret.end));
        // two phrases may lead to the same value: `config set`
        self.0.dedup_by(|a, b| a.secret == b.secret);
        self.0
    }
}

/// What `echo` or `printf` writes into the command at `at`: `echo root:v | chpasswd`.
fn piped_into(text: &str, at: usize) -> Option<Range<usize>> {
    let least = floor(text, at.saturating_sub(REACH));
    let before = text.get(least..at)?;
    let pipe = before.rfind('|')?;
    // `echo x | sort && chmod g=u /etc/passwd` pipes into something else
    let own = before.get(pipe..)?;
    if before.get(..pipe)?.ends_with('|') || own.contains([';', '&']) || own.ends_with("/etc/") {
        return None;
    }
    let echo = ["echo ", "printf "]
        .iter()
        .filter_map(|command| Some(before.get(..pipe)?.rfind(command)? + command.len()))
        .max()?;
    let start = least + echo;
    let mut words = text.get(start..least + pipe)?;
    while let Some(rest) = words.trim_start().strip_prefix('-')
        && let Some((_, after)) = rest.split_once(' ')
    {
        words = after;
    }
    let words = words.trim_start();
    let start = least + pipe - words.len();
    let whole = start..start + words.trim_end().len();
    let word = extent::word(text, start, PLAIN);
    // a single word keeps its quotes outside
    Some(if word.end + 1 >= whole.end {
        word
    } else {
        whole
    })
}

/// `chpasswd <<< root:v`, or the first line of a here-document.
fn here_text(text: &str, at: usize) -> Option<Range<usize>> {
    let end = near_line_end(text, at);
    let rest = text.get(at..end)?;
    let after = rest.find("<<")? + 2;
    let Some(string) = rest.get(after..)?.strip_prefix('<') else {
        return (end < text.len()).then(|| end + 1..near_line_end(text, end + 1));
    };
    let start = end - string.trim_start().len();
    Some(extent::word(text, start, PLAIN))
}

/// `PASSWORD 'v'` of SQL.
fn quoted(text: &str, at: usize) -> Option<Range<usize>> {
    let is_quoted = text.get(at..)?.starts_with(['\'', '"']);
    is_quoted.then(|| extent::word(text, at, PLAIN))
}

/// The argument of that index of the command whose arguments begin at `at`.
fn nth_argument(text: &str, at: usize, index: usize) -> Option<Range<usize>> {
    let end = near_line_end(text, at);
    let (mut start, mut seen) = (at, 0);
    let mut takes_value = false;
    while start < end {
        start += blanks(text.get(start..end)?);
        let word = extent::word(text, start, PLAIN);
        let argument = text.get(word.clone())?;
        if is_operator(argument) {
            return None;
        }
        let is_value = std::mem::replace(&mut takes_value, argument == "--registry");
        if !is_value && (!argument.starts_with('-') || argument.is_empty()) {
            if seen == index {
                return Some(word);
            }
            seen += 1;
        }
        start = (word.end + usize::from(word.start > start)).max(start + 1);
        start = (start..=end).find(|at| text.is_char_boundary(*at))?;
    }
    None
}

/// `v` of `login u password v`, on one line or several.
fn netrc_password(text: &str, at: usize) -> Option<Range<usize>> {
    let least = floor(text, at.saturating_sub(REACH));
    let mut words = text
        .get(least..at)?
        .rsplit(netrc_blank)
        .filter(|word| !word.is_empty());
    let introduced = words.nth(1)? == "login";
    let after = text.get(at + "password".len()..)?;
    let start = text.len() - after.trim_start_matches(netrc_blank).len();
    let blank = after.starts_with([' ', '\t', '\\', '\n']);
    let end = start
        + text
            .get(start..)?
            .find(|c: char| netrc_blank(c) || c == '"' || c == '\'')
            .unwrap_or(text.len() - start);
    (introduced && blank).then_some(start..end)
}

/// `t` of `login t password x-oauth-basic`, where a token stands in the user's place.
fn netrc_token(text: &str, at: usize) -> Option<Range<usize>> {
    let least = floor(text, at.saturating_sub(REACH));
    let before = text.get(least..at)?.trim_end_matches(netrc_blank);
    let user = before.rsplit(netrc_blank).next()?;
    let login = before.strip_suffix(user)?.trim_end_matches(netrc_blank);
    let is_token = login.ends_with("login") && userinfo::is_token(user.as_bytes());
    let end = least + before.len();
    is_token.then(|| end - user.len()..end)
}

/// Blanks of a `.netrc`, also when it is written by `printf` or `echo -e`.
fn netrc_blank(c: char) -> bool {
    c.is_ascii_whitespace() || c == '\\'
}

/// `v` of `npm config set NAME v` and its like; `at` is behind `set`.
fn set_value(text: &str, at: usize, is_secret: &dyn Fn(&str) -> bool) -> Option<Range<usize>> {
    let end = near_line_end(text, at);
    let mut start = at;
    for _ in 0..4 {
        start += blanks(text.get(start..end)?);
        let word = extent::word(text, start, PLAIN);
        let name = text.get(word.clone())?;
        let behind = word.end + usize::from(word.start > start);
        if let Some((key, value)) = name.split_once('=') {
            return (is_secret(key) && !value.is_empty()).then(|| word.end - value.len()..word.end);
        }
        // The setting of `url."https://$TOKEN@host/".insteadOf` is an address.
        let is_address = name.to_ascii_lowercase().ends_with("insteadof");
        if !is_address && is_secret(name) {
            let value = behind + blanks(text.get(behind..end)?);
            let word = (value > behind && value < end).then(|| extent::word(text, value, PLAIN))?;
            return (!is_operator(text.get(word.clone())?)).then_some(word);
        }
        if !name.starts_with('-') && name != "set" {
            return None;
        }
        start = behind;
    }
    None
}

/// Whether the shell takes a word for the end of the command.
fn is_operator(word: &str) -> bool {
    matches!(word, "&&" | "||" | "|" | ";" | "&")
}

/// The word that ends at `at`.
fn word_before(text: &str, at: usize) -> &str {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let len = before.iter().rev().take(16).take_while(is_word).count();
    text.get(at - len..at).unwrap_or_default()
}

fn blanks(text: &str) -> usize {
    text.len() - text.trim_start_matches([' ', '\t']).len()
}

/// What follows `Bearer`, if it looks issued: long, and not only letters.
fn credentials(text: &str, at: usize) -> Option<Range<usize>> {
    let rest = text.get(at..)?;
    let is_token = |c: char| c.is_ascii_alphanumeric() || "-._~+/=".contains(c);
    let len = rest.find(|c| !is_token(c)).unwrap_or(rest.len());
    let varied = rest
        .get(..len)?
        .contains(|c: char| c.is_ascii_digit() || "-_+/=".contains(c));
    (len >= 8 && varied).then_some(at..at + len)
}

/// The end of the line, or of what is looked at of it.
fn near_line_end(text: &str, at: usize) -> usize {
    let end = floor(text, at + REACH);
    let near = text.as_bytes().get(at..end).unwrap_or_default();
    memchr::memchr(b'\n', near).map_or(end, |len| at + len)
}

/// The nearest char boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::hints::Hints;
    use super::*;
    use crate::secrets::names::may_be_secret;

    #[test]
    fn phrases_with_their_secrets() {
        for (text, secret) in [
            ("RUN echo 'root:v w' | chpasswd", "root:v w"),
            ("echo -n v | docker login -u x --password-stdin r", "v"),
            ("echo v | docker login r/x --password-stdin", "v"),
            ("echo r:v | /usr/sbin/chpasswd", "r:v"),
            ("chpasswd <<< \"root:v\"", "root:v"),
            ("chpasswd <<EOF\nroot:v\nEOF", "root:v"),
            ("machine h login u password v\n", "v"),
            ("machine h\n  login u\n  password v\n", "v"),
            ("npm config set //r/:_authToken v && x", "v"),
            ("git config --global gitlab.token 'v w'", "v w"),
            ("curl -H 'X: Bearer abcdefg1'", "abcdefg1"),
        ] {
            let found = find(text, &may_be_secret);
            let found: Vec<&str> = found.into_iter().map(|it| &text[it.secret]).collect();
            assert_eq!(found, [secret], "{text}");
            assert!(Hints::of(text).phrases(), "{text}");
        }
        for text in [
            "apt-get -y | x chpasswd",
            "echo \"x\" | sort && chmod g=u /etc/passwd",
            "the password is kept",
            "npm config set registry https://r/",
            "git config url.\"https://$NPM_TOKEN@h/\".insteadOf https://h/",
            "set NPM_TOKEN as a build secret",
            "yum install x-basic x-sqlplus1",
            "Basic usage",
        ] {
            assert!(find(text, &may_be_secret).is_empty(), "{text}");
        }
    }
}
