//! Names: split into words, and the last word decides.
//!
//! A test for a secret word *somewhere* in a name is right in half of its hits (`TOKEN_COOKIE_NAME`,
//! `SSH_KEY_PATH`, `ALLOW_EMPTY_PASSWORD`); what a value is, its last word says.

use regex::bytes::{Regex, RegexBuilder};

use super::hints::Hints;
use super::name_lists as lists;
use super::words::words;

/// What a secret-sounding name promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A service takes whatever stands there, so `changeme` *is* the password.
    Password,
    /// Another party issued it, so `changeme` is nothing.
    Key,
}

/// A pattern for names from the user's configuration.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// This name, whatever its case.
    Exact(String),
    /// Names that match as a whole, whatever their case.
    Regex(Regex),
}

/// How large a compiled pattern may become: names need no more.
const LARGEST_PATTERN: usize = 256 * 1024;

impl Pattern {
    /// The pattern of a regular expression; what is wrong with it if it cannot be used.
    pub fn regex(expression: &str) -> Result<Self, String> {
        RegexBuilder::new(&format!("^(?:{expression})$"))
            .case_insensitive(true)
            .unicode(false)
            .size_limit(LARGEST_PATTERN)
            .build()
            .map(Self::Regex)
            .map_err(|error| match error {
                regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
                // The parser draws the place over several lines; the last one says what is wrong.
                error => {
                    let text = error.to_string();
                    let last = text.lines().last().unwrap_or_default();
                    last.trim_start_matches("error: ").to_owned()
                }
            })
    }

    /// Whether a name is meant.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => exact.eq_ignore_ascii_case(name),
            Self::Regex(regex) => regex.is_match(name.as_bytes()),
        }
    }
}

/// The built-in judgement of names, with what the user's configuration adds and exempts.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Names that are secret.
    pub secret: Vec<Pattern>,
    /// Names that are not; wins over everything else.
    pub exempt: Vec<Pattern>,
}

impl Names {
    /// The built-in judgement alone.
    pub const BUILT_IN: Names = Names {
        secret: Vec::new(),
        exempt: Vec::new(),
    };

    /// What the name promises, if it is that of a secret.
    pub fn kind(&self, name: &str) -> Option<Kind> {
        if self.exempt.iter().any(|pattern| pattern.matches(name)) {
            return None;
        }
        kind(name).or_else(|| self.is_added(name).then_some(Kind::Password))
    }

    /// Whether a value of that name is masked when it is printed. In doubt it is: an exempted name
    /// is reported no longer, but still masked.
    pub fn is_masked(&self, name: &str) -> bool {
        may_be_secret(name) || self.is_added(name)
    }

    /// Whether a text in which these hints were met may have the name of a secret.
    pub(super) fn may_stand_in(&self, hints: Hints) -> bool {
        hints.names() || !self.secret.is_empty()
    }

    fn is_added(&self, name: &str) -> bool {
        self.secret.iter().any(|pattern| pattern.matches(name))
    }
}

/// What the name promises by the built-in lists.
pub fn kind(name: &str) -> Option<Kind> {
    if !Hints::of(name).names() {
        return None;
    }
    let name = without_host(name);
    if is_never_secret(name) {
        return None;
    }
    let lower = name.to_ascii_lowercase();
    if let Some(kind) = carrier(&lower) {
        return Some(kind);
    }
    let words = lower_words(name);
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    if words.iter().any(|word| lists::SWITCHES.contains(word)) {
        return None;
    }
    drop_trailers(&mut words);
    match words.as_slice() {
        [before @ .., last] => tail(before, last).or_else(|| {
            let (secret, before) = before.split_last()?;
            lists::OWNERS.contains(last).then(|| tail(before, secret))?
        }),
        [] => None,
    }
}

/// Whether the name could be that of a secret: a secret word anywhere, unless the last word says
/// that it is something about the secret.
pub fn may_be_secret(name: &str) -> bool {
    if !Hints::of(name).names() {
        return false;
    }
    if kind(name).is_some() {
        return true;
    }
    let words = lower_words(name);
    let is = |list: &[&str], word: &String| list.contains(&word.as_str());
    let harmless = words
        .last()
        .is_none_or(|last| is(lists::HARMLESS_TAILS, last))
        || words.iter().any(|word| is(lists::SWITCHES, word))
        || is_never_secret(name);
    !harmless
        && words.iter().enumerate().any(|(at, word)| {
            let word = trim_number(word);
            matches!(word, "auth" | "pass" | "pat" | "authorization")
                || (word == "tokens" && at == 0)
                || tail(&[], word).is_some()
        })
}

