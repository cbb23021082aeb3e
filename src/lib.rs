//! docklint works out what every build step will really see, and reports proxy, mirror and secret
//! settings that stop short of where they are needed or travel further than they should.
//!
//! This file is the map of the house. Text comes in at the top and findings leave at the bottom;
//! a module may use the ones above it, never the ones below (`tests/architecture.rs` guards it):
//!
//! | module | what it knows |
//! | --- | --- |
//! | [`source`] | files: discovery, kinds, bytes, spans, lines and columns |
//! | [`syntax`] | grammar: text to spanned trees, no meaning |
//! | [`model`] | what the real tool makes of a tree: stages and scopes, projects, the daemon |
//! | [`secrets`] | what a secret looks like: names, values, token formats (pure functions) |
//! | [`flow`] | where a setting travels: builds, steps, commands, environments, reach |
//! | [`finding`] | findings, labels, fixes, suppression, and the one redaction door |
//! | [`config`] | `docklint.toml` |
//! | [`rules`] | one file per rule, one page per rule |
//! | [`check`] | the pipeline in memory: source files to findings |
//! | [`load`] | the pipeline on disk: paths to source files, with what they refer to |
//! | [`fix`] | mending files: rounds of edits, and writing them |
//! | [`report`] | one file per output format; sees redacted text only |
//! | [`cli`] | arguments and commands |

#![forbid(unsafe_code)]

pub mod check;
pub mod cli;
pub mod config;
pub mod finding;
pub mod fix;
pub mod flow;
pub mod load;
pub mod model;
pub mod report;
pub mod rules;
pub mod secrets;
pub mod source;
pub mod syntax;
