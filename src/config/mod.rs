//! `docklint.toml`: rule levels and what the project knows about its network.

mod file;
mod lookup;
mod names;
mod network;
mod paths;
mod rules;
mod settled;
mod suggest;
mod version;

pub use file::{BaseImage, ConfigFile};
pub use lookup::{Configs, NAMES, Origin};
pub use network::is_goproxy;
pub use rules::{RuleLevel, RuleSetting, RuleTable};
pub use settled::{Config, ConfigError, Held};
pub use suggest::closest;
