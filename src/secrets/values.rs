//! Values: what stands there when no format shows itself.

use super::names;
use super::value_lists as lists;

/// What a literal value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Nothing.
    Empty,
    /// A switch or the name of a method: `true`, `none`, `trust`.
    Switch,
    /// Where the secret is: a path, a URL, a reference to a vault; or a public key.
    Reference,
    /// Stars, x-runs, encrypted text: nothing to see.
    Masked,
    /// Text that asks to be replaced: `changeme`, `your-token`.
    Placeholder,
    /// A password everybody knows.
    Weak,
    /// Too short for anything another party issues.
    Short,
    /// The real thing, as far as one can tell.
    Literal,
}

/// What `value` of the setting `name` is. Interpolations are judged before
/// ([`interpolation::of`](super::interpolation::of)).
pub fn shape(name: &str, value: &str) -> Shape {
    let value = unquoted(value.trim());
    if value.is_empty() {
        Shape::Empty
    } else if is_any(value, lists::SWITCHES) {
        Shape::Switch
    } else if is_reference(value) {
        Shape::Reference
    } else if is_masked(value) {
        Shape::Masked
    } else if is_placeholder(value) {
        Shape::Placeholder
    } else if is_weak(name, value) {
        Shape::Weak
    } else if value.bytes().filter(u8::is_ascii_alphanumeric).count() < 6 {
        Shape::Short
    } else {
        Shape::Literal
    }
}

/// Whether the value consists of words of the kind a manual writes: `api-key`, `my_secret_token`.
/// For a key that is a placeholder; a password may well be that.
pub fn is_descriptive(name: &str, value: &str) -> bool {
    let own = names::lower_words(name);
    let mut words = names::lower_words(value).into_iter().peekable();
    words.peek().is_some()
        && words.all(|word| own.contains(&word) || lists::DESCRIPTIVE.contains(&word.as_str()))
}

/// Whether the value is the fingerprint of a public key that signs releases: forty hexadecimal
/// digits, as the official images keep them.
pub fn is_fingerprint(name: &str, value: &str) -> bool {
    let hex = value.strip_prefix("0x").unwrap_or(value).replace(' ', "");
    hex.len() == 40
        && hex.bytes().all(|byte| byte.is_ascii_hexdigit())
        && names::lower_words(name)
            .iter()
            .any(|word| word == "signing")
}

/// Whether the value of a key names something instead of being one: `app-rules-engine` under
/// `…_KEY`, `broker_keystore_creds` under `…_CREDENTIALS`.
pub fn is_identifier(name: &str, value: &str) -> bool {
    let words = names::lower_words(name);
    let parts = || value.split(['-', '_']);
    let is_word = |part: &str| {
        (2..=14).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_lowercase())
    };
    let are_words = parts().count() >= 2 && parts().all(is_word);
    let names_file = |word: &str| matches!(word, "creds" | "credentials");
    // The access key of S3 and its like is the name of an account; its secret key is the secret.
    let is_account = words.ends_with(&["access".to_owned(), "key".to_owned()])
        && words.iter().all(|word| word != "secret");
    if is_account && is_word(value) {
        return true;
    }
    match words.last().map(String::as_str) {
        Some("key") => are_words,
        Some(last) if names_file(last) => are_words && parts().next_back().is_some_and(names_file),
        _ => false,
    }
}

/// Whether the value has enough different characters to be more than a filler, and is not made of
/// runs of the same one (`aaaabbbbcccc`).
pub fn varies(value: &str) -> bool {
    let bytes = value.as_bytes();
    let changes = bytes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if bytes.len() >= 12 && (changes + 1) * 3 <= bytes.len() {
        return false;
    }
    let mut seen: Vec<char> = value
        .chars()
        .filter(|c| c.is_alphanumeric())
        .take(64)
        .collect();
    seen.sort_unstable();
    seen.dedup();
    seen.len() >= 4
}

/// The value without the quotes around it.
pub(super) fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

