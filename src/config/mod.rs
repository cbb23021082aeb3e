//! `docklint.toml`: rule levels and what the project knows about its network.

mod file;
mod lookup;
mod suggest;
mod version;

pub use file::{BaseImage, ConfigFile, RuleLevel, RuleTable};
pub use lookup::{Config, ConfigError, Configs, Origin};
pub use suggest::closest;
