//! Whether a file waits for a generator: a template is read for what it says literally, and what
//! is wrong with its text may be mended by the generator.

use super::workspace::Workspace;
use crate::model::placeholder::{OPENING, has_at_placeholder};
use crate::source::{FileId, FileKind};
use crate::syntax::dockerfile::{Arguments, Dockerfile, Instruction, Keyword};

/// The marks of a placeholder that an instruction's word may hold anywhere.
const INSIDE: [&str; 7] = ["{{", "{%", "<%", "%{", "}}", "%}", "%>"];

impl Workspace<'_> {
    /// Whether a file is a generator's template: by its name, or because a placeholder stands
    /// where BuildKit knows an instruction or an image, where YAML has a key or a value, or where
    /// a `.env` file has an assignment.
    pub fn is_template(&self, file: FileId) -> bool {
        let source = self.source(file);
        source.is_template()
            || *self.placeholders[file.0 as usize].get_or_init(|| match source.kind() {
                FileKind::Dockerfile => {
                    let tree = self.dockerfile(file);
                    tree.is_some_and(|tree| tree.instructions.iter().any(instruction_waits))
                }
                _ => source.text().lines().any(line_waits),
            })
    }

    /// Whether a script seems to put a Dockerfile together of this file and others: it lies among
    /// templates, or it has no `FROM` and says by its name which part it is.
    pub fn is_piece(&self, file: FileId) -> bool {
        let path = self.shown(self.source(file).location());
        let parts = path.split(['/', '\\', '.', '-', '_']);
        let mut words = parts.map(str::to_ascii_lowercase);
        if words.any(|word| matches!(&*word, "template" | "templates" | "tmpl" | "tmpls")) {
            return true;
        }
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let is_whole = ["dockerfile", "containerfile"]
            .iter()
            .any(|whole| name.eq_ignore_ascii_case(whole));
        // A misspelt FROM is no reason to be silent.
        let has_no_from = |tree: &Dockerfile<'_>| {
            let mut instructions = tree.instructions.iter();
            instructions.all(|it| !matches!(it.command.keyword, Keyword::From | Keyword::Unknown))
        };
        !is_whole && self.dockerfile(file).is_some_and(has_no_from)
    }
}

/// Whether an instruction waits for a template engine: `{{ if … }}`, `{% … %}`, `<% … %>`, `@NAME@`.
fn instruction_waits(instruction: &Instruction<'_>) -> bool {
    let command = &instruction.command;
    let word = match (command.keyword, &command.arguments) {
        (Keyword::Unknown, _) => &command.keyword_word,
        (Keyword::From, Arguments::Words(words)) => match words.first() {
            Some(image) => image,
            None => return false,
        },
        _ => return false,
    };
    let text = instruction.text(word);
    INSIDE.iter().any(|mark| text.contains(mark)) || has_at_placeholder(text)
}

/// Whether a line, or the value behind its key, begins with a placeholder. In quotes it is text.
fn line_waits(line: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '-']);
    let value = line.split_once(": ").map_or("", |(_, value)| value);
    [line, value.trim_start()]
        .iter()
        .any(|text| OPENING.iter().any(|mark| text.starts_with(mark)))
}
