//! Settings that a command leaves in the image: `npm config set`, `git config`, files written by
//! redirection or `tee`.

use super::client::Role;
use crate::flow::shell::Command;
use crate::model::Value;
use crate::source::Span;

/// A proxy or mirror setting that a command writes to a file. It lives in the layers of its stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Written<'c> {
    /// The client that reads it, as the table calls it.
    pub client: &'static str,
    /// The key as the client's configuration spells it: `http.proxy`, `GOPROXY`.
    pub key: String,
    /// What for.
    pub role: Role,
    /// Its value; `None` if it is taken away.
    pub value: Option<Value<'c>>,
    /// For whom.
    pub scope: Scope,
    /// The file, as far as it is known.
    pub file: Option<Value<'c>>,
    /// The words that say it.
    pub span: Span,
}

/// For whom a written setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// The user that runs the step: it is in the home folder.
    User,
    /// Every user.
    System,
    /// The folder it is in.
    Project,
    /// A file given by path.
    Unknown,
}

/// The settings that `command` writes; `commands` are those of the same shell text, for what a
/// pipeline feeds into it.
pub fn written<'c>(_command: &'c Command, _commands: &'c [Command]) -> Vec<Written<'c>> {
    Vec::new()
}
