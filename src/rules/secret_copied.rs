//! `secret-copied`: a file of credentials is copied into the image.

use super::stories::{MOST_PLACES, Stories, Story};
use super::{Rule, Sink};
use crate::finding::Severity;
use crate::flow::secrets::{CopiedFile, copied_files};
use crate::flow::{Build, Workspace};
use crate::syntax::dockerfile::Keyword;

pub(super) struct SecretCopied;

impl Rule for SecretCopied {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        let mut stories = Stories::default();
        for build in &workspace.builds {
            for copied in copied_files(build, workspace) {
                stories.add(story(build, &copied));
            }
        }
        stories.tell(sink);
    }
}

fn story(build: &Build<'_>, copied: &CopiedFile<'_>) -> Story {
    let path = copied.path.trim_end_matches(['/', '*']);
    let name = path.rsplit('/').next().unwrap_or(path);
    let help = match copied.file.target {
        Some(target) => format!(
            "mount it where it is needed instead: `RUN --mount=type=secret,id={},target={target} …`",
            name.trim_start_matches('.')
        ),
        None if name.starts_with("id_") || name == ".ssh" => {
            "let the build use the key without having it: `RUN --mount=type=ssh …`".to_owned()
        }
        None => {
            format!("add `{name}` to .dockerignore and hand it to the container when it starts")
        }
    };
    let keyword = match build.model.steps[copied.step].command.keyword {
        Keyword::Add => "ADD",
        _ => "COPY",
    };
    let again = copied.again.iter().take(MOST_PLACES);
    let again = again.map(|at| (*at, "and here".to_owned()));
    Story {
        at: copied.at,
        label: "copied into a layer".to_owned(),
        message: format!(
            "{keyword} puts `{name}` into the image, which holds {}",
            copied.file.holds
        ),
        variable: None,
        severity: Severity::Warning,
        before: Vec::new(),
        after: Vec::new(),
        related: again.collect(),
        help,
    }
}
