//! `arg-declared-late`: a variable is used above its `ARG`.

use super::{Rule, Sink};
use crate::flow::{Build, OutOfScope, Workspace, unseen};

pub(super) struct ArgDeclaredLate;

impl Rule for ArgDeclaredLate {
    fn build(&self, build: &Build<'_>, workspace: &Workspace<'_>, sink: &mut Sink) {
        if workspace.source(build.file).is_template() {
            return;
        }
        for variable in unseen(build) {
            let OutOfScope::Later(declaration) = variable.why else {
                continue;
            };
            let name = variable.name;
            let Some((&first, others)) = variable.spans.split_first() else {
                continue;
            };
            let finding = sink
                .report(
                    build.at(first),
                    "empty here",
                    format!("`{name}` is empty here: its ARG comes later in this stage"),
                )
                .about(name)
                .after(build.at(declaration.name_span), "declared only here")
                .help(format!("move `ARG {name}` above the first use"));
            for &span in others.iter().take(3) {
                finding.related(build.at(span), "and here");
            }
        }
    }
}
