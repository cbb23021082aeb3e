//! Where a setting travels: builds, steps, commands, environments with provenance, reach.

mod images;
mod request;
mod workspace;

pub use images::{ImageSetting, Images};
pub use request::{Engine, FileSettings, Request, RequestedArg};
pub use workspace::{Build, Origin, Trees, Workspace};
