//! What is known of the programs that a build runs: whether they go to the network, which proxy and
//! mirror variables they read, what keeps them offline, which settings they write.
//!
//! Everything is plain data in `clients`, `tools` and `files`; each row names its evidence in `facts/`. A
//! rule asks [`profile`] about one command and gets an answer for exactly its arguments and variables.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `clients` | how programs choose a proxy: variables, spelling, NO_PROXY, proxy URLs |
//! | `tools` | the commands: subcommands that go to the network, settings, mirrors |
//! | `argv` | flags and operands of a command line |
//! | `profile` | what one command does |
//! | `writes`, `files` | settings that commands and redirections leave behind |

mod argv;
mod clients;
mod files;
mod profile;
mod tools;
mod writes;

pub use clients::{Client, NoProxySyntax, ProxyUrls, Support, Winner};
pub use files::{Place, Reach, place_of};
pub use profile::{Offline, Profile, ProxySetting, Target, Variables, profile};
pub use tools::{Mirror, Network, Tool};
pub use writes::{Write, writes};

#[cfg(test)]
mod tests;
