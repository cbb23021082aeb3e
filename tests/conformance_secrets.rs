//! The referee's labelled settings: one test per row. `DOCKLINT_CASES` names further folders of cases.

use std::path::{Path, PathBuf};

use docklint::secrets::{Names, Place, Verdict, judge};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let trials = files().iter().flat_map(|file| trials(file)).collect();
    libtest_mimic::run(&arguments, trials).exit();
}

fn files() -> Vec<PathBuf> {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/conformance");
    let more = std::env::var("DOCKLINT_CASES").unwrap_or_default();
    let folders = more
        .split(':')
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from);
    std::iter::once(ours)
        .chain(folders)
        .map(|folder| folder.join("secrets"))
        .flat_map(|folder| std::fs::read_dir(folder).into_iter().flatten().flatten())
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tsv"))
        .collect()
}

fn trials(file: &Path) -> Vec<Trial> {
    let text = std::fs::read_to_string(file).expect("the list is readable");
    let stem = file
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    text.lines()
        .enumerate()
        .skip(1)
        .map(|(at, line)| {
            let line = line.to_owned();
            let name = line.split('\t').take(2).collect::<Vec<_>>().join(" ");
            Trial::test(format!("{stem}:{} {name}", at + 1), move || row(&line))
        })
        .collect()
}

fn row(line: &str) -> Result<(), Failed> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [place, name, value, expected, why] = columns[..] else {
        return Err(format!("not five columns: {line}").into());
    };
    let value = expand(value);
    let judgement = judge(&Names::BUILT_IN, place_of(place)?, name, value.as_deref());
    let verdict = match judgement.verdict {
        Verdict::Token => "token",
        Verdict::Literal => "literal",
        Verdict::Channel => "channel",
        Verdict::Weak => "weak",
        Verdict::Clean => "clean",
    };
    if verdict == expected {
        Ok(())
    } else {
        Err(format!(
            "{place} {name} {value:?}: {verdict}, expected {expected} ({why}); {judgement:?}"
        )
        .into())
    }
}

fn place_of(kind: &str) -> Result<Place, Failed> {
    Ok(match kind {
        "arg" => Place::Arg,
        "env" => Place::Env,
        "build-arg" => Place::BuildArg,
        "compose-env" => Place::ComposeEnv,
        "systemd-env" => Place::SystemdEnv,
        "daemon-proxy" => Place::DaemonProxy,
        "cli-proxy" => Place::CliProxy,
        "run" => Place::Run,
        "label" => Place::Label,
        other => return Err(format!("unknown kind {other}").into()),
    })
}

/// Expands the list's templates as its `expand.py` does: innermost first, until none is left.
fn expand(value: &str) -> Option<String> {
    if value == "(none)" {
        return None;
    }
    let mut text = value.replace("{{lb}}", "\u{1}").replace("{{rb}}", "\u{2}");
    while let Some((start, end)) = innermost(&text) {
        let expanded = template(&words(&text[start + 2..end]));
        text.replace_range(start..end + 2, &expanded);
    }
    Some(
        text.replace("\\n", "\n")
            .replace('\u{1}', "{")
            .replace('\u{2}', "}"),
    )
}

/// The first template that holds no other: offsets of its `{{` and `}}`.
fn innermost(text: &str) -> Option<(usize, usize)> {
    let end = text.find("}}")?;
    let start = text[..end].rfind("{{")?;
    Some((start, end))
}

/// Splits as a shell does: blanks, quotes, escapes.
fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (None, '"' | '\'') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (Some(open), c) if c == open => quote = None,
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(chars.next()),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

fn template(words: &[String]) -> String {
    match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["cat", ref parts @ ..] => parts.concat(),
        ["rep", text, count] => text.repeat(count.parse().expect("a count")),
        ["crc", prefix, body] => [prefix, body, &base62(crc32(body.as_bytes()))].concat(),
        ["bad", prefix, body] => [prefix, body, &base62(crc32(body.as_bytes()) ^ 0x5a5a)].concat(),
        ref other => panic!("unknown template {other:?}"),
    }
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & 0u32.wrapping_sub(crc & 1))
        })
    })
}

fn base62(mut number: u32) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut digits = [b'0'; 6];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(number % 62) as usize];
        number /= 62;
    }
    String::from_utf8_lossy(&digits).into_owned()
}
