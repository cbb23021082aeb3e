//! Builder flags (upstream: `instructions/bflag.go`).

use crate::syntax::dockerfile::{Command, Instruction, Keyword, Word};

/// What a flag takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// `true` or `false`, or nothing.
    Bool,
    /// One value; the flag may stand once.
    One,
    /// A value each time.
    Many,
}

/// The flags an instruction has. `None`: BuildKit does not look at its flags at all
/// (`facts/buildkit.md` 1.16).
fn known(keyword: Keyword) -> Option<&'static [(&'static str, Takes)]> {
    Some(match keyword {
        Keyword::Run => &[
            ("mount", Takes::Many),
            ("network", Takes::One),
            ("security", Takes::One),
            ("device", Takes::Many),
        ],
        Keyword::Copy => &[
            ("chown", Takes::One),
            ("from", Takes::One),
            ("chmod", Takes::One),
            ("link", Takes::Bool),
            ("exclude", Takes::Many),
            ("parents", Takes::Bool),
        ],
        Keyword::Add => &[
            ("chown", Takes::One),
            ("chmod", Takes::One),
            ("link", Takes::Bool),
            ("keep-git-dir", Takes::Bool),
            ("checksum", Takes::One),
            ("unpack", Takes::Bool),
            ("exclude", Takes::Many),
        ],
        Keyword::From => &[("platform", Takes::One)],
        Keyword::Healthcheck => &[
            ("interval", Takes::One),
            ("timeout", Takes::One),
            ("start-period", Takes::One),
            ("start-interval", Takes::One),
            ("retries", Takes::One),
        ],
        Keyword::Arg | Keyword::StopSignal | Keyword::Unknown => return None,
        Keyword::Cmd
        | Keyword::Entrypoint
        | Keyword::Env
        | Keyword::Expose
        | Keyword::Label
        | Keyword::Maintainer
        | Keyword::Onbuild
        | Keyword::Shell
        | Keyword::User
        | Keyword::Volume
        | Keyword::Workdir => &[],
    })
}

/// The first thing BuildKit refuses about a command's flags.
pub(super) fn check<'i>(
    instruction: &'i Instruction<'_>,
    command: &'i Command,
) -> Result<(), (&'i Word, String)> {
    let Some(known) = known(command.keyword) else {
        return Ok(());
    };
    let mut used: Vec<&str> = Vec::new();
    for word in &command.flags {
        let (name, value) = split(instruction.text(word));
        let Some(&(name, takes)) = known.iter().find(|(known, _)| *known == name) else {
            let keyword = command.keyword.name();
            return Err((word, format!("{keyword} has no flag `--{name}`")));
        };
        if takes != Takes::Many && used.contains(&name) {
            return Err((word, format!("`--{name}` is given twice")));
        }
        used.push(name);
        match (takes, value) {
            (Takes::Bool, Some("")) | (Takes::One | Takes::Many, None) => {
                return Err((word, format!("`--{name}` needs a value")));
            }
            (Takes::Bool, Some(value)) if !is_bool(value) => {
                return Err((
                    word,
                    format!("`--{name}` is `true` or `false`, not `{value}`"),
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_bool(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value.eq_ignore_ascii_case("false")
}

/// `--name=value` to name and value.
fn split(flag: &str) -> (&str, Option<&str>) {
    let flag = flag.strip_prefix("--").unwrap_or(flag);
    match flag.split_once('=') {
        Some((name, value)) => (name, Some(value)),
        None => (flag, None),
    }
}

/// The values given for a flag, in order, with the flag's word.
pub(super) fn values<'i>(
    instruction: &'i Instruction<'_>,
    command: &'i Command,
    name: &'static str,
) -> impl Iterator<Item = (&'i str, &'i Word)> {
    command.flags.iter().filter_map(move |word| {
        let (found, value) = split(instruction.text(word));
        (found == name).then_some((value?, word))
    })
}

/// The value of a flag that may stand once.
pub(super) fn value<'i>(
    instruction: &'i Instruction<'_>,
    command: &'i Command,
    name: &'static str,
) -> Option<(&'i str, &'i Word)> {
    values(instruction, command, name).next()
}