fn is_any(value: &str, list: &[&str]) -> bool {
    list.iter().any(|known| value.eq_ignore_ascii_case(known))
}

fn is_reference(value: &str) -> bool {
    is_path(value) || is_url(value) || is_public_key(value) || is_vault_reference(value)
}

/// Absolute, relative or home paths, and names of files; `/…` with `+` or `=` is base64.
fn is_path(value: &str) -> bool {
    let is_base64 = value.contains(['+', '=']) || value.contains("//");
    let rooted = value.starts_with('/') && !is_base64;
    let marked = ["./", "../", "~/", "file:", "%h/", "%d/", "%t/"]
        .iter()
        .any(|start| value.starts_with(start));
    let drive = matches!(value.as_bytes(), [letter, b':', b'\\' | b'/', ..] if letter.is_ascii_alphabetic());
    let is_word =
        |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '{' | '}' | '$');
    let file = value.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty() && stem.chars().all(is_word) && is_any(extension, lists::EXTENSIONS)
    });
    rooted || marked || drive || file
}

fn is_url(value: &str) -> bool {
    value.split_once("://").is_some_and(|(scheme, _)| {
        !scheme.is_empty()
            && scheme.bytes().all(|byte| {
                byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b':')
            })
    })
}

fn is_public_key(value: &str) -> bool {
    [
        "ssh-rsa ",
        "ssh-dss ",
        "ssh-ed25519 ",
        "ecdsa-sha2-",
        "sk-ssh-",
        "sk-ecdsa-",
        "age1",
        "-----BEGIN PUBLIC KEY",
        "-----BEGIN RSA PUBLIC KEY",
        "-----BEGIN CERTIFICATE",
        "-----BEGIN PGP PUBLIC KEY",
    ]
    .iter()
    .any(|start| value.starts_with(start))
}

/// Names of a secret in a store: the value is fetched when it is needed.
pub(super) fn is_vault_reference(value: &str) -> bool {
    [
        "vault:",
        "op://",
        "arn:aws:",
        "ssm:",
        "secretref:",
        "awssm:",
        "gcpsm:",
        "sm://",
        "keyvault:",
        "env:",
        "projects/",
    ]
    .iter()
    .any(|start| value.starts_with(start))
}

/// Encrypted or blanked out.
fn is_masked(value: &str) -> bool {
    let encrypted = ["ENC[", "ENC(", "{cipher}", "$ANSIBLE_VAULT", "AgB"]
        .iter()
        .any(|start| value.starts_with(start));
    let blank = |c: char| {
        matches!(
            c,
            '*' | 'x' | 'X' | '.' | '-' | '_' | '•' | '#' | '?' | '…' | ' '
        )
    };
    let encrypted = encrypted && (!value.starts_with("AgB") || value.len() > 300);
    encrypted
        || value.chars().all(blank)
        || has_run(value)
        || has_word(
            value,
            &["redacted", "censored", "masked", "removed", "hidden"],
        )
}

/// A run of stars or of the letter x, at word borders or behind a token's prefix.
fn has_run(value: &str) -> bool {
    value.contains("***")
        || value
            .split(|c: char| !c.is_alphanumeric())
            .any(|word| word.len() >= 3 && word.bytes().all(|byte| byte | 0x20 == b'x'))
}

fn has_word(value: &str, list: &[&str]) -> bool {
    names::lower_words(value)
        .iter()
        .any(|word| list.contains(&word.as_str()))
}

