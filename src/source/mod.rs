//! Files: discovery, their text, kind, byte spans, lines and columns.

mod around;
mod discover;
mod file;
mod kind;
mod read;
mod root;
mod span;
mod text_map;
mod tree;
mod walk;

pub use discover::{Configuration, Discovery, Found, Problem, Request, discover};
pub use file::{LineIndex, Position, SourceFile};
pub use kind::{DROP_IN_LOOKALIKES, FileKind};
pub use read::{Cause, SIZE_LIMIT, find_below, read_below, read_named};
pub use root::{Root, location, path_of, slashed};
pub use span::{FileId, Location, Span};
pub use text_map::TextMap;
pub use tree::{FileTree, HostTree, MemoryTree, Resolved, TreeEntry, resolve};
