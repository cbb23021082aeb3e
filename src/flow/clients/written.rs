//! Settings that a command leaves in the image: `npm config set`, `git config`, files written by
//! redirection or `tee`.

use hashbrown::HashMap;

use super::arguments::{Arguments, borrowed, leading_text, without_prefix};
use super::call::{Call, Programs, recognise};
use super::client::Role;
use super::config_files::{self, ConfigFile};
use super::table;
use crate::flow::shell::{Argument, Command, Redirection};
use crate::model::base_images::Distro;
use crate::model::{Piece, Unknown, Value};
use crate::source::Span;
use crate::syntax::shell::RedirectionOperator;

/// A proxy or mirror setting that a command writes to a file. It lives in the layers of its stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<'c> {
    /// The client that reads it, as the table calls it; `shell` for files of shells.
    pub client: &'static str,
    /// The key as the client's configuration spells it: `http.proxy`, `GOPROXY`.
    pub key: String,
    /// What for.
    pub role: Role,
    /// Its value; `None` if it is taken away.
    pub value: Option<Value<'c>>,
    /// For whom.
    pub scope: Scope,
    /// The file, where the command names it.
    pub file: Option<Value<'c>>,
    /// The words that say it.
    pub span: Span,
}

/// For whom a written setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The user that runs the step: it is in the home folder.
    User,
    /// Every user.
    System,
    /// The folder it is in.
    Project,
    /// Nothing tells.
    Unknown,
}

/// The settings that the commands of a shell text write, each with the index of its command.
pub fn written(commands: &[Command]) -> Vec<(usize, Written<'_>)> {
    let pipes = Pipes::new(commands);
    let mut all = Vec::new();
    for (index, command) in commands.iter().enumerate() {
        let Some(name) = command.name() else {
            continue;
        };
        let mut settings = by_configuration(command);
        if name == "sed" {
            settings.extend(edited(command));
        } else {
            for file in files(name, command) {
                settings.extend(in_file(name, command, &pipes, file));
            }
        }
        all.extend(settings.into_iter().map(|setting| (index, setting)));
    }
    all
}

/// The commands that feed a pipeline, by their span.
struct Pipes<'c>(HashMap<Span, &'c Command>);

impl<'c> Pipes<'c> {
    fn new(commands: &'c [Command]) -> Self {
        if commands.iter().all(|command| command.piped_from.is_none()) {
            return Self(HashMap::new());
        }
        let mut by_span = HashMap::with_capacity(commands.len());
        for command in commands {
            by_span.entry(command.span).or_insert(command);
        }
        Self(by_span)
    }

    /// The command whose output `command` reads.
    fn source(&self, command: &Command) -> Option<&'c Command> {
        self.0.get(&command.piped_from?).copied()
    }
}

/// A client's own command for its settings.
struct ConfigCommand {
    client: &'static str,
    /// The words in front of key and value.
    words: &'static str,
    /// The client whose keys they are.
    keys: &'static str,
    effect: Effect,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// `KEY VALUE` or `KEY=VALUE`.
    Set,
    /// `KEY=VALUE …`
    SetMany,
    /// `KEY …`
    Unset,
}

const fn command(
    client: &'static str,
    words: &'static str,
    keys: &'static str,
    effect: Effect,
) -> ConfigCommand {
    ConfigCommand {
        client,
        words,
        keys,
        effect,
    }
}

/// From the clients' manuals; the longer words first.
const COMMANDS: &[ConfigCommand] = &[
    command("npm", "config set", "npm", Effect::Set),
    command("npm", "c set", "npm", Effect::Set),
    command("npm", "set", "npm", Effect::Set),
    command("npm", "config delete", "npm", Effect::Unset),
    command("npm", "config rm", "npm", Effect::Unset),
    command("yarn 1", "config set", "npm", Effect::Set),
    command("yarn 1", "config delete", "npm", Effect::Unset),
    command("yarn 1", "config unset", "npm", Effect::Unset),
    command("pnpm", "config set", "npm", Effect::Set),
    command("pnpm", "set", "npm", Effect::Set),
    command("pip", "config set", "pip", Effect::Set),
    command("pip", "config unset", "pip", Effect::Unset),
    command("git", "config set", "git", Effect::Set),
    command("git", "config unset", "git", Effect::Unset),
    command("git", "config", "git", Effect::Set),
    command("bundle", "config set", "bundle", Effect::Set),
    command("bundle", "config unset", "bundle", Effect::Unset),
    command("bundle", "config", "bundle", Effect::Set),
    command("conda", "config", "conda", Effect::Set),
    command("composer", "config", "composer", Effect::Set),
];

/// The words that those of [`COMMANDS`] and `go env` begin with.
const FIRST_WORDS: [&str; 4] = ["config", "c", "set", "env"];

