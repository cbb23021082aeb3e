//! Instructions to stages, and what BuildKit checks on the way
//! (upstream: `frontend/dockerfile/instructions/parse.go`).

use super::error::{BuildError, Scope};
use super::{flags, mount};
use crate::syntax::dockerfile::{
    Arguments, Command, Dockerfile, Instruction, Keyword, Word, heredoc_word,
};

/// The stages of a file.
#[derive(Debug)]
pub struct Structure<'f> {
    /// The `ARG`s above the first `FROM`.
    pub globals: Vec<&'f Instruction<'f>>,
    /// The stages, in order.
    pub stages: Vec<StageText<'f>>,
    /// What BuildKit refuses about the shape of the file.
    pub errors: Vec<BuildError>,
}

/// A `FROM` and the instructions behind it.
#[derive(Debug)]
pub struct StageText<'f> {
    /// The `FROM`.
    pub from: &'f Instruction<'f>,
    /// Its name in lower case.
    pub name: Option<String>,
    /// The image or stage it builds on, as written.
    pub base: Option<&'f Word>,
    /// The value of `--platform`, as written, and its flag.
    pub platform: Option<(&'f str, &'f Word)>,
    /// The instructions.
    pub instructions: Vec<&'f Instruction<'f>>,
    /// Those among them that a stage on top of this one runs, and what it runs.
    pub triggers: Vec<(&'f Instruction<'f>, &'f Command)>,
}

/// Sorts the instructions of a file into stages.
pub fn structure<'f>(file: &'f Dockerfile<'f>) -> Structure<'f> {
    let mut structure = Structure {
        globals: Vec::new(),
        stages: Vec::new(),
        errors: Vec::new(),
    };
    for instruction in &file.instructions {
        structure.add(instruction);
    }
    if structure.stages.is_empty() && structure.errors.is_empty() && file.errors.is_empty() {
        let end = file.text.trim_end().len();
        structure.errors.push(BuildError::unlocated(
            Scope::File,
            crate::source::Span::at(end),
            "there is no `FROM`, so there is nothing to build",
        ));
    }
    structure
}

impl<'f> Structure<'f> {
    fn add(&mut self, instruction: &'f Instruction<'f>) {
        let command = &instruction.command;
        if !instruction.has_error
            && let Err((word, message)) = check(instruction, command)
        {
            let span = instruction.span_of(word);
            let error = BuildError::in_instruction(Scope::File, instruction, span, message);
            self.errors.push(error);
        }
        match (command.keyword, self.stages.last_mut()) {
            (Keyword::From, _) => self.stages.push(stage(instruction)),
            (Keyword::Unknown, _) => {}
            (_, Some(stage)) => {
                stage.instructions.push(instruction);
                if let Arguments::Trigger(trigger) = &command.arguments {
                    stage.triggers.push((instruction, trigger));
                }
            }
            (Keyword::Arg, None) => self.globals.push(instruction),
            (keyword, None) => self.errors.push(BuildError::in_instruction(
                Scope::File,
                instruction,
                instruction.keyword_span(),
                format!(
                    "{} stands before the first `FROM`; only `ARG` can",
                    keyword.name()
                ),
            )),
        }
    }
}

fn stage<'f>(from: &'f Instruction<'f>) -> StageText<'f> {
    let words = words(&from.command);
    let name = match words {
        [_, keyword, name] if from.text(keyword).eq_ignore_ascii_case("as") => {
            Some(from.text(name).to_lowercase())
        }
        _ => None,
    };
    StageText {
        from,
        name,
        base: words.first(),
        platform: flags::value(from, &from.command, "platform"),
        instructions: Vec::new(),
        triggers: Vec::new(),
    }
}

/// The arguments that are words of their own.
pub(super) fn words(command: &Command) -> &[Word] {
    match &command.arguments {
        Arguments::Words(words) | Arguments::Json(words) => words,
        Arguments::Text(word) => std::slice::from_ref(word),
        Arguments::None | Arguments::Pairs(_) | Arguments::Health(..) | Arguments::Trigger(_) => {
            &[]
        }
    }
}

/// An error with the word it is about.
type Checked<'i> = Result<(), (&'i Word, String)>;

/// The first thing BuildKit refuses about an instruction before it runs anything.
pub(super) fn check<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    let keyword = &command.keyword_word;
    let fail = |message: &str| Err((keyword, format!("{} {message}", command.keyword.name())));
    let count = words(command).len();
    match command.keyword {
        Keyword::Unknown => {
            let word = instruction.text(keyword);
            return Err((keyword, format!("`{word}` is not an instruction")));
        }
        Keyword::Arg if count == 0 => return fail("needs a name"),
        Keyword::Maintainer | Keyword::Workdir | Keyword::User | Keyword::StopSignal
            if count != 1 =>
        {
            return fail("needs an argument");
        }
        Keyword::Add | Keyword::Copy if count < 2 => {
            return fail("needs a source and a destination");
        }
        Keyword::Expose | Keyword::Volume if count == 0 => return fail("needs an argument"),
        Keyword::Onbuild if matches!(command.arguments, Arguments::None) => {
            return fail("needs an instruction to run later");
        }
        Keyword::Healthcheck if matches!(command.arguments, Arguments::None) => {
            return fail("needs `CMD` or `NONE`");
        }
        Keyword::From => check_from(instruction, command)?,
        _ => {}
    }
    if !is_health_none(instruction, command) {
        flags::check(instruction, command)?;
    }
    match command.keyword {
        Keyword::Env | Keyword::Label => check_pairs(command),
        Keyword::Arg => check_arg(instruction, command),
        Keyword::Add | Keyword::Copy => check_destination(instruction, command),
        Keyword::Run => check_run(instruction, command),
        Keyword::Shell => match &command.arguments {
            Arguments::Json(words) if !words.is_empty() => Ok(()),
            _ => fail("needs a JSON array, as in `SHELL [\"/bin/bash\", \"-c\"]`"),
        },
        Keyword::Volume => match words(command)
            .iter()
            .find(|word| instruction.text(word).trim().is_empty())
        {
            Some(word) => Err((word, "a VOLUME cannot be empty".to_owned())),
            None => Ok(()),
        },
        Keyword::Onbuild => check_trigger(instruction, command),
        Keyword::Healthcheck => check_health(instruction, command),
        _ => Ok(()),
    }
}

