//! Settings that a command leaves behind: `go env -w`, `npm config set`, text sent to `.npmrc`.

use super::argv::Arguments;
use super::files::{Place, Reach, place_of};
use crate::flow::shell::{Argument, Command, Redirection};
use crate::model::{Piece, Value};
use crate::source::Span;
use crate::syntax::shell::RedirectionOperator;

/// One thing that is left behind.
#[derive(Clone, Debug, PartialEq)]
pub struct Write {
    /// The tool that reads it; `None` for a file that is no tool's settings.
    pub place: Option<Place>,
    /// For whom it holds.
    pub reach: Reach,
    /// The setting's name; `None` if text of a file is written.
    pub key: Option<String>,
    /// The value or text; `None` if the setting is taken away.
    pub value: Option<Value<'static>>,
    /// The file, if one is named.
    pub file: Option<Value<'static>>,
    /// The word or redirection that does it.
    pub span: Span,
}

/// A command that sets `KEY VALUE` or `KEY=VALUE`.
struct Setter {
    tool: &'static str,
    /// Its first operands.
    words: &'static [&'static str],
    /// Flags without which it only reads.
    needs: &'static [&'static str],
    place: Place,
    reach: Reach,
    /// Flags that make it hold for all users, for this user, for one folder.
    system: &'static [&'static str],
    user: &'static [&'static str],
    folder: &'static [&'static str],
    /// Whether it takes the setting away.
    unset: bool,
}

const SETTER: Setter = Setter {
    tool: "",
    words: &[],
    needs: &[],
    place: Place::GoEnv,
    reach: Reach::User,
    system: &[],
    user: &[],
    folder: &[],
    unset: false,
};

/// Evidence: `facts/systemd-daemon-go.md` 73, `facts/NETWORK_COMMANDS.tsv` (mirror and proxy settings
/// columns); scopes from the tools' own help.
const SETTERS: [Setter; 15] = [
    Setter {
        tool: "go",
        words: &["env"],
        needs: &["-w"],
        ..SETTER
    },
    Setter {
        tool: "go",
        words: &["env"],
        needs: &["-u"],
        unset: true,
        ..SETTER
    },
    Setter {
        tool: "npm",
        words: &["config", "set"],
        place: Place::Npm,
        system: &["-g", "--global", "--location=global"],
        folder: &["--location=project"],
        ..SETTER
    },
    Setter {
        tool: "npm",
        words: &["config", "delete"],
        place: Place::Npm,
        unset: true,
        ..SETTER
    },
    Setter {
        tool: "npm",
        words: &["set"],
        place: Place::Npm,
        ..SETTER
    },
    Setter {
        tool: "pnpm",
        words: &["config", "set"],
        place: Place::Npm,
        folder: &["--location=project"],
        ..SETTER
    },
    Setter {
        tool: "yarn",
        words: &["config", "set"],
        place: Place::Yarn,
        ..SETTER
    },
    Setter {
        tool: "pip",
        words: &["config", "set"],
        place: Place::Pip,
        system: &["--global", "--site"],
        ..SETTER
    },
    Setter {
        tool: "pip",
        words: &["config", "unset"],
        place: Place::Pip,
        unset: true,
        ..SETTER
    },
    Setter {
        tool: "git",
        words: &["config"],
        place: Place::Git,
        reach: Reach::Folder,
        system: &["--system"],
        user: &["--global"],
        ..SETTER
    },
    Setter {
        tool: "composer",
        words: &["config"],
        place: Place::Composer,
        reach: Reach::Folder,
        user: &["-g", "--global"],
        ..SETTER
    },
    Setter {
        tool: "bundle",
        words: &["config", "set"],
        place: Place::Bundler,
        folder: &["--local"],
        ..SETTER
    },
    Setter {
        tool: "bundle",
        words: &["config"],
        place: Place::Bundler,
        folder: &["--local"],
        ..SETTER
    },
    Setter {
        tool: "conda",
        words: &["config"],
        needs: &["--set", "--add", "--append", "--prepend"],
        place: Place::Conda,
        system: &["--system"],
        ..SETTER
    },
    Setter {
        tool: "poetry",
        words: &["config"],
        place: Place::Pip,
        ..SETTER
    },
];

/// What `command` leaves behind. `feeds` is the command whose output a pipeline sends into it.
pub fn writes(command: &Command, feeds: Option<&Command>) -> Vec<Write> {
    let mut found = settings(command);
    found.extend(files(command, feeds));
    found
}

fn settings(command: &Command) -> Vec<Write> {
    let Some(name) = command.name() else {
        return Vec::new();
    };
    let name = match name {
        "pip3" => "pip",
        "mamba" | "micromamba" => "conda",
        name => name,
    };
    let words = command.argv.get(1..).unwrap_or_default();
    let arguments = Arguments::new(words, &["-C", "-c", "-f", "--file", "--userconfig"]);
    let operands = arguments.operands();
    let texts = arguments.operand_texts();
    let setter = SETTERS.iter().find(|setter| {
        setter.tool == name
            && texts.starts_with(setter.words)
            && (setter.needs.is_empty() || arguments.flag(setter.needs).is_some())
    });
    let Some(setter) = setter else {
        return Vec::new();
    };
    let operands = operands.get(setter.words.len()..).unwrap_or_default();
    let reading = arguments.flag(&["--get", "--list", "-l", "--show-origin", "--unset"]);
    if reading.is_some() {
        return Vec::new();
    }
    setter.pairs(operands, setter.reach(&arguments))
}

