//! RUN's text: secret variables that are written into the layer.

use std::ops::Range;

use super::names::Names;
use super::tools;

/// The first secret variable whose value a command of `text` writes to a file or into a tool's
/// configuration, and that no later command removes. A look at the text alone; the flow knows the
/// commands better.
pub(super) fn written_variable(names: &Names, text: &str) -> Option<Range<usize>> {
    let mut from = 0;
    commands(text).find_map(|command| {
        let start = from + text.get(from..)?.find(command)?;
        from = start + command.len();
        let variable = secret_variable(names, command)?;
        let stays = match redirected_to(command) {
            Some(file) => !is_removed(text.get(from..)?, file),
            None => configures(command),
        };
        stays.then_some(start + variable.start..start + variable.end)
    })
}

/// The simple commands and pipelines of a shell text, roughly.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.split("&&")
        .flat_map(|part| part.split([';', '\n']))
        .map(str::trim)
        .filter(|command| !command.is_empty())
}

fn secret_variable(names: &Names, command: &str) -> Option<Range<usize>> {
    command.match_indices('$').find_map(|(at, _)| {
        let rest = command.get(at + 1..)?;
        let open = rest.len() - rest.strip_prefix('{').unwrap_or(rest).len();
        let name = rest.get(open..)?;
        let len = name
            .bytes()
            .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
            .count();
        names.kind(name.get(..len)?)?;
        Some(at..at + 1 + open + len)
    })
}

/// The file a command's output goes to.
fn redirected_to(command: &str) -> Option<&str> {
    if let Some((_, after)) = command.split_once("| tee ") {
        return after.split_whitespace().find(|word| !word.starts_with('-'));
    }
    command.match_indices('>').find_map(|(at, _)| {
        let before = command.get(..at)?;
        let after = command
            .get(at + 1..)?
            .trim_start_matches(['>', '|'])
            .trim_start();
        let file = after.split(char::is_whitespace).next()?;
        let is_output = !before.ends_with(['2', '=', '-', '<', '&', '>'])
            && !file.starts_with('&')
            && !file.starts_with("/dev/");
        (is_output && !file.is_empty()).then_some(file.trim_matches(['"', '\'']))
    })
}

fn is_removed(after: &str, file: &str) -> bool {
    commands(after).any(|command| {
        let mut words = command.split_whitespace();
        let removes = matches!(words.next(), Some("rm" | "shred" | "unlink"));
        removes && words.any(|word| word.trim_matches(['"', '\'']) == file)
    })
}

/// Whether some command in the text keeps what it is told in a file.
fn configures(command: &str) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    let mut tails = (0..words.len()).filter_map(|at| words.get(at..)?.split_first());
    tails.any(|(name, rest)| tools::keeping(name, rest.iter().copied().take(LONGEST)).is_some())
}

/// So many words behind a command's name are looked at.
const LONGEST: usize = 32;