fn check_from<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    let words = words(command);
    match words {
        [_] => Ok(()),
        [_, keyword, name] if instruction.text(keyword).eq_ignore_ascii_case("as") => {
            let text = instruction.text(name).to_lowercase();
            let valid = text.starts_with(|c: char| c.is_ascii_lowercase())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b));
            if valid {
                Ok(())
            } else {
                Err((
                    name,
                    format!(
                        "`{}` is no stage name: it starts with a letter and has letters, digits, `-`, `_` and `.`",
                        instruction.text(name)
                    ),
                ))
            }
        }
        _ => Err((
            words.get(1).unwrap_or(&command.keyword_word),
            "FROM is written `FROM image` or `FROM image AS name`".to_owned(),
        )),
    }
}

fn check_pairs(command: &Command) -> Checked<'_> {
    let keyword = &command.keyword_word;
    match &command.arguments {
        Arguments::Pairs(pairs) => match pairs.iter().find(|pair| is_empty(&pair.key)) {
            Some(pair) => Err((
                &pair.key,
                format!("{} has a value without a name", command.keyword.name()),
            )),
            None => Ok(()),
        },
        _ => Err((
            keyword,
            format!("{} needs `name=value`", command.keyword.name()),
        )),
    }
}

fn is_empty(word: &Word) -> bool {
    word.start == word.end
}

fn check_arg<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    match words(command)
        .iter()
        .find(|word| instruction.text(word).starts_with('='))
    {
        Some(word) => Err((word, "ARG has a value without a name".to_owned())),
        None => Ok(()),
    }
}

fn check_destination<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    match words(command).last() {
        Some(word) if heredoc_word(instruction.text(word)).is_some() => Err((
            word,
            format!(
                "{} needs a path as its destination, not a heredoc",
                command.keyword.name()
            ),
        )),
        _ => Ok(()),
    }
}

fn check_run<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    for (name, allowed) in [
        ("network", ["default", "none", "host"].as_slice()),
        ("security", ["insecure", "sandbox"].as_slice()),
    ] {
        if let Some((value, word)) = flags::value(instruction, command, name)
            && !allowed.contains(&value)
        {
            let allowed = allowed.join(", ");
            return Err((
                word,
                format!("`--{name}` is one of {allowed}, not `{value}`"),
            ));
        }
    }
    for (value, word) in flags::values(instruction, command, "mount") {
        mount::check_unexpanded(value).map_err(|error| (word, error.message))?;
    }
    Ok(())
}

fn check_trigger<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    let Arguments::Trigger(trigger) = &command.arguments else {
        return Ok(());
    };
    let word = &trigger.keyword_word;
    match trigger.keyword {
        Keyword::Onbuild => Err((word, "`ONBUILD ONBUILD` cannot be chained".to_owned())),
        Keyword::From | Keyword::Maintainer => Err((
            word,
            format!("{} cannot be run by ONBUILD", instruction.text(word)),
        )),
        _ => Ok(()),
    }
}

/// `HEALTHCHECK NONE`, whose flags BuildKit does not look at.
fn is_health_none(instruction: &Instruction<'_>, command: &Command) -> bool {
    matches!(&command.arguments, Arguments::Health(kind, _)
        if instruction.text(kind).eq_ignore_ascii_case("none"))
}

fn check_health<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    let Arguments::Health(kind, rest) = &command.arguments else {
        return Ok(());
    };
    let text = instruction.text(kind).to_uppercase();
    let has_command = !matches!(**rest, Arguments::None)
        && !matches!(&**rest, Arguments::Json(words) if words.is_empty());
    match text.as_str() {
        "NONE" if has_command => Err((kind, "HEALTHCHECK NONE takes nothing more".to_owned())),
        "NONE" => Ok(()),
        "CMD" if !has_command => Err((kind, "HEALTHCHECK CMD needs a command".to_owned())),
        "CMD" => check_health_flags(instruction, command),
        _ => Err((
            kind,
            format!("HEALTHCHECK knows CMD and NONE, not `{text}`"),
        )),
    }
}

fn check_health_flags<'i>(instruction: &'i Instruction<'_>, command: &'i Command) -> Checked<'i> {
    for name in ["interval", "timeout", "start-period", "start-interval"] {
        if let Some((value, word)) = flags::value(instruction, command, name) {
            let valid = match crate::model::duration::nanoseconds(value) {
                Some(nanoseconds) => nanoseconds == 0.0 || nanoseconds >= 1e6,
                None => value.is_empty(),
            };
            if !valid {
                return Err((
                    word,
                    format!("`--{name}` is a duration of at least 1ms, as in `30s`, not `{value}`"),
                ));
            }
        }
    }
    match flags::value(instruction, command, "retries") {
        Some((value, word)) if !value.is_empty() && !is_count(value) => Err((
            word,
            format!("`--retries` is a whole number, not `{value}`"),
        )),
        _ => Ok(()),
    }
}

fn is_count(value: &str) -> bool {
    value.parse::<i32>().is_ok_and(|count| count >= 0)
}
