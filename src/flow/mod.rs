//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

mod contexts;
mod images;
mod projects;
mod request;
mod scope;
pub mod secrets;
mod settings;
pub mod shell;
mod steps;
mod unseen;
mod workspace;

pub use contexts::Context;
pub use images::{ImageSetting, Images};
pub use projects::{Inline, Wanted, wanted};
pub use request::{Engine, FileSettings, Request, RequestedArg};
pub use scope::{Declarations, OutOfScope, Unseen};
pub use settings::{SetBy, Setting};
pub use steps::StepCommands;
pub use unseen::unseen;
pub use workspace::{Build, Origin, Trees, Workspace};