/// Whether the name is that of a proxy address: `HTTP_PROXY`, `http-proxy`, `httpsProxy`.
pub fn is_proxy(name: &str) -> bool {
    if !name.ends_with("roxy") && !name.ends_with("ROXY") {
        return false;
    }
    let mut words = words(name);
    let scheme = words.next().unwrap_or_default();
    let is = |word: &str, list: &[&str]| list.iter().any(|known| word.eq_ignore_ascii_case(known));
    words.last().is_some_and(|last| is(last, &["proxy"]))
        && is(scheme, &["http", "https", "ftp", "all", "socks", "rsync"])
}

/// The words of a name in lower case, to compare values with.
pub(super) fn lower_words(name: &str) -> Vec<String> {
    words(name).map(str::to_ascii_lowercase).collect()
}

/// Whether it is one of the names that only look like a secret's, as a variable or an option.
fn is_never_secret(name: &str) -> bool {
    let lower = name.trim_start_matches('-').to_ascii_lowercase();
    lists::EXACT_CLEAN.contains(&lower.replace('-', "_").as_str())
}

/// `GIT_AUTH_TOKEN.github.com` without the host the token is for.
fn without_host(name: &str) -> &str {
    match name.split_once('.') {
        Some((before, host))
            if host.contains('.')
                && !before.is_empty()
                && !before.bytes().any(|byte| byte.is_ascii_lowercase()) =>
        {
            before
        }
        _ => name,
    }
}

fn carrier(lower: &str) -> Option<Kind> {
    if lists::CARRIERS.contains(&lower) {
        Some(Kind::Key)
    } else if lists::PASSWORD_CARRIERS.contains(&lower) || lower.ends_with("erlang_cookie") {
        Some(Kind::Password)
    } else {
        None
    }
}

/// Drops numbers, versions and environment words at the end, but never the whole name.
fn drop_trailers(words: &mut Vec<&str>) {
    while let [_, .., last] = words.as_slice() {
        let version = last.strip_prefix('v').unwrap_or(last);
        let number = version.bytes().all(|byte| byte.is_ascii_digit());
        if !number && !lists::TRAILERS.contains(last) {
            break;
        }
        words.pop();
    }
}

