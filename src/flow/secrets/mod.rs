//! Secrets on their way through a build: which build arguments carry one, which `ENV`s keep one,
//! which commands write one into a layer.
//!
//! | file | what it finds |
//! | --- | --- |
//! | `arguments` | `ARG`s, and what is passed to them |
//! | `taken` | `ARG`s that commands take as a secret |
//! | `variables` | `ENV`s, and the `ARG`s that fill them |
//! | `labels` | `LABEL`s, and the `ARG`s that fill them |
//! | `literals` | secrets that stand in the text of a command or here-document |
//! | `written` | secrets whose value a RUN leaves in the layer |
//! | `mounted` | where a RUN has the value of a secret that is mounted |
//! | `destination` | where a value stays that a command is told |
//! | `leak`, `rewrite` | the RUN that does the same and leaves nothing |
//! | `tools` | the commands that keep what they are told, and where |
//! | `copied` | files of credentials that a COPY takes from the context |
//! | `removed` | files and settings that a RUN takes away again |
//! | `services` | secrets in what a compose service runs, and in its labels |
//! | `file_settings` | settings in units, `daemon.json`, `config.json` and `.env` |

mod arguments;
mod copied;
mod destination;
mod file_settings;
mod labels;
mod leak;
mod literals;
mod mounted;
mod removed;
mod rewrite;
mod services;
mod taken;
mod tools;
mod variables;
mod written;

pub use arguments::{SecretArgument, secret_arguments};
pub use copied::{CopiedFile, copied_files};
pub use destination::Destination;
pub use file_settings::{FileSetting, file_settings, registry_logins};
pub use labels::{SecretLabel, secret_labels};
pub use leak::{Leak, Secret};
pub use literals::{Kept, Literal, literals};
pub use rewrite::{Commands, Instead, Rewritten, rewritten, run_text, secret_id};
pub use services::{ServiceSecret, service_secrets};
pub use taken::Taken;
pub use variables::{SecretVariable, secret_variables};
pub use written::{Brought, Written, written};

use hashbrown::HashMap;

use crate::model::dockerfile::{Action, Declaration};
use crate::model::{HopId, Mechanism};
use crate::secrets::holds_tokens;
use crate::secrets::values::is_boolean;
use crate::source::{FileId, Location, SourceFile, Span};

use super::workspace::{Build, Workspace};

/// An `ARG` of a build.
#[derive(Clone, Copy, Debug)]
pub struct Declared<'b> {
    /// The step it is; none above the first `FROM`.
    pub step: Option<usize>,
    /// What it declares.
    pub declaration: &'b Declaration<'b>,
}

impl Declared<'_> {
    /// Whether its default is `true`, `false` or alike: whatever it is called, it takes no secret.
    fn is_switch(&self, build: &Build<'_>, sources: &[SourceFile]) -> bool {
        self.declaration
            .default_span
            .is_some_and(|span| is_boolean(written_at(sources, build.at(span))))
    }

    /// Whether a build gives it a value that the files do not tell.
    fn comes_from_outside(&self) -> bool {
        match &self.declaration.value {
            None => true,
            Some((value, _)) => value.as_known().is_none_or(str::is_empty),
        }
    }
}

/// The `ARG`s of a build by name, in order.
#[derive(Debug)]
struct Arguments<'b> {
    by_name: HashMap<&'b str, Vec<Declared<'b>>>,
}

impl<'b> Arguments<'b> {
    fn of(build: &'b Build<'_>) -> Self {
        let mut by_name: HashMap<&str, Vec<Declared<'_>>> = HashMap::new();
        for declared in build.declared() {
            let name = declared.declaration.name.as_str();
            by_name.entry(name).or_default().push(declared);
        }
        Self { by_name }
    }

