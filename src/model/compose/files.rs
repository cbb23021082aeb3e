//! How the model gets at files: through an explicit provider, never by itself.

use crate::source::SourceFile;

/// Gives the model its files. Paths are absolute and normalised, written with `/`.
///
/// The provider decides what may be read: only regular files below the project's root and within
/// the size limit (DESIGN section 7).
pub trait Files<'a> {
    /// The file at `path`.
    fn read(&self, path: &str) -> Result<&'a SourceFile, Unreadable>;

    /// Whether `path` lies below the root, so that it may be looked at.
    fn is_inside(&self, path: &str) -> bool;

    /// Whether the values in the `.env` at `path` count as known: it is tracked, or named on the
    /// command line. A result must not depend on whose machine it is.
    fn is_shared(&self, _path: &str) -> bool {
        true
    }
}

/// Why a file cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// Nothing is there.
    Missing,
    /// Nothing is there, and git ignores the path: every machine has its own.
    Ignored,
    /// A folder is there.
    Directory,
    /// The path leads out of the root.
    Outside,
    /// It is there and cannot be read: not a regular file, too large, no permission.
    Refused,
    /// Nobody looked: more files lead to it than are followed.
    TooFar,
}
