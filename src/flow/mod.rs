//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

pub mod clients;
mod executed;
pub mod go;
mod images;
mod implicit;
mod lost;
mod machine;
mod need;
mod projects;
pub mod reach;
mod request;
mod scope;
mod settings;
pub mod shell;
mod steps;
mod unseen;
mod workspace;

pub use executed::{Executed, Sight};
pub use images::{ImageSetting, Images};
pub use lost::{Later, Lost};
pub use machine::{ConfiguredDaemon, Machine, files_of_host};
pub use need::{Need, known, needs};
pub use projects::{Inline, Wanted, wanted};
pub use request::{Engine, FileSettings, NetworkPolicy, Request, RequestedArg};
pub use scope::{Declarations, OutOfScope, Unseen};
pub use settings::{SetBy, Setting};
pub use steps::StepCommands;
pub use unseen::unseen;
pub use workspace::{Build, Origin, Trees, Workspace};
