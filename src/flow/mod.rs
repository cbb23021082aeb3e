//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

pub mod clients;
mod downloads;
mod images;
mod items;
mod project_settings;
mod projects;
mod request;
mod scope;
mod services;
mod settings;
pub mod shell;
mod steps;
mod unseen;
mod workspace;

pub use downloads::{Download, downloads};
pub use images::{ImageSetting, Images};
pub use project_settings::{ProjectSetting, SetIn};
pub use projects::{Inline, Wanted, wanted};
pub use request::{Engine, FileSettings, Request, RequestedArg};
pub use scope::{Declarations, OutOfScope, Unseen};
pub use services::{build_key, service_arg};
pub use settings::{SetBy, Setting};
pub use steps::StepCommands;
pub use unseen::unseen;
pub use workspace::{Build, Origin, Trees, Workspace};
