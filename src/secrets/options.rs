//! Command-line options that take a secret: one table, for rules and for masking.

use std::ops::Range;

use memchr::{memchr_iter, memrchr};

use super::extent::{self, Bounds, is_quote};

/// What an option's argument holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Argument {
    /// The secret alone.
    Secret,
    /// `user:secret`.
    UserAndSecret,
    /// `user%secret`, as Samba's programs take it.
    UserPercentSecret,
}

/// A secret on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The option, with its dashes.
    pub option: Range<usize>,
    /// The secret itself.
    pub secret: Range<usize>,
}

pub(super) struct Row {
    /// Commands, or sub-commands such as `login`, one of which stands before the option.
    pub(super) commands: &'static [&'static str],
    option: &'static str,
    argument: Argument,
    /// Whether the argument may stand in the same word.
    glued: bool,
    /// Whether it may stand in the next word.
    apart: bool,
    /// The flags without an argument that may stand before it in one word: `-sSLu`.
    flags: &'static str,
}

impl Row {
    /// How much of a word is the option, if it is this one.
    fn len_in(&self, word: &str) -> Option<usize> {
        let is_first = word.as_bytes().get(1) == self.option.as_bytes().get(1);
        if is_first && word.starts_with(self.option) {
            return Some(self.option.len());
        }
        if self.flags.is_empty() {
            return None;
        }
        let letter = self.option.strip_prefix('-')?;
        let rest = word
            .strip_prefix('-')
            .filter(|rest| rest.contains(letter))?;
        let after = rest.trim_start_matches(|flag| self.flags.contains(flag));
        let is_option = after.len() < rest.len() && after.starts_with(letter);
        is_option.then(|| word.len() - after.len() + letter.len())
    }
}

const fn row(commands: &'static [&'static str], option: &'static str, argument: Argument) -> Row {
    Row {
        commands,
        option,
        argument,
        glued: false,
        apart: true,
        flags: "",
    }
}

const fn glued(commands: &'static [&'static str], option: &'static str, apart: bool) -> Row {
    Row {
        commands,
        option,
        argument: Argument::Secret,
        glued: true,
        apart,
        flags: "",
    }
}

use Argument::{Secret, UserAndSecret, UserPercentSecret};

/// curl's options of one letter that take no argument (`curl --help all`).
const CURL_FLAGS: &str = "#012346BGIJLMNORSVafgijklnpqsv";

/// Options with one dash mean what their command says (manual pages of the commands named).
pub(super) const SHORT: &[Row] = &[
    row(&["7z", "7za", "7zr"], "-P", Secret),
    glued(&["7z", "7za", "7zr", "rar", "unrar"], "-p", false),
    Row {
        commands: &["curl"],
        option: "-u",
        argument: UserAndSecret,
        glued: true,
        apart: true,
        flags: CURL_FLAGS,
    },
    Row {
        commands: &["curl"],
        option: "-U",
        argument: UserAndSecret,
        glued: true,
        apart: true,
        flags: CURL_FLAGS,
    },
    row(&["http", "https", "xh"], "-a", UserAndSecret),
    row(&["ftp", "lftp", "jfrog", "jf"], "-u", UserAndSecret),
    glued(&["login", "sshpass"], "-p", true),
    glued(
        &[
            "mysql",
            "mysqladmin",
            "mysqlcheck",
            "mysqldump",
            "mysqlimport",
            "mysqlshow",
            "mysqlsh",
            "mariadb",
            "mariadb-admin",
            "mariadb-dump",
        ],
        "-p",
        false,
    ),
    row(
        &[
            "cqlsh",
            "mongo",
            "mongodump",
            "mongoexport",
            "mongoimport",
            "mongorestore",
            "mongosh",
            "twine",
            "useradd",
            "usermod",
            "vncpasswd",
        ],
        "-p",
        Secret,
    ),
    row(&["redis-cli"], "-a", Secret),
    glued(&["bcp", "isql", "osql", "sqlcmd", "tsql"], "-P", true),
    glued(
        &[
            "ldapadd",
            "ldapdelete",
            "ldapmodify",
            "ldappasswd",
            "ldapsearch",
            "ldapwhoami",
        ],
        "-w",
        true,
    ),
    glued(&["ssh-keygen"], "-N", true),
    row(&["ssh-keygen", "zip", "zipcloak", "unzip"], "-P", Secret),
    row(&["ansible-vault", "openssl"], "-k", Secret),
    row(&["keytool", "jarsigner", "apksigner"], "-storepass", Secret),
    row(&["keytool", "jarsigner", "apksigner"], "-keypass", Secret),
    row(&["keytool"], "-srcstorepass", Secret),
    row(&["keytool"], "-deststorepass", Secret),
    row(&["nuget", "nuget.exe"], "-Password", Secret),
    row(&["nuget", "nuget.exe"], "-ApiKey", Secret),
    Row {
        commands: &["net", "rpcclient", "smbclient", "smbget"],
        option: "-U",
        argument: UserPercentSecret,
        glued: true,
        apart: true,
        flags: "",
    },
];

