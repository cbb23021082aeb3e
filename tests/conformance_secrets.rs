//! The referee's labelled settings, two tests per row: `verdict` asks the door, `pipeline` renders the
//! row into a file of its kind and runs everything. `DOCKLINT_CASES` names further folders of cases.

#[path = "support/checksum.rs"]
mod checksum;

use std::path::{Path, PathBuf};

use checksum::{base62, crc32};
use docklint::check::{Options, check};
use docklint::finding::Severity;
use docklint::rules::{Choice, Selection, Selections};
use docklint::secrets::{Names, Place, Verdict, judge};
use docklint::source::{FileId, FileKind, SourceFile};
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
        .flat_map(|(at, line)| {
            let name = line.split('\t').take(2).collect::<Vec<_>>().join(" ");
            let name = format!("{stem}:{} {name}", at + 1);
            let (row_line, pipeline_line) = (line.to_owned(), line.to_owned());
            [
                Trial::test(format!("verdict::{name}"), move || row(&row_line)),
                Trial::test(format!("pipeline::{name}"), move || {
                    pipeline(&pipeline_line)
                }),
            ]
        })
        .collect()
}

/// The rules that speak of secrets.
const RULES: [&str; 6] = [
    "credential-literal",
    "proxy-credentials",
    "secret-in-arg",
    "secret-in-compose",
    "secret-in-env",
    "secret-in-run",
];

/// Runs the row through everything: which rule speaks, how loud.
fn pipeline(line: &str) -> Result<(), Failed> {
    let columns: Vec<&str> = line.split('\t').collect();
    let [kind, name, value, expected, why] = columns[..] else {
        return Err(format!("not five columns: {line}").into());
    };
    let value = expand(value);
    let sources = rendered(kind, name, value.as_deref());
    let choice = Choice {
        select: RULES.map(str::to_owned).to_vec(),
        ..Choice::default()
    };
    let selection = Selection::new(&choice).map_err(|error| error.to_string())?;
    let of_file = vec![0; sources.len()];
    let options = Options {
        selections: Selections::new(vec![selection], of_file),
        ..Options::default()
    };
    let findings = check(sources, &options).findings;
    let found: Vec<(&str, Severity)> = findings
        .iter()
        .map(|finding| (finding.rule, finding.severity))
        .collect();
    if is_as_expected(kind, expected, &found) {
        Ok(())
    } else {
        Err(format!("{kind} {name} {value:?}: {found:?}, expected {expected} ({why})").into())
    }
}

/// One finding for what is no secret's absence: the rule of the place, in the severity of the verdict.
fn is_as_expected(kind: &str, expected: &str, found: &[(&str, Severity)]) -> bool {
    use Severity::{Error, Info, Warning};
    let rule = match kind {
        "arg" | "build-arg" => "secret-in-arg",
        "env" | "systemd-env" => "secret-in-env",
        "compose-env" => "secret-in-compose",
        "run" => "secret-in-run",
        _ => "credential-literal",
    };
    let severity = match (expected, kind) {
        ("clean", _) => return found.is_empty(),
        ("weak", _) => Info,
        ("channel", "env") => Error,
        ("channel", _) => Warning,
        ("literal", "env" | "systemd-env" | "compose-env") => Warning,
        ("token", "compose-env") => Warning,
        _ => Error,
    };
    match found {
        // What the form proves, or a proxy's password, has a rule of its own.
        [("credential-literal" | "proxy-credentials", Error)] => expected == "token",
        [(spoke, loud)] => (*spoke, *loud) == (rule, severity),
        _ => false,
    }
}

/// The row as files of its kind.
fn rendered(kind: &str, name: &str, value: Option<&str>) -> Vec<SourceFile> {
    let text = value.unwrap_or_default();
    let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    let assigned = value.map_or_else(|| name.to_owned(), |_| format!("{name}={quoted}"));
    // The variables that an ENV takes from outside come in by ARG.
    let declared: String = variables(text)
        .map(|name| format!("ARG {name}\n"))
        .collect();
    let dockerfile = |line: String| {
        file(
            0,
            "Dockerfile",
            FileKind::Dockerfile,
            &format!("FROM alpine:3.22\n{line}\n"),
        )
    };
    let yaml = format!("'{}'", text.replace('\'', "''"));
    match kind {
        "arg" => vec![dockerfile(format!("ARG {assigned}"))],
        "env" => vec![dockerfile(format!("{declared}ENV {assigned}"))],
        "label" => vec![dockerfile(format!("LABEL {assigned}"))],
        "run" => vec![dockerfile(format!("RUN {text}"))],
        "build-arg" => {
            let entry = value.map_or_else(String::new, |_| format!(" {yaml}"));
            let compose = format!(
                "services:\n  app:\n    build:\n      context: .\n      args:\n        {name}:{entry}\n"
            );
            vec![
                dockerfile(format!("ARG {name}")),
                file(1, "compose.yml", FileKind::Compose, &compose),
            ]
        }
        "compose-env" => {
            let entry = value.map_or_else(String::new, |_| format!(" {yaml}"));
            let compose = format!(
                "services:\n  app:\n    image: app\n    environment:\n      {name}:{entry}\n"
            );
            vec![file(0, "compose.yml", FileKind::Compose, &compose)]
        }
        "systemd-env" => {
            let unit = format!(
                "[Service]\nEnvironment=\"{name}={}\"\n",
                text.replace('%', "%%")
            );
            vec![file(0, "docker.service.d/x.conf", FileKind::Unit, &unit)]
        }
        "daemon-proxy" => {
            let json = serde_json::json!({ "proxies": { name: text } });
            vec![file(
                0,
                "daemon.json",
                FileKind::DaemonJson,
                &json.to_string(),
            )]
        }
        "cli-proxy" => {
            let json = serde_json::json!({ "proxies": { "default": { name: text } } });
            vec![file(
                0,
                ".docker/config.json",
                FileKind::ClientConfig,
                &json.to_string(),
            )]
        }
        other => panic!("unknown kind {other}"),
    }
}

fn file(id: u32, path: &str, kind: FileKind, text: &str) -> SourceFile {
    SourceFile::new(FileId(id), path.to_owned(), kind, text.as_bytes().to_vec())
        .located(format!("/project/{path}"))
}

/// The names in `${NAME}`.
fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${").skip(1).filter_map(|rest| {
        let len = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
        rest.get(..len)
    })
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
        ["crc", prefix, body] => [prefix, body, &base62(crc32(body))].concat(),
        ["bad", prefix, body] => [prefix, body, &base62(crc32(body) ^ 0x5a5a)].concat(),
        ref other => panic!("unknown template {other:?}"),
    }
}