fn by_configuration<'c>(command: &'c Command) -> Vec<Written<'c>> {
    // Most commands configure nothing, and recognising them costs more than looking at their words.
    let mut words = command.argv.iter().filter_map(|word| word.value.as_known());
    if !words.any(|word| FIRST_WORDS.contains(&word)) {
        return Vec::new();
    }
    let Some(call) = recognise(command, Programs::from(Distro::Unknown)) else {
        return Vec::new();
    };
    let arguments = &call.arguments;
    if call.client.name == "go" {
        return go_env(&call);
    }
    let Some((command, operands)) = COMMANDS
        .iter()
        .filter(|command| command.client == call.client.name)
        .find_map(|command| Some((command, behind(arguments, command.words)?)))
    else {
        return Vec::new();
    };
    let unset = [
        "--unset",
        "--unset-all",
        "--remove-section",
        "--remove-key",
        "--delete",
    ];
    let effect = match arguments.has(&unset) {
        true => Effect::Unset,
        false => command.effect,
    };
    let setting = |(key, value, span): (String, Option<Value<'c>>, Span)| {
        Some(Written {
            client: command.keys,
            role: config_files::role(command.keys, &key)?,
            key,
            value,
            scope: scope_of_options(command.client, arguments),
            file: None,
            span,
        })
    };
    pairs(operands, effect)
        .into_iter()
        .filter_map(setting)
        .collect()
}

/// The operands behind these words.
fn behind<'a, 'c>(arguments: &'a Arguments<'c>, words: &str) -> Option<&'a [&'c Argument]> {
    let mut count = 0;
    for word in words.split(' ') {
        if arguments.operand(count)? != word {
            return None;
        }
        count += 1;
    }
    arguments.operands.get(count..)
}

fn scope_of_options(client: &str, arguments: &Arguments<'_>) -> Scope {
    if arguments.has(&["--system"])
        || arguments.option("--location").and_then(|o| o.text()) == Some("global")
    {
        return Scope::System;
    }
    let is_global = arguments.has(&["--global", "-g", "--user"]);
    match client {
        // Without an option they write to the project.
        "git" | "bundle" | "composer" if !is_global => Scope::Project,
        "pip" if arguments.has(&["--global"]) => Scope::System,
        "npm" | "pnpm" if is_global => Scope::System,
        _ => Scope::User,
    }
}

/// Keys and values among operands.
fn pairs<'c>(operands: &[&'c Argument], effect: Effect) -> Vec<(String, Option<Value<'c>>, Span)> {
    let equation = |operand: &&'c Argument| {
        let (key, _) = leading_text(&operand.value).split_once('=')?;
        let value = without_prefix(&operand.value, key.len() + 1);
        Some((key.to_owned(), Some(value), operand.span))
    };
    let key = |operand: &&'c Argument| operand.value.as_known().map(str::to_owned);
    match (effect, operands) {
        (Effect::SetMany, _) => operands.iter().filter_map(equation).collect(),
        (Effect::Unset, _) => operands
            .iter()
            .filter_map(|operand| Some((key(operand)?, None, operand.span)))
            .collect(),
        // composer: `config repo.packagist composer URL`
        (Effect::Set, [first, .., last]) => {
            let span = first.span.to(last.span);
            key(first)
                .map(|key| (key, Some(borrowed(&last.value)), span))
                .into_iter()
                .collect()
        }
        (Effect::Set, [only]) => equation(only).into_iter().collect(),
        (Effect::Set, []) => Vec::new(),
    }
}

/// `go env -w NAME=VALUE`: the user's file (`facts/systemd-daemon-go.md` 73).
fn go_env<'c>(call: &Call<'c>) -> Vec<Written<'c>> {
    let arguments = &call.arguments;
    let effect = match (arguments.has(&["-w"]), arguments.has(&["-u"])) {
        (true, _) => Effect::SetMany,
        (false, true) => Effect::Unset,
        (false, false) => return Vec::new(),
    };
    let Some(operands) = behind(arguments, "env") else {
        return Vec::new();
    };
    pairs(operands, effect)
        .into_iter()
        .filter_map(|(key, value, span)| {
            Some(Written {
                client: "go",
                role: table::variable(&key)?.role,
                key,
                value,
                scope: Scope::User,
                file: None,
                span,
            })
        })
        .collect()
}

/// The files that a command writes its output, or what it reads, to.
fn files<'c>(name: &str, command: &'c Command) -> Vec<&'c Argument> {
    let redirected = command.redirections.iter().filter_map(|redirection| {
        let writes = matches!(
            redirection.operator,
            RedirectionOperator::Write
                | RedirectionOperator::Append
                | RedirectionOperator::WriteBoth
        );
        (writes && matches!(redirection.descriptor, None | Some(1))).then_some(&redirection.target)
    });
    let operands = command.argv.iter().skip(1);
    let teed = operands.filter(|word| name == "tee" && !leading_text(&word.value).starts_with('-'));
    redirected.chain(teed).collect()
}

