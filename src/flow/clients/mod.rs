//! The programs that commands run, as far as they go to the network: one data table, generic over
//! ecosystems.
//!
//! [`recognise`] finds the row of a command; the [`Call`] it returns answers whether the command
//! goes to the network ([`Call::network`]), what it fetches ([`Call::targets`]), whether it reads a
//! variable ([`Call::reads`]), and which settings of its own it is given ([`Call::overrides`]).
//! [`written`] tells what settings a command leaves in the image.
//!
//! Every row cites its evidence. What was not measured says so ([`Evidence`]): rules about
//! spelling and `NO_PROXY` stay at info there.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `client` | the columns of the table |
//! | `proxies` | which proxy variables a client obeys, and its `NO_PROXY` syntax |
//! | `arguments` | options and operands of a command |
//! | `call` | a command whose client is known |
//! | `reads` | whether a client reads a variable |
//! | `targets` | what it fetches |
//! | `overrides` | its own options and variables |
//! | `written`, `config_files` | settings that outlive the command |
//! | `table/` | the rows, one file per group of ecosystems |

mod arguments;
mod call;
mod client;
mod config_files;
mod overrides;
mod proxies;
mod reads;
mod table;
mod targets;
mod written;

#[cfg(test)]
mod tests;

pub use arguments::{Arguments, GivenOption};
pub use call::{Call, Network, Offline, Programs, recognise};
pub use client::{
    Cache, Client, Evidence, Fill, OfflineSwitch, Operands, OptionSetting, OptionStyle,
    OwnVariable, Role, Row, Syntax, Traffic,
};
pub use overrides::{OverriddenBy, Override};
pub use proxies::{NoProxy, Proxies, ProxyUrls, Scheme, Spelling, TlsProxy};
pub use reads::Reads;
pub use table::CLIENTS;
pub(super) use targets::schemes;
pub use targets::{Target, TargetSource};
pub use written::{Scope, Written, written};

use crate::model::Value;

/// The environment of a command: `None` for a variable that is not set.
pub type Variables<'v> = dyn Fn(&str) -> Option<&'v Value<'v>> + 'v;
