//! Files: their text, kind, byte spans, lines and columns.

mod file;
mod kind;
mod span;
mod text_map;
mod tree;

pub use file::{LineIndex, Position, SourceFile};
pub use kind::FileKind;
pub use span::{FileId, Location, Span};
pub use text_map::TextMap;
pub use tree::{FileTree, HostTree, MemoryTree, Resolved, TreeEntry, resolve};