fn is_placeholder(value: &str) -> bool {
    let shout = value.strip_suffix("KEY").unwrap_or(value);
    let words = names::lower_words(value);
    shout.ends_with("EXAMPLE")
        || words.iter().any(|word| {
            lists::PLACEHOLDER_WORDS.contains(&word.as_str())
                || lists::PLACEHOLDER_WORDS.contains(&word.trim_end_matches(is_digit))
        })
        || words.windows(2).any(|pair| {
            let second = pair[1].trim_end_matches(is_digit);
            lists::PLACEHOLDER_PAIRS
                .iter()
                .any(|known| pair[0] == known[0] && second == known[1])
        })
        || value.starts_with("__") && value.ends_with("__")
        || value.starts_with("[[") && value.ends_with("]]")
        || value.starts_with("#{") && value.ends_with('}')
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Whether everybody would try that password first.
fn is_weak(name: &str, value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let digits = lower.bytes().all(|byte| byte.is_ascii_digit());
    let sequence = "12345678901234567890".contains(lower.as_str());
    let first = lower.bytes().next();
    if lower.len() <= 3
        || is_version(&lower)
        || (digits && (lower.len() <= 8 || sequence))
        || lower.bytes().all(|byte| Some(byte) == first)
    {
        return true;
    }
    // `admin123!` is no better than `admin`
    let bare = lower.trim_end_matches(|c: char| {
        c.is_ascii_digit() || matches!(c, '!' | '@' | '#' | '$' | '.' | '-' | '_' | '?')
    });
    let joined: String = bare
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '@')
        .collect();
    let known = |word: &str| lists::WEAK.contains(&word);
    if known(&lower) || known(bare) || known(&joined) {
        return true;
    }
    is_own_name(name, &joined)
        || pair(&lower).is_some_and(|(user, password)| {
            (known(user) || is_own_name(name, user))
                && (user == password || is_weak(name, password))
        })
}

/// `1.2.3`, `v1.25`: numbers with dots between them.
pub fn is_version(lower: &str) -> bool {
    let numbers = lower.strip_prefix('v').unwrap_or(lower);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    numbers.contains('.') && numbers.split('.').all(is_number)
}

/// Whether the value switches something on or off: under any name it is no secret, and the setting
/// takes none.
pub fn is_boolean(value: &str) -> bool {
    is_any(
        unquoted(value.trim()),
        &["true", "false", "yes", "no", "on", "off"],
    )
}

/// `neo4j/test`: user and password in one value.
fn pair(value: &str) -> Option<(&str, &str)> {
    value
        .split_once([':', '/'])
        .filter(|(_, password)| !password.contains([':', '/']))
}

/// `POSTGRES_PASSWORD=postgres`, `MY_APP_PASSWORD=myapp`.
fn is_own_name(name: &str, joined: &str) -> bool {
    let words = names::lower_words(name);
    let starts = |from: usize| {
        let mut run = String::new();
        words.iter().skip(from).any(|word| {
            run.push_str(word);
            // `NAGIOSADMIN_PASS=nagios`
            let begins = joined.len() >= 4 && run.starts_with(joined);
            begins || run == joined || run.trim_end_matches(is_digit) == joined
        })
    };
    !joined.is_empty() && (0..words.len().min(8)).any(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes() {
        use Shape::{Empty, Literal, Masked, Placeholder, Reference, Short, Switch, Weak};
        for (value, expected) in [
            ("", Empty),
            ("TRUE", Switch),
            ("/run/secrets/db", Reference),
            ("certs/tls.pem", Reference),
            ("https://h/x", Reference),
            ("/aGVs+bG8gd29ybGQ=", Literal),
            ("********", Masked),
            ("sk-xxxxxxxx", Masked),
            ("ENC[AES256_GCM,data:x]", Masked),
            ("your-api-key", Placeholder),
            ("REPLACE_ME_WITH_IT", Placeholder),
            ("ChangeMe123", Placeholder),
            ("admin123!", Weak),
            ("app1", Weak),
            ("20240101", Weak),
            ("123456789", Weak),
            ("1.2.3", Weak),
            ("v1.25", Weak),
            ("false", Switch),
            ("0", Switch),
            ("$100x", Short),
            ("SyntheticPw9q", Literal),
            ("falsehood9x", Literal),
            ("unchangemeful7", Literal),
        ] {
            assert_eq!(shape("APP_PASSWORD", value), expected, "{value}");
        }
    }
}
