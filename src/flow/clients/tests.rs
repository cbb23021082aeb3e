//! Command lines and what the table says of them.

mod lines;
mod written;

use super::*;
use crate::flow::shell::{Command, Options, Outcome, simulate};
use crate::model::base_images::Distro;
use crate::model::variables::MIRROR_VARIABLES;
use crate::syntax::shell::{Dialect, parse};

/// The outcome of shell text in an empty environment.
fn outcome(text: &str) -> Outcome {
    let script = parse(text, Dialect::Sh);
    let room = std::cell::Cell::new(usize::MAX);
    simulate(&script, Dialect::Sh, Options::default(), &|_| None, &room)
}

/// The value of a variable in the environment of a command that starts from nothing.
fn variable<'c>(command: &'c Command, name: &str) -> Option<&'c Value<'c>> {
    let variant = command.variants.first()?;
    let (value, _) = variant.environment.value(name, &|_| None)?;
    Some(value)
}

/// Everything the table says of the last command, as one line.
fn describe(text: &str, distro: Distro) -> String {
    let outcome = outcome(text);
    let Some(command) = outcome.commands.last() else {
        return "no command".to_owned();
    };
    let Some(call) = recognise(command, distro.into()) else {
        return "no client".to_owned();
    };
    let variables = |name: &str| variable(command, name);
    let network = match call.network(&variables) {
        Network::Never => "never".to_owned(),
        Network::Offline(Offline::Option(span)) => {
            format!("offline({})", text.get(span.range()).unwrap_or_default())
        }
        Network::Offline(Offline::Variable(name)) => format!("offline({name})"),
        Network::Offline(Offline::Local(_)) => "offline(local)".to_owned(),
        Network::Unknown => "unknown".to_owned(),
        Network::IfNotCached => "if-not-cached".to_owned(),
        Network::Usually => "usually".to_owned(),
        Network::Certain => "certain".to_owned(),
    };
    let targets: Vec<_> = call
        .targets(&variables)
        .iter()
        .map(|target| {
            let scheme = target.scheme.map_or("?".to_owned(), |s| format!("{s:?}"));
            let host = target.host.as_deref().unwrap_or("?");
            format!("{}://{host}", scheme.to_lowercase())
        })
        .collect();
    let schemes = call.schemes(&variables);
    let read: String = [
        ("h", "http_proxy"),
        ("H", "HTTP_PROXY"),
        ("s", "https_proxy"),
        ("S", "HTTPS_PROXY"),
        ("a", "all_proxy"),
        ("A", "ALL_PROXY"),
        ("n", "no_proxy"),
        ("N", "NO_PROXY"),
    ]
    .iter()
    .filter_map(|(letter, name)| match call.reads(name, &schemes) {
        Reads::Yes => Some(*letter),
        Reads::Unknown => Some("?"),
        _ => None,
    })
    .collect();
    let mirror = MIRROR_VARIABLES
        .iter()
        .find(|name| call.reads(name, &schemes) == Reads::Yes);
    let overrides: Vec<_> = call
        .overrides(&variables)
        .iter()
        .map(|setting| {
            let value = setting.value.as_known().unwrap_or("?");
            format!("{:?}={value}", setting.role)
        })
        .collect();
    let mut line = format!(
        "{} {network} {} {read} {}",
        call.client.name,
        targets.join(","),
        mirror.unwrap_or(&"")
    );
    if !overrides.is_empty() {
        line = format!("{line} {}", overrides.join(" "));
    }
    line.trim_end().to_owned()
}

