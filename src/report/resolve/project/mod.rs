//! What docklint believes a compose project is: `docklint resolve compose.yaml`.

mod human;
mod json;
mod view;

use std::io;

pub use view::ProjectView;

use crate::report::RenderOptions;

/// Writes what is resolved for people.
pub fn human(
    view: &ProjectView,
    options: &RenderOptions,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    human::render(view, options, out)
}

/// Writes what is resolved for programs, in the shape of `docklint-resolve-compose.schema.json`.
pub fn json(view: &ProjectView, out: &mut dyn io::Write) -> io::Result<()> {
    json::render(view, out)
}
