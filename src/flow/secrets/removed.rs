//! What a RUN takes away again.

use super::tools::is_undone_by;
use crate::flow::shell::Command;
use crate::secrets::tools::Tool;

/// Commands that remove the files they are given.
const REMOVERS: &[&str] = &["rm", "shred", "srm", "truncate", "unlink"];

/// Whether one of `later` removes `file`; in doubt it does. `written` gives the source text of a
/// word whose value is not known.
pub(super) fn is_removed<'c>(
    file: &str,
    mut later: impl Iterator<Item = &'c Command>,
    written: &dyn Fn(&crate::flow::shell::Argument) -> String,
) -> bool {
    later.any(|command| {
        let name = command.name();
        if name == Some("trap") {
            // What runs at the end of the shell is a text.
            let texts = command.argv.iter().skip(1).take(1);
            return texts
                .map(written)
                .any(|text| text.contains("rm ") && text.contains(base(file)));
        }
        name.is_some_and(|name| REMOVERS.contains(&name))
            && command
                .argv
                .iter()
                .skip(1)
                .any(|word| covers(&written(word), file))
    })
}

/// Whether one of `later` takes away what a tool keeps, under that name if it is known.
pub(super) fn is_undone<'c>(
    tool: &Tool,
    setting: Option<&str>,
    later: impl Iterator<Item = &'c Command> + Clone,
    written: &dyn Fn(&crate::flow::shell::Argument) -> String,
) -> bool {
    let mut others = later.clone();
    others.any(|command| is_undone_by(tool, command, setting))
        || is_removed(tool.file, later, written)
}

/// Whether removing `word` removes `file`.
fn covers(word: &str, file: &str) -> bool {
    if word.starts_with('-') {
        return false;
    }
    let (word, file) = (normal(word), normal(file));
    if word.is_empty() {
        return false;
    }
    if let Some((before, _)) = word.split_once('*') {
        return file.starts_with(before) || before.ends_with(&file);
    }
    let is_parent = |parent: &str, path: &str| {
        path.strip_prefix(parent)
            .is_some_and(|rest| rest.starts_with('/'))
    };
    word == file
        || is_parent(&word, &file)
        || word.ends_with(&format!("/{file}"))
        || file.ends_with(&format!("/{word}"))
        || file
            .split('/')
            .any(|folder| folder.starts_with('.') && folder == base(&word))
}

/// A path without quotes, without the home folder's many names, and without a slash at its end.
fn normal(path: &str) -> String {
    let mut path = path.replace(['"', '\''], "");
    for home in ["~/", "$HOME/", "${HOME}/", "/root/", "./"] {
        if let Some(rest) = path.strip_prefix(home) {
            path = rest.to_owned();
        }
    }
    path.trim_end_matches('/').to_owned()
}

/// The last part of a path.
fn base(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::covers;

    #[test]
    fn a_file_goes_by_itself_with_its_folder_or_by_a_pattern() {
        for (word, file) in [
            ("~/.npmrc", "/root/.npmrc"),
            ("\"$HOME/.npmrc\"", ".npmrc"),
            ("/root/.ssh", "/root/.ssh/id_rsa"),
            ("/root/.ssh/*", "/root/.ssh/id_rsa"),
            (".npmrc", "/app/.npmrc"),
            ("/app/.npmrc", ".npmrc"),
            ("repo/.git", ".git/config"),
        ] {
            assert!(covers(word, file), "{word} {file}");
        }
        for (word, file) in [
            ("-rf", ".npmrc"),
            ("/var/lib/apt/lists/*", "/root/.npmrc"),
            ("npmrc", ".npmrc"),
        ] {
            assert!(!covers(word, file), "{word} {file}");
        }
    }
}
