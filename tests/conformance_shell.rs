//! Every case of `fixtures/conformance/shell/`, of `fixtures/recorded/shell/` (recorded with dash 0.5.12
//! and bash 5.2 for this project), and of the folder `shell/` in each folder named by `DOCKLINT_CASES`:
//! what dash and bash really gave to every command, against the simulation.
//! `facts/shell.md` explains the format.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use docklint::flow::shell::{Argument, Command, Options, Outcome, StartVariable, simulate};
use docklint::model::{HopId, Mechanism, Piece, Provenance, Unknown, Value};
use docklint::source::Span;
use docklint::syntax::shell::{Dialect, Foreign, parse};
use libtest_mimic::{Arguments, Failed, Trial};
use serde::Deserialize;

/// The variables that the recorder noted for each command.
const WATCHED: [&str; 9] = [
    "GOPROXY",
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "ALL_PROXY",
    "TOKEN",
];

#[derive(Deserialize)]
struct Snippet {
    shells: String,
    script: String,
    /// The variables it expands.
    vars: Option<BTreeSet<String>>,
    may: BTreeSet<String>,
    #[serde(default)]
    cases: Vec<Case>,
    /// Commands that must be found in damaged text.
    hand: Option<BTreeSet<String>>,
    /// The foreign shell that it is written for.
    #[serde(default)]
    opaque: Option<String>,
}

#[derive(Deserialize)]
struct Case {
    env: BTreeMap<String, String>,
    commands: Vec<Recorded>,
}

#[derive(Debug, Deserialize)]
struct Recorded {
    argv: Vec<String>,
    env: BTreeMap<String, String>,
    /// The only shell that ran it.
    only: Option<String>,
}

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let arguments = Arguments::from_args();
    let mut snippets = Vec::new();
    for folder in folders() {
        snippets.extend(read(&folder)?);
    }
    let stubs: Arc<BTreeSet<String>> = Arc::new(
        snippets
            .iter()
            .flat_map(|(_, snippet)| recorded_names(snippet))
            .collect(),
    );
    let trials = snippets
        .into_iter()
        .map(|(name, snippet)| {
            let stubs = Arc::clone(&stubs);
            Trial::test(name, move || snippet.check(&stubs))
        })
        .collect();
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// The project's own cases, then those of `DOCKLINT_CASES`.
fn folders() -> Vec<PathBuf> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let own = ["conformance", "recorded"].map(|folder| fixtures.join(folder));
    let more = std::env::var_os("DOCKLINT_CASES").unwrap_or_default();
    let more = std::env::split_paths(&more).filter(|folder| !folder.as_os_str().is_empty());
    own.into_iter()
        .chain(more)
        .map(|folder| folder.join("shell"))
        .filter(|folder| folder.is_dir())
        .collect()
}

fn read(folder: &Path) -> Result<Vec<(String, Snippet)>, Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(folder.join("snippets.tsv"))?;
    text.lines()
        .skip(1)
        .map(|line| {
            let mut fields = line.split('\t');
            let id = fields.next().unwrap_or_default().to_owned();
            let expected = fields.nth(1).ok_or("a line without expected_json")?;
            Ok((id, serde_json::from_str(expected)?))
        })
        .collect()
}

/// The programs for which the recorder had stubs.
fn recorded_names(snippet: &Snippet) -> BTreeSet<String> {
    let commands = snippet.cases.iter().flat_map(|case| &case.commands);
    commands
        .filter_map(|command| command.argv.first().cloned())
        .chain(snippet.may.iter().cloned())
        .chain(snippet.hand.iter().flatten().cloned())
        .collect()
}

impl Snippet {
    fn check(&self, stubs: &BTreeSet<String>) -> Result<(), Failed> {
        let shells: &[_] = match self.shells.as_str() {
            "bash" => &[(Dialect::Bash, "bash")],
            "sh" | "dash" => &[(Dialect::Sh, "dash")],
            _ => &[(Dialect::Sh, "dash"), (Dialect::Bash, "bash")],
        };
        for &(dialect, shell) in shells {
            for case in &self.cases {
                self.check_case(case, dialect, shell, stubs)
                    .map_err(|error| format!("{shell}, {:?}: {error}", case.env))?;
            }
            if let Some(names) = &self.hand {
                self.check_damaged(names, dialect, stubs)
                    .map_err(|error| format!("{shell}: {error}"))?;
            }
        }
        Ok(())
    }

    fn check_case(
        &self,
        case: &Case,
        dialect: Dialect,
        shell: &str,
        stubs: &BTreeSet<String>,
    ) -> Result<(), String> {
        let start = Environment::new(&case.env);
        let outcome = run(&self.script, dialect, &start);
        check_spans(&self.script, &outcome)?;
        let used: BTreeSet<_> = outcome
            .uses
            .iter()
            .map(|place| place.name.clone())
            .collect();
        if let Some(vars) = &self.vars
            && used != *vars
        {
            return Err(format!("expands {used:?}, expected {vars:?}"));
        }
        let expected: Vec<_> = case
            .commands
            .iter()
            .filter(|command| command.only.as_deref().is_none_or(|only| only == shell))
            .collect();
        let mut seen = vec![false; expected.len()];
        for command in recordable(&outcome, stubs) {
            for variant in &command.variants {
                let environment = |name: &str| {
                    let value = variant.environment.value(name, &|name| start.get(name));
                    value.map(|(value, _)| value.clone().into_owned())
                };
                let mut found = false;
                for (recorded, seen) in expected.iter().zip(&mut seen) {
                    if recorded.is(command, environment) {
                        found = true;
                        *seen = true;
                    }
                }
                let name = command.name().unwrap_or_default();
                if !found && !self.may.contains(name) {
                    return Err(format!("not expected: {}", describe(command, environment)));
                }
            }
        }
        match seen.iter().position(|seen| !seen) {
            Some(missing) => Err(format!("missing: {:?}", expected[missing])),
            None => Ok(()),
        }
    }

