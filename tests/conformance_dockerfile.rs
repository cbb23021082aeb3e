//! BuildKit's frontend is the referee: every case of `dockerfile/`, one test per case and part.

mod support;

use std::path::Path;
use std::process::ExitCode;

use docklint::source::{FileId, FileKind, SourceFile};
use docklint::syntax::dockerfile::{self, Arguments, Command, Dockerfile, Instruction, Word};
use libtest_mimic::{Arguments as TestArguments, Failed, Trial};
use serde_json::{Value, json};
use support::same;

fn main() -> ExitCode {
    let arguments = TestArguments::from_args();
    let mut trials = Vec::new();
    for case in support::cases("dockerfile") {
        let name = support::name(&case);
        let ast_case = case.clone();
        trials.push(Trial::test(format!("ast::{name}"), move || ast(&ast_case)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn source(case: &Path) -> SourceFile {
    let bytes = std::fs::read(case.join("Dockerfile")).expect("a case has a Dockerfile");
    SourceFile::new(
        FileId(0),
        "Dockerfile".to_owned(),
        FileKind::Dockerfile,
        bytes,
    )
}

/// The tree: every node with its lines, flags, arguments, heredocs and comments.
fn ast(case: &Path) -> Result<(), Failed> {
    let expected = &support::json(case, "expected.json")["ast"];
    let source = source(case);
    let file = dockerfile::parse(&source);
    if let Some(error) = expected.get("error") {
        let lines: Vec<Value> = file.errors.iter().map(|e| lines(e.lines)).collect();
        same(
            "the first error's lines",
            &json!([lines.first()]),
            &error["lines"],
        )?;
        return Ok(());
    }
    if let Some(error) = file.errors.first() {
        return Err(format!("BuildKit accepts this file: {error:?}").into());
    }
    same("escape", &json!(file.escape), &expected["escape"])?;
    let directives: Vec<Value> = file
        .directives
        .iter()
        .take_while(|d| !d.indented)
        .map(|d| json!({"name": d.name, "value": d.value, "line": d.line}))
        .collect();
    if expected.get("directives_error").is_none() {
        same("directives", &json!(directives), &expected["directives"])?;
    }
    let frontend = file.frontend.as_ref().map_or(
        Value::Null,
        |f| json!({"ref": f.image, "cmdline": f.command_line, "line": f.line}),
    );
    same("syntax", &frontend, &expected["syntax"])?;
    let nodes: Vec<Value> = file.instructions.iter().map(|i| node(i, &file)).collect();
    let mut theirs = expected["nodes"].clone();
    for node in theirs.as_array_mut().into_iter().flatten() {
        // Says that `original` was not valid UTF-8: ours is compared with its replacements.
        node.as_object_mut().map(|node| node.remove("lossy_utf8"));
    }
    same("nodes", &json!(nodes), &theirs)?;
    let warnings: Vec<Value> = file
        .instructions
        .iter()
        .filter(|i| i.has_empty_continuation)
        .map(|i| lines((i.lines.1, i.lines.1)))
        .collect();
    let expected_warnings: Vec<Value> = expected["warnings"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|w| w["lines"][0].clone())
        .collect();
    same(
        "empty continuations",
        &json!(warnings),
        &json!(expected_warnings),
    )?;
    Ok(())
}

fn lines(lines: (u32, u32)) -> Value {
    json!([lines.0, lines.1])
}

fn node(instruction: &Instruction<'_>, file: &Dockerfile<'_>) -> Value {
    let mut node = command(&instruction.command, instruction);
    node["lines"] = lines(instruction.lines);
    if !instruction.comments.is_empty() {
        node["comments"] = json!(instruction.comments);
    }
    if !instruction.heredocs.is_empty() {
        let heredocs = instruction.heredocs.iter().map(|heredoc| {
            assert_eq!(&file.text[heredoc.body_span.range()], heredoc.body);
            json!({
                "name": heredoc.name,
                "expand": heredoc.expand,
                "chomp": heredoc.chomp,
                "content": heredoc.body,
            })
        });
        node["heredocs"] = heredocs.collect();
    }
    // The frontend shows bytes that are not UTF-8 as U+FFFD.
    let text = node.to_string().replace("\\u001a", "\u{fffd}");
    serde_json::from_str(&text).expect("the replacement is valid in a string")
}

fn command(command: &Command, instruction: &Instruction<'_>) -> Value {
    let text = |word: &Word| instruction.text(word).to_owned();
    let mut node = json!({
        "cmd": text(&command.keyword_word),
        "lines": [0, 0],
        "args": arguments(&command.arguments, instruction, command),
        "original": original(command, instruction),
    });
    let flags: Vec<String> = command.flags.iter().map(text).collect();
    if !flags.is_empty() {
        node["flags"] = json!(flags);
    }
    let is_json = match &command.arguments {
        Arguments::Json(_) => true,
        Arguments::Health(_, rest) => matches!(**rest, Arguments::Json(_)),
        _ => false,
    };
    if is_json {
        node["json"] = json!(true);
    }
    if let Arguments::Trigger(trigger) = &command.arguments {
        node["sub"] = self::command(trigger, instruction);
    }
    node
}

/// The text a node was read from: the whole joined line, or a trigger's part of it.
fn original(command: &Command, instruction: &Instruction<'_>) -> String {
    let text = &*instruction.line.text;
    if command.keyword_word == instruction.command.keyword_word {
        return text.to_owned();
    }
    text[command.keyword_word.start as usize..]
        .trim()
        .to_owned()
}

fn arguments(arguments: &Arguments, instruction: &Instruction<'_>, of: &Command) -> Vec<String> {
    let text = |word: &Word| instruction.text(word).to_owned();
    if of.keyword == dockerfile::Keyword::Unknown {
        return vec![String::new()];
    }
    match arguments {
        Arguments::None | Arguments::Trigger(_) => Vec::new(),
        Arguments::Words(words) | Arguments::Json(words) => words.iter().map(text).collect(),
        Arguments::Text(word) => vec![text(word)],
        Arguments::Pairs(pairs) => pairs
            .iter()
            .flat_map(|pair| {
                let equals = if pair.legacy { "" } else { "=" };
                [text(&pair.key), text(&pair.value), equals.to_owned()]
            })
            .collect(),
        Arguments::Health(kind, rest) => std::iter::once(text(kind))
            .chain(self::arguments(rest, instruction, of))
            .collect(),
    }
}