/// Options with two dashes that hold `user:secret`, whatever the command.
const LONG_WITH_USER: &[&str] = &[
    "user",
    "proxy-user",
    "userpwd",
    "creds",
    "src-creds",
    "dest-creds",
    "auth",
    "basic-auth",
    "credentials",
];

/// Every secret given to an option in `text`, in order. `is_secret` judges the names of long
/// options; `--name=v` is a setting and not looked at here.
pub fn find<'t>(
    text: &'t str,
    is_secret: &'t dyn Fn(&str) -> bool,
) -> impl Iterator<Item = Found> + 't {
    let mut done = 0;
    let mut commands = Commands::default();
    memchr_iter(b'-', text.as_bytes()).filter_map(move |at| {
        if at < done || !begins_word(text, at) {
            return None;
        }
        let found = option_at(text, at, is_secret, &mut commands)?;
        done = found.secret.end;
        Some(found)
    })
}

fn begins_word(text: &str, at: usize) -> bool {
    let before = at.checked_sub(1).map(|before| text.as_bytes()[before]);
    before.is_none_or(|byte| {
        byte.is_ascii_whitespace() || is_quote(byte) || matches!(byte, b'`' | b'[' | b'=')
    })
}

fn option_at(
    text: &str,
    at: usize,
    is_secret: &dyn Fn(&str) -> bool,
    commands: &mut Commands,
) -> Option<Found> {
    let rest = text.get(at..)?;
    let is_option = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let len = rest.bytes().take(64).take_while(is_option).count();
    let option = rest.get(..len)?;
    let (argument, value, outer) = match option.strip_prefix("--") {
        Some(name) => (long(name, is_secret)?, next_word(text, at + len)?, None),
        None => short(text, at, option, commands)?,
    };
    let word = extent::word(
        text,
        value,
        Bounds {
            outer,
            multiline: false,
        },
    );
    let secret = match argument {
        Secret => word,
        UserAndSecret => behind_user(text, word)?,
        UserPercentSecret => {
            let user = text.get(word.clone())?.find('%')?;
            word.start + user + 1..word.end
        }
    };
    (!secret.is_empty()).then_some(Found {
        option: at..at + len,
        secret,
    })
}