    fn check_damaged(
        &self,
        names: &BTreeSet<String>,
        dialect: Dialect,
        stubs: &BTreeSet<String>,
    ) -> Result<(), String> {
        let start = Environment::new(&BTreeMap::new());
        let outcome = run(&self.script, dialect, &start);
        check_spans(&self.script, &outcome)?;
        let foreign = match self.opaque.as_deref() {
            Some("cmd") => Some(Foreign::Cmd),
            Some("powershell") => Some(Foreign::PowerShell),
            _ => None,
        };
        if outcome.foreign != foreign {
            return Err(format!("taken for {:?}", outcome.foreign));
        }
        let found: BTreeSet<_> = recordable(&outcome, stubs)
            .filter_map(|command| command.name().map(str::to_owned))
            .collect();
        if found != *names {
            return Err(format!("found {found:?}, expected {names:?}"));
        }
        Ok(())
    }
}

impl Recorded {
    fn is(&self, command: &Command, environment: impl Fn(&str) -> Option<Value<'static>>) -> bool {
        argv_matches(&command.argv, &self.argv)
            && WATCHED
                .iter()
                .all(|name| match (environment(name), self.env.get(*name)) {
                    (None, None) => true,
                    (Some(value), Some(text)) => value_matches(&value, text),
                    _ => false,
                })
    }
}

/// The commands that the recorder could see: programs with a stub, not run by a stub.
fn recordable<'o>(
    outcome: &'o Outcome,
    stubs: &'o BTreeSet<String>,
) -> impl Iterator<Item = &'o Command> {
    outcome.commands.iter().filter(|command| {
        command.name().is_some_and(|name| stubs.contains(name))
            && !command
                .wrappers
                .iter()
                .any(|wrapper| stubs.contains(&wrapper.name))
    })
}

struct Environment {
    values: BTreeMap<String, Value<'static>>,
    hop: HopId,
}

impl Environment {
    fn new(variables: &BTreeMap<String, String>) -> Self {
        let known = |(name, text): (&String, &String)| (name.clone(), Value::known(text.clone()));
        let mut values: BTreeMap<_, _> = variables.iter().map(known).collect();
        let home = values.entry("HOME".to_owned());
        home.or_insert_with(|| Value::known("/root"));
        values.insert("PATH".to_owned(), Value::Unknown(Unknown::BaseImage));
        let hop = Provenance::default().add(Mechanism::Env, None, &[]);
        Self { values, hop }
    }

    fn get(&self, name: &str) -> Option<StartVariable<'_>> {
        let value = self.values.get(name)?;
        Some(StartVariable {
            value,
            hop: self.hop,
        })
    }
}

fn run(text: &str, dialect: Dialect, start: &Environment) -> Outcome {
    let script = parse(text, dialect);
    let room = std::cell::Cell::new(usize::MAX);
    simulate(
        &script,
        dialect,
        Options::default(),
        &|name| start.get(name),
        &room,
    )
}

fn argv_matches(argv: &[Argument], texts: &[String]) -> bool {
    match argv.split_first() {
        None => texts.is_empty(),
        Some((argument, rest)) if argument.many => {
            (0..=texts.len()).any(|count| argv_matches(rest, &texts[count..]))
        }
        Some((argument, rest)) => texts.split_first().is_some_and(|(text, texts)| {
            value_matches(&argument.value, text) && argv_matches(rest, texts)
        }),
    }
}

/// Whether a value, as far as it is known, can be `text`.
fn value_matches(value: &Value<'_>, text: &str) -> bool {
    let pieces = match value {
        Value::Known(known) => return known == text,
        Value::Unknown(_) => return true,
        Value::Partly(pieces) => pieces,
    };
    let mut rest = text;
    let mut anything = false;
    for piece in pieces {
        match piece {
            Piece::Unknown(_) => anything = true,
            Piece::Text(known) => {
                let found = rest.find(&**known).filter(|at| anything || *at == 0);
                let Some(at) = found else {
                    return false;
                };
                rest = &rest[at + known.len()..];
                anything = false;
            }
        }
    }
    anything || rest.is_empty()
}

/// Every span lies in the text and on char boundaries, and a plain word's span holds the word.
fn check_spans(text: &str, outcome: &Outcome) -> Result<(), String> {
    let slice = |span: Span| {
        let found = text.get(span.range());
        found.ok_or_else(|| format!("{span:?} does not lie in the text"))
    };
    for command in &outcome.commands {
        slice(command.span)?;
        for argument in &command.argv {
            let word = slice(argument.span)?;
            let plain = word
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-./:".contains(&b));
            match argument.value.as_known() {
                Some(known) if plain && known != word && !word.is_empty() => {
                    return Err(format!("the span of {known:?} holds {word:?}"));
                }
                _ => {}
            }
        }
        for redirection in &command.redirections {
            slice(redirection.span)?;
        }
    }
    for place in &outcome.uses {
        let word = slice(place.span)?;
        if !word.contains(&place.name) {
            return Err(format!("the span of {:?} holds {word:?}", place.name));
        }
    }
    for assignment in &outcome.assignments {
        slice(assignment.span)?;
    }
    Ok(())
}

fn describe(command: &Command, environment: impl Fn(&str) -> Option<Value<'static>>) -> String {
    let argv: Vec<_> = command
        .argv
        .iter()
        .map(|argument| &argument.value)
        .collect();
    let watched: Vec<_> = WATCHED
        .iter()
        .filter_map(|name| environment(name).map(|value| (name, value)))
        .collect();
    format!("{argv:?} with {watched:?}")
}
