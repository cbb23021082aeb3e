//! `syntax-error`: the file cannot be parsed.

use hashbrown::HashSet;

use super::{Rule, Sink, model_findings};
use crate::finding::Severity;
use crate::flow::{Analysis, Workspace};
use crate::model::client::ProblemCause;
use crate::model::compose::DiagnosticKind;
use crate::source::{Location, SourceFile};
use crate::syntax::dockerfile::SyntaxErrorKind;

pub(super) struct SyntaxError;

impl Rule for SyntaxError {
    fn file(&self, file: &SourceFile, workspace: &Workspace<'_>, sink: &mut Sink) {
        // A template is no Dockerfile yet.
        let is_template = workspace.is_template(file.id());
        let tree = workspace.dockerfile(file.id()).filter(|_| !is_template);
        for error in tree.into_iter().flat_map(|tree| &tree.errors) {
            let location = Location {
                file: file.id(),
                span: error.span,
            };
            let (message, label, help) = tell(&error.kind);
            let finding = sink.report(location, label, message).help(help);
            if error.kind == SyntaxErrorKind::TooManyWords {
                finding.severity(Severity::Info);
            }
        }
    }

    /// What shells run is followed in each build, up to a limit.
    fn build(&self, build: &Analysis<'_>, _: &Workspace<'_>, sink: &mut Sink) {
        let Some(step) = build.first_cut() else {
            return;
        };
        let instruction = build.model.steps[step].instruction;
        let keyword = instruction.line.span(&instruction.command.keyword_word);
        let message = "there are more commands than docklint follows: from this RUN on they are not \
                       looked at";
        sink.report(build.at(keyword), "not looked at", message)
            .severity(Severity::Info)
            .help("move the commands to a script of their own");
    }

    /// Compose files and the files of settings that they read; daemons' files that are too long.
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for (_, config) in &workspace.machine.clients {
            let problems = config.problems.iter();
            for problem in problems.filter(|it| it.cause == ProblemCause::TooMuch) {
                sink.report(problem.at, "not looked at", problem.message.clone())
                    .severity(Severity::Info);
            }
        }
        model_findings::daemons(workspace, "syntax-error", sink);
        // Several projects may read one file.
        let mut told = HashSet::new();
        for project in &workspace.projects {
            let said = project.diagnostics.iter();
            for diagnostic in said.filter(|said| said.kind == DiagnosticKind::Syntax) {
                let Some(at) = diagnostic.at else { continue };
                if workspace.is_template(at.file) || !told.insert(at) {
                    continue;
                }
                let finding = sink.report(at, "Compose stops here", diagnostic.message.clone());
                for by in project.way_to(at.file) {
                    finding.before(by, "brought in here");
                }
                for (place, text) in &diagnostic.related {
                    finding.before(*place, text.clone());
                }
            }
        }
    }
}

/// Message, label and help.
fn tell(kind: &SyntaxErrorKind) -> (String, &'static str, String) {
    match kind {
        SyntaxErrorKind::EmptyFile => (
            "the file is empty".to_owned(),
            "nothing here",
            "begin with `FROM image`".to_owned(),
        ),
        SyntaxErrorKind::NoInstructions => (
            "there is no instruction in this file, only comments and blank lines".to_owned(),
            "no instruction",
            "begin with `FROM image`".to_owned(),
        ),
        SyntaxErrorKind::LineTooLong => (
            "BuildKit reads lines of up to 65535 bytes, and this one is longer".to_owned(),
            "a longer line begins here",
            "break it with `\\` at line ends, or move the content to a file of its own".to_owned(),
        ),
        SyntaxErrorKind::InvalidEscape => (
            "the escape character can only be a backslash or a backtick".to_owned(),
            "neither of the two",
            "write `# escape=\\` or ``# escape=` ``".to_owned(),
        ),
        SyntaxErrorKind::RepeatedDirective => (
            "this parser directive was given before, and BuildKit takes each once".to_owned(),
            "the second time",
            "keep one of the two".to_owned(),
        ),
        SyntaxErrorKind::UnterminatedHeredoc(name) => (
            format!("the heredoc `{name}` never ends"),
            "begins here",
            format!("put `{name}` on a line of its own behind the text, without blanks around it"),
        ),
        SyntaxErrorKind::JsonNotStrings => (
            "this JSON array holds something else than strings".to_owned(),
            "strings only",
            "put every element in double quotes, as in `[\"sleep\", \"1\"]`".to_owned(),
        ),
        SyntaxErrorKind::MissingValue(keyword) => (
            format!("{} needs a value here", keyword.name()),
            "a name without a value",
            format!("write `{} name=value`", keyword.name()),
        ),
        // The word may be the second half of a password: it is shown where it stands.
        SyntaxErrorKind::MissingEquals => (
            "this word has no `=`, and the words before it do".to_owned(),
            "no `=` here",
            "write every pair as `name=value`, and put a value with blanks in quotes".to_owned(),
        ),
        SyntaxErrorKind::TooManyWords => (
            "the instructions have more words than anybody writes: from here on they are not \
             looked at"
                .to_owned(),
            "not looked at",
            "split the file".to_owned(),
        ),
    }
}
