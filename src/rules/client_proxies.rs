//! `client-proxies`: `proxies` of the client's config.json that do not do what was meant.

use super::{Rule, Sink};
use crate::finding::{Applicability, Edit};
use crate::flow::Workspace;
use crate::model::client::ProblemCause;

pub(super) struct ClientProxies;

impl Rule for ClientProxies {
    fn workspace(&self, workspace: &Workspace<'_>, sink: &mut Sink) {
        for (file, config) in &workspace.machine.clients {
            let problems = config.problems.iter();
            for problem in problems.filter(|it| it.cause != ProblemCause::TooMuch) {
                let finding = sink.report(problem.at, "here", problem.message.clone());
                if let Some(help) = &problem.help {
                    finding.help(help.clone());
                }
                if let Some((at, text)) = problem.related {
                    finding.related(at, text);
                }
                if let Some(text) = &problem.edit {
                    let edit = Edit {
                        file: *file,
                        span: problem.at.span,
                        text: text.clone(),
                    };
                    finding.fix(
                        "write the key the client reads",
                        Applicability::Suggested,
                        vec![edit],
                    );
                }
            }
        }
    }
}
