//! What BuildKit makes of a Dockerfile: stages, scopes, and what every step sees.
//!
//! The order of events is upstream's (`frontend/dockerfile` in moby/buildkit), so that the first
//! error is its first error; unlike upstream the simulation goes on behind an error.

mod arg;
mod budget;
mod build;
mod checks;
mod copy;
mod dispatch;
mod epoch;
mod error;
mod expand;
mod flags;
mod graph;
mod mount;
mod options;
mod pattern;
mod platform;
mod reference;
mod remote;
mod run;
mod simulate;
mod structure;
mod timeline;

pub use build::{
    Action, Assignment, Base, BaseImage, BaseImages, Build, BuildArg, Declaration,
    DeclarationSource, Invocation, Network, ProxyVariable, Root, Stage, Step, Use,
};
pub use copy::{Copied, CopiedFrom, CopySource};
pub use error::{BuildError, Phase, Scope};
pub use expand::{Found, Lookup};
pub use mount::{Mount, MountKind};
pub use platform::Platform;
pub use reference::Reference;
pub use remote::SourceKind;
pub use run::{Program, Run, Script};
pub use simulate::simulate;
pub use structure::{StageText, Structure, structure};
pub use timeline::{Change, Moment, Timeline};