impl Setter {
    fn reach(&self, arguments: &Arguments<'_>) -> Reach {
        let has = |flags: &[&str]| {
            let two_words = arguments.words().windows(2).any(|pair| {
                let text = |argument: &Argument| argument.value.as_known().map(str::to_owned);
                match (pair.first().and_then(text), pair.get(1).and_then(text)) {
                    (Some(flag), Some(value)) => {
                        flags.contains(&format!("{flag}={value}").as_str())
                    }
                    _ => false,
                }
            });
            two_words || arguments.flag(flags).is_some()
        };
        if has(self.system) {
            Reach::System
        } else if has(self.user) {
            Reach::User
        } else if has(self.folder) {
            Reach::Folder
        } else {
            self.reach
        }
    }

    /// `KEY=VALUE …`, `KEY VALUE`, or for taking away `KEY …`.
    fn pairs(&self, operands: &[&Argument], reach: Reach) -> Vec<Write> {
        let write = |key: &str, value: Option<Value<'static>>, span| Write {
            place: Some(self.place),
            reach,
            key: Some(key.to_owned()),
            value,
            file: None,
            span,
        };
        if self.unset {
            let keys = operands.iter().filter_map(|operand| {
                let key = operand.value.as_known()?;
                Some(write(key, None, operand.span))
            });
            return keys.collect();
        }
        let joined: Vec<_> = operands
            .iter()
            .filter_map(|operand| {
                let (key, value) = split_pair(&operand.value)?;
                Some(write(&key, Some(value), operand.span))
            })
            .collect();
        match operands {
            _ if !joined.is_empty() => joined,
            [key, value, ..] => match key.value.as_known() {
                Some(text) => vec![write(text, Some(value.value.clone()), value.span)],
                None => Vec::new(),
            },
            _ => Vec::new(),
        }
    }
}

/// `KEY=VALUE`; a URL with a `=` somewhere is no pair.
fn split_pair(value: &Value<'static>) -> Option<(String, Value<'static>)> {
    let pieces = match value {
        Value::Known(text) => vec![Piece::Text(text.clone())],
        Value::Partly(pieces) => pieces.clone(),
        Value::Unknown(_) => return None,
    };
    let (first, rest) = pieces.split_first()?;
    let Piece::Text(text) = first else {
        return None;
    };
    let (key, start) = text.split_once('=')?;
    if key.is_empty() || key.contains(['/', ':', ' ']) && !key.starts_with("//") {
        return None;
    }
    let mut value = vec![Piece::Text(start.to_owned().into())];
    value.extend(rest.iter().cloned());
    Some((key.to_owned(), Value::from_pieces(value)))
}

/// Text that is sent to files, by redirections and by `tee`.
fn files(command: &Command, feeds: Option<&Command>) -> Vec<Write> {
    let mut found = Vec::new();
    let text = output(command);
    for redirection in &command.redirections {
        let writes = matches!(
            redirection.operator,
            RedirectionOperator::Write
                | RedirectionOperator::Append
                | RedirectionOperator::WriteBoth
                | RedirectionOperator::AppendBoth
        );
        if writes
            && redirection
                .descriptor
                .is_none_or(|descriptor| descriptor == 1)
        {
            found.push(file(
                &redirection.target.value,
                text.clone(),
                redirection.span,
            ));
        }
    }
    if command.name() == Some("tee") {
        let text = here_text(&command.redirections).or_else(|| feeds.and_then(output));
        let words = command.argv.get(1..).unwrap_or_default();
        for operand in Arguments::new(words, &[]).operands() {
            found.push(file(&operand.value, text.clone(), operand.span));
        }
    }
    found
}

fn file(path: &Value<'static>, text: Option<Value<'static>>, span: Span) -> Write {
    let known = path.as_known().and_then(place_of).or_else(|| {
        let Value::Partly(pieces) = path else {
            return None;
        };
        match pieces.last()? {
            Piece::Text(end) => place_of(end),
            Piece::Unknown(_) => None,
        }
    });
    Write {
        place: known.map(|(place, _)| place),
        reach: known.map_or(Reach::System, |(_, reach)| reach),
        key: None,
        value: text,
        file: Some(path.clone()),
        span,
    }
}

/// The text that a command prints, if it is written in it.
fn output(command: &Command) -> Option<Value<'static>> {
    match command.name()? {
        "echo" | "printf" => {
            let mut pieces = Vec::new();
            for (index, argument) in command.argv.iter().enumerate().skip(1) {
                if index > 1 {
                    pieces.push(Piece::Text(" ".into()));
                }
                match argument.value.clone() {
                    Value::Known(text) => pieces.push(Piece::Text(text)),
                    Value::Partly(more) => pieces.extend(more),
                    Value::Unknown(why) => pieces.push(Piece::Unknown(why)),
                }
            }
            Some(Value::from_pieces(pieces))
        }
        "cat" => here_text(&command.redirections),
        _ => None,
    }
}

/// The text of a here-document or here-string.
fn here_text(redirections: &[Redirection]) -> Option<Value<'static>> {
    let here = redirections.iter().rev().find(|redirection| {
        matches!(
            redirection.operator,
            RedirectionOperator::HereDocument(_) | RedirectionOperator::HereString
        )
    })?;
    Some(here.target.value.clone())
}
