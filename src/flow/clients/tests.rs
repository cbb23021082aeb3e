//! Command lines and what the table says of them.

mod lines;

use super::*;
use crate::flow::shell::{Command, Options, Outcome, simulate};
use crate::model::base_images::Distro;
use crate::model::variables::MIRROR_VARIABLES;
use crate::syntax::shell::{Dialect, parse};

/// The outcome of shell text in an empty environment.
fn outcome(text: &str) -> Outcome {
    let script = parse(text, Dialect::Sh);
    simulate(&script, Dialect::Sh, Options::default(), &|_| None)
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
