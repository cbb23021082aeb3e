//! What the real tools make of the trees: Dockerfile stages and scopes, compose projects, the
//! daemon's and the client's configuration.

pub mod address;
pub mod base_images;
pub mod client;
pub mod compose;
pub mod daemon;
pub mod dockerfile;
pub mod dockerignore;
mod duration;
pub mod go_proxy;
pub mod hosts;
pub mod placeholder;
mod provenance;
mod value;
pub mod variables;

pub use provenance::{Hop, HopId, Mechanism, Provenance};
pub use value::{Piece, Unknown, Value};
