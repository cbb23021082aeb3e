//! What docklint believes each step of a Dockerfile sees, what a compose project is, and what
//! daemons and clients are configured with: `docklint resolve`.

mod human;
mod json;
pub mod machine;
mod machine_human;
mod machine_json;
pub mod project;
mod view;

use std::io;

pub use view::ResolveView;

use super::RenderOptions;

/// Writes what is resolved for people.
pub fn human(
    view: &ResolveView,
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    human::render(view, options, out)
}

/// Writes what is resolved for programs, in the shape of `docklint-resolve.schema.json`.
pub fn json(view: &ResolveView, out: &mut dyn io::Write) -> io::Result<()> {
    json::render(view, out)
}
