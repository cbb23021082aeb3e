//! What a RUN runs, with which mounts and network (upstream: `dispatchRun`, `dispatchRunMounts` in
//! `dockerfile2llb/convert.go` and `convert_runmount.go`).

use std::borrow::Cow;
use std::sync::Arc;

use super::build::Network;
use super::mount::Mount;
use crate::model::{HopId, Value};
use crate::source::{Span, TextMap};
use crate::syntax::dockerfile::{Arguments, Command, Instruction, heredoc_word};

/// A RUN.
#[derive(Debug)]
pub struct Run<'f> {
    /// What is run.
    pub program: Program<'f>,
    /// Its mounts, with their flags' bytes.
    pub mounts: Vec<(Mount<'f>, Span)>,
    /// Its network.
    pub network: Network,
    /// Its user, if one is set.
    pub user: Option<Value<'f>>,
    /// Its working directory.
    pub workdir: Value<'f>,
    /// The variables that secrets are mounted in.
    pub secret_variables: Vec<(String, HopId)>,
}

/// What a RUN runs.
#[derive(Debug)]
pub enum Program<'f> {
    /// Shell text.
    Shell {
        /// The shell that gets the text as its last argument.
        shell: Arc<[String]>,
        /// The text.
        script: Script<'f>,
    },
    /// The JSON form: a program without a shell, each argument with its bytes.
    Exec(Vec<(String, Span)>),
    /// A heredoc that begins with `#!`: a file that is run.
    File {
        /// The shell that gets the file's path as its last argument.
        shell: Arc<[String]>,
        /// The file's path.
        path: String,
        /// Its content.
        script: Script<'f>,
    },
}

/// Text for a shell, and where it stands in the Dockerfile.
#[derive(Debug)]
pub struct Script<'f> {
    /// The text.
    pub text: Cow<'f, str>,
    /// From the text back to the file.
    pub map: TextMap,
}

impl Program<'_> {
    /// The arguments that the process is started with.
    pub fn arguments(&self) -> Vec<String> {
        match self {
            Self::Shell { shell, script } => with_last(shell, &script.text),
            Self::Exec(arguments) => arguments.iter().map(|(text, _)| text.clone()).collect(),
            Self::File { shell, path, .. } => with_last(shell, path),
        }
    }
}

fn with_last(shell: &[String], last: &str) -> Vec<String> {
    let mut arguments = shell.to_vec();
    arguments.push(last.to_owned());
    arguments
}

/// What a RUN command runs under this shell.
pub(super) fn program<'f>(
    instruction: &'f Instruction<'f>,
    command: &'f Command,
    shell: &Arc<[String]>,
    is_windows: bool,
) -> Program<'f> {
    let word = match &command.arguments {
        Arguments::Json(words) => {
            let argument = |word| (instruction.text(word).to_owned(), instruction.span_of(word));
            return Program::Exec(words.iter().map(argument).collect());
        }
        Arguments::Text(word) => word,
        _ => {
            return Program::Shell {
                shell: Arc::clone(shell),
                script: Script {
                    text: Cow::Borrowed(""),
                    map: TextMap::verbatim(instruction.span.end as usize),
                },
            };
        }
    };
    let text = instruction.text(word);
    let script = match instruction.heredocs.as_slice() {
        [] => Script {
            text: Cow::Borrowed(text),
            map: shifted(instruction, word.start as usize, text.len()),
        },
        [first, ..] if heredoc_word(text).is_some() => {
            let script = body(first.body, first.body_span.start as usize, first.chomp);
            if !is_windows && script.text.starts_with("#!") {
                return Program::File {
                    shell: Arc::clone(shell),
                    path: format!("/dev/pipes/{}", first.name),
                    script,
                };
            }
            script
        }
        _ => with_heredocs(instruction, word.start as usize, text),
    };
    Program::Shell {
        shell: Arc::clone(shell),
        script,
    }
}

/// The map of the part of the joined line that starts at `start`.
fn shifted(instruction: &Instruction<'_>, start: usize, len: usize) -> TextMap {
    instruction.line.map.part(start, start + len)
}

/// A heredoc's body as a text of its own, leading tabs removed if `chomp`.
fn body(text: &str, offset: usize, chomp: bool) -> Script<'_> {
    if !chomp || !text.contains('\t') {
        return Script {
            text: Cow::Borrowed(text),
            map: TextMap::verbatim(offset),
        };
    }
    let mut out = String::with_capacity(text.len());
    let mut map = TextMap::verbatim(offset);
    let mut at = offset;
    for line in text.split_inclusive('\n') {
        let kept = line.trim_start_matches('\t');
        map.push(out.len(), at + (line.len() - kept.len()));
        out.push_str(kept);
        at += line.len();
    }
    Script {
        text: Cow::Owned(out),
        map,
    }
}

/// The text with its heredocs put back for the shell to read.
fn with_heredocs<'f>(instruction: &'f Instruction<'f>, start: usize, text: &str) -> Script<'f> {
    let mut out = text.to_owned();
    let mut map = shifted(instruction, start, text.len());
    for heredoc in &instruction.heredocs {
        map.push(
            out.len(),
            (heredoc.body_span.start as usize).saturating_sub(1),
        );
        out.push('\n');
        out.push_str(heredoc.body);
        let terminator = heredoc.terminator.unwrap_or(heredoc.body_span);
        map.push(out.len(), terminator.start as usize);
        out.push_str(&heredoc.name);
    }
    Script {
        text: Cow::Owned(out),
        map,
    }
}
