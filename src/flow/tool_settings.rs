//! What the commands of a build write into the settings of tools.

use super::clients::{self, Written};
use super::executed::Executed;
use super::workspace::Build;

/// A setting that a command writes for a tool, or takes away from it.
#[derive(Debug)]
pub struct ToolSetting<'b> {
    /// The command.
    pub executed: Executed<'b>,
    /// What it writes.
    pub written: Written<'b>,
}

/// See [`Analysis::tool_settings`](super::Analysis::tool_settings).
pub(super) fn tool_settings<'b>(build: &'b Build<'b>) -> Vec<ToolSetting<'b>> {
    let mut settings = Vec::new();
    for (step, commands) in build.commands.iter().enumerate() {
        let Some(commands) = commands else {
            continue;
        };
        let written = clients::written(&commands.outcome.commands);
        if written.is_empty() {
            continue;
        }
        let executed: Vec<Executed<'b>> = build.executed(step).collect();
        settings.extend(written.into_iter().filter_map(|(index, written)| {
            let executed = *executed.get(index)?;
            Some(ToolSetting { executed, written })
        }));
    }
    settings
}