/// The call that a command line makes.
fn with_call<T>(text: &str, ask: impl FnOnce(&Call<'_>) -> T) -> T {
    let outcome = outcome(text);
    let call = outcome
        .commands
        .last()
        .and_then(|command| recognise(command, Distro::Debian.into()));
    ask(&call.unwrap())
}

#[test]
fn reads_says_why_not() {
    let https = [Scheme::Https];
    for (text, name, scheme, expected) in [
        (
            "curl x",
            "HTTP_PROXY",
            Scheme::Http,
            Reads::WrongSpelling("http_proxy"),
        ),
        ("curl x", "HTTP_PROXY", Scheme::Https, Reads::OtherScheme),
        (
            "apt update",
            "HTTPS_PROXY",
            Scheme::Https,
            Reads::WrongSpelling("https_proxy"),
        ),
        ("apt update", "http_proxy", Scheme::Https, Reads::Yes),
        (
            "apt update",
            "NO_PROXY",
            Scheme::Http,
            Reads::WrongSpelling("no_proxy"),
        ),
        ("go get x", "ALL_PROXY", Scheme::Https, Reads::Ignored),
        (
            "go get x",
            "goproxy",
            Scheme::Https,
            Reads::WrongSpelling("GOPROXY"),
        ),
        (
            "go get x",
            "PIP_INDEX_URL",
            Scheme::Https,
            Reads::NotItsVariable,
        ),
        ("npm ci", "Npm_Config_Registry", Scheme::Https, Reads::Yes),
        ("mvn package", "https_proxy", Scheme::Https, Reads::Ignored),
        ("mvn package", "MAVEN_OPTS", Scheme::Https, Reads::Yes),
        (
            "bundle install",
            "BUNDLE_MIRROR__HTTPS://X/",
            Scheme::Https,
            Reads::Yes,
        ),
        (
            "poetry install",
            "https_proxy",
            Scheme::Https,
            Reads::Unknown,
        ),
        (
            "git clone ssh://x/y",
            "https_proxy",
            Scheme::Ssh,
            Reads::Ignored,
        ),
    ] {
        let answer = with_call(text, |call| call.reads(name, &[scheme]));
        assert_eq!(answer, expected, "{text} {name}");
    }
    let any = with_call("curl x", |call| call.reads("HTTPS_PROXY", &[]));
    assert_eq!(any, Reads::Yes);
    let both = with_call("curl x", |call| call.reads("HTTP_PROXY", &https));
    assert_eq!(both, Reads::OtherScheme);
}

#[test]
fn spellings_are_those_measured() {
    for (text, name, scheme, expected) in [
        ("curl x", "http_proxy", Scheme::Http, Spelling::Lower),
        ("curl x", "https_proxy", Scheme::Https, Spelling::LowerWins),
        (
            "go get x",
            "https_proxy",
            Scheme::Https,
            Spelling::UpperWins,
        ),
        ("npm ci", "https_proxy", Scheme::Https, Spelling::Either),
        ("wget x", "NO_PROXY", Scheme::Https, Spelling::Lower),
        ("mvn package", "http_proxy", Scheme::Http, Spelling::Ignored),
    ] {
        let spelling = with_call(text, |call| {
            call.proxies().map(|proxies| proxies.spelling(name, scheme))
        });
        assert_eq!(spelling, Some(expected), "{text} {name}");
    }
}

#[test]
fn caches() {
    for (text, uses, fills) in [
        ("go mod download", false, Fill::All),
        ("go mod download example.com/x", false, Fill::Part),
        ("go get -d ./...", false, Fill::All),
        ("go build ./...", true, Fill::Part),
        ("go install example.com/x@v1", false, Fill::Nothing),
        ("npm ci", false, Fill::Nothing),
    ] {
        let answer = with_call(text, |call| {
            (call.uses_module_cache(), call.fills_module_cache())
        });
        assert_eq!(answer, (uses, fills), "{text}");
    }
}

#[test]
fn a_program_is_named_once_and_every_row_has_its_evidence() {
    let mut names = hashbrown::HashSet::new();
    for client in CLIENTS.iter().copied().flatten() {
        for name in client.programs.split('|') {
            assert!(names.insert(name), "{name} twice");
        }
        for row in client.rows {
            assert!(!row.evidence.source.is_empty(), "{}", client.name);
        }
        let takes_rest = client.rows.last().is_some_and(|row| row.words.is_empty());
        assert!(takes_rest || client.name == "go", "{}", client.name);
    }
}

#[test]
fn what_is_not_verified_says_so() {
    for (text, verified) in [
        ("curl x", true),
        ("yarn --frozen-lockfile", true),
        ("yarn", false),
        ("dnf install x", false),
        ("poetry install", false),
    ] {
        assert_eq!(
            with_call(text, |call| call.proxies_are_verified()),
            verified,
            "{text}"
        );
    }
}
