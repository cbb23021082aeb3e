//! What a text may hold, told by one pass over it: most texts hold nothing of what is looked for,
//! and need no closer look.
//!
//! Three bytes in a row, five bits of each, are the index of a table made at compile time: case is
//! folded, and the few other bytes that fold to the same cost a closer look and no more.

use super::{formats, options};

/// What is met in a text: never less than what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hints(u8);

const TOKEN: u8 = 1;
const NAME: u8 = 2;
const DOUBTFUL_NAME: u8 = 4;
const COMMAND: u8 = 8;
const PHRASE: u8 = 16;
const USER: u8 = 32;

/// A part of each word that makes a name a secret's.
const NAMES: &[&str] = &[
    "bea", "ecr", "g_c", "jwt", "key", "m_r", "mne", "mrc", "pas", "psk", "pwd", "pwo", "tok",
    "trc", "uth", "yge",
];

/// Such parts that common words begin with as well: `cred` and `create`, `pat` and `path`.
const DOUBTFUL_NAMES: &[&str] = &["cre", "pat"];

/// A part of each phrase that holds no part of a secret name: `IDENTIFIED BY`, `add_user`,
/// `http-basic`, `vault login`, `Basic`, `cargo login`.
const PHRASES: &[&str] = &["ied", "d_u", "p-b", "vau", "sic", "rgo"];

/// `--user`, `--proxy-user`.
const USERS: &[&str] = &["-us"];

const SIZE: usize = 1 << 15;

/// What three bytes may begin.
static BEGINNINGS: [u8; SIZE] = {
    let mut table = [0; SIZE];
    mark_all(&mut table, NAMES, NAME);
    mark_all(&mut table, DOUBTFUL_NAMES, DOUBTFUL_NAME);
    mark_all(&mut table, PHRASES, PHRASE);
    mark_all(&mut table, USERS, USER);
    let mut at = 0;
    while at < options::SHORT.len() {
        mark_all(&mut table, options::SHORT[at].commands, COMMAND);
        at += 1;
    }
    let mut at = 0;
    while at < formats::FORMATS.len() {
        mark(&mut table, formats::FORMATS[at].prefix, TOKEN);
        at += 1;
    }
    table
};

const fn mark_all(table: &mut [u8; SIZE], texts: &[&str], bit: u8) {
    let mut at = 0;
    while at < texts.len() {
        mark(table, texts[at], bit);
        at += 1;
    }
}

/// Marks how a text begins; behind one of two bytes anything may follow.
const fn mark(table: &mut [u8; SIZE], text: &str, bit: u8) {
    let text = text.as_bytes();
    let two = push(push(0, text[0]), text[1]);
    if text.len() > 2 {
        table[push(two, text[2])] |= bit;
        return;
    }
    let mut third = 0;
    while third < 32 {
        table[push(two, third)] |= bit;
        third += 1;
    }
}

const fn push(window: usize, byte: u8) -> usize {
    (window << 5 | (byte & 31) as usize) & (SIZE - 1)
}

impl Hints {
    pub(super) fn of(text: &str) -> Self {
        let mut window = 0;
        let mut met = 0;
        for byte in text.bytes() {
            window = push(window, byte);
            met |= BEGINNINGS[window];
        }
        if met & (NAME | DOUBTFUL_NAME) == DOUBTFUL_NAME && has_doubtful_name(text) {
            met |= NAME;
        }
        Self(met)
    }

    /// Whether a name in it may be that of a secret.
    pub(super) fn names(self) -> bool {
        self.0 & NAME != 0
    }

    /// Whether an option in it may take a secret: by its name, or by its command.
    pub(super) fn options(self) -> bool {
        self.0 & (NAME | COMMAND | USER) != 0
    }

    /// Whether a phrase in it may introduce one.
    pub(super) fn phrases(self) -> bool {
        self.0 & (NAME | PHRASE) != 0
    }
}

/// `cred`, or `pat` but not `path`.
fn has_doubtful_name(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is = |part: &[u8], word: &[u8]| part.eq_ignore_ascii_case(word);
    let inside = bytes.windows(4).any(|four| {
        is(four, b"cred") || (is(&four[..3], b"pat") && !four[3].eq_ignore_ascii_case(&b'h'))
    });
    inside
        || bytes
            .last_chunk()
            .is_some_and(|last: &[u8; 3]| is(last, b"pat"))
}

/// The first place at `from` or behind it where the form of a token may begin.
pub(super) fn next_token(bytes: &[u8], from: usize) -> Option<usize> {
    let [first, second, rest @ ..] = bytes.get(from..)? else {
        return None;
    };
    let mut window = push(push(0, *first), *second);
    let begins = rest.iter().position(|byte| {
        window = push(window, *byte);
        BEGINNINGS[window] & TOKEN != 0
    });
    begins.map(|at| from + at)
}

#[cfg(test)]
mod tests {
    use super::super::name_lists as lists;
    use super::*;

    #[test]
    fn every_secret_word_is_met() {
        let all = [
            lists::CARRIERS,
            lists::PASSWORD_CARRIERS,
            lists::PASSWORD_TAILS,
            lists::QUALIFIED_PASSWORD_TAILS,
            lists::SECRET_TAILS,
            lists::QUALIFIED_SECRET_TAILS,
            &["auth", "authorization", "erlang_cookie", "key", "tokens"],
        ];
        for word in all.concat() {
            assert!(Hints::of(word).names(), "{word}");
            let name = format!("X_{}", word.to_ascii_uppercase());
            assert!(Hints::of(&name).names(), "{name}");
        }
        for text in [
            "PATH",
            "create",
            "/usr/local/bin",
            "autoremove",
            "git",
            "seconds",
        ] {
            assert!(!Hints::of(text).names(), "{text}");
        }
    }

    #[test]
    fn options_and_phrases_are_met() {
        for text in [
            "curl -u u:v",
            "jf -u u:v",
            "x --user u:v",
            "7z a -pv x",
            "x --api-key v",
        ] {
            assert!(Hints::of(text).options(), "{text}");
        }
        for text in [
            "echo u:v | chpasswd",
            "IDENTIFIED BY 'v'",
            "rabbitmqctl add_user u v",
            "composer config http-basic.h u v",
            "vault login v",
            "X: Basic v",
            "X: bearer v",
            "docker login --password-stdin",
        ] {
            assert!(Hints::of(text).phrases(), "{text}");
        }
        let plain = Hints::of("apt-get update && apt-get install -y git make && rm -rf /x/*");
        assert!(!plain.options() && !plain.phrases() && !plain.names());
    }
}
