//! What the real tools make of the trees: Dockerfile stages and scopes, compose projects, the
//! daemon's and the client's configuration.

pub mod client;
pub mod daemon;
pub mod go_proxy;
mod provenance;
mod value;

pub use provenance::{Hop, HopId, Mechanism, Provenance};
pub use value::{Piece, Unknown, Value};