/// What a short option takes, where that begins, and the quote it stands in together with the
/// option: `"-psecret"`.
fn short(
    text: &str,
    at: usize,
    option: &str,
    commands: &mut Commands,
) -> Option<(Argument, usize, Option<u8>)> {
    if !may_be_short(option) {
        return None;
    }
    let rows = commands.before(text, at);
    let goes_on = goes_on(text.as_bytes().get(at + option.len()..)?);
    let is_glued = |len: usize| option.len() > len || goes_on;
    let (row, len) = SHORT.iter().enumerate().find_map(|(index, row)| {
        let len = row.len_in(option)?;
        let allowed = if is_glued(len) { row.glued } else { row.apart };
        (rows >> index & 1 == 1 && allowed).then_some((row, len))
    })?;
    let after = at + len;
    if is_glued(len) {
        let after = after + usize::from(text.as_bytes().get(after) == Some(&b'='));
        let before = at.checked_sub(1).map(|before| text.as_bytes()[before]);
        Some((row.argument, after, before.filter(|byte| is_quote(*byte))))
    } else {
        Some((row.argument, next_word(text, after)?, None))
    }
}

/// One bit for the low five bits of each letter of a short option: most options are none of them
/// and need no comparing.
static LETTERS: u32 = {
    let mut letters = 0;
    let mut row = 0;
    while row < SHORT.len() {
        letters |= 1 << (SHORT[row].option.as_bytes()[1] & 31);
        row += 1;
    }
    letters
};

fn may_be_short(option: &str) -> bool {
    let letter = option.as_bytes().get(1).copied().unwrap_or_default();
    let is_known = LETTERS >> (letter & 31) & 1 == 1;
    // `-sSLu`: curl's `-u` or `-U` behind flags
    is_known || option.contains(['u', 'U'])
}

/// Whether the word of an option goes on behind it: `-p"secret"`, `-p$SECRET`.
fn goes_on(after: &[u8]) -> bool {
    match after {
        [quote, next, ..] if is_quote(*quote) => {
            !next.is_ascii_whitespace() && !b",])}:;".contains(next)
        }
        [next, ..] => !next.is_ascii_whitespace() && !b"\"',]\\`);|&<>".contains(next),
        [] => false,
    }
}

/// The secret of `user:secret`.
fn behind_user(text: &str, word: Range<usize>) -> Option<Range<usize>> {
    let (user, secret) = text.get(word.clone())?.split_once(':')?;
    let is_id = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    // `--user 1000:1000` are the numbers of a user and a group
    (!is_id(user) || !is_id(secret)).then(|| word.start + user.len() + 1..word.end)
}

fn long(name: &str, is_secret: &dyn Fn(&str) -> bool) -> Option<Argument> {
    let is_any = |list: &[&str]| list.iter().any(|known| name.eq_ignore_ascii_case(known));
    if is_any(LONG_WITH_USER) {
        return Some(UserAndSecret);
    }
    // `--secret id=…` names a secret
    let names_one = is_any(&["secret", "secrets", "password-stdin", "token-file"]);
    (!names_one && (is_secret(name) || is_any(&["pass"]))).then_some(Secret)
}

/// Where the argument after an option begins: after blanks, in the next JSON or YAML item, or on a
/// continued line.
fn next_word(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut next = at;
    if bytes.get(next).copied().is_some_and(is_quote) {
        next += 1;
    }
    let between = bytes
        .get(next..)?
        .iter()
        .take(64)
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b',' | b'\\' | b'\r' | b'\n'))
        .count();
    let gap = &bytes[next..next + between];
    next += between;
    let new_line = gap.contains(&b'\n');
    let item = bytes.get(next..)?.strip_prefix(b"- ").is_some();
    if gap.is_empty() || (new_line && !gap.contains(&b'\\') && !gap.contains(&b',') && !item) {
        return None;
    }
    if item {
        next += 2;
    }
    let option_follows = bytes.get(next) == Some(&b'-') && bytes.get(next + 1) == Some(&b'-');
    (next < bytes.len() && !option_follows).then_some(next)
}

/// Which rows' commands stand before an offset in the same command. Offsets only grow, so every
/// byte is read once; lines without a short option are not read at all.
#[derive(Default)]
struct Commands {
    at: usize,
    /// One bit for each row of [`SHORT`].
    rows: u64,
}