    /// All `ARG`s of a name.
    fn all(&self, name: &str) -> &[Declared<'b>] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The last `ARG` of a name that a step sees: in its stage, or in one that it builds on. If
    /// many stages declare it that are none of these, it is not looked for to the end.
    fn seen_by(&self, build: &Build<'_>, step: usize, name: &str) -> Option<Declared<'b>> {
        let declared = self.by_name.get(name)?;
        let stage = build.model.steps[step].stage;
        let before = declared.partition_point(|it| it.step.is_none_or(|at| at < step));
        let nearest = declared[..before].iter().rev().take(MOST_STAGES);
        let mut in_stages = nearest.filter_map(|it| Some((it, it.step?)));
        let seen = in_stages.find(|(_, at)| build.builds_on(stage, build.model.steps[*at].stage));
        seen.map(|(declared, _)| *declared)
    }
}

/// How many `ARG`s of a name are looked at for the one that a step sees.
const MOST_STAGES: usize = 256;

impl Workspace<'_> {
    /// Whether a file holds a token or key that its form proves.
    pub fn holds_tokens(&self, file: FileId) -> bool {
        let text = self.source(file).text();
        *self.tokens[file.0 as usize].get_or_init(|| holds_tokens(text))
    }
}

impl Build<'_> {
    /// For each stage whether what it does is in the image that is built. Without a target every
    /// stage may be.
    pub fn shipped(&self) -> Vec<bool> {
        let Some(target) = self.model.target else {
            return vec![true; self.model.stages.len()];
        };
        let mut shipped = vec![false; self.model.stages.len()];
        for stage in self.chain(target) {
            shipped[stage] = true;
        }
        shipped
    }

    /// The places that a value went through on its way to `hop`, in flow order, `hop` included.
    pub fn way(&self, hop: HopId) -> Vec<(Location, Mechanism)> {
        let provenance = &self.model.provenance;
        provenance
            .story(hop)
            .into_iter()
            .filter_map(|hop| {
                let hop = provenance.hop(hop);
                Some((hop.at?, hop.how))
            })
            .collect()
    }

    /// The ways of the values that the `ARG`s have.
    pub fn ways_of_arguments(&self) -> impl Iterator<Item = Vec<(Location, Mechanism)>> {
        let values = self
            .declared()
            .filter_map(|it| it.declaration.value.as_ref());
        values.map(|(_, hop)| self.way(*hop))
    }

    /// All `ARG`s, in order; those that `ONBUILD` runs are left out.
    fn declared(&self) -> impl Iterator<Item = Declared<'_>> {
        let globals = self.model.globals.iter().map(|declaration| Declared {
            step: None,
            declaration,
        });
        let steps = self.model.steps.iter().enumerate();
        let in_stages = steps
            .filter(|(_, step)| step.triggered_by.is_none())
            .flat_map(|(index, step)| {
                let declarations: &[Declaration<'_>] = match &step.action {
                    Action::Arg(declarations) => declarations,
                    _ => &[],
                };
                declarations.iter().map(move |declaration| Declared {
                    step: Some(index),
                    declaration,
                })
            });
        globals.chain(in_stages)
    }
}

/// The text of a place, without quotes around it.
fn written_at(sources: &[SourceFile], location: Location) -> &str {
    let text = sources
        .get(location.file.0 as usize)
        .map_or("", |source| source.slice(location.span))
        .trim();
    let inner = |quote| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// How far a line is read backwards: enough for a comment's mark and the name of a setting, however
/// long the line is.
const NEAR: usize = 512;

/// The line before an offset, or as much of it as is near.
fn line_before(text: &str, at: usize) -> &str {
    let near = at.saturating_sub(NEAR);
    let start = (near..=at).find(|start| text.is_char_boundary(*start));
    let before = text.get(start.unwrap_or(at)..at).unwrap_or_default();
    before.rsplit('\n').next().unwrap_or_default()
}

/// A part of a span.
fn part(span: Span, part: &std::ops::Range<usize>) -> Span {
    let start = span.start as usize;
    Span::new(start + part.start, start + part.end)
}