fn in_file<'c>(
    name: &str,
    command: &'c Command,
    pipes: &Pipes<'c>,
    target: &'c Argument,
) -> Vec<Written<'c>> {
    let path = flattened(&target.value);
    let Some(file) = config_files::by_path(&path) else {
        return Vec::new();
    };
    let (text, span) = match name {
        "tee" | "cat" => {
            match here_document(command).or_else(|| pipes.source(command).and_then(output)) {
                Some(text) => text,
                None => return Vec::new(),
            }
        }
        _ => match output(command) {
            Some(text) => text,
            None => return Vec::new(),
        },
    };
    config_files::settings(file, &text)
        .into_iter()
        .map(|(key, role, value)| Written {
            client: file.client,
            key,
            role,
            value: Some(unflattened(&value)),
            scope: scope_of_path(&path),
            file: Some(borrowed(&target.value)),
            span,
        })
        .collect()
}

fn here_document(command: &Command) -> Option<(String, Span)> {
    let is_text = |redirection: &&Redirection| {
        matches!(
            redirection.operator,
            RedirectionOperator::HereDocument(_) | RedirectionOperator::HereString
        )
    };
    let redirection = command.redirections.iter().rfind(is_text)?;
    Some((
        flattened(&redirection.target.value),
        redirection.target.span,
    ))
}

/// What `echo`, `printf` and `cat <<EOF` print.
fn output(command: &Command) -> Option<(String, Span)> {
    let words = command.argv.get(1..)?;
    let span = words
        .iter()
        .map(|word| word.span)
        .reduce(|all, span| all.to(span))
        .unwrap_or(command.span);
    let mut texts = words.iter().map(|word| flattened(&word.value));
    let text = match command.name()? {
        "echo" => texts
            .skip_while(|text| matches!(text.as_str(), "-e" | "-n" | "-en" | "-ne" | "-E"))
            .collect::<Vec<_>>()
            .join(" "),
        "printf" => {
            let format = texts.next()?;
            let mut text = String::new();
            for (index, part) in format.split("%s").enumerate() {
                if index > 0 {
                    text.push_str(&texts.next().unwrap_or_default());
                }
                text.push_str(part);
            }
            text
        }
        "cat" => return here_document(command),
        _ => return None,
    };
    Some((text.replace("\\n", "\n").replace("\\t", "\t"), span))
}

/// `sed -i` on a list of repositories changes where packages come from.
fn edited(command: &Command) -> Option<Written<'_>> {
    let words = command.argv.get(1..)?;
    let in_place = |word: &Argument| {
        let text = leading_text(&word.value);
        text.starts_with("--in-place")
            || text.starts_with('-') && !text.starts_with("--") && text.contains('i')
    };
    if !words.iter().any(in_place) {
        return None;
    }
    let (word, file): (_, &ConfigFile) = words
        .iter()
        .find_map(|word| Some((word, config_files::by_path(&flattened(&word.value))?)))?;
    let (key, role) = file.as_sources()?;
    Some(Written {
        client: file.client,
        key: key.to_owned(),
        role,
        value: Some(Value::Unknown(Unknown::Shell)),
        scope: scope_of_path(&flattened(&word.value)),
        file: Some(borrowed(&word.value)),
        span: command.span,
    })
}

fn scope_of_path(path: &str) -> Scope {
    let is_below = |folder: &str| path.starts_with(folder);
    if path.starts_with(['~', UNKNOWN]) || is_below("/root/") || is_below("/home/") {
        Scope::User
    } else if is_below("/etc/") || is_below("/usr/") {
        Scope::System
    } else if !path.starts_with('/') {
        Scope::Project
    } else {
        Scope::Unknown
    }
}

/// Stands for what is not known of a text.
const UNKNOWN: char = '\u{fffc}';

/// The text of a value, with a mark for each unknown part.
fn flattened(value: &Value<'_>) -> String {
    match value {
        Value::Known(text) => text.to_string(),
        Value::Partly(pieces) => pieces
            .iter()
            .map(|piece| match piece {
                Piece::Text(text) => text.to_string(),
                Piece::Unknown(_) => UNKNOWN.to_string(),
            })
            .collect(),
        Value::Unknown(_) => UNKNOWN.to_string(),
    }
}

fn unflattened(text: &str) -> Value<'static> {
    let mut pieces = Vec::new();
    for (index, part) in text.split(UNKNOWN).enumerate() {
        if index > 0 {
            pieces.push(Piece::Unknown(Unknown::Shell));
        }
        pieces.push(Piece::Text(part.to_owned().into()));
    }
    Value::from_pieces(pieces)
}

#[cfg(test)]
mod tests {
    use super::{COMMANDS, FIRST_WORDS};

    #[test]
    fn every_configuring_command_begins_with_a_first_word() {
        for command in COMMANDS {
            let first = command.words.split(' ').next().unwrap_or_default();
            assert!(FIRST_WORDS.contains(&first), "{}", command.words);
        }
    }
}