impl Commands {
    /// The rows whose command stands before `to`.
    fn before(&mut self, text: &str, to: usize) -> u64 {
        let bytes = text.as_bytes();
        let start = self.at + line_start(&bytes[self.at..to]);
        if start > self.at {
            self.rows = 0;
        }
        let mut word = start;
        let ahead = bytes[start..to].iter().copied().chain([b' ']);
        for (at, byte) in (start..).zip(ahead) {
            if !byte.is_ascii_alphanumeric() && !matches!(byte, b'-' | b'_' | b'.') {
                // A folder (`/etc/mysql/`) is no command.
                if byte != b'/' {
                    self.rows |= rows_of(text.get(word..at).unwrap_or_default());
                }
                word = at + 1;
                if matches!(byte, b'|' | b';' | b'&' | b'(') {
                    self.rows = 0;
                }
            }
        }
        self.at = to;
        self.rows
    }
}

/// The first two bytes of all commands, one bit for each pair of their low five bits: most words
/// are none and need no comparing.
static BEGINNINGS: [u32; 32] = {
    let mut beginnings = [0; 32];
    let mut row = 0;
    while row < SHORT.len() {
        let mut at = 0;
        while at < SHORT[row].commands.len() {
            let command = SHORT[row].commands[at].as_bytes();
            beginnings[command[0] as usize & 31] |= 1 << (command[1] & 31);
            at += 1;
        }
        row += 1;
    }
    beginnings
};

/// The rows that a word is a command of.
fn rows_of(word: &str) -> u64 {
    match word.as_bytes() {
        [first, second, ..] if BEGINNINGS[usize::from(first & 31)] >> (second & 31) & 1 == 1 => {
            let rows = SHORT.iter().enumerate();
            rows.filter(|(_, row)| row.commands.contains(&word))
                .map(|(at, _)| 1 << at)
                .sum()
        }
        _ => 0,
    }
}

/// Offset in `before` behind its last line break that is not a continuation.
fn line_start(before: &[u8]) -> usize {
    let mut end = before.len();
    while let Some(newline) = memrchr(b'\n', &before[..end]) {
        let line = before[..newline].trim_ascii_end();
        if !line.ends_with(b"\\") && !line.ends_with(b"`") {
            return newline + 1;
        }
        end = line.len();
    }
    0
}

#[cfg(test)]
mod tests {
    use super::super::hints::Hints;
    use super::*;
    use crate::secrets::names::may_be_secret;

    fn secrets(text: &str) -> Vec<&str> {
        find(text, &may_be_secret)
            .map(|found| &text[found.secret])
            .collect()
    }

    #[test]
    fn options_with_their_secrets() {
        for (text, secret) in [
            ("curl -u u:v http://h", "v"),
            ("curl -sS -u 'u:v w' h", "v w"),
            ("curl --user u:v h", "v"),
            ("curl -sSLu u:v h", "v"),
            ("curl -fuu:v h", "v"),
            ("docker login -u u -p v r", "v"),
            ("RUN a && docker login \\\n  -p v r", "v"),
            ("sshpass -p 'v w' ssh h", "v w"),
            ("mysql -u root -pv db", "v"),
            ("mysql -u root -p'v w' db", "v w"),
            ("redis-server --requirepass v", "v"),
            ("[\"redis-server\", \"--requirepass\", \"v w\"]", "v w"),
            ("  - --requirepass\n  - v", "v"),
            ("tool --api-key v", "v"),
            ("keytool -storepass v x", "v"),
        ] {
            assert_eq!(secrets(text), [secret], "{text}");
            assert!(Hints::of(text).options(), "{text}");
        }
        for text in [
            "mkdir -p dir",
            "docker run -u 1000:1000 -p 80:80 x",
            "docker run --user 1000:1000 x",
            "mysql -p db",
            "apt-key adv --recv-keys X",
            "docker build --secret id=x .",
            "tool --password\nx",
            "docker login --password-stdin r",
            "tool --token-file x",
        ] {
            assert_eq!(secrets(text), [] as [&str; 0], "{text}");
        }
    }
}
