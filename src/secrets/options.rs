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
}

/// A secret on a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The option, with its dashes.
    pub option: Range<usize>,
    /// The secret itself.
    pub secret: Range<usize>,
}

struct Row {
    /// Commands, or sub-commands such as `login`, one of which stands before the option.
    commands: &'static [&'static str],
    option: &'static str,
    argument: Argument,
    /// Whether the argument may stand in the same word.
    glued: bool,
    /// Whether it may stand in the next word.
    apart: bool,
}

const fn row(commands: &'static [&'static str], option: &'static str, argument: Argument) -> Row {
    Row {
        commands,
        option,
        argument,
        glued: false,
        apart: true,
    }
}

const fn glued(commands: &'static [&'static str], option: &'static str, apart: bool) -> Row {
    Row {
        commands,
        option,
        argument: Argument::Secret,
        glued: true,
        apart,
    }
}

use Argument::{Secret, UserAndSecret};

/// Options with one dash mean what their command says (manual pages of the commands named).
const SHORT: &[Row] = &[
    row(&["7z", "7za", "7zr"], "-P", Secret),
    glued(&["7z", "7za", "7zr", "rar", "unrar"], "-p", false),
    Row {
        commands: &["curl"],
        option: "-u",
        argument: UserAndSecret,
        glued: true,
        apart: true,
    },
    Row {
        commands: &["curl"],
        option: "-U",
        argument: UserAndSecret,
        glued: true,
        apart: true,
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

/// How far before an option its command is looked for.
const REACH: usize = 1024;

/// Every secret given to an option in `text`, in order. `is_secret` judges the names of long
/// options; `--name=v` is a setting and not looked at here.
pub fn find<'t>(
    text: &'t str,
    is_secret: &'t dyn Fn(&str) -> bool,
) -> impl Iterator<Item = Found> + 't {
    let mut done = 0;
    memchr_iter(b'-', text.as_bytes()).filter_map(move |at| {
        if at < done || !begins_word(text, at) {
            return None;
        }
        let found = option_at(text, at, is_secret)?;
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

fn option_at(text: &str, at: usize, is_secret: &dyn Fn(&str) -> bool) -> Option<Found> {
    let rest = text.get(at..)?;
    let len = rest
        .bytes()
        .take(64)
        .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
        .count();
    let option = rest.get(..len)?;
    let (argument, secret_at) = match option.strip_prefix("--") {
        Some(name) => (long(name, is_secret)?, next_word(text, at + len)?),
        None => {
            let row = SHORT
                .iter()
                .filter(|row| option.starts_with(row.option))
                .find(|row| {
                    (if option == row.option && !glued_quote(rest, len) {
                        row.apart
                    } else {
                        row.glued
                    }) && runs(text, at, row.commands)
                })?;
            let after = at + row.option.len();
            let apart = option == row.option && !glued_quote(rest, len);
            (
                row.argument,
                if apart {
                    next_word(text, after)?
                } else {
                    after
                },
            )
        }
    };
    let inner = text
        .as_bytes()
        .get(at.checked_sub(1)?..at)
        .and_then(|b| b.first().copied())
        .filter(|b| is_quote(*b));
    let glued_in_quotes = inner.filter(|_| secret_at < at + len + 1 && argument == Secret);
    let word = extent::word(
        text,
        secret_at,
        Bounds {
            outer: glued_in_quotes,
            multiline: false,
        },
    );
    let secret = match argument {
        Secret => word,
        UserAndSecret => {
            let value = text.get(word.clone())?;
            let (user, secret) = value.split_once(':')?;
            let ids =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            // `--user 1000:1000` are the numbers of a user and a group
            if secret.is_empty() || (ids(user) && ids(secret)) {
                return None;
            }
            word.start + user.len() + 1..word.end
        }
    };
    (!secret.is_empty()).then_some(Found {
        option: at..at + len,
        secret,
    })
}

/// Whether a quoted argument is glued to the option: `-p"secret"`.
fn glued_quote(rest: &str, len: usize) -> bool {
    let after = rest.as_bytes().get(len..).unwrap_or_default();
    matches!(after, [quote, next, ..] if is_quote(*quote) && !next.is_ascii_whitespace() && !matches!(next, b',' | b']'))
        || matches!(after, [b'$' | b'{', ..])
        || after.first().is_some_and(|byte| {
            byte.is_ascii_punctuation()
                && !matches!(
                    byte,
                    b'"' | b'\''
                        | b','
                        | b']'
                        | b'\\'
                        | b'='
                        | b'`'
                        | b')'
                        | b';'
                        | b'|'
                        | b'&'
                        | b'<'
                        | b'>'
                )
        })
}

fn long(name: &str, is_secret: &dyn Fn(&str) -> bool) -> Option<Argument> {
    let is = |known: &&str| name.eq_ignore_ascii_case(known);
    if LONG_WITH_USER.iter().any(|known| is(&known)) {
        return Some(UserAndSecret);
    }
    // `--secret id=…` names a secret
    let names_one = ["secret", "secrets", "password-stdin", "token-file"]
        .iter()
        .any(|known| is(&known));
    (!names_one && (is_secret(name) || is(&"pass"))).then_some(Secret)
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

/// Whether one of `commands` stands before `at` in the same command.
fn runs(text: &str, at: usize, commands: &[&str]) -> bool {
    let least = at.saturating_sub(REACH);
    let before = &text.as_bytes()[least..at];
    let start = memrchr(b'\n', trim_continuations(before)).map_or(0, |newline| newline + 1);
    let line = String::from_utf8_lossy(&before[start..]);
    line.rsplit(['|', ';', '&', '('])
        .next()
        .is_some_and(|command| {
            command
                .split(|c: char| {
                    c.is_whitespace() || matches!(c, '"' | '\'' | ',' | '[' | '/' | '`' | '$')
                })
                .any(|word| commands.contains(&word))
        })
}

/// `before` up to its last line break that is not a continuation.
fn trim_continuations(before: &[u8]) -> &[u8] {
    let mut end = before.len();
    while let Some(newline) = memrchr(b'\n', &before[..end]) {
        let line = before[..newline].trim_ascii_end();
        if !line.ends_with(b"\\") && !line.ends_with(b"`") {
            return &before[..newline + 1];
        }
        end = newline;
    }
    &before[..0]
}

#[cfg(test)]
mod tests {
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
