//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

pub mod clients;
mod images;
mod machine;
mod projects;
mod request;
mod scope;
mod settings;
pub mod shell;
mod steps;
mod unit_items;
mod unseen;
mod workspace;

pub use images::{ImageSetting, Images};
pub use machine::{ConfiguredDaemon, Machine, files_of_host};
pub use projects::{Inline, Wanted, wanted};
pub use request::{Engine, FileSettings, Request, RequestedArg};
pub use scope::{Declarations, OutOfScope, Unseen};
pub use settings::{SetBy, Setting};
pub use steps::StepCommands;
pub use unseen::unseen;
pub use workspace::{Build, Origin, Trees, Workspace};