fn trim_number(word: &str) -> &str {
    word.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// What the last word says, given the words before it.
fn tail(before: &[&str], last: &str) -> Option<Kind> {
    let last = trim_number(last);
    let qualified = !before.is_empty();
    if lists::PASSWORD_TAILS.contains(&last) || ends_in_password(last) {
        return Some(Kind::Password);
    }
    if lists::QUALIFIED_PASSWORD_TAILS.contains(&last) {
        let odd = before
            .last()
            .is_none_or(|word| lists::NOT_BEFORE_PASS.contains(word));
        return (!odd).then_some(Kind::Password);
    }
    if before.iter().any(|word| lists::PUBLIC_WORDS.contains(word)) {
        return None;
    }
    let secret = lists::SECRET_TAILS.contains(&last)
        || (qualified && lists::QUALIFIED_SECRET_TAILS.contains(&last))
        || is_glued(last)
        || is_secret_key(before, last);
    secret.then_some(Kind::Key)
}

/// `mysqlpassword`, but not `nopassword`.
fn ends_in_password(word: &str) -> bool {
    ["password", "passwd", "passphrase"].iter().any(|tail| {
        word.strip_suffix(tail)
            .is_some_and(|before| !matches!(before, "no" | "has" | "is" | "use"))
    })
}

/// `clientsecret`, `accesstoken`.
fn is_glued(word: &str) -> bool {
    ["secret", "token"].iter().any(|tail| {
        word.strip_suffix(tail)
            .is_some_and(|before| lists::GLUED_QUALIFIERS.contains(&before))
    })
}

/// Whether the name ends in a key that a qualifier makes secret.
fn is_secret_key(before: &[&str], last: &str) -> bool {
    let Some(glued) = last.strip_suffix("keys").or(last.strip_suffix("key")) else {
        return false;
    };
    let nearest = if glued.is_empty() {
        before.last().copied().unwrap_or_default()
    } else {
        glued
    };
    if lists::STRONG_KEY_QUALIFIERS.contains(&nearest) {
        return true;
    }
    let plural = last.ends_with('s');
    let words = || before.iter().copied().chain([nearest]);
    // `SSH_PKEY` is a private key, `PKEY` alone may be a table's primary one.
    let is_key = glued.is_empty() || glued == "p" || lists::KEY_QUALIFIERS.contains(&glued);
    !plural
        && is_key
        && words().any(|word| lists::KEY_QUALIFIERS.contains(&word))
        && !words().any(|word| lists::KEY_DISQUALIFIERS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_decides() {
        for name in [
            "DB_PASSWORD",
            "PGPASSWORD",
            "MYSQL_PWD",
            "RABBITMQ_DEFAULT_PASS",
            "accessToken",
            "LDAP_ROOTPASS",
            "NPM_TOKEN_2",
            "DB_PASSWORD_PROD",
            "apiKey",
            "SSHKEY",
            "SSH_PKEY",
            "S3_SECRET_KEY",
            "GIT_AUTH_TOKEN.github.com",
            "NPM_CONFIG_//registry.example/:_authToken",
            "SECRET",
            "COMPOSER_AUTH",
            "SECRET_KEY_BASE",
            "RABBITMQ_ERLANG_COOKIE",
            "GITHUB_PAT",
            "PASSWORD_ROOT",
            "SentryAuthToken",
            "TLS_KEY",
            "LICENSE_KEY",
            "client_secret",
            "FERNET_KEY",
        ] {
            assert!(kind(name).is_some(), "{name} is a secret");
        }
        for name in [
            "PWD",
            "PASS",
            "KEY",
            "S3_KEY",
            "GPG_KEY",
            "PUBKEY",
            "PKEY",
            "PUBLIC_KEY",
            "JWT_PUBLIC_KEY",
            "MAX_TOKENS",
            "PAT",
            "TOKEN_COOKIE_NAME",
            "SSH_KEY_PATH",
            "MYSQL_ALLOW_EMPTY_PASSWORD",
            "VLLM_IGNORE_EOS_TOKEN",
            "GF_AUTH_ANONYMOUS_ENABLED",
            "AWS_ACCESS_KEY_ID",
            "SECRETS_DIR",
            "KEYCLOAK_ADMIN",
            "COMPASS_URL",
            "TIKTOKEN_CACHE_DIR",
            "CACHE_KEY",
            "AUTH_TYPE",
            "SSH_HOST_KEY",
            "NEXT_PUBLIC_API_TOKEN",
            "PASSWORD_HASH",
            "BYPASS",
            "MONKEY",
            "HOST_PWD",
            "--initial-cluster-token",
            "ETCD_INITIAL_CLUSTER_TOKEN",
        ] {
            assert_eq!(kind(name), None, "{name} is no secret");
        }
    }

    #[test]
    fn configuration_adds_and_exempts() {
        let names = Names {
            secret: vec![Pattern::Exact("LAUNCH_CODE".into())],
            exempt: vec![Pattern::Exact("DB_PASSWORD".into())],
        };
        assert_eq!(names.kind("launch_code"), Some(Kind::Password));
        assert_eq!(names.kind("DB_PASSWORD"), None);
        assert!(names.is_masked("DB_PASSWORD"));
        assert!(!names.is_masked("LANG"));
    }

    #[test]
    fn patterns_match_whole_names_and_stay_small() {
        let pattern = Pattern::regex("corp_.*_code").unwrap();
        assert!(pattern.matches("CORP_LAUNCH_CODE") && !pattern.matches("X_CORP_A_CODE"));
        assert_eq!(Pattern::regex("(").unwrap_err(), "unclosed group");
        assert_eq!(
            Pattern::regex("(a{999}){999}").unwrap_err(),
            "the pattern is too large"
        );
    }

    #[test]
    fn proxies_are_known_by_name() {
        assert!(is_proxy("HTTP_PROXY") && is_proxy("https-proxy") && is_proxy("ftpProxy"));
        assert!(!is_proxy("NO_PROXY") && !is_proxy("PROXY_PASS") && !is_proxy("GOPROXY"));
    }
}
